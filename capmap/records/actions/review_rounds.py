"""Make rounds of review, share them out, close them and open them again."""

import random
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from django.db import connection, transaction
from django.db.models import Max, Min, Q, QuerySet
from django.utils import timezone

from capmap.records.actions import history
from capmap.records.models import (
    InterventionCountry,
    Passage,
    Portfolio,
    ReviewItem,
    ReviewRound,
    User,
)
from capmap.records.permissions import Access, access, granted, require
from capmap.records.queries.codebook import codebook_of
from capmap.records.queries.review_rounds import passages_matching

#: Items written together.
_BATCH = 10_000


class Refused(Exception):
    """A round cannot be made or changed so; ``reason`` is a key of ``site_review.yaml``."""

    def __init__(self, reason: str, **values: object) -> None:
        super().__init__(reason)
        self.reason = reason
        self.values = values


@transaction.atomic
def make_round(
    *,
    portfolio: Portfolio,
    by: User,
    title: str,
    passages: "QuerySet[Passage] | Mapping[str, Any] | None" = None,
    size: int | None = None,
    order: str = ReviewRound.Order.RANDOM,
    readers: Sequence[User] = (),
    readers_per_passage: int = 1,
    question: str = "",
    seed: int | None = None,
) -> ReviewRound:
    """Put passages before readers, all or ``size`` of them drawn at random.

    ``passages`` is a query, or a filter of ``passages_matching``. Without readers
    whoever comes reads. Who only reviews makes rounds for themselves alone.
    """
    allowed = granted(by, portfolio)
    require(allowed.can_review)
    require(allowed.can_analyse or list(readers) == [by])
    _check(portfolio, readers, readers_per_passage, question)
    seed = random.SystemRandom().getrandbits(32) if seed is None else seed
    found = passages_matching(allowed, passages)
    is_whole = not allowed.is_scoped and (
        passages is None
        or (isinstance(passages, Mapping) and not any(passages.values()))
    )
    numbers, population = _drawn(found, size, order, seed)
    if not numbers:
        raise Refused("no_passage_matches")
    made = ReviewRound.objects.create(
        portfolio=portfolio, title=title, order=order, seed=seed, drawn_from=population,
        question=question, readers_per_passage=readers_per_passage, created_by=by,
        drawn_up_to=_newest(found) if order == "random" and is_whole else None,
    )  # fmt: skip
    made.readers.set(readers)
    _write(made, _shared_out(numbers, readers, readers_per_passage, portfolio))
    names = ["title", "order", "seed", "drawn_from", "question", "readers_per_passage"]
    history.record(
        by=by,
        action="review.make_round",
        about=made,
        portfolio=portfolio,
        after={
            **history.fields_of(made, names),
            "passages": len(numbers),
            "readers": [str(reader) for reader in readers],
        },
    )
    return made


@transaction.atomic
def assign(
    *, review_round: ReviewRound, by: User, readers: Sequence[User]
) -> ReviewRound:
    """Share out anew what is still open; without readers, to whoever comes.

    Where two read each passage blind, only what was with people who are no longer
    among the readers goes to others.
    """
    _manage(review_round, by)
    _check(
        review_round.portfolio, readers, review_round.readers_per_passage,
        review_round.question,
    )  # fmt: skip
    before = {"readers": sorted(str(reader) for reader in review_round.readers.all())}
    waiting = (
        ReviewItem.objects.select_for_update()
        .filter(round=review_round, state__in=("open", "asked"))
        .order_by("position")
    )
    if review_round.is_blind:
        _replace(waiting, readers, review_round)
    else:
        _share_out_anew(waiting, readers, review_round.portfolio)
    review_round.readers.set(readers)
    history.record(
        by=by,
        action="review.assign",
        about=review_round,
        portfolio=review_round.portfolio,
        before=before,
        after={"readers": sorted(str(reader) for reader in readers)},
    )
    return review_round


@transaction.atomic
def close_round(*, review_round: ReviewRound, by: User) -> ReviewRound:
    """End a round: what is open stays unread, what was read stands."""
    return _set_closed(review_round, by, "review.close_round", close=True)


@transaction.atomic
def reopen_round(*, review_round: ReviewRound, by: User) -> ReviewRound:
    """Let a closed round go on."""
    return _set_closed(review_round, by, "review.reopen_round", close=False)


def may_manage(review_round: ReviewRound, allowed: Access) -> bool:
    """Whether a person may close a round: an analyst, or a reviewer who made it."""
    own = allowed.can_review and review_round.created_by_id == allowed.user.pk
    return review_round.portfolio_id == allowed.portfolio.pk and (
        allowed.can_analyse or own
    )


def _manage(review_round: ReviewRound, by: User) -> Access:
    allowed = granted(by, review_round.portfolio)
    require(may_manage(review_round, allowed))
    return allowed


def _set_closed(
    review_round: ReviewRound, by: User, action: str, *, close: bool
) -> ReviewRound:
    _manage(review_round, by)
    if close == (review_round.closed_at is not None):
        return review_round
    before = history.fields_of(review_round, ["closed_at"])
    review_round.closed_at = timezone.now() if close else None
    review_round.save(update_fields=["closed_at"])
    history.record(
        by=by,
        action=action,
        about=review_round,
        portfolio=review_round.portfolio,
        before=before,
        after=history.fields_of(review_round, ["closed_at"]),
    )
    return review_round


def _check(
    portfolio: Portfolio, readers: Sequence[User], each: int, question: str
) -> None:
    if each == 2 and len(set(readers)) < 2:
        raise Refused("two_readers_needed")
    for reader in readers:
        allowed = access(reader, portfolio)
        if allowed is None or not allowed.can_review:
            raise Refused("cannot_review", name=str(reader))
    if question:
        facet, _, code = question.partition(":")
        known = codebook_of(portfolio).facets.get(facet)
        if known is None or code not in known.codes:
            raise Refused("unknown_code", code=question)


def _drawn(
    found: "QuerySet[Passage]", size: int | None, order: str, seed: int
) -> tuple["array[int]", int]:
    """Return the passages in the order of reading, and among how many they were chosen."""
    if order == ReviewRound.Order.DOUBTFUL:
        undecided = Q(codings__status="suggested")
        found = found.annotate(least=Min("codings__confidence", filter=undecided))
        found = found.order_by("least", "pk").exclude(least=None)
    elif order == ReviewRound.Order.DOCUMENT:
        found = found.order_by("intervention_id", "position", "pk")
    else:
        found = found.order_by("pk")
    numbers = array("q", found.values_list("pk", flat=True).iterator(_BATCH))
    population, dice = len(numbers), random.Random(seed)
    if size is not None and size < population:
        kept = sorted(dice.sample(range(population), size))
        numbers = array("q", (numbers[place] for place in kept))
    if order == ReviewRound.Order.RANDOM:
        dice.shuffle(numbers)
    return numbers, population


def _newest(found: "QuerySet[Passage]") -> int | None:
    """Return the number of the newest passage: what comes later could not be drawn."""
    newest: int | None = found.aggregate(newest=Max("pk"))["newest"]
    return newest


Row = tuple[int, int, int | None]  # passage, position, reader


def _shared_out(
    numbers: Iterable[int], readers: Sequence[User], each: int, portfolio: Portfolio
) -> Iterator[Row]:
    """Yield who reads which passage: those with the fewest so far, of those who see it."""
    sees = _seen_by(readers, portfolio)
    burden = {reader.pk: 0 for reader in readers}
    for position, passage in enumerate(numbers, start=1):
        if not readers:
            yield passage, position, None
            continue
        able = [pk for pk in burden if sees[pk] is None or passage in (sees[pk] or ())]
        if len(able) < each:
            raise Refused("nobody_sees")
        for pk in sorted(able, key=lambda one: burden[one])[:each]:
            burden[pk] += 1
            yield passage, position, pk


def _seen_by(
    readers: Iterable[User], portfolio: Portfolio
) -> dict[int, frozenset[int] | None]:
    """Return the passages that each reader sees; None for those who see all."""
    seen: dict[int, frozenset[int] | None] = {}
    for reader in readers:
        allowed = access(reader, portfolio)
        countries = allowed.countries if allowed else ()
        inside = InterventionCountry.objects.filter(code__in=countries)
        seen[reader.pk] = (
            frozenset(
                Passage.objects.filter(
                    intervention__portfolio=portfolio,
                    intervention__in=inside.values("intervention_id"),
                ).values_list("pk", flat=True)
            )
            if countries
            else None
        )
    return seen


def _write(made: ReviewRound, rows: Iterator[Row]) -> None:
    """Write a million items without holding them: plain rows, some thousands at a time."""
    insert = (
        "INSERT INTO records_reviewitem (round_id, passage_id, position, reader_id, state, why)"
        " VALUES (%s, %s, %s, %s, 'open', '')"
    )
    with connection.cursor() as cursor:
        while batch := [(made.pk, *row) for row in islice(rows, _BATCH)]:
            cursor.executemany(insert, batch)


def _share_out_anew(
    waiting: QuerySet[ReviewItem], readers: Sequence[User], portfolio: Portfolio
) -> None:
    if not readers:
        waiting.update(reader=None)
        return
    items = list(waiting.only("pk", "passage_id"))
    passages = [item.passage_id for item in items]
    for item, (_, _, reader) in zip(
        items, _shared_out(passages, readers, 1, portfolio), strict=True
    ):
        item.reader_id = reader
    ReviewItem.objects.bulk_update(items, ["reader"], batch_size=1000)


def _replace(
    waiting: QuerySet[ReviewItem], readers: Sequence[User], review_round: ReviewRound
) -> None:
    kept = {reader.pk for reader in readers}
    sees = _seen_by(readers, review_round.portfolio)
    burden = {reader.pk: 0 for reader in readers}
    leaving = [item for item in waiting if item.reader_id not in kept]
    holders: dict[int, set[int | None]] = {}
    for passage, reader in ReviewItem.objects.filter(
        round=review_round, passage__in=[item.passage_id for item in leaving]
    ).values_list("passage_id", "reader_id"):
        holders.setdefault(passage, set()).add(reader)
    for item in leaving:
        seen = item.passage_id
        able = [
            pk
            for pk in burden
            if pk not in holders[seen] and (sees[pk] is None or seen in sees[pk])  # type: ignore[operator]
        ]
        if not able:
            raise Refused("nobody_sees")
        item.reader_id = min(able, key=lambda one: burden[one])
        burden[item.reader_id] += 1
        holders[seen].add(item.reader_id)
    ReviewItem.objects.bulk_update(leaving, ["reader"], batch_size=1000)
