"""How the codebook changes: proposals, trials, versions."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from capmap.frameworks.changed import TermEdit
from capmap.records.actions import codebook as actions
from capmap.records.models import (
    CodebookVersion,
    Job,
    TermChange,
)
from capmap.records.permissions import Access, NotAllowed
from capmap.records.queries import codebook_use, term_candidates
from capmap.records.queries.codebook import codebook_of, newest_number
from capmap.web import effect_page, table_answer
from capmap.web.doors import in_portfolio
from capmap.web.forms.codebook import AdoptionForm, ProposalForm, TrialForm
from capmap.web.templatetags.capmap import language, percent, said

reviewers = in_portfolio(lambda access: access.can_review)
adopters = in_portfolio(lambda access: access.analyses_everywhere)

#: A term that stands in more than this share of the passages is called broad.
BROAD = 0.05


@reviewers
def proposals(request: HttpRequest, access: Access) -> HttpResponse:
    """Show what is proposed and what could be; take a proposal."""
    book = codebook_of(access.portfolio)
    start = {
        "key": request.GET.get("key", ""),
        "term": request.GET.get("term", "")[:1000],
    }
    form = ProposalForm(request.POST or None, book=book, initial=start)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.propose(
                portfolio=access.portfolio, by=access.user, **form.values()
            )
        except actions.Refused as refused:
            form.add_error("term", _reason(refused))
        else:
            _say_proposed(request, access, made)
            return redirect("codebook_propose", access.portfolio.slug)
    return _proposals(request, access, form)


@require_POST
@reviewers
def decline(request: HttpRequest, access: Access, pk: int) -> HttpResponse:
    """Decline a proposal, or take one's own back."""
    change = TermChange.objects.filter(pk=pk, portfolio=access.portfolio).first()
    if change is None:
        raise Http404
    try:
        actions.decline(
            change=change, by=access.user, answer=request.POST.get("answer", "")[:1000]
        )
    except NotAllowed:
        raise PermissionDenied from None
    except actions.Refused as refused:
        messages.warning(request, _reason(refused))
    else:
        messages.success(request, said("codebook.declined", term=change.term))
    return redirect("codebook_propose", access.portfolio.slug)


@require_POST
@reviewers
def try_out(request: HttpRequest, access: Access) -> HttpResponse:
    """Start a trial of chosen proposals and terms of one's own."""
    book = codebook_of(access.portfolio)
    form = TrialForm(request.POST, portfolio=access.portfolio, book=book)
    if form.is_valid():
        try:
            job = actions.start_trial(
                portfolio=access.portfolio,
                by=access.user,
                changes=list(form.cleaned_data["changes"]),
                edits=form.cleaned_data["lines"],
            )
        except actions.Refused as refused:
            form.add_error(None, _reason(refused))
        else:
            return redirect("codebook_trial", access.portfolio.slug, job.pk)
    return _proposals(request, access, ProposalForm(book=book), form)


@require_safe
@reviewers
def trial(request: HttpRequest, access: Access, pk: int) -> HttpResponse:
    """Show how far a trial is, then what would change."""
    job = _trial_or_404(access, pk)
    return render(request, "codebook/trial.html", _trial_context(access, job))


@require_safe
@in_portfolio(lambda access: access.can_review and access.can_export)
def trial_file(
    request: HttpRequest, access: Access, pk: int, form: str
) -> HttpResponse:
    """Give the counts of a trial as CSV or XLSX."""
    job = _trial_or_404(access, pk)
    if job.state != Job.State.DONE:
        raise Http404
    return table_answer.answer(
        effect_page.table(job.result), f"codebook-trial-{pk}", form
    )


@require_POST
@adopters
def adopt(request: HttpRequest, access: Access) -> HttpResponse:
    """Make what was tried the next version of the codebook."""
    form = AdoptionForm(request.POST)
    if not form.is_valid():
        raise Http404
    job = _trial_or_404(access, form.cleaned_data["trial"])
    if job.state != Job.State.DONE:
        raise Http404
    chosen = TermChange.objects.filter(
        pk__in=job.about["changes"], portfolio=access.portfolio
    )
    effect = {name: job.result[name] for name in ("codes", "decisions", "passages")}
    try:
        version = actions.adopt(
            portfolio=access.portfolio, by=access.user, base=form.cleaned_data["base"],
            changes=list(chosen.order_by("pk")), note=form.cleaned_data["note"],
            edits=[TermEdit(**edit) for edit in job.about["edits"]], effect=effect,
        )  # fmt: skip
    except (actions.Overtaken, actions.Refused) as stopped:
        _say_stopped(request, stopped)
        return redirect("codebook_versions", access.portfolio.slug)
    messages.success(request, said("codebook.adopted", number=version.number))
    return redirect("codebook_versions", access.portfolio.slug)


@require_safe
@in_portfolio()
def versions(request: HttpRequest, access: Access) -> HttpResponse:
    """List the versions with what each changed."""
    held = list(
        CodebookVersion.objects.filter(portfolio=access.portfolio)
        .select_related("made_by")
        .prefetch_related("changes__proposed_by")
    )
    at_work = Job.objects.filter(portfolio=access.portfolio, kind="recode").last()
    return render(
        request,
        "codebook/versions.html",
        {
            "section": "codebook",
            "book": codebook_of(access.portfolio),
            "versions": held,
            "number": held[0].number if held else 0,
            "may_adopt": access.analyses_everywhere,
            "job": at_work if at_work and at_work.state != Job.State.DONE else None,
        },
    )


@require_POST
@adopters
def back(request: HttpRequest, access: Access) -> HttpResponse:
    """Go back to the terms of an earlier version."""
    to, base = request.POST.get("to", ""), request.POST.get("base", "")
    if not (to.isascii() and to.isdigit() and base.isascii() and base.isdigit()):
        raise Http404
    try:
        version = actions.revert(
            portfolio=access.portfolio,
            by=access.user,
            base=int(base[:9]),
            to=int(to[:9]),
        )
    except (actions.Overtaken, actions.Refused) as stopped:
        _say_stopped(request, stopped)
    else:
        messages.success(request, said("codebook.adopted", number=version.number))
    return redirect("codebook_versions", access.portfolio.slug)


def _proposals(
    request: HttpRequest,
    access: Access,
    form: ProposalForm,
    trial_form: TrialForm | None = None,
) -> HttpResponse:
    book = codebook_of(access.portfolio)
    open_ones = TermChange.objects.filter(portfolio=access.portfolio, state="proposed")
    declined = TermChange.objects.filter(portfolio=access.portfolio, state="declined")
    return render(
        request,
        "codebook/proposals.html",
        {
            "section": "codebook",
            "book": book,
            "form": form,
            "trial_form": trial_form
            or TrialForm(portfolio=access.portfolio, book=book),
            "proposals": open_ones.select_related("proposed_by").order_by("pk"),
            "declined": declined.select_related("decided_by").order_by("-decided_at")[
                :20
            ],
            "marked": term_candidates.marked(access),
            "weighty": term_candidates.weighty(access),
            "refused": term_candidates.refused(access),
        },
    )


def _trial_or_404(access: Access, pk: int) -> Job:
    """Return a trial that counts no more countries than the person sees."""
    job = Job.objects.filter(pk=pk, portfolio=access.portfolio, kind="trial").first()
    if job is None:
        raise Http404
    countries = set(job.about["countries"])
    if access.is_scoped and (not countries or countries - set(access.countries)):
        raise Http404
    return job


def _trial_context(access: Access, job: Job) -> dict[str, Any]:
    context: dict[str, Any] = {
        "section": "codebook",
        "book": codebook_of(access.portfolio),
        "job": job,
        "may_adopt": access.analyses_everywhere,
    }
    if job.state != Job.State.DONE:
        return context
    number = newest_number(access.portfolio)
    return context | {
        **effect_page.shown(access, job.result),
        "examples": effect_page.examples(access, job.result),
        "is_overtaken": number != job.about["base"],
        "form": AdoptionForm(initial={"trial": job.pk, "base": job.about["base"]}),
    }


def _say_proposed(request: HttpRequest, access: Access, made: TermChange) -> None:
    messages.success(request, said("codebook.proposed", term=made.term))
    if made.removes:
        return
    found, looked_at = codebook_use.breadth(access, made.term)
    if looked_at and found / looked_at > BROAD:
        part = percent(found / looked_at)
        told = said("codebook.broad", term=made.term, count=found, share=part)
        messages.warning(request, told)


def _say_stopped(
    request: HttpRequest, stopped: actions.Overtaken | actions.Refused
) -> None:
    if isinstance(stopped, actions.Refused):
        messages.warning(request, _reason(stopped))
        return
    version = stopped.version
    name = str(version.made_by) if version and version.made_by else "capmap"
    number = version.number if version else 0
    messages.warning(request, said("codebook.overtaken", name=name, number=number))


def _reason(refused: actions.Refused) -> str:
    if refused.finding is not None:
        finding = refused.finding
        return f"{finding.reason(language())} {finding.remedy(language())}"
    return str(said(f"codebook.refused_{refused.reason}", **refused.values))
