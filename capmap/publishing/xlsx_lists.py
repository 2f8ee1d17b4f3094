"""The lists of the workbook that come from the portfolio and the codebook, worded."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import polars as pl

from capmap.publishing.xlsx_book import Book, Column
from capmap.tables import NONE, LazyPortfolio, Portfolio
from capmap.wording import rules_in

#: Facets named in the list of interventions.
NAMED = ("outcome", "modality", "level", "constituent", "partner")

INTERVENTION_COLUMNS = (
    Column("intervention", 30, "link"),
    Column("title", 40),
    Column("kind", 16),
    Column("countries", 18),
    Column("starts_on", 11, "date"),
    Column("ends_on", 11, "date"),
    Column("amount", 14, "whole"),
    Column("currency", 9),
    Column("passages", 10, "whole"),
    Column("capacity_passages", 13, "whole"),
    *(Column(f"facet:{facet}", 26) for facet in NAMED),
    Column("counted_as", 20),
    Column("source", 26),
    Column("place", 18),
)
PASSAGE_COLUMNS = (
    Column("intervention", 20),
    Column("place", 18),
    Column("language", 9),
    Column("text", 70),
    Column("facet", 15),
    Column("label", 28),
    Column("code", 22),
    Column("quote", 32),
    Column("confidence", 11, "decimal"),
    Column("doubtful", 9),
    Column("basis", 20),
    Column("because", 30),
)
SET_ASIDE_COLUMNS = (
    Column("source", 40),
    Column("place", 24),
    Column("scope", 14),
    Column("reason", 60),
    Column("remedy", 60),
)
CODEBOOK_COLUMNS = (
    Column("facet", 16),
    Column("group", 18),
    Column("label", 30),
    Column("code", 24),
    Column("definition", 56),
    Column("include", 44),
    Column("exclude", 44),
)


def intervention_rows(
    book: Book, portfolio: Portfolio | LazyPortfolio, most: int
) -> Iterator[Sequence[Any]]:
    """Yield every intervention and document as read, with the codes found in it."""
    listed = portfolio.interventions.lazy().head(most).collect()
    codings = portfolio.codings.lazy().filter(
        pl.col("intervention_id").is_in(listed["intervention_id"].implode())
    )
    capacity = (pl.col("facet") == "capacity") & (pl.col("code") == "cd")
    found = codings.select("passage_id", "intervention_id", "facet", "code").join(
        codings.filter(capacity).select("passage_id").unique(), on="passage_id"
    )
    codes = {
        (identifier, facet): set(held)
        for identifier, facet, held in found.group_by("intervention_id", "facet")
        .agg(pl.col("code").unique())
        .collect()
        .iter_rows()
    }
    read = _counts(portfolio.passages.lazy())
    with_capacity = _counts(found)
    for row in listed.iter_rows(named=True):
        identifier = row["intervention_id"]
        yield (
            identifier,
            row["title"],
            book.label("kind", row["kind"]),
            ", ".join(book.label("country", c["code"]) for c in row["countries"] or ()),
            row["starts_on"],
            row["ends_on"],
            row["budget_amount"],
            row["budget_currency"],
            read.get(identifier, 0),
            with_capacity.get(identifier, 0),
            *(
                _names(book, facet, codes.get((identifier, facet), set()))
                for facet in NAMED
            ),
            row["counted_as"],
            row["source"],
            row["place"],
        )


def _counts(passages: pl.LazyFrame) -> dict[str, int]:
    counted = passages.group_by("intervention_id").agg(pl.col("passage_id").n_unique())
    return dict(counted.collect().iter_rows())


def _names(book: Book, facet: str, held: set[str]) -> str:
    """Return the labels of codes in the order of the codebook."""
    known = book.codebook.facets[facet].codes if facet in book.codebook.facets else {}
    order = [code for code in known if code in held] + sorted(held - set(known))
    return "; ".join(book.label(facet, code) for code in order)


def coded_passages(
    book: Book, portfolio: Portfolio | LazyPortfolio, most: int
) -> tuple[pl.DataFrame, int]:
    """Return the first ``most`` codings with their passages, and how many there are.

    In the order of the portfolio, then of the text, then of the codebook.
    """
    order = (
        portfolio.interventions.lazy().select("intervention_id").with_row_index("nth")
    )
    order_of_facets = dict.fromkeys(["capacity", *book.codebook.facets])
    facets = {facet: number for number, facet in enumerate(order_of_facets)}
    codings = portfolio.codings.lazy().drop("spans", "coder")
    whole = int(codings.select(pl.len()).collect().item())
    texts = portfolio.passages.lazy().select(
        "passage_id", "position", "place", "language", "text"
    )
    places = texts.select("passage_id", "position")
    first = (
        codings.join(order, on="intervention_id", how="left")
        .join(places, on="passage_id", how="left")
        .with_columns(
            pl.col("facet")
            .replace_strict(facets, default=len(facets), return_dtype=pl.Int32)
            .alias("facet_nth")
        )
        .sort("nth", "position", "facet_nth", "code", nulls_last=True)
        .head(most)
        .collect()
    )
    held = texts.filter(pl.col("passage_id").is_in(first["passage_id"].implode()))
    return (
        first.drop("position").join(
            held.collect(), on="passage_id", how="left", maintain_order="left"
        ),
        whole,
    )


def passage_rows(book: Book, codings: pl.DataFrame) -> Iterator[Sequence[Any]]:
    """Yield each code with the passage and the words that led to it."""
    for row in codings.iter_rows(named=True):
        yield (
            row["intervention_id"],
            row["place"],
            row["language"],
            row["text"],
            book.facet(row["facet"]),
            book.label(row["facet"], row["code"]),
            row["code"],
            row["quote"],
            row["confidence"],
            row["doubtful"],
            book.page_words.say(f"basis_{row['basis']}"),
            rules_in(book.words.language, row["because"])
            if row["basis"] == "rule"
            else row["because"],
        )


def set_aside_rows(
    book: Book, portfolio: Portfolio | LazyPortfolio, most: int
) -> Iterator[Sequence[Any]]:
    """Yield what was not read, or read with a remark."""
    for row in portfolio.set_aside.lazy().head(most).collect().iter_rows(named=True):
        scope = book.page_words.say(f"scope_{row['scope']}")
        yield row["source"], row["place"], scope, row["reason"], row["remedy"]


def codebook_rows(book: Book) -> Iterator[Sequence[Any]]:
    """Yield every code with its definition and rules."""
    language = book.words.language

    def said(texts: Mapping[str, str]) -> str:
        return texts.get(language) or texts.get("en") or NONE

    for facet in book.codebook.facets.values():
        for code in facet.codes.values():
            yield (
                said(facet.label),
                code.group,
                said(code.label),
                code.code,
                said(code.definition),
                said(code.include),
                said(code.exclude),
            )
