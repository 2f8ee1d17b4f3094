"""Write what was found: page, paper, workbook, tables and charts, one after the other."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from capmap import __version__
from capmap.frameworks.codebook import Codebook
from capmap.frameworks.framework import Framework
from capmap.pipeline.run import Reading
from capmap.publishing.charts import Chart
from capmap.publishing.docx import write_docx
from capmap.publishing.explorer import explorer_page
from capmap.publishing.paper import About, write_paper
from capmap.publishing.paper_cover import CoverSettings
from capmap.publishing.paper_figures import figures
from capmap.publishing.pdf import write_pdf
from capmap.publishing.xlsx import write_mapping
from capmap.tables import Findings, Portfolio
from capmap.wording import Wording

#: What stands beside the page, in the order in which it is offered.
DOWNLOADS = (
    ("paper_docx", "paper.docx"),
    ("paper_pdf", "paper.pdf"),
    ("mapping", "mapping.xlsx"),
    ("codings_csv", "codings.csv"),
    ("codings_parquet", "codings.parquet"),
    ("set_aside", "set-aside.csv"),
    ("provenance", "provenance.json"),
)


@dataclass(frozen=True, slots=True)
class Publication:
    """All that the writers need of one run."""

    portfolio: Portfolio
    findings: Findings
    framework: Framework
    codebook: Codebook
    language: str
    title: str
    day: date
    coder: str
    learned: Sequence[tuple[str, str]]  # codes in which a model has a say
    reading: Reading
    cover: CoverSettings


def publish(publication: Publication, out: Path) -> Iterator[str]:
    """Write every file into ``out``, naming each before it is written."""
    charts: dict[str, Chart] = {}
    steps: dict[str, Callable[[], None]] = {
        "charts/": lambda: charts.update(_charts(publication, out / "charts")),
        "paper.docx, paper.pdf": lambda: _paper(publication, charts, out),
        "mapping.xlsx": lambda: _workbook(publication, out / "mapping.xlsx"),
        "codings.csv": lambda: _codings_csv(publication, out),
        "set-aside.csv": lambda: safe_csv(
            publication.portfolio.set_aside.lazy(), out / "set-aside.csv"
        ),
        "index.html": lambda: _page(publication, out / "index.html"),
    }
    for name, step in steps.items():
        yield name
        step()


def _charts(publication: Publication, folder: Path) -> Mapping[str, Chart]:
    charts = figures(
        publication.findings,
        publication.framework,
        publication.codebook,
        publication.language,
    )
    folder.mkdir()
    for name, chart in charts.items():
        (folder / f"{name}.svg").write_text(chart.svg, encoding="utf-8")
        (folder / f"{name}.png").write_bytes(chart.png)
    return charts


def _paper(publication: Publication, charts: Mapping[str, Chart], out: Path) -> None:
    report = write_paper(
        publication.portfolio,
        publication.findings,
        charts,
        framework=publication.framework,
        codebook=publication.codebook,
        language=publication.language,
        about=About(
            title=publication.title,
            date=publication.day,
            version=__version__,
            coder=publication.coder,
            files=len(publication.reading.inputs),
        ),
        settings=publication.cover,
    )
    write_docx(report, out / "paper.docx")
    write_pdf(report, out / "paper.pdf")


def _about(publication: Publication) -> dict[str, str]:
    words = Wording("paper", publication.language)
    return {
        "title": publication.title,
        "when": words.date(publication.day),
        "capmap": __version__,
        "codebook": publication.codebook.version,
        "coder": publication.coder,
        "framework": publication.framework.title[publication.language],
        "files": words.number(len(publication.reading.inputs)),
        "passages": words.number(publication.portfolio.passages.height),
        "codings": words.number(publication.portfolio.codings.height),
    }


def _workbook(publication: Publication, path: Path) -> None:
    write_mapping(
        path,
        publication.portfolio,
        publication.findings,
        publication.framework,
        publication.codebook,
        publication.language,
        _about(publication),
    )


def _page(publication: Publication, path: Path) -> None:
    words = Wording("paper", publication.language)
    inputs = {
        f"input:{one.name}": f"{one.kind.upper()}, {words.number(one.size)} B, SHA-256 {one.sha256}"
        for one in publication.reading.inputs
    }
    page = explorer_page(
        publication.portfolio,
        framework=publication.framework,
        codebook=publication.codebook,
        language=publication.language,
        about={**_about(publication), **inputs},
        downloads=DOWNLOADS,
        learned=publication.learned,
    )
    path.write_text(page, encoding="utf-8")


def _codings_csv(publication: Publication, out: Path) -> None:
    """Write the codings with names beside codes and the text that was coded."""
    language = publication.language
    labels = pl.LazyFrame(
        [
            {
                "facet": facet.facet,
                "code": code.code,
                "facet_label": facet.label[language],
                "code_label": code.label[language],
            }
            for facet in publication.codebook.facets.values()
            for code in facet.codes.values()
        ]
    )
    interventions = publication.portfolio.interventions.lazy()
    safe_csv(
        pl.scan_parquet(out / "codings.parquet")
        .drop("spans")
        .join(labels, on=["facet", "code"], how="left", maintain_order="left")
        .join(
            interventions.select("intervention_id", "title", "source"),
            on="intervention_id",
            how="left",
            maintain_order="left",
        )
        .join(
            pl.scan_parquet(out / "passages.parquet").select(
                "passage_id", "place", "language", "text"
            ),
            on="passage_id",
            how="left",
            maintain_order="left",
        )
        .select(
            "intervention_id", "title", "passage_id", "place", "language",
            "facet", "facet_label", "code", "code_label", "confidence", "doubtful",
            "coder", "basis", "because", "quote", "text", "source",
        ),
        out / "codings.csv",
    )  # fmt: skip


def harmless(table: pl.LazyFrame) -> pl.LazyFrame:
    """Let no text of a table act as a formula where a spreadsheet opens it.

    A text that a spreadsheet would take for one (it begins with = + - @, a tab or
    a carriage return) gets an apostrophe before it, as OWASP advises.
    """
    texts = pl.col(pl.String)
    acts = texts.str.contains(r"^[=+\-@\t\r]")
    return table.with_columns(
        pl.when(acts).then("'" + texts).otherwise(texts).name.keep()
    )


def safe_csv(table: pl.LazyFrame, path: Path) -> None:
    """Write a table as CSV that a spreadsheet may open: UTF-8 with its mark, no formulas."""
    harmless(table).sink_csv(path, include_bom=True)
