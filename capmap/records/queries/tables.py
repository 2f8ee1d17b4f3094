"""The records of a portfolio as the tables of ``capmap.tables``.

What counts: current interventions and passages; codings that no person rejected. Where
several coders gave a code, each has its row, as in the library.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import polars as pl
from django.db.models import QuerySet

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
    rows = _current_passages(portfolio).values_list(
        "pk", "intervention__identifier", "position", "kind", "place", "language",
        "context", "text",
    )  # fmt: skip
    return _frame(((str(row[0]), *row[1:]) for row in rows.iterator(CHUNK)), PASSAGES)


def codings(portfolio: Portfolio) -> pl.DataFrame:
    """Return the codings that count, as in ``tables.CODINGS``."""
    rows = (
        Coding.objects.counted()
        .filter(
            passage__is_current=True,
            passage__intervention__is_current=True,
            passage__intervention__portfolio=portfolio,
        )
        .order_by("passage_id", "pk")
        .values_list(
            "passage_id", "passage__intervention__identifier", "facet", "code",
            "confidence", "doubtful", "coder__name", "basis", "because", "passage__text",
            "spans",
        )
    )  # fmt: skip

    def in_order(row: tuple[Any, ...]) -> tuple[Any, ...]:
        *start, text, spans = row
        quote = text[spans[0][0] : spans[0][1]] if spans else ""
        places = [{"start": a, "end": b} for a, b in spans]
        return (str(start[0]), *start[1:], quote, places)

    return _frame((in_order(row) for row in rows.iterator(CHUNK)), CODINGS)


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


def _current_passages(portfolio: Portfolio) -> QuerySet[Passage]:
    found: QuerySet[Passage] = (
        Passage.objects.current()
        .filter(intervention__is_current=True, intervention__portfolio=portfolio)
        .order_by("intervention_id", "position")
    )
    return found


def _frame(rows: Iterable[Sequence[Any]], schema: Schema) -> pl.DataFrame:
    frames = []
    chunk: list[Sequence[Any]] = []
    for row in rows:
        chunk.append(row)
        if len(chunk) == CHUNK:
            frames.append(pl.DataFrame(chunk, schema=schema, orient="row"))
            chunk = []
    if chunk or not frames:
        frames.append(pl.DataFrame(chunk, schema=schema, orient="row"))
    return pl.concat(frames)
