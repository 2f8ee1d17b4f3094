"""What happens around every request."""

import time
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

Answer = Callable[[HttpRequest], HttpResponse]

#: Scripts, styles and pictures come from the site itself, and no script stands in a page.
#: Widths and counts of a matrix are style attributes, which cannot run anything.
POLICY = "; ".join(
    (
        "default-src 'self'",
        "style-src 'self'",
        "style-src-attr 'unsafe-inline'",
        "img-src 'self' data:",
        "object-src 'none'",
        "base-uri 'none'",
        # Single sign-on begins with a form and goes on at its server.
        " ".join(("form-action 'self'", *settings.FORMS_LEAD_TO)),
        "frame-ancestors 'none'",
    )
)


def content_security_policy(answer: Answer) -> Answer:
    """Forbid what a page does not need. A view may set a stricter policy of its own."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = answer(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        return response

    return middleware


def server_timing(answer: Answer) -> Answer:
    """Say in a header how long the server took, in milliseconds."""

    def middleware(request: HttpRequest) -> HttpResponse:
        began = time.perf_counter()
        response = answer(request)
        spent = (time.perf_counter() - began) * 1000
        response.headers["Server-Timing"] = f"total;dur={spent:.1f}"
        return response

    return middleware


def interface_language(answer: Answer) -> Answer:
    """Speak the language that the person chose, else the one that the browser asks for."""

    def middleware(request: HttpRequest) -> HttpResponse:
        known = dict(settings.LANGUAGES)
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        if chosen not in known:
            chosen = getattr(request.user, "language", "")
        if chosen not in known:
            chosen = translation.get_language_from_request(request)
        with translation.override(chosen):
            request.LANGUAGE_CODE = chosen
            response = answer(request)
        response.headers.setdefault("Content-Language", chosen)
        return response

    return middleware
