"""Imports as their pages tell them: the list, the preview, the report, what an undo costs."""

from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.db.models import Count, QuerySet

from capmap.pipeline.provenance import set_aside_table
from capmap.records.actions import import_files
from capmap.records.actions.import_rows import Incoming, read_heads
from capmap.records.models import (
    Coding,
    Comment,
    Import,
    Intervention,
    Passage,
    Portfolio,
    Reading,
    SetAsideRecord,
    SourceFile,
    Verdict,
)
from capmap.sources.activity import SetAside

#: What no reader asks for: a hash.
_HIDDEN = {"digest"}


def imports_of(portfolio: Portfolio) -> QuerySet[Import]:
    """Return the imports of a portfolio, the latest first."""
    return Import.objects.filter(portfolio=portfolio).select_related(
        "job", "started_by"
    )


@dataclass(frozen=True, slots=True)
class FileRow:
    """A file of an import, with how many remarks were made on it."""

    file: SourceFile
    remarks: int


def files_of(imported: Import) -> list[FileRow]:
    """Return what was read, each file with the number of remarks on it."""
    remarks = dict(
        imported.set_aside.values_list("source").annotate(Count("pk")).order_by()
    )
    return [
        FileRow(file, remarks.get(file.name, 0))
        for file in imported.files.order_by("name")
    ]


def set_aside_of(
    imported: Import, language: str, most: int | None = None
) -> list[dict[str, Any]]:
    """Return what was set aside with reason and remedy; whole files first."""
    order = {"file": 0, "intervention": 1, "value": 2}
    rows: list[SetAsideRecord] = sorted(
        imported.set_aside.order_by("pk"), key=lambda row: order.get(row.scope, 3)
    )
    found = [
        SetAside(row.source, row.problem, row.place, row.scope, row.values)
        for row in rows[:most]
    ]
    return list(set_aside_table(found, language).iter_rows(named=True))


@dataclass(frozen=True, slots=True)
class Compared:
    """An intervention that waits to be brought in: is it new, changed or the same?"""

    incoming: Incoming
    verdict: str


def first_of(imported: Import, most: int) -> list[Compared]:
    """Return the first interventions of an import that was read and not brought in."""
    folder = import_files.tables_of(imported)
    if not (folder / "interventions.parquet").is_file():
        return []
    first = list(islice(read_heads(folder), most))
    here = dict(
        Intervention.objects.current()
        .filter(
            portfolio=imported.portfolio_id,
            identifier__in=[one.identifier for one in first],
        )
        .values_list("identifier", "digest")
    )

    def verdict(one: Incoming) -> str:
        if one.identifier not in here:
            return "new"
        return "same" if here[one.identifier] == one.fields["digest"] else "changed"

    return [Compared(one, verdict(one)) for one in first]


def columns_of(imported: Import) -> dict[str, dict[str, Any]]:
    """Return what the columns of each spreadsheet were taken for, by file."""
    found: dict[str, dict[str, Any]] = import_files.noted(imported, "columns", {})
    return found


def new_of(imported: Import) -> QuerySet[Intervention]:
    """Return the interventions that came in with an import."""
    found: QuerySet[Intervention] = Intervention.objects.filter(
        pk__in=imported.changes.filter(kind="new").values("intervention")
    ).order_by("pk")
    return found.prefetch_related("countries")


@dataclass(frozen=True, slots=True)
class ChangedRow:
    """An intervention that an import changed, field by field."""

    intervention: Intervention
    fields: list[tuple[str, Any, Any]]  # name, before, after
    added: int = 0  # passages
    gone: int = 0


def changed_of(imported: Import, most: int | None = None) -> list[ChangedRow]:
    """Return what an import changed, with the fields as they were and as they became."""
    changes = imported.changes.filter(kind="changed").select_related("intervention")
    return [_row(one.intervention, one.before) for one in changes.order_by("pk")[:most]]


def _row(intervention: Intervention, noted: dict[str, Any]) -> ChangedRow:
    after = noted.get("after", {})
    fields = [
        (name, before, after.get(name))
        for name, before in noted.get("fields", {}).items()
        if name not in _HIDDEN
    ]
    added, gone = len(noted.get("added", [])), noted.get("gone", 0)
    return ChangedRow(intervention, fields, added, gone)


@dataclass(frozen=True, slots=True)
class AtStake:
    """What people did on what an undo takes out of sight."""

    leaving: int
    by_kind: dict[str, int] = field(default_factory=dict)

    @property
    def is_anything(self) -> bool:
        return any(self.by_kind.values())


def at_stake(imported: Import) -> AtStake:
    """Count the decisions of people on what would leave with an undo."""
    new = imported.changes.filter(kind="new").values("intervention")
    added = [
        pk
        for change in imported.changes.filter(kind="changed").only("before")
        for pk in change.before.get("added", [])
    ]
    passages = Passage.objects.filter(intervention__in=new)
    more = Passage.objects.filter(pk__in=added)

    def count(model: Any, name: str) -> int:
        found = model.objects.filter(**{f"{name}__in": passages.values("pk")}).count()
        return int(found + model.objects.filter(**{f"{name}__in": more}).count())

    decided = Coding.objects.exclude(status=Coding.Status.SUGGESTED)
    return AtStake(
        leaving=new.count(),
        by_kind={
            "codings": decided.filter(passage__in=passages.values("pk")).count()
            + decided.filter(passage__in=more.values("pk")).count(),
            "readings": count(Reading, "passage"),
            "verdicts": Verdict.objects.filter(intervention__in=new).count(),
            "comments": Comment.objects.filter(intervention__in=new).count(),
            "edits": Intervention.objects.filter(pk__in=new)
            .exclude(edited_fields=[])
            .count(),
        },
    )
