"""What is done in each country of a portfolio, and in one of them."""

from dataclasses import dataclass
from typing import Any

import polars as pl

from capmap.analysis.countries import countries
from capmap.analysis.coverage import budgets, coverage
from capmap.analysis.findings import codes_in_order
from capmap.analysis.integration import integration
from capmap.records.models import Intervention
from capmap.records.permissions import Access
from capmap.records.queries import findings
from capmap.records.queries.codebook import codebook_of, framework_of
from capmap.records.queries.findings import Look
from capmap.tables import ALL, NONE

#: Interventions listed on the page of a country; the rest stands in the list of all.
LISTED = 100


def table(seen: Look) -> pl.DataFrame:
    """Return one row a country that the person sees, as ``tables.COUNTRIES``."""
    return findings.answer(
        seen, "countries", lambda t: countries(t.interventions, t.codings)
    ).filter(_seen(seen, "country"))


def money(seen: Look) -> dict[str, list[tuple[str, float]]]:
    """Return the budgets behind each country: currency and amount, never added up."""
    found = findings.answer(
        seen,
        "country budgets",
        lambda t: budgets(t.interventions, t.codings, "country", "level"),
    ).filter((pl.col("column") == ALL) & (pl.col("row") != NONE))
    amounts: dict[str, list[tuple[str, float]]] = {}
    for row in found.iter_rows(named=True):
        amounts.setdefault(row["row"], []).append((row["currency"], row["amount"]))
    return amounts


def _seen(seen: Look, column: str) -> pl.Expr:
    if not seen.access.countries:
        return pl.lit(True)
    return pl.col(column).is_in(list(seen.access.countries))


@dataclass(frozen=True, slots=True)
class Country:
    """One country: its figures, levels by outcome, and what others do and it does not."""

    figures: dict[str, Any]
    outcomes: pl.DataFrame  # tables.INTEGRATION by outcome
    absent: pl.DataFrame  # outcomes found elsewhere: code, interventions
    alerts: pl.DataFrame
    sequences: pl.DataFrame
    languages: list[tuple[str, int]]


def country(seen: Look, code: str) -> Country | None:
    """Return what is done in a country; None if the portfolio has nothing there."""
    figures = table(seen).filter(pl.col("country") == code)
    if figures.is_empty():
        return None
    inside = seen.shot.tables((code,))
    outcomes = findings.answer(
        seen,
        f"outcomes of {code}",
        lambda _: integration(inside.interventions, inside.codings, "outcome"),
    )
    languages = findings.answer(
        seen,
        f"languages of {code}",
        lambda _: (
            inside.passages.group_by("language")
            .agg(pl.len().cast(pl.Int64).alias("passages"))
            .sort("passages", descending=True)
            .collect()
        ),
    )
    return Country(
        figures=figures.row(0, named=True),
        outcomes=outcomes,
        absent=_elsewhere(seen, outcomes),
        alerts=findings.alerts(seen).filter(pl.col("country") == code),
        sequences=findings.sequences(seen).filter(pl.col("country") == code),
        languages=list(languages.iter_rows()),
    )


def _elsewhere(seen: Look, here: pl.DataFrame) -> pl.DataFrame:
    """Return the outcomes that the portfolio has and the country has not."""
    book, framework = (
        codebook_of(seen.access.portfolio),
        framework_of(seen.access.portfolio),
    )
    every = findings.answer(
        seen,
        "outcomes by level",
        lambda t: coverage(
            t.interventions, t.codings, "outcome", "level",
            row_codes=codes_in_order("outcome", framework, book),
        ),
    )  # fmt: skip
    return (
        every.filter(
            (pl.col("column") == ALL)
            & ~pl.col("row").is_in([ALL, NONE])
            & (pl.col("passages") > 0)
            & ~pl.col("row").is_in(here["unit"].to_list())
        )
        .select(code="row", interventions="interventions", passages="passages")
        .sort("interventions", "passages", descending=True)
    )


def interventions_in(access: Access, code: str) -> list[Intervention]:
    """List the interventions in a country, the newest first, as many as are listed."""
    return list(
        access.interventions()
        .filter(countries__code=code)
        .exclude(kind="document")
        .order_by("-starts_on", "pk")
        .distinct()[:LISTED]
    )
