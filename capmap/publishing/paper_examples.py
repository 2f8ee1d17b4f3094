"""The passages that a paper quotes."""

from typing import Any

import polars as pl

from capmap.tables import Portfolio

#: Passages quoted as examples of levels that meet.
EXAMPLES = 3


def joining_levels(portfolio: Portfolio) -> list[dict[str, Any]]:
    """Return passages that work on two levels or three, the surest of an intervention.

    Each is a row with code (its levels), text, place, intervention_id, title and source.
    One of each source comes first, so that no single file speaks for all.
    """
    told = portfolio.codings.filter(facet="level").join(
        portfolio.passages.filter(pl.col("kind") != "title"), on="passage_id"
    )
    interventions = portfolio.interventions.filter(pl.col("kind") != "document")
    joining = (
        told.group_by("passage_id")
        .agg(
            pl.col("code").unique(),
            pl.col("confidence").mean(),
            pl.col("text", "place", "intervention_id").first(),
        )
        .filter(pl.col("code").list.len() >= 2)
        .join(
            interventions.select("intervention_id", "counted_as", "title", "source"),
            on="intervention_id",
        )
        .sort(
            pl.col("code").list.len(),
            "confidence",
            "passage_id",
            descending=[True, True, False],
        )
        .unique("counted_as", keep="first", maintain_order=True)
    )
    first = joining.unique("source", keep="first", maintain_order=True)
    rest = joining.join(first, on="passage_id", how="anti", maintain_order="left")
    return pl.concat([first, rest]).head(EXAMPLES).to_dicts()
