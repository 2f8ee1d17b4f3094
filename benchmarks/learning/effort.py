"""How much must be read to find what is there: capmap's order beside ASReview's."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.accuracy.run import FACETS
from benchmarks.learning.orders import Order, recall_curve, work_saved
from benchmarks.learning.passages import shuffled
from capmap.coding.evaluation import Example
from capmap.coding.learned.model import Key

#: A question needs so many passages to be found, so that 95 per cent of them means much.
LEAST = 10


@dataclass(frozen=True, slots=True)
class Run:
    """One review played through."""

    order: str
    question: Key
    found: int  # passages to be found
    units: int
    seed: int
    saved: float
    curve: NDArray[np.float64]  # share found after 0, 1, ... 100 per cent


def questions(examples: Sequence[Example]) -> list[Key]:
    """Every code that at least ten passages carry; of ``capacity`` only its own.

    ("Not capacity development" and "unclear" are nothing that anybody searches for.)
    """
    counts = {
        (facet, code): sum(code in e.codes.get(facet, ()) for e in examples)
        for facet in FACETS
        for code in sorted({c for e in examples for c in e.codes.get(facet, ())})
    }
    return [
        key
        for key, count in counts.items()
        if count >= LEAST and (key[0] != "capacity" or key[1] == "cd")
    ]


def most_common(keys: Sequence[Key], examples: Sequence[Example]) -> list[Key]:
    """Return of each facet the code that most passages carry."""
    chosen = []
    for facet in FACETS:
        here = [key for key in keys if key[0] == facet]
        here.sort(key=lambda k: -sum(k[1] in e.codes.get(facet, ()) for e in examples))
        chosen += here[:1]
    return chosen


def play(
    examples: Sequence[Example],
    keys: Sequence[Key],
    orders: Mapping[str, Order],
    seeds: Iterable[int],
    told: Callable[[Run], None] = lambda run: None,
) -> list[Run]:
    """Play every review; all orders see the passages shuffled alike for one seed."""
    runs = []
    for seed in seeds:
        shown = shuffled(examples, seed)
        for key in keys:
            facet, code = key
            answers = np.array([int(code in e.codes.get(facet, ())) for e in shown])
            for name, order in orders.items():
                read = order(shown, answers, key)
                if len(read) != len(answers) or read.sum() != answers.sum():
                    raise AssertionError(f"{name} did not read everything once")
                runs.append(
                    Run(
                        name,
                        key,
                        int(answers.sum()),
                        len(shown),
                        seed,
                        work_saved(read),
                        recall_curve(read),
                    )
                )
                told(runs[-1])
    return runs


def table(runs: Sequence[Run]) -> str:
    """Median work saved, a row for each question, a column for each order."""
    orders = list(dict.fromkeys(run.order for run in runs))
    lines = [
        f"| question | to be found | {' | '.join(orders)} |",
        f"| --- | ---: | {' | '.join('---:' for _ in orders)} |",
    ]
    for key in dict.fromkeys(run.question for run in runs):
        of = [run for run in runs if run.question == key]
        part = f"{of[0].found} of {of[0].units}"
        cells = [_spread([r.saved for r in of if r.order == name]) for name in orders]
        lines.append(f"| {key[0]}: {key[1]} | {part} | {' | '.join(cells)} |")
    cells = [_spread([r.saved for r in runs if r.order == name]) for name in orders]
    lines.append(f"| **all questions** | | {' | '.join(cells)} |")
    return "\n".join(lines)


def _spread(saved: Sequence[float]) -> str:
    low, middle, high = np.quantile(saved, (0.25, 0.5, 0.75)) * 100
    return f"{middle:.0f} ({low:.0f}–{high:.0f})"


def compared(runs: Sequence[Run], ours: str, peer: str) -> str:
    """Say how ``ours`` compares with ``peer``, question by question and seed by seed."""
    saved = {(r.order, r.question, r.seed): r.saved for r in runs}
    pairs = {
        (key, seed): value - saved[peer, key, seed]
        for (name, key, seed), value in saved.items()
        if name == ours
    }
    keys = dict.fromkeys(key for key, _ in pairs)
    medians = {
        key: np.median([d for (k, _), d in pairs.items() if k == key]) for key in keys
    }
    behind = [f"{f}: {c}" for (f, c), value in medians.items() if value < 0]
    better = np.mean([difference > 0 for difference in pairs.values()])
    return (
        f"{ours} against {peer}: better in {better:.0%} of {len(pairs)} reviews, in the "
        f"median {np.median(list(pairs.values())) * 100:+.0f} points of work saved; better "
        f"in the median for {sum(v > 0 for v in medians.values())} of {len(medians)} "
        f"questions" + (f", behind for {', '.join(behind)}." if behind else ".")
    )
