"""Keep a page with its filters under a name, for oneself or for all of the portfolio."""

from django.db import IntegrityError, transaction

from capmap.records.actions import history
from capmap.records.models import Portfolio, SavedView, User
from capmap.records.permissions import Access, granted, require

#: Pages whose address can be kept.
PAGES = ("interventions", "map")

_FIELDS = ["title", "page", "query", "is_shared"]


class TitleTaken(Exception):
    """The person has another view of this name."""


@transaction.atomic
def save(
    *, portfolio: Portfolio, by: User, title: str, page: str, query: str
) -> SavedView:
    """Keep an address under a name for its owner; a view of that name gets the new address."""
    _allowed(portfolio, by)
    if page not in PAGES:
        raise ValueError(f"No page {page!r} can be kept.")
    view = SavedView.objects.filter(portfolio=portfolio, owner=by, title=title).first()
    before = history.fields_of(view, _FIELDS) if view else None
    view = view or SavedView(portfolio=portfolio, owner=by, title=title)
    view.page, view.query = page, query
    view.save()
    history.record(
        by=by,
        action="views.save",
        about=view,
        portfolio=portfolio,
        before=before,
        after=history.fields_of(view, _FIELDS),
    )
    return view


@transaction.atomic
def rename(*, view: SavedView, by: User, title: str) -> SavedView:
    """Call a view otherwise; only its owner may."""
    _own(view, by)
    return _change(view, by, "views.rename", title=title)


@transaction.atomic
def share(*, view: SavedView, by: User, is_shared: bool) -> SavedView:
    """Show a view to all of the portfolio, or no longer; its owner may, if an analyst."""
    allowed = _own(view, by)
    require(allowed.can_analyse or not is_shared)
    return _change(view, by, "views.share", is_shared=is_shared)


@transaction.atomic
def delete(*, view: SavedView, by: User) -> None:
    """Take a view away; its owner may, and whoever analyses where it is shared."""
    allowed = _allowed(view.portfolio, by)
    require(view.owner_id == by.pk or (view.is_shared and allowed.can_analyse))
    history.record(
        by=by,
        action="views.delete",
        about=view,
        portfolio=view.portfolio,
        before=history.fields_of(view, _FIELDS),
    )
    view.delete()


def _change(view: SavedView, by: User, action: str, **fields: object) -> SavedView:
    before = history.fields_of(view, _FIELDS)
    for name, value in fields.items():
        setattr(view, name, value)
    try:
        with transaction.atomic():
            view.save(update_fields=list(fields))
    except IntegrityError:
        raise TitleTaken(view.title) from None
    history.record(
        by=by,
        action=action,
        about=view,
        portfolio=view.portfolio,
        before=before,
        after=history.fields_of(view, _FIELDS),
    )
    return view


def _own(view: SavedView, by: User) -> Access:
    allowed = _allowed(view.portfolio, by)
    require(view.owner_id == by.pk)
    return allowed


def _allowed(portfolio: Portfolio, by: User) -> Access:
    allowed = granted(by, portfolio)
    require(allowed.can_see)
    return allowed
