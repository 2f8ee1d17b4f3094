"""How well a coder agrees with passages coded by hand.

    python -m capmap.coding.evaluation FILE... [--json]

prints precision, recall and F1 of every code, and per facet the macro average over the
codes that at least three passages carry, with a bootstrap interval (Efron 1979,
doi:10.1214/aos/1176344552): passages are drawn again with replacement, since the doubt is
about which passages happened to be coded.
"""

import json
import random
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from capmap.coding.suggestion import Suggestion

#: A code counts in the macro average when at least so many passages carry it.
LEAST_SUPPORT = 3
_DRAWS = 1000
_SEED = 312


@dataclass(frozen=True, slots=True)
class Example:
    """A passage coded by hand. ``codes``: facet -> codes; a facet left out is empty.

    ``document`` tells which passages belong together, ``weight`` how much one counts:
    both matter to learning only. ``worked``: written to teach, not met and decided.
    ``facets``: those that were looked at, where not all were; of others nothing is known.
    """

    text: str
    language: str = ""
    context: str = ""
    codes: Mapping[str, frozenset[str]] = field(default_factory=dict)
    identifier: str = ""
    document: str = ""
    weight: float = 1.0
    worked: bool = False
    facets: frozenset[str] | None = None


class Coder(Protocol):
    """Whatever suggests codes for a text."""

    def suggest(
        self, text: str, *, language: str = "", context: str = ""
    ) -> list[Suggestion]: ...


Codes = Mapping[str, Iterable[str]]


def read_examples(paths: Iterable[Path]) -> list[Example]:
    """Read JSON lines with ``text`` and ``codes``, and ``lang``, ``context``, ``id`` if any.

    Raises ``ValueError`` that names file, line and what is wrong with it.
    """
    examples = []
    for path in paths:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
        for number, line in enumerate(lines, 1):
            if line.strip():
                examples.append(_example(line, f"{path}, line {number}"))
    return examples


def _example(line: str, place: str) -> Example:
    try:
        row = json.loads(line)
    except json.JSONDecodeError as error:
        raise ValueError(f"{place}: not JSON ({error.msg}).") from error
    if not isinstance(row, dict) or not isinstance(row.get("text"), str):
        raise ValueError(f"{place}: no text.")
    codes = row.get("codes")
    if not isinstance(codes, dict) or not all(
        isinstance(values, list) and all(isinstance(code, str) for code in values)
        for values in codes.values()
    ):
        raise ValueError(f"{place}: codes must be lists of codes by facet.")
    return Example(
        text=row["text"],
        language=str(row.get("lang") or ""),
        context=str(row.get("context") or ""),
        codes={facet: frozenset(values) for facet, values in codes.items()},
        identifier=str(row.get("id") or ""),
        document=str(row.get("document") or row.get("source") or ""),
    )


def evaluate(coder: Coder, examples: Sequence[Example]) -> dict[str, Any]:
    """Score ``coder`` on ``examples``; the JSON of ``capmap evaluate --json``."""
    suggested = []
    for example in examples:
        codes: dict[str, set[str]] = {}
        for suggestion in coder.suggest(
            example.text, language=example.language, context=example.context
        ):
            codes.setdefault(suggestion.facet, set()).add(suggestion.code)
        suggested.append(codes)
    return score(examples, suggested)


def score(examples: Sequence[Example], suggested: Sequence[Codes]) -> dict[str, Any]:
    """Score suggested codes, one mapping of facet to codes an example.

    Facets that no example is coded for are left out: nothing is known of them.
    """
    facets = list(dict.fromkeys(facet for e in examples for facet in e.codes))
    return {
        "passages": len(examples),
        "facets": {
            facet: _facet_scores(
                [e.codes.get(facet, frozenset()) for e in examples],
                [frozenset(codes.get(facet, ())) for codes in suggested],
            )
            for facet in facets
        },
    }


def _facet_scores(
    true: list[frozenset[str]], found: list[frozenset[str]]
) -> dict[str, Any]:
    codes = sorted(frozenset().union(*true, *found))
    counts = {code: _counts(code, true, found) for code in codes}
    total = [sum(c[i] for c in counts.values()) for i in range(3)]
    low, high = _interval(codes, true, found)
    return {
        "macro_f1": _macro(counts.values()),
        "micro_f1": _f1(*total),
        "macro_f1_interval": [low, high],
        "codes": {
            code: {
                "precision": _ratio(right, right + wrong),
                "recall": _ratio(right, right + missed),
                "f1": _f1(right, wrong, missed),
                "support": right + missed,
            }
            for code, (right, wrong, missed) in counts.items()
        },
    }


def _counts(
    code: str, true: Sequence[frozenset[str]], found: Sequence[frozenset[str]]
) -> tuple[int, int, int]:
    """Return how often ``code`` is found rightly, wrongly and not at all."""
    right = wrong = missed = 0
    for real, given in zip(true, found, strict=True):
        if code in given:
            right += code in real
            wrong += code not in real
        else:
            missed += code in real
    return right, wrong, missed


def _macro(counts: Iterable[tuple[int, int, int]]) -> float:
    values = [_f1(*c) for c in counts if c[0] + c[2] >= LEAST_SUPPORT]
    return sum(values) / len(values) if values else 0.0


def _interval(
    codes: Sequence[str],
    true: Sequence[frozenset[str]],
    found: Sequence[frozenset[str]],
) -> tuple[float, float]:
    """Return the 2.5th and 97.5th percentile of the macro F1 over drawn passages.

    The codes that count stay those of the full set, so that every draw averages the same.
    """
    counted = [c for c in codes if sum(c in real for real in true) >= LEAST_SUPPORT]
    # Per passage, only the codes that touch it: most of the table is zero.
    touched = [
        [
            (
                counted.index(c),
                0 if c in real and c in given else 1 if c in given else 2,
            )
            for c in (real | given)
            if c in counted
        ]
        for real, given in zip(true, found, strict=True)
    ]
    if not counted:
        return 0.0, 0.0
    chance = random.Random(_SEED)
    values = []
    for _ in range(_DRAWS):
        table = [[0, 0, 0] for _ in counted]
        for marks in chance.choices(touched, k=len(touched)):
            for column, kind in marks:
                table[column][kind] += 1
        values.append(sum(_f1(*row) for row in table) / len(table))
    values.sort()
    return values[round(0.025 * (_DRAWS - 1))], values[round(0.975 * (_DRAWS - 1))]


def _ratio(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def _f1(right: int, wrong: int, missed: int) -> float:
    return _ratio(2 * right, 2 * right + wrong + missed)


def as_text(scores: dict[str, Any], *, codes: bool = True) -> str:
    """Write scores as a table for a terminal."""
    lines = [f"{scores['passages']} passages"]
    for name, facet in scores["facets"].items():
        low, high = facet["macro_f1_interval"]
        lines.append(
            f"\n{name:<34} macro F1 {facet['macro_f1']:.2f} "
            f"[{low:.2f}-{high:.2f}]  micro F1 {facet['micro_f1']:.2f}"
        )
        if not codes:
            continue
        lines.append(f"  {'':<34}{'precision':>9} {'recall':>6} {'F1':>5} {'n':>4}")
        for code, row in facet["codes"].items():
            few = "" if row["support"] >= LEAST_SUPPORT else "  (too few to count)"
            lines.append(
                f"  {code:<34}{row['precision']:>9.2f} {row['recall']:>6.2f} "
                f"{row['f1']:>5.2f} {row['support']:>4}{few}"
            )
    return "\n".join(lines)


def main(arguments: Sequence[str]) -> int:
    """Score the lexicon on the files named."""
    from capmap.coding.lexicon import LexiconCoder
    from capmap.frameworks.codebook import load_codebook

    paths = [Path(name) for name in arguments if not name.startswith("--")]
    if not paths:
        print("usage: python -m capmap.coding.evaluation FILE... [--json] [--short]")
        return 2
    scores = evaluate(LexiconCoder(load_codebook()), read_examples(paths))
    if "--json" in arguments:
        print(json.dumps(scores, indent=1, ensure_ascii=False))
    else:
        print(as_text(scores, codes="--short" not in arguments))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
