"""Why a round that learns may stop, or may not yet: draws, bound, assumptions, files."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from capmap.records.actions.review_rounds import may_manage
from capmap.records.models import ReviewRound
from capmap.records.permissions import Access
from capmap.records.queries.review_standing import batches_of, way_of
from capmap.web.doors import in_portfolio, round_or_404
from capmap.web.review_step import side_of
from capmap.web.stopping_page import SHOWN, batch_rows, picture_of, table_of
from capmap.web.table_answer import answer
from capmap.web.views.review import reviewers


@require_safe
@reviewers
def page(request: HttpRequest, access: Access, pk: int) -> HttpResponse:
    """Show how the random draws went, the bound over time, and what it rests on."""
    review_round = _round(access, pk)
    side = side_of(review_round)
    assert side.finds is not None
    rows = batch_rows(batches_of(review_round))
    return render(
        request,
        "review/stopping.html",
        {
            "round": review_round,
            "side": side,
            "finds": side.finds,
            "stands": side.finds.standing,
            "picture": picture_of(way_of(review_round), side.finds.standing),
            "rows": rows[-SHOWN:],
            "earlier": max(0, len(rows) - SHOWN),
            "may_manage": may_manage(review_round, access),
            "section": "review",
        },
    )


@require_safe
@in_portfolio(lambda access: access.can_review and access.can_export)
def files(request: HttpRequest, access: Access, pk: int, name: str) -> HttpResponse:
    """Give a table of the page as a file: batches, draws or way, as csv or xlsx."""
    review_round = _round(access, pk)
    stem, _, form = name.rpartition(".")
    table = table_of(stem, review_round, access)
    if table is None:
        raise Http404
    return answer(table, f"{stem}-{review_round.pk}", form)


def _round(access: Access, pk: int) -> ReviewRound:
    review_round = round_or_404(access, pk)
    if not review_round.learns:
        raise Http404
    return review_round
