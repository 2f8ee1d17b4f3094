"""Turn activities and suggestions into the rows of capmap.tables, a column at a time."""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, cast

import polars as pl

from capmap.coding.suggestion import Suggestion
from capmap.sources.activity import Activity, Part, Passage
from capmap.tables import CODINGS, INTERVENTIONS, PASSAGES, Schema

#: What a part holds beside the columns of an intervention, until parts are merged.
PART_INTERVENTIONS: Schema = {
    **INTERVENTIONS,
    "children": pl.List(pl.String),
    "digest": pl.String,  # of what the source says: the same identifier and digest is the same intervention
}

#: Passages after which a part is written, so that memory stays bounded.
FLUSH_AFTER = 4_000

Suggest = Callable[[Activity, Passage], tuple[str, list[Suggestion]]]
"""Codes one passage: gives the language found and the suggestions."""


class Rows:
    """Rows of the three tables, collected by column and written as Parquet parts."""

    def __init__(self, folder: Path, prefix: str, coder: str) -> None:
        self._folder = folder
        self._prefix = prefix
        self._coder = coder
        self._flushed = 0
        self._clear()
        self.interventions = self.passages = self.codings = 0

    def _clear(self) -> None:
        self._interventions: dict[str, list[Any]] = {k: [] for k in PART_INTERVENTIONS}
        self._passages: dict[str, list[Any]] = {k: [] for k in PASSAGES}
        self._codings: dict[str, list[Any]] = {k: [] for k in CODINGS}

    def add(self, activity: Activity, identifier: str, suggest: Suggest) -> None:
        """Add an activity under ``identifier`` with its passages, coded by ``suggest``."""
        _append(self._interventions, _intervention_row(activity, identifier))
        self.interventions += 1
        for position, passage in enumerate(activity.passages, start=1):
            language, suggestions = suggest(activity, passage)
            passage_id = f"{identifier}#{position}"
            self._add_passage(passage, passage_id, identifier, position, language)
            for suggestion in suggestions:
                self._add_coding(suggestion, passage, passage_id, identifier)
        if len(self._passages["passage_id"]) >= FLUSH_AFTER:
            self.flush()

    def _add_passage(
        self,
        passage: Passage,
        passage_id: str,
        identifier: str,
        position: int,
        language: str,
    ) -> None:
        table = self._passages
        table["passage_id"].append(passage_id)
        table["intervention_id"].append(identifier)
        table["position"].append(position)
        table["kind"].append(passage.kind)
        table["place"].append(passage.place)
        table["language"].append(language)
        table["context"].append(passage.context)
        table["text"].append(passage.text)
        self.passages += 1

    def _add_coding(
        self,
        suggestion: Suggestion,
        passage: Passage,
        passage_id: str,
        identifier: str,
    ) -> None:
        table = self._codings
        table["passage_id"].append(passage_id)
        table["intervention_id"].append(identifier)
        table["facet"].append(suggestion.facet)
        table["code"].append(suggestion.code)
        table["confidence"].append(suggestion.confidence)
        table["doubtful"].append(suggestion.doubtful)
        table["coder"].append(self._coder)
        table["basis"].append(suggestion.basis)
        table["because"].append(suggestion.because)
        table["quote"].append(suggestion.quote(passage.text))
        table["spans"].append(suggestion.spans)
        self.codings += 1

    def flush(self) -> None:
        """Write what has been collected as the next part of each table."""
        if not self._interventions["intervention_id"]:
            return
        for table, columns, schema in (
            ("interventions", self._interventions, PART_INTERVENTIONS),
            ("passages", self._passages, PASSAGES),
            ("codings", self._codings, CODINGS),
        ):
            _frame(columns, schema).write_parquet(
                self._folder / f"{self._prefix}-{self._flushed:05d}.{table}.parquet"
            )
        self._flushed += 1
        self._clear()


def _append(table: dict[str, list[Any]], row: dict[str, Any]) -> None:
    for column, value in row.items():
        table[column].append(value)


def _parts(parts: Iterable[Part]) -> list[tuple[Any, ...]]:
    return [(part.code, part.percentage) for part in parts]


def _frame(columns: dict[str, list[Any]], schema: Schema) -> pl.DataFrame:
    """Make a frame of columns; a column of lists holds tuples in the order of its fields."""
    return pl.DataFrame(
        [
            _nested(name, columns[name], dtype)
            if isinstance(dtype, pl.List) and isinstance(dtype.inner, pl.Struct)
            else pl.Series(name, columns[name], dtype=dtype)
            for name, dtype in schema.items()
        ]
    )


def _nested(
    name: str, lists: list[Sequence[tuple[Any, ...]]], dtype: pl.List
) -> pl.Series:
    """Make a column of lists of structs from its fields laid out flat.

    Polars can do the same from Python dicts, ten times slower.
    """
    inner = cast("pl.Struct", dtype.inner)
    flat = [entry for entries in lists for entry in entries]
    names = [field.name for field in inner.fields]
    fields = [
        pl.Series(field.name, [entry[i] for entry in flat], dtype=field.dtype)
        for i, field in enumerate(inner.fields)
    ]
    owner = [row for row, entries in enumerate(lists) for _ in entries]
    grouped = (
        pl.DataFrame([pl.Series("row", owner, dtype=pl.Int64), *fields])
        .group_by("row", maintain_order=True)
        .agg(pl.struct(names).alias(name))
    )
    rows = pl.DataFrame({"row": pl.int_range(len(lists), eager=True)})
    nothing = pl.Series(name, [[]], dtype=dtype)
    return (
        rows.join(grouped, on="row", how="left", maintain_order="left")
        .select(pl.col(name).cast(dtype).fill_null(pl.lit(nothing).first()))
        .to_series()
    )


def _intervention_row(activity: Activity, identifier: str) -> dict[str, Any]:
    amount, currency = budget(activity)
    return {
        "intervention_id": identifier,
        "counted_as": identifier,
        "title": activity.title,
        "kind": activity.kind,
        "source": activity.source,
        "place": activity.place,
        "language": activity.language,
        "status": activity.status,
        "starts_on": activity.starts_on,
        "ends_on": activity.ends_on,
        "countries": _parts(activity.countries),
        "regions": _parts(activity.regions),
        "sectors": _parts(activity.sectors),
        "organisations": [(o.role, o.name, o.ref) for o in activity.organisations],
        "parents": activity.parents,
        "budget_amount": amount,
        "budget_currency": currency,
        "children": activity.children,
        "digest": digest(activity),
    }


def budget(activity: Activity) -> tuple[float | None, str | None]:
    """Sum the budgets of an activity in the currency in which most of them stand.

    Amounts in another currency cannot be added without a rate and are left out of the
    sum; no rate is invented. Nothing stated gives ``(None, None)``, never 0; so does a
    sum that is not positive (corrections of earlier years), which no one could read.
    """
    currencies = [b.currency for b in activity.budgets]
    if not currencies:
        return None, None
    currency = max(dict.fromkeys(currencies), key=currencies.count)
    total = sum(b.amount for b in activity.budgets if b.currency == currency)
    return (total, currency) if total > 0 else (None, None)


def digest(activity: Activity) -> str:
    """Hash what the source says of the activity, apart from where it stands."""
    said = (
        activity.title,
        activity.status,
        activity.starts_on,
        activity.ends_on,
        activity.countries,
        activity.sectors,
        activity.budgets,
        [(passage.kind, passage.text) for passage in activity.passages],
    )
    return hashlib.blake2b(repr(said).encode(), digest_size=8).hexdigest()
