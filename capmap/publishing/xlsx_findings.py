"""The lists of the workbook that come from findings: shares, pairs and gaps, worded."""

from collections.abc import Iterator, Sequence
from typing import Any

import polars as pl

from capmap.publishing.xlsx_book import Book, Column
from capmap.tables import ALL, Findings

SHARE_COLUMNS = (
    Column("question", 30),
    Column("label", 32),
    Column("unit", 14),
    Column("among", 22),
    Column("numerator", 9, "whole"),
    Column("denominator", 9, "whole"),
    Column("value", 12, "fine_share"),
    Column("low", 11, "fine_share"),
    Column("high", 11, "fine_share"),
    Column("interval_confidence", 13, "share"),
    Column("method", 11),
    Column("population", 11, "whole"),
    Column("sentence", 70),
    Column("code", 24),
)
SYNERGY_COLUMNS = (
    Column("within", 16),
    Column("facet", 20),
    Column("first", 32),
    Column("second", 32),
    Column("units", 10, "whole"),
    Column("with_first", 10, "whole"),
    Column("with_second", 10, "whole"),
    Column("together", 10, "whole"),
    Column("expected", 11, "decimal"),
    Column("lift", 11, "decimal"),
    Column("chance", 12, "chance"),
)
MISSING_COLUMNS = (
    Column("here", 34),
    Column("first", 32),
    Column("second", 32),
    Column("here_units", 11, "whole"),
    Column("with_first", 10, "whole"),
    Column("with_second", 10, "whole"),
    Column("elsewhere_units", 12, "whole"),
    Column("elsewhere_together", 12, "whole"),
    Column("elsewhere_places", 10, "whole"),
    Column("expected_here", 11, "decimal"),
    Column("chance_of_none", 12, "chance"),
)
GAP_COLUMNS = (
    Column("gap_kind", 20),
    Column("row", 36),
    Column("column", 36),
    Column("denominator", 9, "whole"),
    Column("unit", 14),
    Column("upper", 13, "share"),
    Column("expected", 12, "decimal"),
    Column("chance_of_none", 12, "chance"),
    Column("sentence", 50),
)


def share_rows(book: Book, findings: Findings) -> Iterator[Sequence[Any]]:
    """Yield each share with its interval, those of nothing left out."""
    say = book.words.say
    shares = findings.shares.filter(pl.col("denominator") > 0)
    for row in shares.iter_rows(named=True):
        question, code = row["question"], row["code"]
        if question == "levels_together":
            levels = [book.label("level", level) for level in code.split("+") if level]
            label = " + ".join(levels) or say("no_level")
        else:
            label = (
                book.label(row["facet"], code)
                if code and question != "capacity"
                else ""
            )
        yield (
            book.facet(question)
            if question == row["facet"]
            else say(f"question_{question}"),
            label,
            say(f"unit_{row['unit']}"),
            say(f"among_{row['among']}"),
            row["numerator"],
            row["denominator"],
            row["value"],
            row["low"],
            row["high"],
            row["confidence"],
            say(f"method_{row['method']}"),
            row["population"],
            row[f"sentence_{book.words.language}"],
            code,
        )


def synergy_rows(book: Book, findings: Findings) -> Iterator[Sequence[Any]]:
    """Yield the pairs that meet, within each kind of place the most frequent first."""
    met = findings.synergies.filter(pl.col("together") > 0)
    for row in met.iter_rows(named=True):
        yield (
            book.words.say(f"within_{row['within']}"),
            book.facet(row["facet"]),
            *(book.label(row["facet"], row[side]) for side in ("first", "second")),
            *(row[c] for c in ("units", "with_first", "with_second", "together")),
            *(row[c] for c in ("expected", "lift", "chance")),
        )


def missing_rows(book: Book, findings: Findings) -> Iterator[Sequence[Any]]:
    """Yield the pairs that meet elsewhere and not here."""
    for row in findings.missing_pairs.iter_rows(named=True):
        yield (
            book.label(row["by"], row["here"]),
            *(book.label(row["facet"], row[side]) for side in ("first", "second")),
            *(row[c] for c in ("here_units", "here_first", "here_second")),
            *(row[f"elsewhere_{c}"] for c in ("units", "together", "places")),
            row["expected"],
            row["chance"],
        )


def gap_rows(book: Book, findings: Findings) -> Iterator[Sequence[Any]]:
    """Yield the gaps, the most telling first in each table."""
    for row in findings.gaps.iter_rows(named=True):
        names = [
            book.words.say("anything")
            if row[side] == ALL and side == "column"
            else book.words.say("all_outcomes")
            if row[side] == ALL
            else book.label(row[f"{side}_facet"], row[side])
            for side in ("row", "column")
        ]
        yield (
            book.words.say(f"gap_{row['kind']}"),
            *names,
            row["of"],
            book.words.say(f"unit_{row['unit']}"),
            row["upper"],
            row["expected"],
            row["chance"],
            row[f"sentence_{book.words.language}"],
        )
