"""A list of interventions as files: CSV, Parquet and a workbook, with names beside codes."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zipfile import ZIP_STORED, ZipFile

import polars as pl

from capmap.frameworks.codebook import Codebook
from capmap.publishing import xlsx_lists
from capmap.publishing.xlsx_book import ROWS, Book, Column
from capmap.tables import NONE, LazyPortfolio

Label = Callable[[str, str], str]
"""What a code is called: of a facet and a code."""

#: Interventions whose passages are in memory at a time.
CHUNK = 5_000

PASSAGE_COLUMNS = (
    Column("intervention", 20),
    Column("title", 30),
    Column("place", 18),
    Column("language", 9),
    Column("text", 90),
)


def interventions_table(
    portfolio: LazyPortfolio, facets: Sequence[str], label: Label
) -> pl.LazyFrame:
    """Return one row an intervention, lists as text, codes and their names side by side."""
    listed = portfolio.interventions.with_row_index("nth")
    found = _codes_with_capacity(portfolio)
    table = listed.select(
        "nth", "intervention_id", "counted_as", "title", "kind", "status", "language",
        "starts_on", "ends_on",
        country_codes=_parts("countries"), regions=_parts("regions"), sectors=_parts("sectors"),
        **{role: _organisations(role) for role in ("funding", "accountable", "extending", "implementing")},
        budget="budget_amount", currency="budget_currency", source="source", place="place",
    )  # fmt: skip
    countries = _labels("country", _distinct(listed, "countries"), label)
    named = (
        listed.select("nth", code=pl.col("countries"))
        .explode("code")
        .select("nth", code=pl.col("code").struct.field("code"))
        .join(countries, on="code", how="left")
        .group_by("nth")
        .agg(countries=pl.col("name").drop_nulls().str.join("; "))
    )
    table = table.join(named, on="nth", how="left")
    for name, counted in (
        ("passages", portfolio.passages.select("intervention_id", "passage_id")),
        ("capacity_passages", found.select("intervention_id", "passage_id").unique()),
    ):
        counts = counted.group_by("intervention_id").len(name)
        table = table.join(counts, on="intervention_id", how="left").with_columns(
            pl.col(name).fill_null(0)
        )
    for facet in facets:
        held = found.filter(pl.col("facet") == facet)
        names = _labels(facet, held.select("code").unique().collect()["code"], label)
        codes = (
            held.select("intervention_id", "code")
            .unique()
            .join(names, on="code", how="left")
            .sort("intervention_id", "code")
            .group_by("intervention_id")
            .agg(
                pl.col("code").str.join("; ").alias(facet),
                pl.col("name").str.join("; ").alias(f"{facet}_names"),
            )
        )
        table = table.join(codes, on="intervention_id", how="left")
    # Names stand right behind their codes.
    columns = table.collect_schema().names()
    columns.remove("countries")
    columns.insert(columns.index("country_codes") + 1, "countries")
    return table.sort("nth").select(columns).drop("nth")


def codings_table(
    portfolio: LazyPortfolio, facet_label: Callable[[str], str], label: Label
) -> pl.LazyFrame:
    """Return one row a coding, with names of facet and code, and the passage's text."""
    return _named_codings(portfolio, facet_label, label).join(
        portfolio.interventions.select("intervention_id", "title", "source"),
        on="intervention_id", how="left", maintain_order="left",
    ).join(
        portfolio.passages.select("passage_id", "place", "language", "text"),
        on="passage_id", how="left", maintain_order="left",
    ).select(
        "intervention_id", "title", "passage_id", "place", "language", "facet", "facet_name",
        "code", "code_name", "confidence", "doubtful", "coder", "basis", "because", "quote",
        "text", "source",
    )  # fmt: skip


def write_parquet(
    portfolio: LazyPortfolio,
    path: Path,
    facet_label: Callable[[str], str],
    label: Label,
) -> None:
    """Write the three tables into one archive, names beside the codes of codings."""
    tables = {
        "interventions": portfolio.interventions,
        "passages": portfolio.passages,
        "codings": _named_codings(portfolio, facet_label, label),
    }
    with TemporaryDirectory() as folder, ZipFile(path, "w", ZIP_STORED) as archive:
        for name, table in tables.items():
            part = Path(folder) / f"{name}.parquet"
            table.sink_parquet(part)
            archive.write(part, part.name)
            part.unlink()


def write_workbook(
    portfolio: LazyPortfolio, path: Path, codebook: Codebook, language: str
) -> None:
    """Write interventions, passages and codings, each with as many sheets as it needs."""
    book = Book(path, codebook, language)
    interventions = xlsx_lists.intervention_rows(book, portfolio, 1 << 31)
    _sheets(book, "interventions", xlsx_lists.INTERVENTION_COLUMNS, interventions)
    _sheets(book, "texts", PASSAGE_COLUMNS, _passage_rows(portfolio))
    codings = (
        row
        for part in _chunks(portfolio)
        for row in xlsx_lists.passage_rows(
            book, xlsx_lists.coded_passages(book, part, 1 << 31)[0]
        )
    )
    _sheets(book, "passages", xlsx_lists.PASSAGE_COLUMNS, codings)
    book.workbook.close()


def _sheets(
    book: Book, name: str, columns: Sequence[Column], rows: Iterator[Sequence[Any]]
) -> None:
    """Write rows on as many sheets as Excel needs for them."""
    number = 1
    ahead = next(rows, None)
    while ahead is not None or number == 1:
        sheet = book.sheet(name, number=number)
        held: list[Sequence[Any]] = [] if ahead is None else [ahead]
        book.list(sheet, columns, _first(held, rows, ROWS), frozen=2, tallest=43)
        ahead = next(rows, None)
        number += 1


def _first(
    held: list[Sequence[Any]], rows: Iterator[Sequence[Any]], most: int
) -> Iterator[Sequence[Any]]:
    yield from held
    for _, row in zip(range(most - len(held)), rows, strict=False):
        yield row


def _passage_rows(portfolio: LazyPortfolio) -> Iterator[Sequence[Any]]:
    for part in _chunks(portfolio):
        titles = part.interventions.select("intervention_id", "title").with_row_index("nth")  # fmt: skip
        yield from (
            part.passages.join(titles, on="intervention_id", how="inner")
            .sort("nth", "position")
            .select("intervention_id", "title", "place", "language", "text")
            .collect()
            .iter_rows()
        )


def _chunks(portfolio: LazyPortfolio) -> Iterator[LazyPortfolio]:
    """Yield some thousand interventions at a time, with what belongs to them."""
    for part in portfolio.interventions.collect().iter_slices(CHUNK):
        here = part.lazy().select("intervention_id")
        yield LazyPortfolio(
            part.lazy(),
            portfolio.passages.join(here, on="intervention_id", how="semi"),
            portfolio.codings.join(here, on="intervention_id", how="semi"),
            portfolio.set_aside,
        )


def _named_codings(
    portfolio: LazyPortfolio, facet_label: Callable[[str], str], label: Label
) -> pl.LazyFrame:
    found = portfolio.codings.select("facet", "code").unique().collect()
    names = pl.LazyFrame(
        [(f, c, facet_label(f), label(f, c)) for f, c in found.iter_rows()],
        schema=dict.fromkeys(("facet", "code", "facet_name", "code_name"), pl.String),
        orient="row",
    )
    return portfolio.codings.join(
        names, on=["facet", "code"], how="left", maintain_order="left"
    )


def _codes_with_capacity(portfolio: LazyPortfolio) -> pl.LazyFrame:
    codings = portfolio.codings.select("passage_id", "intervention_id", "facet", "code")
    capacity = codings.filter(
        (pl.col("facet") == "capacity") & (pl.col("code") == "cd")
    )
    return codings.join(
        capacity.select("passage_id").unique(), on="passage_id", how="semi"
    )


def _labels(facet: str, codes: Sequence[str] | pl.Series, label: Label) -> pl.LazyFrame:
    rows = [(code, label(facet, code)) for code in codes if code]
    schema = {"code": pl.String, "name": pl.String}
    return pl.LazyFrame(rows, schema=schema, orient="row")


def _distinct(table: pl.LazyFrame, column: str) -> pl.Series:
    codes = table.select(pl.col(column).explode().struct.field("code")).unique()
    return codes.collect().to_series().drop_nulls()


def _parts(column: str) -> pl.Expr:
    codes = pl.col(column).list.eval(pl.element().struct.field("code"))
    return codes.list.join("; ")


def _organisations(role: str) -> pl.Expr:
    named = pl.col("organisations").list.eval(
        pl.element().filter(pl.element().struct.field("role") == role)
    )
    name = pl.element().struct.field("name")
    return named.list.eval(
        pl.when(name.fill_null(NONE) != NONE)
        .then(name)
        .otherwise(pl.element().struct.field("ref"))
    ).list.join("; ")
