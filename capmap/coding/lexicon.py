"""The coder that needs nothing but the codebook: its terms, its cues and the rules."""

from collections.abc import Sequence

from capmap.coding.capacity import framed, judge
from capmap.coding.languages import language_of
from capmap.coding.modality import RULES
from capmap.coding.reading import Reader
from capmap.coding.suggestion import Suggestion
from capmap.frameworks.codebook import Codebook
from capmap.frameworks.framework import Framework


class LexiconCoder:
    """Suggests codes by the terms and rules of a codebook.

    The same text always gets the same codes. Safe to share between threads, and cheap
    enough to build anew in each process (some tenths of a second).
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
        r = self._reader.read(text, language)
        suggestions = [judge(r)]
        found: dict[tuple[str, str], Suggestion] = {}
        live = ~framed(r)
        for (facet, code), hits in r.codes.items():
            because = self._reader.signals[hits[0].phrase.signal].term.phrase
            if facet == "level": continue
            found[facet, code] = Suggestion(facet, code, 0.5, "words", because, r.spans(hits))
        for rule in RULES:
            mask = rule.holds(r) & live
            if mask and ("modality", rule.code) not in found:
                hits = [h for c in rule.evidence for h in r.cues.get(c, ()) if mask >> r.sentence(h.start) & 1]
                found["modality", rule.code] = Suggestion("modality", rule.code, 0.5, "rule", rule.because, r.spans(hits))
        suggestions += found.values()
        if suggestions[0].code != "cd":
            suggestions = [s for s in suggestions if s.facet in ("capacity", "outcome", "programme")]
        return suggestions
