"""The records of a portfolio as the tables of ``capmap.tables``.

What counts: current interventions and passages; codings that no person rejected. Where
several coders gave a code, each has its row, as in the library.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import polars as pl
from django.db import connection
from django.db.models import IntegerField, TextField
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, Coalesce, Substr

from capmap.records.models import (
    Coding,
    Intervention,
    InterventionCountry,
    Passage,
    Portfolio,
    SetAsideRecord,
)
from capmap.tables import CODINGS, INTERVENTIONS, PASSAGES, SET_ASIDE, Schema, empty
from capmap.tables import Portfolio as Tables

#: Rows taken from the database at a time: memory stays bounded, and so does a frame.
CHUNK = 50_000


def tables_of(portfolio: Portfolio) -> Tables:
    """Return the tables of a portfolio as it stands now."""
    return Tables(
        interventions=interventions(portfolio),
        passages=passages(portfolio),
        codings=codings(portfolio),
        set_aside=set_aside(portfolio),
    )


def interventions(portfolio: Portfolio) -> pl.DataFrame:
    """Return the interventions of a portfolio, as in ``tables.INTERVENTIONS``."""
    countries: dict[int, list[tuple[str, float | None]]] = {}
    for pk, code, percentage in (
        InterventionCountry.objects.filter(
            intervention__portfolio=portfolio, intervention__is_current=True
        )
        .order_by("pk")
        .values_list("intervention_id", "code", "percentage")
        .iterator(CHUNK)
    ):
        countries.setdefault(pk, []).append((code, percentage))
    names = (
        "pk", "identifier", "counted_as", "title", "kind", "source", "place", "language",
        "status", "starts_on", "ends_on", "regions", "sectors", "organisations", "parents",
        "budget_amount", "budget_currency",
    )  # fmt: skip
    rows = (
        Intervention.objects.current()
        .filter(portfolio=portfolio)
        .order_by("pk")
        .values_list(*names)
    )

    def in_order(row: tuple[Any, ...]) -> tuple[Any, ...]:
        pk, *said = row
        where = [
            {"code": code, "percentage": part} for code, part in countries.get(pk, ())
        ]
        return (*said[:10], where, *said[10:15], said[15] or None)

    return _frame((in_order(row) for row in rows.iterator(CHUNK)), INTERVENTIONS)


def passages(portfolio: Portfolio) -> pl.DataFrame:
    """Return the passages of a portfolio, as in ``tables.PASSAGES``.

    ``passage_id`` is the number of the record, as text: unique, and the same as long as
    the passage is.
    """
    return _joined(passage_chunks(portfolio), PASSAGES)


def codings(portfolio: Portfolio) -> pl.DataFrame:
    """Return the codings that count, as in ``tables.CODINGS``."""
    return _joined(coding_chunks(portfolio), CODINGS)


def passage_chunks(portfolio: Portfolio) -> Iterator[pl.DataFrame]:
    """Yield the passages of a portfolio, so that memory stays bounded."""
    rows = (
        Passage.objects.current()
        .filter(intervention__is_current=True, intervention__portfolio=portfolio)
        .order_by("intervention_id", "position")
        .values_list(
            "pk", "intervention__identifier", "position", "kind", "place", "language",
            "context", "text",
        )
    )  # fmt: skip
    for chunk in _chunks(rows):
        yield pl.DataFrame(
            chunk, schema={**PASSAGES, "passage_id": pl.Int64}, orient="row"
        ).cast(pl.Schema(PASSAGES))


#: Codings as they come from the database: numbers as keys, spans as JSON.
_RAW_CODINGS: Schema = {
    **CODINGS,
    "passage_id": pl.Int64,
    "doubtful": pl.Int64,
    "quote": pl.String,
    "spans": pl.String,
}


def coding_chunks(portfolio: Portfolio) -> Iterator[pl.DataFrame]:
    """Yield the codings that count, so that memory stays bounded."""
    first_start = KT("spans__0__0")
    first_end = KT("spans__0__1")
    start = Coalesce(Cast(first_start, IntegerField()), 0)
    end = Coalesce(Cast(first_end, IntegerField()), 0)
    rows = (
        Coding.objects.counted()
        .filter(
            passage__is_current=True,
            passage__intervention__is_current=True,
            passage__intervention__portfolio=portfolio,
        )
        .order_by("passage_id", "pk")
        .annotate(
            said=Substr("passage__text", start + 1, end - start),
            places=Cast("spans", TextField()),
            doubt=Cast("doubtful", IntegerField()),
        )
        .values_list(
            "passage_id", "passage__intervention__identifier", "facet", "code",
            "confidence", "doubt", "coder__name", "basis", "because", "said", "places",
        )
    )  # fmt: skip
    span = pl.struct(
        pl.element().list.get(0).alias("start"), pl.element().list.get(1).alias("end")
    )
    for chunk in _chunks(rows):
        yield (
            pl.DataFrame(chunk, schema=_RAW_CODINGS, orient="row")
            .with_columns(
                pl.col("spans")
                .str.json_decode(pl.List(pl.List(pl.Int32)))
                .list.eval(span),
                pl.col("doubtful") == 1,
            )
            .cast(pl.Schema(CODINGS))
        )


def set_aside(portfolio: Portfolio, language: str = "en") -> pl.DataFrame:
    """Return what imports that stand did not read, as in ``tables.SET_ASIDE``."""
    from capmap.pipeline.provenance import set_aside_table
    from capmap.sources.activity import SetAside

    rows = SetAsideRecord.objects.filter(
        arrived_with__portfolio=portfolio, arrived_with__state="done"
    ).order_by("pk")
    found = [
        SetAside(row.source, row.problem, row.place, row.scope, row.values)
        for row in rows
    ]
    return set_aside_table(found, language) if found else empty(SET_ASIDE)


def _chunks(rows: Any) -> Iterator[list[Any]]:
    """Yield rows of a query as they come from the database, without Django's converters:
    for millions of rows these take longer than all the rest."""
    statement, values = rows.query.sql_with_params()
    with connection.chunked_cursor() as cursor:
        cursor.execute(statement, values)
        while chunk := cursor.fetchmany(CHUNK):
            yield chunk


def _joined(chunks: Iterator[pl.DataFrame], schema: Schema) -> pl.DataFrame:
    frames = list(chunks)
    return pl.concat(frames) if frames else empty(schema)


def _frame(rows: Iterable[Sequence[Any]], schema: Schema) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=schema, orient="row")
