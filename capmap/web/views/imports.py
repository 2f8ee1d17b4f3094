"""The list of imports, and the way in for files."""

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_safe

from capmap.records.actions import imports
from capmap.records.permissions import Access
from capmap.records.queries.imports import imports_of
from capmap.web import upload
from capmap.web.doors import in_portfolio
from capmap.web.forms.imports import FilesForm, PathForm

_ON_A_PAGE = 50


def may_import(access: Access) -> bool:
    """Whether a person may import: an import touches all countries of a portfolio."""
    return access.analyses_everywhere


@require_safe
@in_portfolio(may_import)
def listed(request: HttpRequest, access: Access) -> HttpResponse:
    """Show the way in, and earlier imports with their state."""
    return _page(request, access, FilesForm(), PathForm())


@csrf_exempt  # the body is not read before uploads are limited; _received checks it
@require_http_methods(["GET", "HEAD", "POST"])
@in_portfolio(may_import)
def new(request: HttpRequest, access: Access) -> HttpResponse:
    """Take files and have them read; whoever reloads or changes language comes back."""
    if request.method != "POST":
        return redirect("imports", access.portfolio.slug)
    upload.limit(request)
    return _received(request, access)


@csrf_protect
def _received(request: HttpRequest, access: Access) -> HttpResponse:
    form = FilesForm(request.POST, request.FILES)
    is_too_large = getattr(request, "is_too_large", False)
    if not is_too_large and form.is_valid():
        imported = imports.start(
            portfolio=access.portfolio,
            by=access.user,
            uploads=form.cleaned_data["uploads"],
        )
        return redirect("import", access.portfolio.slug, imported.pk)
    status = 413 if is_too_large else 400
    return _page(request, access, form, PathForm(), status, is_too_large)


@require_http_methods(["GET", "HEAD", "POST"])
@in_portfolio(may_import)
def from_server(request: HttpRequest, access: Access) -> HttpResponse:
    """Have a file or folder read that lies on the server."""
    if request.method != "POST":
        return redirect("imports", access.portfolio.slug)
    form = PathForm(request.POST)
    if settings.IMPORT_FOLDERS and form.is_valid():
        imported = imports.start_from_path(
            portfolio=access.portfolio, by=access.user, path=form.cleaned_data["path"]
        )
        return redirect("import", access.portfolio.slug, imported.pk)
    return _page(request, access, FilesForm(), form, 400)


def _page(
    request: HttpRequest,
    access: Access,
    files: FilesForm,
    path: PathForm,
    status: int = 200,
    is_too_large: bool = False,
) -> HttpResponse:
    found = Paginator(imports_of(access.portfolio), _ON_A_PAGE)
    content = {
        "section": "imports",
        "files": files,
        "path": path if settings.IMPORT_FOLDERS else None,
        "page": found.get_page(request.GET.get("page")),
        "is_too_large": is_too_large,
        "megabytes": settings.UPLOAD_MEGABYTES,
    }
    return render(request, "imports/list.html", content, status=status)
