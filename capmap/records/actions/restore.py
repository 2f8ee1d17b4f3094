"""Bring a record back to how it was before a change. That is a change too, on record."""

from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction

from capmap.records import search
from capmap.records.actions import history
from capmap.records.actions.interventions import set_countries
from capmap.records.actions.people import lock_administrators
from capmap.records.models import Change, Intervention, User
from capmap.records.permissions import access, can_manage_people, require
from capmap.records.queries.intervention import FACTS, facts_of
from capmap.records.queries.people import administrators

#: What can be brought back, and which of its fields. Others have an undo of their own
#: (imports, readings) or do not change. None: every stored field.
RESTORABLE: dict[str, set[str] | None] = {
    "portfolio": {"title", "description", "population"},
    "intervention": None,
    "coding": {"status", "decided_by_id", "decided_at", "doubtful", "spans"},
    "verdict": None,
    "comment": None,
    "ownexample": None,
    "savedview": None,
    "termchange": None,
    "membership": None,
    "user": {"name", "language", "uses_keys", "is_active"},
}

#: What is gone again when the change that made it is taken back.
_REMOVABLE = {"verdict", "comment", "ownexample", "savedview", "membership"}

#: What only those who manage people may bring back.
OF_PEOPLE = {"membership", "user"}

#: What tables, map and search depend on.
_MAPPED = {"intervention", "coding", "verdict", "termchange"}


class Refused(Exception):
    """A change cannot be taken back; ``reason`` is a key of ``site_history.yaml``."""

    def __init__(self, reason: str, **values: object) -> None:
        super().__init__(reason)
        self.reason = reason
        self.values = values


@dataclass(frozen=True, slots=True)
class Difference:
    """A field that someone changed after the change that is to be taken back."""

    name: str
    was_left: Any  # as the change left it
    is_now: Any
    would_be: Any


class ChangedSince(Exception):
    """The record has changed since: a person must see how before it is overwritten."""

    def __init__(self, differences: list[Difference]) -> None:
        super().__init__("changed since")
        self.differences = differences

    @property
    def seen(self) -> dict[str, Any]:
        """Return what a person who was shown the differences has seen."""
        return {one.name: one.is_now for one in self.differences}


def is_restorable(change: Change) -> bool:
    """Whether a change is of a kind that can be taken back."""
    if change.record not in RESTORABLE:
        return False
    if change.before is None:
        return change.record in _REMOVABLE
    fields = {field.attname for field in _model(change)._meta.concrete_fields}
    if change.record == "intervention":
        fields.add("countries")
    allowed = RESTORABLE[change.record] or fields
    if change.after is None:
        return not change.before.keys() - fields
    others: set[str] = change.before.keys() - (fields & allowed)
    return bool(change.before) and not others


def may_restore(change: Change, user: User) -> bool:
    """Whether a person may take a change back."""
    if change.record in OF_PEOPLE or change.portfolio is None:
        return can_manage_people(user)
    allowed = access(user, change.portfolio)
    return allowed is not None and allowed.can_audit


@transaction.atomic
def restore(*, change: Change, by: User, seen: dict[str, Any] | None = None) -> Change:
    """Set a record back to how it was before ``change``; make it again if it is gone.

    Where someone changed it since, ``ChangedSince`` tells how; what a person has ``seen``
    of that is overwritten when they ask again.
    """
    require(may_restore(change, by))
    if not is_restorable(change):
        raise Refused("not_restorable")
    if change.record in OF_PEOPLE:
        lock_administrators()
    record = (
        _model(change)
        ._default_manager.select_for_update()
        .filter(pk=change.record_id)
        .first()
    )
    try:
        with transaction.atomic():
            if change.before is None:
                written = _remove(change, record, by)
            elif record is None:
                written = _make_again(change, by)
            else:
                written = _set_back(change, record, by, seen or {})
    except ValidationError as error:
        raise Refused("breaks_a_rule", rule=" ".join(error.messages)) from None
    except (IntegrityError, models.ProtectedError) as error:
        raise Refused("breaks_a_rule", rule=str(error).splitlines()[0]) from None
    if change.record in OF_PEOPLE and not administrators().exists():
        raise Refused("last_administrator")
    _tell_the_tables(change)
    return written


def _model(change: Change) -> type[models.Model]:
    return apps.get_model("records", change.record)


def _written(
    change: Change,
    record: models.Model,
    by: User,
    before: dict[str, Any] | None,
    after: dict[str, Any] | None,
) -> Change:
    return history.record(
        by=by,
        action="restore.restore",
        about=record,
        portfolio=change.portfolio,
        before=before,
        after=after,
        restores=change,
    )


def _remove(change: Change, record: models.Model | None, by: User) -> Change:
    if record is None:
        raise Refused("already_so")
    written = _written(change, record, by, history.fields_of(record), None)
    record.delete()
    return written


def _make_again(change: Change, by: User) -> Change:
    if change.after is not None:
        raise Refused("record_is_gone")
    kept = {
        n: v for n, v in (change.before or {}).items() if n not in ("id", "countries")
    }
    record = _model(change)(pk=change.record_id, **kept)
    record.full_clean()
    record.save(force_insert=True)
    return _written(change, record, by, None, history.fields_of(record))


def _set_back(
    change: Change, record: models.Model, by: User, seen: dict[str, Any]
) -> Change:
    if change.after is None:
        raise Refused("already_so")
    wanted: dict[str, Any] = change.before or {}
    now = _as_it_stands(record, list(wanted))
    if now == wanted:
        raise Refused("already_so")
    differences = [
        Difference(name, change.after.get(name), now[name], wanted[name])
        for name in wanted
        if now[name] not in (change.after.get(name), wanted[name])
    ]
    if any(one.name not in seen or seen[one.name] != one.is_now for one in differences):
        raise ChangedSince(differences)
    if isinstance(record, Intervention):
        wanted = _kept_at_imports(record, wanted)
        now = _as_it_stands(record, list(wanted))
    _write(record, wanted)
    return _written(change, record, by, now, _as_it_stands(record, list(wanted)))


def _as_it_stands(record: models.Model, names: list[str]) -> dict[str, Any]:
    own = [name for name in names if _has(record, name)]
    values = history.fields_of(record, own)
    if isinstance(record, Intervention) and "countries" in names:
        values["countries"] = facts_of(record)["countries"]
    return {name: values[name] for name in names}


def _has(record: models.Model, name: str) -> bool:
    return any(field.attname == name for field in record._meta.concrete_fields)


def _kept_at_imports(record: Intervention, wanted: dict[str, Any]) -> dict[str, Any]:
    """Add that a person decided these facts, unless the change tells so itself."""
    if "edited_fields" in wanted:
        return wanted
    facts = {"countries", *FACTS} & wanted.keys()
    return wanted | {"edited_fields": sorted({*record.edited_fields, *facts})}


def _write(record: models.Model, wanted: dict[str, Any]) -> None:
    for name in wanted:
        if _has(record, name):
            setattr(record, name, wanted[name])
    others = [f.name for f in record._meta.concrete_fields if f.attname not in wanted]
    record.clean_fields(exclude=others)
    record.validate_unique()
    record.validate_constraints()
    if isinstance(record, Intervention):
        record.version += 1
    record.save()
    if isinstance(record, Intervention) and "countries" in wanted:
        set_countries(record, wanted["countries"])


def _tell_the_tables(change: Change) -> None:
    if change.portfolio is None or change.record not in _MAPPED:
        return
    change.portfolio.touch()
    if change.record == "intervention":
        search.index([change.record_id])
