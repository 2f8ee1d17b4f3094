"""Who changed what: of the whole site, or of one portfolio; and how to bring it back."""

import json
from collections.abc import Iterator
from itertools import islice
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from capmap.records.actions import restore
from capmap.records.models import Change, Portfolio, User
from capmap.records.permissions import Access
from capmap.records.queries import history
from capmap.web.csv_answer import csv_answer
from capmap.web.doors import for_administrators, in_portfolio
from capmap.web.forms.history import HistoryFilter
from capmap.web.templatetags.capmap import said
from capmap.web.templatetags.history import (
    action_words,
    field_words,
    record_words,
    value_words,
)

_COLUMNS = ("at", "by", "action", "kind", "label", "field", "before", "after")


@require_safe
@for_administrators
def of_site(request: HttpRequest) -> HttpResponse:
    """Show the changes of the whole site."""
    return _page(request, None)


@require_safe
@in_portfolio(lambda access: access.can_audit)
def of_portfolio(request: HttpRequest, access: Access) -> HttpResponse:
    """Show the changes of a portfolio."""
    return _page(request, access.portfolio)


@require_safe
@for_administrators
def export_site(request: HttpRequest) -> HttpResponse:
    """Give the changes of the site as CSV."""
    return _export(request, None)


@require_safe
@in_portfolio(lambda access: access.can_audit)
def export_portfolio(request: HttpRequest, access: Access) -> HttpResponse:
    """Give the changes of a portfolio as CSV."""
    return _export(request, access.portfolio)


@require_POST
@for_administrators
def restore_site(request: HttpRequest, pk: int) -> HttpResponse:
    """Bring back what a change of the site took."""
    return _restore(request, pk, None)


@require_POST
@in_portfolio(lambda access: access.can_audit)
def restore_portfolio(request: HttpRequest, access: Access, pk: int) -> HttpResponse:
    """Bring back what a change of a portfolio took."""
    return _restore(request, pk, access.portfolio)


def _page(request: HttpRequest, portfolio: Portfolio | None) -> HttpResponse:
    form = HistoryFilter(request.GET, portfolio)
    found = Paginator(history.changes(portfolio=portfolio, **form.chosen()), 50)
    page = found.get_page(request.GET.get("page"))
    return render(
        request,
        "history/list.html",
        {
            "form": form,
            "of": page,
            "changes": history.told(page.object_list),
            "restorable": _restorable(request, page.object_list),
            "is_filtered": bool(form.chosen()),
        },
    )


def _restorable(request: HttpRequest, changes: Any) -> set[int]:
    """Return which of some changes this person may bring back."""
    assert isinstance(request.user, User)
    may: dict[tuple[int | None, bool], bool] = {}
    found = set()
    for change in changes:
        if not restore.is_restorable(change):
            continue
        # One question a portfolio and kind, not one a change.
        key = (change.portfolio_id, change.record in restore.OF_PEOPLE)
        if key not in may:
            may[key] = restore.may_restore(change, request.user)
        if may[key]:
            found.add(change.pk)
    return found


def _export(request: HttpRequest, portfolio: Portfolio | None) -> HttpResponse:
    chosen = HistoryFilter(request.GET, portfolio).chosen()
    found = history.changes(portfolio=portfolio, **chosen)
    heads = [said(f"history.{name}") for name in _COLUMNS]
    return csv_answer("changes", heads, _rows(found.iterator(2000)))


def _rows(changes: Iterator[Change]) -> Iterator[tuple[object, ...]]:
    """Give one row a field; a change without fields has one row all the same."""
    while part := list(islice(changes, 500)):
        for one in history.told(part):
            change = one.change
            what = (
                change.at.isoformat(timespec="seconds"),
                change.by or said("history.capmap"),
                action_words(change.action),
                record_words(change.record),
                change.label,
            )
            for field in one.fields:
                yield (
                    *what,
                    field_words(field.name),
                    value_words(field.before, field.name),
                    value_words(field.after, field.name),
                )
            if not one.fields:
                yield (*what, "", "", "")


def _restore(
    request: HttpRequest, pk: int, portfolio: Portfolio | None
) -> HttpResponse:
    change = history.changes(portfolio=portfolio).filter(pk=pk).first()
    if change is None:
        raise Http404
    assert isinstance(request.user, User)
    if not restore.may_restore(change, request.user):
        raise PermissionDenied
    back = _back(request, portfolio)
    try:
        restore.restore(change=change, by=request.user, seen=_seen(request))
    except restore.ChangedSince as since:
        context = {"change": change, "since": since, "back": back}
        return render(request, "history/changed_since.html", context, status=409)
    except restore.Refused as refused:
        messages.error(request, said(f"history.{refused.reason}", **refused.values))
    else:
        messages.success(request, said("history.restored", label=change.label))
    return redirect(back)


def _seen(request: HttpRequest) -> dict[str, Any]:
    try:
        seen = json.loads(request.POST.get("seen", "{}"))
    except ValueError:
        return {}
    return seen if isinstance(seen, dict) else {}


def _back(request: HttpRequest, portfolio: Portfolio | None) -> str:
    back = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(back, {request.get_host()}):
        return back
    if portfolio is None:
        return reverse("history")
    return reverse("portfolio_history", args=[portfolio.slug])
