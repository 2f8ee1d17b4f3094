"""Rounds of review: the list, a new one, how far each is, who reads it."""

from collections.abc import Callable, Iterator

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from capmap.records.actions import people, review_rounds
from capmap.records.models import ReviewRound, User
from capmap.records.permissions import Access, NotAllowed
from capmap.records.queries.agreement import may_compare
from capmap.records.queries.codebook import codebook_of
from capmap.records.queries.review_rounds import (
    pace,
    people_of,
    readings_for_export,
    rounds_of,
)
from capmap.web.csv_answer import csv_answer
from capmap.web.doors import in_portfolio, round_or_404
from capmap.web.forms.review import (
    ReadersForm,
    RoundForm,
    filled_in,
    filter_from,
    filter_in_words,
    passages_wanted,
    readers_wanted,
    unit_wanted,
)
from capmap.web.review_step import is_open_to, side_of
from capmap.web.templatetags.capmap import said, text
from capmap.web.views.review import reviewers


@require_safe
@reviewers
def listing(request: HttpRequest, access: Access) -> HttpResponse:
    """List the rounds, those open to the person first."""
    rows = [
        {
            "round": one,
            "progress": progress,
            "mine": mine,
            "pace": pace(one, access.user),
        }
        for one, progress, mine in rounds_of(access)
    ]
    return render(request, "review/rounds.html", {"rows": rows, "section": "review"})


@reviewers
def new(request: HttpRequest, access: Access) -> HttpResponse:
    """Make a round; ``from`` takes over the filter of a list or map.

    Other parts of the address fill in the form, as a share does that needs readings.
    """
    codebook = codebook_of(access.portfolio)
    origin = request.POST.get("from", request.GET.get("from", ""))
    taken_over = filter_from(origin, codebook)
    form = RoundForm(
        request.POST or None,
        allowed=access,
        initial={
            "languages": taken_over.get("languages", []),
            **filled_in(request.GET),
        },
    )
    if request.method == "POST" and form.is_valid():
        made = _make(access, form, taken_over)
        if made is not None:
            reads = is_open_to(made, access)
            return redirect(
                "review" if reads else "round", access.portfolio.slug, made.pk
            )
    return render(
        request,
        "review/round_new.html",
        {
            "form": form,
            "from": origin,
            "kept": filter_in_words(taken_over, codebook),
            "section": "review",
        },
    )


@require_safe
@reviewers
def progress(request: HttpRequest, access: Access, pk: int) -> HttpResponse:
    """Show how far a round is, person by person."""
    return _page(request, access, round_or_404(access, pk))


@require_safe
@reviewers
def readings(request: HttpRequest, access: Access, pk: int) -> HttpResponse:
    """Export what was found, one row a code; a passage without codes has one row too."""
    review_round = round_or_404(access, pk)
    heads = [said(f"review.column_{name}") for name in _COLUMNS]
    return csv_answer(
        f"readings-{review_round.pk}", heads, _rows_of(review_round, access)
    )


@require_POST
@reviewers
def close(request: HttpRequest, access: Access, pk: int) -> HttpResponse:
    """End a round."""
    return _change(access, pk, review_rounds.close_round)


@require_POST
@reviewers
def reopen(request: HttpRequest, access: Access, pk: int) -> HttpResponse:
    """Let a closed round go on."""
    return _change(access, pk, review_rounds.reopen_round)


@require_POST
@in_portfolio(lambda access: access.can_analyse)
def assign(request: HttpRequest, access: Access, pk: int) -> HttpResponse:
    """Share out anew what is still open."""
    review_round = round_or_404(access, pk)
    form = ReadersForm(request.POST, review_round=review_round)
    if form.is_valid():
        try:
            review_rounds.assign(
                review_round=review_round, by=access.user,
                readers=list(form.cleaned_data["readers"]),
            )  # fmt: skip
        except review_rounds.Refused as refused:
            form.add_error("readers", _reason(refused))
        else:
            messages.success(request, said("review.shared_out"))
            return redirect("round", access.portfolio.slug, review_round.pk)
    return _page(request, access, review_round, form)


@require_POST
@reviewers
def keys(request: HttpRequest, access: Access) -> HttpResponse:
    """Turn the single keys of the review page on or off."""
    me: User = access.user
    people.describe(
        user=me, by=me, name=me.name, language=me.language,
        uses_keys=request.POST.get("uses_keys") == "yes",
    )  # fmt: skip
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}):
        return redirect("rounds", access.portfolio.slug)
    return redirect(back)


_COLUMNS = (
    "position", "intervention", "passage", "place", "text", "reader", "read_at",
    "seconds", "facet", "code", "label", "doubtful", "words", "note",
)  # fmt: skip


def _rows_of(review_round: ReviewRound, access: Access) -> Iterator[list[object]]:
    codebook = codebook_of(review_round.portfolio)
    for reading in readings_for_export(review_round, access):
        passage = reading.passage
        before = [
            reading.item.number if reading.item else "", passage.intervention.identifier,
            passage.pk, passage.place, passage.text, reading.reader, reading.read_at.isoformat(),
            reading.seconds,
        ]  # fmt: skip
        for code in reading.codes.all():
            facet = codebook.facets.get(code.facet)
            known = facet.codes.get(code.code) if facet else None
            words = " … ".join(passage.text[start:end] for start, end in code.spans)
            label = text(known.label) if known else ""
            doubt = said("review.doubtful") if code.doubtful else ""
            yield [*before, code.facet, code.code, label, doubt, words, reading.note]
        if not reading.codes.all():
            yield [*before, "", "", "", "", "", reading.note]


#: The field beside which a refusal is said.
_ABOUT = {
    "two_readers_needed": "readers",
    "nobody_sees": "readers",
    "whole_only_at_random": "unit",
    "learning_needs_question": "question",
    "learning_not_blind": "order",
    "learning_takes_all": "size",
}


def _make(
    access: Access, form: RoundForm, taken_over: dict[str, object]
) -> ReviewRound | None:
    asked = form.cleaned_data
    try:
        return review_rounds.make_round(
            portfolio=access.portfolio,
            by=access.user,
            title=asked["title"],
            passages=passages_wanted(asked, taken_over),
            size=asked["size"],
            order=asked["order"],
            unit=unit_wanted(asked),
            readers=readers_wanted(asked, access),
            readers_per_passage=2 if asked.get("blind") else 1,
            question=asked["question"],
        )
    except review_rounds.Refused as refused:
        field = _ABOUT.get(refused.reason)
        form.add_error(field if field in form.fields else None, _reason(refused))
        return None


def _page(
    request: HttpRequest,
    access: Access,
    review_round: ReviewRound,
    form: ReadersForm | None = None,
) -> HttpResponse:
    return render(
        request,
        "review/round.html",
        {
            "round": review_round,
            "side": side_of(review_round),
            "people": people_of(review_round),
            "is_open": is_open_to(review_round, access),
            "may_compare": review_round.is_blind and may_compare(access, review_round),
            "may_manage": review_rounds.may_manage(review_round, access),
            "form": form or ReadersForm(review_round=review_round),
            "section": "review",
        },
    )


def _change(
    access: Access, pk: int, action: Callable[..., ReviewRound]
) -> HttpResponse:
    review_round = round_or_404(access, pk)
    try:
        action(review_round=review_round, by=access.user)
    except NotAllowed:
        raise PermissionDenied from None
    return redirect("round", access.portfolio.slug, review_round.pk)


def _reason(refused: review_rounds.Refused) -> str:
    return said(f"review.refused_{refused.reason}", **refused.values)
