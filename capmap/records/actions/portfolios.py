"""Make portfolios and describe them."""

from django.db import transaction
from django.utils.text import slugify

from capmap.records.actions import history
from capmap.records.models import Portfolio, User
from capmap.records.permissions import can_manage_people, granted, require


@transaction.atomic
def create(
    *, by: User | None, title: str, description: str = "", population: int | None = None
) -> Portfolio:
    """Make an empty portfolio; ``by`` manages people, or is None when the site sets itself up."""
    require(by is None or can_manage_people(by))
    portfolio = Portfolio.objects.create(
        slug=_free_slug(title),
        title=title,
        description=description,
        population=population,
        created_by=by,
    )
    history.record(
        by=by,
        action="portfolios.create",
        about=portfolio,
        portfolio=portfolio,
        after=history.fields_of(portfolio, ["title", "description", "population"]),
    )
    return portfolio


@transaction.atomic
def describe(
    *,
    portfolio: Portfolio,
    by: User,
    title: str,
    description: str,
    population: int | None,
) -> Portfolio:
    """Change how a portfolio is described; its address stays."""
    require(granted(by, portfolio).can_analyse)
    names = ["title", "description", "population"]
    before = history.fields_of(portfolio, names)
    portfolio.title, portfolio.description = title, description
    portfolio.population = population
    portfolio.save(update_fields=names)
    history.record(
        by=by,
        action="portfolios.describe",
        about=portfolio,
        portfolio=portfolio,
        before=before,
        after=history.fields_of(portfolio, names),
    )
    return portfolio


def _free_slug(title: str) -> str:
    stem = slugify(title)[:50] or "portfolio"
    slug, number = stem, 2
    # "new" is an address of its own.
    while slug == "new" or Portfolio.objects.filter(slug=slug).exists():
        slug, number = f"{stem}-{number}", number + 1
    return slug
