"""A table of the library as a file: CSV, or a workbook of one sheet."""

from datetime import date
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
import xlsxwriter
from django.http import Http404, HttpResponse

from capmap.pipeline.publish import safe_csv

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def answer(table: pl.DataFrame, name: str, form: str) -> HttpResponse:
    """Answer with a table as ``form``, csv or xlsx; any other is not found.

    Columns keep their names, so that a script reads the file in every language; no text
    acts as a formula.
    """
    if form == "csv":
        found = HttpResponse(_csv(table), content_type="text/csv; charset=utf-8")
    elif form == "xlsx":
        found = HttpResponse(_xlsx(table), content_type=_XLSX)
    else:
        raise Http404
    found["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
    found["X-Content-Type-Options"] = "nosniff"
    return found


def _csv(table: pl.DataFrame) -> bytes:
    lists = [name for name, kind in table.schema.items() if isinstance(kind, pl.List)]
    flat = table.with_columns(
        pl.col(name).cast(pl.List(pl.String)).list.join("; ") for name in lists
    )
    with TemporaryDirectory() as folder:
        path = Path(folder) / "table.csv"
        safe_csv(flat.lazy(), path)
        return path.read_bytes()


def _xlsx(table: pl.DataFrame) -> bytes:
    made = BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
    }
    with xlsxwriter.Workbook(made, options) as book:
        sheet = book.add_worksheet()
        head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True})
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.freeze_panes(1, 0)
        for column, name in enumerate(table.columns):
            text = table.schema[name] == pl.String
            sheet.set_column(column, column, 28 if text else 12)
            sheet.write_string(0, column, name, head)
        for number, row in enumerate(table.iter_rows(), start=1):
            for column, value in enumerate(row):
                if isinstance(value, bool | int | float):
                    sheet.write(number, column, value)
                elif isinstance(value, date):
                    sheet.write_datetime(number, column, value, day)
                elif value is not None:
                    said = "; ".join(value) if isinstance(value, list) else str(value)
                    sheet.write_string(number, column, said[:32_767])
        sheet.autofilter(0, 0, table.height, len(table.columns) - 1)
    return made.getvalue()
