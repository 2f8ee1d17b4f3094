"""Words for changes: what was done, to what kind of record, to which field, with what value."""

from datetime import datetime
from typing import Any

from django import template

from capmap.sources.countries import named_in
from capmap.web.templatetags.capmap import day, language, number, said, words
from capmap.wording import LANGUAGES, topic

register = template.Library()


def _word(key: str, otherwise: str) -> str:
    return words("history").say(key) if key in topic("site_history") else otherwise


@register.filter
def action_words(action: str) -> str:
    """Say what was done; the raw name where nobody has given it words."""
    return _word(f"action_{action.replace('.', '_')}", action)


@register.filter
def record_words(record: str) -> str:
    """Name a kind of record."""
    return _word(f"record_{record}", record)


@register.filter
def field_words(name: str) -> str:
    """Name a field."""
    return _word(f"field_{name}", name.removesuffix("_id").replace("_", " "))


@register.filter
def value_words(value: Any, name: str = "") -> str:
    """Write the value of a field as people read it."""
    if value is None or value in ("", [], {}):
        return said("history.nothing")
    if isinstance(value, bool):
        return said("history.yes" if value else "history.no")
    if name == "role":
        return said(f"frame.role_{value}")
    if name == "language" and value in LANGUAGES:
        return {"en": "English", "fr": "Français", "es": "Español"}[value]
    if name == "edited_fields":
        return ", ".join(field_words(one) for one in value)
    if isinstance(value, int | float):
        return number(value)
    if name.endswith(("_at", "_on")) and isinstance(value, str):
        return _day(value)
    if isinstance(value, list):
        return "; ".join(_part(one, name) for one in value)
    if isinstance(value, dict):
        return "; ".join(f"{k}: {_part(v, '')}" for k, v in value.items())
    return str(value)


def _day(value: str) -> str:
    try:
        return day(datetime.fromisoformat(value))
    except ValueError:
        return value


def _part(value: Any, name: str) -> str:
    """Write an entry of a list: a country, a classification with its share, a party."""
    if isinstance(value, dict):
        shown = [_part(v, name) for v in value.values() if v not in (None, "")]
        return " ".join(shown)
    if name == "countries" and isinstance(value, str):
        return named_in(language()).get(value, value)
    if isinstance(value, list):
        return ", ".join(_part(one, name) for one in value)
    if isinstance(value, float):
        return number(value)
    return str(value)
