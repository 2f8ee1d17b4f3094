"""The statistics of one code: weights, calibration, threshold.

Weights are those of a logistic regression with a Gaussian prior around what the lexicon
says (the offset): where decisions say nothing else, the chance stays the lexicon's.
scikit-learn's regressions know no offset, hence SciPy's L-BFGS on the same loss.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_matrix
from scipy.special import expit, logit

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

#: Standard deviation of the prior: of a feature's weight, and of the two figures that a
#: code has of its own. Set on the tuning passages by cross-validated log loss.
_SPREAD = 1.5
_SPREAD_OF_CODE = 0.5
#: How far the calibration of a facet may stray from taking the log odds as they are
#: (a = 0, b = 1), and how far that of a code from its facet's.
SPREAD_OF_FACET, SPREAD_OF_CALIBRATION = 2.0, 0.5
#: Chances that a threshold may take, and how many passages the facet's common choice of
#: one weighs beside the code's own.
THRESHOLDS = np.round(np.arange(0.05, 0.61, 0.05), 2)
_WORTH_OF_COMMON = 30.0


class Rows:
    """The features of some passages, ready for the regressions of many codes."""

    def __init__(self, features: csr_matrix) -> None:
        self.features = features.astype(np.float32)
        self.transposed = self.features.T.tocsr()
        self.squares = np.asarray(features.multiply(features).sum(axis=0)).ravel()

    def fit(
        self, offset: Floats, is_found: Bools, true: Bools, weight: Floats
    ) -> tuple[Floats, float, float]:
        """Return weights of the features, start and what a finding adds.

        All arguments have one value a passage. The regression is solved in coordinates
        scaled by the expected curvature, which needs a third of the steps.
        """
        own = np.stack([np.ones(len(offset)), is_found]).astype(np.float32)
        spread = float(np.average(expit(offset) * expit(-offset), weights=weight))
        precision = np.full(len(self.squares) + 2, _SPREAD**-2)
        precision[-2:] = _SPREAD_OF_CODE**-2
        squares = np.concatenate([self.squares, (own * own) @ weight])
        scale = (precision + spread * squares) ** -0.5
        # The sums over passages need no more than single precision, and half the time.
        against = np.where(true, -1, 1).astype(np.float32)
        counts, begin = weight.astype(np.float32), offset.astype(np.float32)

        def loss(u: Floats) -> tuple[float, Floats]:
            w = scale * u
            of_features, of_code = w[:-2].astype(np.float32), w[-2:].astype(np.float32)
            z = begin + self.features @ of_features + of_code @ own
            wrong = np.exp(np.minimum(against * z, 60))
            value = counts @ np.log1p(wrong) + precision @ (w * w) / 2
            wrong *= counts * against / (1 + wrong)
            slope = np.concatenate([self.transposed @ wrong, own @ wrong])
            return float(value), scale * (slope + precision * w)

        found = minimize(
            loss,
            np.zeros(len(scale)),
            jac=True,
            method="L-BFGS-B",
            options={"maxiter": 100, "ftol": 1e-4, "gtol": 1e-3, "maxcor": 6},
        ).x
        weights = scale * found
        return weights[:-2], float(weights[-2]), float(weights[-1])


def calibration(
    z: Floats,
    true: Bools,
    weight: Floats,
    around: tuple[float, float] = (0.0, 1.0),
    spread: float = SPREAD_OF_CALIBRATION,
) -> tuple[float, float]:
    """Return a, b so that ``a + b z`` are log odds that can be believed.

    Platt's scaling (Platt 1999, Probabilistic outputs for support vector machines) with a
    Gaussian prior: isotonic regression needs far more decisions than a code has here.
    """
    y = true.astype(float)
    at, slope = np.array(around), np.stack([np.ones_like(z), z])
    precision = spread**-2
    for _ in range(20):  # Newton; the loss is convex in two figures
        p = expit(at @ slope)
        gradient = slope @ (weight * (p - y)) + precision * (at - np.array(around))
        curvature = (slope * (weight * p * (1 - p))) @ slope.T + precision * np.eye(2)
        step = np.linalg.solve(curvature, gradient)
        at = at - np.clip(step, -1, 1)
        if np.abs(step).max() < 1e-8:
            break
    return float(at[0]), max(0.1, float(at[1]))


def f1_by_threshold(chance: Floats, true: Bools, weight: Floats) -> Floats:
    """Return the F1 of suggesting where the chance reaches each of ``THRESHOLDS``."""
    given = chance >= THRESHOLDS[:, None]
    right = given @ (weight * true)
    both = given @ weight + weight @ true
    return np.divide(2 * right, both, out=np.zeros(len(THRESHOLDS)), where=both > 0)


def best_threshold(
    own: Floats, common: Floats, support: float, least: float = 0.0
) -> float:
    """Return the threshold for a code with the F1s ``own``, carried by ``support`` passages.

    ``common`` are the mean F1s of the facet: with few decisions they choose. No threshold
    is below ``least``: the F1 of a rare code may be best where most suggestions are wrong,
    which would be of no use to a reader.
    """
    share = support / (support + _WORTH_OF_COMMON)
    mixed = share * own + (1 - share) * common
    return float(THRESHOLDS[np.argmax(np.where(least <= THRESHOLDS, mixed, -1.0))])


def log_loss(z: Floats, true: Bools, weight: Floats) -> float:
    """Return the sum of the weighted log losses of log odds ``z``."""
    return float(weight @ (np.logaddexp(0, z) - true * z))


def log_odds(chance: Floats) -> Floats:
    edge = 1e-9
    found: Floats = logit(np.clip(chance, edge, 1 - edge))
    return found
