"""Put the next units of a round that learns before readers, batch by batch.

A unit, a passage or a whole intervention, is dealt once and to one reader. Dealing
decides nothing, and each item says with which batch it came and why, so that it is not
put on record besides.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta

import numpy as np
from django.db import transaction
from django.db.models import Count, Max, Q
from django.utils import timezone

from capmap.analysis.reading_order import mix_for, next_batch
from capmap.records import tasks
from capmap.records.models import (
    InterventionCountry,
    Job,
    ReviewItem,
    ReviewRound,
    User,
)
from capmap.records.permissions import Access, access
from capmap.records.queries.review_standing import has_found, outcomes, unit_of
from capmap.records.review_ranking import Chances, confidences

#: Units dealt to each reader at a time: a part of all, at least and at most so many.
_LEAST, _MOST, _PART = 5, 20, 20

#: When a job that was asked for counts as lost, and when one that failed is tried again.
_LOST_AFTER, _AGAIN_AFTER = timedelta(hours=1), timedelta(minutes=10)

#: Units dealt on the spot, at most, until one is found that the person may see.
_TRIES = 20

_State = ReviewItem.State


class _Waiting:
    """The passages of a unit that is not dealt yet: (item, passage) in their order."""

    __slots__ = ("interventions", "items", "position")

    def __init__(self, position: int) -> None:
        self.position = position
        self.interventions: set[int] = set()
        self.items: list[tuple[int, int]] = []


def wants_more(review_round: ReviewRound) -> bool:
    """Whether few units are open while others wait to be dealt."""
    if not review_round.learns or review_round.closed_at is not None:
        return False
    items = ReviewItem.objects.filter(round=review_round)
    unit = unit_of(review_round)
    open_units = items.filter(state=_State.OPEN).values(unit).distinct().count()
    return (
        open_units < _batch(review_round) / 2
        and items.filter(state=_State.WAITS).exists()
    )


def _batch(review_round: ReviewRound) -> int:
    """Return how many units are dealt at a time: the fewer, the sooner it learns."""
    each = min(_MOST, max(_LEAST, review_round.drawn_from // _PART))
    return each * max(1, review_round.readers.count())


def start_if_few(review_round: ReviewRound, by: User | None) -> Job | None:
    """Have the worker deal a batch, unless it is asked to already or failed just now."""
    if not wants_more(review_round):
        return None
    now = timezone.now()
    asked = Q(
        state__in=(Job.State.WAITING, Job.State.RUNNING), asked_at__gt=now - _LOST_AFTER
    )
    failed = Q(state=Job.State.FAILED, finished_at__gt=now - _AGAIN_AFTER)
    jobs = Job.objects.filter(portfolio=review_round.portfolio_id, kind="deal")
    if jobs.filter(asked | failed, about__round=review_round.pk).exists():
        return None
    return tasks.start(
        portfolio=review_round.portfolio, kind="deal", by=by,
        about={"round": review_round.pk},
    )  # fmt: skip


@transaction.atomic
def deal_batch(review_round: ReviewRound, chances: Chances) -> int:
    """Deal a batch by the chances of passages; gives how many units."""
    ReviewRound.objects.select_for_update().get(pk=review_round.pk)
    if not wants_more(review_round):
        return 0
    waiting = _waiting(review_round)
    # By number and not by random order: where chances are equal, that must not decide.
    keys = sorted(waiting)
    units = [waiting[key] for key in keys]
    batch = next_batch(
        np.array([_chance(unit, chances) for unit in units], dtype=float),
        np.zeros(len(units), dtype=bool),
        np.argsort(np.array([unit.position for unit in units], dtype=np.int64)),
        _batch(review_round),
        mix_for(*outcomes(review_round), len(units)),
    )
    picked = [(units[place], str(why)) for place, why in batch]
    _write(review_round, picked, chances)
    return len(picked)


def draw_now(review_round: ReviewRound, allowed: Access) -> bool:
    """Deal the next unit of the random order on the spot; true if the person may read it.

    So nobody waits for the worker. A draw is a draw, whenever it is made; of units that
    the person may not see, some are dealt for others first.
    """
    for _ in range(_TRIES):
        with transaction.atomic():
            ReviewRound.objects.select_for_update().get(pk=review_round.pk)
            unit = _first_waiting(review_round)
            if unit is None:
                return False
            chances = confidences(review_round, [one for _, one in unit.items])
            [reader] = _write(review_round, [(unit, "random")], chances, allowed.user)
        mine = reader is None or reader == allowed.user.pk
        if mine and _sees(allowed, unit.interventions)(unit):
            return True
    return False


def settle_unit(review_round: ReviewRound, intervention: str) -> None:
    """Spare the open passages of an intervention that is found; open them if it is not.

    ``intervention`` is what it is counted as.
    """
    if not (review_round.learns and review_round.of_interventions):
        return
    items = ReviewItem.objects.filter(
        round=review_round, passage__intervention__counted_as=intervention
    )
    if has_found(review_round, intervention):
        items.filter(state=_State.OPEN).update(state=_State.SPARED)
    else:
        items.filter(state=_State.SPARED).update(state=_State.OPEN)


def _waiting(review_round: ReviewRound) -> dict[int | str, _Waiting]:
    """Return the units that are not dealt and of which something is in the portfolio."""
    units: dict[int | str, _Waiting] = {}
    here: set[int | str] = set()
    rows = (
        ReviewItem.objects.filter(round=review_round, state=_State.WAITS)
        .order_by("position")
        .values_list(
            unit_of(review_round), "pk", "passage_id", "passage__intervention_id", "position",
            "passage__is_current", "passage__intervention__is_current",
        )
    )  # fmt: skip
    for key, item, passage, intervention, position, is_current, is_there in rows:
        unit = units.setdefault(key, _Waiting(position))
        unit.interventions.add(intervention)
        unit.items.append((item, passage))
        if is_current and is_there:
            here.add(key)
    return {key: unit for key, unit in units.items() if key in here}


def _first_waiting(review_round: ReviewRound) -> _Waiting | None:
    items = ReviewItem.objects.filter(round=review_round, state=_State.WAITS)
    there = items.filter(
        passage__is_current=True, passage__intervention__is_current=True
    )
    first = there.order_by("position").values_list("position", unit_of(review_round))
    for position, key in first[:1]:
        unit = _Waiting(position)
        together = items.filter(**{unit_of(review_round): key}).order_by("position")
        for item, passage, intervention in together.values_list(
            "pk", "passage_id", "passage__intervention_id"
        ):
            unit.items.append((item, passage))
            unit.interventions.add(intervention)
        return unit
    return None


def _chance(unit: _Waiting, chances: Chances) -> float:
    """Return the chance of a unit: that of its likeliest passage."""
    return max(chances.get(passage, 0.0) for _, passage in unit.items)


def _write(
    review_round: ReviewRound,
    picked: Sequence[tuple[_Waiting, str]],
    chances: Chances,
    preferred: User | None = None,
) -> list[int | None]:
    """Give units their turns and readers; of a unit the likeliest passage comes first."""
    items = ReviewItem.objects.filter(round=review_round)
    last = items.aggregate(turn=Max("turn"), batch=Max("batch"))
    turn, batch = last["turn"] or 0, (last["batch"] or 0) + 1
    readers = _readers(review_round, [unit for unit, _ in picked], preferred)
    changed = []
    for (unit, why), reader in zip(picked, readers, strict=True):
        for item, _ in sorted(unit.items, key=lambda one: -chances.get(one[1], 0.0)):
            turn += 1
            changed.append(
                ReviewItem(
                    pk=item, turn=turn, batch=batch, why=why, reader_id=reader,
                    state=_State.OPEN,
                )
            )  # fmt: skip
    fields = ["turn", "batch", "why", "reader", "state"]
    ReviewItem.objects.bulk_update(changed, fields, batch_size=500)
    return readers


def _readers(
    review_round: ReviewRound, units: Sequence[_Waiting], preferred: User | None
) -> list[int | None]:
    """Choose who reads each unit: who has least open, of those who see it."""
    named = list(review_round.readers.all())
    if not named:
        return [None] * len(units)
    mine = ReviewItem.objects.filter(round=review_round, state=_State.OPEN)
    burden = {reader.pk: 0 for reader in named}
    burden |= dict(
        mine.filter(reader__in=named).order_by().values_list("reader").annotate(Count("pk"))
    )  # fmt: skip
    interventions = {one for unit in units for one in unit.interventions}
    sees: dict[int, Callable[[_Waiting], bool]] = {}
    for one in named:
        allowed = access(one, review_round.portfolio)
        if allowed is not None and allowed.can_review:
            sees[one.pk] = _sees(allowed, interventions)
    chosen: list[int | None] = []
    for unit in units:
        able = [pk for pk, look in sees.items() if look(unit)]
        if preferred is not None and preferred.pk in able:
            reader = preferred.pk
        else:
            # Who may review no longer leaves theirs to whoever manages the round.
            reader = min(able or burden, key=lambda pk: burden[pk])
        burden[reader] += len(unit.items)
        chosen.append(reader)
    return chosen


def _sees(allowed: Access, interventions: Iterable[int]) -> Callable[[_Waiting], bool]:
    """Return the question whether a person sees all of a unit of these interventions."""
    if not allowed.countries:
        return lambda unit: True
    inside = set(
        InterventionCountry.objects.filter(
            intervention__in=list(interventions), code__in=allowed.countries
        ).values_list("intervention_id", flat=True)
    )
    return lambda unit: unit.interventions <= inside
