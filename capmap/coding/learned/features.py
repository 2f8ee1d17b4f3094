"""What the model sees of a passage: its words, their beginnings, and the lexicon's findings.

A passage is a handful of *tokens*: each different word, folded as the lexicon folds (lower
case, no accents); the words of its headings; and what the lexicon found: codes with the
kind of evidence, and cues. A token stands for one *feature* or several: a word for itself
and for its beginnings of four, five and six letters, which is what related words share
within a language and across the three. What the lexicon found carries no language at all.

All is additive by token: what a token adds to the log odds of each code is worked out
once, and a passage is the sum over its tokens. Words are divided by the square root of
their number, so that a title and a paragraph weigh alike.
"""

import re
from collections.abc import Iterable
from typing import NamedTuple

from capmap.coding.languages import STOP_WORDS
from capmap.coding.learned.model import Passage
from capmap.coding.lexicon import LexiconCoder, Look
from capmap.coding.phrases import fold
from capmap.coding.suggestion import Suggestion

WORD = re.compile(r"[^\W\d_]+")
_SAY_NOTHING = frozenset(fold(word).text.strip() for word in STOP_WORDS)
#: Letters of the beginnings of a word that are features of their own.
_BEGINNINGS = (4, 5, 6)
#: What a finding of the lexicon counts, where all words together have the length 1. Set on
#: the tuning passages by cross-validated log loss, which is flat around it.
MARK = 0.4


class Sight(NamedTuple):
    """A passage as the coder sees it. ``words`` are different from each other."""

    look: Look
    #: What the lexicon found; of the facets that only capacity development carries, what
    #: it would find if the passage is that.
    findings: list[Suggestion]
    words: list[str]
    marks: list[str]

    @property
    def share(self) -> float:
        """What one word counts."""
        return float(max(1, len(self.words)) ** -0.5)


def see(lexicon: LexiconCoder, passage: Passage) -> Sight:
    """Look at a passage through the lexicon, and at its words."""
    look = lexicon.look(
        passage.text,
        language=passage.language,
        context=passage.context,
        sectors=passage.sectors,
        markers=passage.markers,
    )
    found = look.found
    if look.reading.codes or look.reading.cues or passage.context:
        lexicon.add_of_capacity(look, found)
    findings = found.all() + lexicon.link(look, look.capacity.code)
    words = words_of(look.reading.folded.text)
    marks = [f"={facet}:{code}/{basis}" for facet, code, _, basis, *_ in findings]
    marks += [f"~{cue}" for cue in look.reading.cues]
    if passage.context:
        marks += heading_words(passage.context)
    return Sight(look, findings, words, marks)


def words_of(folded: str) -> list[str]:
    """Return the words of a folded text, each once, without those that say nothing."""
    return [
        word for word in dict.fromkeys(WORD.findall(folded)) if word not in _SAY_NOTHING
    ]


def heading_words(context: str) -> list[str]:
    """Return the tokens of the words in headings, each once."""
    return [f"^{word}" for word in words_of(fold(context).text)]


def features(token: str) -> list[str]:
    """Return the features that a token stands for.

    >>> features("inspector"), features("=level:individual/rule")
    (['inspector', 'insp*', 'inspe*', 'inspec*'], ['=level:individual/rule', '=level:individual'])
    """
    if token[0] == "=":
        return [token, token.rpartition("/")[0]]
    if token[0] in "~^":
        return [token]
    return [token, *(f"{token[:n]}*" for n in _BEGINNINGS if len(token) > n)]


def is_word(feature: str) -> bool:
    """Tell a word, or the beginning of one, from what the lexicon found."""
    return feature[0] not in "=~^"


def places(look: Look, wanted: Iterable[str]) -> dict[str, list[tuple[int, int]]]:
    """Return where words stand in the text as it was given, the first place first."""
    found: dict[str, list[tuple[int, int]]] = {}
    folded = look.reading.folded
    text = folded.text  # begins and ends with a space
    for word in wanted:
        spans = found[word] = []
        start = text.find(word)
        while start >= 0:
            end = start + len(word)
            if not text[start - 1].isalpha() and not text[end].isalpha():
                spans.append(folded.span(start, end))
            start = text.find(word, end)
    return found
