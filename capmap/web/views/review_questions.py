"""Ask a colleague about a passage that is unclear, and go on with the next."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache

from capmap.records.actions import comments
from capmap.records.models import Passage, ReviewItem
from capmap.records.permissions import Access
from capmap.records.queries.comments import people_to_ask
from capmap.web.doors import round_or_404
from capmap.web.review_step import Step, is_open_to, step_of_item, step_of_passage
from capmap.web.views.review import (
    go_on,
    item_or_404,
    passage_or_404,
    reviewers,
    show,
)


@never_cache
@reviewers
def ask_about_item(
    request: HttpRequest, access: Access, pk: int, item: int
) -> HttpResponse:
    """Ask a colleague about a passage of a round, and go on with the next."""
    review_round = round_or_404(access, pk)
    found = item_or_404(review_round, access, item)
    if not is_open_to(review_round, access) or found.state == ReviewItem.State.READ:
        return show(request, access, found)
    if request.method == "POST" and _ask(request, access, found.passage, found):
        return go_on(request, access, review_round, found.number)
    return _ask_page(request, access, step_of_item(found, access))


@never_cache
@reviewers
def ask_about_passage(request: HttpRequest, access: Access, pk: int) -> HttpResponse:
    """Ask a colleague about a passage outside any round."""
    found = passage_or_404(access, pk)
    if request.method == "POST" and _ask(request, access, found, None):
        return redirect("review_passage", access.portfolio.slug, found.pk)
    return _ask_page(request, access, step_of_passage(found, access))


def _ask(
    request: HttpRequest, access: Access, passage: Passage, item: ReviewItem | None
) -> bool:
    """Write the question; false where nobody is named or nothing asked."""
    text = request.POST.get("text", "").strip()
    people = people_to_ask(passage.intervention, access.user)
    asked = [p for p in people if str(p.pk) == request.POST.get("asked_of")]
    if not asked or not 0 < len(text) <= comments.LONGEST:
        return False
    comments.write(
        by=access.user, intervention=passage.intervention, passage=passage, text=text,
        asked_of=asked[0], item=item,
    )  # fmt: skip
    return True


def _ask_page(request: HttpRequest, access: Access, step: Step) -> HttpResponse:
    slug, item = access.portfolio.slug, step.item
    swaps = bool(request.htmx)  # type: ignore[attr-defined]
    response = render(
        request,
        "review/_ask.html" if swaps else "review/ask.html",
        {
            "step": step,
            "ask_address": reverse("review_ask", args=(slug, item.round_id, item.pk))
            if item
            else reverse("review_passage_ask", args=(slug, step.passage.pk)),
            "people": people_to_ask(step.passage.intervention, access.user),
            "text": request.POST.get("text", ""),
            "asked_of": request.POST.get("asked_of", ""),
            "is_wrong": request.method == "POST",
            "section": "review",
        },
    )
    if swaps:
        response["HX-Retarget"], response["HX-Reswap"] = "#ask", "innerHTML"
    response["Vary"] = "HX-Request"
    return response
