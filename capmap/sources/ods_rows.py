"""Rows of an ODS spreadsheet, streamed from its XML."""

import zipfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from lxml import etree

from capmap.sources.dates import iso_date
from capmap.sources.remarks import Remarks

_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"

#: Cells of a row that are read; empty ones are repeated to the edge of the sheet.
_MOST_COLUMNS = 1_000
_MOST_REPEATED_ROWS = 10_000

Value = str | float | date | None
Rows = Iterator[tuple[int, list[Value]]]


def ods_sheets(path: Path, remarks: Remarks) -> Iterator[tuple[str, Rows, bool]]:
    """Yield (name, rows, whether hidden) of each sheet. Rows must be read in order."""
    with zipfile.ZipFile(path) as package, package.open("content.xml") as content:
        events = etree.iterparse(
            content,
            events=("start", "end"),
            tag=(f"{_TABLE}table", f"{_TABLE}table-row", f"{_STYLE}style"),
            resolve_entities=False,
            load_dtd=False,
            no_network=True,
            huge_tree=False,
            remove_comments=True,
        )
        hidden_styles: set[str] = set()
        for event, element in events:
            if event == "end" and element.tag == f"{_STYLE}style":
                if any(p.get(f"{_TABLE}display") == "false" for p in element):
                    hidden_styles.add(element.get(f"{_STYLE}name") or "")
            elif event == "start" and element.tag == f"{_TABLE}table":
                name = element.get(f"{_TABLE}name") or ""
                is_hidden = element.get(f"{_TABLE}style-name") in hidden_styles
                rows = _rows(events, name, remarks)
                yield name, rows, is_hidden
                for _ in rows:  # whatever was not read of it, to come to the next
                    pass


def _rows(events: "etree.iterparse", name: str, remarks: Remarks) -> Rows:
    number = 1
    carried: dict[int, tuple[int, Value]] = {}  # column -> (rows left, value)
    for event, element in events:
        if event == "end" and element.tag == f"{_TABLE}table":
            element.clear()
            return
        if event == "start" or element.tag != f"{_TABLE}table-row":
            continue
        repeated = _number(element, "number-rows-repeated")
        cells = _cells(element, carried, f"sheet {name}, row {number}", remarks)
        if any(cell is not None for cell in cells):
            for again in range(min(repeated, _MOST_REPEATED_ROWS)):
                yield number + again, list(cells)
        number += repeated
        element.clear()
        while element.getprevious() is not None:
            del element.getparent()[0]


def _cells(
    row: etree._Element,
    carried: dict[int, tuple[int, Value]],
    place: str,
    remarks: Remarks,
) -> list[Value]:
    cells: list[Value] = []
    for cell in row:
        is_covered = cell.tag == f"{_TABLE}covered-table-cell"
        if not is_covered and cell.tag != f"{_TABLE}table-cell":
            continue
        repeated = min(
            _number(cell, "number-columns-repeated"), _MOST_COLUMNS - len(cells)
        )
        value = None if is_covered else _value(cell, place, remarks)
        wide = _number(cell, "number-columns-spanned")
        high = _number(cell, "number-rows-spanned")
        for _ in range(repeated):
            column = len(cells)
            if is_covered:
                left, above = carried.get(column, (0, None))
                cells.append(above if left > 0 else None)
                if left > 0:
                    carried[column] = (left - 1, above)
                continue
            cells.append(value)
            for beside in range(column, min(column + wide, _MOST_COLUMNS)):
                # In its own row the cells beside are covered as well.
                left = high - 1 if beside == column else high
                if left > 0 and value is not None and (wide > 1 or high > 1):
                    carried[beside] = (left, value)
        if len(cells) >= _MOST_COLUMNS:
            break
    while cells and cells[-1] is None:
        cells.pop()
    return cells


def _value(cell: etree._Element, place: str, remarks: Remarks) -> Value:
    kind = cell.get(f"{_OFFICE}value-type")
    shown = "\n".join(_words(p) for p in cell.iterchildren(f"{_TEXT}p")).strip()
    if kind in ("float", "currency", "percentage"):
        try:
            return float(cell.get(f"{_OFFICE}value") or "")
        except ValueError:
            return shown or None
    if kind == "date":
        return iso_date(cell.get(f"{_OFFICE}date-value") or "") or shown or None
    if kind is None and cell.get(f"{_TABLE}formula") and not shown:
        remarks.add("formula_without_value", place)
    if shown.startswith(
        ("#REF!", "#N/A", "#DIV/0!", "#VALUE!", "#NAME?", "Err:")
    ) and cell.get(f"{_TABLE}formula"):
        remarks.add("cell_error", place, value=shown[:20])
        return None
    return shown or None


def _words(paragraph: etree._Element) -> str:
    """Return the text of a paragraph; runs of spaces and line breaks are elements."""
    parts = []
    for node in paragraph.iter():
        if node.tag == f"{_TEXT}line-break":
            parts.append("\n")
        elif node.tag in (f"{_TEXT}s", f"{_TEXT}tab"):
            parts.append(" ")
        elif node.text:
            parts.append(node.text)
        if node is not paragraph and node.tail:
            parts.append(node.tail)
    return "".join(parts)


def _number(element: etree._Element, name: str) -> int:
    said = element.get(f"{_TABLE}{name}") or "1"
    return max(1, int(said)) if said.isdigit() and len(said) < 9 else 1
