"""Words that the map shares with the page of the command line, and the codes of passages."""

from typing import Any

from babel.numbers import format_decimal
from django import template
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

from capmap.web.templatetags.capmap import language
from capmap.wording import Wording, topic

register = template.Library()


@register.simple_tag
def told(key: str, **values: Any) -> SafeString:
    """Say a text of ``wording/explorer.yaml``, its values escaped."""
    safe = {
        name: value if isinstance(value, int | float) else conditional_escape(value)
        for name, value in values.items()
    }
    return mark_safe(Wording("explorer", language()).say(key, **safe))


@register.filter
def passage_kind(kind: str) -> str:
    """Say what kind of text a passage is: "Result"."""
    return _known(f"passage_{kind}", kind)


@register.filter
def basis(name: str) -> str:
    """Say what a code rests on: "words of the text"."""
    return _known(f"basis_{name}", name)


def _known(key: str, otherwise: str) -> str:
    if key not in topic("explorer"):
        return otherwise
    return Wording("explorer", language()).say(key)


@register.filter
def two_decimals(value: float) -> str:
    """Write a confidence: 0.94, 0,94."""
    locale = Wording("explorer", language()).locale
    return str(format_decimal(value, "0.00", locale=locale))
