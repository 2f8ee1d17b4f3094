"""Who is here, with which roles, and who is invited."""

from hashlib import sha256

from django.db.models import Q, QuerySet

from capmap.records.models import Invitation, Membership, Role, User


def administrators() -> QuerySet[Membership]:
    """List the roles of those who manage people; one must always remain."""
    return Membership.objects.filter(
        portfolio=None, role=Role.ADMINISTRATOR, user__is_active=True
    )


def digest(token: str) -> str:
    """Return what is stored of the token of a link."""
    return sha256(token.encode()).hexdigest()


def invitation_of(token: str) -> Invitation | None:
    """Return the invitation that a link stands for, open or not."""
    return (
        Invitation.objects.select_related("portfolio", "invited_by")
        .filter(token_hash=digest(token))
        .first()
    )


def invitations_waiting() -> QuerySet[Invitation]:
    """List what was neither accepted nor withdrawn, the newest first; some may be late."""
    return (
        Invitation.objects.filter(accepted_at=None, withdrawn_at=None)
        .exclude(email="")
        .select_related("portfolio", "invited_by")
        .order_by("-invited_at")
    )


def open_invitation_for(emails: list[str]) -> Invitation | None:
    """Return an invitation that still works for one of some verified addresses."""
    waiting = invitations_waiting().filter(email__in=[e.lower() for e in emails])
    return next((one for one in waiting if one.is_open), None)


def people(*, search: str = "", role: str = "", slug: str = "") -> QuerySet[User]:
    """List people by name with their roles; in a portfolio are also those of all."""
    found = User.objects.prefetch_related("memberships__portfolio").order_by(
        "name", "email"
    )
    for word in search.split():
        found = found.filter(Q(name__icontains=word) | Q(email__icontains=word))
    having = Membership.objects.all()
    if role:
        having = having.filter(role=role)
    if slug:
        having = having.filter(Q(portfolio__slug=slug) | Q(portfolio=None))
    if role or slug:
        found = found.filter(pk__in=having.values("user_id"))
    return found
