"""Shares and sums of a portfolio from a random sample that people read, helped by the coder.

The coder codes everything and errs; people read a random part and do not. The coder's
count is corrected by what the readers found of its errors, so that the estimate is right
on average however bad the coder, and narrower the better it is.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike


@dataclass(frozen=True, slots=True)
class Estimate:
    """A share or sum of a finite portfolio, with its interval.

    ``read`` units of ``population`` were read; ``machine`` is the coder's own count, as a
    share or sum like ``value``. ``method``: a key of ``wording/estimates.yaml`` whose
    sentence says it in words. ``random_value``, ``random_low``, ``random_high``: what the same readings
    say without the coder. ``to_halve``: about how many more readings would halve the
    interval; 0 when all is read, None when not even reading all but one would.
    """

    value: float
    low: float
    high: float
    machine: float
    read: int
    population: int
    confidence: float
    method: str
    random_value: float
    random_low: float
    random_high: float
    to_halve: int | None


def estimated_share(
    found: Sequence[bool],
    suggested: Sequence[bool],
    suggested_in_all: int,
    population: int,
    *,
    confidence: float = 0.95,
) -> Estimate:
    """Estimate the share of a portfolio that has a code.

    ``found`` and ``suggested``: for each unit of a simple random sample, whether readers
    found the code and whether the coder suggests it; ``suggested_in_all`` of
    ``population`` units have it suggested.
    """
    raise NotImplementedError


def estimated_sum(
    amounts: ArrayLike,
    found: Sequence[bool],
    suggested: Sequence[bool],
    suggested_amount: float,
    population: int,
    *,
    total_amount: float,
    confidence: float = 0.95,
) -> Estimate:
    """Estimate the sum of amounts (budgets) of units that have a code; None has its own path.

    ``amounts``, ``found``, ``suggested``: of the sampled units; ``suggested_amount`` and
    ``total_amount``: sums over the whole portfolio of the units with the code suggested,
    and of all.
    """
    raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Stratum:
    """A part of a portfolio that was sampled on its own."""

    found: Sequence[bool]
    suggested: Sequence[bool]
    suggested_in_all: int
    population: int


def stratified_share(
    strata: Sequence[Stratum], *, confidence: float = 0.95
) -> Estimate:
    """Estimate the share over several parts, each with a random sample of its own."""
    raise NotImplementedError


def difference(first: Estimate, second: Estimate) -> tuple[float, float, float]:
    """Return second minus first of two shares from different units, with its interval."""
    raise NotImplementedError


_ = np  # until the estimators stand here
