"""Learn from decisions: one calibrated linear model a code, beside the lexicon."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix, diags
from scipy.special import logit

from capmap.coding.evaluation import Example
from capmap.coding.learned.choosing import Choice, choose, is_enough
from capmap.coding.learned.decisions import Decisions, Whole, decisions, folds
from capmap.coding.learned.features import is_word
from capmap.coding.learned.fitting import Bools, Floats, Rows
from capmap.coding.learned.model import Key, Model
from capmap.coding.learned.prior import Correction
from capmap.coding.learned.report import (
    Bin,
    CodeReport,
    Report,
    f1s,
    facet_scores,
    reliability,
    strongest,
)
from capmap.coding.learned.rules import Rules, whole_chance
from capmap.coding.lexicon import LexiconCoder

__all__ = [
    "Bin", "CodeReport", "Learned", "Progress", "Report", "TooFewDecisions", "learn",
]  # fmt: skip

Progress = Callable[[float], None]
"""Told the part that is done, 0 to 1."""

#: Passages below which nothing is learned.
LEAST_PASSAGES = 20
#: Documents that must carry a code, and passages that must not, before it is learned.
LEAST_DOCUMENTS = 5
#: Folds of cross-validation, and how many where there are many passages: then parts of two
#: thirds teach nearly as much as the whole.
_FOLDS, _FOLDS_OF_MANY, _MANY = 5, 3, 5000
#: Digits of a weight that are kept: the last ones hang on the machine.
_DIGITS = 4


@dataclass(frozen=True, slots=True)
class Learned:
    """A model and the report on it."""

    model: Model
    report: Report


class TooFewDecisions(ValueError):
    """There is nothing to learn from yet: ``passages`` were read, ``needed`` is the least."""

    def __init__(self, passages: int, needed: int) -> None:
        super().__init__(
            f"{passages} passages were read; {needed} are needed to learn."
        )
        self.passages, self.needed = passages, needed


@dataclass(frozen=True, eq=False)
class _Fit:
    """Weights of all codes: features (F) of all passages, by code (K)."""

    weights: Floats  # (F, K)
    start: Floats
    found: Floats

    def __call__(self, rows: csr_matrix, offset: Floats, is_found: Bools) -> Floats:
        z: Floats = offset + rows @ self.weights + self.start + self.found * is_found
        return z


def learn(
    examples: Sequence[Example],
    lexicon: LexiconCoder,
    *,
    progress: Progress = lambda part: None,
) -> Learned:
    """Learn from passages that people coded. The same examples give the same model.

    Cross-validation parts by ``Example.document``, so that no document is on both sides.
    ``Example.weight`` says how much a passage counts. Beside what people decided, worked
    examples help to learn and to choose, and the report speaks of the decisions alone.
    Raises ``TooFewDecisions``.
    """
    told = [example for example in examples if example.weight > 0 and example.codes]
    told = [example for example in told if not example.worked] or told
    if len(told) < LEAST_PASSAGES:
        raise TooFewDecisions(len(told), LEAST_PASSAGES)
    data = decisions([e for e in examples if e.codes], lexicon)
    progress(0.1)
    candidates = _candidates(data)
    many = len(data.true) >= _MANY
    parts = folds(data.documents, _FOLDS_OF_MANY if many else _FOLDS)
    steps = 2 * len(parts) + 1
    shape = data.true.shape
    alone, corrected, combined = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    for number, held_out in enumerate(parts):
        train = np.ones(len(data.true), bool)
        train[held_out] = False
        features = _matrix(data, train)
        rows = features[held_out]
        offset = _offset(data, train)
        corrected[held_out] = offset[held_out]
        combined[held_out] = _fit(data, train, features, offset, candidates)(
            rows, offset[held_out], data.stated.is_found[held_out]
        )
        progress(0.1 + 0.85 * (2 * number + 1) / steps)
        alone[held_out] = _fit_alone(data, train, features, candidates)[held_out]
        progress(0.1 + 0.85 * (2 * number + 2) / steps)
    rules = Rules(data.keys, lexicon.codebook)
    choice = _choose(data, combined, corrected, candidates, rules)
    every = np.ones(len(data.true), bool)
    features = _matrix(data, every)
    correction = _correction(data, every)
    fit = _fit(data, every, features, correction(data.stated), choice.weighs)
    model = _model(data, fit, choice, correction, lexicon.codebook.version)
    report = _report(
        data, alone, corrected, combined, candidates, choice, parts, rules, fit
    )
    progress(1.0)
    return Learned(model, report)


def _candidates(data: Decisions) -> Bools:
    """Tell of which codes there is enough to learn from."""
    found = []
    for k in range(len(data.keys)):
        carrying = data.true[:, k] & (data.weight[:, k] > 0)
        without = ~data.true[:, k] & (data.weight[:, k] > 0)
        documents = len(np.unique(data.documents[carrying]))
        found.append(documents >= LEAST_DOCUMENTS and without.sum() >= LEAST_DOCUMENTS)
    return np.array(found, bool)


def _matrix(data: Decisions, train: Bools) -> csr_matrix:
    """Return the features of all passages, those left out that are rare in ``train``."""
    features = (data.counts @ data.stands_for).tocsr()
    often = np.asarray((features[train] > 0).sum(axis=0)).ravel()
    least = max(2, int(train.sum()) // 2000)
    return (features @ diags((often >= least).astype(float))).tocsr()


def _correction(data: Decisions, train: Bools) -> Correction:
    return Correction.fitted(
        data.stated, len(data.groups), data.true, data.weight * train[:, None]
    )


def _offset(data: Decisions, train: Bools) -> Floats:
    return _correction(data, train)(data.stated)


def _fit(
    data: Decisions, train: Bools, features: csr_matrix, offset: Floats, codes: Bools
) -> _Fit:
    """Fit the weights of ``codes`` on the passages of ``train``."""
    return _fitted(data, train, features, offset, data.stated.is_found, codes)


def _fit_alone(
    data: Decisions, train: Bools, features: csr_matrix, codes: Bools
) -> Floats:
    """Return the log odds of all passages by a model that knows no lexicon."""
    of_words = np.array([is_word(f) or f[0] == "^" for f in data.features], float)
    features = (features @ diags(of_words)).tocsr()
    weight = data.weight * train[:, None]
    rate = (1 + (weight * data.true).sum(axis=0)) / (2 + weight.sum(axis=0))
    offset = np.tile(logit(rate), (len(data.true), 1))
    nothing = np.zeros_like(data.stated.is_found)
    return _fitted(data, train, features, offset, nothing, codes)(
        features, offset, nothing
    )


def _fitted(
    data: Decisions,
    train: Bools,
    features: csr_matrix,
    offset: Floats,
    is_found: Bools,
    codes: Bools,
) -> _Fit:
    shape = (features.shape[1], len(data.keys))
    weights, start, found = np.zeros(shape), np.zeros(shape[1]), np.zeros(shape[1])
    used = np.flatnonzero(features[train].getnnz(axis=0))
    ready: dict[bytes, tuple[Whole, Rows]] = {}
    for k in np.flatnonzero(codes):
        live = train & (data.weight[:, k] > 0)
        if live.tobytes() not in ready:
            rows = np.flatnonzero(live)
            ready[live.tobytes()] = rows, Rows(features[rows][:, used])
        rows, table = ready[live.tobytes()]
        if not 0 < data.true[rows, k].sum() < len(rows):
            continue
        weights[used, k], start[k], found[k] = table.fit(
            offset[rows, k],
            is_found[rows, k],
            data.true[rows, k],
            data.weight[rows, k],
        )
    return _Fit(weights, start, found)


def _choose(
    data: Decisions,
    combined: Floats,
    corrected: Floats,
    candidates: Bools,
    rules: Rules | None,
    rows: Whole | slice = slice(None),
) -> Choice:
    return choose(
        combined[rows],
        corrected[rows],
        data.stated.is_found[rows],
        data.true[rows],
        data.weight[rows],
        candidates,
        [facet for facet, _ in data.keys],
        rules,
    )


def _model(
    data: Decisions, fit: _Fit, choice: Choice, correction: Correction, codebook: str
) -> Model:
    weights = np.round(fit.weights, _DIGITS)
    used = np.flatnonzero(np.abs(weights).sum(axis=1))
    table = csr_matrix(weights[used])
    return Model(
        codebook=codebook,
        decisions=int(data.own.sum()),
        keys=data.keys,
        groups=data.groups,
        features=tuple(data.features[n] for n in used),
        weighs=choice.weighs,
        is_learned=choice.is_learned,
        group_shift=np.round(correction.group_shift, _DIGITS),
        found_shift=np.round(correction.found_shift, _DIGITS),
        missed_shift=np.round(correction.missed_shift, _DIGITS),
        start=np.round(fit.start, _DIGITS),
        found=np.round(fit.found, _DIGITS),
        calibration=np.round(choice.calibration, _DIGITS),
        threshold=choice.threshold,
        row_ends=table.indptr[1:].astype(np.int32),
        weight_codes=table.indices.astype(np.int32),
        weights=table.data.astype(np.float32),
    ).named()


def _report(
    data: Decisions,
    alone: Floats,
    corrected: Floats,
    combined: Floats,
    candidates: Bools,
    choice: Choice,
    parts: Sequence[Whole],
    rules: Rules,
    fit: _Fit,
) -> Report:
    """Say how well each coder does on passages that its choices were not made from either."""
    found = data.stated.is_found
    counted = data.weight[:, 0] > 0 if not rules.verdicts else np.ones(len(found), bool)
    given = {name: np.zeros_like(found) for name in ("lexicon", "learned", "combined")}
    said = np.zeros(found.shape)
    nothing = np.zeros(len(candidates), bool)
    plain = Choice(
        nothing, nothing, np.tile([0.0, 1.0], (len(nothing), 1)), nothing + 0.5
    )
    given["lexicon"] = plain.given(corrected, found, rules)
    for held_out in parts:
        rest = np.setdiff1d(np.arange(len(found)), held_out)
        ours = _choose(data, combined, corrected, candidates, rules, rest)
        z = np.where(ours.weighs, combined[held_out], corrected[held_out])
        chance = ours.chances(z, rules)
        given["combined"][held_out] = ours.given(chance, found[held_out], rules)
        said[held_out] = whole_chance(chance, rules)
        by_words = _choose(data, alone, corrected, candidates, None, rest)
        chance = by_words.chances(alone[held_out], rules)
        given["learned"][held_out] = by_words.given(
            chance, np.zeros_like(found[held_out]), rules
        )
    own = data.own
    # Of a facet that nobody looked at, a suggestion is neither right nor wrong.
    given = {name: (coded & data.looked_at)[own] for name, coded in given.items()}
    true = (data.true & counted[:, None])[own]
    stated = np.exp(-np.logaddexp(0, -data.stated.log_odds[own]))
    before, after = given["lexicon"], given["combined"]
    bins_before, error_before = reliability(stated[before], true[before])
    bins_after, error_after = reliability(said[own][after], true[after])
    documents = np.unique(data.documents[own], return_inverse=True)[1]
    return Report(
        passages=len(true),
        documents=int(documents.max()) + 1,
        folds=len(parts),
        codes=_codes(data, given, choice, fit),
        facets=facet_scores(true, given, [facet for facet, _ in data.keys], documents),
        reliability_before=bins_before,
        reliability_after=bins_after,
        error_before=error_before,
        error_after=error_after,
    )


def _codes(
    data: Decisions,
    given: dict[str, Bools],
    choice: Choice,
    fit: _Fit,
) -> dict[Key, CodeReport]:
    true = data.true[data.own]
    scores = {name: f1s(true, coded) for name, coded in given.items()}
    words = [n for n, token in enumerate(data.tokens) if is_word(token)]
    names = [data.tokens[n] for n in words]
    adds = data.stands_for[words] @ fit.weights
    codes = {}
    for k, key in enumerate(data.keys):
        for_it, against = strongest(names, adds[:, k])
        learned = bool(choice.is_learned[k])
        carrying = data.true[data.weight[:, k] > 0, k]
        codes[key] = CodeReport(
            decisions=int(true[:, k].sum()),
            lexicon_f1=float(scores["lexicon"][k]),
            learned_f1=float(scores["learned"][k]),
            combined_f1=float(scores["combined"][k]),
            is_learned=learned,
            why="" if learned else "no_better" if is_enough(carrying) else "few",
            threshold=float(choice.threshold[k]),
            for_it=for_it,
            against=against,
        )
    return codes
