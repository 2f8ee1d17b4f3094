"""How a view is reached: signed in, in a portfolio, allowed."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse

from capmap.records.models import Intervention, Portfolio, ReviewRound
from capmap.records.permissions import Access, access, can_manage_people

P = ParamSpec("P")

Allowed = Callable[[Access], bool]
View = Callable[..., HttpResponse]


def in_portfolio(
    allowed: Allowed = lambda access: access.can_see,
) -> Callable[[Callable[Concatenate[HttpRequest, Access, P], HttpResponse]], View]:
    """Give a view the ``Access`` of the person in the portfolio that the address names.

    Who has no part in it gets 404, as if it were not there; who has one that does not
    allow the page gets 403 with the reason.
    """

    def decorate(
        view: Callable[Concatenate[HttpRequest, Access, P], HttpResponse],
    ) -> View:
        @login_required
        @wraps(view)
        def door(
            request: HttpRequest, slug: str, *args: Any, **kwargs: Any
        ) -> HttpResponse:
            try:
                portfolio = Portfolio.objects.get(slug=slug)
            except Portfolio.DoesNotExist:
                raise Http404 from None
            found = access(request.user, portfolio)
            if found is None:
                raise Http404
            request.access = found  # type: ignore[attr-defined]
            if not allowed(found):
                raise PermissionDenied
            return view(request, found, *args, **kwargs)

        return door

    return decorate


def for_administrators(view: Callable[..., HttpResponse]) -> View:
    """Let only those who manage people in."""

    @login_required
    @wraps(view)
    def door(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not can_manage_people(request.user):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return door


def intervention_or_404(access: Access, pk: int) -> Intervention:
    """Return a current intervention that the person may see, or answer 404."""
    try:
        found = Intervention.objects.current().get(pk=pk, portfolio=access.portfolio)
    except Intervention.DoesNotExist:
        raise Http404 from None
    if not access.sees(found):
        raise Http404
    intervention: Intervention = found
    return intervention


def round_or_404(access: Access, pk: int) -> ReviewRound:
    """Return a round of the portfolio, or answer 404."""
    found = (
        ReviewRound.objects.select_related("portfolio", "created_by")
        .prefetch_related("readers")
        .filter(pk=pk, portfolio=access.portfolio)
        .first()
    )
    if found is None:
        raise Http404
    return found
