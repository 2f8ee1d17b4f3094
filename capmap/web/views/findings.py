"""Levels and approaches that meet, and what is found nowhere."""

from collections.abc import Callable
from typing import Any

import polars as pl
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from capmap.records.permissions import Access
from capmap.records.queries import findings
from capmap.records.queries.maps import Maps, Question
from capmap.web import page_shares, table_answer
from capmap.web.doors import in_portfolio
from capmap.web.map_page import names_of
from capmap.web.templatetags.capmap import language

#: Rows shown of a long table; the download has all.
SHOWN = 25

#: The tables in which gaps are looked for: rows and columns.
TABLES = {
    "outcome-modality": ("outcome", "modality"),
    "outcome-level": ("outcome", "level"),
    "outcome-constituent": ("outcome", "constituent"),
    "country-level": ("country", "level"),
    "country-outcome": ("country", "outcome"),
}


@require_safe
@in_portfolio()
def integration(request: HttpRequest, access: Access) -> HttpResponse:
    """Show which levels and approaches meet, where, and in what order."""
    by = request.GET.get("by", "")
    by = by if by in findings.UNITS else findings.UNITS[0]
    seen = findings.look(access)
    levels, pairs = findings.levels(seen, by), findings.pairs(seen)
    met = pairs.filter(pl.col("together") > 0)
    alerts, order = findings.alerts(seen), findings.sequences(seen)
    missing = findings.missing(seen)
    people = alerts.filter(pl.col("rule") == "individual_alone")
    trainers = alerts.filter(pl.col("rule") == "trainers_unsupported")
    estimates = page_shares.estimates_of(access)
    context = {
        "section": "map",
        "estimates": estimates,
        "shares": page_shares.of_levels(estimates) if by == "intervention" else [],
        "names": names_of(access.portfolio, language()),
        "by": by,
        "units": findings.UNITS,
        "levels": _rows(levels),
        "titles": _titles(access, levels.head(SHOWN), trainers.head(SHOWN)),
        "count": levels.height,
        "joined": levels.filter(pl.col("score") == 3).height,
        "alone": levels.filter("individual_alone").height,
        "pairs": _rows(met),
        "never": pairs.height - met.height,
        "pair_count": met.height,
        "missing": _rows(missing),
        "missing_count": missing.height,
        "people": _rows(people),
        "people_count": people.height,
        "trainers": _rows(trainers),
        "trainers_count": trainers.height,
        "sequences": _rows(order),
        "sequence_count": order.height,
        "trained_first": order.filter(pl.col("verdict") == "training_first").height,
        "unassessed": order.filter(pl.col("verdict") == "no_assessment").height,
    }
    return render(request, "findings/integration.html", context)


def _rows(table: pl.DataFrame) -> list[dict[str, Any]]:
    return list(table.head(SHOWN).iter_rows(named=True))


def _titles(
    access: Access, levels: pl.DataFrame, alerts: pl.DataFrame
) -> dict[str, Any]:
    """Return the interventions named in the tables, by identifier."""
    wanted = {*levels["unit"], *alerts["intervention_id"].drop_nulls()}
    shown = access.interventions().filter(identifier__in=wanted)
    return {one.identifier: one for one in shown}


@require_safe
@in_portfolio()
def gaps(request: HttpRequest, access: Access) -> HttpResponse:
    """Show what is found nowhere, and how much that says."""
    name, table = _gaps(request, access)
    rows, columns = TABLES[name]
    names = names_of(access.portfolio, language())
    shown = {
        kind: [
            {
                **row,
                "sentence": row[f"sentence_{language()}"],
                "cell": urlencode(
                    {
                        "rows": rows,
                        "columns": columns,
                        "cell": f"{row['row']}~{row['column']}",
                    }
                ),
            }
            for row in table.filter(pl.col("kind") == kind)
            .head(2 * SHOWN)
            .iter_rows(named=True)
        ]
        for kind in ("row", "column", "cell")
    }
    context = {
        "section": "map",
        "estimates": page_shares.estimates_of(access),
        "names": names,
        "name": name,
        "tables": [
            (key, names.label(first), names.label(second))
            for key, (first, second) in TABLES.items()
        ],
        "rows": rows,
        "columns": columns,
        "shown": shown,
        "shown_most": 2 * SHOWN,
        "counts": {kind: table.filter(pl.col("kind") == kind).height for kind in shown},
        "count": table.height,
    }
    return render(request, "findings/gaps.html", context)


def _gaps(request: HttpRequest, access: Access) -> tuple[str, pl.DataFrame]:
    name = request.GET.get("table", "")
    name = name if name in TABLES else next(iter(TABLES))
    rows, columns = TABLES[name]
    found = Maps(access).gaps(Question(rows=rows, columns=columns))
    if access.countries and rows == "country":
        own = pl.col("row").is_in([*access.countries, "*"])
        found = found.filter(own)
    return name, found


_FILES: dict[str, Callable[[HttpRequest, Access], pl.DataFrame]] = {
    "pairs": lambda _, access: findings.pairs(findings.look(access)),
    "missing-pairs": lambda _, access: findings.missing(findings.look(access)),
    "alerts": lambda _, access: findings.alerts(findings.look(access)),
    "sequences": lambda _, access: findings.sequences(findings.look(access)),
    "gaps": lambda request, access: _gaps(request, access)[1],
    **{
        f"levels-by-{by}": lambda _, access, by=by: findings.levels(
            findings.look(access), by
        )  # type: ignore[misc]
        for by in findings.UNITS
    },
}


@require_safe
@in_portfolio(lambda access: access.can_export)
def files(request: HttpRequest, access: Access, name: str) -> HttpResponse:
    """Give one of the tables of these pages as CSV or XLSX."""
    stem, _, form = name.rpartition(".")
    if stem not in _FILES:
        raise Http404
    return table_answer.answer(_FILES[stem](request, access), stem, form)
