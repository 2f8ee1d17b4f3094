"""People of the site: who is here, who is invited, and what each may do."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from capmap.records.actions import people
from capmap.records.models import Invitation, Membership, Portfolio, Role, User
from capmap.records.queries import history
from capmap.records.queries import people as who
from capmap.web.csv_answer import csv_answer
from capmap.web.doors import for_administrators
from capmap.web.forms.people import ChangeRoleForm, InviteForm, RoleForm
from capmap.web.invitation_mail import send_invitation
from capmap.web.templatetags.capmap import said
from capmap.web.templatetags.people import country_names


def _me(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


def _found(request: HttpRequest) -> dict[str, str]:
    return {
        "search": request.GET.get("q", "")[:200],
        "role": request.GET.get("role", ""),
        "slug": request.GET.get("portfolio", ""),
    }


@require_safe
@for_administrators
def listed(request: HttpRequest) -> HttpResponse:
    """Show everyone with their roles, and who is invited."""
    found = Paginator(who.people(**_found(request)), 50)
    return render(
        request,
        "people/list.html",
        {
            "people": found.get_page(request.GET.get("page")),
            "waiting": who.invitations_waiting(),
            "roles": Role.values,
            "portfolios": Portfolio.objects.all(),
            **_found(request),
        },
    )


@require_safe
@for_administrators
def export(request: HttpRequest) -> HttpResponse:
    """Give the list as CSV, one row a role."""
    names = ("name", "email", "role", "portfolio", "countries", "joined", "active")
    rows = (
        (
            person.name,
            person.email,
            said(f"frame.role_{role.role}") if role else "",
            (role.portfolio or said("people.all_portfolios")) if role else "",
            country_names(role.countries) if role else "",
            person.joined_at.date().isoformat(),
            said("people.yes" if person.is_active else "people.no"),
        )
        for person in who.people(**_found(request))
        for role in person.memberships.all() or (None,)
    )
    return csv_answer("people", [said(f"people.{name}") for name in names], rows)


@for_administrators
def invite(request: HttpRequest) -> HttpResponse:
    """Invite addresses; then show each link, since its token is nowhere kept."""
    form = InviteForm(request.POST or None, initial={"role": Role.REVIEWER})
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        sent = []
        for email in given.pop("emails"):
            try:
                made, token = people.invite(email=email, by=_me(request), **given)
            except people.Refused as refused:
                form.add_error("emails", said(f"people.{refused.reason}", email=email))
            else:
                sent.append(send_invitation(request, made, token))
        if sent:
            return render(
                request, "people/invited.html", {"sent": sent, "errors": form.errors}
            )
    return render(request, "people/invite.html", {"form": form})


@require_POST
@for_administrators
def send_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Send an invitation anew, under a new link."""
    invitation = get_object_or_404(Invitation, pk=pk)
    try:
        token = people.send_again(invitation=invitation, by=_me(request))
    except people.Refused as refused:
        messages.warning(request, said(f"people.{refused.reason}"))
        return redirect("people")
    sent = [send_invitation(request, invitation, token)]
    return render(request, "people/invited.html", {"sent": sent})


@require_POST
@for_administrators
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Close an invitation."""
    invitation = get_object_or_404(Invitation, pk=pk)
    try:
        people.withdraw(invitation=invitation, by=_me(request))
    except people.Refused as refused:
        messages.warning(request, said(f"people.{refused.reason}"))
    else:
        messages.success(request, said("people.withdrawn", email=invitation.email))
    return redirect("people")


@require_safe
@for_administrators
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one person: their roles, and what was changed about their account."""
    found = get_object_or_404(User, pk=pk)
    return render(
        request,
        "people/person.html",
        {
            "person": found,
            "memberships": found.memberships.select_related("portfolio", "granted_by"),
            "changes": history.of_person(found),
        },
    )


@for_administrators
def grant(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a person another role."""
    found = get_object_or_404(User, pk=pk)
    form = RoleForm(request.POST or None, initial={"role": Role.REVIEWER})
    if request.method == "POST" and form.is_valid():
        try:
            people.grant(user=found, by=_me(request), **form.cleaned_data)
        except people.Refused as refused:
            error = said(f"people.{refused.reason}", **refused.values)
            form.add_error("portfolio", error)
        else:
            return redirect("person", found.pk)
    return render(request, "people/role.html", {"form": form, "person": found})


@for_administrators
def change_role(request: HttpRequest, pk: int) -> HttpResponse:
    """Change one role of a person."""
    membership = get_object_or_404(Membership.objects.select_related("user"), pk=pk)
    form = ChangeRoleForm(
        request.POST or None,
        initial={"role": membership.role, "countries": membership.countries},
    )
    if request.method == "POST" and form.is_valid():
        try:
            people.change_role(
                membership=membership, by=_me(request), **form.cleaned_data
            )
        except people.Refused as refused:
            form.add_error("role", said(f"people.{refused.reason}"))
        else:
            return redirect("person", membership.user_id)
    return render(
        request,
        "people/role.html",
        {"form": form, "person": membership.user, "membership": membership},
    )


@require_POST
@for_administrators
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take one role of a person away."""
    membership = get_object_or_404(Membership, pk=pk)
    try:
        people.remove(membership=membership, by=_me(request))
    except people.Refused as refused:
        messages.error(request, said(f"people.{refused.reason}"))
    else:
        messages.success(request, said("people.removed"))
    return redirect("person", membership.user_id)


@require_POST
@for_administrators
def set_active(request: HttpRequest, pk: int) -> HttpResponse:
    """Close a person's account, or open it again."""
    found = get_object_or_404(User, pk=pk)
    act = people.deactivate if found.is_active else people.reactivate
    wanted = request.POST.get("active") == "yes"
    if wanted == found.is_active:  # someone else was faster
        return redirect("person", found.pk)
    try:
        act(user=found, by=_me(request))
    except people.Refused as refused:
        messages.error(request, said(f"people.{refused.reason}"))
    else:
        done = "people.reactivated" if wanted else "people.deactivated"
        messages.success(request, said(done, name=str(found)))
    if not wanted and found == request.user:
        return redirect(reverse("account_login"))
    return redirect("person", found.pk)
