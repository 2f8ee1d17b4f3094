"""Read and code the files of an import, and compare what they say with what is there."""

import shutil
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.db import transaction

from capmap.pipeline.merge import merge
from capmap.pipeline.parts import Done, Task, code_task
from capmap.pipeline.rows import PART_INTERVENTIONS
from capmap.pipeline.run import split
from capmap.records.actions import history, import_columns, import_files
from capmap.records.actions.import_rows import read_heads
from capmap.records.models import (
    Import,
    Intervention,
    Job,
    SetAsideRecord,
    SourceFile,
)
from capmap.records.queries.codebook import coder_of
from capmap.records.tasks import Progress, Refused
from capmap.sources.activity import SetAside
from capmap.sources.intake import Input, inputs

_BATCH = 500


def read_import(job: Job, progress: Progress) -> dict[str, Any]:
    """Read what ``job.about["paths"]`` names; a job of the worker.

    ``root`` is the folder below which names are told.
    """
    imported = Import.objects.get(pk=job.about["import"])
    if imported.state != Import.State.READING:
        raise Refused("state")
    try:
        counts = _read(imported, job.about, progress)
    except BaseException:
        Import.objects.filter(pk=imported.pk).update(state=Import.State.FAILED)
        import_files.clear(imported)
        raise
    return counts


def _read(
    imported: Import, about: dict[str, Any], progress: Progress
) -> dict[str, Any]:
    progress("reading", 0, 0, "")
    folder = import_files.folder_of(imported)
    parts, tables = folder / "parts", import_files.tables_of(imported)
    for fresh in (parts, tables):
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(parents=True)
    found: list[Input] = []
    set_aside: list[SetAside] = []
    for one in _named(about, folder / "unpacked"):
        (set_aside if isinstance(one, SetAside) else found).append(one)  # type: ignore[arg-type]
    found, columns = import_columns.understood(imported, found)
    done = _code(imported, found, parts, progress)
    set_aside += [remark for one in done for remark in one.set_aside]
    progress("joining", 0, 1, "")
    set_aside += merge(parts, tables, PART_INTERVENTIONS)
    shutil.rmtree(parts)
    progress("comparing", 0, 1, "")
    counts = {
        **compare(imported, tables),
        "passages": sum(one.passages for one in done),
        "set_aside": len(set_aside),
    }
    import_files.note(imported, "columns", columns)
    _keep(imported, found, done, set_aside, counts)
    shutil.rmtree(folder / "unpacked", ignore_errors=True)
    return counts


def _named(about: dict[str, Any], unpack_to: Path) -> Iterator[Input | SetAside]:
    """Yield the inputs under the names that their owner knows."""
    shutil.rmtree(unpack_to, ignore_errors=True)
    prefix = f"{Path(about['root']).as_posix()}/"
    for found in inputs([Path(path) for path in about["paths"]], unpack_to):
        if isinstance(found, SetAside):
            yield replace(found, source=found.source.removeprefix(prefix))
        else:
            yield replace(found, name=found.name.removeprefix(prefix))


def _code(
    imported: Import, found: list[Input], parts: Path, progress: Progress
) -> list[Done]:
    coder = coder_of(imported.portfolio)
    tasks = list(split(found, jobs=2))  # a large file in pieces: progress shows
    total = sum(task.size for task in tasks)
    done: list[Done] = []
    reached = 0
    progress("reading", 0, total, "")
    for task in tasks:
        progress("reading", reached, total, task.input.name)
        done.append(
            code_task(task, parts, coder, _alive(progress, reached, total, task))
        )
        reached += task.size
    progress("reading", total, total, "")
    return done


def _alive(progress: Progress, reached: int, total: int, task: Task) -> Any:
    """Say while a file is read that the worker is at it."""

    def told(interventions: int) -> None:
        progress("reading", reached, total, f"{task.input.name} ({interventions})")

    return told


def compare(imported: Import, tables: Path) -> dict[str, int]:
    """Count what is new, changed and the same beside what the portfolio holds."""
    here = {
        identifier: digest if is_current else None
        for identifier, digest, is_current in Intervention.objects.filter(
            portfolio=imported.portfolio_id
        ).values_list("identifier", "digest", "is_current")
    }
    counts = Counter(new=0, changed=0, same=0)
    for one in read_heads(tables):
        known = here.get(one.identifier)
        if known is None:
            counts["new"] += 1
        else:
            counts["same" if known == one.fields["digest"] else "changed"] += 1
    return {**counts, "interventions": counts.total()}


@transaction.atomic
def _keep(
    imported: Import,
    found: list[Input],
    done: list[Done],
    set_aside: list[SetAside],
    counts: dict[str, Any],
) -> None:
    told: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for one in done:
        told[one.task.input.name].update(
            interventions=one.interventions, passages=one.passages
        )
    imported.files.all().delete()
    imported.set_aside.all().delete()
    by_name = {one.name: one for one in found}
    SourceFile.objects.bulk_create(
        (
            SourceFile(
                arrived_with=imported, name=name, kind=one.kind, size=one.size,
                sha256=one.sha256, **told[name],
            )
            for name, one in by_name.items()
        ),
        batch_size=_BATCH,
    )  # fmt: skip
    SetAsideRecord.objects.bulk_create(
        (
            SetAsideRecord(
                arrived_with=imported, source=_storable(remark.source),
                place=_storable(remark.place), scope=remark.scope,
                problem=remark.problem,
                values={k: _storable(v) for k, v in remark.values.items()},
            )
            for remark in set_aside
        ),
        batch_size=_BATCH,
    )  # fmt: skip
    imported.state, imported.counts = Import.State.READY, counts
    imported.save(update_fields=["state", "counts"])
    history.record(
        by=imported.started_by,
        action="imports.read",
        about=imported,
        portfolio=imported.portfolio,
        after=counts,
    )


def _storable(text: str) -> str:
    """Replace what a database does not store: nought, and halves of characters."""
    return str(text).replace("\0", "\ufffd").encode("utf-8", "replace").decode("utf-8")
