"""The shares of a portfolio with their intervals: what was read at random, and who sees it."""

import pytest

from capmap.analysis.assisted import estimated_share
from capmap.records import review_queue
from capmap.records.actions import portfolios, review, review_rounds
from capmap.records.models import Coder, Coding, Intervention, Passage, Reading
from capmap.records.permissions import access
from capmap.records.queries.maps import Maps, Question
from capmap.records.queries.portfolio_estimates import Estimates
from capmap.records.queries.review import version_of
from capmap.tables import ALL

pytestmark = pytest.mark.django_db

BY_LEVEL = Question("modality", "level")

#: What the coder says of 40 interventions, and what people find: of the first 20 it
#: suggests training; it is right in 16 of them, and misses 4 of the other 20.
SAYS = {n: n < 20 for n in range(40)}
HOLDS = {n: n < 16 or n >= 36 for n in range(40)}


def add(portfolio, number, country="PE", coder="lexicon 1", texts=1):
    """One intervention with its passages; the last says what the coder says of it."""
    coder, _ = Coder.objects.get_or_create(kind="lexicon", name=coder)
    one = Intervention.objects.create(
        portfolio=portfolio, identifier=f"N-{number:02}", counted_as=f"N-{number:02}",
        kind="project",
    )  # fmt: skip
    one.countries.create(code=country)
    for position in range(texts):
        passage = Passage.objects.create(
            intervention=one, position=position, kind="description", text="Text.",
            digest=f"{number}-{position}",
        )  # fmt: skip
    codes = [("capacity", "cd"), ("level", "individual")]
    if SAYS.get(number):
        codes.append(("modality", "training"))
    Coding.objects.bulk_create(
        Coding(passage=passage, coder=coder, facet=facet, code=code)
        for facet, code in codes
    )
    return one


@pytest.fixture
def forty(db, ana):
    """Forty interventions in two countries, where Ana analyses too."""
    from capmap.records.models import Membership

    made = portfolios.create(by=None, title="Forty")
    Membership.objects.create(user=ana, role="analyst", portfolio=made)
    for number in range(40):
        add(made, number, "PE" if number % 2 else "SN", texts=1 + number % 2)
    made.touch()
    return made


def draw(portfolio, by, **more):
    more = {"unit": "interventions", "seed": 5} | more
    return review_rounds.make_round(portfolio=portfolio, by=by, title="Draw", **more)


def read(made, by, most=None):
    """Read items of a round in their order, as the truth has it."""
    allowed, done = access(by, made.portfolio), 0
    while (item := review_queue.next_item(made, allowed)) and done != most:
        number = int(item.passage.intervention.identifier[2:])
        last = item.passage.position == number % 2
        codes = [("capacity", "cd"), ("level", "individual")] if last else []
        codes += [("modality", "training")] if last and HOLDS[number] else []
        review.finish(
            by=by, passage=item.passage, item=item,
            codes=[(*code, False, []) for code in codes],
            version=version_of(item.passage),
        )  # fmt: skip
        done += 1


def units_read(made):
    """The numbers of the interventions of which all was read."""
    found = Reading.objects.filter(round=made).values_list(
        "passage__intervention__identifier", flat=True
    )
    counted = list(found)
    return {int(i[2:]) for i in counted if counted.count(i) == 1 + int(i[2:]) % 2}


def estimates(portfolio, by, unit="interventions"):
    return Estimates(Maps(access(by, portfolio)), unit)


def training(portfolio, by, among="all"):
    return estimates(portfolio, by).having(["modality:training"], among=among)


def by_hand(units, population=40, in_all=20):
    units = sorted(units)
    return estimated_share(
        [HOLDS[n] for n in units], [SAYS[n] for n in units], in_all, population
    )


def test_without_a_random_draw_there_is_no_interval(forty, ana):
    filtered = draw(forty, ana, passages={"countries": ["SN"]})
    read(filtered, ana)

    found = training(forty, ana)

    assert (found.reason, found.estimate, found.sample.read) == ("none_read", None, 0)


def test_the_coder_is_corrected_by_what_was_read_of_whole_interventions(forty, ana):
    made = draw(forty, ana, size=16)
    read(made, ana, most=20)
    whole = units_read(made)

    ours = estimates(forty, ana)
    margin = ours.cell(BY_LEVEL, "training", ALL)
    cell = ours.cell(BY_LEVEL, "training", "individual")
    elsewhere = ours.cell(BY_LEVEL, "training", "institutional")

    assert 10 <= len(whole) < 16
    assert (margin.sample.read, margin.sample.population) == (len(whole), 40)
    assert margin.estimate == cell.estimate == by_hand(whole)
    assert margin.estimate.method == "assisted"
    assert margin.estimate.machine == 0.5
    assert training(forty, ana).estimate == margin.estimate
    assert (elsewhere.found, elsewhere.estimate.value) == (0, 0)


def test_what_people_decided_elsewhere_does_not_change_what_the_coder_said(forty, ana):
    made = draw(forty, ana, size=16)
    read(made, ana)
    other = Passage.objects.exclude(pk__in=made.items.values("passage")).filter(
        codings__code="training"
    )
    before = training(forty, ana).estimate
    review.finish(by=ana, passage=other[0], codes=[("capacity", "not-cd", False, [])])

    assert training(forty, ana).estimate == before == by_hand(units_read(made))


def test_a_share_among_what_develops_capacity_rests_on_where_people_found_it(
    forty, ana
):
    made = draw(forty, ana, size=16)
    read(made, ana)
    gravel = made.items.filter(passage__intervention__identifier__in=["N-02"]).first()
    if gravel is None:
        gravel = made.items.order_by("position")[0]
    number = int(gravel.passage.intervention.identifier[2:])
    last = Passage.objects.get(
        intervention=gravel.passage.intervention, position=number % 2
    )
    review.finish(
        by=ana,
        passage=last,
        codes=[("capacity", "not-cd", False, [])],
        version=version_of(last),
    )

    found = estimates(forty, ana).part(BY_LEVEL, "training", ALL)
    kept = units_read(made) - {number}
    holds = [HOLDS[n] for n in kept]
    capacity = estimates(forty, ana).cell(BY_LEVEL, ALL, ALL).estimate
    expected = estimated_share(
        holds, [False] * 15, 0, max(16, round(capacity.value * 40))
    )

    assert (found.read, found.found, found.among) == (15, sum(holds), "capacity")
    assert (found.estimate.low, found.estimate.high) == (expected.low, expected.high)
    assert training(forty, ana, "capacity").estimate == found.estimate


def test_two_draws_are_one(forty, ana):
    one, other = draw(forty, ana, size=12), draw(forty, ana, size=12, seed=8)
    read(one, ana)
    read(other, ana)

    both = units_read(one) | units_read(other)

    assert 12 < len(both) == training(forty, ana).sample.read
    assert training(forty, ana).estimate == by_hand(both)


def test_nothing_is_said_of_interventions_that_came_after_the_draw(forty, ana):
    made = draw(forty, ana, size=16)
    read(made, ana)
    before = training(forty, ana)
    for number in range(50, 55):
        add(forty, number)
    changed = made.items.order_by("position")[0].passage.intervention
    Passage.objects.create(
        intervention=changed, position=9, kind="description", text="New.", digest="new"
    )
    forty.touch()

    after = training(forty, ana)
    gone = int(changed.identifier[2:])

    assert (after.sample.later, after.sample.population) == (6, 39)
    assert after.estimate == by_hand(units_read(made) - {gone}, 39, 20 - SAYS[gone])
    assert before.estimate != after.estimate


def test_a_coder_that_coded_the_rest_anew_is_left_out(forty, ana):
    made = draw(forty, ana, size=16)
    read(made, ana)
    newer, _ = Coder.objects.get_or_create(kind="model", name="model 1")
    Coding.objects.suggested().update(coder=newer)
    forty.touch()

    found = training(forty, ana)
    units = units_read(made)
    alone = estimated_share([HOLDS[n] for n in units], [False] * 16, 0, 40)

    assert not found.sample.helped
    assert (found.estimate.low, found.estimate.high) == (alone.low, alone.high)
    assert (found.estimate.method, found.estimate.machine) == ("random", 0.5)


def test_who_sees_one_country_has_the_estimate_of_that_country(forty, ana, paul):
    from capmap.records.models import Membership

    Membership.objects.create(
        user=paul, role="programme-officer", portfolio=forty, countries=["PE"]
    )
    read(draw(forty, ana, size=10), ana)
    few = training(forty, paul)
    assert (few.reason, few.estimate) == ("too_few", None)

    made = draw(forty, ana, size=40, seed=6)
    read(made, ana, most=45)
    here = {n for n in units_read(made) if n % 2}
    here |= {n for n in range(40) if n % 2 and n in _all_read(forty)}
    found = training(forty, paul)

    assert (found.sample.read, found.sample.population) == (len(here), 20)
    assert found.estimate == by_hand(here, 20, 10)


def _all_read(portfolio):
    """The interventions of which every passage was read in one round or another."""
    left = Passage.objects.filter(is_read=False).values("intervention")
    found = Intervention.objects.filter(portfolio=portfolio).exclude(pk__in=left)
    return {int(one.identifier[2:]) for one in found}


def test_where_all_is_read_the_share_is_known(forty, ana):
    read(draw(forty, ana), ana)

    found = training(forty, ana).estimate

    assert (found.method, found.value, found.low, found.high) == (
        "census", 0.5, 0.5, 0.5
    )  # fmt: skip


def test_interventions_without_a_passage_count_and_hold_nothing(forty, ana):
    for number in range(60, 70):
        Intervention.objects.create(
            portfolio=forty, identifier=f"N-{number}", counted_as=f"N-{number}"
        )
    made = draw(forty, ana, size=16)
    read(made, ana)

    found, hand = training(forty, ana), by_hand(units_read(made))

    assert found.estimate.population == 50
    assert found.estimate.value == pytest.approx(hand.value * 0.8)
    assert found.estimate.high == pytest.approx(hand.high * 0.8)


def test_passages_have_draws_of_their_own(forty, ana):
    made = draw(forty, ana, size=30, unit="passages")
    read(made, ana)

    of_passages = estimates(forty, ana, "passages").cell(BY_LEVEL, "training", ALL)

    items = made.items.values_list(
        "passage__intervention__identifier", "passage__position"
    )
    told = [(int(i[2:]), position == int(i[2:]) % 2) for i, position in items]
    hand = estimated_share(
        [last and HOLDS[n] for n, last in told],
        [last and SAYS[n] for n, last in told], 20, 60,
    )  # fmt: skip
    assert of_passages.estimate == hand
    assert training(forty, ana).reason in ("none_read", "too_few")


def test_a_draw_from_what_was_not_drawn_before_joins_the_draw_before(forty, ana):
    first = draw(forty, ana, size=12)
    second = draw(forty, ana, size=10, seed=2, passages={"undrawn": "interventions"})
    narrower = draw(forty, ana, passages={"undrawn": "interventions", "unread": True})
    read(first, ana)
    read(second, ana)

    both = units_read(first) | units_read(second)

    assert (second.drawn_from, len(both)) == (28, 22)
    assert (second.drawn_up_to, narrower.drawn_up_to) == (first.drawn_up_to, None)
    assert training(forty, ana).estimate == by_hand(both)
