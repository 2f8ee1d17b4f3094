"""Where a round that learns stands: what was found, and whether it may stop.

All is told from what was dealt and what was read, so that an undone reading, or a
passage that an import took away, leaves no trace in it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.core.cache import cache
from django.db.models import Count, Exists, Max, OuterRef, Q

from capmap.analysis.stopping import Batch, Stopping, stopping
from capmap.records.models import (
    Import,
    Reading,
    ReadingCode,
    ReviewItem,
    ReviewRound,
)
from capmap.records.queries.estimates import KEPT_EACH, Row, readings_of

#: Points of the picture of how the bound came down.
_POINTS = 60


class Dealt(NamedTuple):
    """A passage that was dealt, with the unit it belongs to."""

    turn: int
    unit: int | str  # a passage, or what its intervention is counted as
    passage: int
    batch: int
    why: str


@dataclass(slots=True)
class Unit:
    """A unit that was dealt and what came of it: None while it is unread."""

    batch: int
    why: str
    found: bool | None


@dataclass(frozen=True, slots=True)
class BatchTold:
    """A batch as people read of it: how many units by why, and what was found."""

    number: int
    dealt: Mapping[str, int]
    read: Mapping[str, int]
    found: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Point:
    """Where the round stood after some readings, in units."""

    read: int
    found: int
    recall: float
    recall_at_least: float


def standing_of(review_round: ReviewRound) -> Stopping | None:
    """Return where a round that learns stands; None for any other."""
    if not review_round.learns:
        return None
    told = _told(review_round)
    return _stopping(told.units_dealt(told.readings).values(), told.units)


def units_told(review_round: ReviewRound) -> dict[int | str, Unit]:
    """Return the units that were dealt, in that order, with what came of them."""
    told = _told(review_round)
    return told.units_dealt(told.readings)


def batches_of(review_round: ReviewRound) -> list[BatchTold]:
    """Tell batch by batch what was dealt, read and found."""
    batches: dict[int, tuple[dict[str, int], ...]] = {}
    for unit in units_told(review_round).values():
        dealt, read, found = batches.setdefault(unit.batch, ({}, {}, {}))
        dealt[unit.why] = dealt.get(unit.why, 0) + 1
        read[unit.why] = read.get(unit.why, 0) + (unit.found is not None)
        found[unit.why] = found.get(unit.why, 0) + (unit.found is True)
    return [BatchTold(number, *counts) for number, counts in sorted(batches.items())]


def way_of(review_round: ReviewRound) -> list[Point]:
    """Tell how the bound came to where it is, reading after reading; the last is now."""
    told = _told(review_round)
    rows = told.readings
    key = f"way-{review_round.pk}-{len(told.dealt)}-{len(rows)}-{told.units}"
    key += f"-{rows[-1].pk if rows else 0}"
    known: list[Point] | None = cache.get(key)
    if known is not None:
        return known
    batch_of = {one.passage: one.batch for one in told.dealt}
    step = max(1, len(rows) // _POINTS)
    points = []
    for count in [*range(step, len(rows), step), len(rows)] if rows else []:
        some = rows[:count]
        # What was dealt later was not there yet.
        last = max((batch_of.get(row.passage, 0) for row in some), default=0)
        upto = None if count == len(rows) else last
        one = _stopping(told.units_dealt(some, upto).values(), told.units)
        points.append(Point(one.read, one.found, one.recall, one.recall_at_least))
    cache.set(key, points, timeout=3600)
    return points


def outcomes(review_round: ReviewRound) -> tuple[list[bool], float]:
    """Return what came of the units chosen by rank, and the share of draws found."""
    dealt = units_told(review_round).values()
    units = [unit for unit in dealt if unit.found is not None]
    ranked = [bool(unit.found) for unit in units if unit.why == "relevant"]
    drawn = [bool(unit.found) for unit in units if unit.why == "random"]
    return ranked, sum(drawn) / len(drawn) if drawn else 0.0


def has_found(review_round: ReviewRound, intervention: str) -> bool:
    """Whether a passage of an intervention was given the code that the round asks for.

    ``intervention`` is what it is counted as.
    """
    facet, _, code = review_round.question.partition(":")
    given = ReadingCode.objects.filter(reading=OuterRef("pk"), facet=facet, code=code)
    settled = Reading.objects.filter(
        round=review_round, passage__intervention__counted_as=intervention
    ).exclude(before={})
    rows = settled.annotate(holds=Exists(given)).order_by("pk")
    return any(dict(rows.values_list("passage_id", "holds")).values())


@dataclass(frozen=True, slots=True)
class _Told:
    """What was dealt and read in a round of ``units`` units.

    ``gone`` are passages dealt that have left the portfolio since.
    """

    dealt: Sequence[Dealt]
    readings: Sequence[Row]
    gone: frozenset[int]
    units: int

    def units_dealt(
        self, readings: Iterable[Row], upto: int | None = None
    ) -> dict[int | str, Unit]:
        """Return the units of the batches ``upto`` one, as those readings leave them.

        A unit is found when one of its passages was given the code, and not found once
        all of them are read. One that left the portfolio unread does not count.
        """
        holds = {row.passage: row.holds for row in readings}
        units: dict[int | str, Unit] = {}
        left: dict[int | str, int] = {}  # passages of a unit that are to be read
        for one in self.dealt:
            if upto is not None and one.batch > upto:
                break
            unit = units.setdefault(one.unit, Unit(one.batch, one.why, None))
            read = holds.get(one.passage)
            if read:
                unit.found = True
            if read is None and one.passage not in self.gone:
                left[one.unit] = left.get(one.unit, 0) + 1
            elif read is not None:
                left.setdefault(one.unit, 0)
        for key in list(units):
            if key not in left:
                del units[key]
            elif not left[key] and units[key].found is None:
                units[key].found = False
        return units


def _stopping(units: Iterable[Unit], count: int) -> Stopping:
    batches: dict[int, tuple[list[bool | None], list[bool | None]]] = {}
    for unit in units:
        drawn, others = batches.setdefault(unit.batch, ([], []))
        (drawn if unit.why == "random" else others).append(unit.found)
    return stopping(
        [
            Batch(tuple(drawn), len(others), others.count(True), others.count(None))
            for _, (drawn, others) in sorted(batches.items())
        ],
        count,
    )


def _told(review_round: ReviewRound) -> _Told:
    facet, _, code = review_round.question.partition(":")
    dealt = _dealt(review_round)
    rows = readings_of(review_round, facet, code)
    gone, units = _as_imported(review_round, dealt, {row.passage for row in rows})
    return _Told(dealt, rows, gone, units)


def unit_of(review_round: ReviewRound) -> str:
    """Return the field of an item that says to which unit it belongs."""
    whole = "passage__intervention__counted_as"
    return whole if review_round.of_interventions else "passage_id"


def _dealt(review_round: ReviewRound) -> list[Dealt]:
    """Return what was dealt, in its order; what was known before is not asked again."""
    unit = unit_of(review_round)
    items = ReviewItem.objects.filter(round=review_round, turn__isnull=False)

    def ask(after: int) -> list[Dealt]:
        found = items.filter(turn__gt=after).order_by("turn")
        return [
            Dealt(*values)
            for values in found.values_list("turn", unit, "passage_id", "batch", "why")
        ]

    key = f"dealt-{review_round.pk}"
    kept: list[Dealt] = cache.get(key) or []
    new = ask(kept[-1].turn if kept else 0)
    rows = kept + new
    was_deleted = len(rows) != items.count()
    if was_deleted:
        rows = ask(0)
    if was_deleted or len(new) >= KEPT_EACH:
        cache.set(key, rows, timeout=3600)
    return rows


def _as_imported(
    review_round: ReviewRound, dealt: Sequence[Dealt], read: set[int]
) -> tuple[frozenset[int], int]:
    """Return the passages dealt that left the portfolio, and how many units there are.

    Asked once after each import. A unit is there while a passage of it is, and if it
    was read before it left.
    """
    marks = Import.objects.filter(portfolio=review_round.portfolio).aggregate(
        Count("pk"), Max("loaded_at"), Max("undone_at")
    )
    stamp = "-".join(str(mark).replace(" ", "_") for mark in marks.values())
    items = ReviewItem.objects.filter(round=review_round)
    unit = unit_of(review_round)

    def ask() -> tuple[frozenset[int], frozenset[int | str], int]:
        here = Q(passage__is_current=True, passage__intervention__is_current=True)
        there = items.filter(here).values(unit).distinct().count()
        away = items.exclude(here).values_list("passage_id", unit)
        left = dict(away)
        stay = set(items.filter(here).values_list(unit, flat=True)) if left else set()
        lost = frozenset(whose for whose in left.values() if whose not in stay)
        return frozenset(left), lost, there

    key = f"imported-{review_round.pk}-{stamp}"
    gone, lost, there = cache.get_or_set(key, ask, timeout=86_400) or ask()
    read_before = {
        one.unit for one in dealt if one.passage in read and one.unit in lost
    }
    return gone, there + len(read_before)
