"""Worked examples: all of a code, what could become one, and what the portfolio took."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from capmap.records.actions import examples as actions
from capmap.records.models import OwnExample, Passage
from capmap.records.permissions import Access, NotAllowed
from capmap.records.queries import example_candidates as candidates
from capmap.records.queries import examples as query
from capmap.records.queries.codebook import codebook_of
from capmap.records.queries.review import blind_passages
from capmap.web import example_files
from capmap.web.doors import in_portfolio
from capmap.web.forms.examples import ExampleForm, ExamplesFilter
from capmap.web.templatetags.capmap import language, said
from capmap.web.views.codebook import code_or_404

deciders = in_portfolio(lambda access: access.analyses_everywhere)

#: Examples on one page of a list, and own ones or declined ones that are listed.
A_PAGE, LISTED = 20, 60


@require_safe
@in_portfolio()
def of_code(
    request: HttpRequest, access: Access, facet: str, code: str
) -> HttpResponse:
    """List the examples of a code, or its near misses; the filter stands in the address."""
    book = codebook_of(access.portfolio)
    found = code_or_404(book, facet, code)
    worked = query.worked_seen(access)
    form = ExamplesFilter(request.GET, worked=worked, key=(facet, code))
    some = form.found()
    page = Paginator(some, A_PAGE).get_page(request.GET.get("page"))
    context = {
        "section": "codebook",
        "book": book,
        "facet": book.facets[facet],
        "code": found,
        "form": form,
        "count": len(some),
        "page": page,
        "of": page,
        "shown": [query.as_shown(worked, one, (facet, code)) for one in page],
    }
    return render(request, "examples/of_code.html", context)


@require_safe
@in_portfolio(lambda access: access.can_export)
def of_code_file(
    request: HttpRequest, access: Access, facet: str, code: str, form: str
) -> HttpResponse:
    """Give the examples of a code, filtered as on the page, as JSONL or CSV."""
    book = codebook_of(access.portfolio)
    code_or_404(book, facet, code)
    worked = query.worked_seen(access)
    chosen = ExamplesFilter(request.GET, worked=worked, key=(facet, code)).found()
    return example_files.answer(chosen, f"examples-{facet}-{code}", form, book)


@require_safe
@in_portfolio()
def queue(request: HttpRequest, access: Access) -> HttpResponse:
    """Show what is proposed, what would teach most, and the portfolio's own examples."""
    waiting = _of(access, OwnExample.State.PROPOSED)
    told = {
        one.passage.pk: one
        for one in candidates.told_of(access, [p.passage_id for p in waiting])
    }
    declined = _of(access, OwnExample.State.DECLINED)
    own = query.own_seen(access)
    listed = own[:LISTED]
    context = {
        "section": "codebook",
        "book": codebook_of(access.portfolio),
        "decided_otherwise": candidates.decided_otherwise(access, listed),
        "waiting": [(one, told.get(one.passage_id)) for one in waiting],
        "candidates": (put_forward := candidates.candidates(access)),
        "candidates_count": len(put_forward),
        "own": [query.Shown(query.as_worked(one), one) for one in listed],
        "own_count": len(own),
        "declined": declined[:LISTED],
        "may_decide": access.analyses_everywhere,
    }
    return render(request, "examples/queue.html", context)


@deciders
def example(request: HttpRequest, access: Access, number: int) -> HttpResponse:
    """Show a passage as the example it could be; confirm it with its wording and near misses."""
    passage = _passage_or_404(access, number)
    told = next(iter(candidates.told_of(access, [number])), None)
    held = OwnExample.objects.filter(passage=passage).first()
    if told is None or (held and held.state == OwnExample.State.CONFIRMED):
        return redirect("examples", access.portfolio.slug)
    book = codebook_of(access.portfolio)
    form = ExampleForm(request.POST or None, told=told, book=book)
    findings: list[str] = []
    if request.method == "POST" and form.is_valid():
        try:
            actions.confirm(passage=passage, by=access.user, **form.cleaned_data)
        except actions.Refused as refused:
            findings = _told(refused)
        else:
            codes = len(candidates.keys_of(told.codes))
            messages.success(request, said("examples.confirmed", count=codes))
            return _next(access, number)
    elif request.method != "POST":
        findings = [
            f"{one.reason(language())} {one.remedy(language())}"
            for one in candidates.broken_rules(passage, told.codes, book)
        ]
    context = {
        "section": "codebook",
        "book": book,
        "passage": passage,
        "told": told,
        "held": held,
        "form": form,
        "findings": findings,
        "is_broken": bool(candidates.broken_rules(passage, told.codes, book)),
    }
    return render(request, "examples/example.html", context)


@require_POST
@in_portfolio()
def propose(request: HttpRequest, access: Access, number: int) -> HttpResponse:
    """Propose a passage as a worked example."""
    passage = _passage_or_404(access, number)
    note = request.POST.get("note", "")[:1000].replace("\0", "")
    try:
        actions.propose(passage=passage, by=access.user, note=note)
    except actions.Refused as refused:
        messages.warning(request, " ".join(_told(refused)))
    else:
        messages.success(request, said("examples.proposed"))
    return redirect("passage", access.portfolio.slug, passage.intervention_id, number)


@require_POST
@deciders
def decline(request: HttpRequest, access: Access, number: int) -> HttpResponse:
    """Say no to a passage as a worked example."""
    passage = _passage_or_404(access, number)
    answer = request.POST.get("answer", "")[:1000].replace("\0", "")
    try:
        actions.decline(passage=passage, by=access.user, answer=answer)
    except actions.Refused as refused:
        messages.warning(request, " ".join(_told(refused)))
    else:
        messages.success(request, said("examples.declined"))
    if "next" in request.POST:
        return _next(access, number)
    return redirect("examples", access.portfolio.slug)


@require_POST
@in_portfolio()
def take_back(request: HttpRequest, access: Access, number: int) -> HttpResponse:
    """Take an example back, or one's own proposal."""
    passage = _passage_or_404(access, number, Passage.objects.all())
    held = OwnExample.objects.filter(passage=passage).first()
    if held is None:
        raise Http404
    try:
        actions.take_back(example=held, by=access.user)
    except NotAllowed:
        raise PermissionDenied from None
    except actions.Refused as refused:
        messages.warning(request, " ".join(_told(refused)))
    else:
        messages.success(request, said("examples.taken_back"))
    back = request.POST.get("back", "")
    if url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        return redirect(back)
    return redirect("examples", access.portfolio.slug)


@require_safe
@in_portfolio(lambda access: access.can_export)
def own_file(request: HttpRequest, access: Access, form: str) -> HttpResponse:
    """Give the portfolio's own examples, ready to be added to a framework."""
    own = [query.as_worked(one) for one in query.own_seen(access)]
    name = f"{query.OWN}-{access.portfolio.slug}"
    return example_files.answer(own, name, form, codebook_of(access.portfolio))


def _of(access: Access, state: str) -> list[OwnExample]:
    """Return what stands so, as far as the person may see it, the oldest proposal first."""
    found = OwnExample.objects.filter(portfolio=access.portfolio, state=state)
    joined = found.select_related(
        "portfolio", "passage__intervention", "proposed_by", "decided_by"
    )
    return query.seen_of(access, list(joined.order_by("proposed_at", "pk")))


def _passage_or_404(
    access: Access, number: int, among: "QuerySet[Passage] | None" = None
) -> Passage:
    """Return a passage whose decisions the person may see, or answer 404 or 403.

    It is sought among those that stand, or ``among`` others.
    """
    found = (
        (Passage.objects.current() if among is None else among)
        .select_related("intervention__portfolio")
        .filter(pk=number, intervention__in=access.interventions().values("pk"))
        .first()
    )
    if found is None:
        raise Http404
    if blind_passages([number], access.user):
        raise PermissionDenied
    return found


def _next(access: Access, number: int) -> HttpResponse:
    """Go on to what waits next, or back to the list."""
    waiting = [one.passage_id for one in _of(access, OwnExample.State.PROPOSED)]
    following = [pk for pk in waiting if pk != number]
    if not following:
        following = [one.passage.pk for one in candidates.candidates(access, most=1)]
    if not following:
        return redirect("examples", access.portfolio.slug)
    return redirect("example", access.portfolio.slug, following[0])


def _told(refused: actions.Refused) -> list[str]:
    """Say why something was refused, rule by rule."""
    if refused.findings:
        return [
            f"{one.reason(language())} {one.remedy(language())}"
            for one in refused.findings
        ]
    return [str(said(f"examples.refused_{refused.reason}"))]
