"""capmap's own coders, as the benchmarks ask for them."""

from collections import defaultdict
from collections.abc import Sequence
from unittest.mock import patch

import numpy as np

from benchmarks.accuracy.run import Codes
from benchmarks.learning.coders import Coder
from capmap.coding.evaluation import Example
from capmap.coding.learned import training
from capmap.coding.learned.combined import CombinedCoder
from capmap.coding.learned.model import Model, Passage
from capmap.coding.learned.training import Report, TooFewDecisions, learn
from capmap.coding.lexicon import LexiconCoder, Look, Suggestions
from capmap.coding.suggestion import Suggestion


class Remembering(LexiconCoder):
    """The lexicon, which reads a passage once however often it is asked: for speed only."""

    def look(self, text: str, **beside: object) -> Look:
        known = self.__dict__.setdefault("_looks", {})
        key = (text, *map(str, beside.values()))
        if key not in known:
            known[key] = super().look(text, **beside)  # type: ignore[arg-type]
        found = Suggestions()
        for suggestion in known[key].found.all():
            found.add(suggestion)
        return known[key]._replace(found=found)

    def add_of_capacity(self, look: Look, found: Suggestions) -> None:
        known = self.__dict__.setdefault("_of_capacity", {})
        key = (look.reading.text, look.context)
        if key not in known:
            added = Suggestions()
            super().add_of_capacity(look, added)
            known[key] = added.all()
        for suggestion in known[key]:
            found.add(suggestion)


def passages(examples: Sequence[Example]) -> list[Passage]:
    return [Passage(e.text, e.language, e.context) for e in examples]


def codes_of(suggested: Sequence[Sequence[Suggestion]]) -> list[Codes]:
    coded: list[Codes] = []
    for suggestions in suggested:
        codes: Codes = defaultdict(set)
        for s in suggestions:
            codes[s.facet].add(s.code)
        coded.append(codes)
    return coded


def learned_from(train: Sequence[Example], lexicon: LexiconCoder) -> CombinedCoder:
    """Return the coder of today: the lexicon's chances where too little was read."""
    try:
        return CombinedCoder(lexicon, learn(train, lexicon).model)
    except TooFewDecisions:
        return CombinedCoder(lexicon, Model())


def ranked_by(train: Sequence[Example], lexicon: LexiconCoder) -> CombinedCoder:
    """The same coder without the report on it, which takes half the time of learning."""
    without = {
        "_fit_alone": lambda data, *_: np.zeros(data.true.shape),
        "_report": lambda *_: Report(0, 0, 0),
    }
    with patch.multiple(training, **without):
        return learned_from(train, lexicon)


def by_both(lexicon: LexiconCoder) -> Coder:
    def code(train: Sequence[Example], test: Sequence[Example]) -> list[Codes]:
        coder = learned_from(train, lexicon)
        return codes_of(coder.suggest_many(passages(test)))

    return code
