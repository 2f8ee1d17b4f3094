"""A map to take away: its tables as CSV and XLSX, its pictures as SVG and PNG."""

from collections.abc import Callable
from html import unescape
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from capmap.pipeline.publish import safe_csv
from capmap.publishing.charts import Chart, heat_map, interval_bars
from capmap.publishing.map_workbook import write_map_workbook
from capmap.records.permissions import Access
from capmap.tables import ALL
from capmap.web.doors import in_portfolio
from capmap.web.map_evidence import Evidence
from capmap.web.map_finding import bars_table
from capmap.web.map_multiples import Multiples
from capmap.web.map_page import MapPage
from capmap.web.share_columns import share_columns
from capmap.web.templatetags.capmap import day, language, said
from capmap.web.templatetags.shares import sample_sentences, sentences

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "svg": "image/svg+xml",
    "png": "image/png",
}

#: Bars in a picture; more could not be read.
MOST_BARS = 40


@require_safe
@in_portfolio(lambda access: access.can_export)
def give(request: HttpRequest, access: Access, name: str) -> HttpResponse:
    """Give a file of the map that the address asks for."""
    if name not in FILES:
        raise Http404
    page = MapPage(access, request.GET, language())
    content = FILES[name](page)
    answer = HttpResponse(content, content_type=TYPES[name.rpartition(".")[2]])
    answer["Content-Disposition"] = f'attachment; filename="capmap-{name}"'
    answer["X-Content-Type-Options"] = "nosniff"
    # An SVG opened by itself runs nothing and loads nothing.
    answer["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'"
    return answer


def _csv(table: pl.DataFrame) -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "table.csv"
        safe_csv(table.lazy(), path)
        return path.read_bytes()


def _map_csv(page: MapPage) -> bytes:
    """Write every cell and margin with all that it counts, one a line."""
    question = page.question
    table = page.maps.coverage(question)
    cells = table.select("row", "column").iter_rows()
    table = table.hstack(
        share_columns(
            page.estimates.cell(question, row, column) for row, column in cells
        )
    )
    for side, facet in (("row", question.rows), ("column", question.columns)):
        labels = [_label(page, facet, code) for code in table[side]]
        table = table.with_columns(pl.Series(f"{side}_label", labels))
    if page.measure_is_money:
        currency = page.asked.measure.partition(":")[2]
        money = page.maps.budgets(question).filter(pl.col("currency") == currency)
        table = table.join(
            money.select("row", "column", "currency", "amount"),
            on=["row", "column"],
            how="left",
            maintain_order="left",
        )
    return _csv(table)


def _label(page: MapPage, facet: str, code: str) -> str:
    if code == ALL:
        return page.words.say("everything")
    return page.names.code(facet, code).label


def _map_xlsx(page: MapPage) -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "map.xlsx"
        write_map_workbook(
            path,
            page.model,
            page.maps.codebook,
            title=f"{page.kicker.partition('. ')[2]}: {page.access.portfolio.title}",
            unit=page.unit_label,
            notes=[
                _source(page),
                page.words.say("source_overlap"),
                *map(unescape, sample_sentences(page.estimates)),
            ],
            shares=_bars_in_words(page),
        )
        return path.read_bytes()


def _bars_in_words(page: MapPage) -> pl.DataFrame:
    """Return the shares of the columns, each with its method in a sentence."""
    told = {
        h.named.code: " ".join(sentences(page.estimated(h))) for h in page.model.heads
    }
    how = pl.col("code").replace_strict(told, default="", return_dtype=pl.String)
    return _bars(page).with_columns(method=how)


def _source(page: MapPage) -> str:
    return str(
        said(
            "map.source_short",
            title=page.access.portfolio.title,
            when=day(page.maps.shot.made_at),
            coder=page.coders,
            codebook=page.maps.codebook.version,
        )
    )


def _map_chart(page: MapPage) -> Chart:
    model = page.model
    factor, axis = 1.0, page.names.label(page.question.columns)
    if page.asked.measure == "share":
        factor = 100
    if page.measure_is_money:
        factor, axis = 1e-6, f"{axis} ({said('map.in_millions', unit=page.unit_label)})"
    cells = {
        (_row_label(line), cell.head.named.short): round(cell.value * factor)
        for line in model.lines
        for cell in line.cells
        if cell.value
    }
    return heat_map(
        "map",
        cells,
        rows=[_row_label(line) for line in model.lines],
        columns=[head.named.short for head in model.heads],
        title=page.finding.figure_title,
        language=page.names.language,
        axis=axis,
        source=_source(page),
    )


def _bars(page: MapPage) -> pl.DataFrame:
    return bars_table(page.model, scale=page.scale, estimated=page.estimated)


def _row_label(line: object) -> str:
    named = line.named  # type: ignore[attr-defined]
    return f"{named.number} {named.label}".strip()


def _finding_chart(page: MapPage) -> Chart:
    table = _bars(page).head(MOST_BARS)
    warm = table.filter(pl.col("numerator") == 0)["label"].to_list()
    return interval_bars(
        "finding",
        table.with_columns(value=pl.coalesce("estimate", "value").fill_null(0.0)),
        title=page.finding.headline,
        language=page.names.language,
        source=_source(page),
        warm=warm,
    )


def _evidence_csv(page: MapPage) -> bytes:
    """Write the codes of every passage behind a cell, with their words."""
    if not page.asked.cell:
        raise Http404
    return _csv(Evidence(page).table(page.names))


def _multiples_csv(page: MapPage) -> bytes:
    found = Multiples(page)
    if not found.by:
        raise Http404
    return _csv(found.table)


FILES: dict[str, Callable[[MapPage], bytes | str]] = {
    "map.csv": _map_csv,
    "map.xlsx": _map_xlsx,
    "map.svg": lambda page: _map_chart(page).svg,
    "map.png": lambda page: _map_chart(page).png,
    "finding.csv": lambda page: _csv(_bars(page)),
    "finding.svg": lambda page: _finding_chart(page).svg,
    "finding.png": lambda page: _finding_chart(page).png,
    "evidence.csv": _evidence_csv,
    "multiples.csv": _multiples_csv,
}
