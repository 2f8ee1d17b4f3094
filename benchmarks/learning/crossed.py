"""Cross-validation over the worked examples: no file on both sides.

``learn`` cross-validates to choose; here its tables are kept, so that other families and
features can be judged on the same passages, folds, features and rules of choosing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray

from benchmarks.accuracy.run import FACETS, Codes
from benchmarks.learning.coders import Coder
from benchmarks.learning.quality import macro_f1
from capmap.coding.evaluation import Example
from capmap.coding.learned import training
from capmap.coding.learned.decisions import Decisions
from capmap.coding.learned.model import Key, Model
from capmap.coding.learned.rules import Rules
from capmap.coding.lexicon import LexiconCoder

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Whole = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Crossed:
    """What ``learn`` found on the way to a model: n passages by K codes.

    Log odds of a passage are by a model that saw nothing of its file: ``combined`` those
    of lexicon and words, ``alone`` of words without the lexicon, ``corrected`` of the
    lexicon as counting corrects it.
    """

    examples: list[Example]
    data: Decisions
    alone: Floats
    corrected: Floats
    combined: Floats
    candidates: Bools
    parts: Sequence[Whole]
    rules: Rules
    model: Model

    def train(self, held_out: Whole) -> Bools:
        """Tell which passages may be learned from when a part is held out."""
        mask = np.ones(len(self.examples), bool)
        mask[held_out] = False
        return mask

    def corrected_by(self, train: Bools) -> Floats:
        """Return the lexicon's log odds as the passages of ``train`` correct them."""
        return training._offset(self.data, train)

    def given(self, z: Floats) -> Bools:
        """Return the codes given by log odds: thresholds and say are chosen on other parts."""
        return self._given(z, self.rules)

    def given_by_words(self) -> Bools:
        """Return the codes given by the words alone, without lexicon and its rules."""
        return self._given(self.alone, None)

    def _given(self, z: Floats, rules: Rules | None) -> Bools:
        found = self.data.stated.is_found
        given = np.zeros_like(found)
        for held_out in self.parts:
            rest = np.flatnonzero(self.train(held_out))
            choice = training._choose(
                self.data, z, self.corrected, self.candidates, rules, rest
            )
            both = np.where(choice.weighs, z[held_out], self.corrected[held_out])
            chance = choice.chances(both, self.rules)
            lexicon = found[held_out] if rules else np.zeros_like(found[held_out])
            given[held_out] = choice.given(chance, lexicon, self.rules)
        return given

    def by_lexicon(self) -> Bools:
        """Return the codes that the lexicon gives by itself."""
        found = self.data.stated.is_found
        columns = np.array(self.rules.verdicts)
        verdict = columns[found[:, columns].argmax(axis=1)]
        return self.rules.apply(found, verdict)

    def codes(self, given: Bools) -> list[Codes]:
        return as_codes(given, self.data.keys)

    def mean(self, given: Bools) -> float:
        return mean_of(self.examples, self.codes(given))


def crossed(examples: Sequence[Example], lexicon: LexiconCoder) -> Crossed:
    """Learn from ``examples`` as capmap does, and keep the tables of the folds."""
    kept: list[Crossed] = []
    by_text = {(e.text, e.context): e for e in examples}

    def keep(data, alone, corrected, combined, candidates, choice, parts, rules, fit):  # type: ignore[no-untyped-def]
        told = [
            by_text[sight.look.reading.text, sight.look.context]
            for sight in data.sights
        ]
        kept.append(
            Crossed(
                told,
                data,
                alone,
                corrected,
                combined,
                candidates,
                parts,
                rules,
                Model(),
            )
        )
        return training.Report(len(told), 0, len(parts))

    with patch.object(training, "_report", keep):
        model = training.learn(examples, lexicon).model
    object.__setattr__(kept[0], "model", model)
    return kept[0]


def coded_by(coder: Coder, of: Crossed) -> list[Codes]:
    """Code every passage by a peer that learned from the files of the other parts."""
    coded: list[Codes] = [{} for _ in of.examples]
    for held_out in of.parts:
        train = np.flatnonzero(of.train(held_out))
        found = coder(
            [of.examples[i] for i in train], [of.examples[i] for i in held_out]
        )
        for i, codes in zip(held_out, found, strict=True):
            coded[i] = codes
    return coded


def as_codes(given: Bools, keys: Sequence[Key]) -> list[Codes]:
    """Return each passage's codes by facet from a table of passages by codes."""
    coded: list[Codes] = []
    for row in given:
        codes: Codes = {}
        for k in np.flatnonzero(row):
            codes.setdefault(keys[k][0], set()).add(keys[k][1])
        coded.append(codes)
    return coded


def mean_of(examples: Sequence[Example], coded: Sequence[Codes]) -> float:
    """Return the mean macro F1 of the eight facets that codes enough to count."""
    return float(np.nanmean([macro_f1(examples, coded, facet) for facet in FACETS]))
