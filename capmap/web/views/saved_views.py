"""Saved views: their list, and saving, renaming, sharing, deleting one."""

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from capmap.records.actions import views
from capmap.records.models import SavedView
from capmap.records.permissions import Access
from capmap.web.doors import in_portfolio
from capmap.web.forms.views import NameForm, ViewForm
from capmap.web.templatetags.capmap import said


@require_safe
@in_portfolio()
def show(request: HttpRequest, access: Access) -> HttpResponse:
    """List the views of the person, then those that others share."""
    return _page(request, access)


@require_POST
@in_portfolio()
def save(request: HttpRequest, access: Access) -> HttpResponse:
    """Keep the page from which one comes under a name, and go back to it."""
    form = ViewForm(request.POST)
    if not form.is_valid():
        return _page(request, access, save_form=form, status=400)
    kept = views.save(portfolio=access.portfolio, by=access.user, **form.cleaned_data)
    messages.success(request, said("views.saved", title=kept.title))
    return redirect(_address(kept))


@require_POST
@in_portfolio()
def rename(request: HttpRequest, access: Access, pk: int) -> HttpResponse:
    """Call one's view otherwise."""
    view = _own_or_404(access, pk)
    form = NameForm(request.POST)
    if form.is_valid():
        try:
            views.rename(view=view, by=access.user, title=form.cleaned_data["title"])
            return redirect("views", access.portfolio.slug)
        except views.TitleTaken:
            form.add_error("title", str(said("views.taken")))
    return _page(request, access, rename=(pk, form), status=400)


@require_POST
@in_portfolio(lambda access: access.can_analyse)
def share(request: HttpRequest, access: Access, pk: int) -> HttpResponse:
    """Show one's view to all of the portfolio, or no longer."""
    is_shared = request.POST.get("shared") == "yes"
    views.share(view=_own_or_404(access, pk), by=access.user, is_shared=is_shared)
    return redirect("views", access.portfolio.slug)


@require_POST
@in_portfolio()
def delete(request: HttpRequest, access: Access, pk: int) -> HttpResponse:
    """Take a view away."""
    view = _seen(access).filter(pk=pk).first()
    if view is None:
        raise Http404
    if view.owner_id != access.user.pk and not access.can_analyse:
        raise Http404
    views.delete(view=view, by=access.user)
    messages.success(request, said("views.deleted", title=view.title))
    return redirect("views", access.portfolio.slug)


def _seen(access: Access) -> QuerySet[SavedView]:
    return SavedView.objects.filter(
        Q(owner=access.user) | Q(is_shared=True), portfolio=access.portfolio
    ).select_related("owner")


def _own_or_404(access: Access, pk: int) -> SavedView:
    view = _seen(access).filter(pk=pk, owner=access.user).first()
    if view is None:
        raise Http404
    return view


def _address(view: SavedView) -> str:
    address = reverse(view.page, args=[view.portfolio.slug])
    return f"{address}?{view.query}" if view.query else address


def _page(
    request: HttpRequest,
    access: Access,
    *,
    save_form: ViewForm | None = None,
    rename: tuple[int, NameForm] | None = None,
    status: int = 200,
) -> HttpResponse:
    found = [
        (view, request.build_absolute_uri(_address(view)), rename[1] if rename and rename[0] == view.pk else None)
        for view in _seen(access)
    ]  # fmt: skip
    context = {
        "own": [row for row in found if row[0].owner_id == access.user.pk],
        "shared": [row for row in found if row[0].owner_id != access.user.pk],
        "save_form": save_form,
    }
    return render(request, "views/list.html", context, status=status)
