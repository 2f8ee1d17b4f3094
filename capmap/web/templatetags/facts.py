"""Facts of an intervention in the reader's words: countries, money, roles, languages."""

from collections.abc import Iterable
from typing import Any

from babel import Locale
from babel.dates import format_date
from babel.lists import format_list
from babel.numbers import format_currency, is_currency
from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from capmap.frameworks.codebook import Texts
from capmap.records.actions.interventions import Conflict
from capmap.records.models import Intervention, Passage
from capmap.records.queries.codings import Found
from capmap.web.templatetags.capmap import day, language, moment, number, place, said
from capmap.wording import topic

register = template.Library()

#: The roles in which the facts name organisations: who pays first, who reports last.
ROLES = ("funding", "accountable", "extending", "implementing", "reporting")


def _locale() -> Locale:
    return Locale.parse({"en": "en_GB"}.get(language(), language()))


def known(key: str) -> bool:
    """Whether the words of an intervention have a text under ``key``."""
    return key in topic("site_intervention")


def said_or_plain(stem: str, value: str) -> str:
    """Say a code of a source in words; a code without words stays as it is."""
    key = f"{stem}_{value}"
    return str(said(f"intervention.{key}")) if known(key) else value


@register.filter
def country_name(code: str) -> str:
    """Return the name of a country; its code where there is none."""
    return str(_locale().territories.get(code, code))


@register.filter
def language_name(code: str) -> str:
    """Return the name of a language; its code where there is none."""
    name = str(_locale().languages.get(code, code))
    return name[:1].upper() + name[1:]


@register.filter
def listed(items: Iterable[object]) -> str:
    """Join texts as the language does: "a, b and c"."""
    return format_list([str(item) for item in items], locale=_locale())


def money(amount: float, currency: str) -> str:
    """Write an amount with its currency; cents only where there are any."""
    if not is_currency(currency):
        return f"{number(amount)} {currency}"
    whole = float(amount).is_integer()
    return format_currency(
        amount,
        currency,
        format="¤¤ #,##0" if whole else "¤¤ #,##0.00",
        locale=_locale(),
        currency_digits=False,
    )


@register.filter
def budget(intervention: Intervention) -> str:
    """Write the budget of an intervention; nothing where none is stated."""
    if intervention.budget_amount is None:
        return ""
    return money(intervention.budget_amount, intervention.budget_currency)


@register.filter
def kind_name(kind: str) -> str:
    """Say the kind of an intervention."""
    return said_or_plain("kind", kind)


@register.filter
def status_name(status: str) -> str:
    """Say the status that IATI numbers."""
    return said_or_plain("status", status)


@register.filter
def period(intervention: Intervention) -> str:
    """Say from when to when; one end may be unknown."""
    starts, ends = intervention.starts_on, intervention.ends_on
    if starts and ends:
        first, last = (
            format_date(d, "d MMM y", locale=_locale()) for d in (starts, ends)
        )
        return str(said("intervention.period_from_to", first=first, last=last))
    if starts:
        return str(said("intervention.period_from", first=day(starts)))
    return str(said("intervention.period_to", last=day(ends))) if ends else ""


@register.filter
def by_role(organisations: list[dict[str, str]]) -> list[tuple[str, str]]:
    """Return the organisations of each role: its name, and theirs in a list."""
    found: dict[str, list[str]] = {}
    for one in organisations:
        name = one.get("name") or one.get("ref") or ""
        names = found.setdefault(one.get("role", ""), [])
        if name and name not in names:
            names.append(name)
    rank = {role: n for n, role in enumerate(ROLES)}
    roles = sorted(found, key=lambda role: (rank.get(role, len(rank)), role))
    return [
        (said_or_plain("role", role or "none"), listed(found[role]))
        for role in roles
        if found[role]
    ]


@register.filter
def with_part(part: dict[str, Any]) -> str:
    """Write a code of a source with the per cent that it covers."""
    percentage = part.get("percentage")
    return str(part["code"]) + (f" ({number(percentage)}%)" if percentage else "")


@register.filter
def fact(value: Any, name: str) -> list[str]:
    """Write the value of a fact in lines, to be compared with another."""
    if name == "budget":
        amount, currency = value
        return [] if amount is None else [money(amount, currency)]
    if name == "countries":
        return [
            with_part({**one, "code": country_name(one["code"])}) for one in value or []
        ]
    if name in ("regions", "sectors"):
        return [with_part(one) for one in value or []]
    if name == "organisations":
        return [
            f"{said_or_plain('role', one.get('role') or 'none')}: {one.get('name')}"
            for one in value or []
        ]
    if name in ("kind", "status") and value:
        return [said_or_plain(name, str(value))]
    return [str(value)] if value else []


@register.filter
def place_of(passage: Passage) -> str:
    """Say what a passage is and where it stands: "Result, result 1, indicator 2"."""
    kind = said_or_plain("passage", passage.kind)
    where = place(passage.place)
    if where.casefold().startswith(kind.casefold()):
        return where[:1].upper() + where[1:]
    return f"{kind}, {where}" if where else kind


@register.simple_tag
def corrected(edited: list[str], *names: str) -> SafeString | str:
    """Mark a fact that a person corrected."""
    if not any(name in edited for name in names):
        return ""
    return format_html(
        ' <span class="corrected">{}</span>', said("intervention.corrected")
    )


@register.simple_tag
def lead_kind(intervention: Intervention) -> SafeString | str:
    """Say what the intervention is and who pays for it, where the source says so."""
    names = [
        one["name"]
        for one in intervention.organisations
        if one.get("role") == "funding" and one.get("name")
    ]
    key = f"lead_{intervention.kind}_funded"
    if not names or not known(key):
        return ""
    return said(f"intervention.{key}", names=listed(dict.fromkeys(names)))


@register.simple_tag
def level_note(code: str) -> SafeString | str:
    """Say in a few words what grows at a level."""
    return said(f"intervention.note_{code}") if known(f"note_{code}") else ""


@register.simple_tag
def outcomes_of(facets: list[tuple[Texts, list[Found]]]) -> list[Texts]:
    """Return the labels of the outcomes that the text was coded with."""
    return [f.label for _, codes in facets for f in codes if f.facet == "outcome"]


@register.simple_tag
def conflict_title(conflict: Conflict, otherwise: str) -> SafeString:
    """Say who saved meanwhile, and when."""
    return said(
        "intervention.conflict_title",
        name=str(conflict.by or otherwise),
        time=moment(conflict.at),
    )
