"""Why the model believes what it does: words for and against, and passages like this one."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import diags
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


def similar(
    coder: CombinedCoder, text: str, examples: Sequence[Example], limit: int = 3
) -> list[tuple[Example, float]]:
    """Return the examples most like ``text``, with their likeness (cosine, 0 to 1).

    Likeness is that of the model's features; what stands in few examples counts more.
    """
    if not examples:
        return []
    sights = [
        see(coder.lexicon, Passage(e.text, e.language, e.context)) for e in examples
    ]
    tokens: dict[str, int] = {}
    counts = count([*sights, see(coder.lexicon, Passage(text))], tokens, grow=True)
    _, table = stands_for(tokens)
    seen = (counts @ table).tocsr()
    often = np.asarray((seen > 0).sum(axis=0)).ravel()
    seen = (seen @ diags(np.log((1 + len(sights)) / often) + 1e-3)).tocsr()
    lengths = np.sqrt(np.asarray(seen.multiply(seen).sum(axis=1)).ravel())
    lengths[lengths == 0] = 1
    alike = (seen[:-1] @ seen[-1].T).toarray().ravel() / lengths[:-1] / lengths[-1]
    order = np.argsort(-alike, kind="stable")[:limit]
    return [(examples[n], min(1.0, float(alike[n]))) for n in order]
