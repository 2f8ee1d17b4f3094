"""What a reader calls facets and codes: those of the codebook, and what a source says."""

from typing import cast

from babel import Locale

from capmap.frameworks.codebook import Codebook, Texts
from capmap.frameworks.framework import Framework
from capmap.tables import NONE
from capmap.wording import Wording, topic


class Names:
    """Names in one language. A code that nothing names is called by its identifier."""

    def __init__(self, framework: Framework, codebook: Codebook, language: str) -> None:
        self.language = language
        self._codebook = codebook
        self._words = Wording("explorer", language)
        self._locale = Locale.parse(language)
        self._numbers = {
            outcome.code: str(outcome.number)
            for group in framework.groups
            for outcome in group.outcomes
        }

    def facet(self, facet: str) -> str:
        """Return the name of a facet: "Outcome", "Country"."""
        known = self._codebook.facets.get(facet)
        named = self._text(known.label) if known else ""
        return named or self.said(f"facet_{facet}") or facet

    def code(self, facet: str, code: str) -> str:
        """Return the name of a code; of ``NONE``, that there is none."""
        if code == NONE:
            return self.said(f"none_{facet}") or self._words.say(
                "none_of_facet", facet=self.facet(facet)
            )
        known = self._codebook.facets.get(facet)
        found = known.codes.get(code) if known else None
        named = self._text(found.label) if found else ""
        return named or self.said(f"code_{facet}_{code}") or self._plain(facet, code)

    def number(self, facet: str, code: str) -> str:
        """Return the number by which people call an outcome; nothing for other codes."""
        return self._numbers.get(code, "") if facet == "outcome" else ""

    def order(self, facet: str) -> list[str]:
        """Return the codes of a facet in the order of the codebook."""
        known = self._codebook.facets.get(facet)
        return list(known.codes) if known else []

    def said(self, key: str) -> str:
        """Return a text of the page's wording, or ``""`` where it has none."""
        return self._words.say(key) if key in topic("explorer") else ""

    def _plain(self, facet: str, code: str) -> str:
        if facet == "country":
            return str(self._locale.territories.get(code, code))
        if facet == "language":
            named = cast("str", self._locale.languages.get(code, code))
            return named[:1].upper() + named[1:]
        return code

    def _text(self, texts: Texts) -> str:
        return texts.get(self.language) or texts.get("en") or ""
