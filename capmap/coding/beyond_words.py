"""Outcomes and programmes that the passage's own words do not name.

Headings above the passage, DAC purpose codes and policy markers of the source: each is
weaker than words, is named as what it is, and only speaks where the words are silent.
"""

import re
from collections.abc import Sequence

from capmap.coding.suggestion import Suggestion
from capmap.frameworks.codebook import Codebook
from capmap.frameworks.framework import Framework

#: "Outcome 9", "Résultat 9", "Resultado 9" in a heading: the outcome by its number.
_NUMBERED = re.compile(
    r"\b(?:outcome|r[ée]sultat|resultado)\s+(\d{1,2})\b", re.IGNORECASE
)

#: IATI policy markers (codelist PolicyMarker, vocabulary 1) and the programme each supports.
_PROGRAMME_OF_MARKER = {"1": "gender-equality", "11": "disability"}
#: Rows 9 and 10 of the appendix are the bureaux' own programmes (rule C3).
CONSTITUENT_OF_OUTCOME = {9: "employers", 10: "workers"}


class OutcomeSources:
    """Looks outcomes up by their number, by DAC purpose code and by policy marker."""

    def __init__(self, codebook: Codebook, framework: Framework | None) -> None:
        self._codebook = codebook
        outcomes = framework.outcomes.values() if framework else ()
        self._by_number = {o.number: o.code for o in outcomes}
        if not framework and "outcome" in codebook.facets:
            self._by_number = dict(enumerate(codebook.facets["outcome"].codes, 1))
        self._by_sector: dict[str, list[str]] = {}
        for row in framework.crosswalks if framework else ():
            if row.scheme == "dac-purpose":
                self._by_sector.setdefault(row.code, []).append(row.outcome)

    def numbers(self, context: str) -> list[int]:
        """Return the outcome numbers named in headings."""
        found = [int(number) for number in _NUMBERED.findall(context)]
        return [number for number in found if number in self._by_number]

    def by_number(self, numbers: Sequence[int]) -> list[Suggestion]:
        return [
            Suggestion("outcome", self._by_number[n], 0.95, "context", f"outcome {n}")
            for n in numbers
        ]

    def by_source(
        self, sectors: Sequence[str], markers: Sequence[tuple[str, int]]
    ) -> list[Suggestion]:
        """Return what sectors and markers support; always doubtful.

        Only what points to one outcome speaks: a purpose code that stands for several
        ("labour rights") says no more than that it is about work, and a marker below
        principal (2) is set on most activities of some publishers.
        """
        found: dict[tuple[str, str], Suggestion] = {}
        for sector in sectors:
            outcomes = self._by_sector.get(sector, ())
            if len(outcomes) == 1:
                found.setdefault(
                    ("outcome", outcomes[0]),
                    Suggestion("outcome", outcomes[0], 0.4, "sector", sector, (), True),
                )
        for marker, significance in markers:
            programme = _PROGRAMME_OF_MARKER.get(marker, "")
            code = (
                self._codebook.facets["programme"].codes.get(programme)
                if ("programme" in self._codebook.facets)
                else None
            )
            if code is None or significance < 2:
                continue
            for facet, name in (("programme", programme), ("outcome", code.outcome)):
                found.setdefault(
                    (facet, name),
                    Suggestion(facet, name, 0.35, "marker", marker, (), True),
                )
        return list(found.values())
