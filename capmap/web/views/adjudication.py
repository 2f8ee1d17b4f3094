"""Where two readers differ, a third person decides: queue, passage, undo, what was decided."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from capmap.records.actions import adjudication, review
from capmap.records.models import Reading, ReviewRound
from capmap.records.permissions import Access
from capmap.records.queries import agreement
from capmap.records.queries.agreement import Code, Pair
from capmap.records.queries.codebook import codebook_of
from capmap.web.doors import in_portfolio, round_or_404
from capmap.web.templatetags.agreement import code_name
from capmap.web.templatetags.capmap import said
from capmap.web.templatetags.evidence import Marked
from capmap.web.views.agreement import compared


@require_safe
@in_portfolio(lambda access: access.can_review)
def queue(request: HttpRequest, access: Access, pk: int) -> HttpResponse:
    """List the passages on which two readers differ, those to decide first."""
    review_round, found = compared(access, pk)
    waiting = agreement.queue(found)
    may = review_round.is_blind and agreement.may_adjudicate(access, review_round)
    context = {
        "section": "review",
        "round": review_round,
        "waiting": waiting,
        "open": sum(pair.decided is None for pair in waiting),
        "next": agreement.next_open(waiting),
        "book": codebook_of(access.portfolio),
        "read": len(found),
        "may_adjudicate": may,
    }
    name = "adjudication_queue" if review_round.is_blind else "not_blind"
    return render(request, f"agreement/{name}.html", context)


@in_portfolio(lambda access: access.can_review)
def passage(
    request: HttpRequest, access: Access, pk: int, passage: int
) -> HttpResponse:
    """Show what two found in a passage, and keep what the adjudicator decides."""
    review_round, waiting, pair = _pair(access, pk, passage)
    if request.method != "POST":
        return _show(request, access, review_round, waiting, pair)
    if not agreement.may_adjudicate(access, review_round):
        raise PermissionDenied
    note = request.POST.get("note", "").strip()
    codes = _codes(request)
    error = "" if note else "why_needed"
    if not error:
        try:
            adjudication.settle(
                review_round=review_round, passage=pair.passage, by=access.user, codes=codes,
                note=note, instead_of=_number(request.POST.get("instead_of", "")),
            )  # fmt: skip
        except adjudication.Refused as refused:
            error = refused.reason
        except review.Refused:
            error = "decided_since"
    if error:
        _, waiting, pair = _pair(access, pk, passage)

        return _show(
            request, access, review_round, waiting, pair,
            error=error, note=note, ticked=codes,
        )  # fmt: skip
    messages.success(request, said("agreement.settled", number=pair.position))
    after = [one for one in waiting if one.passage.pk != pair.passage.pk]
    following = agreement.next_open(after, pair.position)
    slug = access.portfolio.slug
    if following is None:
        return redirect("adjudicate", slug, pk)
    return redirect("adjudicate_passage", slug, pk, following.passage.pk)


def _show(
    request: HttpRequest,
    access: Access,
    review_round: ReviewRound,
    waiting: list[Pair],
    pair: Pair,
    *,
    error: str = "",
    note: str | None = None,
    ticked: list[Code] | None = None,
) -> HttpResponse:
    book = codebook_of(access.portfolio)
    decided = pair.given(pair.decided) if pair.decided else None
    if ticked is None:
        ticked = list(decided) if decided is not None else pair.both
    if note is None:
        note = pair.decided.note if pair.decided else ""
    named = [*pair.differing, *pair.both]
    before, after = agreement.neighbours(waiting, pair)
    context = {
        "section": "review",
        "round": review_round,
        "pair": pair,
        "book": book,
        "marks": _marks(pair, access),
        "choices": [(code, code in ticked, *_by_whom(pair, code)) for code in named],
        "added": [code for code in ticked if code not in named],
        "others": [
            (facet, [c for c in facet.codes.values() if (c.facet, c.code) not in named])
            for facet in book.facets.values()
            if facet.codes
        ],
        "ticked": ticked,
        "note": note,
        "error": error,
        "before": before,
        "after": after,
        "place": [one.passage.pk for one in waiting].index(pair.passage.pk) + 1,
        "count": len(waiting),
        "done": sum(one.decided is not None for one in waiting),
        "may_adjudicate": agreement.may_adjudicate(access, review_round),
        "is_reader": access.user.pk in (pair.first.reader_id, pair.second.reader_id),
    }
    return render(
        request, "agreement/adjudicate.html", context, status=422 if error else 200
    )


def _pair(
    access: Access, pk: int, passage: int
) -> tuple[ReviewRound, list[Pair], Pair]:
    review_round, found = compared(access, pk)
    waiting = agreement.queue(found)
    for pair in waiting:
        if pair.passage.pk == passage:
            return review_round, waiting, pair
    raise Http404


def _by_whom(pair: Pair, code: Code) -> tuple[Any, Any]:
    """Return what each of the two gave for a code, None where they did not give it."""
    return pair.given(pair.first).get(code), pair.given(pair.second).get(code)


def _marks(pair: Pair, access: Access) -> list[Marked]:
    """Return the words that the two marked, each with the code and who gave it."""
    book = codebook_of(access.portfolio)
    return [
        Marked(start, end, facet, f"{code_name(book, facet, name)}: {reading.reader}")
        for reading in (pair.first, pair.second)
        for (facet, name), code in pair.given(reading).items()
        for start, end in code.spans
    ]


def _codes(request: HttpRequest) -> list[Code]:
    sent = dict.fromkeys(request.POST.getlist("code"))
    return [(facet, code) for facet, _, code in (one.partition(":") for one in sent)]


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 19 else None


@require_POST
@in_portfolio(lambda access: access.can_analyse)
def undo(request: HttpRequest, access: Access, pk: int, passage: int) -> HttpResponse:
    """Take a decision back and show the passage again."""
    review_round, _, pair = _pair(access, pk, passage)
    if not agreement.may_adjudicate(access, review_round):
        raise PermissionDenied
    try:
        adjudication.undo(
            review_round=review_round, passage=pair.passage, by=access.user
        )
    except review.Refused:
        messages.error(request, said("agreement.decided_since"))
    else:
        messages.success(request, said("agreement.undone", number=pair.position))
    return redirect("adjudicate_passage", access.portfolio.slug, pk, passage)


@require_safe
@in_portfolio(lambda access: access.can_review)
def decided(request: HttpRequest, access: Access, pk: int) -> HttpResponse:
    """Show a reader what was decided on the passages that they read, and why."""
    review_round = round_or_404(access, pk)
    rows: list[tuple[Pair, Reading]] = []
    for pair in agreement.pairs(access, review_round):
        for own in (pair.first, pair.second):
            if own.reader_id == access.user.pk and pair.decided is not None:
                rows.append((pair, own))
    context = {
        "section": "review",
        "round": review_round,
        "book": codebook_of(access.portfolio),
        "rows": [
            (
                pair,
                own,
                [(c, c in pair.given(own)) for c in sorted(pair.given(pair.decided))],
                sorted(pair.given(own).keys() - pair.given(pair.decided).keys()),
            )
            for pair, own in rows
            if pair.decided is not None
        ],
    }
    return render(request, "agreement/decided.html", context)
