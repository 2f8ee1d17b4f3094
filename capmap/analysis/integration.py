"""Which levels of capacity meet in one place: the integration profile.

People trained into an organization that stays as it was, under rules that stay as they
were, change little: individual, institutional and enabling-environment work depend on
one another (OECD-DAC, The challenge of capacity development, 2006; GB.312/POL/9,
paragraph 7). The profile says where they meet and where the individual stands alone.
"""

from datetime import date
from itertools import combinations

import polars as pl

from capmap.analysis.facets import Frame, counted_passages, places
from capmap.tables import ALERTS, INTEGRATION, NONE

#: The three levels, from the smallest, and the columns that count them.
LEVELS = {
    "individual": "individual",
    "institutional": "institutional",
    "enabling-environment": "enabling_environment",
}

#: Every set of levels, from none to all, as it stands in the column ``levels``.
LEVEL_SETS = [
    "+".join(levels)
    for size in range(len(LEVELS) + 1)
    for levels in combinations(LEVELS, size)
]


def integration(interventions: Frame, codings: Frame, by: str) -> pl.DataFrame:
    """Return the profile of each unit of ``by``, as in ``tables.INTEGRATION``.

    ``by`` is "intervention" (as counted; documents are left out), "passage" or any facet
    (country, outcome, programme, ...). Units with capacity development but no level given
    stand with the empty set. Score S2: levels that meet; two for individual with
    institutional and three for all, as the rule says, and likewise for other pairs.
    """
    passages = counted_passages(interventions, codings)
    levels = places("level", passages, interventions, codings)
    counts = (
        units(by, passages, interventions, codings)
        .join(levels.select("passage_id", level="code"), on="passage_id")
        .group_by("unit")
        .agg(
            pl.col("counted_as").drop_nulls().n_unique().alias("interventions"),
            pl.col("passage_id").n_unique().alias("passages"),
            *(
                pl.col("passage_id")
                .filter(pl.col("level") == level)
                .n_unique()
                .alias(column)
                for level, column in LEVELS.items()
            ),
        )
    )
    present = [pl.col(column) > 0 for column in LEVELS.values()]
    others = pl.col("institutional") + pl.col("enabling_environment")
    return (
        counts.with_columns(
            pl.lit(by).alias("by"),
            pl.concat_str(
                *(
                    pl.when(is_there).then(pl.lit(level))
                    for is_there, level in zip(present, LEVELS, strict=True)
                ),
                separator="+",
                ignore_nulls=True,
            ).alias("levels"),
            pl.sum_horizontal(present).alias("score"),
            ((pl.col("individual") > 0) & (others == 0)).alias("individual_alone"),
        )
        .select(list(INTEGRATION))
        .cast(pl.Schema(INTEGRATION))
        .sort("unit")
        .collect()
    )


def units(
    by: str, passages: pl.LazyFrame, interventions: Frame, codings: Frame
) -> pl.LazyFrame:
    """Return passage_id, counted_as and the ``unit`` of ``by`` in which a passage stands.

    Passages without a unit (of a document, or without a code) are left out.
    """
    if by == "intervention":
        return passages.with_columns(unit="counted_as").drop_nulls("unit")
    if by == "passage":
        return passages.with_columns(unit="passage_id")
    where = places(by, passages, interventions, codings)
    return passages.join(
        where.filter(pl.col("code") != NONE).select("passage_id", unit="code"),
        on="passage_id",
    )


def individual_alone(
    interventions: Frame, codings: Frame, *, months: int = 24
) -> pl.DataFrame:
    """Return country-outcome pairs where people are trained and nothing else is done.

    Rule S1: a pair with an intervention at the individual level and none, in the same
    country and outcome and within ``months`` of it, at another level. Interventions are
    near if less than ``months`` lie between the end of one and the start of the other; a
    date that is not stated could be any, so such interventions are taken as near: no
    alert rests on a date that nobody gave. Rows are those of ``tables.ALERTS``.
    """
    records = _records(interventions, codings)
    lone = _without_company(
        records.filter(pl.col("level") == "individual"),
        records.filter(
            pl.col("level").is_in(["institutional", "enabling-environment"])
        ),
        months,
    )
    return (
        lone.group_by("country", "outcome")
        .agg(
            pl.col("counted_as").drop_nulls().n_unique().alias("interventions"),
            pl.col("passages").sum(),
        )
        .with_columns(
            pl.lit("individual_alone").alias("rule"),
            pl.lit(None, pl.String).alias("intervention_id"),
        )
        .select(list(ALERTS))
        .cast(pl.Schema(ALERTS))
        .sort("country", "outcome")
    )


def _records(interventions: Frame, codings: Frame) -> pl.DataFrame:
    """Count passages by country, outcome, intervention and level, with its period."""
    passages = counted_passages(interventions, codings)
    period = interventions.lazy().select(
        "intervention_id",
        pl.col("starts_on").fill_null(date(1, 1, 1)),
        pl.col("ends_on").fill_null(date(9999, 1, 1)),
    )
    table = passages
    for facet, name in (
        ("country", "country"),
        ("outcome", "outcome"),
        ("level", "level"),
    ):
        where = places(facet, passages, interventions, codings)
        table = table.join(
            where.select("passage_id", **{name: "code"}), on="passage_id"
        )
    return (
        table.filter(pl.col("outcome") != NONE)
        .join(period, on="intervention_id", how="left")
        .group_by("country", "outcome", "level", "counted_as", "starts_on", "ends_on")
        .agg(pl.col("passage_id").n_unique().cast(pl.Int64).alias("passages"))
        .collect()
    )


def _without_company(
    people: pl.DataFrame, others: pl.DataFrame, months: int
) -> pl.DataFrame:
    """Keep records of ``people`` with no record of ``others`` near in the same pair.

    Near are those that start before the latest day and do not end before the earliest.
    What ends before the earliest has also started before the latest, so the near ones
    are a difference of two counts, which needs no pairing of all with all.
    """
    pair = ["country", "outcome"]
    bounded = people.with_columns(
        earliest=_moved("starts_on", -months), latest=_moved("ends_on", months)
    )
    started = _running_count(others, "starts_on", "started")
    ended = _running_count(others, "ends_on", "ended")
    return (
        bounded.sort("latest")
        .join_asof(
            started,
            left_on="latest",
            right_on="starts_on",
            by=pair,
            check_sortedness=False,
        )
        .sort("earliest")
        .join_asof(
            ended,
            left_on="earliest",
            right_on="ends_on",
            by=pair,
            allow_exact_matches=False,
            check_sortedness=False,
        )
        .filter(pl.col("started").fill_null(0) - pl.col("ended").fill_null(0) == 0)
    )


def _moved(column: str, months: int) -> pl.Expr:
    """Move a date by months, but leave the dates that stand for "could be any"."""
    known = pl.col(column).dt.year().is_between(100, 9000)
    return (
        pl.when(known)
        .then(pl.col(column).dt.offset_by(f"{months}mo"))
        .otherwise(column)
    )


def _running_count(others: pl.DataFrame, day: str, name: str) -> pl.DataFrame:
    return (
        others.group_by("country", "outcome", day)
        .agg(pl.len().alias(name))
        .sort(day)
        .with_columns(pl.col(name).cum_sum().over("country", "outcome"))
        .with_columns(pl.col(name).cast(pl.Int64))
    )
