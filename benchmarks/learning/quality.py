"""How well passages are coded: by facet, after few and many decisions, and how surely."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.preprocessing import MultiLabelBinarizer

from benchmarks.accuracy.run import FACETS, Codes
from benchmarks.learning.coders import Coder
from benchmarks.learning.passages import shuffled
from capmap.coding.evaluation import LEAST_SUPPORT, Example, score
from capmap.coding.learned.training import learn
from capmap.coding.lexicon import LexiconCoder
from capmap.coding.suggestion import Suggestion

#: Decisions after which quality is looked at.
SIZES = (0, 25, 50, 100, 200)
_BINS = 10
_DRAWS = 2000


def table(examples: Sequence[Example], coded: Mapping[str, Sequence[Codes]]) -> str:
    """Macro F1 with its 95 per cent interval, a row for each coder."""
    lines = [
        f"| coder | {' | '.join(FACETS)} |",
        f"| --- | {' | '.join('---:' for _ in FACETS)} |",
    ]
    for name, codes in coded.items():
        facets = score(examples, codes)["facets"]
        cells = []
        for facet in FACETS:
            low, high = facets[facet]["macro_f1_interval"]
            cells.append(f"{facets[facet]['macro_f1']:.2f} ({low:.2f}–{high:.2f})")
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines)


def reported_row(name: str, examples: Sequence[Example], lexicon: LexiconCoder) -> str:
    """A row of the model without the lexicon, as learning itself reports it (five folds)."""
    facets = learn(examples, lexicon).report.facets
    cells = []
    for facet in FACETS:
        at, low, high = facets[facet]["learned"]
        cells.append(f"{at:.2f} ({low:.2f}–{high:.2f})")
    return f"| {name} | {' | '.join(cells)} |"


def macro_f1(examples: Sequence[Example], coded: Sequence[Codes], facet: str) -> float:
    """The macro F1 of ``capmap.coding.evaluation``, without the interval and its time."""
    true, found = _tables([e.codes for e in examples], coded, facet=facet)
    counted = true.sum(axis=0) >= LEAST_SUPPORT
    if not counted.any():
        return float("nan")
    return _mean_f1(true[:, counted], found[:, counted], np.ones(len(true)))


def _tables(*parts: Sequence[Mapping[str, object]], facet: str) -> list[np.ndarray]:
    """Return a table of passages by codes for each part, 1 where the code is given."""
    given = [[codes.get(facet, ()) for codes in part] for part in parts]
    labels = MultiLabelBinarizer().fit([codes for part in given for codes in part])
    return [labels.transform(part).astype(float) for part in given]


def _mean_f1(true: np.ndarray, found: np.ndarray, weight: np.ndarray) -> float:
    right, both = weight @ (true * found), weight @ (true + found)
    return float(np.divide(2 * right, both, where=both > 0, out=0 * both).mean())


def gain(
    examples: Sequence[Example], before: Sequence[Codes], after: Sequence[Codes]
) -> str:
    """Difference of macro F1 with its 95 per cent interval, by facet, as a table row.

    Bootstrap over passages, both coders on the same draw.
    """
    chance = np.random.default_rng(312)
    cells = []
    for facet in FACETS:
        tables = _tables([e.codes for e in examples], before, after, facet=facet)
        counted = tables[0].sum(axis=0) >= LEAST_SUPPORT
        true, first, second = (part[:, counted] for part in tables)
        drawn = chance.multinomial(
            len(true), np.full(len(true), 1 / len(true)), size=_DRAWS
        ).astype(float)
        moved = [_mean_f1(true, second, w) - _mean_f1(true, first, w) for w in drawn]
        low, high = np.quantile(moved, (0.025, 0.975))
        every = np.ones(len(true))
        is_at = _mean_f1(true, second, every) - _mean_f1(true, first, every)
        cells.append(f"{is_at:+.2f} ({low:+.2f} to {high:+.2f})")
    return " | ".join(cells)


@dataclass(frozen=True, slots=True)
class Point:
    """Quality of a coder on passages not learned from, after so many decisions."""

    coder: str
    facet: str
    decisions: int
    seed: int
    macro_f1: float


def curves(
    examples: Sequence[Example], coders: Mapping[str, Coder], seeds: Iterable[int]
) -> list[Point]:
    """Learn from the first passages of a random order, test on those never learned from.

    For one seed all sizes are tested on the same passages, so that only what was learned
    differs. A coder with nothing to learn from finds nothing, save those that know terms.
    """
    sizes = [size for size in SIZES if size <= len(examples) * 2 // 3]
    points = []
    for seed in seeds:
        order = shuffled(examples, seed)
        test = order[max(sizes) :]
        learned = {e.document for e in order[: max(sizes)]}
        test = [e for e in test if e.document not in learned]
        for size in sizes:
            for name, coder in coders.items():
                codes = coder(order[:size], test)
                points += [
                    Point(name, facet, size, seed, macro_f1(test, codes, facet))
                    for facet in FACETS
                ]
    return points


def curve_table(points: Sequence[Point]) -> str:
    """Mean macro F1 over seeds, a row for each coder and number of decisions."""
    of: dict[tuple[str, int], dict[str, list[float]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for p in points:
        of[p.coder, p.decisions][p.facet].append(p.macro_f1)
    lines = [
        f"| coder | decisions | {' | '.join(FACETS)} | mean |",
        f"| --- | ---: | {' | '.join('---:' for _ in FACETS)} | ---: |",
    ]
    for (coder, decisions), facets in of.items():
        means = [float(np.nanmean(facets[facet])) for facet in FACETS]
        cells = " | ".join(f"{value:.2f}" for value in means)
        lines.append(f"| {coder} | {decisions} | {cells} | {np.mean(means):.2f} |")
    return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class Reliability:
    """Suggestions in groups of like confidence: what was said, how often it was right."""

    said: tuple[float, ...]
    right: tuple[float, ...]
    count: tuple[int, ...]

    @property
    def error(self) -> float:
        """Expected calibration error: Naeini et al. 2015, doi:10.1609/aaai.v29i1.9602."""
        gap = np.abs(np.subtract(self.said, self.right))
        return float(np.average(gap, weights=self.count))


def reliability(
    examples: Sequence[Example], suggested: Sequence[Sequence[Suggestion]]
) -> Reliability:
    """Part all suggestions into ten groups of equal number, by their confidence."""
    marks = sorted(
        (s.confidence, s.code in e.codes.get(s.facet, ()))
        for e, suggestions in zip(examples, suggested, strict=True)
        for s in suggestions
        if s.facet in FACETS
    )
    groups = np.array_split(np.array(marks, dtype=float), _BINS)
    return Reliability(
        tuple(float(g[:, 0].mean()) for g in groups),
        tuple(float(g[:, 1].mean()) for g in groups),
        tuple(len(g) for g in groups),
    )


def brier(
    examples: Sequence[Example], suggested: Sequence[Sequence[Suggestion]]
) -> float:
    """Mean square of confidence less truth over every code that is suggested or true.

    A code that is not suggested counts as said with 0. Unlike the error of calibration it
    rewards finding more. Per passage and facet.
    """
    total = 0.0
    for e, suggestions in zip(examples, suggested, strict=True):
        for facet in FACETS:
            said = {s.code: s.confidence for s in suggestions if s.facet == facet}
            true = e.codes.get(facet, frozenset())
            total += sum(
                (said.get(code, 0.0) - (code in true)) ** 2
                for code in said.keys() | true
            )
    return total / (len(examples) * len(FACETS))
