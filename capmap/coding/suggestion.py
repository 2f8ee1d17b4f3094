"""A code proposed for a text, and where in the text the evidence stands."""

from typing import NamedTuple

BASES = (
    "words",  # a term of the codebook stands in the text
    "rule",  # a rule read the clause: who acts, on what, negated or not
    "implied",  # another code of the same passage brings it (labour inspectors: government)
    "context",  # the headings or titles above the passage
    "sector",  # a DAC purpose code of the source
    "marker",  # a policy marker of the source
    "model",  # what was learned from decisions: the words that speak most for the code
)


class Suggestion(NamedTuple):
    """A code proposed for a text. It is never a decision: a person accepts or rejects it.

    ``spans`` are (start, end) character offsets into the text as it was given, empty
    where the evidence is not words. ``confidence`` is the chance, 0 to 1, that a careful
    reader would give the code. ``because`` names the term or the code of
    the source; for a rule it is one key of ``wording/rules.yaml``, or several with commas.
    """

    facet: str
    code: str
    confidence: float
    basis: str
    because: str
    spans: tuple[tuple[int, int], ...] = ()
    doubtful: bool = False

    def quote(self, text: str) -> str:
        """Return the words of the first span as they stand in ``text``, or ``""``."""
        return text[self.spans[0][0] : self.spans[0][1]] if self.spans else ""
