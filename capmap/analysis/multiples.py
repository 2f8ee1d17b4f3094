"""The same table once for each code of a third facet: small multiples."""

from collections.abc import Sequence

import polars as pl

from capmap.analysis.coverage import cell_passages, count_cells
from capmap.analysis.facets import Frame, counted_passages, places
from capmap.tables import COVERAGE, empty


def coverage_by(
    interventions: Frame,
    codings: Frame,
    rows: str,
    columns: str,
    by: str,
    *,
    row_codes: Sequence[str] = (),
    column_codes: Sequence[str] = (),
    most: int = 24,
    capacity_only: bool = True,
) -> pl.DataFrame:
    """Return a coverage table for each code of facet ``by``, one below the other.

    The columns are ``by`` and those of ``tables.COVERAGE``. The ``most`` frequent codes
    stand, in alphabetical order, passages without one under ``NONE`` among them. A
    passage in two regions stands in the tables of both.
    """
    passages = counted_passages(interventions, codings, capacity_only=capacity_only)
    held = (
        places(by, passages, interventions, codings)
        .select("passage_id", by="code")
        .unique()
        .collect()
    )
    often = held["by"].value_counts(sort=True)["by"].head(most).sort()
    cells = cell_passages(
        interventions, codings, rows, columns, capacity_only=capacity_only
    ).collect()
    tables = []
    for code in often:
        here = held.filter(pl.col("by") == code)
        part = cells.join(here, on="passage_id", how="semi").lazy()
        table = count_cells(part, rows, columns, row_codes, column_codes)
        tables.append(table.select(pl.lit(code).alias("by"), pl.all()))
    return pl.concat(tables) if tables else empty({"by": pl.String, **COVERAGE})
