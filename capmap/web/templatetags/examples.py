"""Worked examples in the reader's words: their genre, the codes they carry, what they teach."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString

from capmap.frameworks.codebook import Code, Codebook
from capmap.frameworks.examples import WorkedExample
from capmap.records.queries.example_candidates import Candidate
from capmap.web.templatetags.agreement import code_name
from capmap.web.templatetags.capmap import said, text
from capmap.web.templatetags.codebook import language_name
from capmap.wording import topic

register = template.Library()

#: Facets whose codes are named beside an example; the others say little at a glance.
_NAMED = (
    "capacity",
    "modality",
    "level",
    "constituent",
    "target",
    "partner",
    "outcome",
)

#: A code in a rule of the codebook stands between such signs.
_NAMED_CODE = re.compile(r"`([^`]+)`")

#: Codes that a reason names.
_REASONS = 3

Named = list[tuple[str, str, str]]
"""Codes with their names: facet, code, name."""


@register.filter
def genre_name(genre: str) -> str:
    """Name a kind of document; one without words by its file."""
    key = f"genre_{genre}"
    if key in topic("site_examples"):
        return str(said(f"examples.{key}"))
    return genre.replace("-", " ").capitalize()


@register.simple_tag(takes_context=True)
def with_codes(
    context: dict[str, Any], book: Codebook, code: Code, texts: dict[str, str]
) -> SafeString:
    """Return a rule of a code in the reader's language; codes that it names lead to their pages."""
    parts = _NAMED_CODE.split(text(texts))
    slug = context["portfolio"].slug
    shown = [
        _linked(book, code.facet, part, slug)
        if number % 2
        else conditional_escape(part)
        for number, part in enumerate(parts)
    ]
    return format_html_join("", "{}", ((one,) for one in shown))


def _linked(book: Codebook, facet: str, name: str, slug: str) -> str:
    """Return a link to a code named in a text, sought in its own facet first."""
    given, _, code = name.rpartition(":")
    for one in (given, facet, *book.facets):
        known = book.facets.get(one)
        if known is not None and code in known.codes:
            address = reverse("codebook_code", args=[slug, one, code])
            label = text(known.codes[code].label)
            return format_html('<a href="{}">{}</a>', address, label)
    return conditional_escape(name)


@register.simple_tag
def language_count(code: str, count: int) -> str:
    """Say how many examples there are in a language: "English 42"."""
    return str(said("examples.in_language", language=language_name(code), count=count))


@register.simple_tag
def codes_named(book: Codebook, codes: Mapping[str, Iterable[str]]) -> Named:
    """Name the codes that tell most of a passage; what has the same name stands once."""
    found: dict[str, tuple[str, str, str]] = {}
    for facet in _NAMED:
        for code in codes.get(facet, ()):
            if (facet, code) != ("capacity", "cd"):
                name = code_name(book, facet, code)
                found.setdefault(name, (facet, code, name))
    return list(found.values())


@register.simple_tag
def also_carries(
    book: Codebook, example: WorkedExample, facet: str, code: str
) -> Named:
    """Name the other codes of an example."""
    return [one for one in codes_named(book, example.codes) if one[:2] != (facet, code)]


@register.simple_tag
def coded_instead(book: Codebook, example: WorkedExample, facet: str) -> Named:
    """Name what a near miss carries in the facet, or its verdict where that is nothing."""
    given = [(facet, code) for code in example.codes.get(facet, ())]
    if not given and example.codes.get("capacity") != ("cd",):
        given = [("capacity", code) for code in example.codes.get("capacity", ())]
    return [(*key, code_name(book, *key)) for key in given]


@register.simple_tag
def reasons(book: Codebook, one: Candidate) -> list[str]:
    """Say what a passage would teach: where the coder was wrong, and of what is little there."""
    language = language_name(one.passage.language)
    found = [
        str(said(f"examples.reason_{kind}", code=code_name(book, *key)))
        for kind, keys in (("missed", one.missed), ("refused", one.refused))
        for key in keys[:_REASONS]
    ]
    found += [
        str(
            said(
                "examples.reason_few",
                count=count,
                code=code_name(book, *key),
                language=language,
            )
        )
        for key, count in one.few[:_REASONS]
    ]
    return found
