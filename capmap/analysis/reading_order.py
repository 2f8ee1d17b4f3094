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


#: While the ranking finds more than chance does.
WHILE_FINDING = Mix(0.8, 0.1, 0.1)
#: Once it does not: the promise is to be kept soon, and only draws can keep it. Other
#: parts read about as much, see benchmarks/learning/stopping_simulation.py, mixes.
WHILE_PROVING = Mix(0.15, 0.0, 0.85)

#: How many of the units last chosen by rank say whether it still finds: at least, most.
_FEW, _LATELY = 10, 50
#: One of so many units not dealt: misses in a row after which the ranking has run dry.
_DRY = 20


def permutation(units: int, seed: int) -> NDArray[np.int64]:
    """Return all units in random order, the same for the same seed."""
    return np.random.default_rng(seed).permutation(units)


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
    the random draws. No unit comes twice. Among units with the same chance the first
    comes first, whatever the permutation: choosing by it would bias the later draws.
    """
    undealt = np.flatnonzero(~dealt)
    size = min(size, undealt.size)
    draws = min(size, max(1, round(size * mix.random)))
    uncertain = min(size - draws, round(size * mix.uncertain))
    drawn = order[~dealt[order]][:draws]
    left = np.setdiff1d(undealt, drawn, assume_unique=True)
    by_chance = left[np.argsort(-chances[left], kind="stable")]
    relevant, rest = np.split(by_chance, [size - draws - uncertain])
    by_doubt = np.sort(rest)
    by_doubt = by_doubt[np.argsort(np.abs(chances[by_doubt] - 0.5), kind="stable")]
    kinds: tuple[tuple[NDArray[np.int64], Why], ...] = (
        (drawn, "random"),
        (relevant, "relevant"),
        (by_doubt[:uncertain], "uncertain"),
    )
    return [(int(unit), why) for units, why in kinds for unit in units]


def mix_for(
    found_lately: Sequence[bool], share_of_draws: float, undealt: int | None = None
) -> Mix:
    """Return the parts of the next batch: more random draws once the ranking finds little.

    ``found_lately``: outcomes of the units last chosen by rank; ``share_of_draws``: of
    the random draws so far, how many were found; ``undealt``: how many units are left,
    for where they are few, fewer misses in a row tell that nothing more is found.
    """
    dry = _LATELY if undealt is None else min(_LATELY, max(_FEW, undealt // _DRY))
    if len(found_lately) >= dry and not any(found_lately[-dry:]):
        return WHILE_PROVING
    lately = found_lately[-_LATELY:]
    finds = sum(lately)
    if not finds or len(lately) < _FEW or finds > share_of_draws * len(lately):
        return WHILE_FINDING
    return WHILE_PROVING


def shared_out(batch: Sequence[int], readers: int) -> list[list[int]]:
    """Deal a batch to readers, no unit to two, each about as many of every kind."""
    return [list(batch[reader::readers]) for reader in range(readers)]
