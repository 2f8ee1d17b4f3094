"""What every template knows."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from capmap import __version__
from capmap.records.permissions import can_manage_people


def site(request: HttpRequest) -> dict[str, Any]:
    """Give the access of the page's portfolio, if it has one, and what the frame needs."""
    access = getattr(request, "access", None)
    return {
        "access": access,
        "portfolio": access.portfolio if access else None,
        "interface_languages": [code for code, _ in settings.LANGUAGES],
        "language": getattr(request, "LANGUAGE_CODE", "en"),
        "manages_people": can_manage_people(getattr(request, "user", None)),
        "version": __version__,
    }
