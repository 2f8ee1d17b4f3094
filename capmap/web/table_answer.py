"""A table of the library as a file: CSV, or a workbook of one sheet."""

import polars as pl
from django.http import Http404, HttpResponse

from capmap.web.csv_answer import csv_answer
from capmap.web.xlsx_answer import xlsx_answer

_ANSWERS = {"csv": csv_answer, "xlsx": xlsx_answer}


def answer(table: pl.DataFrame, name: str, form: str) -> HttpResponse:
    """Answer with a table as ``form``, csv or xlsx; any other is not found.

    Columns keep their names, so that a script reads the file in every language.
    """
    if form not in _ANSWERS:
        raise Http404
    lists = [head for head, kind in table.schema.items() if isinstance(kind, pl.List)]
    flat = table.with_columns(
        pl.col(head).cast(pl.List(pl.String)).list.join("; ") for head in lists
    )
    return _ANSWERS[form](name, flat.columns, flat.iter_rows())
