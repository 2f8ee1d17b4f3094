"""Which units to read next: what is most likely relevant, what teaches, and an audit.

The audit is a simple random draw from all that is unread, fixed by a permutation made
before anything was read: it keeps estimates unbiased and carries the rule of stopping.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Why = Literal["relevant", "uncertain", "random"]


@dataclass(frozen=True, slots=True)
class Mix:
    """The parts of a batch, summing to 1."""

    relevant: float
    uncertain: float
    random: float


#: While the ranking still finds much.
WHILE_FINDING = Mix(0.7, 0.1, 0.2)


def permutation(units: int, seed: int) -> NDArray[np.int64]:
    """Return all units in random order, the same for the same seed."""
    raise NotImplementedError


def next_batch(
    chances: NDArray[np.float64],
    dealt: NDArray[np.bool_],
    order: NDArray[np.int64],
    size: int,
    mix: Mix = WHILE_FINDING,
) -> list[tuple[int, Why]]:
    """Return up to ``size`` units to read next, each with why; the random ones first.

    ``chances``: that a unit is relevant, by the model of now; ``dealt``: units that were
    put before a reader already; ``order``: the permutation, whose first undealt units are
    the random draws. No unit comes twice.
    """
    raise NotImplementedError


def mix_for(found_lately: Sequence[bool], share_of_draws: float) -> Mix:
    """Return the parts of the next batch: more random draws once the ranking finds little.

    ``found_lately``: outcomes of the units last chosen by rank; ``share_of_draws``: of
    the random draws so far, how many were found.
    """
    raise NotImplementedError


def shared_out(batch: Sequence[int], readers: int) -> list[list[int]]:
    """Deal a batch to readers, no unit to two, each about as many of every kind."""
    raise NotImplementedError
