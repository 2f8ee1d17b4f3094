"""Comments of an intervention, and questions that wait for an answer."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from capmap.records.models import (
    Comment,
    Intervention,
    InterventionCountry,
    Membership,
    Portfolio,
    User,
)
from capmap.records.permissions import Access, access


@dataclass(frozen=True, slots=True)
class Questions:
    """The questions of a portfolio that concern one person."""

    asked_of_you: list[Comment]
    asked_by_you: list[Comment]
    answered: list[Comment]


#: Answered questions that the page folds away; older ones stand with their intervention.
ANSWERED = 50


def comments_of(intervention: Intervention) -> list[Comment]:
    """Return the comments of an intervention and of its passages, the oldest first."""
    return list(_with_people(Comment.objects.filter(intervention=intervention)))


def questions_for(user: User, portfolio: Portfolio) -> Questions:
    """Return the questions that a person was asked or asks, as far as they may see them."""
    allowed = access(user, portfolio)
    if allowed is None or not allowed.can_comment:
        return Questions([], [], [])
    concerning = (
        _with_people(Comment.objects.filter(asked_of__isnull=False))
        .filter(intervention__in=allowed.interventions())
        .select_related("intervention")
    )
    waiting = concerning.filter(answered_at=None)
    mine = Q(asked_of=user) | Q(written_by=user)
    answered = concerning.filter(mine, answered_at__isnull=False)
    return Questions(
        list(waiting.filter(asked_of=user)),
        list(waiting.filter(written_by=user)),
        list(answered.order_by("-answered_at")[:ANSWERED]),
    )


def people_to_ask(intervention: Intervention, asking: User) -> list[User]:
    """Return who may review the intervention, and so can be asked, by name."""
    portfolio = intervention.portfolio
    countries = set(
        InterventionCountry.objects.filter(intervention=intervention).values_list(
            "code", flat=True
        )
    )
    roles: dict[int, Membership] = {}
    for one in Membership.objects.filter(
        Q(portfolio=portfolio) | Q(portfolio=None), user__is_active=True
    ).select_related("user"):
        if one.portfolio_id is not None or one.user_id not in roles:
            roles[one.user_id] = one
    return sorted(
        (
            role.user
            for role in roles.values()
            if role.user_id != asking.pk and _may_review(role, portfolio, countries)
        ),
        key=lambda person: (person.name, person.email),
    )


def _may_review(role: Membership, portfolio: Portfolio, countries: set[str]) -> bool:
    allowed = Access(role.user, portfolio, role.role, tuple(role.countries))
    in_sight = not role.countries or bool(countries & set(role.countries))
    return allowed.can_review and in_sight


def _with_people(comments: QuerySet[Comment]) -> QuerySet[Comment]:
    return comments.select_related(
        "written_by", "asked_of", "answered_by", "passage"
    ).order_by("written_at", "pk")
