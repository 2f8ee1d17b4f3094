"""One import: its progress, its preview, its report, and what is decided about it."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from capmap.records.actions import imports
from capmap.records.actions.import_undo import later_than
from capmap.records.models import Import, Job
from capmap.records.permissions import Access
from capmap.records.queries import imports as query
from capmap.sources.columns import field_names
from capmap.web.doors import in_portfolio
from capmap.web.forms.imports import chosen_columns
from capmap.web.templatetags.capmap import language, said
from capmap.web.views.imports import may_import

#: Rows of a list on the page; downloads hold all.
_SHOWN = 20
_SHOWN_ASIDE = 50


def import_or_404(access: Access, pk: int) -> Import:
    found = query.imports_of(access.portfolio).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


@require_safe
@in_portfolio(may_import)
def page(request: HttpRequest, access: Access, pk: int) -> HttpResponse:
    """Show an import as it stands: at work, waiting for a yes, brought in or undone."""
    imported = import_or_404(access, pk)
    content: dict[str, Any] = {
        "section": "imports",
        "imported": imported,
        "job": imported.job,
    }
    if imported.job and not imported.job.is_finished:
        return render(request, "imports/at_work.html", content)
    if imported.state == Import.State.READY:
        content |= _preview(imported)
        return render(request, "imports/preview.html", content)
    if imported.state in (Import.State.DONE, Import.State.UNDONE):
        content |= _report(imported)
        return render(request, "imports/report.html", content)
    return render(request, "imports/over.html", content)


def _preview(imported: Import) -> dict[str, Any]:
    counts = imported.counts
    return {
        "coming": counts.get("new", 0) + counts.get("changed", 0),
        "files": query.files_of(imported),
        "first": query.first_of(imported, _SHOWN),
        "columns": _columns(imported),
        "field_names": field_names(),
        **_aside(imported),
    }


def _columns(imported: Import) -> dict[str, dict[str, Any]]:
    """Return the columns of sheets; those that were not recognised stand open."""
    columns = query.columns_of(imported)
    for told in columns.values():
        told["is_open"] = not all(sheet["is_recognised"] for sheet in told["sheets"])
    return columns


def _report(imported: Import) -> dict[str, Any]:
    stayed = imported.job.result.get("stayed", {}) if imported.job else {}
    return {
        "files": query.files_of(imported),
        "new": query.new_of(imported)[:_SHOWN],
        "changed": query.changed_of(imported, _SHOWN),
        "stayed": stayed,
        "undo_error": _undo_error(imported.job),
        **_aside(imported),
    }


def _undo_error(job: Job | None) -> str:
    failed = job and job.kind == "undo_import" and job.state == Job.State.FAILED
    return job.error if job and failed else ""


def _aside(imported: Import) -> dict[str, Any]:
    total = imported.set_aside.count()
    return {
        "aside": query.set_aside_of(imported, language(), _SHOWN_ASIDE),
        "aside_more": max(0, total - _SHOWN_ASIDE),
    }


@require_POST
@in_portfolio(may_import)
def columns(request: HttpRequest, access: Access, pk: int) -> HttpResponse:
    """Say what columns mean, and have the files read again."""
    imported = import_or_404(access, pk)
    chosen = chosen_columns(request.POST, query.columns_of(imported))
    return _decided(request, access, imported, imports.map_columns, columns=chosen)


@require_POST
@in_portfolio(may_import)
def confirm(request: HttpRequest, access: Access, pk: int) -> HttpResponse:
    """Have what was read brought in."""
    return _decided(request, access, import_or_404(access, pk), imports.confirm)


@require_POST
@in_portfolio(may_import)
def discard(request: HttpRequest, access: Access, pk: int) -> HttpResponse:
    """Drop what was read."""
    return _decided(request, access, import_or_404(access, pk), imports.discard)


@in_portfolio(may_import)
def undo(request: HttpRequest, access: Access, pk: int) -> HttpResponse:
    """Warn of what an undo costs; undo when that is answered with yes."""
    imported = import_or_404(access, pk)
    if request.method == "POST":
        return _decided(request, access, imported, imports.undo)
    if imported.state != Import.State.DONE:
        return redirect("import", access.portfolio.slug, imported.pk)
    content = {
        "section": "imports",
        "imported": imported,
        "at_stake": query.at_stake(imported),
        "later": later_than(imported),
    }
    return render(request, "imports/undo.html", content)


def _decided(
    request: HttpRequest, access: Access, imported: Import, act: Any, **values: Any
) -> HttpResponse:
    """Do what a person decided; if the import has moved on, say so and show it."""
    try:
        act(imported=imported, by=access.user, **values)
    except imports.NotNow as reason:
        if reason.args[0] == "later":
            return redirect("import_undo", access.portfolio.slug, imported.pk)
        messages.warning(request, said(f"imports.not_now_{reason.args[0]}"))
    return redirect("import", access.portfolio.slug, imported.pk)
