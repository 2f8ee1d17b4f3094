"""Why the model believes what it does: words for and against, and passages like this one."""

from collections.abc import Sequence
from dataclasses import dataclass

from capmap.coding.evaluation import Example
from capmap.coding.learned.combined import CombinedCoder
from capmap.coding.learned.model import Passage


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a passage with its spans, and how far it moves the chance (in log odds)."""

    text: str
    weight: float
    spans: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Because:
    """What speaks for a code and against it, the strongest first.

    ``lexicon`` is what the lexicon's own findings add, ``start`` where the code stands
    before a word is read (both in log odds); all parts add up to the log odds of
    ``chance`` before calibration.
    """

    chance: float
    start: float
    lexicon: float
    for_it: tuple[Word, ...]
    against: tuple[Word, ...]


def because(coder: CombinedCoder, passage: Passage, facet: str, code: str) -> Because:
    """Say why the coder gives a code this chance on a passage.

    For a code that is left to the lexicon there are no words, and ``chance`` is the
    lexicon's.
    """
    raise NotImplementedError


def similar(
    coder: CombinedCoder, text: str, examples: Sequence[Example], limit: int = 3
) -> list[tuple[Example, float]]:
    """Return the examples most like ``text``, with their likeness (cosine, 0 to 1)."""
    raise NotImplementedError
