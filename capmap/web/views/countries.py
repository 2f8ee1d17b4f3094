"""Countries: a map of the world with its table, and the page of one country."""

from html import unescape
from typing import Any

import polars as pl
import vl_convert
from babel import Locale
from babel.lists import format_list
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_safe

from capmap.publishing.world.drawing import classes, world_map
from capmap.records.permissions import Access
from capmap.records.queries import countries as query
from capmap.records.queries import findings
from capmap.web import page_shares, table_answer
from capmap.web.doors import in_portfolio
from capmap.web.map_page import names_of
from capmap.web.templatetags.capmap import language, said

#: What may shade the map, and by what the table may be sorted.
MEASURES = ("interventions", "capacity_interventions", "passages", "outcomes")
SORTS = ("country", *MEASURES, "score")


@require_safe
@in_portfolio()
def countries(request: HttpRequest, access: Access) -> HttpResponse:
    """Show where the portfolio works: map and table."""
    seen = findings.look(access)
    table = query.table(seen)
    names = names_of(access.portfolio, language())
    measure = _one_of(request.GET.get("measure", ""), MEASURES)
    sort = _one_of(request.GET.get("sort", ""), SORTS, measure)
    budgets = query.money(seen)
    rows = [
        {
            **row,
            "name": names.code("country", row["country"]).label,
            "budgets": budgets.get(row["country"], []),
        }
        for row in table.iter_rows(named=True)
    ]
    rows.sort(key=lambda row: str(row["name"]))
    if sort != "country":
        rows.sort(key=lambda row: -row[sort])
    with_capacity = table.filter(pl.col("capacity_interventions") > 0)
    context = {
        "section": "countries",
        "rows": rows,
        "measure": measure,
        "measures": MEASURES,
        "sort": sort,
        "with_capacity": with_capacity.height,
        "all_levels": with_capacity.filter(pl.col("score") == 3).height,
        "map": mark_safe(_map(access, table, measure, alone=False)),  # escaped inside
        "legend": classes(_counts(table, measure)),
    }
    return render(request, "countries/countries.html", context)


def _one_of(asked: str, known: tuple[str, ...], usual: str = "") -> str:
    return asked if asked in known else usual or known[0]


def _counts(table: pl.DataFrame, measure: str) -> dict[str, int]:
    return dict(table.select("country", measure).iter_rows())


def _map(access: Access, table: pl.DataFrame, measure: str, *, alone: bool) -> str:
    names = names_of(access.portfolio, language())
    counts = _counts(table, measure)
    key = f"countries.title_{measure}"
    titles = {
        code: said(
            "countries.in_country",
            country=names.code("country", code).label,
            what=said(key, count=count),
        )
        for code, count in counts.items()
    }
    slug = access.portfolio.slug
    links = {code: reverse("country", args=[slug, code]) for code in counts}
    label = f"{access.portfolio.title}: {said(f'countries.measure_{measure}')}"
    return world_map(
        counts, {c: _plain(t) for c, t in titles.items()}, label,
        links=None if alone else links, alone=alone,
    )  # fmt: skip


def _plain(text: str) -> str:
    """Return a text of the wording as characters: the picture escapes by itself."""
    return unescape(text)


@require_safe
@in_portfolio(lambda access: access.can_export)
def files(request: HttpRequest, access: Access, name: str) -> HttpResponse:
    """Give the map as a picture or the table as a file."""
    table = query.table(findings.look(access))
    form = name.removeprefix("countries.")
    if form in ("svg", "png") and name.startswith("countries."):
        measure = _one_of(request.GET.get("measure", ""), MEASURES)
        drawn = _map(access, table, measure, alone=True)
        return _picture(drawn, name, form)
    if not name.startswith("countries."):
        raise Http404
    names = names_of(access.portfolio, language())
    labels = [names.code("country", code).label for code in table["country"]]
    return table_answer.answer(
        table.insert_column(1, pl.Series("name", labels, pl.String)), "countries", form
    )


def _picture(drawn: str, name: str, form: str) -> HttpResponse:
    content: bytes | str = drawn
    if form == "png":
        content = bytes(vl_convert.svg_to_png(drawn, scale=2))
    kind = "image/png" if form == "png" else "image/svg+xml"
    answer = HttpResponse(content, content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'"
    return answer


@require_safe
@in_portfolio()
def country(request: HttpRequest, access: Access, code: str) -> HttpResponse:
    """Show what is done in one country."""
    seen = findings.look(access)
    found = query.country(seen, code)
    if found is None:
        raise Http404
    names = names_of(access.portfolio, language())
    levels = [
        names.code("level", level).label.lower()
        for level in found.figures["levels"].split("+")
        if level
    ]
    estimates = page_shares.in_country(access, code)
    context: dict[str, Any] = {
        "section": "countries",
        "estimates": estimates,
        "shares": page_shares.of_code(estimates, "capacity", "cd"),
        "names": names,
        "code": code,
        "name": names.code("country", code).label,
        "country": found,
        "levels": format_list(levels, locale=language()),
        "languages": [(_language(one), count) for one, count in found.languages if one],
        "budgets": query.money(seen).get(code, []),
        "interventions": query.interventions_in(access, code),
        "listed": query.LISTED,
        "outcomes": list(found.outcomes.sort("unit").iter_rows(named=True)),
        "absent": list(found.absent.iter_rows(named=True)),
        "alerts": list(found.alerts.iter_rows(named=True)),
        "sequences": list(found.sequences.iter_rows(named=True)),
    }
    return render(request, "countries/country.html", context)


def _language(code: str) -> str:
    """Return the name of a language of the content in that of the interface."""
    return str(Locale.parse(language()).languages.get(code, code))
