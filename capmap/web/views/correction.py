"""Correct what a source said of an intervention, also when two do so at once."""

from dataclasses import dataclass
from typing import Any

from babel import Locale
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from capmap.records.actions import interventions
from capmap.records.models import Intervention
from capmap.records.permissions import Access
from capmap.records.queries.intervention import facts_of
from capmap.sources.countries import country_code
from capmap.web.doors import in_portfolio, intervention_or_404
from capmap.web.forms.interventions import FACTS, CorrectionForm, plain
from capmap.web.templatetags.capmap import language, said


@dataclass(frozen=True, slots=True)
class Difference:
    """A fact that two people changed, or one of them: how it was, theirs and yours."""

    name: str
    was: Any
    theirs: Any
    yours: Any
    choice: str  # what stands if the person chooses nothing: "theirs" or "yours"

    @property
    def is_contested(self) -> bool:
        return self.was not in (self.theirs, self.yours)


def _parts(name: str) -> tuple[str, ...]:
    return ("budget_amount", "budget_currency") if name == "budget" else (name,)


def _unit(facts: dict[str, Any], name: str) -> Any:
    values = [facts.get(part) for part in _parts(name)]
    return values if name == "budget" else values[0]


def differences(
    was: dict[str, Any],
    theirs: dict[str, Any],
    yours: dict[str, Any],
    chosen: dict[str, str],
) -> list[Difference]:
    """Return the facts in which theirs and yours differ; untouched facts stay with theirs.

    ``chosen`` is what the person chose before, if they meet a conflict again.
    """
    found = []
    for name in FACTS:
        before, other, own = (_unit(facts, name) for facts in (was, theirs, yours))
        if other != own:
            choice = chosen.get(name) or ("theirs" if own == before else "yours")
            found.append(Difference(name, before, other, own, choice))
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@in_portfolio(lambda access: access.can_correct)
def edit(request: HttpRequest, access: Access, pk: int) -> HttpResponse:
    """Correct the facts of an intervention."""
    intervention = intervention_or_404(access, pk)
    facts = facts_of(intervention)
    if request.method != "POST":
        opened = CorrectionForm.opened(intervention, facts)
        form = CorrectionForm(initial=opened, intervention=intervention)
        return _form(request, intervention, form)
    form = CorrectionForm(request.POST, intervention=intervention)
    if not form.is_valid():
        return _form(request, intervention, form)
    return _save(request, access, intervention, form, facts)


def _save(
    request: HttpRequest,
    access: Access,
    intervention: Intervention,
    form: CorrectionForm,
    facts: dict[str, Any],
) -> HttpResponse:
    chosen = form.facts
    for name in FACTS:
        if request.POST.get(f"take-{name}") == "theirs":
            chosen |= {part: facts[part] for part in _parts(name)}
    try:
        interventions.correct(
            intervention=intervention,
            by=access.user,
            version=form.cleaned_data["version"],
            fields=chosen,
            out_of_sight=form.cleaned_data["out_of_sight"],
        )
    except interventions.Conflict as conflict:
        return _conflict(request, access, form, conflict)
    except interventions.OutOfSight:
        form.add_error("countries", str(said("intervention.out_of_sight")))
        return _form(request, intervention, form, asks_out_of_sight=True)
    messages.success(request, said("intervention.saved"))
    if not access.sees(intervention):
        return redirect("interventions", access.portfolio.slug)
    return redirect("intervention", access.portfolio.slug, intervention.pk)


def _conflict(
    request: HttpRequest,
    access: Access,
    form: CorrectionForm,
    conflict: interventions.Conflict,
) -> HttpResponse:
    """Show what the other person saved beside what this one typed; both can still be had."""
    current = conflict.current
    theirs = facts_of(current)
    chosen = {name: request.POST.get(f"take-{name}", "") for name in FACTS}
    found = differences(form.as_it_was, plain(theirs), plain(form.facts), chosen)
    if not found:
        messages.success(request, said("intervention.saved_same"))
        return redirect("intervention", access.portfolio.slug, current.pk)
    data: QueryDict = request.POST.copy()
    for name, value in CorrectionForm.opened(current, theirs).items():
        if name in ("version", "was"):
            data[name] = str(value)
    again = CorrectionForm(data, intervention=current)
    return _form(
        request, current, again, status=409, conflict=conflict, differences=found
    )


def _form(
    request: HttpRequest,
    intervention: Intervention,
    form: CorrectionForm,
    *,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    context = {
        "section": "interventions",
        "intervention": intervention,
        "form": form,
        "edited": _edited(intervention),
        "countries": _countries(),
        **more,
    }
    if form.is_bound and status == 200:
        status = 422
    return render(request, "intervention/edit.html", context, status=status)


def _edited(intervention: Intervention) -> list[str]:
    return [
        name
        for name in FACTS
        if any(part in intervention.edited_fields for part in _parts(name))
    ]


def _countries() -> list[str]:
    territories = Locale.parse(language()).territories
    return sorted(
        f"{name} ({code})"
        for code, name in territories.items()
        if len(code) == 2 and country_code(code)
    )


@require_POST
@in_portfolio(lambda access: access.can_correct)
def give_back(request: HttpRequest, access: Access, pk: int) -> HttpResponse:
    """Let the source say a fact again that a person had corrected."""
    intervention = intervention_or_404(access, pk)
    name, version = request.POST.get("name", ""), request.POST.get("version", "")
    if name not in _edited(intervention) or not version.isdecimal():
        raise Http404
    try:
        interventions.give_back(
            intervention=intervention,
            by=access.user,
            version=int(version[:9]),
            name=_parts(name)[0],
        )
        messages.success(request, said("intervention.given_back"))
    except interventions.Conflict:
        messages.warning(request, said("intervention.changed_meanwhile"))
    except interventions.OutOfSight:
        messages.warning(request, said("intervention.give_back_out_of_sight"))
    return redirect("intervention_edit", access.portfolio.slug, pk)
