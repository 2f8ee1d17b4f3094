"""Names of countries and words of roles: ``{% load people %}``."""

from collections.abc import Iterable

from django import template
from django.utils.safestring import SafeString

from capmap.sources.countries import named_in
from capmap.web.templatetags.capmap import language, said

register = template.Library()


@register.filter
def country_names(codes: Iterable[str]) -> str:
    """Name countries in the reader's language, with commas between."""
    names = named_in(language())
    return ", ".join(names.get(code, code) for code in codes)


@register.filter
def role_name(role: str) -> SafeString:
    """Name a role."""
    return said(f"frame.role_{role}")


@register.filter
def role_does(role: str) -> SafeString:
    """Say in a sentence what a role may do."""
    return said(f"people.does_{role}")
