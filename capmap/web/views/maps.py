"""The map: any facet by any facet, with the evidence behind every cell."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
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
    if part is None or "HX-History-Restore-Request" in request.headers:
        part = "map/map.html"
    response = render(request, part, context)
    # Going back must not show a part that the browser keeps under the same address.
    patch_vary_headers(response, ["HX-Request", "HX-Target"])
    return response


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
