"""A round that learns in a browser: made, read by keyboard, stopped where the page says so."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from learning_portfolio import develops_capacity, fill
from site_fixtures import make_person, make_portfolio

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.enable_socket,
    pytest.mark.django_db(transaction=True),
]


def sound(page, width):
    """No scrolling sideways, and nothing that axe finds serious."""
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    found = Axe().run(page).response["violations"]
    told = [
        (one["id"], one["nodes"][0]["html"][:200])
        for one in found
        if one["impact"] in ("serious", "critical")
    ]
    assert told == []


def deal():
    """Do what the worker was asked to do."""
    from capmap.records import tasks
    from capmap.records.models import Job

    for job in Job.objects.filter(kind="deal", state="waiting"):
        tasks.run(job)


def read(page, count):
    """Read by keyboard: what is suggested holds, all else does not develop capacity."""
    for _ in range(count):
        here = page.locator("#step").get_attribute("data-address")
        develops = page.locator("#rows input:checked").count() > 0
        page.keyboard.press("Enter" if develops else "0")
        page.locator(f'#step:not([data-address="{here}"])').wait_for()
        deal()


def read_on(made, by):
    """Read as another device would, up to one reading before the page says so."""
    from capmap.records import review_queue
    from capmap.records.actions import review
    from capmap.records.permissions import access
    from capmap.records.queries.review_standing import standing_of

    last = None
    while not standing_of(made).may_stop:
        deal()
        item = review_queue.next_item(made, access(by, made.portfolio))
        codes = [("capacity", "cd", False, [])] * develops_capacity(item.passage)
        last = review.finish(by=by, passage=item.passage, item=item, codes=codes)
    review.undo(reading=last, by=by)


def test_a_round_is_read_until_the_page_says_that_one_may_stop(
    browse, transactional_db
):
    from capmap.records.models import ReviewRound

    portfolio = fill(make_portfolio(), 44, every=2, passages_each=1)
    ana = make_person("ana@example.org", "Ana", "analyst", portfolio)
    home = f"/portfolios/{portfolio.slug}/review"
    page = browse(ana, f"{home}/new/")
    page.get_by_label("Title").fill("Find what develops capacity")
    page.get_by_label("As the coder learns").check()
    page.get_by_role("button", name="Make the round").click()

    # Nobody waits for the worker: the first passage is there, drawn at random.
    page.locator("#which", has_text="drawn at random").wait_for()
    assert "0 read of 44 interventions" in page.locator(".gauge-words").inner_text()
    deal()
    read(page, 7)
    assert "7 read of 44" in page.locator(".gauge-words").inner_text()
    sound(page, 1280)
    page.keyboard.press("u")
    page.locator(".gauge-words", has_text="6 read").wait_for()

    made = ReviewRound.objects.get()
    read_on(made, ana)
    page.goto(page.url.split("/review/")[0] + f"/review/{made.pk}/")
    page.wait_for_selector(".scripted")
    read(page, 1)
    assert "may stop" in page.locator(".gauge-words").inner_text()
    page.get_by_role("link", name="How is this known?").click()
    page.locator("svg.narrowing polyline.run").wait_for()
    sound(page, 1280)
    page.get_by_role("button", name="Stop here").click()
    page.get_by_text("This round is closed").first.wait_for()

    phone = browse(
        ana, f"{home}/{made.pk}/stopping/", language="es", width=390, dark=True
    )
    sound(phone, 390)


def test_a_step_reads_well_on_a_phone_and_without_script(browse, transactional_db):
    from capmap.records.actions import review_rounds

    portfolio = fill(make_portfolio(), 12, passages_each=1)
    rita = make_person("rita@example.org", "Rita", "reviewer", portfolio)
    made = review_rounds.make_round(
        portfolio=portfolio, by=rita, title="Learning", order="learning",
        unit="interventions", question="capacity:cd", readers=[rita], seed=2,
    )  # fmt: skip

    page = browse(
        rita,
        f"/portfolios/{portfolio.slug}/review/{made.pk}/",
        language="fr",
        width=390,
    )

    page.locator("#which", has_text="tiré au hasard").wait_for()
    sound(page, 390)
    page.locator("#accept").click()
    page.locator(".gauge-words", has_text="Lues : 1").wait_for()
