"""Which approaches meet, which would be expected to and do not, and in what order.

"Approaches are diffracted and need synergy" (GB.312/POL/9, paragraphs 7 and 8). A count
of meetings alone misleads: two common approaches meet by chance. So each pair stands
with the meetings to expect if the two had nothing to do with each other, and with the
hypergeometric chance of what was found (Fisher's exact test, one-sided). Many pairs are
looked at: a single chance of 0.01 proves nothing among 250.
"""

from itertools import combinations

import polars as pl

from capmap.analysis.facets import (
    NOT_AN_APPROACH,
    Frame,
    counted_passages,
    places,
)
from capmap.analysis.integration import units
from capmap.analysis.intervals import hypergeometric_tail
from capmap.tables import ALERTS, MISSING_PAIRS, NONE, SEQUENCES, SYNERGIES

#: A pair counts as common elsewhere if it meets in so many units and other places.
COMMON_UNITS = 3
COMMON_PLACES = 2


def synergies(
    interventions: Frame,
    codings: Frame,
    *,
    facet: str = "modality",
    within: str = "intervention",
) -> pl.DataFrame:
    """Return how often approaches meet within a unit, as in ``tables.SYNERGIES``.

    ``within`` is intervention, passage or any facet (country, outcome, ...). All pairs of
    codes found stand, also those that never meet; the most frequent come first.
    """
    passages = counted_passages(interventions, codings)
    where = units(within, passages, interventions, codings).select("passage_id", "unit")
    total = int(where.select(pl.col("unit").n_unique()).collect().item())
    held = _approaches(facet, where, passages, interventions, codings).collect()
    alone = dict(held.group_by("code").len().iter_rows())
    together = _pairs(held, ["unit"]).group_by("first", "second").len()
    met = {(first, second): n for first, second, n in together.iter_rows()}
    rows = []
    for first, second in combinations(sorted(alone), 2):
        found = met.get((first, second), 0)
        expected = alone[first] * alone[second] / total
        rows.append(
            {
                "within": within,
                "facet": facet,
                "first": first,
                "second": second,
                "units": total,
                "with_first": alone[first],
                "with_second": alone[second],
                "together": found,
                "expected": expected,
                "lift": found / expected,
                "chance": hypergeometric_tail(
                    found, alone[first], alone[second], total
                ),
            }
        )
    order = ["together", "lift", "first", "second"]
    return pl.DataFrame(rows, schema=SYNERGIES).sort(
        order, descending=[True, True, False, False]
    )


def _approaches(
    facet: str,
    where: pl.LazyFrame,
    passages: pl.LazyFrame,
    interventions: Frame,
    codings: Frame,
) -> pl.LazyFrame:
    """Return the distinct codes in each unit, without those that are no approach."""
    return (
        where.join(places(facet, passages, interventions, codings), on="passage_id")
        .filter(~pl.col("code").is_in([NONE, NOT_AN_APPROACH]))
        .select(pl.exclude("passage_id", "doubtful", "confidence"))
        .unique()
    )


def _pairs(held: pl.DataFrame, unit: list[str]) -> pl.DataFrame:
    return (
        held.join(held, on=unit, suffix="_second")
        .filter(pl.col("code") < pl.col("code_second"))
        .rename({"code": "first", "code_second": "second"})
    )


def missing_pairs(
    interventions: Frame,
    codings: Frame,
    *,
    facet: str = "modality",
    by: str = "outcome",
    unit: str = "intervention",
) -> pl.DataFrame:
    """Return pairs that meet elsewhere and not here, as in ``tables.MISSING_PAIRS``.

    "Here" is each code of ``by`` in turn. A pair is listed if it meets in at least
    ``COMMON_UNITS`` units in ``COMMON_PLACES`` other places, never here, and one of the
    two is found here, so that only the other is wanting. An intervention that works in
    two outcomes counts in each. ``chance`` is that of no meeting here if the units here
    had been drawn at random from all; the smallest come first.
    """
    passages = counted_passages(interventions, codings)
    where = units(unit, passages, interventions, codings).select("passage_id", "unit")
    here = units(by, passages, interventions, codings).select("passage_id", here="unit")
    where = where.join(here, on="passage_id")
    sizes = (
        where.group_by("here").agg(pl.col("unit").n_unique().cast(pl.Int64)).collect()
    )
    held = _approaches(facet, where, passages, interventions, codings).collect()
    counts = {
        (place, code): n
        for place, code, n in held.group_by("here", "code").len().iter_rows()
    }
    met = _pairs(held, ["here", "unit"]).group_by("first", "second", "here").len()
    total = sizes["unit"].sum()
    rows = []
    for (first, second), places_met in met.group_by("first", "second"):
        there = dict(places_met.select("here", "len").iter_rows())
        if sum(there.values()) < COMMON_UNITS or len(there) < COMMON_PLACES:
            continue
        for place, size in sizes.iter_rows():
            one, other = counts.get((place, first), 0), counts.get((place, second), 0)
            if place in there or one + other == 0:
                continue
            rows.append(
                {
                    "by": by,
                    "here": place,
                    "facet": facet,
                    "first": first,
                    "second": second,
                    "here_units": size,
                    "here_first": one,
                    "here_second": other,
                    "elsewhere_units": total - size,
                    "elsewhere_together": sum(there.values()),
                    "elsewhere_places": len(there),
                    "expected": size * sum(there.values()) / (total - size),
                    "chance": 1
                    - hypergeometric_tail(1, sum(there.values()), size, total),
                }
            )
    return pl.DataFrame(rows, schema=MISSING_PAIRS).sort(
        "chance", "here", "first", "second"
    )


def sequences(interventions: Frame, codings: Frame) -> pl.DataFrame:
    """Return whether assessment and planning came first, as in ``tables.SEQUENCES``.

    Rule S3, as far as data allow: sources date interventions, not passages, so the order
    is that of the earliest start of an intervention with a capacity assessment, an action
    plan, and training or organizational development in the same country and outcome.
    Equal days count as in order. Only pairs where something was trained or developed are
    listed. assessed_first: assessed, and planned in between if planned at all.
    """
    steps = {
        "assessed_on": ["capacity-assessment"],
        "planned_on": ["action-plan"],
        "trained_on": ["training", "organizational-development"],
    }
    passages = counted_passages(interventions, codings)
    table = passages.join(
        interventions.lazy().select("intervention_id", "starts_on"),
        on="intervention_id",
        how="left",
    )
    for facet in ("country", "outcome", "modality"):
        where = places(facet, passages, interventions, codings)
        table = table.join(
            where.select("passage_id", **{facet: "code"}), on="passage_id"
        )
    done = {day: pl.col("modality").is_in(codes) for day, codes in steps.items()}
    assessed, planned, trained = (pl.col(day) for day in steps)
    return (
        table.filter(pl.col("outcome") != NONE)
        .group_by("country", "outcome")
        .agg(
            *(
                pl.col("starts_on").filter(is_it).min().alias(day)
                for day, is_it in done.items()
            ),
            done["assessed_on"].any().alias("has_assessment"),
            done["trained_on"].any().alias("has_training"),
        )
        .filter("has_training")
        .with_columns(
            pl.when(~pl.col("has_assessment"))
            .then(pl.lit("no_assessment"))
            .when(assessed.is_null() | trained.is_null())
            .then(pl.lit("undated"))
            .when(
                (assessed <= trained)
                & (planned.is_between(assessed, trained).fill_null(True))
            )
            .then(pl.lit("assessed_first"))
            .otherwise(pl.lit("training_first"))
            .alias("verdict")
        )
        .select(list(SEQUENCES))
        .sort("country", "outcome")
        .collect()
    )


def trainers_unsupported(interventions: Frame, codings: Frame) -> pl.DataFrame:
    """Return interventions that train trainers without certification or a partner named.

    Rule S6: who certifies the trainers or carries the training on is what makes trainers
    multiply. Rows are those of ``tables.ALERTS``; ``passages`` are those that speak of
    training of trainers.
    """
    passages = counted_passages(interventions, codings)
    modality = places("modality", passages, interventions, codings)
    partner = places("partner", passages, interventions, codings)
    form = pl.col("modality")
    return (
        passages.drop_nulls("counted_as")
        .join(modality.select("passage_id", modality="code"), on="passage_id")
        .join(partner.select("passage_id", partner="code"), on="passage_id")
        .group_by(intervention_id="counted_as")
        .agg(
            pl.col("passage_id")
            .filter(form == "training-of-trainers")
            .n_unique()
            .alias("passages"),
            (form == "certification").any().alias("certified"),
            (pl.col("partner") != NONE).any().alias("carried"),
        )
        .filter((pl.col("passages") > 0) & ~pl.col("certified") & ~pl.col("carried"))
        .with_columns(
            pl.lit("trainers_unsupported").alias("rule"),
            pl.lit(None, pl.String).alias("country"),
            pl.lit(None, pl.String).alias("outcome"),
            pl.lit(1).alias("interventions"),
        )
        .select(list(ALERTS))
        .cast(pl.Schema(ALERTS))
        .sort("intervention_id")
        .collect()
    )
