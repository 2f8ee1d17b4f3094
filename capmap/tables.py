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


#: Stands for "all": the margins of a coverage table, where each is counted once.
ALL = "*"

#: Stands for "none given": passages that carry no code of the facet. Nothing is dropped.
NONE = ""

#: One row a share. Shares of nothing are null, never 0.
SHARES: Schema = {
    "question": pl.String,  # capacity, constituents, others_only, no_one_named, level, modality, constituent, outcome, levels_together
    "facet": pl.String,  # facet of the code; "" where the question is not about one code
    "code": pl.String,  # the code; for levels_together the set, as "individual+institutional"
    "unit": pl.String,  # what is counted: interventions or passages
    "among": pl.String,  # of which: all, or those with capacity (development)
    "numerator": pl.Int64,
    "denominator": pl.Int64,
    "value": pl.Float64,  # numerator / denominator, 0 to 1; null of nothing
    "low": pl.Float64,  # ends of the interval, 0 to 1; both equal value for a census
    "high": pl.Float64,
    "population": pl.Int64,  # size of the known portfolio that was sampled; null if not stated
    "confidence": pl.Float64,  # of the interval, usually 0.95
    "method": pl.String,  # wilson, exact, census, or "" of nothing
    "sentence_en": pl.String,  # "29 of 50 interventions (58 per cent; 95% interval 44 to 71)"
    "sentence_fr": pl.String,
    "sentence_es": pl.String,
}

#: One row a cell of a facet-by-facet table, the margins among them: row or column ``ALL``.
#: Every cell of the grid stands, also the empty ones, in the order of the codebook.
COVERAGE: Schema = {
    "row_facet": pl.String,
    "row": pl.String,  # code; NONE for passages without one, ALL for the margin
    "column_facet": pl.String,
    "column": pl.String,
    "interventions": pl.Int64,  # distinct counted_as; documents are left out
    "passages": pl.Int64,  # distinct passages with capacity development; documents included
    "share_of_row": pl.Float64,  # of the row's interventions; null where there is none
    "share_of_row_passages": pl.Float64,  # the same of passages
    "doubtful": pl.Boolean,  # every passage of the cell has a doubtful code
    "confidence_min": pl.Float64,  # lowest confidence in the cell; null if empty or not coded
}

#: One row a cell and currency. The budget of an intervention stands whole in each cell
#: where it appears, and once in a margin: cells must not be added up.
BUDGETS: Schema = {
    "row_facet": pl.String,
    "row": pl.String,
    "column_facet": pl.String,
    "column": pl.String,
    "currency": pl.String,
    "amount": pl.Float64,
    "interventions": pl.Int64,  # that state a budget in this currency
}

#: One row a unit: at which levels capacity is developed in it.
INTEGRATION: Schema = {
    "by": pl.String,  # what the unit is: intervention, country, outcome, programme, ...
    "unit": pl.String,  # its identifier or code
    "interventions": pl.Int64,
    "passages": pl.Int64,  # with capacity development
    "individual": pl.Int64,  # passages at this level
    "institutional": pl.Int64,
    "enabling_environment": pl.Int64,
    "levels": pl.String,  # the set: "individual+institutional"; "" if no level is given
    "score": pl.Int64,  # levels that meet, 0 to 3 (rule S2)
    "individual_alone": pl.Boolean,  # individual and nothing else (rule S1)
}

#: One row a country that the sources name, the one with most interventions first.
COUNTRIES: Schema = {
    "country": pl.String,  # ISO 3166-1 alpha-2
    "interventions": pl.Int64,  # as counted; documents are left out
    "capacity_interventions": pl.Int64,  # of them with capacity development
    "passages": pl.Int64,  # with capacity development
    "individual": pl.Int64,  # passages at this level
    "institutional": pl.Int64,
    "enabling_environment": pl.Int64,
    "levels": pl.String,  # the set: "individual+institutional"; "" if no level is given
    "score": pl.Int64,  # levels that meet, 0 to 3
    "outcomes": pl.Int64,  # different outcomes to which its passages are coded
}

#: One row for each place where a synergy rule says: look here.
ALERTS: Schema = {
    "rule": pl.String,  # individual_alone (S1) or trainers_unsupported (S6)
    "country": pl.String,  # S1; NONE where the source names none
    "outcome": pl.String,  # S1
    "intervention_id": pl.String,  # S6: the intervention as counted; null for S1
    "interventions": pl.Int64,
    "passages": pl.Int64,
}

#: One row a pair of approaches that could meet, whether they do or not.
SYNERGIES: Schema = {
    "within": pl.String,  # where they meet: intervention, country, outcome, passage
    "facet": pl.String,  # modality or programme
    "first": pl.String,
    "second": pl.String,
    "units": pl.Int64,  # interventions (countries, ...) with capacity development in all
    "with_first": pl.Int64,
    "with_second": pl.Int64,
    "together": pl.Int64,
    "expected": pl.Float64,  # meetings to expect if the two had nothing to do with each other
    "lift": pl.Float64,  # together / expected; null if nothing is expected
    "chance": pl.Float64,  # chance of so many meetings or more, were it so
}

#: One row for each pair that meets elsewhere and not here.
MISSING_PAIRS: Schema = {
    "by": pl.String,  # what "here" is: outcome or country
    "here": pl.String,
    "facet": pl.String,
    "first": pl.String,
    "second": pl.String,
    "here_units": pl.Int64,  # interventions (or passages) here
    "here_first": pl.Int64,  # of them with the first, with the second
    "here_second": pl.Int64,
    "elsewhere_units": pl.Int64,
    "elsewhere_together": pl.Int64,
    "elsewhere_places": pl.Int64,  # other outcomes (countries) where the pair meets
    "expected": pl.Float64,  # meetings to expect here at the rate of elsewhere
    "chance": pl.Float64,  # chance of none here if "here" were drawn at random
}

#: One row a country and outcome where training or organizational development takes place:
#: was capacity assessed and planned for before (rule S3)?
SEQUENCES: Schema = {
    "country": pl.String,
    "outcome": pl.String,
    "assessed_on": pl.Date,  # earliest start of an intervention with a capacity assessment
    "planned_on": pl.Date,  # ... with an action plan
    "trained_on": pl.Date,  # ... with training or organizational development
    "verdict": pl.String,  # assessed_first, training_first, no_assessment or undated
}

#: One row for what is found nowhere, the most telling first.
GAPS: Schema = {
    "kind": pl.String,  # row or column (nothing in all of it) or cell
    "row_facet": pl.String,
    "row": pl.String,  # ALL for an empty column
    "column_facet": pl.String,
    "column": pl.String,  # ALL for an empty row
    "unit": pl.String,  # interventions, or passages where there are only documents
    "of": pl.Int64,  # 0 of so many
    "upper": pl.Float64,  # the share could still be up to this: exact, one-sided, 95 per cent
    "expected": pl.Float64,  # to expect in a cell from its row and column; null for kind row or column
    "chance": pl.Float64,  # chance of an empty cell, were row and column unrelated
    "sentence_en": pl.String,  # "0 of 6: could still be up to 39 per cent"
    "sentence_fr": pl.String,
    "sentence_es": pl.String,
}

#: One row a language of passages.
LANGUAGES: Schema = {
    "language": pl.String,
    "passages": pl.Int64,
    "capacity_passages": pl.Int64,
}

#: One row a file that was read or set aside.
SOURCES: Schema = {
    "source": pl.String,
    "interventions": pl.Int64,  # as counted; a file of documents has none
    "documents": pl.Int64,
    "passages": pl.Int64,
    "capacity_passages": pl.Int64,
    "set_aside": pl.Int64,  # rows of SET_ASIDE
}

#: One row for all codes together, one a facet, one a code: how far coders agree.
AGREEMENT: Schema = {
    "facet": pl.String,  # ALL for all codes together
    "code": pl.String,  # ALL for the facet as a set of codes
    "coders": pl.Int64,  # who read passages that another read too
    "passages": pl.Int64,  # read by two or more
    "cases": pl.Int64,  # of them with the code (any code of the facet) by anyone
    "both": pl.Int64,  # pairs of coders on a passage: both gave it; coders by name
    "first_only": pl.Int64,
    "second_only": pl.Int64,
    "neither": pl.Int64,
    "agreement": pl.Float64,  # share of pairs that are equal (the same set of codes), 0 to 1
    "agreement_low": pl.Float64,  # ends of the interval, by leaving out one passage after the other
    "agreement_high": pl.Float64,
    "kappa": pl.Float64,  # Cohen's; null without variation or with more than two coders
    "kappa_low": pl.Float64,
    "kappa_high": pl.Float64,
    "alpha": pl.Float64,  # Krippendorff's; of sets with the MASI distance; null without variation
    "alpha_low": pl.Float64,
    "alpha_high": pl.Float64,
    "positive": pl.Float64,  # 2 both / (2 both + one only): agreement on its presence
    "prevalence": pl.Float64,  # prevalence index, |both - neither| / pairs: near 1, kappa is low by itself
    "verdict": pl.String,  # reliable (alpha from 0.8), tentative (from 0.667), unreliable, equal_by_absence, few_cases, or why there is no alpha: never_given, no_variation, not_read_twice
    "confidence": pl.Float64,  # of the intervals, usually 0.95
}

#: One row a finding in a plain sentence, in the order in which to tell them.
STATEMENTS: Schema = {
    "key": pl.String,  # of capmap/wording/analysis.yaml
    "unit": pl.String,  # interventions or passages
    "numerator": pl.Int64,  # null where the sentence has no share
    "denominator": pl.Int64,
    "codes": pl.List(pl.String),  # what it is about, as "facet:code"
    "with_any": pl.List(
        pl.String
    ),  # evidence: units with one of these "facet:code" ...
    "with_all": pl.List(pl.String),  # ... with each of these ...
    "without": pl.List(
        pl.String
    ),  # ... and none of these; all empty: no list behind it
    "text_en": pl.String,
    "text_fr": pl.String,
    "text_es": pl.String,
}


@dataclass(frozen=True, slots=True)
class LazyPortfolio:
    """The tables of a ``Portfolio`` scanned from Parquet, for what memory cannot hold."""

    interventions: pl.LazyFrame
    passages: pl.LazyFrame
    codings: pl.LazyFrame
    set_aside: pl.LazyFrame


@dataclass(frozen=True, slots=True)
class Findings:
    """What a portfolio shows: all that paper, page and workbook need, in plain columns."""

    shares: pl.DataFrame
    coverage: pl.DataFrame  # several tables, one below the other: filter by the facets
    budgets: pl.DataFrame
    integration: pl.DataFrame
    alerts: pl.DataFrame
    synergies: pl.DataFrame
    missing_pairs: pl.DataFrame
    sequences: pl.DataFrame
    gaps: pl.DataFrame
    languages: pl.DataFrame
    sources: pl.DataFrame
    statements: pl.DataFrame
