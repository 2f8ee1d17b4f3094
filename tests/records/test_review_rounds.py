"""Rounds: which passages, in which order, for whom; and whose passage is next."""

from collections import Counter

import pytest
from site_fixtures import make_person

from capmap.records import review_queue
from capmap.records.actions import review, review_rounds
from capmap.records.models import Change, Intervention, Passage, ReviewItem
from capmap.records.permissions import NotAllowed, access
from capmap.records.queries.estimates import estimate_of
from capmap.records.queries.review_rounds import (
    pace,
    passages_matching,
    people_of,
    progress_of,
)

pytestmark = pytest.mark.django_db


def make(portfolio, by, **more):
    return review_rounds.make_round(portfolio=portfolio, by=by, title="Round", **more)


def order_of(made):
    return list(made.items.order_by("position", "pk").values_list("passage", flat=True))


def read(item, by, *codes, seconds=20):
    given = [(*code.split(":"), False, []) for code in codes]
    return review.finish(
        by=by, passage=item.passage, item=item, codes=given, seconds=seconds
    )


def test_a_round_holds_all_current_passages_in_an_order_that_its_seed_repeats(
    portfolio, ana
):
    Passage.objects.filter(text__startswith="Gravel").update(is_current=False)

    one, other = make(portfolio, ana, seed=3), make(portfolio, ana, seed=3)
    third = make(portfolio, ana, seed=4)

    assert len(order_of(one)) == one.drawn_from == 6
    assert order_of(one) == order_of(other) != order_of(third)
    assert sorted(order_of(one)) == sorted(order_of(third))


def test_a_sample_says_among_how_many_it_was_drawn(portfolio, ana):
    made = make(portfolio, ana, size=3, seed=1)

    assert (made.items.count(), made.drawn_from) == (3, 7)


def test_the_least_sure_come_first(portfolio, ana):
    made = make(portfolio, ana, order="doubtful")

    least = [
        min(Passage.objects.get(pk=pk).codings.values_list("confidence", flat=True))
        for pk in order_of(made)
    ]
    assert least == sorted(least)


def test_passages_are_chosen_by_code_country_language_and_words(portfolio, ana):
    allowed = access(ana, portfolio)

    def texts(**wanted):
        found = passages_matching(allowed, wanted).order_by("pk")
        return [text[:9] for text in found.values_list("text", flat=True)]

    assert texts(codes={"modality": ["training-of-trainers"]}) == ["Training "]
    assert texts(countries=["SN"]) == ["Ateliers "]
    assert texts(languages=["es"]) == ["Talleres ", "Una red d"]
    assert texts(words="inspector") == ["Training ", "The inspe"]
    assert texts(words="zzzz") == []
    assert "Gravel fo" not in texts(capacity=True)
    assert len(texts(unread=True)) == 7


def test_passages_are_shared_out_evenly(portfolio, ana, rita, ravi):
    made = make(portfolio, ana, readers=[rita, ravi])

    assert sorted(Counter(made.items.values_list("reader", flat=True)).values()) == [
        3,
        4,
    ]
    assert progress_of(made).to_go == 7


def test_two_blind_readers_each_have_every_passage(portfolio, ana, rita, ravi):
    made = make(portfolio, ana, readers=[rita, ravi], readers_per_passage=2)

    assert made.items.filter(reader=rita).count() == 7
    assert made.items.filter(reader=ravi).count() == 7
    assert (progress_of(made).items, progress_of(made).passages) == (14, 7)


def test_readers_get_passages_of_their_countries_only(portfolio, ana, rita):
    sena = make_person("sena@example.org", "Sena", "reviewer", portfolio, ["SN"])

    made = make(portfolio, ana, readers=[rita, sena])

    mine = made.items.filter(reader=sena)
    assert {i.passage.intervention.identifier for i in mine} <= {"XX-2"}
    with pytest.raises(review_rounds.Refused, match="nobody_sees"):
        make(portfolio, ana, readers=[sena])


def test_a_scoped_reviewer_draws_from_their_countries(portfolio):
    sena = make_person("sena@example.org", "Sena", "reviewer", portfolio, ["SN"])

    made = make(portfolio, sena, readers=[sena])

    assert (made.items.count(), made.drawn_from) == (1, 1)


@pytest.mark.parametrize(
    ("wanted", "reason"),
    [
        ({"readers_per_passage": 2}, "two_readers_needed"),
        ({"question": "modality:made-up"}, "unknown_code"),
        ({"passages": {"languages": ["de"]}}, "no_passage_matches"),
    ],
)
def test_a_round_that_cannot_be_is_refused(portfolio, ana, wanted, reason):
    with pytest.raises(review_rounds.Refused, match=reason):
        make(portfolio, ana, **wanted)


def test_who_only_reviews_makes_no_round_for_others(portfolio, rita, ravi, vera):
    for by, readers in ((rita, [ravi]), (rita, []), (vera, [vera])):
        with pytest.raises(NotAllowed):
            make(portfolio, by, readers=readers)


def test_open_passages_are_shared_out_anew_and_what_was_read_stays(
    portfolio, ana, rita, ravi
):
    made = make(portfolio, ana, readers=[rita])
    first = made.items.order_by("position").first()
    read(first, rita)

    review_rounds.assign(review_round=made, by=ana, readers=[ravi])

    assert made.items.filter(reader=ravi, state="open").count() == 6
    first.refresh_from_db()
    assert (first.reader, first.state) == (rita, "read")
    assert Change.objects.get(action="review.assign").before == {"readers": ["Rita"]}


def test_a_blind_reader_is_replaced_without_reading_twice(portfolio, ana, rita, ravi):
    made = make(portfolio, ana, readers=[rita, ravi], readers_per_passage=2)
    read(made.items.filter(reader=rita).first(), rita)

    review_rounds.assign(review_round=made, by=ana, readers=[ana, ravi])

    holders = Counter(made.items.values_list("reader__name", flat=True))
    assert holders == {"Rita": 1, "Ana": 6, "Ravi": 7}


def test_the_next_passage_is_the_first_open_one_after_the_place(portfolio, ana, rita):
    made = make(portfolio, ana)
    allowed = access(rita, portfolio)
    items = list(made.items.order_by("position"))

    assert review_queue.next_item(made, allowed) == items[0]
    assert review_queue.next_item(made, allowed, after=3) == items[3]
    assert review_queue.next_item(made, allowed, after=7) == items[0]
    assert review_queue.item_before(items[2], allowed) == items[1]


def test_a_passage_that_an_import_replaced_is_passed_over(portfolio, ana, rita):
    made = make(portfolio, ana)
    items = list(made.items.order_by("position"))
    Passage.objects.filter(pk=items[0].passage_id).update(is_current=False)

    assert review_queue.next_item(made, access(rita, portfolio)) == items[1]


def test_the_next_passage_is_found_by_an_index(portfolio, ana, rita):
    from django.db import connection

    if connection.vendor != "sqlite":
        pytest.skip("The plan of PostgreSQL depends on the size of the table.")
    made = make(portfolio, ana)
    items = ReviewItem.objects.filter(round=made, reader=None, state="open")
    plan = items.filter(position__gt=0).order_by("position")[:8].explain()

    assert "item_queue" in plan
    assert "TEMP B-TREE" not in plan


def test_the_estimate_follows_readings_and_undo(portfolio, ana, rita):
    made = make(portfolio, ana, question="capacity:cd", seed=2)
    items = list(made.items.order_by("position"))
    for item in items[:3]:
        read(item, rita, "capacity:cd")
    last = read(items[3], rita, "capacity:not-cd")

    def share():
        found = estimate_of(made, 7).standing.share
        return found.numerator, found.denominator, found.population

    assert share() == (3, 4, 7)
    review.undo(reading=last, by=rita)
    assert share() == (3, 3, 7)
    read(items[3], rita, "capacity:cd")
    assert share() == (4, 4, 7)


def test_what_was_not_read_at_random_gives_no_estimate(portfolio, ana):
    made = make(portfolio, ana, order="document", question="capacity:cd")

    assert estimate_of(made, 7) is None


def test_the_pace_is_the_median_without_long_pauses(portfolio, ana, rita):
    made = make(portfolio, ana)
    for item, seconds in zip(made.items.order_by("position"), (20, 30, 40, 7200)):  # noqa: B905
        read(item, rita, seconds=seconds)

    assert pace(made, rita) == 120
    (row,) = people_of(made)
    assert (row.person, row.read, row.per_hour, row.to_go) == (rita, 4, 120, None)


def test_a_round_closes_and_opens_on_record(portfolio, ana, rita):
    made = make(portfolio, ana)

    with pytest.raises(NotAllowed):
        review_rounds.close_round(review_round=made, by=rita)
    review_rounds.close_round(review_round=made, by=ana)
    with pytest.raises(review.Refused, match="round_closed"):
        read(made.items.first(), rita)
    review_rounds.reopen_round(review_round=made, by=ana)

    actions = Change.objects.filter(record="reviewround").values_list(
        "action", flat=True
    )
    assert list(actions) == [
        "review.reopen_round",
        "review.close_round",
        "review.make_round",
    ]


def unit_order(made):
    """The interventions of a round as they come, each as often as it has passages."""
    items = made.items.order_by("position").select_related("passage__intervention")
    return [item.passage.intervention.identifier for item in items]


def test_whole_interventions_are_drawn_and_their_passages_stand_together(
    portfolio, ana, rita, ravi
):
    made = make(
        portfolio, ana, unit="interventions", size=4, seed=1, readers=[rita, ravi]
    )

    order = unit_order(made)
    runs = [one for n, one in enumerate(order) if n == 0 or order[n - 1] != one]
    assert (len(runs), len(set(order)), made.drawn_from) == (4, 4, 5)
    for identifier in set(order):
        here = made.items.filter(passage__intervention__identifier=identifier)
        assert here.values("reader").distinct().count() == 1
        assert here.count() == Passage.objects.filter(
            intervention__identifier=identifier
        ).count()  # fmt: skip


def test_components_are_drawn_with_their_programme_and_documents_never(portfolio, ana):
    Intervention.objects.filter(identifier="XX-2").update(counted_as="XX-1")
    Intervention.objects.filter(identifier="XX-3").update(kind="document")

    made = make(portfolio, ana, unit="interventions", size=3, seed=1)

    order = unit_order(made)
    assert (made.drawn_from, len(order)) == (3, 5)
    assert abs(order.index("XX-1") - order.index("XX-2")) in (1, 2)


def test_an_intervention_counts_for_the_estimate_once_all_of_it_is_read(portfolio, ana):
    made = make(portfolio, ana, unit="interventions", seed=1, question="capacity:cd")
    allowed, counted = access(ana, portfolio), []

    while item := review_queue.next_item(made, allowed):
        read(item, ana, *(["capacity:cd"] if item.passage.position == 1 else []))
        share = estimate_of(made, progress_of(made).passages).standing.share
        counted.append((share.numerator, share.denominator, share.population))

    order = unit_order(made)
    whole = [n == 6 or order[n + 1] != one for n, one in enumerate(order)]
    expected = [sum(whole[: n + 1]) for n in range(7)]
    assert counted == [(done, done, 5) for done in expected]


def test_whole_interventions_come_at_random_only(portfolio, ana):
    with pytest.raises(review_rounds.Refused, match="whole_only_at_random"):
        make(portfolio, ana, unit="interventions", order="document")
