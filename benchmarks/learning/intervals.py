"""Intervals for a share of a portfolio, each from the same counts of the same draws.

Ours stand beside what else could have been taken; every method is vectorised or computed
once for each distinct outcome of a cell.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from capmap.analysis.effective_sample import (
    Part,
    counted,
    effective_interval,
    kept_apart,
    together,
)
from capmap.analysis.intervals import exact, wilson

Array = NDArray[np.float64]
Z = NormalDist().inv_cdf(0.975)


@dataclass(frozen=True, slots=True)
class Draws:
    """Counts of many samples of ``n`` units from one portfolio.

    ``yes`` of the units have the code suggested, ``no`` have not; each sample read
    ``yes_read`` and ``no_read`` of them and found ``yes_found`` and ``no_found``.
    """

    yes: int
    no: int
    yes_read: NDArray[np.int64]
    yes_found: NDArray[np.int64]
    no_read: NDArray[np.int64]
    no_found: NDArray[np.int64]

    @property
    def population(self) -> int:
        return self.yes + self.no

    def distinct(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the distinct outcomes, a row each, and which of them each sample is."""
        all_ = (self.yes_read, self.yes_found, self.no_read, self.no_found)
        rows, which = np.unique(np.stack(all_, 1), axis=0, return_inverse=True)
        return rows, which.reshape(-1)


Method = Callable[[Draws], tuple[Array, Array]]


def _for_each(draws: Draws, interval: Callable[[Part, Part], tuple[float, float]]):  # type: ignore[no-untyped-def]
    """Take the interval of each distinct outcome, from its two parts."""
    rows, which = draws.distinct()
    ends = np.array(
        [
            interval(
                counted(int(yes_found), int(yes_read), draws.yes, 1.0),
                counted(int(no_found), int(no_read), draws.no, 0.0),
            )
            for yes_read, yes_found, no_read, no_found in rows
        ]
    )
    return ends[which, 0], ends[which, 1]


def alone(draws: Draws) -> tuple[Array, Array]:
    """Wilson's interval for a finite portfolio, without the coder: what all is measured by."""
    return _for_each(
        draws, lambda yes, no: effective_interval([together([yes, no])], 0.95)
    )


def assisted(draws: Draws) -> tuple[Array, Array]:
    """Ours: Wilson's interval at the effective sample size of the two parts."""
    return _for_each(
        draws, lambda yes, no: effective_interval(kept_apart([yes, no]), 0.95)
    )


_exact = lru_cache(maxsize=200_000)(exact)
_wilson = lru_cache(maxsize=200_000)(wilson)


def exact_alone(draws: Draws) -> tuple[Array, Array]:
    """The hypergeometric interval without the coder."""
    return _for_each(
        draws,
        lambda yes, no: _exact(
            int(yes.found + no.found),
            int(yes.read + no.read),
            yes.units + no.units,
            0.95,
        ),
    )


def exact_by_part(draws: Draws) -> tuple[Array, Array]:
    """Hypergeometric intervals of both parts, each at 97.5 per cent, added up."""

    def interval(yes: Part, no: Part) -> tuple[float, float]:
        ends = [
            _exact(int(part.found), int(part.read), part.units, 0.975)
            if part.read
            else (0.0, 1.0)
            for part in (yes, no)
        ]
        weights = [part.units / draws.population for part in (yes, no)]
        low, high = (
            sum(weight * end[side] for weight, end in zip(weights, ends, strict=True))
            for side in (0, 1)
        )
        return low, high

    return _for_each(draws, interval)


def _two_wilsons(yes: Part, no: Part, z: tuple[float, float] = (1, 1)):  # type: ignore[no-untyped-def]
    """Wilson's interval for a finite population of each part, z multiplied by ``z``."""
    for part, times in zip((yes, no), z, strict=True):
        confidence = 2 * NormalDist().cdf(Z * times) - 1
        yield _wilson(int(part.found), int(part.read), part.units, confidence)


def joined_by_squares(draws: Draws) -> tuple[Array, Array]:
    """Wilson's intervals of both parts joined by squared distances (Zou and Donner 2008)."""

    def interval(yes: Part, no: Part) -> tuple[float, float]:
        parts = kept_apart([yes, no])
        if len(parts) == 1:
            return effective_interval(parts, 0.95)
        value = below = above = 0.0
        for part, (low, high) in zip(parts, _two_wilsons(yes, no), strict=True):
            weight = part.units / draws.population
            value += weight * part.value
            below += (weight * (part.value - low)) ** 2
            above += (weight * (high - part.value)) ** 2
        return value - below**0.5, value + above**0.5

    return _for_each(draws, interval)


def stratified_wilson(draws: Draws) -> tuple[Array, Array]:
    """Wilson's intervals of both parts at a lowered z, added up (Yan and Su 2010)."""

    def interval(yes: Part, no: Part) -> tuple[float, float]:
        parts = kept_apart([yes, no])
        if len(parts) == 1:
            return effective_interval(parts, 0.95)
        weights = np.array([part.units / draws.population for part in parts])
        finite = [(p.units - p.read) / max(1, p.units - 1) / p.read for p in parts]
        ends = []
        for side in (0, 1):
            at = np.array([one[side] for one in _two_wilsons(yes, no)])
            for _ in range(3):
                spread = at * (1 - at) * finite
                down = float((weights * np.sqrt(spread)).sum())
                lower = (
                    float(np.sqrt((weights**2 * spread).sum())) / down if down else 1
                )
                at = np.array([e[side] for e in _two_wilsons(yes, no, (lower, lower))])
            ends.append(float((weights * at).sum()))
        return ends[0], ends[1]

    return _for_each(draws, interval)


def difference_t(draws: Draws) -> tuple[Array, Array]:
    """The difference estimator (prediction-powered inference) with a t interval, corrected
    for a finite population."""
    read, population = draws.yes_read + draws.no_read, draws.population
    wrong = draws.yes_read - draws.yes_found
    mean = (draws.no_found - wrong) / read
    variance = (draws.no_found + wrong - read * mean**2) / np.maximum(read - 1, 1)
    left = (population - read) / population
    half = stdtrit(read - 1, 0.975) * np.sqrt(np.maximum(variance, 0) / read * left)
    value = draws.yes / population + mean
    return value - half, value + half


def ppi(draws: Draws, tuned: bool = True) -> tuple[Array, Array]:
    """ppi_py.ppi_mean_ci: the unread as its unlabelled set, its own tuning and variance.

    coverage.py compares it with the package itself where that is installed.
    """
    read = draws.yes_read + draws.no_read
    unread = draws.population - read
    found = (draws.yes_found + draws.no_found) / read
    said, rest = draws.yes_read / read, (draws.yes - draws.yes_read) / unread
    tuning = np.ones(len(read))
    if tuned:
        covariance = draws.yes_found / read - found * said
        all_ = draws.yes / draws.population
        spread = all_ * (1 - all_) * draws.population / (draws.population - 1)
        best = covariance / (1 + read / unread) / (spread or 1)
        tuning = np.clip(best if spread else 0 * best, 0, 1)
    value = tuning * rest + found - tuning * said
    # The mean square of y - tuning * f, from its four values.
    square = (
        draws.yes_found * (1 - tuning) ** 2
        + (draws.yes_read - draws.yes_found) * tuning**2
        + draws.no_found
    ) / read
    errors = np.maximum(square - (found - tuning * said) ** 2, 0) / read
    half = Z * np.sqrt(tuning**2 * rest * (1 - rest) / unread + errors)
    return value - half, value + half


METHODS: dict[str, Method] = {
    "random sample alone, Wilson": alone,
    "random sample alone, exact": exact_alone,
    "difference estimator, t": difference_t,
    "ppi-python, untuned": lambda draws: ppi(draws, tuned=False),
    "ppi-python, tuned (PPI++)": ppi,
    "by part, exact": exact_by_part,
    "by part, Wilson joined by squares": joined_by_squares,
    "by part, stratified Wilson": stratified_wilson,
    "capmap": assisted,
}
