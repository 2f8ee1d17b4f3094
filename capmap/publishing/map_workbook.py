"""A map as a workbook of one sheet: counts on steps of colour, with their margins."""

from collections.abc import Sequence
from pathlib import Path

import polars as pl
from xlsxwriter.worksheet import Worksheet

from capmap.frameworks.codebook import Codebook
from capmap.publishing.map_model import MapModel
from capmap.publishing.xlsx_book import INK, MUTED, RULE, SUNK, WARM, Book, Column

#: The steps of the page, light to dark; on the last three the number is white.
SHADES = ("#DFEAF3", "#BCD4E7", "#8FB6D5", "#4378A6", "#27567F", "#0D2F50")

_HEADS, _BODY = 3, 4

_SHARES = (
    ("code", 22), ("label", 34), ("numerator", 10, "whole"), ("denominator", 8, "whole"),
    ("value", 10, "fine_share"), ("estimate", 12, "fine_share"),
    ("low", 12, "fine_share"), ("high", 12, "fine_share"),
    ("interval_confidence", 12, "share"), ("readings", 12, "whole"), ("method", 70),
)  # fmt: skip

#: Columns whose heading has another key.
_NAMES = {"interval_confidence": "confidence"}


def write_map_workbook(
    path: Path,
    model: MapModel,
    codebook: Codebook,
    *,
    title: str,
    unit: str,
    notes: Sequence[str],
    shares: pl.DataFrame,
) -> None:
    """Write a map. ``unit`` names what the margins count; ``notes`` stand beneath.

    ``shares``: of each column the coder's count and what people who read found, on a
    sheet of its own, with the columns of ``_SHARES``.
    """
    book = Book(path, codebook, model.names.language)
    sheet = book.sheet("map")
    sheet.write_string(0, 0, title, book.format(bold=True, font_size=14))
    sheet.set_column(0, 0, 6)
    sheet.set_column(1, 1, 38)
    sheet.set_column(2, len(model.heads) + 1, 9)
    sheet.set_column(len(model.heads) + 2, len(model.heads) + 2, 14)
    _write_heads(book, sheet, model, unit)
    last = _write_lines(book, sheet, model)
    for place, note in enumerate(notes):
        look = book.format(font_color=MUTED, font_size=9)
        sheet.write_string(last + 2 + place, 0, note, look)
    sheet.freeze_panes(_BODY, 2)
    columns = [Column(*column) for column in _SHARES]
    names = [_NAMES.get(column.heading, column.heading) for column in columns]
    book.list(book.sheet("shares"), columns, shares.select(names).iter_rows(), frozen=2)
    book.workbook.close()


def _write_heads(book: Book, sheet: Worksheet, model: MapModel, unit: str) -> None:
    look = {"bold": True, "text_wrap": True, "valign": "bottom", "bottom": 1}
    sheet.set_row(_HEADS, 60)
    sheet.write_string(2, 2, model.names.label(model.columns), book.format(bold=True))
    sheet.write_string(
        _HEADS, 1, model.names.label(model.rows), book.format(**look, bg_color=SUNK)
    )
    for place, head in enumerate(model.heads, start=2):
        ink = WARM if head.nowhere else INK
        shown = book.format(**look, bg_color=SUNK, align="center", font_color=ink)
        sheet.write_string(_HEADS, place, head.named.short, shown)
    sheet.write_string(
        _HEADS,
        len(model.heads) + 2,
        unit,
        book.format(**look, bg_color=SUNK, align="right"),
    )


def _write_lines(book: Book, sheet: Worksheet, model: MapModel) -> int:
    number = _number_format(model.measure)
    total = {"bold": True, "num_format": _number_format(model.unit), "align": "right"}
    row = _BODY
    for line in model.lines:
        book.write(sheet, row, 0, line.named.number, book.format(font_color=MUTED))
        book.write(sheet, row, 1, line.named.label, book.format())
        for place, cell in enumerate(line.cells, start=2):
            look = {"num_format": number, "align": "center", "border": 1}
            look["border_color"] = RULE
            if cell.kind.startswith("q"):
                step = int(cell.kind[1])
                look["bg_color"] = SHADES[step - 1]
                look["font_color"] = "#FFFFFF" if step > 3 else INK
            if cell.doubtful:
                look["italic"] = True
            value = cell.value if cell.passages else None
            if cell.kind == "told":
                value = None
            book.write(sheet, row, place, value, book.format(**look))
        book.write(
            sheet, row, len(model.heads) + 2, _margin(line.count, model.unit),
            book.format(**total),
        )  # fmt: skip
        row += 1
    for place, head in enumerate(model.heads, start=2):
        look = {**total, "align": "center", "top": 1}
        value = _margin(head.count, model.unit)
        book.write(sheet, row, place, value, book.format(**look))
    book.write(
        sheet,
        row,
        1,
        book.page_words.say("all_rows_short"),
        book.format(bold=True, top=1),
    )
    book.write(
        sheet, row, len(model.heads) + 2, _margin(model.whole, model.unit),
        book.format(**total, top=1),
    )  # fmt: skip
    return row


def _margin(count: object, unit: str) -> float:
    if unit.startswith("budget:"):
        return getattr(count, "amount", None) or 0.0
    return int(getattr(count, unit))


def _number_format(measure: str) -> str:
    return "0%" if measure == "share" else "#,##0"
