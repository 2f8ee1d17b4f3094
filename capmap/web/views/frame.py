"""The way in, the language, and the pages that say that something is not to be had."""

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.template import loader
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from capmap.records.models import User
from capmap.records.permissions import access, can_manage_people, portfolios_of


@login_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show a person their portfolios; with only one, show that."""
    assert isinstance(request.user, User)
    portfolios = portfolios_of(request.user)
    if len(portfolios) == 1 and not can_manage_people(request.user):
        return redirect("portfolio", portfolios[0].slug)
    rows = [(portfolio, access(request.user, portfolio)) for portfolio in portfolios]
    return render(request, "frame/home.html", {"rows": rows})


@require_safe
def alive(request: HttpRequest) -> HttpResponse:
    """Answer whoever watches that the site runs."""
    return HttpResponse("ok", content_type="text/plain")


@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """Keep the language of the interface, for this browser and for the person."""
    chosen = request.POST.get("language", "")
    if chosen not in dict(settings.LANGUAGES):
        return HttpResponseBadRequest()
    back = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}):
        back = "/"
    if isinstance(request.user, User):
        User.objects.filter(pk=request.user.pk).update(language=chosen)
    response = redirect(back)
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        chosen,
        max_age=365 * 24 * 3600,
        secure=bool(settings.SESSION_COOKIE_SECURE),
        httponly=True,
        samesite="Lax",
    )
    return response


def _failure(request: HttpRequest, status: int, key: str) -> HttpResponse:
    return render(request, "frame/failure.html", {"key": key}, status=status)


def not_understood(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _failure(request, 400, "not_understood")


def not_allowed(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _failure(request, 403, "not_allowed")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _failure(request, 404, "not_found")


def went_wrong(request: HttpRequest) -> HttpResponse:
    """Say that the fault is ours. Rendered without the context, which may be at fault."""
    return HttpResponse(loader.render_to_string("frame/went_wrong.html"), status=500)
