"""How the columns of sheets are understood: by name, as last time, or as a person says."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import yaml

from capmap.records.actions import import_files
from capmap.records.models import ColumnMapping, Import, User
from capmap.sources.columns import NONE, field_names, plain
from capmap.sources.intake import SPREADSHEETS, Input
from capmap.sources.sheet_columns import SheetColumns, columns_of

#: Sheets beyond this are read, but their columns are not offered for correction.
_MOST_FILES = 50


def understood(
    imported: Import, found: list[Input]
) -> tuple[list[Input], dict[str, dict[str, Any]]]:
    """Give each spreadsheet its mapping, and tell what its columns are taken for.

    What a person said for this import goes before a mapping file beside the sheet, and
    that before what was said the last time for the same headings.
    """
    inputs: list[Input] = []
    columns: dict[str, dict[str, Any]] = {}
    for one in found:
        if one.kind in SPREADSHEETS and len(columns) < _MOST_FILES:
            one, told = _understood(imported, one)
            columns[one.name] = told
        inputs.append(one)
    return inputs, columns


def _understood(imported: Import, one: Input) -> tuple[Input, dict[str, Any]]:
    sheets = columns_of(one.path, one.kind)
    digest = heads_digest(sheets)
    said = _path(imported, one.name)
    by = "name"
    if said.exists():
        one, by = replace(one, mapping=said), "person"
    elif one.mapping is not None:
        by = "file"
    elif remembered := ColumnMapping.objects.filter(
        portfolio=imported.portfolio_id, heads_digest=digest
    ).first():
        _write(said, remembered.mapping)
        one, by = replace(one, mapping=said), "memory"
    if one.mapping is not None:
        sheets = columns_of(one.path, one.kind, one.mapping)
    return one, {"by": by, "digest": digest, "sheets": [asdict(s) for s in sheets]}


def heads_digest(sheets: Iterable[SheetColumns]) -> str:
    """Return by what the same headings are known again, whatever their order."""
    heads = sorted({plain(c.heading) for sheet in sheets for c in sheet.columns})
    return hashlib.sha256("\n".join(heads).encode()).hexdigest()


def say(imported: Import, name: str, fields: Mapping[str, str]) -> None:
    """Keep what a person says of the columns of one file: heading to field, "" for none."""
    known = set(field_names())
    mapping: dict[str, list[str]] = {}
    for heading, told in fields.items():
        mapping.setdefault(told if told in known else NONE, []).append(heading)
    _write(_path(imported, name), mapping)


def remember(imported: Import, by: User | None) -> None:
    """Keep what a person said of columns for the next time the same headings come."""
    for name, told in import_files.noted(imported, "columns", {}).items():
        if told["by"] == "person" and (path := _path(imported, name)).exists():
            mapping = yaml.safe_load(path.read_text(encoding="utf-8"))
            ColumnMapping.objects.update_or_create(
                portfolio=imported.portfolio,
                heads_digest=told["digest"],
                defaults={"mapping": mapping, "made_by": by},
            )


def _path(imported: Import, name: str) -> Path:
    number = hashlib.blake2b(name.encode(), digest_size=8).hexdigest()
    return import_files.folder_of(imported) / "mappings" / f"{number}.mapping.yaml"


def _write(path: Path, mapping: Mapping[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    text = yaml.safe_dump(dict(mapping), allow_unicode=True, sort_keys=False)
    path.write_text(text, encoding="utf-8")
