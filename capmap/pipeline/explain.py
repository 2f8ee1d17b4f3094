"""Why an intervention is coded as it is, from the folder that a run left."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl


class NotAResult(Exception):
    """The folder holds no result of a run."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """An intervention with its passages and codings, all as tables of capmap.tables."""

    intervention: dict[str, Any]
    passages: pl.DataFrame
    codings: pl.DataFrame

    def as_values(self) -> dict[str, Any]:
        """Return the same as plain values, dates as ISO text."""
        dated = {
            key: value.isoformat() if isinstance(value, date) else value
            for key, value in self.intervention.items()
        }
        codings = self.codings.partition_by("passage_id", as_dict=True)
        nothing = self.codings.clear()
        return dated | {
            "passages": [
                row | {"codings": codings.get((row["passage_id"],), nothing).to_dicts()}
                for row in self.passages.to_dicts()
            ]
        }


def find(folder: Path, identifier: str) -> pl.DataFrame:
    """Return the interventions that ``identifier`` names.

    An exact identifier first; else those that begin with it; else those whose title has
    all its words. Empty when there is none.
    """
    path = folder / "interventions.parquet"
    if not path.is_file():
        raise NotAResult(folder)
    table = pl.scan_parquet(path)
    key = pl.col("intervention_id")
    title = pl.col("title").str.to_lowercase()
    has_all_words = pl.all_horizontal(
        title.str.contains(word, literal=True) for word in identifier.lower().split()
    )
    for test in (
        key == identifier,
        key.str.starts_with(identifier),
        key.str.contains(identifier, literal=True),
        has_all_words,
    ):
        found = table.filter(test).collect()
        if found.height:
            return found
    return found


def explain(folder: Path, intervention_id: str) -> Explanation:
    """Return all that the run says of one intervention; components are not included."""
    of_it = pl.col("intervention_id") == intervention_id
    tables = {
        name: pl.scan_parquet(folder / f"{name}.parquet").filter(of_it).collect()
        for name in ("interventions", "passages", "codings")
    }
    return Explanation(
        intervention=tables["interventions"].row(0, named=True),
        passages=tables["passages"].sort("position"),
        codings=tables["codings"],
    )
