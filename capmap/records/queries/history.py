"""What was changed, by whom, and how it was before."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Model, Q, QuerySet

from capmap.records.models import Change, Portfolio, User

#: Fields that hold the number of a person; others that end in "_id" hold other records.
_PEOPLE = ("user_id", "owner_id", "reader_id", "asked_of_id")

#: Never shown: keys of the machine, or fields that say nothing to people.
_UNSAID = {"id", "token_hash", "password", "digest", "version"}


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field before and after; people and portfolios stand with their names."""

    name: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Told:
    """A change with its fields, ready to be shown."""

    change: Change
    fields: tuple[FieldChange, ...]


def changes(
    *,
    portfolio: Portfolio | None = None,
    person: int | None = None,
    record: str = "",
    action: str = "",
    since: date | None = None,
    until: date | None = None,
) -> QuerySet[Change]:
    """Find changes, the newest first; all of the site where no portfolio is named."""
    found = Change.objects.select_related("by", "portfolio", "restores")
    if portfolio is not None:
        found = found.filter(portfolio=portfolio)
    if person is not None:
        found = found.filter(by=person)
    if record:
        found = found.filter(record=record)
    if action:
        found = found.filter(action=action)
    if since:
        found = found.filter(at__date__gte=since)
    if until:
        found = found.filter(at__date__lte=until)
    return found


def of_record(record: Model, most: int = 50) -> list[Told]:
    """Tell the changes of one record, the newest first."""
    found = Change.objects.filter(
        record=record._meta.model_name, record_id=record.pk
    ).select_related("by", "portfolio", "restores")
    return told(found[:most])


def of_person(person: User, most: int = 50) -> list[Told]:
    """Tell what was changed about a person and their roles, those taken away included."""
    of_roles = Change.objects.filter(record="membership")
    roles = of_roles.filter(
        Q(before__user_id=person.pk)
        | Q(after__user_id=person.pk)
        | Q(record_id__in=person.memberships.values("pk"))
    )
    found = Change.objects.filter(
        Q(record="user", record_id=person.pk)
        | Q(record="membership", record_id__in=roles.values("record_id"))
    ).select_related("by", "portfolio", "restores")
    return told(found[:most])


def told(found: Iterable[Change]) -> list[Told]:
    """Tell changes field by field, with the names of people and portfolios."""
    listed = list(found)
    values = [
        (name, value)
        for change in listed
        for side in (change.before, change.after)
        for name, value in (side or {}).items()
    ]
    people = User.objects.in_bulk(
        {v for n, v in values if _is_person(n) and isinstance(v, int)}
    )
    portfolios = Portfolio.objects.in_bulk(
        {v for n, v in values if n == "portfolio_id" and isinstance(v, int)}
    )

    def named(name: str, value: Any) -> Any:
        known = people if _is_person(name) else portfolios
        if not isinstance(value, int) or not (
            _is_person(name) or name == "portfolio_id"
        ):
            return value
        return str(known.get(value, f"#{value}"))

    return [
        Told(
            change,
            tuple(
                FieldChange(
                    name,
                    named(name, (change.before or {}).get(name)),
                    named(name, (change.after or {}).get(name)),
                )
                for name in {**(change.before or {}), **(change.after or {})}
                if name not in _UNSAID
            ),
        )
        for change in listed
    ]


def people_who_changed(portfolio: Portfolio | None = None) -> QuerySet[User]:
    """List people by whom something was changed, here or anywhere."""
    found = Change.objects.filter(by__isnull=False)
    if portfolio is not None:
        found = found.filter(portfolio=portfolio)
    return User.objects.filter(pk__in=found.values("by_id")).order_by("name", "email")


def _is_person(name: str) -> bool:
    return name in _PEOPLE or name.endswith("_by_id")
