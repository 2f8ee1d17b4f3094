"""What a review from the command line has put before readers: one file, only added to.

``FOLDER/review/capacity-cd.jsonl``: the first line says which review it is, each other
one is a batch with its units, the random draws first, and the ids of those dealt anew.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from capmap.analysis.reading_order import Why
from capmap.analysis.stopping import Batch

Unit = Literal["passages", "interventions"]


class AnotherPortfolio(Exception):
    """The review was begun on other units: ``path`` is its log."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path} is the log of a review of another portfolio.")
        self.path = path


@dataclass(frozen=True, slots=True)
class Dealt:
    """A unit put before a reader. ``known``: decided before it was ever dealt."""

    unit: str
    why: Why | Literal["known"]
    chance: float


@dataclass(frozen=True, slots=True)
class ReviewLog:
    """A review: its question, its units as they are drawn from, and what was dealt.

    ``seed`` fixes the permutation that the draws follow. It is made from question and
    units, so that nobody can begin anew until the draws suit.
    """

    path: Path
    question: str
    unit: Unit
    digest: str
    batches: tuple[tuple[Dealt, ...], ...] = field(default=())

    @property
    def seed(self) -> int:
        return int(self.digest[:12], 16)

    def dealt(self) -> list[Dealt]:
        return [one for batch in self.batches for one in batch]

    def add(self, batch: Sequence[Dealt]) -> "ReviewLog":
        """Add a batch, on disk too; return the log with it."""
        self.path.parent.mkdir(exist_ok=True)
        lines: list[dict[str, Any]] = []
        if not self.path.exists():
            lines.append(
                {"question": self.question, "unit": self.unit, "of": self.digest}
            )
        lines.append({"dealt": [asdict(one) for one in batch]})
        with self.path.open("a", encoding="utf-8") as file:
            file.writelines(
                json.dumps(line, ensure_ascii=False) + "\n" for line in lines
            )
        return replace(self, batches=(*self.batches, tuple(batch)))

    def outcomes(self, found: Mapping[str, bool]) -> tuple[list[Batch], list[bool]]:
        """Return the batches as far as they are read, and what those by rank gave."""
        batches, by_rank = [], []
        for batch in self.batches:
            drawn = tuple(found.get(d.unit) for d in batch if d.why == "random")
            others = [found.get(d.unit) for d in batch if d.why != "random"]
            batches.append(
                Batch(drawn, len(others), others.count(True), others.count(None))
            )
            by_rank += [
                found[d.unit]
                for d in batch
                if d.why in ("relevant", "uncertain") and d.unit in found
            ]
        return batches, by_rank


def open_log(
    folder: Path, question: str, unit: Unit, units: Sequence[str]
) -> ReviewLog:
    """Return the review of ``question`` in ``folder``, begun or not.

    Raises ``AnotherPortfolio`` when it was begun on other units.
    """
    told = "\n".join([question, unit, *units])
    digest = hashlib.sha256(told.encode()).hexdigest()[:32]
    name = question.replace(":", "-") + ("" if unit == "passages" else f"-{unit}")
    log = ReviewLog(folder / "review" / f"{name}.jsonl", question, unit, digest)
    if not log.path.exists():
        return log
    first, *rest = map(json.loads, log.path.read_text(encoding="utf-8").splitlines())
    if first["of"] != digest:
        raise AnotherPortfolio(log.path)
    return replace(log, batches=tuple(_batch(line) for line in rest))


def _batch(line: dict[str, Any]) -> tuple[Dealt, ...]:
    return tuple(Dealt(**one) for one in line["dealt"])
