"""What the coder learned: its models, one model's report, and why a code is suggested."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from capmap.coding.learned.training import LEAST_PASSAGES
from capmap.records.actions import learning as actions
from capmap.records.models import Job, LearnedModel, Passage
from capmap.records.permissions import Access
from capmap.records.queries import learning as query
from capmap.records.queries.codebook import codebook_of, coder_name, model_at_start
from capmap.records.queries.codings import codings_of, fill_in
from capmap.records.queries.examples import worked_seen
from capmap.records.queries.recoding import is_coded_by_another, passages_to_code
from capmap.records.queries.review import blind_passages
from capmap.web import effect_page, learning_page, table_answer
from capmap.web.doors import in_portfolio
from capmap.web.templatetags.capmap import said
from capmap.web.views.codebook import code_or_404
from capmap.web.views.intervention import passage_or_404

deciders = in_portfolio(lambda access: access.analyses_everywhere)

#: Models that are listed.
LISTED = 30


@require_safe
@in_portfolio()
def overview(request: HttpRequest, access: Access) -> HttpResponse:
    """Say what codes, how much there is to learn from, and what was learned so far."""
    models = list(query.models_of(access.portfolio)[:LISTED])
    in_use = next((m for m in models if m.state == LearnedModel.State.IN_USE), None)
    progress = query.progress_of(access.portfolio, in_use)
    newest = models[0].made_at if models else None
    context = {
        "section": "codebook",
        "models": models,
        "in_use": in_use,
        "proposed": next((m for m in models if m.state == "proposed"), None),
        "progress": progress,
        "needed": LEAST_PASSAGES,
        "more": max(0, LEAST_PASSAGES - progress.passages),
        "may_decide": access.analyses_everywhere,
        "starts_trained": model_at_start() is not None,
        "worked": len(worked_seen(access).examples),
        "is_stale": is_coded_by_another(access.portfolio, coder_name(access.portfolio)),
        "job": _at_work(access, "learn", since=newest),
        "recoding": _at_work(access, "recode"),
    }
    return render(request, "learning/overview.html", context)


def _at_work(access: Access, kind: str, since: Any = None) -> Job | None:
    """Return the last job of a kind unless it is done, or older than what came of another."""
    jobs = Job.objects.filter(portfolio=access.portfolio, kind=kind).order_by("pk")
    last: Job | None = jobs.last()
    if last is None or last.state == Job.State.DONE:
        return None
    return None if since is not None and last.asked_at < since else last


@require_safe
@in_portfolio()
def model(request: HttpRequest, access: Access, number: int) -> HttpResponse:
    """Show what a model learned, how well it codes, and what it would change."""
    found = _model_or_404(access, number)
    book = codebook_of(access.portfolio)
    context = {
        "section": "codebook",
        "book": book,
        "model": found,
        "is_open": found.state == LearnedModel.State.PROPOSED,
        "may_decide": access.analyses_everywhere,
        "has_changed": found.state == LearnedModel.State.PROPOSED
        and found.effect.get("before") != coder_name(access.portfolio),
        **learning_page.shown(found, book),
    }
    if not access.is_scoped:
        context |= effect_page.shown(access, found.effect)
        context["whole"] = passages_to_code(access.portfolio).count()
    return render(request, "learning/model.html", context)


@require_safe
@in_portfolio(lambda access: access.can_see and not access.is_scoped)
def model_code(
    request: HttpRequest, access: Access, number: int, facet: str, code: str
) -> HttpResponse:
    """Show passages that would gain or lose a code by a model."""
    found = _model_or_404(access, number)
    rows = {(row["facet"], row["code"]): row for row in found.effect["codes"]}
    if (facet, code) not in rows:
        raise Http404
    gained, lost = effect_page.quoted(access, found.effect, facet, code)
    context = {
        "section": "codebook",
        "book": codebook_of(access.portfolio),
        "model": found,
        "facet": facet,
        "code": code,
        "row": rows[facet, code],
        "gained": gained,
        "lost": lost,
    }
    return render(request, "learning/code.html", context)


@require_safe
@in_portfolio(lambda access: access.can_export)
def model_file(
    request: HttpRequest, access: Access, number: int, name: str, form: str
) -> HttpResponse:
    """Give a table of a model's report: facets, codes, reliability or changes."""
    found = _model_or_404(access, number)
    if name == "changes":
        if access.is_scoped:
            raise PermissionDenied
        table = effect_page.table(found.effect)
    else:
        asked = learning_page.table(found, codebook_of(access.portfolio), name)
        if asked is None:
            raise Http404
        table = asked
    return table_answer.answer(table, f"model-{number}-{name}", form)


@require_POST
@deciders
def start(request: HttpRequest, access: Access) -> HttpResponse:
    """Have the coder learn from what was read."""
    return _done(
        request,
        access,
        lambda: actions.learn(portfolio=access.portfolio, by=access.user),
    )


@require_POST
@deciders
def adopt(request: HttpRequest, access: Access, number: int) -> HttpResponse:
    """Let a model code together with the lexicon."""
    found = _model_or_404(access, number)
    return _done(
        request, access, lambda: actions.adopt(model=found, by=access.user),
        said("learning.adopted", number=number),
    )  # fmt: skip


@require_POST
@deciders
def dismiss(request: HttpRequest, access: Access, number: int) -> HttpResponse:
    """Say no to a proposed model."""
    found = _model_or_404(access, number)
    return _done(
        request, access, lambda: actions.dismiss(model=found, by=access.user),
        said("learning.dismissed", number=number),
    )  # fmt: skip


@require_POST
@deciders
def back(request: HttpRequest, access: Access) -> HttpResponse:
    """Go back to a model that was in use (``to``), or to the coder as it started (0)."""
    to = request.POST.get("to", "")[:9]
    if not (to.isascii() and to.isdigit()):
        raise Http404
    wanted = _model_or_404(access, int(to)) if int(to) else None
    return _done(
        request, access,
        lambda: actions.go_back(portfolio=access.portfolio, by=access.user, to=wanted),
        said("learning.adopted", number=int(to))
        if wanted
        else said(
            "learning.started_again" if model_at_start() else "learning.lexicon_again"
        ),
    )  # fmt: skip


@require_POST
@deciders
def anew(request: HttpRequest, access: Access) -> HttpResponse:
    """Code anew by the coder that codes now what nobody has read."""
    return _done(
        request, access,
        lambda: actions.code_anew(portfolio=access.portfolio, by=access.user),
        said("learning.anew_started"),
    )  # fmt: skip


def _done(
    request: HttpRequest,
    access: Access,
    act: Callable[[], object],
    told: str = "",
) -> HttpResponse:
    """Do what was asked, tell how it went, and show where the models stand."""
    try:
        act()
    except actions.Refused as refused:
        messages.warning(request, said(f"learning.refused_{refused.reason}"))
    else:
        if told:
            messages.success(request, told)
    return redirect("learning", access.portfolio.slug)


@require_safe
@in_portfolio()
def why(
    request: HttpRequest, access: Access, pk: int, number: int, facet: str, code: str
) -> HttpResponse:
    """Say why a code is suggested on a passage; not to who must read the passage blind."""
    intervention, passage = passage_or_404(access, pk, number)
    if blind_passages([passage.pk], access.user):
        raise PermissionDenied
    book = codebook_of(access.portfolio)
    found = code_or_404(book, facet, code)
    codings = codings_of(Passage.objects.filter(pk=passage.pk), book)
    fill_in(codings, [passage.pk])
    reason = query.why(access, passage, facet, code)
    context = {
        "section": "interventions",
        "intervention": intervention,
        "passage": passage,
        "texts": {passage.pk: passage},
        "book": book,
        "code": found,
        "why": reason,
        "parts": learning_page.parts(reason.because)
        if reason and reason.because
        else [],
        "rows": [
            one
            for one in (*codings.counted, *codings.rejected)
            if (one.facet, one.code) == (facet, code)
        ],
    }
    return render(request, "learning/why.html", context)


def _model_or_404(access: Access, number: int) -> LearnedModel:
    found = query.models_of(access.portfolio).filter(number=number).first()
    if found is None:
        raise Http404
    return found
