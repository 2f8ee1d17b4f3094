"""What an import brings, as people read it."""

from typing import Any

from babel import Locale
from django import template

from capmap.web.templatetags.capmap import number, said, words

register = template.Library()


@register.filter
def country(code: str) -> str:
    """Return the name of a country in the reader's language."""
    locale: Locale = words("imports").locale
    return str(locale.territories.get(code.upper(), code))


@register.filter
def countries(entries: list[tuple[str, Any]]) -> str:
    """Name the countries of an intervention that waits to be brought in."""
    return ", ".join(country(code) for code, _ in entries)


@register.filter
def field_label(name: str) -> str:
    """Return how a field of an intervention is called."""
    return said(f"imports.f_{name}")


@register.filter
def value(content: Any) -> str:
    """Write the value of a field, as it stands in the note of a change."""
    if content in (None, "", []):
        return "–"
    if isinstance(content, list):
        return ", ".join(map(_entry, content))
    if isinstance(content, int | float):
        return number(content)
    return str(content)


def _entry(entry: Any) -> str:
    if not isinstance(entry, dict):
        return str(entry)
    if "name" in entry:
        return str(entry["name"] or entry.get("ref", ""))
    name = country(entry["code"]) if len(entry["code"]) == 2 else entry["code"]
    part = entry.get("percentage")
    return f"{name} ({number(part)}%)" if part is not None and part != 100 else name


@register.filter
def year_span(fields: dict[str, Any]) -> str:
    """Write from when to when, by years."""
    start, end = fields.get("starts_on"), fields.get("ends_on")
    years = [str(day.year) if day else "" for day in (start, end)]
    return "–".join(years) if any(years) else ""
