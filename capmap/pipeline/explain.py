"""Why an intervention is coded as it is, from the folder that a run left."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from capmap.coding.learned.because import Because, Neighbours, because
from capmap.coding.learned.combined import CombinedCoder
from capmap.coding.learned.model import Passage
from capmap.coding.learned.starting import as_example
from capmap.coding.lexicon import LexiconCoder
from capmap.frameworks.codebook import DERIVED
from capmap.frameworks.examples import WorkedExample

#: Likeness below which an example has hardly a word in common with a passage.
_ALIKE = 0.15


class NotAResult(Exception):
    """The folder holds no result of a run."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """An intervention with its passages and codings, all as tables of capmap.tables."""

    intervention: dict[str, Any]
    passages: pl.DataFrame
    codings: pl.DataFrame
    #: Why the model believes a code, by passage, facet and code; see ``with_reasons``.
    reasons: Mapping[tuple[str, str, str], "Reason"] = field(default_factory=dict)
    #: The coder that was asked for reasons; none are known where it is not the run's.
    coder: str = ""
    #: Codes in which the model of the run had a say, as "facet:code".
    learned: frozenset[str] = frozenset()

    @property
    def coders(self) -> list[str]:
        """The coders by which the run coded the intervention."""
        found: list[str] = self.codings["coder"].unique().sort().to_list()
        return found

    @property
    def is_same_coder(self) -> bool:
        return self.coders in ([], [self.coder])

    def speaks(self, coding: Mapping[str, Any]) -> str:
        """Say who speaks for a code: lexicon, model or both.

        What another code of the passage brings speaks as that one does.
        """
        if coding["basis"] == "model":
            return "model"
        if coding["basis"] != "implied":
            key = f"{coding['facet']}:{coding['code']}"
            return "both" if key in self.learned else "lexicon"
        brings = self.codings.filter(
            pl.col("basis") != "implied",
            passage_id=coding["passage_id"],
            code=coding["because"],
        )
        return self.speaks(brings.row(0, named=True)) if brings.height else "lexicon"

    def as_values(self) -> dict[str, Any]:
        """Return the same as plain values, dates as ISO text."""
        dated = {
            key: value.isoformat() if isinstance(value, date) else value
            for key, value in self.intervention.items()
        }
        codings: dict[str, list[dict[str, Any]]] = {}
        for row in self.codings.to_dicts():
            reason = self.reasons.get((row["passage_id"], row["facet"], row["code"]))
            told = {"speaks": self.speaks(row)} | (reason.as_values() if reason else {})
            codings.setdefault(row["passage_id"], []).append(row | told)
        return dated | {
            "coders": self.coders,
            "coder_at_hand": self.coder,
            "passages": [
                row | {"codings": codings.get(row["passage_id"], [])}
                for row in self.passages.to_dicts()
            ],
        }


@dataclass(frozen=True, slots=True)
class Reason:
    """What moves the model, and the worked example of the code most like the passage."""

    because: Because | None  # None for a code that follows from others by rule
    alike: WorkedExample | None = None
    likeness: float = 0.0

    def as_values(self) -> dict[str, Any]:
        """Return the same as plain values; weights in log odds."""
        told: dict[str, Any] = {}
        if self.because:
            told["words"] = {
                "start": round(self.because.start, 3),
                "lexicon": round(self.because.lexicon, 3),
                "for": [[w.text, round(w.weight, 3)] for w in self.because.for_it],
                "against": [[w.text, round(w.weight, 3)] for w in self.because.against],
            }
        if self.alike:
            told["alike"] = {
                "id": self.alike.identifier,
                "language": self.alike.language,
                "text": self.alike.text,
                "likeness": round(self.likeness, 3),
            }
        return told


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
    model = _provenance(folder).get("model")
    codes = model.get("codes") if isinstance(model, dict) else None
    of_it = pl.col("intervention_id") == intervention_id
    tables = {
        name: pl.scan_parquet(folder / f"{name}.parquet").filter(of_it).collect()
        for name in ("interventions", "passages", "codings")
    }
    return Explanation(
        intervention=tables["interventions"].row(0, named=True),
        passages=tables["passages"].sort("position"),
        codings=tables["codings"],
        learned=frozenset(codes if isinstance(codes, list) else ()),
    )


def with_reasons(
    explanation: Explanation,
    coder: LexiconCoder | CombinedCoder,
    worked: Sequence[WorkedExample],
) -> Explanation:
    """Add why the model believes each code, and the worked example that is most like it.

    Only where ``coder`` is the one that coded: another would give another's reasons.
    """
    explanation = replace(explanation, coder=coder.version)
    if not explanation.is_same_coder or not isinstance(coder, CombinedCoder):
        return explanation
    neighbours = Neighbours(coder, [as_example(one) for one in worked])
    carrying: dict[tuple[str, str], list[int]] = {}
    for number, one in enumerate(worked):
        for facet, codes in one.codes.items():
            for code in codes:
                carrying.setdefault((facet, code), []).append(number)
    numbers = {id(example): n for n, example in enumerate(neighbours.examples)}
    sectors = [s["code"] for s in explanation.intervention["sectors"] or ()]
    passages = {
        row["passage_id"]: Passage(
            row["text"], row["language"], row["context"], sectors
        )
        for row in explanation.passages.iter_rows(named=True)
    }
    reasons = {}
    for row in explanation.codings.iter_rows(named=True):
        passage, key = passages[row["passage_id"]], (row["facet"], row["code"])
        why = because(coder, passage, *key) if key[0] not in DERIVED else None
        reason = Reason(why)
        if among := carrying.get(key):
            ((example, likeness),) = neighbours.like(passage, among, 1)
            if likeness >= _ALIKE:
                reason = Reason(why, worked[numbers[id(example)]], likeness)
        reasons[row["passage_id"], *key] = reason
    return replace(explanation, reasons=reasons)


def _provenance(folder: Path) -> dict[str, Any]:
    """Return what the run told of itself; nothing where that cannot be read."""
    try:
        told = json.loads((folder / "provenance.json").read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}
