"""Review: one passage after another, each decided on, skipped, or asked about."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from capmap.records.actions import review as actions
from capmap.records.actions.review_rounds import may_manage
from capmap.records.models import Passage, Reading, ReviewItem, ReviewRound
from capmap.records.permissions import Access, NotAllowed
from capmap.records.queries import review as queries
from capmap.records.queries.agreement import may_compare
from capmap.records.queries.codebook import codebook_of
from capmap.records.queries.review_rounds import pace, progress_of, read_today
from capmap.records.review_queue import claim, item_before, items_for, next_item
from capmap.web.doors import in_portfolio, round_or_404
from capmap.web.review_step import (
    Sent,
    Step,
    is_open_to,
    keep_what_was_sent,
    reason_of,
    sent_in,
    side_of,
    step_of_item,
    step_of_passage,
)
from capmap.web.templatetags.capmap import said

reviewers = in_portfolio(lambda access: access.can_review)


@require_safe
@never_cache
@reviewers
def following(request: HttpRequest, access: Access, pk: int) -> HttpResponse:
    """Show the next open passage of a round; ``after`` and ``before`` move about."""
    review_round = round_or_404(access, pk)
    if (before := request.GET.get("before", "")).isdigit():
        here = item_or_404(review_round, access, int(before))
        found = item_before(here, access) or here
        return show(request, access, found)
    after = request.GET.get("after", "")
    return _next(request, access, review_round, int(after) if after.isdigit() else 0)


@never_cache
@reviewers
def item(request: HttpRequest, access: Access, pk: int, item: int) -> HttpResponse:
    """Show a passage of a round; keep what a person found in it."""
    review_round = round_or_404(access, pk)
    found = item_or_404(review_round, access, item)
    if request.method != "POST":
        return show(request, access, found)
    if request.POST.get("do") == "undo":
        return _undo(request, access, review_round, found)
    if _is_sent_twice(found, access):
        return go_on(request, access, review_round, found.number)
    sent = sent_in(request.POST)
    try:
        _finish(access, sent, found.passage, item=found)
    except actions.Refused as refused:
        return _again(request, access, step_of_item(found, access), sent, refused)
    except actions.Overtaken as overtaken:
        return _overtaken(request, access, found.passage, sent, overtaken, found)
    return go_on(request, access, review_round, found.number)


@never_cache
@reviewers
def passage(request: HttpRequest, access: Access, pk: int) -> HttpResponse:
    """Show a passage outside any round; keep what a person found in it."""
    found = passage_or_404(access, pk)
    if (waiting := queries.blind_item(found, access.user)) is not None:
        return redirect(
            "review_item", access.portfolio.slug, waiting.round_id, waiting.pk
        )
    if request.method != "POST":
        return _answer(request, access, step_of_passage(found, access))
    if request.POST.get("do") == "undo":
        return _undo_of_passage(request, access, found)
    sent, within = sent_in(request.POST), _round_of(request, access, found)
    try:
        _finish(access, sent, found, review_round=within)
    except actions.Refused as refused:
        return _again(request, access, step_of_passage(found, access), sent, refused)
    except actions.Overtaken as overtaken:
        return _overtaken(request, access, found, sent, overtaken)
    if within is not None:
        return go_on(request, access, within, 0)
    return _leave(
        request,
        reverse("intervention", args=(access.portfolio.slug, found.intervention_id)),
    )


@require_POST
@reviewers
def undo_last(request: HttpRequest, access: Access, pk: int) -> HttpResponse:
    """Take the last reading back from where no passage is left."""
    return _undo(request, access, round_or_404(access, pk), None)


def item_or_404(review_round: ReviewRound, access: Access, pk: int) -> ReviewItem:
    found = items_for(review_round, access).filter(pk=pk).first()
    if found is None:
        raise Http404
    found.round = review_round
    found.passage.intervention.portfolio = access.portfolio
    return found


def _is_sent_twice(item: ReviewItem, access: Access) -> bool:
    """Whether the person has read the item already: a form sent twice changes nothing."""
    if item.state != ReviewItem.State.READ:
        return False
    reading = queries.reading_of(item)
    return reading is not None and reading.reader_id == access.user.pk


def passage_or_404(access: Access, pk: int) -> Passage:
    found = (
        Passage.objects.current()
        .select_related("intervention")
        .filter(
            pk=pk,
            intervention__portfolio=access.portfolio,
            intervention__is_current=True,
        )
        .first()
    )
    if found is None or not access.sees(found.intervention):
        raise Http404
    found.intervention.portfolio = access.portfolio
    return found


def _round_of(
    request: HttpRequest, access: Access, found: Passage
) -> ReviewRound | None:
    """Return the round in which a person was overtaken, so that they go on there."""
    number = request.POST.get("round", "")
    if not number.isdigit():
        return None
    within = round_or_404(access, int(number))
    here = items_for(within, access).filter(passage=found).exists()
    return within if here and not within.is_blind else None


def _finish(
    access: Access,
    sent: Sent,
    passage: Passage,
    *,
    item: ReviewItem | None = None,
    review_round: ReviewRound | None = None,
) -> Reading:
    try:
        return actions.finish(
            by=access.user, passage=passage, item=item, review_round=review_round,
            codes=sent.codes, note=sent.note, seconds=sent.seconds, version=sent.version,
        )  # fmt: skip
    except NotAllowed:
        raise Http404 from None


def _next(
    request: HttpRequest, access: Access, review_round: ReviewRound, after: int
) -> HttpResponse:
    found = (
        next_item(review_round, access, after=after)
        if is_open_to(review_round, access)
        else None
    )
    if found is None:
        return _nothing_left(request, access, review_round)
    found.round = review_round
    found.passage.intervention.portfolio = access.portfolio
    return show(request, access, found)


def show(request: HttpRequest, access: Access, item: ReviewItem) -> HttpResponse:
    if item.round_id and is_open_to(item.round, access):
        claim(item, access.user)
    return _answer(request, access, step_of_item(item, access))


def go_on(
    request: HttpRequest, access: Access, review_round: ReviewRound, after: int
) -> HttpResponse:
    """Give the next passage at once to a page that swaps it in; redirect any other."""
    if request.htmx:  # type: ignore[attr-defined]
        return _next(request, access, review_round, after)
    address = reverse("review", args=(access.portfolio.slug, review_round.pk))
    return redirect(f"{address}?after={after}" if after else address)


def _leave(request: HttpRequest, address: str) -> HttpResponse:
    if request.htmx:  # type: ignore[attr-defined]
        return HttpResponse(headers={"HX-Redirect": address})
    return redirect(address)


def _undo(
    request: HttpRequest,
    access: Access,
    review_round: ReviewRound,
    here: ReviewItem | None,
) -> HttpResponse:
    """Take back one's last reading in the round, and show its passage again."""
    last = queries.last_reading(review_round, access.user)
    problem: str = said("review.refused_nothing_to_undo")
    if last is not None:
        place = last.item
        try:
            actions.undo(reading=last, by=access.user)
        except actions.Refused as refused:
            problem = reason_of(refused, access.portfolio)
        else:
            if place is None:
                return go_on(request, access, review_round, 0)
            if not request.htmx:  # type: ignore[attr-defined]
                return redirect(
                    "review_item", access.portfolio.slug, review_round.pk, place.pk
                )
            return show(request, access, item_or_404(review_round, access, place.pk))
    if here is None:
        return _nothing_left(request, access, review_round, problem)
    step = step_of_item(here, access)
    step.refused = problem
    return _answer(request, access, step)


def _undo_of_passage(
    request: HttpRequest, access: Access, passage: Passage
) -> HttpResponse:
    last = queries.last_reading(None, access.user, of=passage)
    problem: str = said("review.refused_nothing_to_undo")
    if last is not None:
        try:
            actions.undo(reading=last, by=access.user)
            problem = ""
        except actions.Refused as refused:
            problem = reason_of(refused, access.portfolio)
    passage.refresh_from_db(fields=["is_read"])
    step = step_of_passage(passage, access)
    step.refused = problem
    return _answer(request, access, step)


def _again(
    request: HttpRequest,
    access: Access,
    step: Step,
    sent: Sent,
    refused: actions.Refused,
) -> HttpResponse:
    keep_what_was_sent(step, sent).refused = reason_of(refused, access.portfolio)
    return _answer(request, access, step)


def _overtaken(
    request: HttpRequest,
    access: Access,
    passage: Passage,
    sent: Sent,
    overtaken: actions.Overtaken,
    item: ReviewItem | None = None,
) -> HttpResponse:
    """Show what another decided meanwhile beside what the person had ticked."""
    step = keep_what_was_sent(step_of_passage(passage, access), sent)
    step.overtaken = overtaken.reading
    if item is not None:
        step.side = side_of(item.round)
        step.item = item
    return _answer(request, access, step)


def _answer(request: HttpRequest, access: Access, step: Step) -> HttpResponse:
    swaps = request.htmx and not request.htmx.history_restore_request  # type: ignore[attr-defined]
    response = render(
        request,
        "review/_step.html" if swaps else "review/step.html",
        {
            "step": step,
            "section": "review",
            "may_manage": step.side and may_manage(step.side.review_round, access),
            **_codebook_for(access),
        },
    )
    if swaps and step.overtaken is None:
        response["HX-Push-Url"] = step.address
    response["Vary"] = "HX-Request"
    return response


def _nothing_left(
    request: HttpRequest, access: Access, review_round: ReviewRound, problem: str = ""
) -> HttpResponse:
    swaps = request.htmx and not request.htmx.history_restore_request  # type: ignore[attr-defined]
    response = render(
        request,
        "review/_nothing_left.html" if swaps else "review/nothing_left.html",
        {
            "round": review_round,
            "progress": progress_of(review_round),
            "is_open": is_open_to(review_round, access),
            "may_compare": review_round.is_blind and may_compare(access, review_round),
            "today": read_today(review_round, access.user),
            "pace": pace(review_round, access.user),
            "last": queries.last_reading(review_round, access.user),
            "problem": problem,
            "side": side_of(review_round) if review_round.learns else None,
            "may_manage": may_manage(review_round, access),
            "section": "review",
        },
    )
    if swaps:
        response["HX-Push-Url"] = reverse(
            "review", args=(access.portfolio.slug, review_round.pk)
        )
    response["Vary"] = "HX-Request"
    return response


def _codebook_for(access: Access) -> dict[str, object]:
    """Give what the page needs to add a code that nobody suggested."""
    codebook = codebook_of(access.portfolio)
    lone = [facet.facet for facet in codebook.facets.values() if not facet.several]
    return {
        "codebook": codebook,
        "lone_facets": " ".join(lone),
        "blank_row": queries.Row("", "", [], [], []),
    }
