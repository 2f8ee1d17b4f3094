"""The figures of a paper, from the tables of findings: intervals and the map."""

import polars as pl

from capmap.frameworks.codebook import Codebook
from capmap.frameworks.framework import Framework
from capmap.publishing.charts import Chart, heat_map, interval_bars
from capmap.tables import ALL, NONE, Findings
from capmap.wording import Wording


def unit_of(findings: Findings) -> str:
    """Return what this portfolio is counted in: passages, if it holds documents only."""
    counted = findings.shares.filter(question="capacity", unit="interventions")
    return "interventions" if counted["denominator"].sum() else "passages"


def with_capacity(findings: Findings) -> int:
    """Return how many interventions (or passages) have capacity development."""
    counted = findings.shares.filter(question="capacity", unit=unit_of(findings))
    return int(counted["numerator"].sum())


def figures(
    findings: Findings, framework: Framework, codebook: Codebook, language: str
) -> dict[str, Chart]:
    """Draw every figure of the paper, by name: constituents, levels, modalities, map."""
    words = Wording("paper", language)
    unit = unit_of(findings)
    count = with_capacity(findings)
    charts = {}
    for name, facet in (
        ("constituents", "constituent"),
        ("levels", "level"),
        ("modalities", "modality"),
    ):
        shares = _labelled(findings, codebook, facet, unit, language)
        if facet == "modality":
            shares = shares.sort("numerator", descending=True, maintain_order=True)
        charts[name] = interval_bars(
            name,
            shares,
            title=_leading(words, name, shares),
            language=language,
            source=words.say(f"source_{unit}", count=count),
            warm=shares.filter(numerator=0)["label"].to_list(),
        )
    charts["map"] = _map(findings, framework, codebook, words, unit)
    return charts


def _labelled(
    findings: Findings, codebook: Codebook, facet: str, unit: str, language: str
) -> pl.DataFrame:
    labels = {
        code.code: code.label[language]
        for code in codebook.facets[facet].codes.values()
    }
    return findings.shares.filter(question=facet, unit=unit).with_columns(
        label=pl.col("code").replace_strict(labels)
    )


def _leading(words: Wording, name: str, shares: pl.DataFrame) -> str:
    found = shares.filter(pl.col("numerator") > 0).sort(
        "numerator", descending=True, maintain_order=True
    )
    if found.is_empty():
        return words.say("title_nothing")
    return words.say(f"title_{name}", first=found["label"][0])


def _map(
    findings: Findings,
    framework: Framework,
    codebook: Codebook,
    words: Wording,
    unit: str,
) -> Chart:
    """Draw approaches (rows) by outcome (columns, by number)."""
    language = words.language
    rows = {
        c.code: c.label[language] for c in codebook.facets["modality"].codes.values()
    }
    columns = {code: str(o.number) for code, o in framework.outcomes.items()}
    table = findings.coverage.filter(
        pl.col("row_facet") == "outcome",
        pl.col("column_facet") == "modality",
        ~pl.col("row").is_in([ALL, NONE]),
        ~pl.col("column").is_in([ALL, NONE]),
    )
    cells = {
        (rows[modality], columns[outcome]): count
        for outcome, modality, count in table.select("row", "column", unit).iter_rows()
        if count
    }
    total = len(rows) * len(columns)
    return heat_map(
        "map",
        cells,
        rows=list(rows.values()),
        columns=list(columns.values()),
        title=words.say("title_map", count=total - len(cells), cells=total),
        language=language,
        axis=words.say("outcome_axis"),
        source=words.say(f"source_map_{unit}"),
    )
