"""The narratives of an IATI activity as passages, each with its place and language."""

from collections.abc import Iterator
from dataclasses import replace

from lxml import etree

from capmap.sources import iati_codes
from capmap.sources.activity import Passage
from capmap.sources.narratives import is_one_line, paragraphs

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
    for child in element:
        if child.tag == "narrative":
            has_narratives = True
            if text := (words(child) if len(child) else child.text or "").strip():
                said = child.get(_LANG)
                own_said = iati_codes.language_code(said) if said else own
                found.append((text, own_said))
    if not has_narratives and (text := words(element).strip()):
        found.append((text, own))
    return found


def own_language(element: etree._Element, language: str) -> str:
    """Return the language that an element states, or else ``language``."""
    said = element.get(_LANG)
    return iati_codes.language_code(said) if said else language


class Texts:
    """The passages of one activity in order; a repeated text is one passage.

    Publishers copy the title into the description, or a result into its indicator; the
    place of the one passage then says all places.
    """

    def __init__(self, title: str) -> None:
        self.title = title
        self._passages: dict[str, Passage] = {}
        self._also: dict[str, list[str]] = {}  # further places of a repeated text

    def add(
        self, kind: str, place: str, found: list[tuple[str, str]], *above: str
    ) -> None:
        """Add the narratives ``found`` at a place; ``above`` are the titles over it."""
        for text, language in found:
            where = f"{place} ({language})" if len(found) > 1 and language else place
            if is_one_line(text):
                self._add(kind, text, where, language, above)
                continue
            parts = paragraphs(text)
            if len(parts) == 1:
                self._add(kind, parts[0][0], where, language, above)
                continue
            for number, (part, lead_in) in enumerate(parts, start=1):
                spot = f"{where}, paragraph {number}"
                self._add(kind, part, spot, language, (*above, lead_in))

    def _add(
        self, kind: str, text: str, place: str, language: str, titles: tuple[str, ...]
    ) -> None:
        key = text.casefold()
        known = self._passages.get(key)
        if known is None:
            context = " › ".join([t for t in titles if t and t != text])
            self._passages[key] = Passage(kind, text, place, language, context)
        elif place != known.place and place not in self._also.get(key, ()):
            self._also.setdefault(key, []).append(place)

    def passages(self) -> list[Passage]:
        for key, places in self._also.items():
            known = self._passages[key]
            place = "; ".join([known.place, *places[:-1]]) + f" and {places[-1]}"
            self._passages[key] = replace(known, place=place)
        self._also.clear()
        return list(self._passages.values())


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
        _add_location(texts, place, element, language)
    conditions = [
        c for group in children["conditions"] for c in group.iterchildren("condition")
    ]
    for place, element in _numbered("condition", conditions):
        texts.add("condition", place, narratives(element, language), title)
    for number, result in enumerate(children["result"], start=1):
        _add_result(texts, f"result {number}", result, language)
    for place, element in _numbered("document", children["document-link"]):
        _add_document(texts, place, element, language)


def _numbered(
    name: str, elements: list[etree._Element]
) -> Iterator[tuple[str, etree._Element]]:
    """Name the places of elements: "description" if alone, else "description 2"."""
    for number, element in enumerate(elements, start=1):
        yield (f"{name} {number}" if len(elements) > 1 else name), element


class _Inside:
    """The children of an element by tag, and what they say in its language."""

    def __init__(self, element: etree._Element, language: str) -> None:
        self.language = own_language(element, language)
        self.children: Children = {}
        for child in element:
            self.children.setdefault(child.tag, []).append(child)

    def all(self, tag: str) -> list[etree._Element]:
        return self.children.get(tag, [])

    def said(self, tag: str) -> list[tuple[str, str]]:
        return [n for child in self.all(tag) for n in narratives(child, self.language)]


def _heading(titles: list[tuple[str, str]]) -> str:
    """Return the first title on one line, as context for what is under it."""
    return " ".join(titles[0][0].split()) if titles else ""


def _add_location(
    texts: Texts, place: str, location: etree._Element, language: str
) -> None:
    said = _Inside(location, language).said("activity-description")
    texts.add("description", place, said, texts.title)


def _add_document(
    texts: Texts, place: str, document: etree._Element, language: str
) -> None:
    inside = _Inside(document, language)
    texts.add("description", place, inside.said("title"), texts.title)
    described = inside.said("description")
    texts.add("description", f"{place}, description", described, texts.title)


def _add_result(
    texts: Texts, place: str, result: etree._Element, language: str
) -> None:
    inside = _Inside(result, language)
    titles = inside.said("title")
    above = (texts.title, _heading(titles))
    texts.add("result", place, titles, texts.title)
    texts.add("result", f"{place}, description", inside.said("description"), *above)
    for number, indicator in enumerate(inside.all("indicator"), start=1):
        spot = f"{place}, indicator {number}"
        _add_indicator(texts, spot, indicator, inside.language, above)


def _add_indicator(
    texts: Texts,
    place: str,
    indicator: etree._Element,
    language: str,
    above: tuple[str, ...],
) -> None:
    inside = _Inside(indicator, language)
    titles = inside.said("title")
    texts.add("indicator", place, titles, *above)
    above = (*above, _heading(titles))
    described = inside.said("description")
    texts.add("indicator", f"{place}, description", described, *above)
    if next(indicator.iter("comment"), None) is None:
        return
    for number, baseline in enumerate(inside.all("baseline"), start=1):
        spot = f"{place}, baseline {number}" if number > 1 else f"{place}, baseline"
        comments = _Inside(baseline, inside.language).said("comment")
        texts.add("indicator", spot, comments, *above)
    for number, element in enumerate(inside.all("period"), start=1):
        period = _Inside(element, inside.language)
        for tag in ("target", "actual"):
            for value in period.all(tag):
                comments = _Inside(value, period.language).said("comment")
                spot = f"{place}, period {number}, {tag}"
                texts.add("indicator", spot, comments, *above)
