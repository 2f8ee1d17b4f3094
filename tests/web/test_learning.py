"""The pages of what the coder learned: see, decide, go back; why a code is suggested."""

import re

import pytest
from django.urls import reverse

from capmap.records.actions import learning
from capmap.records.models import (
    Coding,
    Job,
    LearnedModel,
    Passage,
    ReviewItem,
    ReviewRound,
)
from capmap.records.queries.codebook import codebook_of
from tests.learned_portfolio import A_REPORT, AN_EFFECT, make_readings
from tests.site_fixtures import make_person, make_portfolio

pytestmark = pytest.mark.django_db

TRAINING = ("modality", "training")


@pytest.fixture
def model(portfolio, ana):
    """A model as it is stored, of which nothing has to be learned."""
    passage = Passage.objects.get(text__startswith="Gravel")
    example = {"passage": passage.pk, "spans": [[0, 6]]}
    shown = {"modality:training": {"gained": [example], "lost": []}}
    return LearnedModel.objects.create(
        portfolio=portfolio, number=3, version="model abc", codebook="2026.11",
        decisions=20, made_by=ana, report=A_REPORT, effect=AN_EFFECT | {"examples": shown},
    )  # fmt: skip


def words(response):
    return " ".join(response.content.decode().split())


def test_with_nothing_read_the_page_says_how_much_is_needed(page, portfolio, ana, vera):
    shown = words(page(ana, "learning", portfolio.slug))
    assert "The coder has nothing to learn from yet" in shown
    assert "Learning begins at 20 readings; 20 more to go." in shown
    assert reverse("round_new", args=[portfolio.slug]) in shown
    assert reverse("learning_start", args=[portfolio.slug]) not in shown
    assert reverse("round_new", args=[portfolio.slug]) not in words(
        page(vera, "learning", portfolio.slug)
    )


def test_an_analyst_learns_sees_adopts_and_goes_back(
    page, portfolio, rita, ana, do_jobs
):
    lunch = make_readings(portfolio, rita)[0]
    slug = portfolio.slug
    assert "72 passages have been read, in 24 interventions." in words(
        page(ana, "learning", slug)
    )
    page(ana, "learning_start", slug, post={})
    assert "Waiting for the worker" in words(page(ana, "learning", slug))
    do_jobs()
    assert "Model 1 waits for a decision." in words(page(ana, "learning", slug))
    shown = page(ana, "learned_model", slug, 1)
    told = words(shown)
    assert re.search(r"Model 1 raises the quality of \d facets? of \d", told)
    assert "All 81 passages were coded anew, for a trial." in told
    assert "24 codes that people accepted would now be found." in told
    assert "brown" in told
    assert '<span class="term" lang="en">brown</span>' in words(
        page(ana, "codebook_propose", slug)
    )
    page(ana, "learned_model_adopt", slug, 1, post={})
    do_jobs()
    assert "Suggestions come from the lexicon and model 1" in words(
        page(ana, "learning", slug)
    )
    address = (slug, lunch.intervention_id, lunch.pk)
    seen = words(page(ana, "passage", *address))
    why = reverse("passage_why", args=[*address, "modality", "training"])
    assert why in seen
    assert "learned from examples and decisions" in seen
    told = words(page(ana, "passage_why", *address, "modality", "training"))
    assert '<mark class="mod"' in told
    assert "brown bag lunch</mark> on wages gathered" in told
    assert "odds ×" in told
    for facet, code in lunch.codings.values_list("facet", "code"):
        told = page(ana, "passage_why", *address, facet, code)
        assert told.status_code == 200, (facet, code)
    derived = next(iter(codebook_of(portfolio).facets["beneficiary"].codes))
    assert "by a rule" in words(
        page(ana, "passage_why", *address, "beneficiary", derived)
    )
    page(ana, "learning_back", slug, post={"to": "0"})
    do_jobs()
    assert "Suggestions come from the lexicon alone" in words(
        page(ana, "learning", slug)
    )
    assert why not in words(page(ana, "passage", *address))
    assert not Coding.objects.suggested().filter(basis="model").exists()
    assert "Go back to model 1" in words(page(ana, "learning", slug))


@pytest.mark.parametrize("language", ["en", "fr", "es"])
def test_every_page_speaks_each_language(page, portfolio, model, ana, language):
    ana.language = language
    ana.save()
    passage = Passage.objects.get(text__startswith="Training of trainers")
    for name, *args in (
        ("learning",),
        ("learned_model", 3),
        ("learned_model_code", 3, *TRAINING),
        ("passage_why", passage.intervention_id, passage.pk, "modality", "training"),
    ):
        assert page(ana, name, portfolio.slug, *args).status_code == 200
    dismissed = page(ana, "learned_model_dismiss", portfolio.slug, 3, post={})
    assert dismissed.status_code == 302
    assert page(ana, "learned_model", portfolio.slug, 3).status_code == 200


def test_the_report_tells_quality_reliability_and_what_would_change(
    page, portfolio, model, vera
):
    shown = words(page(vera, "learned_model", portfolio.slug, 3))
    assert "Model 3 raises the quality of 1 facet of 1" in shown
    assert "miss by 3 points on average; by the lexicon alone, 28" in shown
    assert shown.count('class="dot"') == 3
    assert "9 of 10 <strong>90%</strong>" in shown
    assert "1 code is left to the lexicon: too little was read" in shown
    assert "4 → <strong>5</strong>" in shown
    quoted = words(page(vera, "learned_model_code", portfolio.slug, 3, *TRAINING))
    assert "Gravel</mark> for rural roads" in quoted
    assert "would gain the code: 2; that would lose it: 1" in quoted
    unknown = page(vera, "learned_model_code", portfolio.slug, 3, "modality", "no")
    assert unknown.status_code == 404
    assert reverse("learned_model_adopt", args=[portfolio.slug, 3]) not in shown


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("facets", "modality,"),
        ("codes", "modality,training,"),
        ("reliability", "lexicon,0.62,3,9,"),
        ("changes", "modality,training,4,5,3,4,2,1"),
    ],
)
def test_each_table_can_be_taken_away(page, portfolio, model, vera, name, first):
    csv = page(vera, "learned_model_file", portfolio.slug, 3, name, "csv")
    rows = b"".join(csv.streaming_content).decode().splitlines()
    assert rows[1].startswith(first)
    xlsx = page(vera, "learned_model_file", portfolio.slug, 3, name, "xlsx")
    assert xlsx.content[:2] == b"PK"


def test_who_sees_some_countries_reads_the_report_but_not_what_changes_in_all(
    page, portfolio, model, paul
):
    shown = words(page(paul, "learned_model", portfolio.slug, 3))
    assert "lunch" in shown
    assert "4 → <strong>5</strong>" not in shown
    for name, *args in (
        ("learned_model_file", "changes", "csv"),
        ("learned_model_code", *TRAINING),
    ):
        assert page(paul, name, portfolio.slug, 3, *args).status_code == 403


def test_who_sees_some_countries_does_not_decide(page, portfolio, model):
    scoped = make_person("s@example.org", "Sol", "analyst", portfolio, ["PE"])
    for name, args in (("learned_model_adopt", [3]), ("learning_start", [])):
        answer = page(scoped, name, portfolio.slug, *args, post={})
        assert answer.status_code == 403
    assert not Job.objects.exists()


def test_a_model_of_another_portfolio_is_not_found(page, model, olga):
    other = make_portfolio("Another")
    assert page(olga, "learned_model", other.slug, 3).status_code == 404
    gone = page(olga, "learned_model_adopt", other.slug, 3, post={})
    assert gone.status_code == 404
    for to in ("3", "x", ""):
        back = page(olga, "learning_back", other.slug, post={"to": to})
        assert back.status_code == 404
    nothing = page(olga, "learned_model_file", other.slug, 3, "codes", "csv")
    assert nothing.status_code == 404


def test_two_who_decide_at_once_are_told(page, portfolio, model, ana, olga):
    learning.dismiss(model=model, by=olga)
    page(ana, "learned_model_adopt", portfolio.slug, 3, post={})
    assert "This has been decided meanwhile." in words(
        page(ana, "learning", portfolio.slug)
    )


def test_why_is_closed_to_who_must_read_the_passage_blind(
    page, portfolio, rita, ravi, vera
):
    passage = Passage.objects.get(text__startswith="Training of trainers")
    blind = ReviewRound.objects.create(
        portfolio=portfolio, title="Blind", drawn_from=5, readers_per_passage=2
    )
    blind.readers.set([rita, ravi])
    ReviewItem.objects.create(round=blind, passage=passage, position=1, reader=rita)
    address = (portfolio.slug, passage.intervention_id, passage.pk)
    why = (*address, "modality", "training")
    assert page(rita, "passage_why", *why).status_code == 403
    assert page(vera, "passage_why", *why).status_code == 200
    assert page(vera, "passage_why", *address, "modality", "no").status_code == 404


def test_pages_stay_within_few_queries(
    page, portfolio, model, vera, django_assert_max_num_queries
):
    page(vera, "learned_model", portfolio.slug, 3)
    for name, *args in (("learning",), ("learned_model", 3)):
        with django_assert_max_num_queries(24):
            page(vera, name, portfolio.slug, *args)
