"""The tables that cross the border between reading, coding, analysis and publishing.

Each is a Polars frame with the columns below; the same columns stand in the Parquet
files that a run leaves, so that DuckDB, a notebook or Spark read them as they are.
"""

from dataclasses import dataclass

import polars as pl

Schema = dict[str, pl.DataType | type[pl.DataType]]
"""Column names with their types, in order."""

#: A classification with the part of the intervention that it covers, in per cent.
_PART = pl.Struct({"code": pl.String, "percentage": pl.Float64})

#: One row an intervention, as the source says it.
INTERVENTIONS: Schema = {
    "intervention_id": pl.String,  # the source's identifier, unique in the portfolio
    "counted_as": pl.String,  # the intervention under which it is counted: itself, or its topmost parent in the portfolio
    "title": pl.String,
    "kind": pl.String,  # country_programme, programme, project or document (read, but not counted as an intervention)
    "source": pl.String,  # file, as named by the user; "archive.zip/inner.xml" inside an archive
    "place": pl.String,  # where in the file: "activity 12", "sheet Projects, row 7"
    "language": pl.String,  # ISO 639-1, or "" if the source does not say
    "status": pl.String,  # IATI activity status code, or ""
    "starts_on": pl.Date,
    "ends_on": pl.Date,
    "countries": pl.List(_PART),  # ISO 3166-1 alpha-2
    "regions": pl.List(_PART),  # DAC region codes or names
    "sectors": pl.List(_PART),  # DAC five-digit (or three-digit) purpose codes
    "organisations": pl.List(
        pl.Struct({"role": pl.String, "name": pl.String, "ref": pl.String})
    ),  # role: funding, accountable, extending, implementing, reporting
    "parents": pl.List(pl.String),  # identifiers of parent interventions
    "budget_amount": pl.Float64,  # sum of budgets, null if none is stated
    "budget_currency": pl.String,  # ISO 4217; null with the amount
}

#: One row a passage: the unit that is coded.
PASSAGES: Schema = {
    "passage_id": pl.String,  # "<intervention_id>#<number>", unique in the portfolio
    "intervention_id": pl.String,
    "position": pl.Int32,  # order within the intervention, from 1
    "kind": pl.String,  # one of capmap.sources.activity.PASSAGE_KINDS
    "place": pl.String,  # "description 2", "result 1, indicator 2", "page 3, paragraph 14", "row 7, column Objectives"
    "language": pl.String,  # as the source says or as found, ISO 639-1
    "context": pl.String,  # headings or titles above the passage: help, never evidence of capacity
    "text": pl.String,
}

#: One row a passage and code.
CODINGS: Schema = {
    "passage_id": pl.String,
    "intervention_id": pl.String,
    "facet": pl.String,
    "code": pl.String,
    "confidence": pl.Float64,  # chance that a careful reader would give this code, 0 to 1
    "doubtful": pl.Boolean,
    "coder": pl.String,  # "lexicon <codebook version>", a model's version, or a person
    "basis": pl.String,  # one of capmap.coding.suggestion.BASES
    "because": pl.String,  # the term, rule or source code that led to it
    "quote": pl.String,  # the first span's words, as they stand in the text; "" if no words
    "spans": pl.List(pl.Struct({"start": pl.Int32, "end": pl.Int32})),
}

#: One row for whatever was not read, or read with a remark. Nothing is dropped in silence.
SET_ASIDE: Schema = {
    "source": pl.String,
    "place": pl.String,
    "scope": pl.String,  # file, intervention or value: how much is missing
    "problem": pl.String,  # key of capmap/wording/set_aside.yaml
    "reason": pl.String,  # in the reader's language
    "remedy": pl.String,
}


def empty(schema: Schema) -> pl.DataFrame:
    """Return a frame with the columns of ``schema`` and no rows."""
    return pl.DataFrame(schema=schema)


@dataclass(frozen=True, slots=True)
class Portfolio:
    """What a run read and coded: the four tables above."""

    interventions: pl.DataFrame
    passages: pl.DataFrame
    codings: pl.DataFrame
    set_aside: pl.DataFrame
