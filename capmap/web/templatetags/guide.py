"""The tour for the overview, which knows nothing of it."""

from typing import Any

from django import template
from django.http import HttpRequest

from capmap.records.permissions import Access
from capmap.records.queries.tour import READINGS, Tour, tour_of

register = template.Library()


def followed_in(request: HttpRequest, access: Access) -> list[str]:
    """Return the steps of the tour whose links the person followed in a portfolio."""
    found = request.session.get("tour", {}).get(str(access.portfolio.pk), [])
    return list(found)


@register.simple_tag(takes_context=True)
def tour_now(context: dict[str, Any]) -> Tour | None:
    """Return the tour of the person in this portfolio; None once finished or closed."""
    access: Access | None = context.get("access")
    if access is None or not access.can_see or access.user.toured_at:
        return None
    return tour_of(access, followed_in(context["request"], access))


@register.simple_tag
def readings_wanted() -> int:
    """Return how many passages the tour asks to read."""
    return READINGS
