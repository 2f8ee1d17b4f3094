"""The passages coded by hand, each with its document, and how they are parted."""

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from sklearn.model_selection import GroupKFold

from capmap.coding.evaluation import Example, read_examples

WRITTEN = Path(__file__).parents[1] / "accuracy" / "written"
TUNING = Path(os.environ.get("CAPMAP_DATA", "../shared/data")) / "evaluation"
_FOLDS = 10


def written() -> list[Example]:
    """150 passages that no term and no rule was tuned on."""
    return _read(WRITTEN)


def tuning() -> list[Example]:
    """254 passages that terms and rules were written with in view; [] where absent."""
    return _read(TUNING)


def by_kind() -> dict[str, list[Example]]:
    """Passages coded by hand that nothing is trained on, by how they came about."""
    kinds = {"held out": written()}
    mixed = TUNING / "mixed.jsonl"
    donor = TUNING / "dfid.jsonl"
    appendix = TUNING / "appendix.jsonl"
    if mixed.exists():
        kinds["mixed"] = read_examples([mixed])
    if donor.exists():
        lines = donor.read_text(encoding="utf-8").splitlines()
        drawn = [json.loads(line)["draw"] for line in lines if line.strip()]
        for draw, name in (("random", "donor, random"), ("enriched", "donor, picked")):
            kinds[name] = [
                example
                for example, how in zip(read_examples([donor]), drawn, strict=True)
                if how == draw
            ]
    if appendix.exists():
        kinds["appendix"] = read_examples([appendix])
    return kinds


def of_language(examples: Sequence[Example], language: str) -> list[Example]:
    return [example for example in examples if example.language == language]


def _read(folder: Path) -> list[Example]:
    """Sentences of one row of the appendix belong together, under the row's titles.

    The other passages name a kind of source ("progress report, Malawi"), not a document
    that two of them share, so each stands for itself.
    """
    return [
        replace(e, document=e.context if path.stem == "appendix" else e.identifier)
        for path in sorted(folder.glob("*.jsonl"))
        for e in read_examples([path])
    ]


def folds(
    examples: Sequence[Example], count: int = _FOLDS
) -> Iterator[tuple[list[int], list[int]]]:
    """Part ``examples`` ``count`` times into train and test, no document on both sides."""
    parts = GroupKFold(count, shuffle=True, random_state=312)
    for train, test in parts.split(examples, groups=[e.document for e in examples]):
        yield list(train), list(test)


def shuffled(examples: Sequence[Example], seed: int) -> list[Example]:
    """Return ``examples`` in random order, those of one document together."""
    documents = sorted({e.document for e in examples})
    order = np.random.default_rng(seed).permutation(len(documents))
    rank = {documents[i]: place for place, i in enumerate(order)}
    return sorted(examples, key=lambda e: rank[e.document])
