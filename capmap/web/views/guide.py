"""Help, open to all; the first-hour tour of a portfolio."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from capmap.records.actions import tour as tours
from capmap.records.permissions import Access
from capmap.records.queries.tour import STEPS, tour_of
from capmap.web import guide_page
from capmap.web.doors import in_portfolio
from capmap.web.templatetags.capmap import language, said
from capmap.web.templatetags.guide import followed_in

#: Steps that are done when the records say so, not when their link is followed.
_ON_RECORD = {"review", "import"}


@require_safe
def contents(request: HttpRequest) -> HttpResponse:
    """List the pages of help."""
    return render(request, "guide/contents.html", {"pages": guide_page.PAGES})


@require_safe
def page(request: HttpRequest, page: str) -> HttpResponse:
    """Show one page of help."""
    if page not in guide_page.PAGES:
        raise Http404
    place = guide_page.PAGES.index(page)
    told: dict[str, Any] = {
        "name": page,
        "parts": guide_page.parts_of(page, language()),
        "previous": guide_page.PAGES[place - 1] if place else None,
        "next": (*guide_page.PAGES, None)[place + 1],
    }
    if page == "roles":
        told |= {"roles": guide_page.roles(), "questions": guide_page.QUESTIONS}
    if page == "words":
        told["terms"] = guide_page.terms()
    return render(request, "guide/page.html", told)


@require_safe
@in_portfolio()
def tour(request: HttpRequest, access: Access, step: str) -> HttpResponse:
    """Take a step of the tour: mark it and go where it leads."""
    if step not in STEPS:
        raise Http404
    if not STEPS[step](access):
        raise PermissionDenied
    if step not in _ON_RECORD and not access.user.toured_at:
        _follow(request, access, step)
    return redirect(guide_page.address_of_step(step, access, language()))


def _follow(request: HttpRequest, access: Access, step: str) -> None:
    """Remember in the session that a step was taken; the last one ends the tour."""
    followed = [*followed_in(request, access), step]
    marks = request.session.get("tour", {})
    request.session["tour"] = marks | {
        str(access.portfolio.pk): list(dict.fromkeys(followed))
    }
    if tour_of(access, followed).is_finished:
        tours.finish_tour(by=access.user)
        messages.success(request, said("guide.tour_finished"))


@require_POST
@in_portfolio()
def close(request: HttpRequest, access: Access) -> HttpResponse:
    """Put the tour away for good."""
    tours.finish_tour(by=access.user)
    request.session.pop("tour", None)
    messages.success(request, said("guide.tour_closed"))
    return redirect("portfolio", access.portfolio.slug)
