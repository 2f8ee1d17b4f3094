"""Correct what a source said of an intervention. What people corrected, imports leave alone."""

from datetime import datetime
from typing import Any

from django.db import models, transaction

from capmap.records import search
from capmap.records.actions import history
from capmap.records.models import Change, Intervention, InterventionCountry, User
from capmap.records.permissions import Access, granted, require
from capmap.records.queries.intervention import FACTS, facts_of

#: Facts that only make sense together.
_PAIRS = {
    "budget_amount": ("budget_amount", "budget_currency"),
    "budget_currency": ("budget_amount", "budget_currency"),
}


class Conflict(Exception):
    """Another person saved the intervention after this one opened it.

    ``current`` is how it stands now, ``by`` and ``at`` tell who changed it last, if known.
    """

    def __init__(self, current: Intervention) -> None:
        super().__init__("changed meanwhile")
        last = Change.objects.select_related("by").filter(
            record="intervention", record_id=current.pk
        )
        change = last.first()
        self.current = current
        self.by: User | None = change.by if change else None
        self.at: datetime | None = change.at if change else None


class OutOfSight(Exception):
    """With these countries the person would no longer see the intervention."""


@transaction.atomic
def correct(
    *,
    intervention: Intervention,
    by: User,
    version: int,
    fields: dict[str, Any],
    out_of_sight: bool = False,
) -> Intervention:
    """Set facts of an intervention to what a person knows better than the source.

    ``fields`` holds any of ``FACTS`` and ``countries`` (``[{"code", "percentage"}]``);
    those that differ are kept at later imports. ``version`` is the one that the person
    saw: ``Conflict`` is raised where another saved meanwhile. A person who sees only some
    countries is refused with ``OutOfSight`` unless they said ``out_of_sight``.
    """
    allowed = _allowed(intervention, by)
    current = _claim(intervention, version)
    before = facts_of(current)
    wanted = {name: value for name, value in fields.items() if name in before}
    changed = {name: value for name, value in wanted.items() if value != before[name]}
    if not changed:
        return _release(current, version)
    if "countries" in changed and not out_of_sight:
        _require_in_sight(allowed, changed["countries"])
    names = {pair for name in changed for pair in _PAIRS.get(name, (name,))}
    edited = sorted({*current.edited_fields, *names})
    _write(current, by, changed, edited, "correct")
    return current


@transaction.atomic
def give_back(
    *, intervention: Intervention, by: User, version: int, name: str
) -> Intervention:
    """Let the source say a corrected fact again: as it stood, and as later imports bring it."""
    allowed = _allowed(intervention, by)
    current = _claim(intervention, version)
    names = _PAIRS.get(name, (name,))
    require(any(one in current.edited_fields for one in names))
    said = _said_by_source(current)
    edited = [one for one in current.edited_fields if one not in names]
    # Without its digest the next import takes the intervention as changed, and brings
    # what the source says by then.
    current.digest = ""
    fields = {one: said[one] for one in names if one in said}
    if "countries" in fields:
        _require_in_sight(allowed, fields["countries"])
    _write(current, by, fields, edited, "give_back")
    return current


def _allowed(intervention: Intervention, by: User) -> Access:
    found = granted(by, intervention.portfolio)
    require(found.can_correct and found.sees(intervention))
    return found


def _claim(intervention: Intervention, version: int) -> Intervention:
    """Count the version up if it is still ``version``; whoever comes second meets a conflict."""
    claimed = Intervention.objects.filter(
        pk=intervention.pk, version=version, is_current=True
    ).update(version=version + 1)
    current: Intervention = Intervention.objects.select_related("portfolio").get(
        pk=intervention.pk
    )
    if not claimed:
        raise Conflict(current)
    return current


def _release(current: Intervention, version: int) -> Intervention:
    Intervention.objects.filter(pk=current.pk).update(version=version)
    current.version = version
    return current


def _require_in_sight(allowed: Access, countries: list[dict[str, Any]]) -> None:
    codes = {country["code"] for country in countries}
    if allowed.is_scoped and not codes & set(allowed.countries):
        raise OutOfSight


def _write(
    current: Intervention,
    by: User,
    fields: dict[str, Any],
    edited: list[str],
    action: str,
) -> None:
    """Store facts and put them on record, countries apart: they are records of their own."""
    names = [name for name in fields if name != "countries"]
    was = history.fields_of(current, [*names, "edited_fields"])
    for name in names:
        setattr(current, name, fields[name])
    current.edited_fields = edited
    current.save(update_fields=[*names, "edited_fields", "digest"])
    after = history.fields_of(current, [*names, "edited_fields"])
    if names or "countries" not in fields:
        _record(current, by, action, was, after)
        was, after = {}, {}
    if "countries" in fields:
        was["countries"] = facts_of(current)["countries"]
        set_countries(current, fields["countries"])
        after["countries"] = fields["countries"]
        _record(current, by, action, was, after)
    current.portfolio.touch()
    search.index([current.pk])


def _record(
    current: Intervention,
    by: User,
    action: str,
    before: dict[str, Any],
    after: dict[str, Any],
) -> None:
    history.record(
        by=by,
        action=f"interventions.{action}",
        about=current,
        portfolio=current.portfolio,
        before=before,
        after=after,
    )


def set_countries(intervention: Intervention, countries: list[dict[str, Any]]) -> None:
    """Put these countries in place of those that stand. Who calls this puts it on record."""
    intervention.countries.all().delete()
    InterventionCountry.objects.bulk_create(
        InterventionCountry(
            intervention=intervention,
            code=one["code"],
            percentage=one.get("percentage"),
        )
        for one in countries
    )


def corrected(intervention: Intervention) -> set[str]:
    """Return what people corrected, so that imports leave it alone: pairs as a whole."""
    return {
        one for name in intervention.edited_fields for one in _PAIRS.get(name, (name,))
    }


def _said_by_source(current: Intervention) -> dict[str, Any]:
    """Return the facts as they stood before people corrected them, from the history."""
    said: dict[str, Any] = {}
    changes = Change.objects.filter(
        record="intervention",
        record_id=current.pk,
        action__in=("interventions.correct", "interventions.give_back"),
    ).order_by("at", "pk")
    for change in changes:
        for name, value in (change.before or {}).items():
            if change.action == "interventions.give_back":
                said.pop(name, None)
            elif name in FACTS or name == "countries":
                said.setdefault(name, value)
    return {name: _stored(name, value) for name, value in said.items()}


def _stored(name: str, value: Any) -> Any:
    """Return a value of the history as its field holds it: dates are texts there."""
    if name == "countries":
        return value
    field = Intervention._meta.get_field(name)
    assert isinstance(field, models.Field)
    return field.to_python(value) if isinstance(field, models.DateField) else value
