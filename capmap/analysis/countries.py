"""What is done in each country: interventions, levels that meet, outcomes."""

import polars as pl

from capmap.analysis.facets import Frame, counted_passages, places
from capmap.analysis.integration import integration
from capmap.tables import COUNTRIES, NONE


def countries(interventions: Frame, codings: Frame) -> pl.DataFrame:
    """Return one row a country, as in ``tables.COUNTRIES``.

    An intervention in two countries counts in both; countries without capacity
    development stand too, with zeros.
    """
    named = (
        interventions.lazy()
        .filter(pl.col("kind") != "document")
        .select(
            "counted_as",
            country=pl.col("countries").list.eval(pl.element().struct.field("code")),
        )
        .explode("country")
        .drop_nulls("country")
        .group_by("country")
        .agg(pl.col("counted_as").n_unique().alias("interventions"))
        .collect()
    )
    profile = integration(interventions, codings, "country").rename(
        {"unit": "country", "interventions": "capacity_interventions"}
    )
    passages = counted_passages(interventions, codings)
    where = places("country", passages, interventions, codings)
    what = places("outcome", passages, interventions, codings)
    outcomes = (
        where.select("passage_id", country="code")
        .join(what.select("passage_id", outcome="code"), on="passage_id")
        .filter((pl.col("country") != NONE) & (pl.col("outcome") != NONE))
        .group_by("country")
        .agg(pl.col("outcome").n_unique().alias("outcomes"))
        .collect()
    )
    whole = [name for name, kind in COUNTRIES.items() if kind == pl.Int64]
    return (
        named.join(profile, on="country", how="full", coalesce=True)
        .join(outcomes, on="country", how="left")
        .with_columns(pl.col(whole).fill_null(0), pl.col("levels").fill_null(""))
        .select(list(COUNTRIES))
        .cast(pl.Schema(COUNTRIES))
        .sort(["interventions", "passages", "country"], descending=[True, True, False])
    )
