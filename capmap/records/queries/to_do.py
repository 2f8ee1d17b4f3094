"""What waits for a person in a portfolio: only what their role lets them do."""

from dataclasses import dataclass

from django.db.models import Q

from capmap.records.models import Comment, Import, ReviewItem, ReviewRound, TermChange
from capmap.records.permissions import Access
from capmap.records.queries.review_rounds import progress_of

#: Rounds and imports named one by one; of more it is said how many there are.
MOST = 5


@dataclass(frozen=True, slots=True)
class RoundToRead:
    """An open round in which passages wait for a person."""

    round: ReviewRound
    waiting: int
    read: int
    total: int

    @property
    def share(self) -> float:
        """Return how much of the round is read, 0 to 1."""
        return self.read / self.total if self.total else 0.0


@dataclass(frozen=True, slots=True)
class ToDo:
    """What waits for one person."""

    questions: int
    rounds: list[RoundToRead]
    imports: list[Import]
    under_way: list[Import]
    terms: int

    @property
    def is_nothing(self) -> bool:
        return not (
            self.questions
            or self.rounds
            or self.imports
            or self.under_way
            or self.terms
        )


def to_do_of(access: Access) -> ToDo:
    """Return what waits for the person, as far as they see and may do it."""
    return ToDo(
        questions=_questions(access) if access.can_comment else 0,
        rounds=_rounds(access) if access.can_review else [],
        imports=_imports(access, "ready") if access.can_analyse else [],
        under_way=_imports(access, "reading", "loading") if access.can_analyse else [],
        terms=_terms(access) if access.can_analyse else 0,
    )


def _questions(access: Access) -> int:
    asked = Comment.objects.unanswered().filter(
        asked_of=access.user, intervention__portfolio=access.portfolio
    )
    if access.countries:
        asked = asked.filter(
            intervention__countries__code__in=access.countries
        ).distinct()
    return int(asked.count())


def _rounds(access: Access) -> list[RoundToRead]:
    """Return the rounds that are open to the person, with passages left to read."""
    found = ReviewRound.objects.filter(
        Q(readers=None) | Q(readers=access.user),
        portfolio=access.portfolio,
        closed_at=None,
    ).prefetch_related("readers")
    told = []
    for one in found.order_by("created_at"):
        if one.readers.all() and not one.learns:
            items = ReviewItem.objects.filter(round=one, reader=access.user)
            total, waiting = items.count(), items.filter(state="open").count()
            read = items.filter(state="read").count()
        else:  # counted by position: a round of everything is large
            progress = progress_of(one)
            total, read = progress.items, progress.read
            waiting = progress.to_go - progress.asked
        if waiting > 0:
            told.append(RoundToRead(one, waiting, read, total))
    return told[:MOST]


def _imports(access: Access, *states: str) -> list[Import]:
    found = Import.objects.filter(portfolio=access.portfolio, state__in=states)
    return list(found.order_by("-started_at")[:MOST])


def _terms(access: Access) -> int:
    proposed = TermChange.objects.proposed()
    return int(proposed.filter(portfolio=access.portfolio).count())
