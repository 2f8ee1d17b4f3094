"""All that a portfolio shows, in one go: the tables for paper, page and workbook."""

from collections.abc import Sequence
from typing import Any

import polars as pl

from capmap import tables
from capmap.analysis.coverage import (
    add_budgets,
    cell_passages,
    count_cells,
    intervention_budgets,
)
from capmap.analysis.facets import Frame, counted_passages
from capmap.analysis.gaps import gaps
from capmap.analysis.headlines import SHARED_FACETS, headline_shares
from capmap.analysis.integration import individual_alone, integration
from capmap.analysis.sequences import sequences, trainers_unsupported
from capmap.analysis.shares import Method, share
from capmap.analysis.statements import statements
from capmap.analysis.synergies import missing_pairs, synergies
from capmap.frameworks.codebook import Codebook
from capmap.frameworks.framework import Framework
from capmap.tables import Findings, LazyPortfolio, Portfolio
from capmap.wording import LANGUAGES

#: The facet-by-facet tables that every run leaves.
PAIRS = (
    ("outcome", "modality"),
    ("outcome", "level"),
    ("outcome", "constituent"),
    ("outcome", "target"),
    ("outcome", "partner"),
    ("programme", "modality"),
    ("programme", "level"),
    ("country", "level"),
    ("country", "modality"),
    ("year", "level"),
    ("kind", "level"),
)

#: The tables whose empty cells are looked at as gaps.
GAP_PAIRS = PAIRS[:3]

#: Of what the integration profile is drawn.
PROFILES = ("intervention", "country", "outcome", "programme")


def find(
    portfolio: Portfolio | LazyPortfolio,
    framework: Framework,
    codebook: Codebook,
    *,
    population: int | None = None,
    confidence: float = 0.95,
    pairs: Sequence[tuple[str, str]] = PAIRS,
) -> Findings:
    """Return the result tables of a portfolio; their columns stand in capmap.tables.

    ``population`` is the number of interventions from which these were drawn at random;
    None, if they are to be seen as a sample of a wider body of work; equal to their own
    number, if they are all there are (a census, without intervals). Outcomes stand in
    the order of the framework, other codes in that of the codebook.
    """
    interventions = portfolio.interventions
    codings = of_capacity(portfolio.codings)
    money = intervention_budgets(interventions)
    covered, paid = {}, []
    for rows, columns in dict.fromkeys((*GAP_PAIRS, *pairs)):
        cells = cell_passages(interventions, codings, rows, columns).collect().lazy()
        paid.append(add_budgets(cells, rows, columns, money))
        covered[rows, columns] = count_cells(
            cells,
            rows,
            columns,
            codes_in_order(rows, framework, codebook),
            codes_in_order(columns, framework, codebook),
        )
    gaps_found = [gaps(covered[pair]) for pair in GAP_PAIRS]
    has_interventions = covered["outcome", "modality"]["interventions"].sum() > 0
    unit = "intervention" if has_interventions else "passage"
    met = [
        synergies(interventions, codings, facet="modality", within=unit),
        synergies(interventions, codings, facet="modality", within="country"),
        synergies(interventions, codings, facet="modality", within="outcome"),
        synergies(interventions, codings, facet="programme", within="country"),
    ]
    shares = headline_shares(
        interventions,
        portfolio.passages,
        codings,
        codebook,
        population=population,
        confidence=confidence,
    )
    return Findings(
        shares=shares,
        coverage=pl.concat(covered.values()),
        budgets=pl.concat(paid),
        integration=pl.concat(
            integration(interventions, codings, by) for by in PROFILES
        ),
        alerts=pl.concat(
            [
                individual_alone(interventions, codings),
                trainers_unsupported(interventions, codings),
            ]
        ),
        synergies=pl.concat(met),
        missing_pairs=pl.concat(
            missing_pairs(interventions, codings, by=by, unit=unit)
            for by in ("outcome", "country")
        ),
        sequences=sequences(interventions, codings),
        gaps=pl.concat(gaps_found),
        languages=_languages(portfolio),
        sources=_sources(portfolio),
        statements=statements(
            shares,
            gaps_found[0],
            met[0],
            _doubtful(codings),
            codebook,
        ),
    )


def find_statements(
    portfolio: Portfolio | LazyPortfolio,
    framework: Framework,
    codebook: Codebook,
    *,
    population: int | None = None,
    method: Method = "wilson",
) -> pl.DataFrame:
    """Return the statements of ``find`` alone, without the tables they do not need.

    With ``method`` coded they state what was coded and claim no interval: chance has no
    part in counting all there is, and how far the coder errs only reading can tell.
    """
    interventions = portfolio.interventions
    codings = of_capacity(portfolio.codings)
    rows, columns = GAP_PAIRS[0]
    covered = count_cells(
        cell_passages(interventions, codings, rows, columns).collect().lazy(),
        rows,
        columns,
        codes_in_order(rows, framework, codebook),
        codes_in_order(columns, framework, codebook),
    )
    unit = "intervention" if covered["interventions"].sum() else "passage"
    return statements(
        headline_shares(
            interventions,
            portfolio.passages,
            codings,
            codebook,
            population=population,
            method=method,
        ),
        gaps(covered),
        synergies(interventions, codings, facet="modality", within=unit),
        _doubtful(codings, method),
        codebook,
    )


def of_capacity(codings: Frame) -> pl.DataFrame:
    """Keep the codings of passages with capacity development, and number the passages.

    Every table asks for these again: read once, with numbers for names, a million of
    them fit in little memory and join fast.
    """
    slim = codings.lazy().select(
        "passage_id", "intervention_id", "facet", "code", "confidence", "doubtful"
    )
    counted = (
        slim.filter((pl.col("facet") == "capacity") & (pl.col("code") == "cd"))
        .select("passage_id")
        .unique()
        .with_row_index("number")
    )
    return (
        slim.join(counted, on="passage_id")
        .drop("passage_id")
        .rename({"number": "passage_id"})
        .collect(engine="streaming")
    )


def codes_in_order(facet: str, framework: Framework, codebook: Codebook) -> list[str]:
    """Return the codes of a facet as tables list them: outcomes as in the framework."""
    if facet == "outcome":
        return list(framework.outcomes)
    return list(codebook.facets[facet].codes) if facet in codebook.facets else []


def _doubtful(codings: pl.DataFrame, method: Method = "wilson") -> dict[str, Any]:
    """Return the share of passages with capacity development that need a second look.

    Those with a doubtful code in a facet that the findings speak of; what is always
    inferred, such as the place in the results chain, would make all of them doubtful.
    """
    told = pl.col("facet").is_in(["capacity", "programme", *SHARED_FACETS])
    by_passage = codings.group_by("passage_id").agg((pl.col("doubtful") & told).any())
    doubtful, total = int(by_passage["doubtful"].sum()), by_passage.height
    found = share(doubtful, total, method=method)
    return {
        "unit": "passages",
        "numerator": doubtful,
        "denominator": total,
        **{f"sentence_{lang}": found.sentence("passages", lang) for lang in LANGUAGES},
    }


def _languages(portfolio: Portfolio | LazyPortfolio) -> pl.DataFrame:
    """Count passages by language, the most frequent first."""
    return (
        _read_passages(portfolio)
        .group_by("language")
        .agg(
            pl.len().alias("passages"),
            pl.col("has_capacity").sum().alias("capacity_passages"),
        )
        .sort(["passages", "language"], descending=[True, False])
        .collect()
        .cast(pl.Schema(tables.LANGUAGES))
    )


def _read_passages(portfolio: Portfolio | LazyPortfolio) -> pl.LazyFrame:
    """Return every passage that was read, coded or not, and whether it has capacity."""
    counted = counted_passages(portfolio.interventions, portfolio.codings)
    return (
        portfolio.passages.lazy()
        .select("passage_id", "intervention_id", "language")
        .join(
            counted.select("passage_id", has_capacity=pl.lit(True)),
            on="passage_id",
            how="left",
        )
        .with_columns(pl.col("has_capacity").fill_null(False))
    )


def _sources(portfolio: Portfolio | LazyPortfolio) -> pl.DataFrame:
    """Count what each file gave and what of it was set aside, by name of file."""
    interventions = portfolio.interventions.lazy()
    document = pl.col("kind") == "document"
    read = interventions.group_by("source").agg(
        pl.col("counted_as").filter(~document).n_unique().alias("interventions"),
        document.sum().alias("documents"),
    )
    told = (
        _read_passages(portfolio)
        .join(interventions.select("intervention_id", "source"), on="intervention_id")
        .group_by("source")
        .agg(
            pl.len().alias("passages"),
            pl.col("has_capacity").sum().alias("capacity_passages"),
        )
    )
    aside = (
        portfolio.set_aside.lazy().group_by("source").agg(pl.len().alias("set_aside"))
    )
    return (
        read.join(told, on="source", how="left")
        .join(aside, on="source", how="full", coalesce=True)
        .select(list(tables.SOURCES))
        .with_columns(pl.exclude("source").fill_null(0))
        .sort("source")
        .collect()
        .cast(pl.Schema(tables.SOURCES))
    )
