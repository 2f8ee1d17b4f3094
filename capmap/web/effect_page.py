"""What another coder would change, as it is shown: counts with bars, quotations, files."""

from typing import Any

import polars as pl

from capmap.analysis.shares import share
from capmap.records.models import Passage
from capmap.records.permissions import Access

Rows = list[dict[str, Any]]
Quoted = list[tuple[Passage, Any]]


def shown(access: Access, result: dict[str, Any]) -> dict[str, Any]:
    """Return what ``codebook/_effect.html`` shows of ``queries.trial.Effect.result``."""
    return {"result": result, "rows": _rows(access, result)}


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
    whole = result["interventions"]
    rows = []
    for row in result["codes"]:
        shares = {
            f"share_{when}": share(row[f"interventions_{when}"], whole, method="coded")
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


def examples(
    access: Access, result: dict[str, Any]
) -> list[tuple[str, str, Quoted, Quoted]]:
    """Return of every code the passages gained and lost, as far as they still stand."""
    keys = [key.partition(":")[::2] for key in sorted(result["examples"])]
    every = [
        one
        for sides in result["examples"].values()
        for found in sides.values()
        for one in found
    ]
    passages = _passages(access, every)
    return [(*key, *_sides(result, passages, *key)) for key in keys]


def quoted(
    access: Access, result: dict[str, Any], facet: str, code: str
) -> tuple[Quoted, Quoted]:
    """Return the passages of one code, gained and lost."""
    sides = result["examples"].get(f"{facet}:{code}", {})
    every = [one for found in sides.values() for one in found]
    return _sides(result, _passages(access, every), facet, code)


def _sides(
    result: dict[str, Any], passages: dict[int, Passage], facet: str, code: str
) -> tuple[Quoted, Quoted]:
    sides = result["examples"].get(f"{facet}:{code}", {})
    gained, lost = (
        [
            (passages[one["passage"]], one["spans"])
            for one in sides.get(side, [])
            if one["passage"] in passages
        ]
        for side in ("gained", "lost")
    )
    return gained, lost


def _passages(access: Access, found: list[dict[str, Any]]) -> dict[int, Passage]:
    """Return the passages named that the person may see."""
    inside = access.interventions().values("pk")
    numbers = {one["passage"] for one in found}
    passages = Passage.objects.filter(pk__in=numbers, intervention__in=inside)
    return {p.pk: p for p in passages.select_related("intervention")}
