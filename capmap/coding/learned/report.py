"""What learning found: how well each code is told, and how far chances can be believed."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from capmap.coding.evaluation import LEAST_SUPPORT
from capmap.coding.learned.model import Key

Bools = NDArray[np.bool_]
_DRAWS = 1000
_SEED = 312
_BINS = 10


@dataclass(frozen=True, slots=True)
class Bin:
    """A group of suggestions of like chance: ``said`` on average, ``right`` of ``count``."""

    said: float
    right: int
    count: int


@dataclass(frozen=True, slots=True)
class CodeReport:
    """How a code is told, all figures from cross-validation by document."""

    decisions: int  # passages that carry it
    lexicon_f1: float
    learned_f1: float  # of the model without the lexicon
    combined_f1: float
    is_learned: bool  # false: left to the lexicon, for ``why``
    why: str = ""  # few (too little read), no_better (than the lexicon), or ""
    threshold: float = 0.5
    for_it: tuple[tuple[str, float], ...] = ()  # words with the greatest weights
    against: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """What learning found: per code, per facet, and how far its chances can be believed."""

    passages: int
    documents: int
    folds: int
    codes: dict[Key, CodeReport] = field(default_factory=dict)
    #: facet -> coder (lexicon, learned, combined) -> macro F1 with its interval
    facets: dict[str, dict[str, tuple[float, float, float]]] = field(
        default_factory=dict
    )
    #: Before: the chances that the lexicon states. After: those of the combined coder.
    reliability_before: tuple[Bin, ...] = ()
    reliability_after: tuple[Bin, ...] = ()
    error_before: float = 0.0  # expected calibration error, 0 to 1
    error_after: float = 0.0

    def as_values(self) -> dict[str, object]:
        """Return the report as plain values, for JSON: codes as facet -> code -> figures."""
        codes: dict[str, dict[str, object]] = {}
        for (facet, code), told in self.codes.items():
            codes.setdefault(facet, {})[code] = _plain(asdict(told))
        values = {name: getattr(self, name) for name in self.__slots__}
        return {
            name: codes if name == "codes" else _plain(value)
            for name, value in values.items()
        }


def _plain(value: object) -> object:
    """Lists for tuples, and no more digits than anybody reads."""
    if isinstance(value, Bin):
        value = asdict(value)
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return round(value, 4) if isinstance(value, float) else value


def f1s(true: NDArray[np.bool_], given: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return the F1 of each column."""
    both = true.sum(axis=0) + given.sum(axis=0)
    found = np.zeros(len(both))
    np.divide(2.0 * (true & given).sum(axis=0), both, out=found, where=both > 0)
    return found


def facet_scores(
    true: Bools,
    given: dict[str, Bools],
    facets: Sequence[str],
    documents: NDArray[np.intp],
) -> dict[str, dict[str, tuple[float, float, float]]]:
    """Return facet -> coder -> mean F1 of the codes that enough passages carry, its interval.

    ``given``: coder -> codes given, (n, K); ``facets`` names the facet of each of the K
    codes. The interval is a percentile bootstrap over documents (Efron 1979,
    doi:10.1214/aos/1176344552), since passages of one document are alike; all coders are
    judged on the same draws.
    """
    count, groups = len(documents), int(documents.max()) + 1
    of_document = csr_matrix((np.ones(count), (documents, np.arange(count))))
    counted = true.sum(axis=0) >= LEAST_SUPPORT
    tables = [
        csr_matrix(of_document @ table)
        for coded in given.values()
        for table in (2.0 * (true & coded), true.astype(float) + coded)
    ]
    draw = np.random.default_rng(_SEED)
    often = draw.multinomial(groups, np.full(groups, 1 / groups), _DRAWS).T.astype(
        float
    )
    drawn: dict[str, NDArray[np.float64]] = {}
    for number, name in enumerate(given):
        right, both = (table.T @ often for table in tables[2 * number : 2 * number + 2])
        drawn[name] = np.zeros_like(right)  # (K, draws)
        np.divide(right, both, out=drawn[name], where=both > 0)
    scores: dict[str, dict[str, tuple[float, float, float]]] = {}
    for facet in dict.fromkeys(facets):
        here = counted & np.array([f == facet for f in facets])
        scores[facet] = {}
        for name, coded in given.items():
            told = (0.0, 0.0, 0.0)
            if here.any():
                low, high = np.quantile(drawn[name][here].mean(axis=0), [0.025, 0.975])
                mean = f1s(true[:, here], coded[:, here]).mean()
                told = float(mean), float(low), float(high)
            scores[facet][name] = told
    return scores


def reliability(
    said: NDArray[np.float64], right: NDArray[np.bool_]
) -> tuple[tuple[Bin, ...], float]:
    """Return suggestions in bins of equal width, and the expected calibration error.

    The error is the mean gap between what was said and how often it was right, each bin
    weighing as many suggestions as it holds (Naeini, Cooper and Hauskrecht 2015,
    Obtaining well calibrated probabilities using Bayesian binning).
    """
    number = np.minimum((said * _BINS).astype(int), _BINS - 1)
    bins, gap = [], 0.0
    for one in range(_BINS):
        here = number == one
        if here.any():
            count, good = int(here.sum()), int(right[here].sum())
            bins.append(Bin(float(said[here].mean()), good, count))
            gap += abs(float(said[here].sum()) - good)
    return tuple(bins), gap / max(1, len(said))


def strongest(
    words: Sequence[str], weights: NDArray[np.float64], limit: int = 8
) -> tuple[tuple[tuple[str, float], ...], tuple[tuple[str, float], ...]]:
    """Return the words that speak most for a code, and most against it."""
    order = np.argsort(-weights, kind="stable")
    for_it = [(words[n], float(weights[n])) for n in order[:limit] if weights[n] > 0]
    against = [
        (words[n], float(weights[n])) for n in order[::-1][:limit] if weights[n] < 0
    ]
    return tuple(for_it), tuple(against)
