"""Rounds of review: the list, a new one, what was read as a file."""

import pytest
from django.urls import reverse

from capmap.records.actions import review
from capmap.records.models import ReviewRound

pytestmark = pytest.mark.django_db


@pytest.fixture
def made(portfolio, ana):
    """Every passage, in the order of the documents, for whoever comes."""
    return review.make_round(
        portfolio=portfolio,
        by=ana,
        title="All",
        order="document",
        question="capacity:cd",
    )


@pytest.fixture
def blind(portfolio, ana, rita, ravi):
    return review.make_round(
        portfolio=portfolio, by=ana, title="Blind", order="document",
        readers=[rita, ravi], readers_per_passage=2,
    )  # fmt: skip


def read(made, by, *codes, note=""):
    """Read the first passage of a round."""
    item = made.items.order_by("position").first()
    given = [(*code.split(":"), False, []) for code in codes]
    return review.finish(
        by=by, passage=item.passage, item=item, codes=given, note=note, seconds=9
    )


def test_rounds_are_listed_with_their_progress(
    page, rita, made, blind, django_assert_max_num_queries
):
    read(made, rita)

    with django_assert_max_num_queries(40):
        text = page(rita, "rounds", made.portfolio.slug).text

    assert "<strong>1 read</strong> of 7" in text
    assert "<strong>0 read</strong> of 14" in text
    assert "whoever comes" in text


def test_without_rounds_the_page_says_how_to_begin(page, rita, portfolio):
    text = page(rita, "rounds", portfolio.slug).text

    assert "There is no round yet" in text
    assert reverse("round_new", args=(portfolio.slug,)) in text


def test_an_analyst_makes_a_round_of_what_a_map_showed(page, ana, rita, portfolio):
    query = "rows=outcome&columns=constituent&cell=spf-11~government&country=PE"
    kept = page(ana, "round_new", portfolio.slug, query={"from": query}).text
    assert "Government" in kept
    assert "in Peru" in kept

    page(
        ana, "round_new", portfolio.slug,
        post={"title": "Peru", "order": "random", "from": query, "readers": [rita.pk]},
    )  # fmt: skip

    made = ReviewRound.objects.get()
    assert list(made.readers.all()) == [rita]
    texts = made.items.values_list("passage__text", flat=True)
    assert len(texts) >= 1
    assert all("inspect" in text for text in texts)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"title": ""}, "required"),
        ({"size": "0"}, "greater than or equal to 1"),
        ({"only": ["capacity", "nonsense"]}, "valid choice"),
        ({"blind": "on"}, "at least two readers"),
        ({"from": "q=zzzz"}, "No passage matches"),
    ],
)
def test_a_round_that_cannot_be_says_why_beside_its_field(
    page, ana, portfolio, changes, told
):
    fields = {"title": "Mine", "order": "random", **changes}

    answer = page(ana, "round_new", portfolio.slug, post=fields)

    assert answer.status_code == 200
    assert told in answer.text
    assert not ReviewRound.objects.exists()


def test_a_reviewer_makes_a_round_for_themselves_alone(page, rita, ravi, portfolio):
    page(
        rita, "round_new", portfolio.slug,
        post={"title": "Mine", "order": "random", "readers": [ravi.pk], "blind": "on"},
    )  # fmt: skip

    made = ReviewRound.objects.get()
    assert (list(made.readers.all()), made.is_blind) == ([rita], False)
    assert "not among the readers" in page(ravi, "review", portfolio.slug, made.pk).text


def test_readings_are_exported_with_names_beside_codes(page, rita, made):
    read(made, rita, "modality:academy", note="=SUM(1)")

    text = b"".join(page(rita, "round_readings", made.portfolio.slug, made.pk)).decode()

    assert "modality,academy,Academy" in text
    assert "Rita" in text
    assert ",=SUM" not in text


def test_keys_are_turned_off_and_on(page, rita, made):
    page(rita, "review_keys", made.portfolio.slug, post={"uses_keys": "no"})

    assert 'data-keys="no"' in page(rita, "review", made.portfolio.slug, made.pk).text


def test_who_shares_a_round_out_among_others_is_led_to_its_progress(
    page, ana, rita, portfolio
):
    wanted = {"title": "Shared out", "order": "random", "readers": [rita.pk]}

    answer = page(ana, "round_new", portfolio.slug, post=wanted)

    made = ReviewRound.objects.get(title="Shared out")
    assert answer.url == reverse("round", args=(portfolio.slug, made.pk))


def test_the_questions_are_found_from_the_rounds(page, rita, portfolio):
    text = page(rita, "rounds", portfolio.slug).text

    assert f'href="{reverse("questions", args=(portfolio.slug,))}"' in text
