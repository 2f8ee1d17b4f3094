"""From a passage that people decided to a worked example on the page of its code, and back."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.learned_portfolio import add

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.enable_socket,
    pytest.mark.django_db(transaction=True),
]

TEXT = "The budget was approved. Old inspectors went through files with young ones."
PART = "Old inspectors went through files with young ones."


@pytest.fixture
def passage(portfolio, rita):
    from capmap.records.actions import review

    (made,) = add(portfolio, "EX-1", [TEXT])
    review.finish(
        by=rita, passage=made,
        codes=[("capacity", "cd", False, []), ("modality", "on-the-job", False, []),
               ("level", "individual", False, [])],
    )  # fmt: skip
    return made


def sound(page):
    """No scrolling sideways, and nothing that axe finds serious."""
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    found = Axe().run(page).response["violations"]
    assert [v["id"] for v in found if v["impact"] in ("serious", "critical")] == []


def test_a_reviewer_proposes_and_an_analyst_confirms_by_keyboard_then_takes_back(
    browse, portfolio, passage, rita, ana
):
    at = f"/portfolios/{portfolio.slug}"
    page = browse(
        rita, f"{at}/interventions/{passage.intervention_id}/passages/{passage.pk}/",
        width=390,
    )  # fmt: skip
    page.get_by_text("Propose as a worked example").click()
    page.get_by_label("What does it show well?").fill("No usual word.")
    page.get_by_role("button", name="Propose it").click()
    expect(page.get_by_text("Proposed as a worked example by Rita.")).to_be_visible()

    page = browse(ana, f"{at}/codebook/examples/")
    expect(page.locator("h1")).to_contain_text("1 passage could become")
    sound(page)
    page.get_by_role("link", name="Make it an example").focus()
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("Make this passage an example?")
    sound(page)

    page.get_by_label("Text").fill("Words that stand nowhere.")
    page.get_by_label("plain wording").focus()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_label("indirect wording")).to_be_checked()
    page.get_by_role("button", name="Confirm as an example").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("must be a part of the passage")
    expect(page.get_by_label("indirect wording")).to_be_checked()

    page.get_by_label("Text").fill(PART)
    page.get_by_label("Code that does not hold").first.select_option(
        "modality:training"
    )
    free = page.locator(".near-row", has=page.locator("select")).first
    free.get_by_role("textbox").fill("No course is held.")
    page.get_by_role("button", name="Confirm as an example").press("Enter")
    expect(page.locator(".message.success")).to_contain_text("shows on the pages of")
    expect(page.locator("#own")).to_contain_text("1 example from this portfolio")

    page.goto(page.url.split("/codebook/")[0] + "/codebook/modality/on-the-job/")
    first = page.locator(".shows .example").first
    expect(first).to_contain_text(PART)
    expect(first).to_contain_text("From this portfolio")
    page.goto(page.url.replace("on-the-job", "training"))
    expect(page.locator(".misses .example").first).to_contain_text("No course is held.")

    page.goto(page.url.split("/codebook/")[0] + "/codebook/examples/")
    with page.expect_download() as taken:
        page.get_by_role("link", name="JSONL").click()
    assert PART in taken.value.path().read_text(encoding="utf-8")
    page.get_by_role("button", name="Take it back").click()
    expect(page.locator("#own")).to_contain_text("No example from this portfolio yet")


def test_examples_of_a_code_are_filtered_in_the_address(browse, portfolio, vera):
    page = browse(
        vera, f"/portfolios/{portfolio.slug}/codebook/modality/training/", width=390
    )
    page.get_by_role("link", name="2 near misses").click()
    expect(page.locator("h1")).to_contain_text("2 near misses of")
    page.locator("#filter-kind").select_option("")
    expect(page.locator("h1")).to_contain_text("5 worked examples of")
    page.locator("#filter-language").select_option("es")
    expect(page.locator("article.example")).to_have_count(1)
    assert "language=es" in page.url
    sound(page)
