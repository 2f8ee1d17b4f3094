"""How good the coder is after few and many worked examples, and with people's decisions."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from benchmarks.learning.crossed import mean_of
from benchmarks.learning.ours import codes_of, passages, ranked_by
from benchmarks.learning.passages import shuffled
from capmap.coding.evaluation import Example
from capmap.coding.learned.combined import CombinedCoder
from capmap.coding.learned.decisions import Whole, folds
from capmap.coding.learned.starting import taught
from capmap.coding.lexicon import LexiconCoder
from capmap.frameworks.examples import WorkedExample

#: Shares of the worked examples, and numbers of decisions, that are learned from.
SHARES = (1 / 8, 1 / 4, 1 / 2, 1.0)
DECISIONS = (0, 50, 100, 200)
CROSSED = "worked examples of other files"
EXAMPLES = "worked examples"
WITH, WITHOUT = "decisions beside worked examples", "decisions alone"


class Point(NamedTuple):
    """The mean macro F1 of eight facets on ``tested``, after so much to learn from."""

    tested: str
    learned_from: float
    seed: int
    mean: float
    way: str = EXAMPLES


def by_number(
    worked: Sequence[Example],
    tests: Mapping[str, Sequence[Example]],
    lexicon: LexiconCoder,
    seeds: Iterable[int],
    shares: Sequence[float] = SHARES,
) -> list[Point]:
    """Learn from a share of every file; test on passages of other kinds."""
    points = [Point(name, 0, 0, _mean(lexicon, test)) for name, test in tests.items()]
    for seed in seeds:
        for share in shares:
            if share == 1.0 and seed:
                continue  # the whole is one
            part = share_of(worked, share, seed)
            coder = ranked_by(part, lexicon)
            points += [
                Point(name, len(part), seed, _mean(coder, test))
                for name, test in tests.items()
            ]
    return points


def by_number_crossed(
    worked: Sequence[Example],
    lexicon: LexiconCoder,
    count: int = 3,
    shares: Sequence[float] = SHARES,
) -> list[Point]:
    """Learn from a share of the files that are not held out; test on all that are."""
    documents = np.unique([e.document for e in worked], return_inverse=True)[1]
    parts = folds(documents.astype(np.intp), count)
    coded = [lexicon_codes(worked, lexicon)]
    sizes = [0.0]
    for share in shares:
        codes: list[dict[str, set[str]]] = [{} for _ in worked]
        learned = []
        for held_out in parts:
            rest = [worked[i] for i in np.setdiff1d(np.arange(len(worked)), held_out)]
            part = share_of(rest, share, 0)
            learned.append(len(part))
            _fill(codes, held_out, worked, ranked_by(part, lexicon))
        coded.append(codes)
        sizes.append(float(np.mean(learned)))
    return [
        Point(CROSSED, round(size), 0, mean_of(worked, codes))
        for size, codes in zip(sizes, coded, strict=True)
    ]


def by_decisions(
    name: str,
    decided: Sequence[Example],
    worked: Sequence[WorkedExample],
    start: CombinedCoder,
    seeds: Iterable[int],
    numbers: Sequence[int] = DECISIONS,
) -> list[Point]:
    """Learn from some decisions, with and without the worked examples; test on the rest.

    For one seed all numbers are tested on the same passages. Before the first decision
    the coder is the one that ships, or the lexicon.
    """
    numbers = [n for n in numbers if n <= len(decided) * 2 // 3]
    points = []
    for seed in seeds:
        order = shuffled(decided, seed)
        test = order[max(numbers) :]
        for number in numbers:
            first = order[:number]
            ways: dict[str, CombinedCoder | LexiconCoder] = {
                WITH: start,
                WITHOUT: start.lexicon,
            }
            if number:
                ways[WITH] = ranked_by(taught(worked, first), start.lexicon)
                ways[WITHOUT] = ranked_by(first, start.lexicon)
            points += [
                Point(name, number, seed, _mean(coder, test), way)
                for way, coder in ways.items()
            ]
    return points


def share_of(examples: Sequence[Example], share: float, seed: int) -> list[Example]:
    """Draw a share of each file's examples, so that every kind of document stays."""
    by_file: dict[str, list[Example]] = {}
    for example in examples:
        by_file.setdefault(example.document, []).append(example)
    draw = np.random.default_rng([seed, 312])
    kept: list[Example] = []
    for name in sorted(by_file):
        order = draw.permutation(len(by_file[name]))
        count = max(1, round(share * len(order)))
        kept += [by_file[name][i] for i in sorted(order[:count])]
    return kept


def table(points: Sequence[Point]) -> str:
    """A row for what was tested and the way, a column for each number learned from."""
    sizes = sorted({p.learned_from for p in points})
    lines = [
        f"| tested on | learned from | {' | '.join(f'{size:,.0f}' for size in sizes)} |",
        f"| --- | --- | {' | '.join('---:' for _ in sizes)} |",
    ]
    for tested, way in dict.fromkeys((p.tested, p.way) for p in points):
        cells = []
        for size in sizes:
            means = [
                p.mean
                for p in points
                if (p.tested, p.way, p.learned_from) == (tested, way, size)
            ]
            cells.append(f"{np.mean(means):.3f}" if means else "")
        lines.append(f"| {tested} | {way} | {' | '.join(cells)} |")
    return "\n".join(lines)


def lexicon_codes(
    examples: Sequence[Example], lexicon: LexiconCoder
) -> list[dict[str, set[str]]]:
    return codes_of(
        [
            lexicon.suggest(e.text, language=e.language, context=e.context)
            for e in examples
        ]
    )


def _fill(
    codes: list[dict[str, set[str]]],
    places: Whole,
    examples: Sequence[Example],
    coder: CombinedCoder,
) -> None:
    found = coder.suggest_many(passages([examples[i] for i in places]))
    for i, given in zip(places, codes_of(found), strict=True):
        codes[i] = given


def _mean(coder: CombinedCoder | LexiconCoder, test: Sequence[Example]) -> float:
    if isinstance(coder, CombinedCoder):
        return mean_of(test, codes_of(coder.suggest_many(passages(test))))
    return mean_of(test, lexicon_codes(test, coder))
