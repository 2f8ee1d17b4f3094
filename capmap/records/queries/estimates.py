"""What a round of review, read in random order, says of its question so far."""

from dataclasses import dataclass
from typing import NamedTuple

from django.core.cache import cache
from django.db.models import Exists, OuterRef, Q

from capmap.analysis.precision import Standing, enough_to_read, standing
from capmap.records.models import Reading, ReadingCode, ReviewItem, ReviewRound

#: New rows after which all are kept again: writing thousands costs more than asking a few.
KEPT_EACH = 25


@dataclass(frozen=True, slots=True)
class Estimate:
    """The share of units with one code, among those read at random so far."""

    facet: str
    code: str
    standing: Standing
    to_read: int  # units of the round
    enough: int | None  # None where the round is too small ever to be enough
    unit: str = "passages"  # or "interventions", each read whole


def estimate_of(review_round: ReviewRound, passages: int) -> Estimate | None:
    """Return where the estimate stands; None for a round that cannot give one.

    Only what was settled counts: where two read blind, that both agreed or a third
    decided. Of a passage that was read again, the last reading counts. An intervention
    counts once all its passages are read, found or not, and has the code if one of them
    was given it: counted as soon as it is found, it would come too often.
    """
    if (
        review_round.order != ReviewRound.Order.RANDOM
        or ":" not in review_round.question
    ):
        return None
    facet, _, code = review_round.question.partition(":")
    rows = readings_of(review_round, facet, code)
    units = units_of(review_round, passages)
    if review_round.of_interventions:
        found = _whole(review_round, rows)
    else:
        found = list({row.passage: row.holds for row in rows}.values())
    # Passages may have left the portfolio or come back since the round was made.
    population = max(review_round.drawn_from, units)
    enough = enough_to_read(population)
    return Estimate(
        facet=facet,
        code=code,
        standing=standing(found, population, units),
        to_read=units,
        enough=enough if enough is not None and enough <= units else None,
        unit=review_round.unit,
    )


class Row(NamedTuple):
    """A settled reading of a round, and whether it gave the code asked for."""

    pk: int
    passage: int
    intervention: str  # as it is counted
    holds: bool


def readings_of(review_round: ReviewRound, facet: str, code: str) -> list[Row]:
    """Return the settled readings of a round in their order.

    What was read is kept from step to step, so that a step of review costs the same
    after ten thousand passages as after ten.
    """
    readings = Reading.objects.filter(round=review_round).exclude(before={})
    key = f"readings-{review_round.pk}-{facet}-{code}"
    kept: list[Row] = cache.get(key) or []
    new = _rows(readings.filter(pk__gt=kept[-1].pk if kept else 0), facet, code)
    rows = kept + new
    was_undone = len(rows) != readings.count()
    if was_undone:
        rows = _rows(readings, facet, code)
    if was_undone or len(new) >= KEPT_EACH:
        cache.set(key, rows, timeout=3600)
    return rows


def _rows(readings: object, facet: str, code: str) -> list[Row]:
    given = ReadingCode.objects.filter(reading=OuterRef("pk"), facet=facet, code=code)
    return [
        Row(*values)
        for values in readings.annotate(holds=Exists(given))  # type: ignore[attr-defined]
        .order_by("pk")
        .values_list("pk", "passage_id", "passage__intervention__counted_as", "holds")
    ]


def units_of(review_round: ReviewRound, passages: int) -> int:
    """Count the units of a round of ``passages``, once: they stay as they were drawn."""
    if not review_round.of_interventions:
        return passages
    items = ReviewItem.objects.filter(round=review_round)

    def count() -> int:
        counted = items.values("passage__intervention__counted_as")
        return int(counted.distinct().count())

    key = f"units-{review_round.pk}-{passages}"
    return int(cache.get_or_set(key, count, timeout=86_400) or 0)


def _whole(review_round: ReviewRound, rows: list[Row]) -> list[bool]:
    """Return for each intervention of which all passages are read whether it has the code."""
    if not rows:
        return []
    holds = {row.passage: row.holds for row in rows}
    has_code: dict[str, bool] = {}
    for row in rows:
        has_code[row.intervention] = (
            has_code.get(row.intervention, False) or holds[row.passage]
        )
    # Passages of one intervention stand together, so that few before the last are open.
    items = ReviewItem.objects.filter(round=review_round)
    last = items.filter(state="read").order_by("-position").first()
    reached = Q(position__lte=last.position if last else 0)
    here = Q(passage__intervention__counted_as=rows[-1].intervention)
    if last is not None:
        counted_as = last.passage.intervention.counted_as
        here |= Q(passage__intervention__counted_as=counted_as)
    still = (
        items.filter(reached | here, state__in=("open", "asked"))
        .filter(passage__is_current=True)
        .values_list("passage__intervention__counted_as", flat=True)
    )
    return [has for unit, has in has_code.items() if unit not in set(still)]
