"""Where each passage stands in a facet: the one place that says who counts where.

A facet is either one of the codebook (modality, outcome, ...), read from the codings, or
something that the source says of the intervention: country, region, sector,
organisation, kind, year of start.

Rules, for every table of the analysis:

- A passage counts if it is coded as capacity development (facet capacity, code cd).
- An intervention counts once, under ``counted_as``; documents are read but not counted.
- A passage stands where its own codes put it. What the source says is taken from the
  passage's own intervention, or, where that is silent, from the one under which it is
  counted (a component seldom repeats the country of its programme). Kind and year are
  always those of the intervention as counted.
- A passage without a code of a facet stands under ``NONE``, so that nothing is lost.
"""

from collections.abc import Sequence

import polars as pl

from capmap.tables import NONE

Frame = pl.DataFrame | pl.LazyFrame
"""A table in memory, or one scanned from Parquet."""

#: A code that says that the text gives no form: neither an approach nor a gap.
NOT_AN_APPROACH = "form-not-stated"

#: Facets that the source says, not the text.
SAID_BY_SOURCE = ("country", "region", "sector", "organisation", "kind", "year")


def counted_passages(
    interventions: Frame, codings: Frame, *, capacity_only: bool = True
) -> pl.LazyFrame:
    """Return the passages that count: passage_id, intervention_id, counted_as.

    ``counted_as`` is null for passages of documents. With ``capacity_only=False`` every
    passage that has a coding counts, also what is not capacity development.
    """
    passages = codings.lazy().select("passage_id", "intervention_id", "facet", "code")
    if capacity_only:
        passages = passages.filter(
            (pl.col("facet") == "capacity") & (pl.col("code") == "cd")
        )
    return (
        passages.select("passage_id", "intervention_id")
        .unique()
        .join(_counting(interventions), on="intervention_id", how="left")
    )


def _counting(interventions: Frame) -> pl.LazyFrame:
    return (
        interventions.lazy()
        .filter(pl.col("kind") != "document")
        .select("intervention_id", "counted_as")
    )


def counted_interventions(interventions: Frame) -> int:
    """Return how many interventions the portfolio holds, components not counted apart."""
    return int(
        _counting(interventions)
        .select(pl.col("counted_as").n_unique())
        .collect()
        .item()
    )


def places(
    facet: str, passages: pl.LazyFrame, interventions: Frame, codings: Frame
) -> pl.LazyFrame:
    """Return where ``passages`` stand: passage_id, code, doubtful, confidence.

    One row a passage and code. Where several coders gave the same code, it is doubtful
    only if all of them doubt, and the highest confidence holds. ``passages`` comes from
    ``counted_passages``.
    """
    if facet in SAID_BY_SOURCE:
        found = _said_by_source(facet, passages, interventions)
    else:
        found = _coded(facet, codings)
    return (
        passages.select("passage_id")
        .join(found, on="passage_id", how="left")
        .with_columns(
            pl.col("code").fill_null(NONE), pl.col("doubtful").fill_null(False)
        )
    )


def _coded(facet: str, codings: Frame) -> pl.LazyFrame:
    return (
        codings.lazy()
        .filter(pl.col("facet") == facet)
        .group_by("passage_id", "code")
        .agg(pl.col("doubtful").all(), pl.col("confidence").max())
    )


def _said_by_source(
    facet: str, passages: pl.LazyFrame, interventions: Frame
) -> pl.LazyFrame:
    said = interventions.lazy().select("intervention_id", codes=_codes(facet))
    as_counted = said.rename(
        {"intervention_id": "counted_as", "codes": "codes_counted"}
    )
    both = passages.join(said, on="intervention_id", how="left").join(
        as_counted, on="counted_as", how="left"
    )
    own, counted = pl.col("codes"), pl.col("codes_counted")
    first, second = (counted, own) if facet in ("kind", "year") else (own, counted)
    return (
        both.select(
            "passage_id",
            code=pl.when(first.list.len() > 0).then(first).otherwise(second),
        )
        .explode("code")
        .drop_nulls("code")
        .unique()
        .with_columns(doubtful=pl.lit(False), confidence=pl.lit(None, pl.Float64))
    )


def _codes(facet: str) -> pl.Expr:
    """Return the expression that lists the codes of a facet that the source says."""
    if facet == "organisation":
        names = pl.col("organisations").list.eval(pl.element().struct.field("name"))
        return names.list.eval(pl.element().filter(pl.element() != NONE))
    if facet == "kind":
        return pl.concat_list("kind")
    if facet == "year":
        year = pl.concat_list(pl.col("starts_on").dt.year().cast(pl.String))
        return year.list.drop_nulls()
    columns = {"country": "countries", "region": "regions", "sector": "sectors"}
    return pl.col(columns[facet]).list.eval(pl.element().struct.field("code"))


def codes_of(facet: str, found: Sequence[str], order: Sequence[str]) -> list[str]:
    """Order codes: those of the codebook first and all of them, then others, then NONE."""
    others = sorted(set(found) - set(order) - {NONE})
    return [*order, *others, *([NONE] if NONE in found else [])]
