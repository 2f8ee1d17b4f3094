"""Which passages a round of review holds, in which order, and who reads which."""

import random
from array import array
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from django.db import connection
from django.db.models import Max, Min, Q, QuerySet

from capmap.records.models import (
    InterventionCountry,
    Passage,
    Portfolio,
    ReviewItem,
    ReviewRound,
    User,
)
from capmap.records.permissions import access

#: Items read or written together.
_BATCH = 10_000


class Refused(Exception):
    """A round cannot be made or changed so; ``reason`` is a key of ``site_review.yaml``."""

    def __init__(self, reason: str, **values: object) -> None:
        super().__init__(reason)
        self.reason = reason
        self.values = values


class Drawn(NamedTuple):
    """Units in the order of reading, each as its passages: one, or all of an intervention.

    ``population`` is among how many units these ``size`` were chosen.
    """

    units: Iterator[Sequence[int]]
    size: int
    population: int


def drawn(
    found: "QuerySet[Passage]", *, size: int | None, order: str, unit: str, seed: int
) -> Drawn:
    """Choose units of the passages found, all or ``size`` of them at random, in order."""
    orders = ReviewRound.Order
    if order == orders.DOUBTFUL:
        undecided = Q(codings__status="suggested")
        found = found.annotate(least=Min("codings__confidence", filter=undecided))
        found = found.order_by("least", "pk").exclude(least=None)
    elif order == orders.DOCUMENT:
        found = found.order_by("intervention_id", "position", "pk")
    elif unit == ReviewRound.Unit.INTERVENTIONS:
        found = found.exclude(intervention__kind="document").order_by(
            "intervention__counted_as", "intervention_id", "position", "pk"
        )
    else:
        found = found.order_by("pk")
    passages, starts = _units(found, unit)
    population, dice = len(starts) - 1, random.Random(seed)
    places = array("q", range(population))
    if size is not None and size < population:
        places = array("q", sorted(dice.sample(range(population), size)))
    if order in (orders.RANDOM, orders.LEARNING):
        dice.shuffle(places)
    units = (passages[starts[place] : starts[place + 1]] for place in places)
    return Drawn(units, len(places), population)


def _units(found: "QuerySet[Passage]", unit: str) -> "tuple[array[int], Sequence[int]]":
    """Return the passages, and where each unit begins, with one place more at the end.

    An intervention is drawn as it is counted: with its components, documents never.
    """
    if unit != ReviewRound.Unit.INTERVENTIONS:
        numbers = found.values_list("pk", flat=True).iterator(_BATCH)
        passages = array("q", numbers)
        return passages, range(len(passages) + 1)
    passages, starts, last = array("q"), array("q"), None
    rows = found.values_list("intervention__counted_as", "pk")
    for intervention, passage in rows.iterator(_BATCH):
        if intervention != last:
            starts.append(len(passages))
            last = intervention
        passages.append(passage)
    starts.append(len(passages))
    return passages, starts


def newest(found: "QuerySet[Passage]") -> int | None:
    """Return the number of the newest passage: what comes later could not be drawn."""
    last: int | None = found.aggregate(newest=Max("pk"))["newest"]
    return last


class Row(NamedTuple):
    """An item to be."""

    passage: int
    position: int
    reader: int | None


def shared_out(
    units: Iterable[Sequence[int]],
    readers: Sequence[User],
    each: int,
    portfolio: Portfolio,
) -> Iterator[Row]:
    """Yield who reads which passage: those with the fewest so far, of those who see it.

    A unit goes to one reader as a whole, or to ``each`` where that is two. Raises
    ``Refused`` where too few see a unit.
    """
    sees = seen_by(readers, portfolio)
    burden = {reader.pk: 0 for reader in readers}
    position = 0
    for unit in units:
        chosen: Sequence[int | None] = [None]
        if readers:
            able = [pk for pk in burden if _may_see(unit, sees[pk])]
            if len(able) < each:
                raise Refused("nobody_sees")
            named = sorted(able, key=lambda one: burden[one])[:each]
            for pk in named:
                burden[pk] += len(unit)
            chosen = named
        for passage in unit:
            position += 1
            yield from (Row(passage, position, pk) for pk in chosen)


def _may_see(unit: Iterable[int], seen: frozenset[int] | None) -> bool:
    return seen is None or all(passage in seen for passage in unit)


def seen_by(
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


def write_items(made: ReviewRound, rows: Iterator[Row]) -> int:
    """Write a million items without holding them: plain rows, some thousands at a time.

    In a round that learns they wait until they are dealt, with whoever that is.
    """
    state = ReviewItem.State.WAITS if made.learns else ReviewItem.State.OPEN
    insert = (
        "INSERT INTO records_reviewitem (round_id, passage_id, position, reader_id, state, why)"
        " VALUES (%s, %s, %s, %s, %s, '')"
    )
    written = 0
    with connection.cursor() as cursor:
        while some := list(islice(rows, _BATCH)):
            cursor.executemany(
                insert,
                [
                    (made.pk, passage, position, None if made.learns else reader, state)
                    for passage, position, reader in some
                ],
            )
            written += len(some)
    return written
