"""What another coder would change, as it is shown: counts with bars, quotations, files."""

from typing import Any

import polars as pl

from capmap.analysis.shares import share
from capmap.records.models import Passage
from capmap.records.permissions import Access

Rows = list[dict[str, Any]]
Quoted = list[tuple[Passage, Any]]


def shown(
    access: Access, result: dict[str, Any], *, most: int | None = None
) -> dict[str, Any]:
    """Return what ``codebook/_effect.html`` shows of ``queries.trial.Effect.result``.

    At most ``most`` quotations gained, and lost, of each code.
    """
    return {
        "result": result,
        "rows": _rows(access, result),
        "examples": _examples(access, result, most),
    }


def table(result: dict[str, Any]) -> pl.DataFrame:
    """Return the counts before and after as a table."""
    counts = ("passages", "interventions")
    heads = [f"{what}_{when}" for what in counts for when in ("before", "after")]
    schema = {
        "facet": pl.String,
        "code": pl.String,
        **dict.fromkeys((*heads, "gained", "lost"), pl.Int64),
    }
    return pl.DataFrame(
        [{name: row[name] for name in schema} for row in result["codes"]], schema
    )


def _rows(access: Access, result: dict[str, Any]) -> Rows:
    """Return the rows of the table with shares of interventions and widths of bars."""
    most = max((_largest(row) for row in result["codes"]), default=1)
    whole, population = result["interventions"], access.portfolio.population
    if access.is_scoped or (population or 0) < whole:
        population = None
    rows = []
    for row in result["codes"]:
        shares = {
            f"share_{when}": share(
                row[f"interventions_{when}"], whole, population=population
            )
            for when in ("before", "after")
        }
        widths = {
            f"part_{when}": f"{row[f'passages_{when}'] / most:.3f}"
            for when in ("before", "after")
        }
        rows.append({**row, **shares, **widths})
    return rows


def _largest(row: dict[str, Any]) -> int:
    return max(int(row["passages_before"]), int(row["passages_after"]), 1)


def _examples(
    access: Access, result: dict[str, Any], most: int | None
) -> list[tuple[str, str, Quoted, Quoted]]:
    """Return gained and lost codings with their passages, as far as they still stand."""
    held = {
        key: {side: found[:most] for side, found in sides.items()}
        for key, sides in result["examples"].items()
    }
    numbers = {
        e["passage"] for sides in held.values() for s in sides.values() for e in s
    }
    inside = access.interventions()
    passages = {
        p.pk: p
        for p in Passage.objects.filter(pk__in=numbers, intervention__in=inside.values("pk"))
        .select_related("intervention")
    }  # fmt: skip

    def with_passages(found: list[dict[str, Any]]) -> Quoted:
        return [
            (passages[e["passage"]], e["spans"])
            for e in found
            if e["passage"] in passages
        ]

    return [
        (*key.partition(":")[::2], with_passages(s["gained"]), with_passages(s["lost"]))
        for key, s in sorted(held.items())
    ]
