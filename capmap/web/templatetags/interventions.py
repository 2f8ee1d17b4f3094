"""The two long loops of the list, which a template would take ten times as long to write."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from capmap.web.templatetags.capmap import number, said

if TYPE_CHECKING:
    from capmap.web.list_page import Line, Value

register = template.Library()

_NOTHING = mark_safe('<span class="n nothing">–</span>')


@register.simple_tag
def facet_values(values: Iterable["Value"], here: str) -> SafeString:
    """Write the values of a facet, each a link that chooses it or lets go of it."""
    return format_html_join("\n", "{}", ((_value(value, here),) for value in values))


def _value(value: "Value", here: str) -> SafeString:
    name: SafeString | str = value.label
    if value.number:
        name = format_html('<span class="n">{}</span> {}', value.number, value.label)
    if not value.chosen:
        return format_html(
            '<li><a id="{}" href="{}?{}"><span class="what">{}</span>'
            '<span class="n">{}</span></a></li>',
            value.id, here, value.query, name, number(value.count),
        )  # fmt: skip
    return format_html(
        '<li><a id="{}" class="chosen" aria-current="true" href="{}?{}" aria-label="{}">'
        '<span class="what">{}</span><span class="cross" aria-hidden="true">×</span>'
        '<span class="n">{}</span></a></li>',
        value.id, here, value.query, said("interventions.remove", label=value.label),
        name, number(value.count),
    )  # fmt: skip


@register.simple_tag
def list_rows(lines: Iterable["Line"], here: str) -> SafeString:
    """Write the rows of the list."""
    names = ("country", "outcome", "levels", "passages", "budget", "starts")
    labels = [said(f"interventions.col_{name}") for name in names]
    return format_html_join("\n", "{}", ((_row(line, here, labels),) for line in lines))


def _row(line: "Line", here: str, labels: list[SafeString]) -> SafeString:
    one = line.row.intervention
    language = format_html(' lang="{}"', one.language) if one.language else ""
    return format_html(
        '<tr><th scope="row"><a href="{}{}/"{}>{}</a><span class="id">{}</span></th>'
        '<td data-label="{}">{}{}</td><td class="outcomes" data-label="{}">{}{}</td>'
        '<td data-label="{}"><span class="squares" role="img" aria-label="{}">{}</span></td>'
        '<td class="num" data-label="{}">{}</td><td class="num" data-label="{}">{}</td>'
        '<td class="num" data-label="{}">{}</td></tr>',
        here, one.pk, language, one.title or one.identifier, one.identifier,
        labels[0], ", ".join(line.countries) or _NOTHING, _more(line.countries_more),
        labels[1], _outcomes(line) or _NOTHING, _more(line.outcomes_more),
        labels[2], line.levels_said, _squares(line),
        labels[3], number(line.row.passages),
        labels[4], _budget(one.budget_amount, one.budget_currency),
        labels[5], one.starts_on.year if one.starts_on else _NOTHING,
    )  # fmt: skip


def _outcomes(line: "Line") -> SafeString:
    return format_html_join(
        "", '<span><span class="n">{}</span> {}</span>', line.outcomes
    )


def _squares(line: "Line") -> SafeString:
    return format_html_join(
        "",
        '<span class="{}" title="{}"></span>',
        (("full" if held else "", name) for name, held in line.levels),
    )


def _more(count: int) -> SafeString | str:
    if not count:
        return ""
    said_more = said("interventions.and_more", count=count)
    return format_html(' <span class="n">{}</span>', said_more)


def _budget(amount: float | None, currency: str) -> SafeString:
    if amount is None:
        return _NOTHING
    shown = number(round(amount) if abs(amount) >= 1000 else amount)
    return format_html('<span class="n">{}</span> {}', currency, shown)
