"""What people come to the site for, step by step in Chromium, from the way in to the result."""

import re

import openpyxl
import pytest
from playwright.sync_api import expect
from site_fixtures import PASSWORD

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.enable_socket,
    pytest.mark.django_db(transaction=True),
]

expect.set_options(timeout=15_000)


def said(page, text):
    """Wait for the heading of the page to hold a text; give the heading."""
    heading = page.locator("h1")
    expect(heading).to_contain_text(text)
    return heading


def press(page, name, role="button"):
    page.get_by_role(role, name=name, exact=True).click()


# ---- the way in


def test_the_first_person_sets_the_site_up_and_signs_in_again(browse, live_server):
    from capmap.records.actions import people

    link = people.first_link()
    page = browse(None, link, refused=(410,))
    page.get_by_label("Name", exact=True).fill("Olga Marín")
    page.get_by_label("E-mail address").fill("olga@example.org")
    page.get_by_label("Language of the pages").select_option("en")
    page.get_by_label("Password").fill("too short")
    press(page, "Set up and sign in")

    wrong = page.locator(".field.wrong")
    expect(wrong).to_have_count(1)
    expect(wrong.locator("label")).to_have_text("Password")
    expect(wrong.locator(".error")).to_contain_text("12")
    expect(page.get_by_label("Name", exact=True)).to_have_value("Olga Marín")
    expect(page.get_by_label("E-mail address")).to_have_value("olga@example.org")

    page.get_by_label("Password").fill(PASSWORD)
    press(page, "Set up and sign in")
    said(page, "Your portfolios")
    expect(page).to_have_url(f"{live_server.url}/")
    expect(page.get_by_role("link", name="New portfolio")).to_be_visible()

    page.locator("summary", has_text="Olga Marín").click()
    press(page, "Sign out")
    page.goto(f"{live_server.url}/accounts/login/")
    page.get_by_label("E-mail address").fill("olga@example.org")
    page.get_by_label("Password").fill("not the right words")
    page.locator("main form button").click()
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_label("E-mail address")).to_have_value("olga@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.locator("main form button").click()
    said(page, "Your portfolios")

    page.goto(live_server.url + link)
    said(page, "This link no longer works")


# ---- files in


@pytest.fixture
def files(sample, tmp_path):
    """A good file, one broken, one empty, and a sheet whose heads nobody knows."""
    folder = tmp_path / "sent"
    folder.mkdir()
    good = folder / "initiatives.xml"
    good.write_bytes((sample / "approaches-and-initiatives.xml").read_bytes())
    broken = folder / "broken.xml"
    broken.write_text("<iati-activities><iati-activity><title>", encoding="utf-8")
    empty = folder / "empty.csv"
    empty.write_bytes(b"")
    book = openpyxl.Workbook()
    book.active.append(["Kennung", "Bezeichnung", "Inhalt"])
    book.active.append(
        ["NN-1", "Skills for loom keepers", "Training of trainers for instructors."]
    )
    book.active.append(
        [
            "NN-2",
            "Seeds for cooperatives",
            "A network of cooperatives shares its plans.",
        ]
    )
    book.save(folder / "notes.xlsx")
    return [good, broken, empty, folder / "notes.xlsx"]


def test_files_with_errors_are_imported_and_the_import_is_undone(
    browse, live_server, portfolio, ana, files, do_jobs
):
    page = browse(ana, f"/portfolios/{portfolio.slug}/imports/")
    page.locator("input[type=file]").set_input_files(files)
    expect(page.locator(".chosen li")).to_have_count(4)
    press(page, "Read these files")
    said(page, "Reading")
    expect(page.get_by_text("Waiting for the worker")).to_be_visible()
    do_jobs()

    # The page of progress turns into the preview by itself.
    said(page, "44 new")
    aside = page.locator(".aside-list tbody tr")
    for name in ("broken.xml", "empty.csv", "notes.xlsx"):
        row = aside.filter(has=page.get_by_role("rowheader", name=re.compile(name)))
        expect(row.first).to_be_visible()
        reason, remedy = row.first.locator("td").all_inner_texts()[1:]
        assert len(reason) > 10, name
        assert len(remedy) > 10, name
    expect(page.locator(".sheet-columns[open]")).to_have_count(1)

    for heading, field in (
        ("Kennung", "identifier"),
        ("Bezeichnung", "title"),
        ("Inhalt", "description"),
    ):
        page.get_by_label(heading, exact=True).select_option(field)
    press(page, "Read again with these columns")
    expect(page.locator(".job")).to_be_visible()
    do_jobs()
    said(page, "46 new")
    expect(page.get_by_text("as you said")).to_be_visible()

    page.get_by_role("button", name=re.compile("^Import 46")).click()
    said(page, "Bringing in")
    do_jobs()
    said(page, "46")
    report = page.url
    expect(page.locator(".facts")).to_contain_text("Brought in")
    page.get_by_role("navigation", name="Main").get_by_role(
        "link", name="Interventions"
    ).click()
    page.get_by_label("Search", exact=True).fill("loom")
    found = page.locator("table.interventions tbody tr")
    expect(found).to_have_count(1)
    expect(found).to_contain_text("NN-1")

    page.goto(report)
    page.get_by_role("link", name="Undo this import …").click()
    press(page, "Undo the import")
    said(page, "Undoing")
    do_jobs()
    expect(page.locator("p.notice")).to_contain_text("Ana")
    page.goto(f"{live_server.url}/portfolios/{portfolio.slug}/interventions/?q=loom")
    expect(page.get_by_role("heading", name=re.compile("^Nothing"))).to_be_visible()
    expect(page.locator("table.interventions")).to_have_count(0)

    page.goto(f"{live_server.url}/portfolios/{portfolio.slug}/history/")
    changes = page.locator(".change").filter(has_text="initiatives.xml")
    assert changes.count() >= 2
    expect(changes.first).to_contain_text("Ana")


# ---- three languages, and a phone


def test_another_language_keeps_the_page_and_what_was_chosen(browse, portfolio, ana):
    page = browse(ana, f"/portfolios/{portfolio.slug}/interventions/")
    page.locator(".facets a", has_text="Peru").click()
    expect(page.locator("table.interventions tbody tr")).to_have_count(2)
    address = page.url
    assert "PE" in address

    for language, heading, peru in (
        ("fr", "Interventions", "Pérou"),
        ("es", "Intervenciones", "Perú"),
    ):
        page.locator(f"button.lang[value={language}]").click()
        expect(page.locator("html")).to_have_attribute("lang", language)
        said(page, heading)
        expect(page.locator(".chips")).to_contain_text(peru)
        expect(page.locator("table.interventions tbody tr")).to_have_count(2)
        assert page.url == address

    ana.refresh_from_db()
    assert ana.language == "es"


def test_a_phone_in_spanish_reads_the_map_and_reviews(
    browse, live_server, portfolio, ana
):
    from capmap.records.actions import review

    made = review.make_round(
        portfolio=portfolio, by=ana, title="Which passages?", order="document", seed=1,
        question="capacity:cd",
    )  # fmt: skip
    page = browse(ana, f"/portfolios/{portfolio.slug}/map/", language="es", width=390)
    page.locator("details.menu summary", has_text="Ana").click()
    expect(page.get_by_role("link", name="Cuenta")).to_be_visible()
    page.keyboard.press("Escape")

    page.locator(
        "table.matrix td:not(.total) a[data-cell]", has_text=re.compile("[1-9]")
    ).first.click()
    evidence = page.locator("#evidence")
    expect(evidence.locator("blockquote").first).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390

    page.goto(f"{live_server.url}/portfolios/{portfolio.slug}/review/{made.pk}/")
    expect(page.locator("#accept")).to_be_in_viewport()
    page.evaluate("scrollTo(0, document.body.scrollHeight / 2)")
    expect(page.locator("#accept")).to_be_in_viewport()
    page.locator("#accept").click()
    expect(page.locator("#which")).to_contain_text("2")
    assert made.readings.count() == 1


# ---- two people at once


def test_two_edit_the_same_intervention_and_nothing_typed_is_lost(
    browse, portfolio, ana, paul
):
    one = portfolio.interventions.get(identifier="XX-1")
    address = f"/portfolios/{portfolio.slug}/interventions/{one.pk}/edit/"
    hers = browse(ana, address)
    his = browse(paul, address, refused=(409,))

    hers.get_by_label("Title").fill("Labour inspection in Peru, phase II")
    press(hers, "Save the corrections")
    said(hers, "phase II")

    his.get_by_role("textbox", name="Title").fill("Inspección del trabajo")
    his.locator("[name=budget_amount]").fill("2500000")
    press(his, "Save the corrections")
    conflict = his.get_by_role("alert")
    expect(conflict.get_by_role("heading")).to_contain_text("Ana saved this")
    title = conflict.locator("tr", has_text="Title")
    expect(title).to_contain_text("Labour inspection for Peru")
    expect(title).to_contain_text("phase II")
    expect(title).to_contain_text("Inspección del trabajo")
    expect(his.get_by_role("textbox", name="Title")).to_have_value(
        "Inspección del trabajo"
    )
    expect(his.locator("[name=budget_amount]")).to_have_value("2500000")

    title.get_by_role("radio").first.check()
    conflict.get_by_role("button", name="Save the corrections").click()
    said(his, "phase II")
    one.refresh_from_db()
    assert one.title == "Labour inspection in Peru, phase II"
    assert one.budget_amount == 2_500_000


def test_what_was_typed_comes_back_after_the_page_was_closed(
    browse, live_server, portfolio, ana
):
    one = portfolio.interventions.get(identifier="XX-1")
    address = f"/portfolios/{portfolio.slug}/interventions/{one.pk}/edit/"
    page = browse(ana, address)
    page.get_by_label("Title").fill("Half a")
    expect(page.get_by_text("Kept in this browser as you type")).to_be_visible()

    page.goto(live_server.url)
    page.goto(live_server.url + address)
    expect(page.get_by_label("Title")).to_have_value("Labour inspection for Peru")
    press(page, "Bring it back")
    expect(page.get_by_label("Title")).to_have_value("Half a")
    expect(page.get_by_label("Title")).to_be_focused()


# ---- without a mouse


def test_the_map_is_read_with_the_keyboard_alone(browse, portfolio, vera):
    page = browse(vera, f"/portfolios/{portfolio.slug}/map/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()

    focused = "document.activeElement.dataset.cell || ''"
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate(focused):
            break
    first = page.evaluate(focused)
    assert first
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    row, column = first.split("~")
    beyond_row, beyond_column = page.evaluate(focused).split("~")
    assert beyond_row != row
    assert beyond_column != column

    page.keyboard.press("PageUp")
    for _ in range(60):
        if page.evaluate("document.activeElement.textContent.trim()").isdigit():
            break
        page.keyboard.press("ArrowDown")
    cell = page.evaluate(focused)
    page.keyboard.press("Enter")
    expect(page.locator("#evidence-title")).to_be_focused()
    expect(page.locator("#evidence blockquote").first).to_be_visible()
    assert "cell=" in page.url

    page.keyboard.press("Escape")
    expect(page.locator("#evidence")).to_have_count(0)
    assert page.evaluate(focused) == cell
    page.go_back()
    expect(page.locator("#evidence")).to_be_visible()
    page.go_back()
    expect(page.locator("#evidence")).to_have_count(0)
    expect(page.locator("table.matrix")).to_be_visible()
