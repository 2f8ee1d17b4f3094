"""One's own account, and the page that an invitation opens."""

from allauth.account.models import EmailAddress
from allauth.account.utils import perform_login
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from capmap.records.actions import people
from capmap.records.models import Invitation, User
from capmap.records.queries.people import invitation_of
from capmap.web.forms.people import AccountForm, JoinForm
from capmap.web.templatetags.capmap import language, said


@login_required
def account(request: HttpRequest) -> HttpResponse:
    """Change how one is named and spoken to; ways to password, devices and the rest."""
    me = request.user
    assert isinstance(me, User)
    form = AccountForm(
        request.POST or None,
        initial={
            "name": me.name,
            "language": me.language,
            "uses_keys": me.uses_keys,
        },
    )
    if request.method == "POST" and form.is_valid():
        people.describe(user=me, by=me, **form.cleaned_data)
        messages.success(request, said("people.saved"))
        answer = redirect("account")
        # The choice of this browser would win over the person's.
        answer.delete_cookie(settings.LANGUAGE_COOKIE_NAME)
        return answer
    return render(
        request,
        "people/account.html",
        {
            "form": form,
            "memberships": me.memberships.select_related("portfolio"),
            "single_sign_on": settings.OIDC["NAME"],
        },
    )


@never_cache
@sensitive_post_parameters("password")
def start(request: HttpRequest, token: str) -> HttpResponse:
    """Open an invitation: join with a password, or take the role with one's account."""
    invitation = invitation_of(token)
    if invitation is None:
        raise Http404
    if not invitation.is_open:
        return render(request, "people/link_closed.html", status=410)
    if request.user.is_authenticated:
        return _accept(request, invitation)
    if User.objects.filter(email=invitation.email).exists():
        return render(request, "people/sign_in_first.html", {"invitation": invitation})
    form = JoinForm(
        request.POST or None,
        address=invitation.email,
        initial={"language": language()},
    )
    if request.method == "POST" and form.is_valid():
        try:
            user = people.join(invitation=invitation, **form.cleaned_data)
        except people.Refused as refused:
            form.add_error(None, said(f"people.{refused.reason}", **refused.values))
        else:
            EmailAddress.objects.create(
                user=user,
                email=user.email,
                primary=True,
                verified=bool(invitation.email),
            )
            signed_in: HttpResponse = perform_login(
                request, user, email_verification="none", redirect_url="/"
            )
            return signed_in
    return render(
        request, "people/start.html", {"form": form, "invitation": invitation}
    )


def _accept(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    assert isinstance(request.user, User)
    if request.method == "POST":
        try:
            people.accept(invitation=invitation, by=request.user)
        except people.Refused as refused:
            messages.error(request, said(f"people.{refused.reason}", **refused.values))
        return redirect("home")
    is_another = bool(invitation.email) and invitation.email != request.user.email
    return render(
        request,
        "people/accept.html",
        {"invitation": invitation, "is_another": is_another},
    )
