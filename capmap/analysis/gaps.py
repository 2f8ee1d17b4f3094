"""What is found nowhere, and how much that says.

An empty cell is a finding only if there was something to find it in: 0 of 200 is a gap,
0 of 3 is next to no knowledge. So each gap carries the share that it still allows, and
gaps are ordered by how telling they are.
"""

from typing import Any

import polars as pl

from capmap.analysis.facets import NOT_AN_APPROACH
from capmap.analysis.intervals import hypergeometric_tail, upper_bound_of_none
from capmap.analysis.shares import rounded_per_cent
from capmap.tables import ALL, GAPS, NONE
from capmap.wording import LANGUAGES, Wording


def gaps(table: pl.DataFrame) -> pl.DataFrame:
    """Return the gaps of one coverage table, the most telling first, as ``tables.GAPS``.

    Rows and columns empty throughout come first (the lowest upper bound, that is the most
    looked through, before others), then empty cells of rows and columns that are not:
    those least to be expected first, by the hypergeometric chance of an empty cell if row
    and column had nothing to do with each other. Cells of empty rows and columns are not
    listed again. Interventions are counted, or passages where there are only documents.
    """
    count, margin = counts(table)
    total = margin.get((ALL, ALL), 0)
    if not total:
        return pl.DataFrame(schema=GAPS)
    real = (NONE, ALL, NOT_AN_APPROACH)
    rows = [r for r in dict.fromkeys(table["row"]) if r not in real]
    columns = [c for c in dict.fromkeys(table["column"]) if c not in real]
    found: list[dict[str, Any]] = []
    for row in rows:
        if margin[row, ALL] == 0:
            found.append(_gap("row", row, ALL, total))
    for column in columns:
        if margin[ALL, column] == 0:
            found.append(_gap("column", ALL, column, total))
    for row in rows:
        for column in columns:
            down, across = margin[row, ALL], margin[ALL, column]
            if margin[row, column] == 0 and down and across:
                gap = _gap("cell", row, column, down)
                gap["expected"] = down * across / total
                gap["chance"] = 1 - hypergeometric_tail(1, across, down, total)
                found.append(gap)
    kinds = {"row": 0, "column": 0, "cell": 1}
    found.sort(key=lambda gap: (kinds[gap["kind"]], gap["chance"] or 0, gap["upper"]))
    facets = table.row(0, named=True)
    about = {
        "row_facet": facets["row_facet"],
        "column_facet": facets["column_facet"],
        "unit": count,
    }
    return pl.DataFrame([gap | about for gap in found], schema=GAPS)


def counts(table: pl.DataFrame) -> tuple[str, dict[tuple[str, str], int]]:
    """Return what a coverage table is to be read by, and the count of each cell.

    Interventions, unless the portfolio has only documents: then passages.
    """
    whole = table.filter((pl.col("row") == ALL) & (pl.col("column") == ALL))
    unit = "interventions" if whole["interventions"].sum() else "passages"
    cells = table.select("row", "column", unit).iter_rows()
    return unit, {(row, column): n for row, column, n in cells}


def _gap(kind: str, row: str, column: str, of: int) -> dict[str, Any]:
    upper = upper_bound_of_none(of)
    return {
        "kind": kind,
        "row": row,
        "column": column,
        "of": of,
        "upper": upper,
        "expected": None,
        "chance": None,
        **{
            f"sentence_{language}": Wording("analysis", language).say(
                "none_of", of=of, upper=rounded_per_cent(upper)
            )
            for language in LANGUAGES
        },
    }
