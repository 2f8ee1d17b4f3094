"""The shares that a paper opens with, each by interventions and by passages."""

from collections.abc import Iterator
from typing import Any

import polars as pl

from capmap.analysis.facets import Frame, counted_interventions, counted_passages
from capmap.analysis.integration import LEVEL_SETS, integration
from capmap.analysis.shares import Method, Share, share
from capmap.frameworks.codebook import Codebook
from capmap.tables import SHARES
from capmap.wording import LANGUAGES

#: Facets whose every code has its share of what develops capacity.
SHARED_FACETS = ("level", "modality", "constituent", "target", "partner", "outcome")


def headline_shares(
    interventions: Frame,
    passages: Frame,
    codings: Frame,
    codebook: Codebook,
    *,
    population: int | None = None,
    confidence: float = 0.95,
    method: Method = "wilson",
) -> pl.DataFrame:
    """Return the shares of ``tables.SHARES``; of every question once a unit.

    - capacity, among all: capacity development is found in it.
    - constituents, among all and among those with capacity: a passage on capacity
      development names a constituent (the share of GB.312/POL/9, paragraph 3).
    - others_only: other targets are named, constituents nowhere. no_one_named: neither.
    - level, modality, ...: one row a code of the codebook, found or not.
    - levels_together: the set of levels, "" where none is given; these add up to all.

    ``population``: how many interventions there are where the portfolio is a random
    sample of them; equal to the portfolio for a census. How many of the population have
    a property, such as capacity development, is not known; it is taken in the proportion
    of the sample, so that the finite-population correction stays that of the whole
    (W. G. Cochran, Sampling Techniques, 1977, section 2.11). Passages of one intervention
    resemble each other, so intervals by passages are too narrow: quote interventions.
    """
    totals = {
        "interventions": counted_interventions(interventions),
        "passages": int(passages.lazy().select(pl.len()).collect().item()),
    }
    held = (
        counted_passages(interventions, codings)
        .join(
            codings.lazy().select("passage_id", "facet", "code"),
            on="passage_id",
        )
        .unique()
        .collect()
    )
    scale = _scale(totals["interventions"], population)
    by_unit = {"interventions": "intervention", "passages": "passage"}
    rows: list[dict[str, Any]] = []
    for unit, total in totals.items():
        column = "counted_as" if unit == "interventions" else "passage_id"
        found = held.drop_nulls(column).rename({column: "unit"})
        levels = integration(interventions, codings, by_unit[unit])["levels"]
        for about, among, numerator, denominator in _questions(
            found, total, levels, codebook
        ):
            result = share(
                numerator,
                denominator,
                population=None if scale is None else round(denominator * scale),
                confidence=confidence,
                method=method,
            )
            rows.append(_row(about, unit, among, result))
    return pl.DataFrame(rows, schema=SHARES)


def _scale(counted: int, population: int | None) -> float | None:
    """Return how many times larger the population is than what was counted of it."""
    if population is None or counted == 0:
        return None
    if population < counted:
        raise ValueError(
            f"{counted} interventions cannot be a sample from {population}."
        )
    return population / counted


Question = tuple[tuple[str, str, str], str, int, int]
"""(question, facet, code), among, numerator, denominator."""


def _questions(
    found: pl.DataFrame, total: int, levels: pl.Series, codebook: Codebook
) -> Iterator[Question]:
    named = found.group_by("unit").agg(
        pl.col("facet").eq("constituent").any().alias("constituents"),
        pl.col("facet").eq("target").any().alias("others"),
    )
    constituents, others = named["constituents"], named["others"]
    capacity = named.height
    for_constituents = int(constituents.sum())
    yield ("capacity", "capacity", "cd"), "all", capacity, total
    yield ("constituents", "", ""), "all", for_constituents, total
    yield ("constituents", "", ""), "capacity", for_constituents, capacity
    only, no_one = (others & ~constituents).sum(), (~others & ~constituents).sum()
    yield ("others_only", "", ""), "capacity", int(only), capacity
    yield ("no_one_named", "", ""), "capacity", int(no_one), capacity
    counts = found.group_by("facet", "code").agg(pl.col("unit").n_unique())
    by_code = {(facet, code): n for facet, code, n in counts.iter_rows()}
    for facet in SHARED_FACETS:
        for code in codebook.facets[facet].codes if facet in codebook.facets else ():
            numerator = by_code.get((facet, code), 0)
            yield (facet, facet, code), "capacity", numerator, capacity
    sets = dict(levels.value_counts().iter_rows())
    for together in LEVEL_SETS:
        numerator = sets.get(together, 0)
        yield ("levels_together", "level", together), "capacity", numerator, capacity


def _row(
    about: tuple[str, str, str], unit: str, among: str, result: Share
) -> dict[str, Any]:
    question, facet, code = about
    return {
        "question": question,
        "facet": facet,
        "code": code,
        "unit": unit,
        "among": among,
        "numerator": result.numerator,
        "denominator": result.denominator,
        "value": result.value,
        "low": result.low,
        "high": result.high,
        "population": result.population,
        "confidence": result.confidence,
        "method": result.method,
        **{
            f"sentence_{language}": result.sentence(unit, language)
            for language in LANGUAGES
        },
    }
