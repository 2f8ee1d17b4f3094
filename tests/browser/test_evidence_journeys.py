"""From a map to its quotations, from two readings to a decision: step by step in Chromium."""

import csv
import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.enable_socket,
    pytest.mark.django_db(transaction=True),
]

expect.set_options(timeout=15_000)


def address(page):
    """What the address of a page asks for: {name: [values]}."""
    return parse_qs(urlsplit(page.url).query)


def main_link(page, name):
    page.get_by_role("navigation", name="Main").get_by_role("link", name=name).click()


# ---- the map and the list


def test_a_cell_of_the_map_leads_to_its_quotation_and_back(browse, portfolio, vera):
    page = browse(vera, f"/portfolios/{portfolio.slug}/map/")
    page.get_by_label("Columns").select_option("level")
    page.wait_for_url("**columns=level**")
    cell = page.locator("td a[data-cell$='~individual']", has_text="1").first
    cell.click()

    evidence = page.locator("#evidence")
    quotation = evidence.locator("article.passage").first
    expect(quotation.locator("mark").first).to_be_visible()
    expect(evidence.locator(".counts")).to_contain_text("1 passage")
    expect(page.locator("a.chosen-cell")).to_have_count(1)
    shown = page.url
    assert address(page)["columns"] == ["level"]
    assert "cell" in address(page)

    text = quotation.locator("blockquote").inner_text().strip()
    title = quotation.locator(".place a").inner_text()
    quotation.locator(".place a").click()
    expect(page.locator("article.this blockquote")).to_contain_text(text[-30:])
    expect(page.locator("article.this mark").first).to_be_visible()
    page.locator(".crumbs a").last.click()
    expect(page.locator("h1")).to_have_text(title)

    page.go_back()
    page.go_back()
    expect(page.locator("#evidence mark").first).to_be_visible()
    expect(page.locator("table.matrix")).to_be_visible()  # the whole page, not a part
    assert page.url == shown
    page.go_back()
    expect(page.locator("#evidence")).to_have_count(0)
    expect(page.get_by_label("Columns")).to_have_value("level")


def test_a_list_is_narrowed_saved_and_taken_along(browse, portfolio, ana):
    page = browse(ana, f"/portfolios/{portfolio.slug}/interventions/")
    rows = page.locator("table.interventions tbody tr")
    page.locator(".facets a", has_text="Peru").click()
    expect(rows).to_have_count(2)
    page.get_by_role("searchbox").fill("inspection")
    expect(rows).to_have_count(1)
    page.wait_for_url("**q=inspection**")
    narrowed = address(page)
    assert narrowed["q"] == ["inspection"]
    assert ["PE"] in narrowed.values()

    page.locator("details.views summary").click()
    page.get_by_label("Save this view as").fill("Inspection in Peru")
    page.get_by_role("button", name="Save view").click()
    expect(page.get_by_text("The view “Inspection in Peru” is saved.")).to_be_visible()
    assert address(page) == narrowed
    expect(rows).to_have_count(1)

    with page.expect_download() as coming:
        page.get_by_role("link", name="CSV of interventions").click()
    with Path(coming.value.path()).open(encoding="utf-8-sig", newline="") as file:
        (taken,) = csv.DictReader(file)
    assert "XX-1" in taken.values()
    assert "Labour inspection for Peru" in taken.values()

    page.get_by_role("link", name=re.compile("^Remove all|^Take all")).first.click()
    expect(rows).to_have_count(5)
    page.reload()
    page.locator("details.views summary").click()
    page.get_by_role("link", name="Inspection in Peru").click()
    expect(rows).to_have_count(1)
    expect(page.get_by_role("searchbox")).to_have_value("inspection")
    assert address(page) == narrowed


# ---- two read, a third decides


def begin(page):
    page.get_by_role("link", name=re.compile("^Begin|^Go on")).click()
    page.wait_for_selector("html.scripted")
    expect(page.locator("#which")).to_contain_text("Passage 1")


def read(page, key, number):
    """Answer a passage by a key and wait for the next."""
    page.keyboard.press(key)
    expect(page.locator("#which")).to_contain_text(f"Passage {number}")


def test_two_read_blind_and_a_third_decides(
    browse, live_server, portfolio, ana, rita, ravi
):
    from capmap.records.models import ReviewRound

    home = f"/portfolios/{portfolio.slug}/review/"
    hers = browse(ana, home)
    hers.get_by_role("link", name="New round").click()
    hers.get_by_label("Title").fill("All passages, twice")
    hers.get_by_label("As they stand in their documents").check()
    hers.get_by_label("Rita").check()
    hers.get_by_label("Ravi").check()
    hers.get_by_label("Two readers read every passage blind").check()
    hers.get_by_role("button", name="Make the round and begin").click()
    expect(hers.get_by_role("heading", name="All passages, twice")).to_be_visible()
    made = ReviewRound.objects.get()
    passages = made.items.values("passage").distinct().count()
    assert passages == 7

    ritas = browse(rita, home, refused=(403,))
    begin(ritas)
    for number in (2, 3, 4):
        read(ritas, "Enter", number)
    begun = ritas.url
    ritas.goto(f"{live_server.url}{home}{made.pk}/agreement/")
    expect(ritas.locator("h1")).to_contain_text("You see this when all has been read")
    expect(ritas.locator("table.agreement")).to_have_count(0)
    ritas.goto(begun)
    ritas.wait_for_selector("html.scripted")
    for number in (5, 6, 7):
        read(ritas, "Enter", number)
    ritas.keyboard.press("Enter")
    expect(ritas.locator("#which")).to_contain_text("Nothing is left for you")

    ravis = browse(ravi, home)
    begin(ravis)
    read(ravis, "0", 2)
    read(ravis, "0", 3)
    for number in (4, 5, 6, 7):
        read(ravis, "Enter", number)
    ravis.keyboard.press("Enter")
    expect(ravis.locator("#which")).to_contain_text(
        "All passages of this round are read"
    )
    ravis.get_by_role("link", name="See how far the two agree").click()
    expect(ravis.locator("table.agreement").first).to_be_visible()

    hers.goto(f"{live_server.url}{home}{made.pk}/agreement/")
    expect(hers.locator("h1")).to_contain_text("Ravi and Rita")
    expect(hers.locator("main .lead")).to_contain_text("7 passages")
    expect(hers.locator("table.agreement").first).to_contain_text("Level")
    hers.get_by_role("link", name="2 passages wait for a decision").click()
    hers.get_by_role("link", name=re.compile("^Begin")).click()

    kept = decide(
        hers, lambda label: "Not capacity" not in label, "It trains trainers."
    )
    expect(hers.get_by_role("progressbar")).to_have_attribute("value", "1")
    decide(hers, lambda label: "Not capacity" in label, "A plan alone trains nobody.")
    expect(hers.locator("h1")).to_contain_text("Everything is decided")

    first, second = [made.items.filter(position=n).first().passage for n in (1, 2)]
    for passage, expected in ((first, kept), (second, ["Not capacity development"])):
        hers.goto(
            f"{live_server.url}/portfolios/{portfolio.slug}/interventions/"
            f"{passage.intervention_id}/passages/{passage.pk}/"
        )
        names = hers.locator("table.codes").first.locator("tbody .name")
        assert sorted(set(names.all_inner_texts())) == sorted(expected)


def decide(page, holds, why):
    """Tick with the number keys what holds, say why, settle; give the names of the codes."""
    choices = page.locator(".choices ol .choice")
    expect(choices.first).to_be_visible()
    page.wait_for_load_state("load")  # before that, no script hears the keys
    number = page.locator("h2.which").inner_text()
    kept = []
    for place, choice in enumerate(choices.all(), start=1):
        name = choice.locator(".name").inner_text()
        if holds(name):
            kept.append(name)
        if choice.locator("input").is_checked() != holds(name):
            toggle(page, place)
        expect(choice.locator("input")).to_be_checked(checked=holds(name))
    page.keyboard.press("n")
    page.keyboard.type(why)
    page.keyboard.press("Enter")
    expect(page.locator("h2.which", has_text=number)).to_have_count(0)
    return kept


def toggle(page, place):
    """Tick or untick a choice; those after the ninth have no key of their own."""
    if place < 10:
        return page.keyboard.press(str(place))
    for key in ("9", "9", *["Tab"] * (place - 9), "Space"):
        page.keyboard.press(key)
