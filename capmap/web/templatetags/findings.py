"""Names of codes and what rules say, on the pages of countries and findings."""

from babel.numbers import format_decimal
from django import template

from capmap.publishing.code_names import CodeNames
from capmap.tables import ALL
from capmap.web.templatetags.capmap import language, said

register = template.Library()


@register.simple_tag
def named(names: CodeNames, facet: str, code: str | None) -> str:
    """Return what a code is called; of the margin, that it is all."""
    if code == ALL:
        return str(said("findings.whole", facet=names.plural(facet)))
    return names.code(facet, code or "").label


@register.simple_tag
def facet_named(names: CodeNames, facet: str) -> str:
    """Return what a facet is called."""
    return names.label(facet)


@register.filter
def times(value: float | None) -> str:
    """Write how many times more often than expected."""
    return "" if value is None else format_decimal(value, "0.0", locale=language())


@register.filter
def chance(value: float | None) -> str:
    """Write a chance; a very small one as less than a thousandth."""
    if value is None:
        return ""
    if value < 0.001:
        return "< " + format_decimal(0.001, "0.000", locale=language())
    return format_decimal(value, "0.000", locale=language())
