"""The list of interventions, and the list as a file."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from capmap.records.permissions import Access
from capmap.records.queries.interventions import listing, narrowed
from capmap.web.doors import in_portfolio
from capmap.web.list_files import FILES, ListFile
from capmap.web.list_page import ListPage
from capmap.web.templatetags.capmap import language


@require_safe
@in_portfolio()
def show(request: HttpRequest, access: Access) -> HttpResponse:
    """Show the list that the address asks for; only what was found, where htmx asks."""
    found = listing(access, request.GET)
    page = ListPage(access, found, request.GET.get("more", ""))
    htmx = request.htmx  # type: ignore[attr-defined]
    is_part = htmx.target == "found" and not htmx.history_restore_request
    template = "interventions/_found.html" if is_part else "interventions/list.html"
    context = {
        "section": "interventions",
        "page": page,
        "found": found,
        "part": is_part,
    }
    response = render(request, template, context)
    if is_part and not page.more:
        address = f"{request.path}?{page.here}" if page.here else request.path
        response.headers["HX-Push-Url"] = address
    response.headers["Vary"] = "HX-Request, Cookie, Accept-Language"
    return response


@require_safe
@in_portfolio(lambda access: access.can_export)
def give(request: HttpRequest, access: Access, name: str) -> Any:
    """Give the whole list that the address asks for as a file."""
    if name not in FILES:
        raise Http404
    _, write = FILES[name]
    listed = ListFile(access, narrowed(access, request.GET), language(), request)
    with TemporaryDirectory() as folder:
        path = Path(folder) / name
        write(listed, path)
        file = path.open(
            "rb"
        )  # goes on when its folder is gone; the response closes it
    return FileResponse(file, as_attachment=True, filename=name)
