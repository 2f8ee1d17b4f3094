"""Shares in files: beside the coder's counts what people who read at random found."""

from collections.abc import Iterable

import polars as pl

from capmap.records.queries.portfolio_estimates import Backed

_SCHEMA = {
    "estimate": pl.Float64, "low": pl.Float64, "high": pl.Float64,
    "confidence": pl.Float64, "method": pl.String, "readings": pl.Int64,
    "population": pl.Int64,
}  # fmt: skip


def share_columns(shares: Iterable[Backed | None]) -> pl.DataFrame:
    """Return one row a share: estimate, low, high, confidence, method, readings, population.

    ``method`` is that of ``analysis.assisted.Estimate``, or why there is no estimate:
    none_read, too_few, accepted, others.
    """
    rows: list[tuple[object, ...]] = []
    for backed in shares:
        found = backed.estimate if backed else None
        if backed is None:
            rows.append((None, None, None, None, "", None, None))
        elif found is None:
            rows.append((None, None, None, None, backed.reason, backed.read, None))
        else:
            rows.append(
                (
                    found.value, found.low, found.high, found.confidence, found.method,
                    found.read, found.population,
                )
            )  # fmt: skip
    return pl.DataFrame(rows, schema=_SCHEMA, orient="row")
