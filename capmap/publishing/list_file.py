"""A plain list as a workbook: one sheet, a frozen head, every text a text."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import xlsxwriter

#: What Excel holds: characters in a cell, rows of a sheet.
_CHARACTERS = 32_767
_ROWS = 1_048_575
_WIDTH = 28


def write_list(
    path: Path, heads: Sequence[str], rows: Iterable[Sequence[object]]
) -> None:
    """Write rows below their heads. No text becomes a formula, a link or a number."""
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    bold = book.add_format({"bold": True, "bottom": 1, "text_wrap": True})
    plain = book.add_format({"text_wrap": True, "valign": "top"})
    sheet = book.add_worksheet()
    sheet.set_column(0, max(0, len(heads) - 1), _WIDTH, plain)
    sheet.freeze_panes(1, 0)
    for column, head in enumerate(heads):
        sheet.write_string(0, column, head, bold)
    for number, row in enumerate(rows, start=1):
        if number > _ROWS:
            break
        for column, value in enumerate(row):
            if isinstance(value, int | float) and not isinstance(value, bool):
                sheet.write_number(number, column, value)
            elif value is not None:
                sheet.write_string(number, column, str(value)[:_CHARACTERS])
    sheet.autofilter(0, 0, 0, max(0, len(heads) - 1))
    book.close()
