"""In what order capacity is developed, and what training of trainers lacks.

Rules S3 and S6 of the synergy rules: assess before planning before training; who trains
trainers says who certifies them or who carries the training on. They are working rules
drawn from GB.312/POL/9, paragraphs 5 to 8, not an official text.
"""

import polars as pl

from capmap.analysis.facets import Frame, counted_passages, places
from capmap.tables import ALERTS, NONE, SEQUENCES

#: The steps of rule S3 and the modalities that are such a step.
STEPS = {
    "assessed_on": ["capacity-assessment"],
    "planned_on": ["action-plan"],
    "trained_on": ["training", "organizational-development"],
}


def sequences(interventions: Frame, codings: Frame) -> pl.DataFrame:
    """Return whether assessment and planning came first, as in ``tables.SEQUENCES``.

    Rule S3, as far as data allow: sources date interventions, not passages, so the order
    is that of the earliest start of an intervention with a capacity assessment, an action
    plan, and training or organizational development in the same country and outcome.
    Equal days count as in order. Only pairs where something was trained or developed are
    listed. assessed_first: assessed, and planned in between if planned at all.
    """
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
    done = {day: pl.col("modality").is_in(codes) for day, codes in STEPS.items()}
    assessed, planned, trained = (pl.col(day) for day in STEPS)
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
