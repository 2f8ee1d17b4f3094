"""Rows of spreadsheets, streamed, whatever the format: XLSX, XLS, ODS, CSV."""

import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import IO, Any, cast

import openpyxl
import python_calamine
from lxml import etree
from openpyxl.utils.exceptions import InvalidFileException

from capmap.sources.csv_rows import csv_rows
from capmap.sources.ods_rows import ods_sheets
from capmap.sources.remarks import Remarks

Value = str | float | date | None
Row = tuple[int, list[Value]]

#: Rows of one sheet that are read; XLSX and ODS have no more, CSV is not held to it.
MOST_ROWS = 1_048_576
#: Texts of a workbook are held in memory while its rows are streamed.
LARGEST_TEXTS_MEGABYTES = 256

_ERRORS = ("#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!")
_MERGED = re.compile(
    rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"'
)
_EMPTY_FORMULA = re.compile(
    rb'<(?:\w+:)?c\s[^>]*?r="([A-Z]{1,3}\d{1,7})"[^>]*>\s*'
    rb"<(?:\w+:)?f(?:\s[^>]*)?(?:/>|>[^<]*</(?:\w+:)?f>)\s*(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)


#: What the libraries raise in a damaged workbook: whatever they stumble over.
_DAMAGE = (
    InvalidFileException, python_calamine.CalamineError, zipfile.BadZipFile, zlib.error,
    etree.XMLSyntaxError, SyntaxError, EOFError, KeyError, IndexError, ValueError,
    TypeError, AttributeError, NotImplementedError,
)  # fmt: skip


class WorkbookError(Exception):
    """A workbook cannot be read: a key of set_aside.yaml, and its values."""

    def __init__(self, problem: str, **values: str) -> None:
        super().__init__(problem)
        self.problem, self.values_told = problem, values


@dataclass(slots=True)
class Merged:
    """Ranges of merged cells, as (first row, last row, first column, last column)."""

    ranges: list[tuple[int, int, int, int]] = field(default_factory=list)

    def filled(self, rows: Iterator[Row]) -> Iterator[Row]:
        """Carry the value of the first cell of each range over to the others."""
        waiting = sorted(self.ranges, reverse=True)
        active: list[tuple[int, int, int, Value]] = []
        for number, cells in rows:
            active = [one for one in active if one[0] >= number]
            while waiting and waiting[-1][0] <= number:
                first, last, left, right = waiting.pop()
                if first == number and left < len(cells):
                    active.append((last, left, right, cells[left]))
            for _, left, right, value in active:
                cells.extend([None] * (right + 1 - len(cells)))
                for column in range(left, right + 1):
                    cells[column] = value if cells[column] is None else cells[column]
            yield number, cells


@dataclass(slots=True)
class Sheet:
    """A sheet with its rows in order; numbers count from 1 as the programme shows them."""

    name: str
    rows: Iterator[Row]
    is_hidden: bool = False


@contextmanager
def opened(path: Path, kind: str, remarks: Remarks) -> Iterator[Iterator[Sheet]]:
    """Open a spreadsheet of a kind (xlsx, xls, ods, csv); give its sheets in order."""
    try:
        if kind == "csv":
            yield iter([Sheet("", csv_rows(path, remarks))])
        elif kind == "ods":
            sheets = ods_sheets(path, remarks)
            yield (Sheet(name, rows, is_hidden) for name, rows, is_hidden in sheets)
        elif kind == "xls":
            yield _xls_sheets(path)
        else:
            with path.open("rb") as file:
                yield _xlsx_sheets(file, remarks)
    except python_calamine.PasswordError as error:
        raise WorkbookError("file_password") from error
    except _DAMAGE as error:
        told = f"{type(error).__name__}: {error}"[:120]
        raise WorkbookError("sheet_damaged", error=told) from error


def _xlsx_sheets(file: IO[bytes], remarks: Remarks) -> Iterator[Sheet]:
    with zipfile.ZipFile(file) as package:
        texts = package.NameToInfo.get("xl/sharedStrings.xml")
        size = texts.file_size >> 20 if texts else 0
        if size > LARGEST_TEXTS_MEGABYTES:
            limit = str(LARGEST_TEXTS_MEGABYTES)
            raise WorkbookError("file_too_large", size=str(size), limit=limit)
        book = openpyxl.load_workbook(
            file, read_only=True, data_only=True, keep_links=False
        )
        for sheet in book.worksheets:
            # What the file says of its own size may be wrong, or a trap.
            sheet.reset_dimensions()
            # Where the rows stand in the package is not part of the public interface.
            part = str(cast("Any", sheet)._worksheet_path)
            merged, empty = _scanned(package, part)
            where = f"sheet {sheet.title}, " if len(book.worksheets) > 1 else ""
            for cell in empty:
                remarks.add("formula_without_value", f"{where}cell {cell}")
            rows = merged.filled(_xlsx_rows(sheet, remarks, where))
            yield Sheet(sheet.title, rows, sheet.sheet_state != "visible")


def _xlsx_rows(sheet: Any, remarks: Remarks, where: str) -> Iterator[Row]:
    for number, cells in enumerate(sheet.iter_rows(values_only=True), start=1):
        if any(cell is not None for cell in cells):
            yield (
                number,
                [_value(cell, remarks, f"{where}row {number}") for cell in cells],
            )


def _scanned(package: zipfile.ZipFile, part: str) -> tuple[Merged, list[str]]:
    """Find merged cells and formulas without value, which a stream of rows lacks.

    Both are found in the bytes, block by block; the blocks overlap, so that nothing at
    their borders is missed.
    """
    merged, empty = Merged(), dict[str, None]()
    with package.open(part.lstrip("/")) as stream:
        tail = b""
        while block := stream.read(1 << 20):
            content = tail + block
            for found in _EMPTY_FORMULA.finditer(content):
                empty[found[1].decode()] = None
            for left, top, right, bottom in _MERGED.findall(content):
                box = (int(top), int(bottom), _column(left), _column(right))
                if len(merged.ranges) < 100_000 and box not in merged.ranges[-50:]:
                    merged.ranges.append(box)
            tail = content[-4096:]
    return merged, list(empty)


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1


def _xls_sheets(path: Path) -> Iterator[Sheet]:
    with python_calamine.load_workbook(str(path)) as book:
        for told in book.sheets_metadata:
            if told.typ != python_calamine.SheetTypeEnum.WorkSheet:
                continue
            sheet = book.get_sheet_by_name(told.name)
            merged = Merged([
                (top + 1, bottom + 1, left, right)
                for (top, left), (bottom, right) in sheet.merged_cell_ranges or []
            ])  # fmt: skip
            visible = told.visible == python_calamine.SheetVisibleEnum.Visible
            yield Sheet(told.name, merged.filled(_xls_rows(sheet)), not visible)


def _xls_rows(sheet: python_calamine.CalamineSheet) -> Iterator[Row]:
    for number, cells in enumerate(sheet.to_python(skip_empty_area=False), start=1):
        values = [None if cell == "" else _plain_value(cell) for cell in cells]
        if any(value is not None for value in values):
            yield number, values


def _value(cell: Any, remarks: Remarks, place: str) -> Value:
    """Return what a cell shows; an error shown is a remark, and nothing."""
    if cell in _ERRORS:
        remarks.add("cell_error", place, value=str(cell))
        return None
    return _plain_value(cell)


def _plain_value(cell: Any) -> Value:
    if cell is None or isinstance(cell, str):
        return cell or None
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    if isinstance(cell, bool):
        return str(cell)
    if isinstance(cell, int | float):
        return float(cell)
    if isinstance(cell, time | timedelta):
        return str(cell)
    return str(cell)
