"""Review in a browser: keys, undo, questions, marked words, a lost connection, a phone."""

import os
import re

import pytest
from site_fixtures import make_person, make_portfolio

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.enable_socket,
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture
def team(transactional_db):
    """Ana, Rita and Ravi with a round of all passages in the order of the documents."""
    from capmap.records.actions import review

    portfolio = make_portfolio()
    ana, rita, ravi = (
        make_person(f"{name.lower()}@example.org", name, role, portfolio)
        for name, role in (("Ana", "analyst"), ("Rita", "reviewer"), ("Ravi", "reviewer"))
    )  # fmt: skip
    made = review.make_round(
        portfolio=portfolio, by=ana, title="Which passages develop capacity?", order="random",
        seed=5, question="capacity:cd",
    )  # fmt: skip
    return {"made": made, "ana": ana, "rita": rita, "ravi": ravi}


@pytest.fixture
def reader(team, live_server, chromium, monkeypatch):
    """Open the round as a person; fails on any error in the console."""
    from django.test import Client

    # Playwright's loop runs in this thread; the database is asked from it on purpose.
    monkeypatch.setitem(os.environ, "DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    contexts, complaints = [], []

    def open_as(name="rita", *, width=1280, dark=False, script=True, path=None):
        client = Client()
        client.force_login(team[name])
        context = chromium.new_context(
            viewport={"width": width, "height": 844},
            color_scheme="dark" if dark else "light",
            java_script_enabled=script,
        )
        contexts.append(context)
        context.add_cookies(
            [
                {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url},
                {"name": "django_language", "value": "en", "url": live_server.url},
            ]
        )  # fmt: skip
        page = context.new_page()
        page.set_default_timeout(15000)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        made = team["made"]
        page.goto(
            f"{live_server.url}{path or f'/portfolios/{made.portfolio.slug}/review/{made.pk}/'}"
        )
        return page

    yield open_as
    for context in contexts:
        context.close()
    assert complaints == []


def number(page):
    return int(page.locator("#which").inner_text().split()[1])


def arrives(page, number):
    """Wait for a passage."""
    page.locator("#which", has_text=f"Passage {number}").wait_for()


def press(page, key, expected):
    """Press a key and wait for the passage that should come."""
    page.keyboard.press(key)
    arrives(page, expected)


def ticked(page):
    boxes = page.locator("#rows > .code-row > input:checked")
    return [box.get_attribute("value") for box in boxes.all()]


def codes_of(team, position):
    from capmap.records.models import ReadingCode

    return set(
        ReadingCode.objects.filter(
            reading__round=team["made"], reading__item__position=position
        ).values_list("facet", "code")
    )


def test_passages_are_read_and_undone_by_keyboard(reader, team):
    page = reader()
    before = ticked(page)
    page.keyboard.press("1")
    assert ticked(page) != before
    after_toggle = {tuple(name.split(":")) for name in ticked(page)}

    press(page, "Enter", 2)
    assert codes_of(team, 1) == after_toggle
    assert "Saved" in page.locator(".review-saved").inner_text()
    press(page, "0", 3)
    assert codes_of(team, 2) == {("capacity", "not-cd")}
    press(page, "j", 4)
    press(page, "k", 3)

    press(page, "u", 2)
    press(page, "u", 1)
    assert ticked(page) == before
    assert team["made"].readings.count() == 0


def test_the_back_button_shows_the_passage_before(reader):
    page = reader()
    press(page, "j", 2)
    press(page, "j", 3)

    page.go_back()

    arrives(page, 2)
    press(page, "j", 3)


def test_keys_do_nothing_while_one_types(reader, team):
    page = reader()
    page.keyboard.press("n")
    page.keyboard.type("j0u1 done")

    assert page.locator("textarea[name=note]").input_value() == "j0u1 done"
    assert number(page) == 1
    page.keyboard.press("Escape")
    press(page, "Enter", 2)
    assert team["made"].readings.get().note == "j0u1 done"


def test_a_code_is_found_in_any_language_and_doubted(reader, team):
    page = reader()
    page.keyboard.press("/")
    page.keyboard.type("reseau")
    page.wait_for_selector("#finder li.first")
    page.keyboard.press("Enter")

    name = ticked(page)[-1]
    assert name.startswith("modality:")
    page.keyboard.press("d")
    press(page, "Enter", 2)

    reading = team["made"].readings.get()
    facet, code = name.split(":")
    assert reading.codes.filter(facet=facet, code=code).exists()
    assert reading.codes.filter(doubtful=True).count() == 1


def test_words_are_marked_by_keyboard_as_evidence_for_a_code(reader, team):
    page = reader()
    text = team["made"].items.get(position=1).passage.text
    page.keyboard.press("m")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("1")
    name = page.locator("#rows > .code-row").first.get_attribute("data-code")
    press(page, "Enter", 2)

    code = (
        team["made"]
        .readings.get()
        .codes.get(facet=name.split(":")[0], code=name.split(":")[1])
    )
    ((start, end),) = code.spans
    assert len(re.findall(r"\w+", text[start:end])) == 2
    assert start > 0


def test_a_colleague_is_asked_and_the_next_passage_comes(reader, team):
    page = reader()
    page.keyboard.press("q")
    page.locator("#ask select").select_option(label="Ravi")
    page.locator("#ask textarea").fill("Is this training?")
    page.get_by_role("button", name="Ask, next passage").click()

    arrives(page, 2)
    assert team["made"].items.get(position=1).state == "asked"


def test_a_lost_connection_loses_no_tick(reader, team):
    page = reader()
    page.keyboard.press("1")
    chosen = ticked(page)
    page.context.set_offline(True)
    page.keyboard.press("Enter")
    page.get_by_text("The connection was lost").wait_for()
    assert ticked(page) == chosen
    page.context.set_offline(False)

    page.reload()
    page.wait_for_selector(".scripted")
    assert ticked(page) == chosen
    press(page, "Enter", 2)
    assert {":".join(pair) for pair in codes_of(team, 1)} == set(chosen)


def test_keys_can_be_turned_off(reader, team):
    team["rita"].uses_keys = False
    team["rita"].save()
    page = reader()

    before = ticked(page)
    for key in ("1", "j", "0", "Enter"):
        page.keyboard.press(key)

    assert (number(page), ticked(page)) == (1, before)
    assert team["made"].readings.count() == 0


def test_everything_works_without_script(reader, team):
    page = reader(script=False)
    page.get_by_role("button", name="Accept").click()
    assert number(page) == 2
    page.get_by_role("button", name="Undo").click()
    assert number(page) == 1
    page.get_by_role("link", name="Skip", exact=True).click()
    assert number(page) == 2


@pytest.mark.parametrize(("width", "dark"), [(390, False), (390, True), (1280, False)])
def test_a_phone_does_not_scroll_sideways_and_axe_finds_no_barrier(
    reader, team, width, dark
):
    from axe_playwright_python.sync_playwright import Axe

    made = team["made"]
    home = f"/portfolios/{made.portfolio.slug}/review"
    for path in (
        f"{home}/{made.pk}/",
        f"{home}/",
        f"{home}/{made.pk}/progress/",
        f"{home}/new/",
    ):
        page = reader("ana", width=width, dark=dark, path=path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        found = Axe().run(page).response["violations"]
        serious = [
            (one["id"], [node["html"][:120] for node in one["nodes"]])
            for one in found
            if one["impact"] in ("serious", "critical")
        ]
        assert serious == [], path
        page.context.close()
