"""Other families of model and other features, on the tables of ``crossed``.

Each gives log odds of every code on every passage, by a fit that saw nothing of the
passage's file; which codes are then given is chosen in one way for all.
"""

from collections.abc import Callable, Iterable, Mapping

import numpy as np
from scipy.sparse import csr_matrix, diags, hstack
from scipy.special import expit, logit
from sklearn.decomposition import TruncatedSVD
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.feature_extraction.text import CountVectorizer

from benchmarks.learning.crossed import Bools, Crossed, Floats
from capmap.coding.learned import training
from capmap.coding.learned.features import WORD

_SEED = 312
#: Neighbours that vote, and what the lexicon's chance counts beside their likeness.
NEIGHBOURS, _WORTH_OF_LEXICON = 20, 1.0
#: Dimensions that the features are reduced to.
OF_FACTORS, OF_TREES = 300, 50

Family = Callable[[Crossed], Floats]


def linear(of: Crossed) -> Floats:
    """Ours: a logistic regression a code, the lexicon's log odds as offset."""
    return of.combined


def nearest(of: Crossed) -> Floats:
    """The worked examples most alike vote, weighed by likeness, beside the lexicon.

    A code of capacity development is voted on by examples that are that.
    """
    z = of.corrected.copy()
    for held_out in of.parts:
        train = of.train(held_out)
        features = training._matrix(of.data, train)
        often = np.asarray((features[train] > 0).sum(axis=0)).ravel()
        rarity = diags(np.log((1 + train.sum()) / np.maximum(often, 1)))
        features = _of_length_one(features @ rarity)
        rows = np.flatnonzero(train)
        alike = (features[held_out] @ features[rows].T).toarray()
        votes: dict[bytes, Floats] = {}
        for k in np.flatnonzero(of.candidates):
            live = of.data.weight[rows, k] > 0
            if live.tobytes() not in votes:
                votes[live.tobytes()] = _strongest(np.where(live, alike, 0.0))
            vote = votes[live.tobytes()]
            chance = expit(of.corrected[held_out, k])
            said = vote @ of.data.true[rows, k] + _WORTH_OF_LEXICON * chance
            share = said / (vote.sum(axis=1) + _WORTH_OF_LEXICON)
            z[held_out, k] = logit(np.clip(share, 1e-4, 1 - 1e-4))
    return z


def factorised(of: Crossed) -> Floats:
    """The same regressions on the main dimensions of the features, common to all codes."""
    z = of.corrected.copy()
    for held_out in of.parts:
        train = of.train(held_out)
        reduced = csr_matrix(_reduced(of, train, OF_FACTORS))
        offset = of.corrected_by(train)
        z[held_out] = training._fit(of.data, train, reduced, offset, of.candidates)(
            reduced[held_out], offset[held_out], of.data.stated.is_found[held_out]
        )
    return z


def boosted(of: Crossed) -> Floats:
    """Boosted trees a code, on the main dimensions and on what the lexicon says of it."""
    z = of.corrected.copy()
    for held_out in of.parts:
        train = of.train(held_out)
        reduced = _reduced(of, train, OF_TREES)
        offset = of.corrected_by(train)
        for k in np.flatnonzero(of.candidates):
            rows = np.flatnonzero(train & (of.data.weight[:, k] > 0))
            table = np.column_stack(
                [reduced, offset[:, k], of.data.stated.is_found[:, k]]
            )
            trees = HistGradientBoostingClassifier(
                max_iter=50, max_leaf_nodes=8, early_stopping=False, random_state=_SEED
            )
            if not 0 < of.data.true[rows, k].sum() < len(rows):
                continue
            trees.fit(table[rows], of.data.true[rows, k])
            z[held_out, k] = trees.decision_function(table[held_out])
    return z


def of_each_language(of: Crossed) -> Floats:
    """Ours, but a model for each language that learns from its own examples only."""
    z = of.corrected.copy()
    languages = np.array([e.language for e in of.examples])
    for held_out in of.parts:
        for language in np.unique(languages):
            train = of.train(held_out) & (languages == language)
            here = held_out[languages[held_out] == language]
            z[here] = _fitted(of, train, training._matrix(of.data, train))[here]
    return z


FAMILIES: Mapping[str, Family] = {
    "linear, lexicon as offset (kept by capmap)": linear,
    "nearest worked examples, vote": nearest,
    "factorised, then linear": factorised,
    "boosted trees": boosted,
    "linear, a model for each language": of_each_language,
}


def tried_features(of: Crossed) -> Iterable[tuple[str, Floats]]:
    """Fit ours with some features taken away or added, each with its name."""
    names = of.data.features

    def without(is_left_out: Callable[[str], bool]) -> Floats:
        keep = np.array([not is_left_out(name) for name in names], float)
        return _again(of, keep=keep)

    yield (
        "words without their beginnings",
        without(lambda name: name[-1] == "*" and name[0] not in "=~^*"),
    )
    yield "without what the lexicon found", without(lambda name: name[0] in "=~")
    has_runs = any(name[0] == "*" for name in names)  # within words, of four letters
    if has_runs:
        yield "without runs of four letters", without(lambda name: name[0] == "*")
    texts = [sight.look.reading.folded.text for sight in of.data.sights]
    share = diags([sight.share for sight in of.data.sights])

    def counted(**how: object) -> csr_matrix:
        found = CountVectorizer(binary=True, min_df=2, lowercase=False, **how)
        return share @ found.fit_transform(texts)

    pattern = WORD.pattern
    yield (
        "and pairs of words",
        _again(of, add=counted(ngram_range=(2, 2), token_pattern=pattern)),
    )
    if not has_runs:
        yield (
            "and runs of four letters",
            _again(of, add=counted(ngram_range=(4, 4), analyzer="char_wb")),
        )

    def begun(text: str) -> list[str]:
        return [w[:n] for w in WORD.findall(text) for n in (3, 7) if len(w) > n]

    yield (
        "and beginnings of three and seven letters",
        _again(of, add=counted(analyzer=begun)),
    )
    marked = [
        f"{e.language}:{word}"
        for e, sight in zip(of.examples, of.data.sights, strict=True)
        for word in sight.words
    ]
    column = {word: n for n, word in enumerate(dict.fromkeys(marked))}
    rows = np.repeat(
        np.arange(len(texts)), [len(sight.words) for sight in of.data.sights]
    )
    table = csr_matrix(
        (np.ones(len(marked)), (rows, [column[word] for word in marked])),
        shape=(len(texts), len(column)),
    )
    yield "and words marked with their language", _again(of, add=share @ table)
    plain = np.array(
        [
            [
                np.log1p(len(e.text)) / 6,
                any(sign.isdigit() for sign in e.text),
                any(sign in e.text for sign in "$€£") or "USD" in e.text,
            ]
            for e in of.examples
        ],
        float,
    )
    yield "and length, digits, money", _again(of, add=csr_matrix(plain))


def _again(
    of: Crossed, *, keep: Floats | None = None, add: csr_matrix | None = None
) -> Floats:
    z = of.corrected.copy()
    for held_out in of.parts:
        train = of.train(held_out)
        features = training._matrix(of.data, train)
        if keep is not None:
            features = (features @ diags(keep)).tocsr()
        if add is not None:
            often = np.asarray((add[train] > 0).sum(axis=0)).ravel()
            features = hstack([features, add @ diags((often >= 2) * 1.0)]).tocsr()
        z[held_out] = _fitted(of, train, features)[held_out]
    return z


def _fitted(of: Crossed, train: Bools, features: csr_matrix) -> Floats:
    offset = of.corrected_by(train)
    fit = training._fit(of.data, train, features, offset, of.candidates)
    return fit(features, offset, of.data.stated.is_found)


def _reduced(of: Crossed, train: Bools, dimensions: int) -> Floats:
    features = training._matrix(of.data, train)
    most = min(dimensions, int(train.sum()) - 1, features.shape[1] - 1)
    reduce = TruncatedSVD(most, random_state=_SEED).fit(features[train])
    reduced: Floats = reduce.transform(features)
    return reduced


def _of_length_one(rows: csr_matrix) -> csr_matrix:
    lengths = np.sqrt(np.asarray(rows.multiply(rows).sum(axis=1)).ravel())
    return (diags(1 / np.where(lengths > 0, lengths, 1)) @ rows).tocsr()


def _strongest(alike: Floats) -> Floats:
    """Return likeness with all but the strongest of each row set to 0."""
    if alike.shape[1] <= NEIGHBOURS:
        return alike
    least = np.partition(alike, -NEIGHBOURS, axis=1)[:, [-NEIGHBOURS]]
    return np.where(alike >= least, alike, 0.0)
