"""Coefficients and code names on the pages of agreement and adjudication."""

from typing import Any

from babel.numbers import format_decimal
from django import template

from capmap.frameworks.codebook import Codebook
from capmap.records.models import Reading
from capmap.records.queries.agreement import Pair
from capmap.tables import ALL
from capmap.web.templatetags.capmap import language, said, text

register = template.Library()


@register.filter
def coefficient(value: float | None) -> str:
    """Write a coefficient with two decimals; a dash where it is not defined."""
    return "–" if value is None else format_decimal(value, "0.00", locale=language())


@register.filter
def place_on_bar(value: float | None) -> str:
    """Return where a coefficient stands on a bar from 0 to 1, as per cent of its width."""
    return f"{100 * min(max(value or 0.0, 0.0), 1.0):.1f}%"


@register.simple_tag
def facet_name(book: Codebook, facet: str) -> str:
    """Return the name of a facet; of all codes together, that they are all."""
    if facet == ALL:
        return str(said("agreement.all_codes"))
    found = book.facets.get(facet)
    return text(found.label) if found else facet


@register.simple_tag
def code_name(book: Codebook, facet: str, code: str) -> str:
    """Return the name of a code; one that the codebook no longer has keeps its own."""
    if code == ALL:
        return str(said("agreement.all_of_facet"))
    found = book.facets.get(facet)
    known = found.codes.get(code) if found else None
    return text(known.label) if known else code


@register.simple_tag
def code_definition(book: Codebook, facet: str, code: str) -> str:
    """Return what a code means."""
    found = book.facets.get(facet)
    known = found.codes.get(code) if found else None
    return text(known.definition) if known else ""


@register.simple_tag
def has_code(pair: Pair, reading: Reading, row: dict[str, Any]) -> bool:
    """Say whether a reading holds the code of a row of ``tables.AGREEMENT``."""
    return (row["facet"], row["code"]) in pair.given(reading)
