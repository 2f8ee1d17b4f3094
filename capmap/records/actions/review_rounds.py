"""Make rounds of review, share them out, close them and open them again."""

import random
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from capmap.records import review_dealing, review_draw
from capmap.records.actions import history
from capmap.records.models import (
    Passage,
    Portfolio,
    ReviewItem,
    ReviewRound,
    User,
)
from capmap.records.permissions import Access, access, granted, require
from capmap.records.queries.codebook import codebook_of
from capmap.records.queries.review_rounds import passages_matching
from capmap.records.review_draw import Refused as Refused
from capmap.records.review_draw import newest, seen_by, shared_out


@transaction.atomic
def make_round(
    *,
    portfolio: Portfolio,
    by: User,
    title: str,
    passages: "QuerySet[Passage] | Mapping[str, Any] | None" = None,
    size: int | None = None,
    order: str = ReviewRound.Order.RANDOM,
    unit: str = ReviewRound.Unit.PASSAGES,
    readers: Sequence[User] = (),
    readers_per_passage: int = 1,
    question: str = "",
    seed: int | None = None,
) -> ReviewRound:
    """Put passages before readers, all or ``size`` units of them drawn at random.

    ``passages`` is a query, or a filter of ``passages_matching``. Without readers
    whoever comes reads. Who only reviews makes rounds for themselves alone. A round that
    learns holds all that was found; its first passages are dealt by the worker.
    """
    allowed = granted(by, portfolio)
    require(allowed.can_review)
    require(allowed.can_analyse or list(readers) == [by])
    _check(portfolio, readers, readers_per_passage, question)
    _check_order(order, unit, size, readers_per_passage, question)
    seed = random.SystemRandom().getrandbits(32) if seed is None else seed
    found = passages_matching(allowed, passages)
    is_whole = not allowed.is_scoped and (
        passages is None
        or (
            isinstance(passages, Mapping)
            and not any(kept for key, kept in passages.items() if key != "undrawn")
        )
    )
    up_to = newest(passages_matching(allowed, None)) if is_whole else None
    drawn = review_draw.drawn(found, size=size, order=order, unit=unit, seed=seed)
    if not drawn.size:
        raise Refused("no_passage_matches")
    made = ReviewRound.objects.create(
        portfolio=portfolio, title=title, order=order, unit=unit, seed=seed,
        drawn_from=drawn.population, question=question,
        readers_per_passage=readers_per_passage, created_by=by,
        drawn_up_to=up_to if order == "random" else None,
    )  # fmt: skip
    made.readers.set(readers)
    rows = shared_out(drawn.units, readers, readers_per_passage, portfolio)
    written = review_draw.write_items(made, rows)
    names = [
        "title", "order", "unit", "seed", "drawn_from", "question", "readers_per_passage",
    ]  # fmt: skip
    history.record(
        by=by,
        action="review.make_round",
        about=made,
        portfolio=portfolio,
        after={
            **history.fields_of(made, names),
            "passages": written // readers_per_passage,
            "readers": [str(reader) for reader in readers],
        },
    )
    review_dealing.start_if_few(made, by)
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
        .filter(round=review_round, state__in=("open", "asked", "spared"))
        .order_by(review_round.numbered_by)
    )
    if review_round.is_blind:
        _replace(waiting, readers, review_round)
    else:
        _share_out_anew(waiting, readers, review_round)
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


def _check_order(
    order: str, unit: str, size: int | None, each: int, question: str
) -> None:
    """Refuse what an order cannot be combined with."""
    orders = ReviewRound.Order
    by_chance = order in (orders.RANDOM, orders.LEARNING)
    if unit == ReviewRound.Unit.INTERVENTIONS and not by_chance:
        raise Refused("whole_only_at_random")
    if order == orders.LEARNING:
        if not question:
            raise Refused("learning_needs_question")
        if each != 1:
            raise Refused("learning_not_blind")
        if size is not None:
            raise Refused("learning_takes_all")


def _share_out_anew(
    waiting: QuerySet[ReviewItem], readers: Sequence[User], review_round: ReviewRound
) -> None:
    if not readers:
        waiting.update(reader=None)
        return
    whole = review_round.of_interventions
    unit = "passage__intervention__counted_as" if whole else "passage"
    unit_of = dict(waiting.values_list("pk", unit))
    units: dict[int, list[ReviewItem]] = {}
    for item in waiting.only("pk", "passage_id"):
        units.setdefault(unit_of[item.pk], []).append(item)
    items = [item for together in units.values() for item in together]
    passages = ([item.passage_id for item in some] for some in units.values())
    rows = shared_out(passages, readers, 1, review_round.portfolio)
    for item, row in zip(items, rows, strict=True):
        item.reader_id = row.reader
    ReviewItem.objects.bulk_update(items, ["reader"], batch_size=1000)


def _replace(
    waiting: QuerySet[ReviewItem], readers: Sequence[User], review_round: ReviewRound
) -> None:
    kept = {reader.pk for reader in readers}
    sees = seen_by(readers, review_round.portfolio)
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
