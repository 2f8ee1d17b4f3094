"""Words, numbers, dates and codes in the reader's language: one place for each format.

``{% say "review.accept" count=6 %}`` takes key ``accept`` of ``wording/site_review.yaml``.
Texts of the wording are trusted and may hold ``<strong>``; values never are.
"""

import json
from datetime import date, datetime
from functools import lru_cache
from typing import Any, cast

from babel.dates import format_datetime
from django import template
from django.http import QueryDict
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import localtime
from django.utils.translation import get_language

from capmap.wording import LANGUAGES, Wording, place_in, rules_in

register = template.Library()


def language() -> str:
    """Return the language of the interface for this request."""
    found = (get_language() or "en")[:2]
    return found if found in LANGUAGES else "en"


def words(topic: str) -> Wording:
    """Return the words of a topic of the site: "review" is ``site_review.yaml``."""
    return _words(topic, language())


@lru_cache
def _words(topic: str, language: str) -> Wording:
    return Wording(f"site_{topic}", language)


def said(key: str, **values: object) -> SafeString:
    """Return the text of ``topic.key`` with its values escaped and filled in."""
    topic, _, name = key.partition(".")
    safe = {
        name: value
        if isinstance(value, int | float)
        else conditional_escape(cast("str", value))
        for name, value in values.items()
    }
    return mark_safe(words(topic).say(name, **safe))


@register.simple_tag
def say(key: str, **values: object) -> SafeString:
    """Say a text of the site; ``{% say key as name %}`` keeps it for later."""
    return said(key, **values)


@register.filter
def number(value: float | None) -> str:
    """Write a number in the manner of the language; nothing for None."""
    return "" if value is None else words("frame").number(value)


@register.filter
def percent(value: float | None) -> str:
    """Write a share (0 to 1) as a percentage; nothing for None."""
    return "" if value is None else words("frame").percent(value)


@register.filter
def day(value: date | None) -> str:
    """Write a date in words: 24 November 2026."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = localtime(value).date()
    return words("frame").date(value)


@register.filter
def moment(value: datetime | None) -> SafeString | str:
    """Write a date and time, with the exact moment for machines."""
    if value is None:
        return ""
    locale = words("frame").locale
    shown = format_datetime(localtime(value), "d MMMM y, HH:mm", locale=locale)
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), shown)


@register.filter
def place(value: str) -> str:
    """Say where in a source a passage stands."""
    return place_in(language(), value)


@register.filter
def rules(value: str) -> str:
    """Say the rules that led to a code."""
    return rules_in(language(), value)


@register.filter
def text(texts: dict[str, str]) -> str:
    """Return a text of the codebook or framework in the reader's language."""
    return texts.get(language()) or texts.get("en", "") or ""


@register.filter
def at(mapping: dict[Any, Any], key: Any) -> Any:
    """Look a key up in a mapping; None where it is missing."""
    return mapping.get(key)


@register.simple_tag(takes_context=True)
def query(context: dict[str, Any], **changes: object) -> str:
    """Return the query of this page with some parts changed; None takes one away.

    ``?{% query page=2 %}``: everything else of the address stays.
    """
    parts: QueryDict = context["request"].GET.copy()
    for name, value in changes.items():
        if value is None or value == "":
            parts.pop(name, None)
        else:
            parts[name] = str(value)
    return parts.urlencode()


@register.filter
def as_json(value: Any) -> str:
    """Return JSON for a data attribute; the template escapes it."""
    return json.dumps(value, ensure_ascii=False)
