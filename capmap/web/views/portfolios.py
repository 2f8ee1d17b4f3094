"""Portfolios: their overview, and how they are made and described."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from capmap.records.actions import portfolios
from capmap.records.models import User
from capmap.records.permissions import Access
from capmap.web.doors import for_administrators, in_portfolio
from capmap.web.forms.portfolios import PortfolioForm
from capmap.web.overview_page import OverviewPage
from capmap.web.templatetags.capmap import language


@for_administrators
def new(request: HttpRequest) -> HttpResponse:
    """Make a portfolio."""
    form = PortfolioForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        assert isinstance(request.user, User)
        made = portfolios.create(by=request.user, **form.cleaned_data)
        return redirect("portfolio", made.slug)
    return render(request, "portfolio/edit.html", {"form": form})


@in_portfolio(lambda access: access.can_analyse)
def change(request: HttpRequest, access: Access) -> HttpResponse:
    """Change title, description and population of a portfolio."""
    form = PortfolioForm(
        request.POST or None,
        initial={
            "title": access.portfolio.title,
            "description": access.portfolio.description,
            "population": access.portfolio.population,
        },
    )
    if request.method == "POST" and form.is_valid():
        portfolios.describe(
            portfolio=access.portfolio, by=access.user, **form.cleaned_data
        )
        return redirect("portfolio", access.portfolio.slug)
    return render(request, "portfolio/edit.html", {"form": form})


@in_portfolio(lambda access: True)
def overview(request: HttpRequest, access: Access) -> HttpResponse:
    """Show what the portfolio holds and what is to be done."""
    if not access.can_see:
        return render(request, "portfolio/overview.html")
    page = OverviewPage(access, language())
    if request.GET.get("findings") == "now":
        page.findings = page.findings_worked_out()
        if request.headers.get("HX-Target") == "findings":
            context = {"overview": page, "findings": page.findings}
            return render(request, "portfolio/_findings.html", context)
    return render(request, "portfolio/overview.html", {"overview": page})
