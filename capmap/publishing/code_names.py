"""What readers call facets and codes, for pages that are made on a server."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from capmap.frameworks.codebook import Codebook
from capmap.frameworks.framework import Framework
from capmap.publishing.explorer_codes import ORDER, CodeList
from capmap.tables import NONE
from capmap.wording import Wording, topic

#: Facets that the source says, in the order of the page: those of ``analysis.facets``.
SAID = ("country", "region", "year", "kind", "sector", "organisation")

#: Those of them whose codes have names beside their identifiers.
_NAMED = ("country", "region", "kind")


@dataclass(frozen=True, slots=True)
class Named:
    """A code as people read it. ``head`` is short enough for a column, with soft hyphens."""

    code: str
    label: str
    head: str
    definition: str
    group: str
    number: str

    @property
    def short(self) -> str:
        """Return the head in one piece, for a line of text or a picture."""
        return self.head.replace("\u00ad", "")


class CodeNames:
    """Labels, heads and groups of one codebook in one language, as ``index.html`` has them."""

    def __init__(self, framework: Framework, codebook: Codebook, language: str) -> None:
        self.language = language
        self._codes = CodeList(framework, codebook, language)
        self._words = Wording("explorer", language)
        self._codebook = codebook
        self._named = lru_cache(maxsize=5_000)(self._name)
        self._facet = lru_cache(maxsize=100)(self._codes.described)

    def code(self, facet: str, code: str) -> Named:
        """Return the names of a code; an unknown one keeps its identifier."""
        return self._named(facet, code)

    def label(self, facet: str) -> str:
        """Return what a facet is called."""
        return str(self._facet(facet)["label"])

    def plural(self, facet: str) -> str:
        """Return what several codes of a facet are called: outcomes, countries."""
        return str(self._facet(facet)["plural"])

    def facets(self) -> list[str]:
        """List the facets in the order of the page: those of passages, then the source's."""
        known = [facet for facet, found in self._codebook.facets.items() if found.codes]
        known.sort(key=lambda f: ORDER.index(f) if f in ORDER else len(ORDER))
        return [*known, *SAID]

    def _name(self, facet: str, code: str) -> Named:
        if code == NONE:
            key = f"none_{facet}"
            label = (
                self._words.say(key)
                if key in topic("explorer")
                else self._words.say("none_of_facet", facet=self.label(facet))
            )
            return Named(NONE, label, label, "", "", "")
        if facet not in self._codebook.facets and facet not in _NAMED:
            return Named(code, code, code, "", "", "")  # years, organizations: many
        entry: list[Any] = self._codes.entry(facet, code)
        _, _, label, head, definition, group, number, _ = entry
        return Named(code, label, head, definition, group, str(number))
