"""Rounds that learn on the site: made, read, told when to stop, with the reasons."""

import pytest
from django.urls import reverse

from capmap.analysis.stopping import Batch, stopping
from capmap.records import review_queue, tasks
from capmap.records.actions import review, review_rounds
from capmap.records.models import Job, ReviewRound
from capmap.records.permissions import access
from capmap.web.stopping_page import Finds

pytestmark = pytest.mark.django_db

QUESTION = "capacity:cd"


@pytest.fixture
def made(portfolio, ana):
    return review_rounds.make_round(
        portfolio=portfolio, by=ana, title="Learning", order="learning",
        unit="interventions", question=QUESTION, seed=3,
    )  # fmt: skip


def read_all(made, by, upto=99):
    allowed, count = access(by, made.portfolio), 0
    while count < upto and (item := review_queue.next_item(made, allowed)):
        develops = "Gravel" not in item.passage.text
        codes = [("capacity", "cd", False, [])] if develops else []
        review.finish(by=by, passage=item.passage, item=item, codes=codes)
        count += 1


def test_a_round_that_learns_is_made_of_whole_interventions_and_begins_at_once(
    page, ana, portfolio
):
    form = {"title": "Find them", "order": "learning", "question": QUESTION}

    answer = page(ana, "round_new", portfolio.slug, post=form)

    made = ReviewRound.objects.get()
    assert (made.order, made.unit, made.drawn_from) == ("learning", "interventions", 5)
    assert Job.objects.get().kind == "deal"
    text = page(ana, "review", portfolio.slug, made.pk).text
    assert answer.url == reverse("review", args=(portfolio.slug, made.pk))
    assert "Passage 1 <span>drawn at random" in text
    assert "<strong>0 read</strong> of 5 interventions" in text


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"question": ""}, "Choose which."),
        ({"size": "3"}, "Leave the number empty"),
        ({"order": "doubtful", "unit": "interventions"}, "read in random order"),
    ],
)
def test_what_does_not_go_together_is_said_beside_its_field(
    page, ana, portfolio, changes, told
):
    fields = {
        "title": "Find them",
        "order": "learning",
        "question": QUESTION,
        **changes,
    }

    answer = page(ana, "round_new", portfolio.slug, post=fields)

    assert answer.status_code == 200
    assert told in answer.text
    assert not ReviewRound.objects.exists()


def test_the_page_says_what_is_found_and_when_to_stop(page, rita, made):
    read_all(made, rita, upto=2)
    text = page(rita, "review", made.portfolio.slug, made.pk).text
    assert "Still unfound" in text
    assert "<strong>Read on.</strong>" in text
    assert reverse("round_stopping", args=(made.portfolio.slug, made.pk)) in text

    read_all(made, rita)
    text = page(rita, "round", made.portfolio.slug, made.pk).text
    assert "Capacity development: all found" in text
    assert "<strong>All 5 interventions are read:</strong>" in text
    text = page(rita, "review", made.portfolio.slug, made.pk).text
    assert "Nothing is left for you here" in text
    assert "Capacity development: all found" in text


def test_why_a_passage_comes_is_said_but_not_how_likely_it_is(page, rita, made):
    for job in Job.objects.filter(kind="deal"):
        tasks.run(job)
    items = list(made.items.filter(state="open").order_by("turn"))
    assert {"random", "relevant"} <= {item.why for item in items}
    likely = next(item for item in items if item.why == "relevant")

    text = page(rita, "review_item", made.portfolio.slug, made.pk, likely.pk).text

    which = text[text.index('id="which"') :].split("</h2>")[0]
    assert "its intervention is likely to be what is sought" in which
    assert "%" not in which


def test_the_reasons_are_one_click_away_with_their_files(page, ana, rita, made):
    slug = made.portfolio.slug
    assert "Nothing is read yet" in page(rita, "round_stopping", slug, made.pk).text
    read_all(made, rita, upto=3)

    text = page(rita, "round_stopping", slug, made.pk).text

    assert "seed 3" in text
    assert "<polyline" in text
    assert "With 95% confidence no more than" in text.replace("\xa0", "")
    draws = page(ana, "round_stopping_file", slug, made.pk, "draws.csv")
    rows = b"".join(draws).decode("utf-8-sig").splitlines()
    assert rows[0] == "batch,unit,why,found"
    assert (
        len(rows) - 1
        == made.items.filter(turn__isnull=False).values("batch").distinct().count()
    )
    assert {row.rsplit(",", 1)[1] for row in rows[1:]} <= {"yes", "no", ""}
    assert any(row.endswith((",yes", ",no")) for row in rows[1:])
    way = b"".join(page(ana, "round_stopping_file", slug, made.pk, "way.csv"))
    for row in way.decode("utf-8-sig").splitlines()[1:]:
        assert all(len(cell) <= len("0.1234") for cell in row.split(","))
    for name in ("batches.csv", "batches.xlsx", "way.csv", "draws.xlsx"):
        answer = page(ana, "round_stopping_file", slug, made.pk, name)
        assert answer.status_code == 200, name
    assert (
        page(ana, "round_stopping_file", slug, made.pk, "other.csv").status_code == 404
    )
    ana.language = "fr"
    ana.save()
    assert "Lots\xa0: <a" in page(ana, "round_stopping", slug, made.pk).text


def test_other_rounds_have_no_such_page(page, ana, portfolio):
    made = review_rounds.make_round(portfolio=portfolio, by=ana, title="Random")

    assert page(ana, "round_stopping", portfolio.slug, made.pk).status_code == 404


def test_whoever_manages_the_round_stops_it_where_the_page_says_so(
    page, ana, rita, made
):
    read_all(made, rita)

    text = page(ana, "round_stopping", made.portfolio.slug, made.pk).text
    assert "Stop here: close the round" in text
    assert (
        "Stop here"
        not in page(rita, "round_stopping", made.portfolio.slug, made.pk).text
    )

    page(ana, "round_close", made.portfolio.slug, made.pk, post={})
    assert (
        "Stop here"
        not in page(ana, "round_stopping", made.portfolio.slug, made.pk).text
    )


def test_whole_interventions_at_random_are_counted_as_such(page, ana, portfolio):
    made = review_rounds.make_round(
        portfolio=portfolio,
        by=ana,
        title="Whole",
        unit="interventions",
        question=QUESTION,
    )
    read_all(made, ana)

    text = page(ana, "round", portfolio.slug, made.pk).text

    assert "4 of 5 interventions" in text.replace("\xa0", " ")
    assert "All 5 interventions, random order" in text


def test_what_is_promised_is_rounded_down():
    where = stopping([Batch((False,) * 95, 300, 199)], 700)
    finds = Finds(where, "interventions")

    assert 0 < finds.at_least <= where.recall_at_least < finds.at_least + 0.01
    assert finds.part_found + finds.part_unfound <= 1
