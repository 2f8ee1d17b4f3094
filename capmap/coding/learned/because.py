"""Why the model believes what it does: words for and against, and passages like this one."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix, diags
from scipy.special import logit

from capmap.coding.confidence import missed
from capmap.coding.evaluation import Example
from capmap.coding.learned.combined import CombinedCoder
from capmap.coding.learned.decisions import count, stands_for
from capmap.coding.learned.features import MARK, places, see
from capmap.coding.learned.model import Passage
from capmap.coding.learned.rules import whole_chance


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a passage with its spans, and how far it moves the chance (in log odds).

    A word of the headings has no span.
    """

    text: str
    weight: float
    spans: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Because:
    """What speaks for a code and against it, the strongest first.

    ``lexicon`` is what the lexicon's own findings add, ``start`` where the code stands
    before a word is read (both in log odds); all parts add up to the log odds of
    ``chance`` before calibration. For a facet that only capacity development carries,
    the parts speak of passages that are that, and ``chance`` is of both together.
    """

    chance: float
    start: float
    lexicon: float
    for_it: tuple[Word, ...]
    against: tuple[Word, ...]


def because(coder: CombinedCoder, passage: Passage, facet: str, code: str) -> Because:
    """Say why the coder gives a code this chance on a passage.

    For a code of which too little was read there are no words, and ``chance`` is the
    lexicon's. Raises ``KeyError`` for a code that the codebook does not have, or whose
    facet follows from others by rule.
    """
    column = coder.columns[facet, code]
    coded = coder.code([passage])
    chance = float(whole_chance(coded.chance, coder.rules)[0, column])
    start = _nothing_found(coder, facet, column)
    lexicon = float(coded.prior[0, column]) - start
    if not coder.tables.weighs[column]:
        return Because(chance, start, lexicon, (), ())
    sight = coded.sights[0]
    start += float(coder.tables.start[column])
    if coded.is_found[0, column]:
        lexicon += float(coder.tables.found[column])
    words = []
    stand = places(sight.look, sight.words)
    text = passage.text
    for token in sight.words:
        weight = sight.share * float(coder.weights.of_token(token)[column])
        if weight:
            spans = tuple(stand[token])
            told = text[slice(*spans[0])] if spans else token
            words.append(Word(told, weight, spans))
    for token in sight.marks:
        weight = MARK * float(coder.weights.of_token(token)[column])
        if token[0] == "^" and weight:
            words.append(Word(token[1:], weight, ()))
        else:
            lexicon += weight
    words.sort(key=lambda word: -abs(word.weight))
    return Because(
        chance,
        start,
        lexicon,
        tuple(word for word in words if word.weight > 0),
        tuple(word for word in words if word.weight < 0),
    )


def _nothing_found(coder: CombinedCoder, facet: str, column: int) -> float:
    """Return the log odds of a code where the lexicon finds nothing for it."""
    if facet == "capacity":  # the lexicon always gives one verdict
        return 0.0
    correction, group = coder.tables.correction, coder.tables.groups.get(f"{facet}/")
    shift = 0.0 if group is None else float(correction.group_shift[group])
    return float(logit(missed(facet))) + shift + float(correction.missed_shift[column])


class Neighbours:
    """Examples made ready to be compared with passages, by the features of the model.

    What stands in few examples counts more. Making it ready looks at every example
    through the lexicon (some tenths of a second a thousand); asking takes a millisecond.
    """

    def __init__(self, coder: CombinedCoder, examples: Sequence[Example]) -> None:
        self.examples = examples
        self._lexicon = coder.lexicon
        sights = [
            see(coder.lexicon, Passage(e.text, e.language, e.context)) for e in examples
        ]
        self._tokens: dict[str, int] = {}
        counts = count(sights, self._tokens, grow=True)
        _, self._stands_for = stands_for(self._tokens)
        seen = (counts @ self._stands_for).tocsr()
        often = np.asarray((seen > 0).sum(axis=0)).ravel()
        self._rarity = diags(np.log((1 + len(sights)) / np.maximum(often, 1)) + 1e-3)
        self._seen = _of_length_one(seen @ self._rarity)

    def like(
        self, passage: Passage, among: Sequence[int] | None = None, limit: int = 3
    ) -> list[tuple[Example, float]]:
        """Return the examples most like a passage, with their likeness (cosine, 0 to 1).

        ``among``: the places of the examples that may be shown, by default all.
        """
        places = range(len(self.examples)) if among is None else among
        if not len(places):
            return []
        counts = count([see(self._lexicon, passage)], self._tokens)
        row = _of_length_one((counts @ self._stands_for) @ self._rarity)
        alike = (self._seen[np.array(places, int)] @ row.T).toarray().ravel()
        order = np.argsort(-alike, kind="stable")[:limit]
        return [
            (self.examples[places[n]], min(1.0, float(alike[n])))
            for n in order.tolist()
        ]


def _of_length_one(rows: csr_matrix) -> csr_matrix:
    lengths = np.sqrt(np.asarray(rows.multiply(rows).sum(axis=1)).ravel())
    lengths[lengths == 0] = 1
    return (diags(1 / lengths) @ rows).tocsr()
