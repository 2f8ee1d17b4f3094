"""The facets and codes that the page can put on an axis, numbered and named."""

from collections.abc import Iterable
from typing import Any

from babel import Locale

from capmap.frameworks.codebook import Code, Codebook, Texts
from capmap.frameworks.framework import Framework
from capmap.wording import LANGUAGES, Wording, topic

#: Facets of what a source says of an intervention, beside those of its passages.
OF_INTERVENTION = ("country", "year", "kind", "source")

#: The order of facets in the page; others follow in the order of the codebook.
ORDER = (
    "outcome", "programme", "modality", "level", "constituent", "target", "partner",
    "reach", "delivery_format", "award", "capacity", "beneficiary", "chain",
)  # fmt: skip

#: How the words behind a code are marked: one tint and line for a family of facets.
MARKS = {
    "modality": "mod", "delivery_format": "mod", "award": "mod",
    "level": "lev", "capacity": "lev", "chain": "lev",
    "constituent": "who", "target": "who", "beneficiary": "who",
    "partner": "par", "reach": "par",
}  # fmt: skip


class CodeList:
    """Every code of the codebook, then codes met in the data, each with a number.

    A code that the codebook does not hold keeps its identifier as its name: a table
    coded with another codebook is shown, not refused.
    """

    def __init__(self, framework: Framework, codebook: Codebook, language: str) -> None:
        self._codebook = codebook
        self._language = language
        self._words = Wording("explorer", language)
        self._countries = Locale.parse(language).territories
        self._facets: list[str] = []
        self._groups: list[list[Any]] = []
        self._codes: list[list[Any]] = []
        self._numbers: dict[tuple[str, str], int] = {}
        self._outcomes = {
            outcome.code: (outcome.number, group.label, outcome.title)
            for group in framework.groups
            for outcome in group.outcomes
        }
        for facet in codebook.facets:
            self._facet(facet)
            for code in _ordered(facet, codebook.facets[facet].codes.values()):
                self.number(facet, code.code)

    def number(self, facet: str, code: str) -> int:
        """Return the number of a code, which it gets when first asked for."""
        key = (facet, code)
        if key not in self._numbers:
            self._numbers[key] = len(self._codes)
            self._codes.append(self._entry(facet, code))
        return self._numbers[key]

    def of_intervention(self, row: dict[str, Any], top: dict[str, Any]) -> list[int]:
        """Return the codes of what the source says: countries, year, kind, source.

        ``top`` is the intervention as counted: its countries hold where the component
        names none; kind and year are always its own.
        """
        stated = row["countries"] or top["countries"] or ()
        countries = {country["code"] for country in stated if country["code"]}
        year = str(top["starts_on"].year) if top["starts_on"] else ""
        return [
            *(self.number("country", country) for country in sorted(countries)),
            *([self.number("year", year)] if year else ()),
            self.number("kind", top["kind"] or "project"),
            self.number("source", row["source"] or "–"),
        ]

    def entry(self, facet: str, code: str) -> list[Any]:
        """Return a code as it is listed, with the name of its group."""
        found = self._entry(facet, code)
        group = self._groups[found[5]][1] if found[5] >= 0 else ""
        return [*found[:5], group, *found[6:]]

    def listed(self) -> dict[str, Any]:
        """Return facets, groups and codes as the page takes them."""
        return {
            "facets": [self.described(facet) for facet in self._facets],
            "groups": [label for _, _, label in self._groups],
            "codes": self._codes,
        }

    def _facet(self, facet: str) -> int:
        if facet not in self._facets:
            self._facets.append(facet)
        return self._facets.index(facet)

    def described(self, facet: str) -> dict[str, Any]:
        """Return what the page says of a facet: its label, its plural, its mark."""
        known = self._codebook.facets.get(facet)
        label = _text(known.label, self._language) if known else ""
        question = _text(known.question, self._language) if known else ""
        return {
            "id": facet,
            "label": label or self._said(f"facet_{facet}") or facet,
            "plural": self._said(f"plural_{facet}") or self._said("plural_codes"),
            "question": question,
            "rank": _rank(facet),
            "mark": MARKS.get(facet, "top"),
            "ofIntervention": facet in OF_INTERVENTION,
        }

    def _entry(self, facet: str, code: str) -> list[Any]:
        """Return [facet, code, label, head, definition, group, number, other labels]."""
        known = self._codebook.facets.get(facet)
        found = known.codes.get(code) if known else None
        label = _text(found.label, self._language) if found else ""
        label = label or self._said(f"code_{facet}_{code}") or self._plain(facet, code)
        definition = _text(found.definition, self._language) if found else ""
        number, group = "", self._group(facet, found)
        if facet == "outcome" and code in self._outcomes:
            number = str(self._outcomes[code][0])
            definition = _text(self._outcomes[code][2], self._language) or definition
        others = {_text(found.label, other) for other in LANGUAGES} if found else set()
        head = self._said(f"head_{facet}_{code}") or label
        return [
            self._facet(facet), code, label, head, definition, group, number,
            " ".join(sorted(others - {label})),
        ]  # fmt: skip

    def _plain(self, facet: str, code: str) -> str:
        return str(self._countries.get(code, code)) if facet == "country" else code

    def _group(self, facet: str, code: Code | None) -> int:
        """Return the number of the group that orders a code on an axis, or -1."""
        if code is None:
            return -1
        if facet == "outcome":
            label = self._outcomes.get(code.code, ("", {}, {}))[1]
            return self._group_number(facet, _text(label, self._language))
        if facet == "programme":
            outcome = code.outcome or code.group
            if outcome not in self._outcomes:
                return -1
            label = self._codebook.facets["outcome"].codes[outcome].label
            name = f"{self._outcomes[outcome][0]}. {_text(label, self._language)}"
            return self._group_number(facet, name)
        family = code.group
        if not family:
            return -1
        name = self._said(f"family_{family}") or family.replace("-", " ").capitalize()
        return self._group_number(facet, name)

    def _group_number(self, facet: str, label: str) -> int:
        for number, (owner, text, _) in enumerate(self._groups):
            if (owner, text) == (facet, label):
                return number
        self._groups.append([facet, label, label])
        return len(self._groups) - 1

    def _said(self, key: str) -> str:
        """Return a text of the page's wording, or ``""`` where it has none."""
        return self._words.say(key) if key in topic("explorer") else ""


def _rank(facet: str) -> int:
    """Return where a facet stands in the page: those of passages, then the source's."""
    if facet in OF_INTERVENTION:
        return len(ORDER) + 1 + OF_INTERVENTION.index(facet)
    return ORDER.index(facet) if facet in ORDER else len(ORDER)


def _text(texts: Texts, language: str) -> str:
    return texts.get(language) or texts.get("en") or ""


def _ordered(facet: str, codes: Iterable[Code]) -> list[Code]:
    """Return codes with the members of a group together, groups as first met."""
    first: dict[str, int] = {}
    codes = list(codes)
    for code in codes:
        first.setdefault(code.group, len(first))
    return codes if facet == "outcome" else sorted(codes, key=lambda c: first[c.group])
