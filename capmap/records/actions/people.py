"""Invite people, give and take roles, let people go. One administrator always remains.

A link's token is known to whoever holds the link; only its SHA-256 is stored.
"""

import secrets
from collections.abc import Sequence
from datetime import timedelta

from allauth.usersessions.models import UserSession
from django.db import IntegrityError, transaction
from django.utils import timezone

from capmap.records.actions import history
from capmap.records.models import Invitation, Membership, Portfolio, Role, User
from capmap.records.permissions import can_manage_people, require
from capmap.records.queries.people import administrators, digest

#: How long a link stays open.
OPEN_FOR = timedelta(days=7)

_ROLE = ["user_id", "portfolio_id", "role", "countries"]
_INVITED = ["email", "portfolio_id", "role", "countries", "expires_at"]


class Refused(Exception):
    """A change would break a rule; ``reason`` is a key of ``site_people.yaml``."""

    def __init__(self, reason: str, **values: object) -> None:
        super().__init__(reason)
        self.reason = reason
        self.values = values


@transaction.atomic
def first_link(*, by: User | None = None) -> str | None:
    """Return the address at which the first administrator sets a name and password.

    None where there is an administrator. A link given out before stops working, since
    its token is nowhere kept.
    """
    if administrators().exists():
        return None
    Invitation.objects.filter(
        email="", accepted_at=None, withdrawn_at=None, portfolio=None
    ).update(withdrawn_at=timezone.now())
    _, token = _make_invitation(by, "", Role.ADMINISTRATOR, None, [])
    return f"/start/{token}/"


@transaction.atomic
def invite(
    *,
    email: str,
    role: str,
    by: User,
    portfolio: Portfolio | None = None,
    countries: Sequence[str] = (),
) -> tuple[Invitation, str]:
    """Invite an address to a role; return the invitation and the token of its link.

    An open invitation of the same address to the same portfolio is replaced.
    """
    require(can_manage_people(by))
    email = email.strip().lower()
    if Membership.objects.filter(user__email=email, portfolio=portfolio).exists():
        raise Refused("has_a_role_already", email=email)
    for older in Invitation.objects.filter(
        email=email, portfolio=portfolio, accepted_at=None, withdrawn_at=None
    ):
        withdraw(invitation=older, by=by)
    return _make_invitation(by, email, role, portfolio, countries)


@transaction.atomic
def send_again(*, invitation: Invitation, by: User) -> str:
    """Open an invitation for another seven days under a new link; return its token."""
    require(can_manage_people(by))
    if invitation.accepted_at or invitation.withdrawn_at:
        raise Refused("link_not_open")
    before = history.fields_of(invitation, ["expires_at"])
    token = secrets.token_urlsafe(32)
    invitation.token_hash = digest(token)
    invitation.expires_at = timezone.now() + OPEN_FOR
    invitation.save(update_fields=["token_hash", "expires_at"])
    history.record(
        by=by,
        action="people.send_again",
        about=invitation,
        portfolio=invitation.portfolio,
        before=before,
        after=history.fields_of(invitation, ["expires_at"]),
    )
    return token


@transaction.atomic
def withdraw(*, invitation: Invitation, by: User) -> None:
    """Close an invitation that was not accepted; its link stops working."""
    require(can_manage_people(by))
    now = timezone.now()
    if not Invitation.objects.filter(
        pk=invitation.pk, accepted_at=None, withdrawn_at=None
    ).update(withdrawn_at=now):
        raise Refused("link_not_open")
    invitation.withdrawn_at = now
    history.record(
        by=by,
        action="people.withdraw",
        about=invitation,
        portfolio=invitation.portfolio,
        before={"withdrawn_at": None},
        after=history.fields_of(invitation, ["withdrawn_at"]),
    )


@transaction.atomic
def join(
    *,
    invitation: Invitation,
    name: str,
    password: str | None,
    language: str = "",
    email: str = "",
    by: None = None,
) -> User:
    """Make the invited person, with the role that the invitation gives.

    ``email`` counts only where the invitation has no address; ``password`` is None for
    those who sign in elsewhere. Nobody is signed in yet, so the person stands as author.
    """
    taken = _take(invitation)
    try:
        with transaction.atomic():
            user = User.objects.create_user(
                taken.email or email, password, name=name, language=language
            )
    except IntegrityError:
        raise Refused("address_has_account") from None
    history.record(
        by=user,
        action="people.join",
        about=user,
        after=history.fields_of(user, ["email", "name", "language"]),
    )
    _give_role_of(taken, user)
    return user


@transaction.atomic
def accept(*, invitation: Invitation, by: User) -> Membership:
    """Give a person who has an account the role that an invitation to them names."""
    if invitation.email and invitation.email != by.email:
        raise Refused("invited_is_another", email=invitation.email)
    return _give_role_of(_take(invitation), by)


@transaction.atomic
def grant(
    *,
    user: User,
    role: str,
    by: User,
    portfolio: Portfolio | None = None,
    countries: Sequence[str] = (),
) -> Membership:
    """Give a person a role in a portfolio, or in all where none is named."""
    require(can_manage_people(by))
    return _grant(user, portfolio, role, countries, by)


@transaction.atomic
def change_role(
    *, membership: Membership, role: str, by: User, countries: Sequence[str] = ()
) -> Membership:
    """Change what a person may do in a portfolio, and in which countries."""
    require(can_manage_people(by))
    lock_administrators()
    before = history.fields_of(membership, _ROLE)
    membership.role = role
    membership.countries = _scope(role, countries)
    membership.save(update_fields=["role", "countries"])
    _keep_an_administrator()
    history.record(
        by=by,
        action="people.change_role",
        about=membership,
        portfolio=membership.portfolio,
        before=before,
        after=history.fields_of(membership, _ROLE),
    )
    return membership


@transaction.atomic
def remove(*, membership: Membership, by: User) -> None:
    """Take a person's role in a portfolio away; what they did stays on record."""
    require(can_manage_people(by))
    lock_administrators()
    history.record(
        by=by,
        action="people.remove",
        about=membership,
        portfolio=membership.portfolio,
        before=history.fields_of(membership),
    )
    membership.delete()
    _keep_an_administrator()


@transaction.atomic
def deactivate(*, user: User, by: User) -> None:
    """Close a person's account: every session ends and no sign-in succeeds."""
    require(can_manage_people(by))
    lock_administrators()
    _set_active(user, False, by, "people.deactivate")
    _keep_an_administrator()
    for session in UserSession.objects.filter(user_id=user.pk):
        session.end()


@transaction.atomic
def reactivate(*, user: User, by: User) -> None:
    """Open a closed account again, with the roles that it had."""
    require(can_manage_people(by))
    _set_active(user, True, by, "people.reactivate")


@transaction.atomic
def describe(
    *, user: User, name: str, language: str, uses_keys: bool, by: User
) -> User:
    """Change how a person is named, and how the site speaks to them and listens."""
    require(by == user)
    names = ["name", "language", "uses_keys"]
    before = history.fields_of(user, names)
    user.name, user.language, user.uses_keys = name, language, uses_keys
    user.save(update_fields=names)
    history.record(
        by=by,
        action="people.describe",
        about=user,
        before=before,
        after=history.fields_of(user, names),
    )
    return user


def _make_invitation(
    by: User | None,
    email: str,
    role: str,
    portfolio: Portfolio | None,
    countries: Sequence[str],
) -> tuple[Invitation, str]:
    token = secrets.token_urlsafe(32)
    invitation = Invitation.objects.create(
        email=email,
        token_hash=digest(token),
        role=role,
        portfolio=portfolio,
        countries=_scope(role, countries),
        invited_by=by,
        expires_at=timezone.now() + OPEN_FOR,
    )
    history.record(
        by=by,
        action="people.invite",
        about=invitation,
        portfolio=portfolio,
        after=history.fields_of(invitation, _INVITED),
    )
    return invitation, token


def _take(invitation: Invitation) -> Invitation:
    """Mark an invitation used; of two requests at once only one succeeds."""
    if not invitation.email and administrators().exists():
        raise Refused("link_not_open")
    now = timezone.now()
    if not Invitation.objects.filter(
        pk=invitation.pk,
        token_hash=invitation.token_hash,
        accepted_at=None,
        withdrawn_at=None,
        expires_at__gt=now,
    ).update(accepted_at=now):
        raise Refused("link_not_open")
    return Invitation.objects.get(pk=invitation.pk)


def _give_role_of(invitation: Invitation, user: User) -> Membership:
    invitation.accepted_by = user
    invitation.save(update_fields=["accepted_by"])
    return _grant(
        user, invitation.portfolio, invitation.role, invitation.countries,
        invitation.invited_by, acting=user,
    )  # fmt: skip


def _grant(
    user: User,
    portfolio: Portfolio | None,
    role: str,
    countries: Sequence[str],
    granted_by: User | None,
    acting: User | None = None,
) -> Membership:
    if user.memberships.filter(portfolio=portfolio).exists():
        raise Refused("has_a_role_already", email=user.email)
    membership = Membership.objects.create(
        user=user,
        portfolio=portfolio,
        role=role,
        countries=_scope(role, countries),
        granted_by=granted_by,
    )
    history.record(
        by=acting or granted_by,
        action="people.accept" if acting else "people.grant",
        about=membership,
        portfolio=portfolio,
        after=history.fields_of(membership, _ROLE),
    )
    return membership


def _scope(role: str, countries: Sequence[str]) -> list[str]:
    """Return the countries of a role; an administrator sees all."""
    return [] if role == Role.ADMINISTRATOR else sorted(set(countries))


def _set_active(user: User, is_active: bool, by: User, action: str) -> None:
    before = history.fields_of(user, ["is_active"])
    user.is_active = is_active
    user.save(update_fields=["is_active"])
    history.record(
        by=by,
        action=action,
        about=user,
        before=before,
        after={"is_active": is_active},
    )


def lock_administrators() -> None:
    """Let two who would remove each other go one after the other."""
    list(administrators().select_for_update(of=("self",)))


def _keep_an_administrator() -> None:
    if not administrators().exists():
        raise Refused("last_administrator")
