"""Rounds of review: what they hold, how far they are, who reads how fast."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet
from django.utils import timezone

from capmap.records import search
from capmap.records.models import (
    Coding,
    Intervention,
    InterventionCountry,
    Membership,
    Passage,
    Portfolio,
    Reading,
    ReviewItem,
    ReviewRound,
    User,
)
from capmap.records.permissions import REVIEWS, Access
from capmap.records.queries.agreement import may_compare

#: Readings from which a pace is told, the newest of a person; longer pauses do not count.
_PACE_FROM = 200
_PAUSE = 30 * 60


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a round is, in passages. Where two read blind, an item is half of one."""

    items: int
    read: int
    asked: int
    passages: int
    spared: int = 0  # in a round that learns: need not be read any more

    @property
    def to_go(self) -> int:
        return self.items - self.read - self.spared

    @property
    def part(self) -> float:
        return self.read / self.items if self.items else 0.0


@dataclass(frozen=True, slots=True)
class PersonProgress:
    """What one person read in a round, what waits for them, and how fast they are."""

    person: User
    read: int
    to_go: int | None  # None where the passages are nobody's in particular
    per_hour: int | None
    last_at: datetime | None


def passages_matching(
    access: Access, wanted: "QuerySet[Passage] | Mapping[str, Any] | None"
) -> "QuerySet[Passage]":
    """Return the current passages that a person sees and that a filter keeps.

    Keys of the filter: ``codes`` ({facet: [code]}, any of a facet, all facets),
    ``countries``, ``languages``, ``words`` (as in the search of interventions), and
    the truths ``capacity``, ``doubtful`` and ``unread``; ``undrawn`` ("interventions" or
    "passages") leaves out what an earlier draw from the whole portfolio holds.
    """
    found: QuerySet[Passage]
    found = Passage.objects.current() if wanted is None else wanted  # type: ignore[assignment]
    if isinstance(wanted, Mapping):
        found = _filtered(Passage.objects.current(), wanted)
    if isinstance(wanted, Mapping) and (unit := wanted.get("undrawn")):
        found = _undrawn(found, str(unit), access.portfolio)
    seen = Intervention.objects.current().filter(portfolio=access.portfolio)
    found = found.filter(is_current=True, intervention__portfolio=access.portfolio)
    if access.countries:
        seen = seen.within(list(access.countries))
        return found.filter(intervention__in=seen)
    return found.filter(intervention__is_current=True)


def _filtered(
    found: "QuerySet[Passage]", wanted: Mapping[str, Any]
) -> "QuerySet[Passage]":
    codings = Coding.objects.counted().filter(passage=OuterRef("pk"))
    for facet, codes in wanted.get("codes", {}).items():
        found = found.filter(Exists(codings.filter(facet=facet, code__in=codes)))
    if wanted.get("capacity"):
        found = found.filter(Exists(codings.filter(facet="capacity", code="cd")))
    if wanted.get("doubtful"):
        found = found.filter(Exists(codings.filter(doubtful=True)))
    if wanted.get("unread"):
        found = found.filter(is_read=False)
    if languages := wanted.get("languages"):
        found = found.filter(language__in=languages)
    if countries := wanted.get("countries"):
        inside = InterventionCountry.objects.filter(code__in=countries)
        found = found.filter(intervention__in=inside.values("intervention_id"))
    if words := wanted.get("words"):
        numbers = search.find(words)
        if numbers is not None:
            # Thousands of numbers do not fit into a statement: narrow to them in batches.
            found = found.filter(_among(numbers))
    return found


def _undrawn(
    found: "QuerySet[Passage]", unit: str, portfolio: Portfolio
) -> "QuerySet[Passage]":
    """Leave out units of an earlier draw: with it, a draw from the rest is one draw."""
    drawn = ReviewItem.objects.filter(
        round__portfolio=portfolio,
        round__unit=unit,
        round__order=ReviewRound.Order.RANDOM,
        round__drawn_up_to__isnull=False,
    )
    if unit == ReviewRound.Unit.PASSAGES:
        return found.exclude(pk__in=drawn.values("passage"))
    counted = drawn.values("passage__intervention__counted_as")
    return found.exclude(intervention__counted_as__in=counted)


def _among(numbers: list[int]) -> Q:
    among = Q(pk__in=())
    for start in range(0, len(numbers), 500):
        among |= Q(intervention__in=numbers[start : start + 500])
    return among


def progress_of(review_round: ReviewRound) -> Progress:
    """Count what was read; items are counted by their last position, not one by one."""
    items = ReviewItem.objects.filter(round=review_round)
    last = max(
        items.filter(state=state).aggregate(last=Max("position"))["last"] or 0
        for state in ReviewItem.State.values
    )
    return Progress(
        items=last * review_round.readers_per_passage,
        read=items.filter(state="read").count(),
        asked=items.filter(state="asked").count(),
        passages=last,
        spared=items.filter(state="spared").count() if review_round.learns else 0,
    )


def rounds_of(access: Access) -> list[tuple[ReviewRound, Progress, bool]]:
    """List the rounds of a portfolio with their progress; true for those open to you."""
    found = (
        ReviewRound.objects.filter(portfolio=access.portfolio)
        .select_related("created_by")
        .prefetch_related("readers")
        .order_by("closed_at", "-created_at")
    )
    rows = []
    for one in sorted(found, key=lambda r: r.closed_at is not None):
        readers = {reader.pk for reader in one.readers.all()}
        rows.append(
            (one, progress_of(one), not readers or access.user.pk in readers),
        )
    return rows


def people_of(review_round: ReviewRound) -> list[PersonProgress]:
    """Tell who read how much of a round, those who are to read among them."""
    told = {
        row["reader"]: row
        for row in Reading.objects.filter(round=review_round, is_adjudication=False)
        .order_by()
        .values("reader")
        .annotate(read=Count("pk"), last=Max("read_at"))
    }
    waiting = dict(
        ReviewItem.objects.filter(
            round=review_round, state__in=("open", "asked"), reader__isnull=False
        )
        .order_by()
        .values_list("reader")
        .annotate(Count("pk"))
    )
    named = {reader.pk for reader in review_round.readers.all()}
    people = User.objects.filter(pk__in={*told, *waiting, *named}).order_by("name")
    return [
        PersonProgress(
            person=person,
            read=told[person.pk]["read"] if person.pk in told else 0,
            to_go=waiting.get(person.pk, 0) if named else None,
            per_hour=pace(review_round, person),
            last_at=told[person.pk]["last"] if person.pk in told else None,
        )
        for person in people
    ]


def pace(review_round: ReviewRound, person: User) -> int | None:
    """Return passages an hour, by the median time that a person takes for one.

    The time from opening to accepting; where it was not measured, the time since the
    passage before. None before the third passage.
    """
    rows = list(
        Reading.objects.filter(round=review_round, reader=person).values_list(
            "read_at", "seconds"
        )[:_PACE_FROM]
    )
    spent: list[float] = []
    for number, (read_at, measured) in enumerate(rows):
        taken: float | None = measured
        if taken is None and number + 1 < len(rows):
            taken = (read_at - rows[number + 1][0]).total_seconds()
        if taken is not None and taken <= _PAUSE:
            spent.append(max(taken, 1.0))
    return round(3600 / median(spent)) if len(spent) >= 3 else None


def read_today(review_round: ReviewRound, person: User) -> int:
    """Count what a person read in a round within a day."""
    since = timezone.now() - timedelta(days=1)
    return Reading.objects.filter(
        round=review_round, reader=person, read_at__gte=since
    ).count()


def readings_for_export(review_round: ReviewRound, access: Access) -> Iterator[Reading]:
    """Yield the readings of a round that a person may see, the first to be read first.

    Where two read blind, those of a passage that only one has read stay closed, except
    to the one who read it; whoever may not compare yet sees their own alone.
    """
    found = Reading.objects.filter(round=review_round)
    if access.countries:
        seen = Intervention.objects.within(list(access.countries))
        found = found.filter(passage__intervention__in=seen)
    if review_round.is_blind:
        waiting = ReviewItem.objects.filter(
            round=review_round, passage=OuterRef("passage")
        ).exclude(state="read")
        found = found.filter(~Exists(waiting) | Q(reader=access.user))
        if not may_compare(access, review_round):
            found = found.filter(reader=access.user, is_adjudication=False)
    return (
        found.select_related("passage__intervention", "reader", "item")
        .prefetch_related("codes")
        .order_by("read_at", "pk")
        .iterator(chunk_size=2_000)
    )


def reviewers_of(portfolio: Portfolio) -> QuerySet[User]:
    """List the people who may review in a portfolio, by name."""
    here = Membership.objects.filter(portfolio=portfolio)
    everywhere = Membership.objects.filter(portfolio=None, role__in=REVIEWS)
    return User.objects.filter(
        Q(pk__in=here.filter(role__in=REVIEWS).values("user"))
        | Q(pk__in=everywhere.values("user")) & ~Q(pk__in=here.values("user")),
        is_active=True,
    ).order_by("name", "email")
