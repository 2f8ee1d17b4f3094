"""Who may do what: one question, one function. Pages and actions ask here and nowhere else.

==================  ====  ======  ======  =======  ========  =======  =======
role                see   export  review  comment  correct   analyse  people
==================  ====  ======  ======  =======  ========  =======  =======
administrator       yes   yes     yes     yes      yes       yes      yes
analyst             yes   yes     yes     yes      yes       yes      no
reviewer            yes   yes     yes     yes      no        no       no
programme officer   yes   yes     no      yes      yes       no       no
respondent          no    no      no      no       no        no       no
viewer              yes   yes     no      no       no        no       no
==================  ====  ======  ======  =======  ========  =======  =======

*Analyse*: import, make rounds, adjudicate, change the codebook, confirm worked examples,
share views. *Correct*: change what a source said of an intervention. A respondent comes in
only to answer what they are asked. Every role acts only within its portfolio and countries.
"""

from dataclasses import dataclass, field

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet

from capmap.records.models import Intervention, Membership, Portfolio, Role, User

_SEES = {
    Role.ADMINISTRATOR,
    Role.ANALYST,
    Role.REVIEWER,
    Role.PROGRAMME_OFFICER,
    Role.VIEWER,
}
_COMMENTS = _SEES - {Role.VIEWER}
REVIEWS = {Role.ADMINISTRATOR, Role.ANALYST, Role.REVIEWER}
_CORRECTS = {Role.ADMINISTRATOR, Role.ANALYST, Role.PROGRAMME_OFFICER}
ANALYSES = {Role.ADMINISTRATOR, Role.ANALYST}


class NotAllowed(PermissionDenied):
    """A person tried what their role does not allow; a page answers it with 403."""


@dataclass(frozen=True, slots=True)
class Access:
    """What one person may do in one portfolio: their role and countries there."""

    user: User
    portfolio: Portfolio
    role: str
    countries: tuple[str, ...] = field(default=())

    @property
    def can_see(self) -> bool:
        return self.role in _SEES

    @property
    def can_export(self) -> bool:
        return self.role in _SEES

    @property
    def can_comment(self) -> bool:
        return self.role in _COMMENTS

    @property
    def can_review(self) -> bool:
        return self.role in REVIEWS

    @property
    def can_correct(self) -> bool:
        return self.role in _CORRECTS

    @property
    def can_analyse(self) -> bool:
        return self.role in ANALYSES

    @property
    def can_audit(self) -> bool:
        """Whether they see all changes of the portfolio, and may take them back.

        Changes tell of every country, so that who sees only some does not see them.
        """
        return self.analyses_everywhere

    @property
    def analyses_everywhere(self) -> bool:
        """Whether they analyse and see every country: what touches all of them asks this."""
        return self.can_analyse and not self.is_scoped

    @property
    def is_scoped(self) -> bool:
        """Whether they see only some countries."""
        return bool(self.countries)

    def interventions(self) -> "QuerySet[Intervention]":
        """Return the current interventions in their portfolio and countries."""
        found: QuerySet[Intervention] = Intervention.objects.seen_in(
            self.portfolio, self.countries
        )
        return found

    def sees(self, intervention: Intervention) -> bool:
        """Whether the intervention lies in their portfolio and countries."""
        if not self.can_see or intervention.portfolio_id != self.portfolio.pk:
            return False
        if not self.countries:
            return True
        return intervention.countries.filter(code__in=self.countries).exists()


def access(user: object, portfolio: Portfolio) -> Access | None:
    """Return what ``user`` may do in ``portfolio``; None for those who have no part in it."""
    if not isinstance(user, User) or not user.is_active:
        return None
    memberships = {
        m.portfolio_id: m
        for m in Membership.objects.filter(user=user)
        if m.portfolio_id in (None, portfolio.pk)
    }
    membership = memberships.get(portfolio.pk) or memberships.get(None)
    if membership is None:
        return None
    return Access(user, portfolio, membership.role, tuple(membership.countries))


def granted(user: User | None, portfolio: Portfolio) -> Access:
    """Return what ``user`` may do in ``portfolio``; ``NotAllowed`` for those without a part."""
    found = access(user, portfolio)
    if found is None:
        raise NotAllowed
    return found


def portfolios_of(user: User) -> list[Portfolio]:
    """List the portfolios in which a person has a part."""
    memberships = list(Membership.objects.filter(user=user))
    if any(m.portfolio_id is None for m in memberships):
        return list(Portfolio.objects.all())
    return list(Portfolio.objects.filter(pk__in=[m.portfolio_id for m in memberships]))


def can_manage_people(user: object) -> bool:
    """Whether a person invites others and sees the history of everything."""
    return (
        isinstance(user, User)
        and user.is_active
        and Membership.objects.filter(
            user=user, portfolio=None, role=Role.ADMINISTRATOR
        ).exists()
    )


def require(allowed: bool) -> None:
    """Raise ``NotAllowed`` unless ``allowed``: the last guard inside an action."""
    if not allowed:
        raise NotAllowed
