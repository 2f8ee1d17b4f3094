"""Bring what was read into the portfolio: new, changed and unchanged interventions.

The work is done in short transactions, so that others can write meanwhile. What is new
stays out of sight until all of it is there; if the job breaks, what it did is taken back.
"""

import time
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from django.db import transaction
from django.utils import timezone

from capmap.records.actions import history, import_files, import_undo
from capmap.records.actions.counting import recount
from capmap.records.actions.import_passages import Coders, Kept, create, update
from capmap.records.actions.import_rows import FIELDS, Incoming, read_incoming
from capmap.records.actions.interventions import corrected
from capmap.records.models import (
    Import,
    ImportedChange,
    Intervention,
    InterventionCountry,
    Job,
    SourceFile,
)
from capmap.records.queries import snapshot
from capmap.records.tasks import Progress, Refused

#: What one transaction brings in, at most: others wait for it to end.
_INTERVENTIONS = 500
_PASSAGES = 1_500
_BATCH = 500

#: Seconds between two transactions, in which others get their turn to write.
_PAUSE = 0.005


def load_import(job: Job, progress: Progress) -> dict[str, Any]:
    """Bring in an import that waits for it; a job of the worker."""
    imported = Import.objects.get(pk=job.about["import"])
    if imported.state != Import.State.LOADING:
        raise Refused("state")
    try:
        counts = _load(imported, progress)
    except BaseException:
        give_up(imported, progress)
        raise
    import_files.clear(imported)
    return counts


def give_up(imported: Import, progress: Progress) -> None:
    """Take back what was brought in so far, and mark the import failed."""
    imported.state, imported.loaded_at = Import.State.LOADING, None
    imported.save(update_fields=["state", "loaded_at"])
    import_undo.take_back(imported, progress)
    imported.changes.all().delete()
    imported.state = Import.State.FAILED
    imported.save(update_fields=["state"])
    import_files.clear(imported)
    history.record(
        by=None,
        action="imports.fail",
        about=imported,
        portfolio=imported.portfolio,
        before={"state": Import.State.LOADING},
        after={"state": Import.State.FAILED},
    )


def _load(imported: Import, progress: Progress) -> dict[str, Any]:
    total = imported.counts.get("interventions", 0)
    files = {file.name: file for file in imported.files.all()}
    coders, counts, done = Coders(), Counter[str](), 0
    progress("loading", 0, total, "")
    for chunk in _chunks(read_incoming(import_files.tables_of(imported))):
        with transaction.atomic():
            counts += _bring_in(chunk, imported, files, coders)
        done += len(chunk)
        progress("loading", done, total, "")
        time.sleep(_PAUSE)
    told = {name: counts[name] for name in _COUNTED}
    finish(imported, {**imported.counts, **told})
    import_undo.index_touched(imported, progress)
    return told


_COUNTED = ("new", "changed", "same", "passages_new", "passages_gone", "codings")


def _chunks(incoming: Iterable[Incoming]) -> Iterator[list[Incoming]]:
    chunk: list[Incoming] = []
    passages = 0
    for one in incoming:
        chunk.append(one)
        passages += len(one.passages)
        if len(chunk) >= _INTERVENTIONS or passages >= _PASSAGES:
            yield chunk
            chunk, passages = [], 0
    if chunk:
        yield chunk


def _bring_in(
    chunk: list[Incoming],
    imported: Import,
    files: dict[str, SourceFile],
    coders: Coders,
) -> Counter[str]:
    here = {
        one.identifier: one
        for one in Intervention.objects.select_for_update().filter(
            portfolio=imported.portfolio_id,
            identifier__in=[i.identifier for i in chunk],
        )
    }
    unknown = [one for one in chunk if one.identifier not in here]
    known = [(here[i.identifier], i) for i in chunk if i.identifier in here]
    touched = [
        (intervention, incoming)
        for intervention, incoming in known
        if not intervention.is_current
        or intervention.digest != incoming.fields["digest"]
    ]
    counts = Counter(same=len(known) - len(touched))
    counts += _add(unknown, imported, files, coders)
    counts += _change(touched, imported, files, coders)
    return counts


def _add(
    new: list[Incoming], imported: Import, files: dict[str, SourceFile], coders: Coders
) -> Counter[str]:
    made = Intervention.objects.bulk_create(
        [
            Intervention(
                portfolio_id=imported.portfolio_id, identifier=one.identifier,
                counted_as=one.identifier, arrived_with=imported, is_current=False,
                **one.fields,
            )
            for one in new
        ],
        batch_size=_BATCH,
    )  # fmt: skip
    pairs = list(zip(made, new, strict=True))
    _write_countries(pairs)
    passages, codings = create(
        [(intervention, p) for intervention, one in pairs for p in one.passages],
        files,
        coders,
    )
    _note(imported, [(intervention, "new", {}) for intervention in made])
    return Counter(new=len(made), passages_new=len(passages), codings=codings)


def _write_countries(pairs: list[tuple[Intervention, Incoming]]) -> None:
    InterventionCountry.objects.bulk_create(
        [
            InterventionCountry(intervention=intervention, code=code, percentage=part)
            for intervention, one in pairs
            for code, part in one.countries
        ],
        batch_size=_BATCH,
    )


def _change(
    pairs: list[tuple[Intervention, Incoming]],
    imported: Import,
    files: dict[str, SourceFile],
    coders: Coders,
) -> Counter[str]:
    if not pairs:
        return Counter()
    where = countries_of([intervention for intervention, _ in pairs])
    notes: list[tuple[Intervention, str, dict[str, Any]]] = []
    moved: list[tuple[Intervention, Incoming]] = []
    for intervention, incoming in pairs:
        before, after = _set_fields(intervention, incoming)
        was = where.get(intervention.pk, [])
        comes = [{"code": c, "percentage": part} for c, part in incoming.countries]
        if "countries" not in intervention.edited_fields and was != comes:
            before["countries"], after["countries"] = was, comes
            moved.append((intervention, incoming))
        kind = "changed" if intervention.is_current else "new"
        intervention.version += 1
        notes.append((intervention, kind, {"fields": before, "after": after}))
    Intervention.objects.bulk_update(
        [one for one, _ in pairs], [*FIELDS, "version"], batch_size=_BATCH
    )
    InterventionCountry.objects.filter(
        intervention__in=[intervention.pk for intervention, _ in moved]
    ).delete()
    _write_countries(moved)
    kept, codings = update(pairs, imported, files, coders)
    for intervention, _, before in notes:
        before.update(kept[intervention.pk].as_values())
    _note(imported, notes)
    _record_changes(imported, notes)
    return _counted(notes, kept, codings)


def _counted(
    notes: list[tuple[Intervention, str, dict[str, Any]]],
    kept: dict[int, Kept],
    codings: int,
) -> Counter[str]:
    return Counter(
        new=sum(kind == "new" for _, kind, _ in notes),
        changed=sum(kind == "changed" for _, kind, _ in notes),
        passages_new=sum(len(one.added) for one in kept.values()),
        passages_gone=sum(one.gone for one in kept.values()),
        codings=codings,
    )


def _set_fields(
    intervention: Intervention, incoming: Incoming
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Set what no person corrected; return the fields as they were, and as they are."""
    before, after = {}, {}
    for name in settable(intervention):
        was, comes = getattr(intervention, name), incoming.fields[name]
        if was != comes:
            before[name], after[name] = plain(was), plain(comes)
            setattr(intervention, name, comes)
    return before, after


def settable(intervention: Intervention) -> list[str]:
    """Return the fields that an import may set; amount and currency go together."""
    edited = corrected(intervention)
    return [name for name in FIELDS if name not in edited]


def plain(value: Any) -> Any:
    """Return a value as it stands in JSON: dates as text."""
    return value.isoformat() if hasattr(value, "isoformat") else value


def countries_of(
    interventions: list[Intervention],
) -> dict[int, list[dict[str, Any]]]:
    """Return the countries of interventions, each with its per cent, in their order."""
    found: dict[int, list[dict[str, Any]]] = {}
    for owner, code, percentage in (
        InterventionCountry.objects.filter(intervention__in=interventions)
        .order_by("pk")
        .values_list("intervention_id", "code", "percentage")
    ):
        entry = {"code": code, "percentage": percentage}
        found.setdefault(owner, []).append(entry)
    return found


def _note(
    imported: Import, notes: list[tuple[Intervention, str, dict[str, Any]]]
) -> None:
    ImportedChange.objects.bulk_create(
        [
            ImportedChange(
                arrived_with=imported,
                intervention=intervention,
                kind=kind,
                before=before,
            )
            for intervention, kind, before in notes
        ],
        batch_size=_BATCH,
    )


def _record_changes(
    imported: Import, notes: list[tuple[Intervention, str, dict[str, Any]]]
) -> None:
    """Put on record what changed; what is new is on record with the import itself."""
    hidden = {"digest"}
    for intervention, kind, note in notes:
        if kind == "changed":
            history.record(
                by=imported.started_by,
                action="imports.load",
                about=intervention,
                portfolio=imported.portfolio,
                before={k: v for k, v in note["fields"].items() if k not in hidden},
                after={k: v for k, v in note["after"].items() if k not in hidden},
            )


@transaction.atomic
def finish(imported: Import, counts: dict[str, Any]) -> None:
    """Let all that is new be seen at once, and say that the import is done."""
    new = imported.changes.filter(kind="new").values("intervention")
    Intervention.objects.filter(pk__in=new).update(is_current=True)
    recount(imported.portfolio)
    imported.state, imported.counts = Import.State.DONE, counts
    imported.loaded_at = timezone.now()
    imported.save(update_fields=["state", "counts", "loaded_at"])
    imported.portfolio.touch()
    snapshot.refresh_after(imported.portfolio)
    history.record(
        by=imported.started_by,
        action="imports.load",
        about=imported,
        portfolio=imported.portfolio,
        after=counts,
    )
