"""Which codes are learned, how their chances are calibrated, and when one is suggested.

All is chosen from predictions on passages that the weights were not fitted to. The chance
of a code rests on words where they predict decisions better (log loss). Which passages
get the code stays the lexicon's affair until the gain in F1 is more than luck: so with
few decisions the order of reading gets better, and no suggestion worse.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from capmap.coding.learned.fitting import (
    SPREAD_OF_FACET,
    Bools,
    Floats,
    best_threshold,
    calibration,
    f1_by_threshold,
    log_loss,
    log_odds,
)
from capmap.coding.learned.rules import Rules, whole_chance

#: Standard errors that the gain in F1 must reach before a code's suggestions are learned.
_SURE = 1.5
#: Passages that must carry a code, and as many that must not, before its suggestions are
#: learned: from fewer, what holds in cross-validation need not hold in the next document.
ENOUGH = 20
#: Chance below which nothing is suggested.
_LEAST_CHANCE = 0.25


@dataclass(frozen=True, eq=False)
class Choice:
    """What is chosen for each of K codes; see ``Model`` for the words."""

    weighs: Bools  # (K)
    is_learned: Bools  # (K)
    calibration: Floats  # (K, 2)
    threshold: Floats  # (K)

    def chances(self, z: Floats, rules: Rules) -> Floats:
        """Return chances of log odds; of a facet of capacity, given that it is that."""
        a, b = self.calibration.T
        return rules.one_verdict(expit(a + b * z))

    def given(self, chance: Floats, lexicon: Bools, rules: Rules) -> Bools:
        """Return the codes suggested, rules applied. ``lexicon``: what it found."""
        likely = whole_chance(chance, rules) >= _LEAST_CHANCE
        likely[:, rules.verdicts] = True
        given: Bools = np.where(
            self.is_learned, (chance >= self.threshold) & likely, lexicon
        )
        given = rules.one_of_each(given, chance / self.threshold)
        verdict = None
        if rules.verdicts:
            if self.is_learned[rules.verdicts].all():
                verdict = rules.verdict(chance, self.threshold)
            else:
                columns = np.array(rules.verdicts)
                verdict = columns[lexicon[:, columns].argmax(axis=1)]
        return rules.apply(given, verdict)


def choose(
    z: Floats,
    lexicon: Floats,
    is_found: Bools,
    true: Bools,
    weight: Floats,
    candidates: Bools,
    facets: Sequence[str],
    rules: Rules | None,
) -> Choice:
    """Choose for every code. Tables are (passages, K); log odds out of cross-validation.

    ``z`` are the log odds of the coder, ``lexicon`` those of the lexicon as corrected.
    Without ``rules`` every candidate is learned (for a coder without a lexicon).
    """
    count = len(candidates)
    scaling = np.tile([0.0, 1.0], (count, 1))
    threshold = np.full(count, 0.5)
    chance = expit(z)
    for facet in dict.fromkeys(facets):
        codes = np.flatnonzero(np.array([f == facet for f in facets]) & candidates)
        lives = [weight[:, k] > 0 for k in codes]
        if not len(codes):
            continue
        z_of, true_of, weight_of = (
            np.concatenate(
                [table[live, k] for k, live in zip(codes, lives, strict=True)]
            )
            for table in (z, true, weight)
        )
        of_facet = calibration(z_of, true_of, weight_of, spread=SPREAD_OF_FACET)
        for k, live in zip(codes, lives, strict=True):
            scaling[k] = calibration(
                z[live, k], true[live, k], weight[live, k], around=of_facet
            )
            chance[:, k] = expit(scaling[k, 0] + scaling[k, 1] * z[:, k])
    curves = np.array(
        [f1_by_threshold(chance[:, k], true[:, k], weight[:, k]) for k in range(count)]
    )
    support = (weight * true).sum(axis=0)
    for facet in dict.fromkeys(facets):
        here = np.array([f == facet for f in facets]) & candidates
        if here.any():
            common = curves[here].mean(axis=0)
            for k in np.flatnonzero(here):
                threshold[k] = best_threshold(
                    curves[k], common, support[k], _LEAST_CHANCE if rules else 0.0
                )
    if rules is None:
        return Choice(candidates, candidates, scaling, threshold)
    calibrated = log_odds(chance)
    weighs, is_learned = candidates.copy(), candidates.copy()
    given = chance >= threshold
    for k in np.flatnonzero(candidates):
        live = weight[:, k] > 0
        y, w = true[live, k], weight[live, k]
        weighs[k] = log_loss(calibrated[live, k], y, w) < log_loss(
            lexicon[live, k], y, w
        )
        is_learned[k] = (
            weighs[k]
            and is_enough(y)
            and is_surely_better(
                given[live, k][:, None], is_found[live, k][:, None], y[:, None], w
            )
        )
    _settle_verdicts(
        weighs, is_learned, chance, threshold, is_found, true, weight, candidates, rules
    )
    scaling[~weighs] = [0.0, 1.0]
    return Choice(weighs, is_learned, scaling, np.where(is_learned, threshold, 0.5))


def is_enough(true: Bools) -> bool:
    """Tell whether suggestions may be learned from passages that do or do not carry a code."""
    return min(int(true.sum()), int((~true).sum())) >= ENOUGH


def is_surely_better(ours: Bools, theirs: Bools, true: Bools, weight: Floats) -> bool:
    """Tell whether the mean F1 of ``ours`` is above that of ``theirs`` beyond chance.

    The standard error of the difference is that of the delta method, passages being
    drawn: a gain that two or three passages make by luck is none.
    """
    gain, influence = 0.0, np.zeros(len(true))
    for sign, given in ((1, ours), (-1, theirs)):
        right = weight[:, None] * (2.0 * (given & true))
        both = weight[:, None] * (given.astype(float) + true)
        total = np.maximum(both.sum(axis=0), 1e-9)
        f1 = right.sum(axis=0) / total
        gain += sign * float(f1.mean())
        influence += sign * ((right - f1 * both) / total).mean(axis=1)
    return gain > 0 and gain >= _SURE * float(np.sqrt(influence @ influence))


def _settle_verdicts(
    weighs: Bools,
    is_learned: Bools,
    chance: Floats,
    threshold: Floats,
    is_found: Bools,
    true: Bools,
    weight: Floats,
    candidates: Bools,
    rules: Rules,
) -> None:
    """Learn the verdict on capacity as a whole or not at all: one code brings the others.

    A verdict that is seldom given ("unclear") keeps the lexicon's chance beside two others
    that are learned.
    """
    columns = rules.verdicts
    if not columns:
        return
    is_choice = candidates[columns].sum() >= 2 and weighs[columns].any()
    weighs[columns] = candidates[columns] & is_choice
    is_learned[columns] = False
    if is_choice:
        verdict = rules.verdict(rules.one_verdict(chance), threshold)
        given = np.zeros_like(true)
        given[np.arange(len(given)), verdict] = True
        told = weight[:, columns[0]] > 0
        is_learned[columns] = is_enough(true[told, rules.is_cd]) and is_surely_better(
            given[:, columns],
            is_found[:, columns],
            true[:, columns],
            weight[:, columns[0]],
        )
