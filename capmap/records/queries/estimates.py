"""What a round of review, read in random order, says of its question so far."""

from dataclasses import dataclass

from django.core.cache import cache
from django.db.models import Exists, OuterRef

from capmap.analysis.precision import Standing, enough_to_read, standing
from capmap.records.models import Reading, ReadingCode, ReviewRound


@dataclass(frozen=True, slots=True)
class Estimate:
    """The share of passages with one code, among those read at random so far."""

    facet: str
    code: str
    standing: Standing
    to_read: int  # passages of the round
    enough: int | None  # None where the round is too small ever to be enough


def estimate_of(review_round: ReviewRound, passages: int) -> Estimate | None:
    """Return where the estimate stands; None for a round that cannot give one.

    Only what was settled counts: where two read blind, that both agreed or a third
    decided. Of a passage that was read again, the last reading counts.
    """
    if (
        review_round.order != ReviewRound.Order.RANDOM
        or ":" not in review_round.question
    ):
        return None
    facet, _, code = review_round.question.partition(":")
    # Passages may have left the portfolio or come back since the round was made.
    population = max(review_round.drawn_from, passages)
    enough = enough_to_read(population)
    return Estimate(
        facet=facet,
        code=code,
        standing=standing(_found(review_round, facet, code), population, passages),
        to_read=passages,
        enough=enough if enough is not None and enough <= passages else None,
    )


def _found(review_round: ReviewRound, facet: str, code: str) -> list[bool]:
    """Return for each passage read whether the code holds, in the order of reading.

    What was read is kept from step to step, so that a step of review costs the same
    after ten thousand passages as after ten.
    """
    readings = Reading.objects.filter(round=review_round).exclude(before={})
    key = f"estimate-{review_round.pk}-{facet}-{code}"
    rows: list[tuple[int, int, bool]] = cache.get(key) or []
    rows += _rows(readings.filter(pk__gt=rows[-1][0] if rows else 0), facet, code)
    if len(rows) != readings.count():  # something was undone
        rows = _rows(readings, facet, code)
    cache.set(key, rows, timeout=3600)
    return list({passage: holds for _, passage, holds in rows}.values())


def _rows(readings: object, facet: str, code: str) -> list[tuple[int, int, bool]]:
    given = ReadingCode.objects.filter(reading=OuterRef("pk"), facet=facet, code=code)
    return list(
        readings.annotate(holds=Exists(given))  # type: ignore[attr-defined]
        .order_by("pk")
        .values_list("pk", "passage_id", "holds")
    )
