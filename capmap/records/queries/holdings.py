"""What a portfolio holds: the figures that stand beside every map and on the overview."""

from dataclasses import dataclass

import polars as pl

from capmap.analysis.coverage import intervention_budgets
from capmap.analysis.facets import counted_interventions, counted_passages, places
from capmap.records.permissions import Access
from capmap.records.queries import snapshot
from capmap.records.queries.snapshot import Snapshot
from capmap.tables import ALL, NONE, LazyPortfolio

#: Codes kept of a facet that the source says, the most frequent.
MOST = 300

_SCHEMA = {
    "what": pl.String,
    "code": pl.String,
    "count": pl.Int64,
    "amount": pl.Float64,
}


@dataclass(frozen=True, slots=True)
class Holdings:
    """Counts of one revision, as far as one person sees it."""

    table: pl.DataFrame

    def count(self, what: str) -> int:
        """Return one figure: interventions, documents, passages, capacity_passages."""
        found = self.table.filter((pl.col("what") == what) & (pl.col("code") == ALL))
        return int(found["count"].sum())

    def by(self, what: str) -> list[tuple[str, int]]:
        """Return codes with their counts, the most frequent first: language, country ..."""
        found = self.table.filter((pl.col("what") == what) & (pl.col("code") != ALL))
        return list(found.select("code", "count").iter_rows())

    def budgets(self) -> list[tuple[str, float, int]]:
        """Return (currency, amount, interventions that state it), the largest count first."""
        found = self.table.filter(pl.col("what") == "currency")
        return list(found.select("code", "amount", "count").iter_rows())


def holdings_of(access: Access, shot: Snapshot | None = None) -> Holdings:
    """Return what the portfolio holds, as far as the person sees it."""
    shot = shot or snapshot.current(access.portfolio)
    countries = tuple(sorted(access.countries))
    table = shot.answer(
        {"about": "holdings", "countries": countries},
        lambda: _work_out(shot.tables(countries)),
    )
    return Holdings(table)


def _work_out(tables: LazyPortfolio) -> pl.DataFrame:
    passages = counted_passages(tables.interventions, tables.codings).collect()
    figures = {
        "interventions": counted_interventions(tables.interventions),
        "documents": _height(tables.interventions.filter(pl.col("kind") == "document")),
        "passages": _height(tables.passages),
        "capacity_passages": passages.height,
        "capacity_interventions": passages["counted_as"].drop_nulls().n_unique(),
        "set_aside": _height(tables.set_aside),
    }
    parts = [
        pl.DataFrame(
            [(what, ALL, count, None) for what, count in figures.items()],
            schema=_SCHEMA,
            orient="row",
        ),
        _by("language", tables.passages.select(code="language")),
        _by("coder", tables.codings.select("passage_id", code="coder").unique()),
        _currencies(tables),
    ]
    for facet in ("country", "region", "sector", "organisation", "kind", "year"):
        where = places(facet, passages.lazy(), tables.interventions, tables.codings)
        parts.append(_by(facet, where.filter(pl.col("code") != NONE).select("code")))
    return pl.concat(parts)


def _height(table: pl.LazyFrame) -> int:
    return int(table.select(pl.len()).collect().item())


def _by(what: str, codes: pl.LazyFrame) -> pl.DataFrame:
    return (
        codes.group_by("code")
        .agg(pl.len().cast(pl.Int64).alias("count"))
        .sort(["count", "code"], descending=[True, False])
        .head(MOST)
        .select(
            pl.lit(what).alias("what"),
            pl.col("code").fill_null(NONE),
            "count",
            pl.lit(None, pl.Float64).alias("amount"),
        )
        .collect()
    )


def _currencies(tables: LazyPortfolio) -> pl.DataFrame:
    """Sum the budgets by currency, each budget once; currencies are never added up."""
    return (
        intervention_budgets(tables.interventions)
        .group_by("currency")
        .agg(pl.len().cast(pl.Int64).alias("count"), pl.col("amount").sum())
        .sort(["count", "currency"], descending=[True, False])
        .select(
            pl.lit("currency").alias("what"),
            pl.col("currency").fill_null(NONE).alias("code"),
            "count",
            "amount",
        )
    )
