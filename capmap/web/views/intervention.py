"""The page of one intervention, and of one of its passages."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from capmap.analysis.integration import LEVELS
from capmap.records.actions import verdicts
from capmap.records.models import Intervention, Passage
from capmap.records.permissions import Access
from capmap.records.queries import comments as comments_query
from capmap.records.queries import intervention as query
from capmap.records.queries.codebook import codebook_of
from capmap.records.queries.codings import Codings, codings_of, fill_in
from capmap.records.queries.decided import is_decided
from capmap.records.queries.examples import own_example_of
from capmap.records.queries.profile import level_shares, profile_of
from capmap.records.queries.review import blind_passages
from capmap.web import page_shares
from capmap.web.csv_answer import csv_answer
from capmap.web.doors import in_portfolio, intervention_or_404
from capmap.web.forms.comments import CommentForm
from capmap.web.forms.interventions import VerdictForm
from capmap.web.templatetags.capmap import said, text

#: Passages on one page; an intervention may have thousands.
PASSAGES = 20

#: Codings told under one code; the rest stands with the passages.
TOLD = 4

#: Rejected codes that are listed; the rest stands with the passages.
REJECTED = 40


@require_safe
@in_portfolio()
def page(request: HttpRequest, access: Access, pk: int) -> HttpResponse:
    """Show all that is known of one intervention."""
    return show(request, access, intervention_or_404(access, pk))


def show(
    request: HttpRequest, access: Access, intervention: Intervention, **forms: Any
) -> HttpResponse:
    """Show an intervention, with forms that hold errors if there are any."""
    book = codebook_of(access.portfolio)
    passages = query.passages_of(intervention)
    every = list(passages.values_list("pk", "language"))
    blind = blind_passages([pk for pk, _ in every], access.user)
    codings = codings_of(passages, book, blind=blind)
    wanted, shown = _chosen(request, [pk for pk, _ in every], codings)
    facets = codings.by_facet()
    quoted = {
        one.passage
        for _, codes in facets
        for found in codes
        for one in (found.best, *found.codings[:TOLD])
    }
    quoted.update(one.passage for one in codings.rejected[:REJECTED])
    texts = Passage.objects.in_bulk([*shown.object_list, *quoted])
    fill_in(codings, texts)
    _hide_that_read(texts, blind)
    verdict = query.verdict_of(intervention)
    comments = comments_query.comments_of(intervention)
    context = {
        "section": "interventions",
        "intervention": intervention,
        "book": book,
        "codings": codings,
        "facets": facets,
        "count": len(every),
        "languages": sorted({language for _, language in every if language}),
        "profile": profile_of(codings, level_shares(access)),
        "estimates": (of_passages := page_shares.estimates_of(access, "passages")),
        "in_portfolio": page_shares.by_level(of_passages, list(LEVELS)),
        "countries": list(intervention.countries.order_by("pk")),
        "family": query.family_of(intervention, access),
        "files": query.files_of(intervention),
        "texts": texts,
        "told": TOLD,
        "rejected": codings.rejected[:REJECTED],
        "code": wanted,
        "shown": shown,
        "passages": [(texts[pk], codings.of_passage.get(pk, [])) for pk in shown],
        "verdict": verdict,
        "verdict_form": VerdictForm.of(verdict),
        "comments": comments,
        "comment_form": _comment_form(access, intervention),
        "changes": query.changes_of(intervention, verdict, comments, blind),
    }
    return render(request, "intervention/page.html", context | forms)


def _hide_that_read(texts: dict[int, Passage], blind: set[int]) -> None:
    """Let passages seem unread whose decisions the person must not know."""
    for pk in blind & texts.keys():
        texts[pk].is_read = False


def _comment_form(access: Access, intervention: Intervention) -> CommentForm | None:
    if not access.can_comment:
        return None
    return CommentForm(people=comments_query.people_to_ask(intervention, access.user))


def _chosen(
    request: HttpRequest, every: list[int], codings: Codings
) -> tuple[str, Any]:
    """Return the code that the address asks for, and the page of passages that have it."""
    code = request.GET.get("code", "")
    if code:
        having = {c.passage for c in codings.counted if f"{c.facet}:{c.code}" == code}
        every = [pk for pk in every if pk in having]
    return code, Paginator(every, PASSAGES).get_page(request.GET.get("page"))


@require_safe
@in_portfolio()
def passage(request: HttpRequest, access: Access, pk: int, number: int) -> HttpResponse:
    """Show one passage in its context, with all its codings and its questions."""
    return show_passage(request, access, *passage_or_404(access, pk, number))


def passage_or_404(
    access: Access, pk: int, number: int
) -> tuple[Intervention, Passage]:
    """Return a passage that stands, with its intervention, or answer 404."""
    intervention = intervention_or_404(access, pk)
    found = (
        query.passages_of(intervention)
        .select_related("file__arrived_with")
        .filter(pk=number)
        .first()
    )
    if found is None:
        raise Http404
    return intervention, found


def show_passage(
    request: HttpRequest,
    access: Access,
    intervention: Intervention,
    passage: Passage,
    **forms: Any,
) -> HttpResponse:
    """Show a passage, with forms that hold errors if there are any."""
    book = codebook_of(access.portfolio)
    before, after = query.around(passage)
    blind = blind_passages([passage.pk], access.user)
    codings = codings_of(Passage.objects.filter(pk=passage.pk), book, blind=blind)
    fill_in(codings, [passage.pk])
    _hide_that_read({passage.pk: passage}, blind)
    context = {
        "section": "interventions",
        "intervention": intervention,
        "passage": passage,
        "texts": {passage.pk: passage},
        "before": before,
        "after": after,
        "book": book,
        "codings": codings,
        "readings": [] if blind else query.readings_of(passage),
        "own_example": own_example_of(passage) if passage.is_read else None,
        "may_be_example": is_decided(passage),
        "comments": [
            c
            for c in comments_query.comments_of(intervention)
            if c.passage_id == passage.pk
        ],
        "comment_form": _comment_form(access, intervention),
    }
    return render(request, "intervention/passage.html", context | forms)


@require_POST
@in_portfolio(lambda access: access.can_review or access.can_correct)
def verdict(request: HttpRequest, access: Access, pk: int) -> HttpResponse:
    """Answer for a whole intervention, or take the answer away."""
    intervention = intervention_or_404(access, pk)
    if "withdraw" in request.POST:
        verdicts.withdraw(intervention=intervention, by=access.user)
        messages.success(request, said("intervention.verdict_withdrawn"))
    else:
        form = VerdictForm(request.POST)
        if not form.is_valid():
            return show(request, access, intervention, verdict_form=form)
        verdicts.decide(intervention=intervention, by=access.user, **form.cleaned_data)
        messages.success(request, said("intervention.verdict_saved"))
    return redirect("intervention", access.portfolio.slug, pk)


@require_safe
@in_portfolio()
def codings_csv(request: HttpRequest, access: Access, pk: int) -> HttpResponse:
    """Give every coding of an intervention with its quotation as CSV, rejected ones too."""
    if not access.can_export:
        raise PermissionDenied
    intervention = intervention_or_404(access, pk)
    passages = query.passages_of(intervention)
    texts = {passage.pk: passage for passage in passages}
    blind = blind_passages(texts, access.user)
    codings = codings_of(passages, codebook_of(access.portfolio), blind=blind)
    fill_in(codings, texts)
    rows = (
        (
            intervention.identifier, intervention.title, one.position,
            texts[one.passage].place, texts[one.passage].language,
            one.facet, text(codings.facet_label(one.facet)), one.code, text(one.label),
            one.confidence, one.doubtful, one.coder, one.basis, one.because, one.status,
            one.decided_by, one.decided_at and one.decided_at.isoformat(),
            " | ".join(texts[one.passage].text[a:b] for a, b in one.spans),
            texts[one.passage].text,
        )
        for one in sorted([*codings.counted, *codings.rejected], key=lambda c: c.position)
    )  # fmt: skip
    heads = (
        "intervention_id", "title", "position", "place", "language", "facet",
        "facet_label", "code", "code_label", "confidence", "doubtful", "coder", "basis",
        "because", "status", "decided_by", "decided_at", "quote", "text",
    )  # fmt: skip
    return csv_answer(f"codings-{intervention.pk}", heads, rows)
