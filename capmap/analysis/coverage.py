"""Any facet by any facet: interventions, passages and budgets, with margins."""

from collections.abc import Sequence

import polars as pl

from capmap.analysis.facets import Frame, codes_of, counted_passages, places
from capmap.tables import ALL, BUDGETS, COVERAGE


def coverage(
    interventions: Frame,
    codings: Frame,
    rows: str,
    columns: str,
    *,
    row_codes: Sequence[str] = (),
    column_codes: Sequence[str] = (),
    capacity_only: bool = True,
) -> pl.DataFrame:
    """Return the table of facet ``rows`` by facet ``columns``, as in ``tables.COVERAGE``.

    Every cell of the grid stands, also the empty ones. ``row_codes`` and
    ``column_codes`` give the codes and their order (those of the codebook); codes found
    beyond them follow in alphabetical order, then ``NONE`` if a passage has no code, then
    the margin ``ALL``. A passage with two codes stands in two cells, so cells can add up
    to more than their margin; the margin counts each passage and intervention once, and
    the margin of margins is all that counts.
    """
    cells = cell_passages(
        interventions, codings, rows, columns, capacity_only=capacity_only
    )
    return count_cells(cells, rows, columns, row_codes, column_codes)


def count_cells(
    cells: pl.LazyFrame,
    rows: str,
    columns: str,
    row_codes: Sequence[str] = (),
    column_codes: Sequence[str] = (),
) -> pl.DataFrame:
    """Return the coverage table of ``cell_passages``, which budgets can be read from too."""
    counted = pl.concat(
        cells.with_columns(*(pl.lit(ALL).alias(side) for side in margin))
        .group_by("row", "column")
        .agg(
            pl.col("counted_as").drop_nulls().n_unique().alias("interventions"),
            pl.col("passage_id").n_unique().alias("passages"),
            pl.col("doubtful").all(),
            pl.col("confidence").min().alias("confidence_min"),
        )
        for margin in ((), ("row",), ("column",), ("row", "column"))
    ).collect()
    grid = _grid(rows, columns, counted, row_codes, column_codes)
    filled = grid.join(
        counted, on=["row", "column"], how="left", maintain_order="left"
    ).with_columns(
        pl.col("interventions", "passages").fill_null(0).cast(pl.Int64),
        pl.col("doubtful").fill_null(False),
    )
    return (
        filled.join(
            filled.filter(pl.col("column") == ALL).select(
                "row", of="interventions", of_passages="passages"
            ),
            on="row",
            how="left",
            maintain_order="left",
        )
        .select(
            pl.lit(rows).alias("row_facet"),
            "row",
            pl.lit(columns).alias("column_facet"),
            "column",
            "interventions",
            "passages",
            _ratio("interventions", "of").alias("share_of_row"),
            _ratio("passages", "of_passages").alias("share_of_row_passages"),
            "doubtful",
            "confidence_min",
        )
        .cast(pl.Schema(COVERAGE))
    )


def _ratio(part: str, whole: str) -> pl.Expr:
    return pl.when(pl.col(whole) > 0).then(pl.col(part) / pl.col(whole))


def cell_passages(
    interventions: Frame,
    codings: Frame,
    rows: str,
    columns: str,
    *,
    capacity_only: bool = True,
) -> pl.LazyFrame:
    """Return who stands in which cell: row, column, passage_id, counted_as and doubt.

    ``doubtful``: the code of the row or that of the column is doubtful; ``confidence``:
    the lower of the two.
    """
    passages = counted_passages(interventions, codings, capacity_only=capacity_only)
    across = places(columns, passages, interventions, codings)
    return (
        passages.join(
            places(rows, passages, interventions, codings).rename({"code": "row"}),
            on="passage_id",
        )
        .join(across.rename({"code": "column"}), on="passage_id", suffix="_column")
        .select(
            "row",
            "column",
            "passage_id",
            "counted_as",
            pl.col("doubtful") | pl.col("doubtful_column"),
            pl.min_horizontal("confidence", "confidence_column"),
        )
    )


def _grid(
    rows: str,
    columns: str,
    counted: pl.DataFrame,
    row_codes: Sequence[str],
    column_codes: Sequence[str],
) -> pl.DataFrame:
    found = counted.filter((pl.col("row") != ALL) & (pl.col("column") != ALL))
    down = [*codes_of(rows, found["row"].unique().to_list(), row_codes), ALL]
    across = [*codes_of(columns, found["column"].unique().to_list(), column_codes), ALL]
    return pl.DataFrame({"row": down}, schema={"row": pl.String}).join(
        pl.DataFrame({"column": across}, schema={"column": pl.String}), how="cross"
    )


def budgets(
    interventions: Frame,
    codings: Frame,
    rows: str,
    columns: str,
    *,
    capacity_only: bool = True,
) -> pl.DataFrame:
    """Return the budgets behind each cell by currency, as in ``tables.BUDGETS``.

    The budget of an intervention is never split in silence: it stands whole in each cell
    where one of its passages stands, and once in each margin. So cells must not be added
    up; they answer "how much money is in interventions that do this". Cells without a
    stated budget have no row.
    """
    cells = cell_passages(
        interventions, codings, rows, columns, capacity_only=capacity_only
    )
    return add_budgets(cells, rows, columns, intervention_budgets(interventions))


def add_budgets(
    cells: pl.LazyFrame, rows: str, columns: str, money: pl.DataFrame
) -> pl.DataFrame:
    """Return the budgets of ``cell_passages``; ``money`` is ``intervention_budgets``."""
    stated = (
        cells.select("row", "column", "counted_as")
        .unique()
        .join(money.lazy(), on="counted_as")
        .collect()
        .lazy()
    )
    table = pl.concat(
        stated.with_columns(*(pl.lit(ALL).alias(side) for side in margin))
        .unique()
        .group_by("row", "column", "currency")
        .agg(
            pl.col("amount").sum(),
            pl.len().cast(pl.Int64).alias("interventions"),
        )
        for margin in ((), ("row",), ("column",), ("row", "column"))
    )
    return (
        table.select(
            pl.lit(rows).alias("row_facet"),
            "row",
            pl.lit(columns).alias("column_facet"),
            "column",
            "currency",
            "amount",
            "interventions",
        )
        .sort("row", "column", "currency")
        .collect()
        .cast(pl.Schema(BUDGETS))
    )


def intervention_budgets(interventions: Frame) -> pl.DataFrame:
    """Return the budget of each intervention as counted: counted_as, currency, amount.

    A programme and its components often state the same money twice. So the budget of a
    component counts if it has one, and that of the whole only if none of its components,
    at any depth, has. Currencies are never added together.
    """
    nodes = (
        interventions.lazy()
        .filter(pl.col("kind") != "document")
        .select(
            "intervention_id",
            "counted_as",
            "parents",
            "budget_amount",
            "budget_currency",
        )
        .collect()
    )
    stated = nodes.filter(pl.col("budget_amount").is_not_null())
    lowest = stated.filter(
        ~pl.col("intervention_id").is_in(_with_budget_below(nodes, stated))
    )
    # Parents in a circle cover one another: then what the whole states holds.
    circular = stated.filter(pl.col("intervention_id") == pl.col("counted_as")).join(
        lowest, on="counted_as", how="anti"
    )
    return (
        pl.concat([lowest, circular])
        .group_by("counted_as", currency="budget_currency")
        .agg(pl.col("budget_amount").sum().alias("amount"))
        .sort("counted_as", "currency")
    )


def _with_budget_below(nodes: pl.DataFrame, stated: pl.DataFrame) -> list[str]:
    """List interventions that have a component with a budget, at any depth.

    Only within what is counted together: a parent elsewhere keeps its own budget. A
    circle of parents ends, since no parent is reached twice.
    """
    links = (
        nodes.select("counted_as", child="intervention_id", parent="parents")
        .explode("parent")
        .filter(pl.col("parent") != pl.col("child"))
        .join(
            nodes.select("counted_as", parent="intervention_id"),
            on=["counted_as", "parent"],
        )
    )
    covered: set[str] = set()
    reached = set(stated["intervention_id"])
    while reached:
        above = links.filter(pl.col("child").is_in(list(reached)))["parent"]
        reached = set(above) - covered
        covered |= reached
    return sorted(covered)
