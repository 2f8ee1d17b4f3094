"""Join the parts that the inputs left into the tables of one portfolio."""

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from capmap.pipeline.identifiers import Identifiers
from capmap.sources.activity import SetAside
from capmap.tables import CODINGS, INTERVENTIONS, PASSAGES, Portfolio, Schema, empty

TABLES: dict[str, Schema] = {"passages": PASSAGES, "codings": CODINGS}


@dataclass(frozen=True, slots=True)
class _Changes:
    """What one input must change because an earlier one used its identifiers."""

    repeated: frozenset[str]
    renamed: dict[str, str]


def merge(parts: Path, out: Path, columns: Schema = INTERVENTIONS) -> list[SetAside]:
    """Write interventions, passages and codings of all ``parts`` as Parquet into ``out``.

    Parts are joined in the order of their names and streamed, so that memory does not
    grow with the portfolio's text. ``columns`` are kept of the interventions: those of
    ``rows.PART_INTERVENTIONS`` where children and digests are needed later. Returns a
    remark for each identifier used twice.
    """
    remarks: list[SetAside] = []
    identifiers = Identifiers()
    changes: dict[str, _Changes] = {}
    interventions: list[pl.DataFrame] = []
    for prefix, frame in _interventions_by_input(parts):
        change = _settle(frame, identifiers, remarks)
        changes[prefix] = change
        interventions.append(_apply(frame.lazy(), change).collect())
    table = (
        count_under_parents(pl.concat(interventions)).select(list(columns))
        if interventions
        else empty(columns)
    )
    table.write_parquet(out / "interventions.parquet")
    for name, schema in TABLES.items():
        frames = [
            _apply(pl.scan_parquet(path), changes[_prefix(path)], passages=True)
            for path in sorted(parts.glob(f"*.{name}.parquet"))
        ]
        joined = pl.concat(frames) if frames else empty(schema).lazy()
        joined.sink_parquet(out / f"{name}.parquet")
    return remarks


def read_portfolio(folder: Path, set_aside: pl.DataFrame) -> Portfolio:
    """Read back the tables that ``merge`` wrote into ``folder``."""
    return Portfolio(
        interventions=pl.read_parquet(folder / "interventions.parquet"),
        passages=pl.read_parquet(folder / "passages.parquet"),
        codings=pl.read_parquet(folder / "codings.parquet"),
        set_aside=set_aside,
    )


def _prefix(path: Path) -> str:
    return path.name.rsplit("-", 1)[0]


def _interventions_by_input(parts: Path) -> list[tuple[str, pl.DataFrame]]:
    by_input: dict[str, list[Path]] = {}
    for path in sorted(parts.glob("*.interventions.parquet")):
        by_input.setdefault(_prefix(path), []).append(path)
    return [
        (prefix, pl.concat(pl.read_parquet(path) for path in paths))
        for prefix, paths in by_input.items()
    ]


def _settle(
    frame: pl.DataFrame, identifiers: Identifiers, remarks: list[SetAside]
) -> _Changes:
    repeated = set()
    renamed = {}
    rows = frame.select("intervention_id", "digest", "source", "place").iter_rows()
    for identifier, digest, source, place in rows:
        settled = identifiers.settle(identifier, digest)
        if settled is None:
            repeated.add(identifier)
        elif settled != identifier:
            renamed[identifier] = settled
        if settled != identifier:
            remarks.append(repetition(identifier, settled, source, place))
    return _Changes(frozenset(repeated), renamed)


def repetition(
    identifier: str, settled: str | None, source: str, place: str
) -> SetAside:
    """Say that an identifier came a second time, and what was made of it."""
    if settled is None:
        return SetAside(
            source=source,
            place=place,
            scope="intervention",
            problem="repeated_intervention",
            values={"identifier": identifier},
        )
    return SetAside(
        source=source,
        place=place,
        scope="value",
        problem="repeated_identifier",
        values={"identifier": identifier, "renamed": settled},
    )


def _apply(
    frame: pl.LazyFrame, change: _Changes, *, passages: bool = False
) -> pl.LazyFrame:
    if not change.repeated and not change.renamed:
        return frame
    kept = frame.filter(~pl.col("intervention_id").is_in(list(change.repeated)))
    if not change.renamed:
        return kept
    kept = kept.with_columns(pl.col("intervention_id").replace(change.renamed))
    if passages:
        number = pl.col("passage_id").str.extract(r"(#\d+)$", 1)
        return kept.with_columns(passage_id=pl.col("intervention_id") + number)
    return kept.with_columns(counted_as=pl.col("intervention_id"))


def count_under_parents(interventions: pl.DataFrame) -> pl.DataFrame:
    """Set ``counted_as`` to the topmost parent that is in the portfolio.

    A programme and its components are one intervention in a share of interventions.
    Parents named by the child and children named by the parent both count; a circle of
    parents is cut where it closes.
    """
    known = set(interventions["intervention_id"])
    parent: dict[str, str] = {}
    for identifier, parents, children in interventions.select(
        "intervention_id", "parents", "children"
    ).iter_rows():
        for above in parents:
            if above in known and above != identifier:
                parent.setdefault(identifier, above)
        for below in children:
            if below in known and below != identifier:
                parent.setdefault(below, identifier)
    tops = [_top(identifier, parent) for identifier in interventions["intervention_id"]]
    return interventions.with_columns(counted_as=pl.Series(tops, dtype=pl.String))


def _top(identifier: str, parent: dict[str, str]) -> str:
    path = [identifier]
    while (above := parent.get(path[-1])) is not None:
        if above in path:
            return min(path[path.index(above) :])
        path.append(above)
    return path[-1]
