"""A list as a CSV file that a spreadsheet may open, sent as it is read."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import cast

import polars as pl
from django.http import HttpResponse, StreamingHttpResponse
from django.utils.translation import get_language, override

from capmap.pipeline.publish import harmless

_ROWS_AT_ONCE = 2000


def csv_answer(
    name: str, heads: Sequence[str], rows: Iterable[Sequence[object]]
) -> HttpResponse:
    """Answer with rows of text under their heads; no text acts as a formula."""
    answer = StreamingHttpResponse(
        _parts(heads, iter(rows), get_language()),
        content_type="text/csv; charset=utf-8",
    )
    answer["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    answer["X-Content-Type-Options"] = "nosniff"
    # Views are typed by the answer that most of them give.
    return cast("HttpResponse", answer)


def _parts(
    heads: Sequence[str], rows: Iterator[Sequence[object]], language: str | None
) -> Iterator[bytes]:
    """Rows are made while the answer leaves, when the request's language is no more."""
    schema = dict.fromkeys(heads, pl.String)
    yield pl.DataFrame(schema=schema).write_csv(include_bom=True).encode()
    while True:
        with override(language):
            part = list(islice(rows, _ROWS_AT_ONCE))
            texts = [["" if v is None else str(v) for v in row] for row in part]
        if not texts:
            return
        table = pl.LazyFrame(texts, schema=schema, orient="row")
        yield harmless(table).collect().write_csv(include_header=False).encode()
