"""How signing in, which allauth does, keeps to the rules of the site.

Nobody signs up without an invitation, with a password as little as by single sign-on.
"""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.shortcuts import render

from capmap.records.actions import people
from capmap.records.models import User
from capmap.records.queries.people import open_invitation_for
from capmap.web.forms.fields import named

#: Seconds after which whoever failed too often may try again; as in ACCOUNT_RATE_LIMITS.
WAIT = 300


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Passwords: no sign-up, and a page of its own for those who try too often."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": named("account.wrong_password"),
        "account_inactive": named("account.inactive"),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError as refused:
            if refused.code != "too_many_login_attempts":
                raise
            answer = render(request, "429.html", status=429)
            answer["Retry-After"] = str(WAIT)
            raise ImmediateHttpResponse(answer) from None


class SocialAccountAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Single sign-on: for those who have an account or an invitation at that address."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        if _invitation_for(sociallogin) is None:
            answer = render(
                request,
                "people/no_account.html",
                {"email": sociallogin.user.email},
                status=403,
            )
            raise ImmediateHttpResponse(answer)
        return True

    def populate_user(self, request: HttpRequest, sociallogin: Any, data: Any) -> Any:
        user = super().populate_user(request, sociallogin, data)
        parts = (data.get("first_name") or "", data.get("last_name") or "")
        user.name = (data.get("name") or " ".join(parts)).strip()[:150]
        return user

    def save_user(
        self, request: HttpRequest, sociallogin: Any, form: Any = None
    ) -> User:
        """Make the person as their invitation says; the password stays unset."""
        invitation = _invitation_for(sociallogin)
        assert invitation is not None
        try:
            user = people.join(
                invitation=invitation,
                name=sociallogin.user.name or invitation.email,
                password=None,
            )
        except people.Refused:
            answer = render(request, "people/link_closed.html", status=410)
            raise ImmediateHttpResponse(answer) from None
        sociallogin.user = user
        sociallogin.save(request)
        return user


def _invitation_for(sociallogin: Any) -> Any:
    verified = [one.email for one in sociallogin.email_addresses if one.verified]
    return open_invitation_for(verified)
