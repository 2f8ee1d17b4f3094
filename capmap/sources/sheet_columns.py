"""What the columns of a spreadsheet were taken for, to show it and to correct it."""

from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from capmap.sources.columns import header, plain, read_mapping
from capmap.sources.remarks import Remarks
from capmap.sources.sheets import opened
from capmap.sources.spreadsheet import HEADER_ROWS, cell_text

_EXAMPLES = 3
_MOST_COLUMNS = 200


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """A column: its heading, the field it was taken for ("" for none), some values."""

    heading: str
    field: str
    examples: list[str]


@dataclass(frozen=True, slots=True)
class SheetColumns:
    """A sheet with its columns; not ``is_recognised``, its headings are a guess."""

    name: str
    is_recognised: bool
    columns: list[SheetColumn]


def columns_of(
    path: Path, kind: str, mapping: Path | None = None
) -> list[SheetColumns]:
    """Return the sheets of a spreadsheet with what each column was taken for.

    A file that cannot be opened has none: reading it says why.
    """
    remarks = Remarks(path.name)
    fields = read_mapping(mapping, remarks) if mapping else {}
    found = []
    try:
        with opened(path, kind, remarks) as sheets:
            for sheet in sheets:
                rows = [
                    (number, [cell_text(cell) for cell in cells[:_MOST_COLUMNS]])
                    for number, cells in islice(sheet.rows, HEADER_ROWS)
                ]
                if rows:
                    found.append(_columns(sheet.name, rows, fields))
    except Exception:
        # Parsers of others meet hostile input here, as in intake.read, which tells of it.
        return []
    return found


def _columns(
    name: str, rows: list[tuple[int, list[str]]], mapping: dict[str, str]
) -> SheetColumns:
    told = header(rows, mapping)
    if told is not None:
        at, columns = told
        headings, fields = columns.headings, columns.fields
    else:
        # The fullest of the first rows is the likeliest to hold the headings.
        at = max(range(len(rows)), key=lambda n: sum(map(bool, rows[n][1])))
        headings = rows[at][1]
        fields = [""] * len(headings)
    below = [cells for _, cells in rows[at + 1 :]]
    return SheetColumns(
        name,
        told is not None,
        [
            SheetColumn(heading, fields[number], _examples(below, number))
            for number, heading in enumerate(headings)
            if plain(heading)
        ],
    )


def _examples(rows: list[list[str]], column: int) -> list[str]:
    values = (cells[column][:120] for cells in rows if column < len(cells))
    return list(dict.fromkeys(value for value in values if value))[:_EXAMPLES]
