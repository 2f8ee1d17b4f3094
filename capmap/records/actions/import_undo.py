"""Take an import back: what it added goes out of sight, what it changed is set back.

Nothing is deleted: what people decided on what goes stays with it, and comes back with
it if the same is imported again.
"""

import time
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from capmap.records import search
from capmap.records.actions import history
from capmap.records.actions.counting import recount
from capmap.records.actions.import_passages import set_back
from capmap.records.actions.interventions import corrected, set_countries
from capmap.records.models import (
    Import,
    ImportedChange,
    Intervention,
    Job,
    User,
)
from capmap.records.queries import snapshot
from capmap.records.tasks import Progress, Refused

_BATCH = 200
_PAUSE = 0.005
_DATES = ("starts_on", "ends_on")


def undo_import(job: Job, progress: Progress) -> dict[str, Any]:
    """Undo an import that was brought in; a job of the worker."""
    imported = Import.objects.get(pk=job.about["import"])
    if imported.state != Import.State.DONE:
        raise Refused("state")
    if later_than(imported) is not None:
        raise Refused("later")
    return take_back(imported, progress, by=job.asked_by)


def later_than(imported: Import) -> Import | None:
    """Return a later import that changed the same interventions and still stands."""
    if imported.loaded_at is None:
        return None
    later = (
        ImportedChange.objects.filter(
            intervention__in=imported.changes.values("intervention"),
            arrived_with__state=Import.State.DONE,
            arrived_with__loaded_at__gt=imported.loaded_at,
        )
        .select_related("arrived_with")
        .order_by("-arrived_with__loaded_at")
        .first()
    )
    return later.arrived_with if later else None


def take_back(
    imported: Import, progress: Progress, by: User | None = None
) -> dict[str, Any]:
    """Undo all that ``imported`` did so far, in short transactions.

    What was done is on record in its ``changes``; doing this twice does no harm.
    """
    stayed: dict[str, list[str]] = {}
    changed = imported.changes.filter(kind="changed").order_by("pk")
    total = changed.count()
    numbers = list(changed.values_list("pk", flat=True))
    for start in range(0, total, _BATCH):
        progress("undoing", start, total, "")
        with transaction.atomic():
            part = numbers[start : start + _BATCH]
            for change in ImportedChange.objects.filter(pk__in=part).select_related(
                "intervention"
            ):
                kept = _set_back(change, imported, by)
                if kept:
                    stayed[change.intervention.identifier] = kept
        time.sleep(_PAUSE)
    _finish(imported, by)
    index_touched(imported, progress)
    return {"stayed": stayed}


def index_touched(imported: Import, progress: Progress) -> None:
    """Index anew what an import touched, in short transactions."""
    touched = list(imported.changes.values_list("intervention_id", flat=True))
    for start in range(0, len(touched), _BATCH):
        progress("tables", start, len(touched), "")
        with transaction.atomic():
            search.index(touched[start : start + _BATCH])
        time.sleep(_PAUSE)


def _set_back(change: ImportedChange, imported: Import, by: User | None) -> list[str]:
    """Set one intervention back; return the fields that a person has edited since."""
    intervention, before = change.intervention, change.before
    edited = corrected(intervention)
    fields = {k: v for k, v in before.get("fields", {}).items() if k not in edited}
    if "countries" in fields:
        set_countries(intervention, fields.pop("countries"))
    for name, value in fields.items():
        if name in _DATES and value:
            value = date.fromisoformat(value)
        setattr(intervention, name, value)
    intervention.version += 1
    intervention.save(update_fields=[*fields, "version"])
    set_back(before, imported)
    if by is not None:
        history.record(
            by=by,
            action="imports.undo",
            about=intervention,
            portfolio=imported.portfolio,
            before={k: v for k, v in before.get("after", {}).items() if k != "digest"},
            after={k: v for k, v in before.get("fields", {}).items() if k != "digest"},
        )
    return sorted(name for name in before.get("fields", {}) if name in edited)


@transaction.atomic
def _finish(imported: Import, by: User | None) -> None:
    new = imported.changes.filter(kind="new").values("intervention")
    Intervention.objects.filter(pk__in=new).update(is_current=False)
    recount(imported.portfolio)
    imported.portfolio.touch()
    snapshot.refresh_after(imported.portfolio)
    if imported.state != Import.State.DONE:
        return
    imported.state, imported.undone_by = Import.State.UNDONE, by
    imported.undone_at = timezone.now()
    imported.save(update_fields=["state", "undone_by", "undone_at"])
    history.record(
        by=by,
        action="imports.undo",
        about=imported,
        portfolio=imported.portfolio,
        before={"state": "done"},
        after={"state": "undone"},
    )
