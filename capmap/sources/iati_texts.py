"""The narratives of an IATI activity as passages, each with its place and language."""

from collections.abc import Iterator

from lxml import etree

from capmap.sources import iati_codes
from capmap.sources.activity import Passage
from capmap.sources.narratives import paragraphs

Children = dict[str, list[etree._Element]]
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def words(element: etree._Element) -> str:
    """Return all text of an element, tags inside it left out."""
    if len(element):
        return "".join(str(text) for text in element.itertext())
    return element.text or ""


def narratives(element: etree._Element, language: str) -> list[tuple[str, str]]:
    """Return the texts of an element, each with its language; ``language`` by default.

    Version 2 has ``narrative`` children; version 1 the text itself.
    """
    said = element.get(_LANG)
    own = iati_codes.language_code(said) if said else language
    if not len(element):
        text = (element.text or "").strip()
        return [(text, own)] if text else []
    found = []
    has_narratives = False
    for child in element.iterchildren("narrative"):
        has_narratives = True
        text = words(child).strip()
        if text:
            said = child.get(_LANG)
            found.append((text, iati_codes.language_code(said) if said else own))
    if not has_narratives and (text := words(element).strip()):
        found.append((text, own))
    return found


class Texts:
    """The passages of one activity in order; a repeated text is one passage.

    Publishers copy the title into the description, or a result into its indicator; the
    place of the one passage then says all places.
    """

    def __init__(self, title: str) -> None:
        self.title = title
        self._passages: dict[str, Passage] = {}
        self._places: dict[str, list[str]] = {}

    def add(
        self, kind: str, place: str, found: list[tuple[str, str]], *above: str
    ) -> None:
        """Add the narratives ``found`` at a place; ``above`` are the titles over it."""
        for text, language in found:
            where = f"{place} ({language})" if len(found) > 1 and language else place
            parts = paragraphs(text)
            for number, (part, lead_in) in enumerate(parts, start=1):
                spot = f"{where}, paragraph {number}" if len(parts) > 1 else where
                titles = (*above, lead_in)
                self._add(kind, part, spot, language, titles)

    def _add(
        self, kind: str, text: str, place: str, language: str, titles: tuple[str, ...]
    ) -> None:
        key = " ".join(text.casefold().split())
        if key in self._passages:
            if place not in self._places[key]:
                self._places[key].append(place)
            return
        context = " › ".join(title for title in titles if title and title != text)
        self._passages[key] = Passage(kind, text, place, language, context)
        self._places[key] = [place]

    def passages(self) -> list[Passage]:
        return [
            passage
            if len(self._places[key]) == 1
            else Passage(
                passage.kind,
                passage.text,
                _and(self._places[key]),
                passage.language,
                passage.context,
            )
            for key, passage in self._passages.items()
        ]


def _and(places: list[str]) -> str:
    return f"{'; '.join(places[:-1])} and {places[-1]}"


def add_passages(texts: Texts, children: Children, language: str) -> None:
    """Add every narrative of an activity that may tell what it does."""
    title = texts.title
    found = [n for element in children["title"] for n in narratives(element, language)]
    texts.add("title", "title", found)
    for place, element in _numbered("description", children["description"]):
        kind = (element.get("type") or "").strip().lower()
        told = iati_codes.DESCRIPTION_TYPES.get(kind, "")
        place = f"{place}, {told}" if told else place
        texts.add("description", place, narratives(element, language), title)
    for place, element in _numbered("location", children["location"]):
        _add_inside(
            texts, "description", place, element, "activity-description", language
        )
    conditions = [
        c for group in children["conditions"] for c in group.iterchildren("condition")
    ]
    for place, element in _numbered("condition", conditions):
        texts.add("condition", place, narratives(element, language), title)
    for number, result in enumerate(children["result"], start=1):
        _add_result(texts, f"result {number}", result, language)
    for place, element in _numbered("document", children["document-link"]):
        _add_inside(texts, "description", place, element, "title", language)
        _add_inside(
            texts,
            "description",
            f"{place}, description",
            element,
            "description",
            language,
        )


def _numbered(
    name: str, elements: list[etree._Element]
) -> Iterator[tuple[str, etree._Element]]:
    """Name the places of elements: "description" if alone, else "description 2"."""
    for number, element in enumerate(elements, start=1):
        yield (f"{name} {number}" if len(elements) > 1 else name), element


def _add_inside(
    texts: Texts, kind: str, place: str, element: etree._Element, tag: str,
    language: str, *above: str,
) -> None:  # fmt: skip
    """Add the narratives of the children ``tag`` of an element."""
    said = element.get(_LANG)
    own = iati_codes.language_code(said) if said else language
    found = [n for child in element.iterchildren(tag) for n in narratives(child, own)]
    if found:
        texts.add(kind, place, found, texts.title, *above)


def _heading(element: etree._Element) -> str:
    """Return the first title of a result or indicator, as context for what is under it."""
    for title in element.iterchildren("title"):
        for text, _ in narratives(title, ""):
            return " ".join(text.split())
    return ""


def _add_result(
    texts: Texts, place: str, result: etree._Element, language: str
) -> None:
    said = result.get(_LANG)
    language = iati_codes.language_code(said) if said else language
    heading = _heading(result)
    _add_inside(texts, "result", place, result, "title", language)
    _add_inside(
        texts,
        "result",
        f"{place}, description",
        result,
        "description",
        language,
        heading,
    )
    for number, indicator in enumerate(result.iterchildren("indicator"), start=1):
        _add_indicator(
            texts, f"{place}, indicator {number}", indicator, language, heading
        )


def _add_indicator(
    texts: Texts, place: str, indicator: etree._Element, language: str, result: str
) -> None:
    own = _heading(indicator)
    _add_inside(texts, "indicator", place, indicator, "title", language, result)
    _add_inside(
        texts,
        "indicator",
        f"{place}, description",
        indicator,
        "description",
        language,
        result,
        own,
    )
    for number, baseline in enumerate(indicator.iterchildren("baseline"), start=1):
        spot = f"{place}, baseline {number}" if number > 1 else f"{place}, baseline"
        _add_inside(
            texts, "indicator", spot, baseline, "comment", language, result, own
        )
    for number, period in enumerate(indicator.iterchildren("period"), start=1):
        for tag in ("target", "actual"):
            for element in period.iterchildren(tag):
                spot = f"{place}, period {number}, {tag}"
                _add_inside(
                    texts, "indicator", spot, element, "comment", language, result, own
                )
