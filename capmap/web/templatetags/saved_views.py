"""The saved views that a person can open from a page."""

from typing import Any

from django import template
from django.db.models import Q
from django.urls import reverse

from capmap.records.models import SavedView

register = template.Library()


@register.simple_tag(takes_context=True)
def saved_views(context: dict[str, Any], page: str) -> list[tuple[SavedView, str]]:
    """Return the views of a page with their addresses: one's own, then shared ones."""
    access = context["request"].access
    found = SavedView.objects.filter(
        Q(owner=access.user) | Q(is_shared=True), portfolio=access.portfolio, page=page
    )
    here = reverse(page, args=[access.portfolio.slug])
    views = sorted(found, key=lambda view: view.owner_id != access.user.pk)
    return [(view, f"{here}?{view.query}" if view.query else here) for view in views]


@register.simple_tag(takes_context=True)
def query_here(context: dict[str, Any]) -> str:
    """Return the address of this page after "?"."""
    return str(context["request"].META.get("QUERY_STRING", ""))
