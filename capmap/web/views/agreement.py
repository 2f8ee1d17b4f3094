"""How far two readers agree: page and downloads."""

from typing import Any

import polars as pl
from babel.lists import format_list
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from capmap.coding.agreement import ENOUGH_CASES
from capmap.records.models import ReviewRound
from capmap.records.permissions import Access
from capmap.records.queries import agreement
from capmap.records.queries.codebook import codebook_of
from capmap.tables import ALL
from capmap.web import table_answer
from capmap.web.doors import in_portfolio, round_or_404
from capmap.web.templatetags.agreement import code_name, facet_name


def compared(access: Access, pk: int) -> tuple[ReviewRound, list[agreement.Pair]]:
    """Return a round with what two found in it; 403 while that must stay hidden."""
    review_round = round_or_404(access, pk)
    if review_round.is_blind and not agreement.may_compare(access, review_round):
        raise PermissionDenied
    return review_round, agreement.pairs(access, review_round)


@require_safe
@in_portfolio(lambda access: access.can_review)
def page(request: HttpRequest, access: Access, pk: int) -> HttpResponse:
    """Show how far the readers of a round agree, by facet and by code."""
    review_round = round_or_404(access, pk)
    context: dict[str, Any] = {"section": "review", "round": review_round}
    if not review_round.is_blind:
        return render(request, "agreement/not_blind.html", context)
    if not agreement.may_compare(access, review_round):
        context["progress"] = agreement.progress(access, review_round)
        return render(request, "agreement/wait.html", context, status=403)
    found = agreement.pairs(access, review_round)
    measured = agreement.table(access, review_round, found)
    rows = list(measured.iter_rows(named=True))
    waiting = agreement.queue(found)
    readers = sorted({str(r.reader) for p in found for r in (p.first, p.second)})
    return render(
        request,
        "agreement/page.html",
        context
        | {
            "book": codebook_of(access.portfolio),
            "readers": format_list(readers, locale=(get_language() or "en")[:2]),
            "pair": readers if len(readers) == 2 else [],
            "is_over": agreement.is_over(review_round),
            "progress": agreement.progress(access, review_round),
            "whole": rows[0],
            "facets": [r for r in rows[1:] if r["code"] == ALL and r["cases"]],
            "codes": _by_facet(rows),
            "never_given": sum(r["verdict"] == "never_given" for r in rows),
            "least": ENOUGH_CASES,
            "clarify": agreement.to_clarify(measured, found),
            "differing": len(waiting),
            "open": sum(pair.decided is None for pair in waiting),
            "may_adjudicate": agreement.may_adjudicate(access, review_round),
        },
    )


Rows = list[dict[str, Any]]


def _by_facet(rows: Rows) -> list[tuple[str, Rows, Rows]]:
    """Return the codes that anybody gave, by facet: those with enough cases, and the rest."""
    found: dict[str, tuple[Rows, Rows]] = {}
    for row in rows:
        if row["code"] != ALL and row["cases"]:
            enough, few = found.setdefault(row["facet"], ([], []))
            (few if row["cases"] < ENOUGH_CASES else enough).append(row)
    return [(facet, enough, few) for facet, (enough, few) in found.items()]


@require_safe
@in_portfolio(lambda access: access.can_review and access.can_export)
def download(request: HttpRequest, access: Access, pk: int, form: str) -> HttpResponse:
    """Give the figures of a round as CSV or XLSX, with names beside codes."""
    review_round, found = compared(access, pk)
    measured = agreement.table(access, review_round, found)
    book = codebook_of(access.portfolio)
    names = [
        (facet_name(book, facet), code_name(book, facet, code))
        for facet, code in measured.select("facet", "code").iter_rows()
    ]
    labels = pl.DataFrame(
        names, schema={"facet_label": pl.String, "code_label": pl.String}, orient="row"
    )
    table = pl.concat([labels, measured], how="horizontal")
    return table_answer.answer(table, f"agreement-{pk}", form)
