"""Words that the map shares with the page of the command line, and the codes of passages."""

from typing import Any

from babel.numbers import format_decimal
from django import template
from django.template import RequestContext, TemplateDoesNotExist, loader
from django.urls import NoReverseMatch, reverse
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


@register.simple_tag
def address(name: str, *args: Any) -> str:
    """Return the address of a page; "" where the site has no such page."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


@register.filter
def action_said(action: str) -> str:
    """Say what a change did, as the history does."""
    key, words = f"action_{action.replace('.', '_')}", topic("site_history")
    return str(words[key][language()]) if key in words else action


@register.filter
def two_decimals(value: float) -> str:
    """Write a confidence: 0.94, 0,94."""
    locale = Wording("explorer", language()).locale
    return str(format_decimal(value, "0.00", locale=locale))


@register.simple_tag(takes_context=True)
def include_if_there(context: RequestContext, name: str, **values: Any) -> str:
    """Render a part of a page; nothing where the site has no such part."""
    try:
        part = loader.get_template(name)
    except TemplateDoesNotExist:
        return ""
    return part.render(context.flatten() | values, context.request)  # type: ignore[arg-type]
