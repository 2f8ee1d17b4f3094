"""What two people found in the same passages of a round, each without the other."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import polars as pl
from django.core.cache import cache
from django.db.models import Count, Max, Q, QuerySet

from capmap.coding.agreement import ENOUGH_CASES, Coded, agreement
from capmap.records.models import (
    Intervention,
    Passage,
    Reading,
    ReadingCode,
    ReviewItem,
    ReviewRound,
    User,
)
from capmap.records.permissions import ANALYSES, Access
from capmap.records.permissions import access as access_of
from capmap.records.queries.codebook import codebook_of
from capmap.tables import ALL

#: Codes that the page names as worth a clarification, and passages shown for each.
CLARIFY, PASSAGES_EACH = 6, 3

#: A code: its facet and its name there.
Code = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Pair:
    """A passage that two have read, with what a third decided if anybody has."""

    passage: Passage
    position: int
    first: Reading
    second: Reading
    decided: Reading | None = None
    codes: dict[int, dict[Code, ReadingCode]] = field(default_factory=dict)

    def given(self, reading: Reading) -> dict[Code, ReadingCode]:
        """Return the codes of one of the readings."""
        return self.codes.get(reading.pk, {})

    @property
    def both(self) -> list[Code]:
        """List the codes that both gave."""
        return sorted(self.given(self.first).keys() & self.given(self.second).keys())

    @property
    def differing(self) -> list[Code]:
        """List the codes that only one of the two gave."""
        return sorted(self.given(self.first).keys() ^ self.given(self.second).keys())


def may_compare(access: Access, review_round: ReviewRound) -> bool:
    """Whether a person may see what both readers found.

    Who reads in the round waits until all is read or the round is closed, so that no
    reading is coloured by the other; analysts who do not read in it need not wait.
    """
    if not access.can_review or review_round.portfolio_id != access.portfolio.pk:
        return False
    if is_over(review_round):
        return True
    return access.can_analyse and access.user.pk not in reader_numbers(review_round)


def is_over(review_round: ReviewRound) -> bool:
    """Whether nothing is left to read: all is read, or the round is closed."""
    if review_round.closed_at is not None:
        return True
    items = ReviewItem.objects.filter(round=review_round)
    return items.exists() and not items.exclude(state=ReviewItem.State.READ).exists()


def reader_numbers(review_round: ReviewRound) -> set[int]:
    """Return who reads in a round, or has read: their numbers."""
    named = review_round.readers.values_list("pk", flat=True)
    waiting = ReviewItem.objects.filter(round=review_round, reader__isnull=False)
    read = Reading.objects.filter(round=review_round, is_adjudication=False)
    return {
        *named,
        *waiting.values_list("reader_id", flat=True).distinct(),
        *read.order_by().values_list("reader_id", flat=True).distinct(),
    }


def progress(access: Access, review_round: ReviewRound) -> list[tuple[User, int, int]]:
    """List readers with how many passages they have read and how many are theirs."""
    readers = User.objects.filter(pk__in=reader_numbers(review_round))
    items = ReviewItem.objects.filter(round=review_round).order_by()
    told = {
        who: (read, whole)
        for who, read, whole in items.values_list("reader_id").annotate(
            read=Count("pk", filter=Q(state="read")), whole=Count("pk")
        )
    }
    return [(one, *told.get(one.pk, (0, 0))) for one in sorted(readers, key=str)]


def pairs(access: Access, review_round: ReviewRound, **only: object) -> list[Pair]:
    """List the passages that two have read, in the order of the round.

    ``only`` narrows the passages: ``passage=7``. First and second are by name.
    """
    readings = (
        Reading.objects.filter(
            round=review_round,
            passage__intervention__in=_within(access),
            **only,
        )
        .select_related("passage__intervention", "reader")
        .prefetch_related("codes")
        .order_by("read_at", "pk")
    )
    by_passage: dict[int, list[Reading]] = {}
    for reading in readings:
        by_passage.setdefault(reading.passage_id, []).append(reading)
    places = dict(
        ReviewItem.objects.filter(round=review_round, **only)
        .order_by("-position")
        .values_list("passage_id", "position")
    )
    found = (_pair(some, places) for some in by_passage.values())
    return sorted((pair for pair in found if pair), key=lambda pair: pair.position)


def _pair(readings: list[Reading], places: dict[int, int]) -> Pair | None:
    decided = [reading for reading in readings if reading.is_adjudication]
    # The last word of each reader counts.
    own = {r.reader_id: r for r in readings if not r.is_adjudication}
    if len(own) < 2:
        return None
    first, second, *_ = sorted(own.values(), key=lambda r: (str(r.reader), r.reader_id))
    return Pair(
        passage=first.passage,
        position=places.get(first.passage_id, 0),
        first=first,
        second=second,
        decided=decided[-1] if decided else None,
        codes={
            reading.pk: {(code.facet, code.code): code for code in reading.codes.all()}
            for reading in readings
        },
    )


def _within(access: Access) -> "QuerySet[Intervention]":
    found: QuerySet[Intervention] = Intervention.objects.filter(
        portfolio=access.portfolio
    ).within(list(access.countries))
    return found


def table(access: Access, review_round: ReviewRound, found: list[Pair]) -> pl.DataFrame:
    """Return how far the readers agree, as ``tables.AGREEMENT``; kept until one reads on."""
    last = Reading.objects.filter(round=review_round).aggregate(last=Max("pk"))["last"]
    book = codebook_of(access.portfolio)
    scope = "-".join(sorted(access.countries))
    name = f"agreement-{review_round.pk}-{last}-{len(found)}-{book.version}-{scope}"
    key = "".join(sign if sign.isalnum() else "-" for sign in name)[:200]
    kept = cache.get(key)
    if isinstance(kept, pl.DataFrame):
        return kept
    codes = [f"{code.facet}:{code.code}" for code in book.codes()]
    made = agreement(
        _coded(found),
        codes=codes,
        documents={
            str(pair.passage.pk): str(pair.passage.intervention_id) for pair in found
        },
    )
    cache.set(key, made, 24 * 3600)
    return made


def _coded(found: Iterable[Pair]) -> Iterator[Coded]:
    for pair in found:
        for reading in (pair.first, pair.second):
            codes = frozenset(f"{facet}:{code}" for facet, code in pair.given(reading))
            yield Coded(str(pair.passage.pk), str(reading.reader_id), codes)


def to_clarify(
    measured: pl.DataFrame, found: list[Pair]
) -> list[tuple[dict[str, object], list[Pair]]]:
    """List the codes with the lowest alpha and enough cases, with passages that differ."""
    weak = measured.filter(
        pl.col("code") != ALL,
        pl.col("cases") >= ENOUGH_CASES,
        pl.col("alpha") < 0.8,
    ).sort("alpha", "facet", "code")
    return [
        (
            row,
            [p for p in found if (row["facet"], row["code"]) in p.differing][
                :PASSAGES_EACH
            ],
        )
        for row in weak.head(CLARIFY).iter_rows(named=True)
    ]


def queue(found: list[Pair]) -> list[Pair]:
    """Return the passages on which the two differ: those to adjudicate, and those done."""
    return [pair for pair in found if pair.differing or pair.decided]


def neighbours(waiting: list[Pair], pair: Pair) -> tuple[Pair | None, Pair | None]:
    """Return the passages before and after one in the queue."""
    places = [one.passage.pk for one in waiting]
    place = places.index(pair.passage.pk)
    before = waiting[place - 1] if place else None
    after = waiting[place + 1] if place + 1 < len(waiting) else None
    return before, after


def next_open(waiting: list[Pair], after: int = 0) -> Pair | None:
    """Return the next passage that nobody has decided, from the start again if need be."""
    still = [pair for pair in waiting if pair.decided is None]
    later = [pair for pair in still if pair.position > after]
    return next(iter(later or still), None)


def may_adjudicate(access: Access, review_round: ReviewRound) -> bool:
    """Whether a person decides where two differ: an analyst who did not read them.

    Where every analyst of the portfolio has read, one of them may; the page says so.
    """
    if not access.can_analyse or not may_compare(access, review_round):
        return False
    readers = reader_numbers(review_round)
    return access.user.pk not in readers or not others_may(access, readers)


def others_may(access: Access, readers: set[int]) -> bool:
    """Whether somebody who has not read in the round could adjudicate."""
    people = (
        User.objects.filter(is_active=True, memberships__role__in=ANALYSES)
        .exclude(pk__in=readers)
        .distinct()
    )
    return any(
        found is not None and found.analyses_everywhere
        for found in (access_of(person, access.portfolio) for person in people)
    )
