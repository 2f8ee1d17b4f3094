"""Rounds that learn: what is dealt, to whom, in which order, and when one may stop."""

from datetime import timedelta

import pytest
from django.utils import timezone
from learning_portfolio import develops_capacity, fill
from site_fixtures import make_person

from capmap.records import review_queue, tasks
from capmap.records.actions import comments, review, review_rounds
from capmap.records.models import (
    Import,
    Intervention,
    Job,
    Passage,
    ReviewItem,
)
from capmap.records.permissions import access
from capmap.records.queries.estimates import estimate_of
from capmap.records.queries.review_rounds import progress_of
from capmap.records.queries.review_standing import batches_of, standing_of, way_of
from capmap.records.review_dealing import draw_now

pytestmark = pytest.mark.django_db

QUESTION = "capacity:cd"


@pytest.fixture
def many(portfolio):
    """Forty interventions of three passages; every fifth develops capacity, in one of them."""
    return fill(portfolio, 40)


def make(portfolio, by, **more):
    values = {"order": "learning", "unit": "interventions", "question": QUESTION}
    return review_rounds.make_round(
        portfolio=portfolio, by=by, title="Learning", seed=7, **{**values, **more}
    )


def read(item, by, *codes):
    given = [(*code.split(":"), False, []) for code in codes]
    return review.finish(by=by, passage=item.passage, item=item, codes=given, seconds=9)


def read_truly(item, by):
    return read(item, by, *([QUESTION] if develops_capacity(item.passage) else []))


def work(made):
    """Deal as the worker would."""
    for job in Job.objects.filter(state="waiting", kind="deal"):
        tasks.run(job)
        assert Job.objects.get(pk=job.pk).state == "done", Job.objects.get(
            pk=job.pk
        ).error


def dealt(made):
    return list(made.items.filter(turn__isnull=False).order_by("turn"))


def truth(made):
    """Where a round stands, told anew from what is stored."""
    found, read_whole = set(), set()
    items = made.items.filter(batch__isnull=False).select_related("passage")
    units = {}
    for item in items:
        units.setdefault(item.passage.intervention_id, []).append(item)
    for unit, some in units.items():
        readings = [
            item.reading for item in some if getattr(item, "reading", None) is not None
        ]
        if any(r.codes.filter(facet="capacity", code="cd").exists() for r in readings):
            found.add(unit)
        elif len(readings) == sum(item.passage.is_current for item in some):
            read_whole.add(unit)
    return len(found | read_whole), len(found)


@pytest.mark.parametrize(
    ("wanted", "reason"),
    [
        ({"question": ""}, "learning_needs_question"),
        ({"size": 3}, "learning_takes_all"),
        ({"readers_per_passage": 2}, "learning_not_blind"),
    ],
)
def test_a_round_that_learns_cannot_be_anyhow(
    portfolio, ana, rita, ravi, wanted, reason
):
    with pytest.raises(review_rounds.Refused, match=reason):
        make(portfolio, ana, readers=[rita, ravi], **wanted)


def test_a_batch_holds_random_draws_first_and_then_the_likeliest(many, ana):
    made = make(many, ana)
    assert not dealt(made)
    work(made)

    items = dealt(made)
    whys = [item.why for item in items]
    units = list(dict.fromkeys(item.passage.intervention_id for item in items))
    assert whys[0] == "random"
    assert len(units) == 5
    assert len(items) == 15
    first = made.items.order_by("position").first()
    assert first.passage.intervention_id == units[0]  # the first of the random order
    likely = [item for item in items if item.why == "relevant"]
    assert develops_capacity(likely[0].passage)  # within a unit the likeliest first
    assert set(made.items.filter(turn=None).values_list("state", flat=True)) == {
        "waits"
    }


@pytest.mark.slow
def test_once_the_ranking_finds_nothing_most_are_drawn(many, ana):
    made = make(many, ana)
    allowed = access(ana, many)
    while len(dealt(made)) < 100:
        work(made)
        read_truly(review_queue.next_item(made, allowed), ana)

    told = [one.dealt for one in batches_of(made)]
    assert told[0].get("random", 0) < told[0]["relevant"]
    assert told[-1]["random"] > told[-1].get("relevant", 0)


def test_nobody_waits_for_the_worker(many, ana):
    made = make(many, ana)
    allowed = access(ana, many)

    item = review_queue.next_item(made, allowed)

    assert (item.why, item.batch, item.number) == ("random", 1, 1)
    assert item.passage.intervention_id == (
        made.items.order_by("position").first().passage.intervention_id
    )
    assert review_queue.next_item(made, allowed) == item  # once dealt, it stays


def test_a_found_intervention_leaves_the_queue_and_undo_brings_it_back(many, ana):
    made = make(many, ana)
    work(made)
    item = next(one for one in dealt(made) if develops_capacity(one.passage))
    here = made.items.filter(passage__intervention=item.passage.intervention_id)

    reading = read(item, ana, QUESTION)
    states = sorted(here.values_list("state", flat=True))
    assert states == ["read", "spared", "spared"]
    assert standing_of(made).found == 1
    assert progress_of(made).to_go == 120 - 3

    review.undo(reading=reading, by=ana)
    assert set(here.values_list("state", flat=True)) == {"open"}
    assert standing_of(made).found == 0


def test_a_question_on_a_found_intervention_does_not_come_back_to_read(many, ana, rita):
    made = make(many, ana)
    work(made)
    item = next(one for one in dealt(made) if develops_capacity(one.passage))
    other = made.items.filter(
        passage__intervention=item.passage.intervention_id
    ).exclude(pk=item.pk).first()  # fmt: skip
    asked = comments.write(
        by=ana, intervention=other.passage.intervention, passage=other.passage,
        text="Is it?", asked_of=rita, item=other,
    )  # fmt: skip
    read(item, ana, QUESTION)

    comments.answer(comment=asked, by=rita, answer="No.")

    other.refresh_from_db()
    assert other.state == "spared"


def test_named_readers_read_other_interventions_and_only_what_they_see(many, ana, rita):
    sena = make_person("sena@example.org", "Sena", "reviewer", many, ["SN"])
    for one in many.interventions.all():
        one.countries.create(code="SN" if one.pk % 2 else "PE")

    made = make(many, ana, readers=[rita, sena])
    work(made)

    readers = {}
    for item in dealt(made):
        readers.setdefault(item.passage.intervention_id, set()).add(item.reader)
        if item.reader == sena:
            assert item.passage.intervention.countries.filter(code="SN").exists()
    assert len(readers) == 10
    assert all(len(one) == 1 for one in readers.values())
    assert {reader for one in readers.values() for reader in one} == {rita, sena}
    # On the spot Sena gets one of hers; what is drawn before it goes to Rita.
    made.items.filter(reader=sena, state="open").update(state="read")
    assert draw_now(made, access(sena, many))
    assert review_queue.next_item(made, access(sena, many)).reader == sena


def test_what_is_open_is_shared_out_anew_intervention_by_intervention(
    many, ana, rita, ravi
):
    made = make(many, ana, readers=[rita])
    work(made)

    review_rounds.assign(review_round=made, by=ana, readers=[rita, ravi])

    readers = {}
    for item in dealt(made):
        readers.setdefault(item.passage.intervention_id, set()).add(item.reader)
    assert sorted(len(one) for one in readers.values()) == [1] * 5
    assert {reader for one in readers.values() for reader in one} == {rita, ravi}


@pytest.mark.slow
@pytest.mark.parametrize("unit", ["interventions", "passages"])
def test_reading_on_finds_what_there_is_first_and_says_so(many, ana, unit):
    made = make(many, ana, unit=unit)
    allowed = access(ana, many)
    found = 0
    while not standing_of(made).may_stop:
        work(made)
        item = review_queue.next_item(made, allowed)
        found += bool(read_truly(item, ana).codes.exists())

    where = standing_of(made)
    assert where.found == found == 8
    assert where.unfound_at_most == 0 or where.recall_at_least >= 0.95
    if unit == "interventions":
        assert (where.read, where.found) == truth(made)
    told = batches_of(made)
    assert sum(one.found.get("random", 0) for one in told) == where.drawn_found
    assert sum(sum(one.read.values()) for one in told) == where.read
    learned = [job.result["learned_from"] for job in Job.objects.order_by("pk")]
    assert learned[0] == 0 < learned[-1]
    way = way_of(made)
    assert way[-1].recall_at_least == where.recall_at_least
    assert [point.found for point in way] == sorted(point.found for point in way)
    assert estimate_of(made, 120) is None


def test_an_import_that_takes_passages_away_leaves_a_true_count(many, ana):
    made = make(many, ana)
    draw_now(made, access(ana, many))
    draw_now(made, access(ana, many))
    first, second = dealt(made)[:3], dealt(made)[3:]
    for item in first[:2]:
        read(item, ana)
    assert standing_of(made).read == 0

    # The passage that was to be read still leaves, one unit unread, and one undealt.
    Passage.objects.filter(pk=first[2].passage_id).update(is_current=False)
    waiting = made.items.filter(state="waits").order_by("position").first()
    gone = [second[0].passage.intervention_id, waiting.passage.intervention_id]
    Intervention.objects.filter(pk__in=gone).update(is_current=False)
    Import.objects.create(portfolio=many, title="Again", state="done")

    after = standing_of(made)
    assert (after.read, after.units) == (1, 38)
    while item := review_queue.next_item(made, access(ana, many)):
        assert item.passage.intervention_id not in gone
        read_truly(item, ana)
    assert standing_of(made).read == 38
    assert standing_of(made).may_stop


def test_one_batch_is_asked_for_at_a_time(many, ana):
    made = make(many, ana)
    allowed = access(ana, many)
    for _ in range(4):
        read(review_queue.next_item(made, allowed), ana)

    assert Job.objects.filter(kind="deal").count() == 1
    work(made)
    assert Job.objects.get().result["dealt"] == 5
    assert ReviewItem.objects.filter(round=made, batch=3).count() in (0, 15)


def test_a_batch_that_failed_is_not_asked_for_with_every_reading(many, ana):
    made = make(many, ana)
    Job.objects.update(state="failed", finished_at=timezone.now())
    read(review_queue.next_item(made, access(ana, many)), ana)
    assert Job.objects.count() == 1

    Job.objects.update(finished_at=timezone.now() - timedelta(hours=1))
    read(review_queue.next_item(made, access(ana, many)), ana)
    assert Job.objects.count() == 2


def test_a_closed_round_deals_nothing(many, ana):
    made = make(many, ana)
    review_rounds.close_round(review_round=made, by=ana)
    work(made)

    assert not dealt(made)
