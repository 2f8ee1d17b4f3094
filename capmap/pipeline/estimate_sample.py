"""The units of a mapped portfolio that are read at random, and the memory of the draw.

``FOLDER/review/drawn-interventions.json`` keeps which units were drawn, in which order,
and for which codes. Drawing again draws on in the same permutation, so that all draws
together are one simple random sample.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal, NotRequired, TypedDict

import polars as pl

from capmap.analysis.reading_order import permutation
from capmap.pipeline.explain import NotAResult
from capmap.pipeline.publish import safe_csv
from capmap.pipeline.review_files import ENDINGS
from capmap.pipeline.review_log import AnotherPortfolio, Unit, open_log
from capmap.pipeline.review_order import FileExists
from capmap.publishing.list_file import write_list
from capmap.wording import Wording

#: Columns of a file to read; one more for each question takes the reader's yes or no.
COLUMNS = ("passage_id", "intervention_id", "title", "place", "language", "text")

Drawn = Literal["draw", "review", "taken"]
"""How a sample came about: by ``draw``, by review-order, or taken to be random."""


class AnotherSeed(Exception):
    """What was drawn, in the memory at ``path``, was drawn with another seed: ``seed``."""

    def __init__(self, path: Path, seed: int) -> None:
        super().__init__(f"{path}: the sample was drawn with the seed {seed}.")
        self.path, self.seed = path, seed


class AllDrawn(Exception):
    """Every unit is drawn already."""


@dataclass(frozen=True, slots=True)
class Sample:
    """What ``draw`` drew: ``new`` units, whose passages are in ``path``; ``drawn`` in all."""

    path: Path
    unit: Unit
    new: int
    drawn: int
    population: int

    def as_values(self) -> dict[str, object]:
        """Return the same as plain values."""
        return asdict(self) | {"path": str(self.path)}


def as_text(sample: Sample, language: str) -> str:
    """Say what was drawn and what to do with it."""
    words = Wording("estimates", language)
    told = words.say(
        f"drawn_{sample.unit}",
        count=sample.new,
        whole=sample.drawn,
        population=sample.population,
    )
    return "\n".join([told, f"  {sample.path}", words.say("drawn_then")])


@dataclass(frozen=True, slots=True)
class Units:
    """The units of a portfolio. ``table``: unit, passage_id, intervention_id, in order.

    An intervention is a unit as it is counted, with its components and without
    documents. One without a passage is in ``empty``: nothing can be found in it.
    """

    unit: Unit
    table: pl.DataFrame
    empty: tuple[str, ...]

    @property
    def names(self) -> list[str]:
        return self.table["unit"].unique(maintain_order=True).to_list()

    @property
    def digest(self) -> str:
        told = "\n".join([self.unit, *self.names])
        return hashlib.sha256(told.encode()).hexdigest()[:32]

    def outcomes(self, found: Mapping[str, bool]) -> dict[str, bool]:
        """Return the units that are read whole, and whether the code was found in them.

        A unit counts once every passage of it is decided, found or not: counted as soon
        as it is found, it would come too often. A decision that names the unit itself
        holds for all of it.
        """
        answers: dict[str, list[bool | None]] = {}
        for unit, passage in self.table.select("unit", "passage_id").iter_rows():
            answer = found.get(unit, found.get(passage))
            answers.setdefault(unit, []).append(answer)
        return {
            unit: any(given) for unit, given in answers.items() if None not in given
        }


def units_of(folder: Path, unit: Unit) -> Units:
    """Return the units of the portfolio that ``capmap map`` left in ``folder``."""
    if not (folder / "interventions.parquet").is_file():
        raise NotAResult(folder)
    passages = pl.read_parquet(folder / "passages.parquet").select(
        "passage_id", "intervention_id"
    )
    if unit == "passages":
        return Units(unit, passages.with_columns(unit="passage_id"), ())
    counted = (
        pl.read_parquet(folder / "interventions.parquet")
        .filter(pl.col("kind") != "document")
        .select("intervention_id", unit="counted_as")
        .join(passages, on="intervention_id", how="left", maintain_order="left")
        .sort("unit", maintain_order=True)
    )
    table = counted.drop_nulls("passage_id")
    empty = set(counted["unit"]) - set(table["unit"])
    return Units(unit, table, tuple(sorted(empty)))


def sample_of(folder: Path, units: Units, question: str) -> tuple[list[str], Drawn]:
    """Return the units that were put before readers by chance, and by what.

    Those of ``draw``; else those of a review that ``capmap review-order`` keeps. What
    such a review drew stands in the order of a permutation made before anything was
    read: its beginning, up to the last random draw, is a simple random sample, also where
    some of it had come up by rank before. Without either, every unit may be in it.
    """
    if memory := _remembered(folder, units):
        return memory["drawn"], "draw"
    path = folder / "review"
    if path.is_dir():
        names = units.names
        log = open_log(folder, question, units.unit, names)
        by_chance = {one.unit for one in log.dealt() if one.why == "random"}
        if by_chance:
            order = [names[number] for number in permutation(len(names), log.seed)]
            last = max(place for place, name in enumerate(order) if name in by_chance)
            return order[: last + 1], "review"
    return units.names, "taken"


def draw(
    folder: Path,
    unit: Unit,
    count: int,
    questions: Sequence[str],
    *,
    seed: int | None = None,
    out: Path | None = None,
) -> Sample:
    """Draw ``count`` more units and write their passages, with a column for each question.

    The coder's suggestions are not in the file: readers would lean on them. Raises
    ``AnotherSeed``, ``AnotherPortfolio``, ``AllDrawn`` and ``FileExists`` before anything
    is written.
    """
    units = units_of(folder, unit)
    memory = _remembered(folder, units)
    if seed is None:
        seed = memory["seed"] if memory else int(units.digest[:12], 16)
    elif memory and memory["seed"] != seed:
        raise AnotherSeed(_memory(folder, unit), memory["seed"])
    names = units.names
    before = memory["drawn"] if memory else []
    order = permutation(len(names), seed)
    new = [names[number] for number in order[len(before) : len(before) + count]]
    if not new:
        raise AllDrawn
    path = out or _memory(folder, unit).with_name(
        f"drawn-{unit}-{len(before) + 1}-{len(before) + len(new)}.csv"
    )
    if path.exists():
        raise FileExists(path)
    _memory(folder, unit).parent.mkdir(exist_ok=True)
    _write(path, folder, units, new, questions)
    drawn = [*before, *new]
    asked = list(dict.fromkeys([*asked_before(folder, unit), *questions]))
    kept: _Memory = {
        "unit": unit, "of": units.digest, "seed": seed, "asked": asked, "drawn": drawn
    }  # fmt: skip
    _memory(folder, unit).write_text(
        json.dumps(kept, ensure_ascii=False, indent=0), encoding="utf-8"
    )
    return Sample(path, unit, len(new), len(drawn), len(names))


def asked_before(folder: Path, unit: Unit) -> list[str]:
    """Return the questions ("facet:code") of the earlier draws, in the order asked."""
    path = _memory(folder, unit)
    if not path.exists():
        return []
    kept: _Memory = json.loads(path.read_text(encoding="utf-8"))
    return kept.get("asked", [])


def drawn_files(folder: Path, unit: Unit) -> list[Path]:
    """Return the files of the draws that lie beside the memory, perhaps with answers."""
    found = (folder / "review").glob(f"drawn-{unit}-*")
    return sorted(path for path in found if path.suffix in ENDINGS)


def _memory(folder: Path, unit: Unit) -> Path:
    return folder / "review" / f"drawn-{unit}.json"


class _Memory(TypedDict):
    """What is kept of a draw: of which units, with which seed, and who came up.

    ``asked``: the questions of all draws; memories of earlier versions lack it.
    """

    unit: Unit
    of: str
    seed: int
    asked: NotRequired[list[str]]
    drawn: list[str]


def _remembered(folder: Path, units: Units) -> _Memory | None:
    path = _memory(folder, units.unit)
    if not path.exists():
        return None
    kept: _Memory = json.loads(path.read_text(encoding="utf-8"))
    if kept["of"] != units.digest:
        raise AnotherPortfolio(path)
    return kept


def _write(
    path: Path,
    folder: Path,
    units: Units,
    drawn: Sequence[str],
    questions: Sequence[str],
) -> None:
    """Write the passages of the units drawn, in the order drawn."""
    titles = pl.read_parquet(folder / "interventions.parquet").select(
        "intervention_id", "title"
    )
    rows = (
        pl.DataFrame({"unit": drawn})
        .join(units.table, on="unit", maintain_order="left")
        .join(
            pl.read_parquet(folder / "passages.parquet").drop("intervention_id"),
            on="passage_id",
            maintain_order="left",
        )
        .join(titles, on="intervention_id", how="left", maintain_order="left")
        .select(*COLUMNS, **{question: pl.lit("") for question in questions})
    )
    if path.suffix == ".xlsx":
        write_list(path, rows.columns, rows.iter_rows())
    else:
        safe_csv(rows.lazy(), path)
