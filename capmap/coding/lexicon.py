"""The coder that needs nothing but the codebook: its terms, its cues and the rules."""

from collections.abc import Sequence

from capmap.coding.languages import language_of
from capmap.coding.reading import Reader
from capmap.coding.suggestion import Suggestion
from capmap.frameworks.codebook import Codebook
from capmap.frameworks.framework import Framework


class LexiconCoder:
    """Suggests codes by the terms and rules of a codebook.

    The same text always gets the same codes. Safe to share between threads, and cheap
    enough to build anew in each process (some tens of milliseconds).
    """

    def __init__(self, codebook: Codebook, framework: Framework | None = None) -> None:
        self.codebook = codebook
        self.version = f"lexicon {codebook.version}"
        self._reader = Reader(codebook)

    def suggest(
        self,
        text: str,
        *,
        language: str = "",
        context: str = "",
        sectors: Sequence[str] = (),
        markers: Sequence[tuple[str, int]] = (),
    ) -> list[Suggestion]:
        language = language or language_of(text)
        reading = self._reader.read(text, language)
        suggestions = []
        for (facet, code), hits in reading.codes.items():
            because = self._reader.signals[hits[0].phrase.signal].term.phrase
            suggestions.append(
                Suggestion(facet, code, 0.5, "words", because, reading.spans(hits))
            )
        cd = any(s.facet == "modality" for s in suggestions)
        suggestions.append(
            Suggestion("capacity", "cd" if cd else "not-cd", 0.5, "rule", "")
        )
        return suggestions
