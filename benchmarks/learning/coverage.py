"""How often intervals hold the true share, and how wide they are, as Markdown.

    .venv/bin/python -m benchmarks.learning.coverage [shares] [sums] [differences] [--draws N]

All three parts unless some are named. A picture goes to docs/pictures/coverage.png. From
the root of the repository; a few minutes on one core. ppi-python is compared with its
formula here where it is installed (``uv pip install ppi-python``; it brings numba, pandas
and statsmodels, half a gigabyte, so it is in no group).

A cell is a size of portfolio, a prevalence, a coder and a number of readings. Each cell
has four portfolios whose prevalence lies within 5 per cent of the one named, so that a
cell does not hang on one lucky number: among 50 interventions, 2 per cent is one.
"""

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.learning import other_estimates
from benchmarks.learning.coverage_picture import draw_coverages
from benchmarks.learning.intervals import METHODS, Draws, ppi
from benchmarks.learning.other_estimates import Held, by_setting

SIZES = (50, 200, 1_000, 5_000, 50_000)
PREVALENCES = (0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 0.7)
#: Of those with the code, and of those without, how many the coder gets right.
CODERS = {
    "excellent": (0.95, 0.99),
    "good": (0.85, 0.95),
    "fair": (0.7, 0.85),
    "useless": (0.4, 0.6),
    "blind (suggests nothing)": (0.0, 1.0),
}
READINGS = (10, 20, 30, 60, 100, 200, 400)
_PORTFOLIOS = 4


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell with what came of a method in it."""

    size: int
    prevalence: float
    coder: str
    read: int
    method: str
    coverage: float
    width: float
    relative: float  # width over that of the random sample alone


def readings(size: int) -> list[int]:
    """Numbers of readings for a portfolio: at least 10, and up to half of it."""
    return sorted({n for n in (*READINGS, size // 10) if 10 <= n <= size // 2})


def draw(
    size: int,
    prevalence: float,
    coder: tuple[float, float],
    read: int,
    draws: int,
    chance: np.random.Generator,
) -> tuple[Draws, float]:
    """Make a portfolio, draw samples from it, and return them with the true share."""
    cases = min(size, max(1, round(size * prevalence)))
    yes_cases = int(chance.binomial(cases, coder[0]))
    yes_others = int(chance.binomial(size - cases, 1 - coder[1]))
    yes, no = yes_cases + yes_others, size - yes_cases - yes_others
    yes_read = chance.hypergeometric(yes, no, read, draws)
    found = (
        chance.hypergeometric(np.full(draws, good), np.full(draws, bad), drawn)
        if good + bad
        else np.zeros(draws, dtype=np.int64)
        for good, bad, drawn in (
            (yes_cases, yes_others, yes_read),
            (cases - yes_cases, no - cases + yes_cases, read - yes_read),
        )
    )
    yes_found, no_found = found
    return (
        Draws(yes, no, yes_read, yes_found, read - yes_read, no_found),
        cases / size,
    )


def cells(
    draws: int,
    seed: int = 4,
    sizes: Sequence[int] = SIZES,
    prevalences: Sequence[float] = PREVALENCES,
    methods: Iterable[str] = tuple(METHODS),
) -> Iterator[Cell]:
    """Yield every cell of the grid for every method; the random sample alone comes first."""
    chance = np.random.default_rng(seed)
    for size in sizes:
        for prevalence in prevalences:
            for name, coder in CODERS.items():
                for read in readings(size):
                    samples = [
                        draw(
                            size,
                            prevalence * chance.uniform(0.95, 1.05),
                            coder,
                            read,
                            draws // _PORTFOLIOS,
                            chance,
                        )
                        for _ in range(_PORTFOLIOS)
                    ]
                    alone = 0.0
                    for method in methods:
                        held, width = measured(METHODS[method], samples)
                        alone = alone or width
                        yield Cell(
                            size, prevalence, name, read, method, held, width,
                            width / alone,
                        )  # fmt: skip


def measured(
    method: Callable[[Draws], tuple[np.ndarray, np.ndarray]],
    samples: Sequence[tuple[Draws, float]],
) -> tuple[float, float]:
    """Return how often the interval held the true share, and its mean width."""
    held, width = [], []
    for draws, true in samples:
        low, high = method(draws)
        held.append(float(((low <= true + 1e-9) & (true <= high + 1e-9)).mean()))
        width.append(float((high - low).mean()))
    return float(np.mean(held)), float(np.mean(width))


def per_cent(value: float) -> str:
    return f"{100 * value:.1f}"


def table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)


def by_method(found: Sequence[Cell]) -> str:
    """One row a method: coverage over the grid, its worst cells, and the width."""
    rows = []
    for method in dict.fromkeys(cell.method for cell in found):
        of = [cell for cell in found if cell.method == method]
        held = np.array([cell.coverage for cell in of])
        shown = [held.mean(), np.quantile(held, 0.05), held.min()]
        shown += [(held < 0.94).mean(), (held > 0.97).mean()]
        shown.append(np.mean([cell.relative for cell in of]))
        rows.append([method, *map(per_cent, shown)])
    heads = ["interval", "held", "5% of cells under", "least", "cells under 94"]
    return table([*heads, "cells over 97", "width"], rows)


def by_group(found: Sequence[Cell], group: str, method: str = "capmap") -> str:
    """Coverage and relative width of one method, a row a group and a column a coder."""
    of = [cell for cell in found if cell.method == method]
    rows = []
    for value in dict.fromkeys(getattr(cell, group) for cell in of):
        row = [per_cent(value) if group == "prevalence" else value]
        for coder in CODERS:
            here = [c for c in of if getattr(c, group) == value and c.coder == coder]
            held = np.mean([cell.coverage for cell in here])
            width = np.mean([cell.relative for cell in here])
            row.append(f"{per_cent(float(held))} ({100 * width:.0f})")
        rows.append(row)
    return table([group, *CODERS], rows)


def agrees_with_ppi_python(seed: int = 6) -> str:
    """Compare the formula of ``ppi`` with the package, on samples unit by unit."""
    try:
        from ppi_py import ppi_mean_ci
    except ImportError:
        return "ppi-python is not installed: its formula was not compared with it."
    chance = np.random.default_rng(seed)
    furthest = 0.0
    for _ in range(50):
        draws, _true = draw(400, 0.2, CODERS["fair"], 60, 1, chance)
        y, f = (np.zeros(60), np.zeros(60))
        f[: draws.yes_read[0]] = 1
        y[: draws.yes_found[0]] = 1
        y[60 - draws.no_found[0] :] = 1
        rest = np.zeros(340)
        rest[: draws.yes - draws.yes_read[0]] = 1
        for tuned, tuning in ((True, None), (False, 1)):
            low, high = ppi_mean_ci(y, f, rest, alpha=0.05, lam=tuning)
            ours = ppi(draws, tuned=tuned)
            furthest = max(
                furthest, abs(low[0] - ours[0][0]), abs(high[0] - ours[1][0])
            )
    assert furthest < 1e-9, furthest
    return f"Same as ppi_py.ppi_mean_ci on 100 samples, to {furthest:.0e}."


def of_others(found: Sequence[Held], names: Sequence[str]) -> str:
    """One row a value of a setting, a column a method: coverage, and width in brackets."""
    methods = list(dict.fromkeys(one.method for one in found))
    rows = []
    for name, value, figures in by_setting(found, names):
        cells_ = [f"{per_cent(h)} ({100 * w:.0f})" for h, w in figures.values()]
        rows.append([name, value, *cells_])
    return table(["setting", "", *methods], rows)


def main(words: Sequence[str]) -> None:
    draws = int(words[words.index("--draws") + 1]) if "--draws" in words else 2_000
    parts = {"shares", "sums", "differences"}
    asked = parts & set(words) or parts
    if "shares" in asked:
        print(f"### Shares, {draws} samples a cell\n")
        found = list(cells(draws))
        print(by_method(found), end="\n\n")
        for group in ("size", "prevalence", "read"):
            print(
                f"capmap by {group}: held in per cent (width against the random sample"
            )
            print(f"alone, per cent)\n\n{by_group(found, group)}\n")
        print(agrees_with_ppi_python(), end="\n\n")
        print(f"Picture: {draw_coverages(found, 'coverage').name}\n")
    if "sums" in asked:
        print(f"### Sums of budgets, {draws // 10} samples a setting\n")
        of_sums = list(other_estimates.sums(draws // 10))
        print(of_others(of_sums, ("units", "spread", "lean", "coder", "read")))
        print()
    if "differences" in asked:
        print(f"### Several strata, {draws} samples a setting\n")
        of_strata = list(other_estimates.strata(draws))
        print(of_others(of_strata, ("design", "coder")), end="\n\n")
        print(f"### Differences between groups, {draws // 4} samples a setting\n")
        of_groups = list(other_estimates.differences(draws // 4))
        print(of_others(of_groups, ("units", "shares", "coder", "read")))


if __name__ == "__main__":
    main(sys.argv[1:])
