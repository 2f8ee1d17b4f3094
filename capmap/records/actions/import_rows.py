"""What a reading left as Parquet, intervention by intervention, ready to be stored."""

import hashlib
import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

#: Interventions read from Parquet at a time.
_BLOCK = 10_000

#: What an import sets of an intervention; a person's corrections go before it.
FIELDS = (
    "title", "kind", "language", "source", "place", "digest", "status", "starts_on",
    "ends_on", "regions", "sectors", "organisations", "parents", "children",
    "budget_amount", "budget_currency",
)  # fmt: skip

#: Texts no longer than their columns: what a hostile source may overdo.
_LONGEST = {"kind": 20, "language": 20, "status": 40, "budget_currency": 10}
_LONGEST_IDENTIFIER = 400


@dataclass(slots=True)
class IncomingPassage:
    """A passage as an import brings it, with the codes suggested for it."""

    position: int
    kind: str
    place: str
    language: str
    context: str
    text: str
    suggestions: list[dict[str, Any]] = field(default_factory=list)

    @property
    def digest(self) -> str:
        return passage_digest(self.kind, self.text)


@dataclass(slots=True)
class Incoming:
    """An intervention as an import brings it."""

    identifier: str
    fields: dict[str, Any]
    countries: list[tuple[str, float | None]]
    passages: list[IncomingPassage] = field(default_factory=list)


def passage_digest(kind: str, text: str) -> str:
    """Return by what a passage is known again in the same intervention."""
    return hashlib.blake2b(f"{kind}\0{text}".encode(), digest_size=16).hexdigest()


def read_incoming(folder: Path) -> Iterator[Incoming]:
    """Yield every intervention of the tables in ``folder``, with passages and codes."""
    for block in _blocks(folder):
        found = {one.identifier: one for one in _interventions(block)}
        wanted = list(block["intervention_id"])
        passages = _part_of(folder / "passages.parquet", wanted)
        by_number = dict[str, IncomingPassage]()
        for row in passages.iter_rows(named=True):
            passage = IncomingPassage(
                row["position"], row["kind"][:20], row["place"],
                row["language"][:20], row["context"], row["text"],
            )  # fmt: skip
            by_number[row["passage_id"]] = passage
            found[short(row["intervention_id"])].passages.append(passage)
        codings = _part_of(folder / "codings.parquet", wanted)
        for row in codings.iter_rows(named=True):
            by_number[row["passage_id"]].suggestions.append(_suggestion(row))
        yield from found.values()


def read_heads(folder: Path) -> Iterator[Incoming]:
    """Yield the interventions alone, to compare or to show them."""
    for block in _blocks(folder):
        yield from _interventions(block)


def short(identifier: str) -> str:
    """Return an identifier that its column can hold, still unique."""
    if len(identifier) <= _LONGEST_IDENTIFIER:
        return identifier
    digest = hashlib.blake2b(identifier.encode(), digest_size=8).hexdigest()
    return f"{identifier[: _LONGEST_IDENTIFIER - 17]}~{digest}"


def _blocks(folder: Path) -> Iterator[pl.DataFrame]:
    table = pl.read_parquet(folder / "interventions.parquet").with_columns(_STORABLE)
    for start in range(0, table.height, _BLOCK):
        yield table.slice(start, _BLOCK)


def _part_of(path: Path, identifiers: list[str]) -> pl.DataFrame:
    wanted = pl.col("intervention_id").is_in(identifiers)
    return pl.scan_parquet(path).with_columns(_STORABLE).filter(wanted).collect()


#: Replaces the one character that PostgreSQL does not store; places stay the same.
_STORABLE = pl.col(pl.String).str.replace_all("\0", "\ufffd", literal=True)


def _interventions(block: pl.DataFrame) -> Iterator[Incoming]:
    for row in block.iter_rows(named=True):
        row["budget_currency"] = row["budget_currency"] or ""
        if row["budget_amount"] is None or not math.isfinite(row["budget_amount"]):
            row["budget_amount"], row["budget_currency"] = None, ""
        for name, length in _LONGEST.items():
            row[name] = (row[name] or "")[:length]
        for name in ("regions", "sectors"):
            row[name] = [_part(entry) for entry in row[name]]
        row["digest"] = _digest(row)
        countries = {
            part["code"][:8]: part["percentage"]
            for part in map(_part, reversed(row["countries"]))
        }
        yield Incoming(
            identifier=short(row["intervention_id"]),
            fields={name: row[name] for name in FIELDS},
            countries=list(reversed(countries.items())),
        )


def _part(entry: dict[str, Any]) -> dict[str, Any]:
    percentage = entry["percentage"]
    if percentage is not None and not math.isfinite(percentage):
        percentage = None
    return {"code": entry["code"], "percentage": percentage}


def _digest(row: dict[str, Any]) -> str:
    """Hash all that a source says of an intervention, apart from where it stands."""
    names = (
        "digest",
        "kind",
        "language",
        "regions",
        "organisations",
        "parents",
        "children",
    )
    said = repr([row[name] for name in names])
    return hashlib.blake2b(said.encode(), digest_size=16).hexdigest()


def _suggestion(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "facet": row["facet"],
        "code": row["code"],
        "coder": row["coder"],
        "confidence": row["confidence"],
        "doubtful": row["doubtful"],
        "basis": row["basis"],
        "because": row["because"],
        "spans": [[span["start"], span["end"]] for span in row["spans"]],
    }
