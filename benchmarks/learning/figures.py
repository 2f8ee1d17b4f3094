"""Macro F1 of facets and of their mean, with intervals, as rows of Markdown."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks.accuracy.run import FACETS
from capmap.coding.evaluation import LEAST_SUPPORT, Example

#: Facets that no passage for evaluation is coded for: cross-validation alone speaks of them.
OTHERS = ("reach", "delivery_format", "award", "chain")
MEAN = "mean"
_DRAWS = 1000
_SEED = 312


class Figure(NamedTuple):
    """A macro F1 with its 95 per cent interval; nan where no code has enough passages."""

    at: float
    low: float
    high: float

    def said(self, *, with_interval: bool = True, signed: bool = False) -> str:
        """Write it: ``0.65 (0.56–0.74)``, or ``+0.05 (-0.01 to +0.10)``."""
        if np.isnan(self.at):
            return "–"
        sign, to = ("+", " to ") if signed else ("", "–")
        at, low, high = (f"{value:{sign}.2f}" for value in self)
        return f"{at} ({low}{to}{high})" if with_interval else at


def figures(
    examples: Sequence[Example],
    coded: Sequence[Mapping[str, Iterable[str]]],
    facets: Sequence[str] = FACETS,
) -> dict[str, Figure]:
    """Score coded passages: facet -> figure, and the mean of the first eight as ``mean``.

    As ``capmap.coding.evaluation.score`` does it: codes that at least three passages
    carry, and a bootstrap over passages that keeps these codes. One draw serves all
    facets, so that the mean has an interval too. A facet without such a code counts in no
    mean.
    """
    return {
        name: _figure(whole, drawn)
        for name, (whole, drawn) in _measured(examples, coded, facets).items()
    }


def gained(
    examples: Sequence[Example],
    before: Sequence[Mapping[str, Iterable[str]]],
    after: Sequence[Mapping[str, Iterable[str]]],
) -> dict[str, Figure]:
    """Return how much better ``after`` is, by facet and in the mean, on the same draws."""
    first = _measured(examples, before, FACETS)
    second = _measured(examples, after, FACETS)
    return {
        name: _figure(
            second[name][0] - first[name][0], second[name][1] - first[name][1]
        )
        for name in first
    }


Measured = tuple[float, NDArray[np.float64]]
"""A macro F1, and what it is on each draw."""


def _measured(
    examples: Sequence[Example],
    coded: Sequence[Mapping[str, Iterable[str]]],
    facets: Sequence[str],
) -> dict[str, Measured]:
    count = len(examples)
    draw = np.random.default_rng(_SEED)
    often = draw.multinomial(count, np.full(count, 1 / count), _DRAWS).astype(float)
    weight = np.vstack([np.ones((1, count)), often])
    found: dict[str, Measured] = {}
    for facet in facets:
        true, given = tables(
            [e.codes.get(facet, ()) for e in examples],
            [codes.get(facet, ()) for codes in coded],
        )
        counted = true.sum(axis=0) >= LEAST_SUPPORT
        found[facet] = np.nan, np.full(_DRAWS, np.nan)
        if counted.any():
            true, given = true[:, counted], given[:, counted]
            right, both = weight @ (2.0 * (true & given)), weight @ (true * 1.0 + given)
            f1 = np.divide(right, both, out=np.zeros_like(right), where=both > 0)
            found[facet] = float(f1[0].mean()), f1[1:].mean(axis=1)
    told = [found[f] for f in FACETS if f in found and not np.isnan(found[f][0])]
    found[MEAN] = np.nan, np.full(_DRAWS, np.nan)
    if told:
        found[MEAN] = (
            float(np.mean([at for at, _ in told])),
            np.mean([drawn for _, drawn in told], axis=0),
        )
    return found


def _figure(whole: float, drawn: NDArray[np.float64]) -> Figure:
    low, high = np.quantile(drawn, [0.025, 0.975])
    return Figure(whole, float(low), float(high))


def tables(
    *parts: Sequence[Iterable[str]],
) -> list[NDArray[np.bool_]]:
    """Return a table of passages by codes for each part, true where the code is given."""
    held = [[frozenset(codes) for codes in part] for part in parts]
    names = sorted(frozenset().union(*(codes for part in held for codes in part)))
    return [
        np.array([[name in codes for name in names] for codes in part], bool).reshape(
            len(part), len(names)
        )
        for part in held
    ]


def head(first: Sequence[str], facets: Sequence[str] = FACETS, *more: str) -> str:
    """Write the head of a table: ``first`` columns, the facets, their mean, and ``more``."""
    names = [*facets, MEAN, *more]
    return (
        f"| {' | '.join([*first, *names])} |\n"
        f"| {' | '.join(['---' for _ in first] + ['---:' for _ in names])} |"
    )


def row(
    first: Sequence[str],
    told: Mapping[str, Figure],
    facets: Sequence[str] = FACETS,
    *more: str,
    intervals: Sequence[str] = (*FACETS, *OTHERS, MEAN),
    signed: bool = False,
) -> str:
    """Write a row; ``intervals`` names the columns that have one."""
    cells = [
        told[name].said(with_interval=name in intervals, signed=signed)
        for name in (*facets, MEAN)
    ]
    return f"| {' | '.join([*first, *cells, *more])} |"
