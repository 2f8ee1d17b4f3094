"""The map: any facet by any facet, with the evidence behind every cell."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from capmap.records.permissions import Access
from capmap.web.doors import in_portfolio
from capmap.web.map_evidence import Evidence
from capmap.web.map_multiples import Multiples
from capmap.web.map_page import MapPage
from capmap.web.templatetags.capmap import language


@require_safe
@in_portfolio()
def show(request: HttpRequest, access: Access) -> HttpResponse:
    """Show the map; asked for a cell alone, show the evidence behind it."""
    page = MapPage(access, request.GET, language())
    context = {"page": page, "section": "map"}
    if page.asked.cell:
        context["evidence"] = Evidence(page)
    part = PARTS.get(request.headers.get("HX-Target", ""))
    if part and "HX-History-Restore-Request" not in request.headers:
        return render(request, part, context)
    return render(request, "map/map.html", context)


#: What a page asks for when only a part of it is to change.
PARTS = {
    "evidence-place": "map/_evidence.html",
    "more-passages": "map/_passages.html",
}


@require_safe
@in_portfolio()
def multiples(request: HttpRequest, access: Access) -> HttpResponse:
    """Show the same map once for each region or year."""
    page = MapPage(access, request.GET, language())
    context = {"page": page, "multiples": Multiples(page), "section": "map"}
    return render(request, "map/multiples.html", context)
