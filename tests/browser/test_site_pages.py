"""Every page of the site in Chromium: no error, nothing from elsewhere, nothing that axe
finds serious, no scrolling sideways; on a desk and, in French and dark, on a phone."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse

from tests.learned_portfolio import A_REPORT, AN_EFFECT, add

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.enable_socket,
    pytest.mark.django_db(transaction=True),
]

#: Addresses by name; what they take is filled in from ``number_of``.
PAGES = [
    "home", "portfolio", "portfolio_settings", "portfolio_history", "map", "map_multiples",
    "countries", "country", "integration", "gaps", "interventions", "intervention",
    "intervention_edit", "passage", "questions", "imports", "rounds", "round_new", "round",
    "round_stopping", "review", "agreement", "adjudicate", "codebook", "codebook_code", "codebook_propose",
    "codebook_versions", "code_examples", "examples", "example", "learning", "learned_model", "learned_model_code",
    "passage_why", "views", "account", "people", "people_invite", "history",
    "mfa_index", "usersessions_list", "account_change_password", "help",
]  # fmt: skip

SERIOUS = ("serious", "critical")


@pytest.fixture
def address_of(portfolio, rita, ravi):
    """Where each page stands, in a portfolio with a round of each kind."""
    from capmap.records import review_queue
    from capmap.records.actions import review, review_rounds
    from capmap.records.models import LearnedModel, Reading, ReviewItem, ReviewRound
    from capmap.records.permissions import access

    intervention = portfolio.interventions.get(identifier="XX-1")
    passages = list(intervention.passages.all())
    rounds = {}
    for readers in ((), (rita, ravi)):
        made = ReviewRound.objects.create(
            portfolio=portfolio, title="Round", drawn_from=2,
            readers_per_passage=2 if readers else 1,
        )  # fmt: skip
        made.readers.set(readers)
        rounds[len(readers)] = made
        for position, passage in enumerate(passages, start=1):
            for reader in readers or (None,):
                item = ReviewItem.objects.create(
                    round=made, passage=passage, position=position, reader=reader,
                    state="read" if readers else "open",
                )  # fmt: skip
                if reader:
                    reading = Reading.objects.create(
                        round=made, item=item, passage=passage, reader=reader
                    )
                    reading.codes.create(facet="capacity", code="cd")
                    if reader == rita:
                        reading.codes.create(facet="modality", code="training")

    learning = review_rounds.make_round(
        portfolio=portfolio, by=rita, title="Learning", order="learning",
        unit="interventions", question="capacity:cd", readers=[rita], seed=1,
    )  # fmt: skip
    while item := review_queue.next_item(learning, access(rita, portfolio)):
        review.finish(by=rita, passage=item.passage, item=item, codes=[])

    LearnedModel.objects.create(
        portfolio=portfolio, number=1, version="model abc", codebook="2026.11",
        decisions=20, report=A_REPORT, effect=AN_EFFECT,
    )  # fmt: skip
    decided = add(
        portfolio, "EX-1", ["Old inspectors sit with young ones over files."]
    )[0]
    review.finish(
        by=rita, passage=decided,
        codes=[("capacity", "cd", False, []), ("modality", "on-the-job", False, []),
               ("level", "individual", False, [])],
    )  # fmt: skip
    slug = portfolio.slug
    arguments = {
        "country": [slug, "PE"],
        "intervention": [slug, intervention.pk],
        "intervention_edit": [slug, intervention.pk],
        "passage": [slug, intervention.pk, passages[0].pk],
        "round": [slug, rounds[0].pk],
        "review": [slug, rounds[0].pk],
        "round_stopping": [slug, learning.pk],
        "agreement": [slug, rounds[2].pk],
        "adjudicate": [slug, rounds[2].pk],
        "codebook_code": [slug, "modality", "training"],
        "code_examples": [slug, "modality", "training"],
        "example": [slug, decided.pk],
        "learned_model": [slug, 1],
        "learned_model_code": [slug, 1, "modality", "training"],
        "passage_why": [slug, intervention.pk, passages[0].pk, "modality", "training"],
    }
    of_the_site = ("home", "account", "people", "people_invite", "history", "mfa_index",
                   "usersessions_list", "account_change_password", "help")  # fmt: skip

    def address(name):
        return reverse(
            name, args=arguments.get(name, [] if name in of_the_site else [slug])
        )

    return address


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_sound_on_desk_and_phone(browse, address_of, olga, name):
    for language, width, dark in (("en", 1280, False), ("fr", 390, True)):
        page = browse(olga, address_of(name), language=language, width=width, dark=dark)

        assert page.locator("h1").count() == 1
        assert page.locator("html").get_attribute("lang") == language
        too_wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert too_wide <= 0, f"{width}: {too_wide} px too wide"
        found = Axe().run(page).response["violations"]
        told = [
            (v["id"], v["nodes"][0]["html"][:200])
            for v in found
            if v["impact"] in SERIOUS
        ]
        assert told == [], f"{name} at {width}"


def test_the_sign_in_page_is_sound(browse, portfolio):
    page = browse(None, "/accounts/login/", width=390)

    found = Axe().run(page).response["violations"]
    assert [v["id"] for v in found if v["impact"] in SERIOUS] == []
