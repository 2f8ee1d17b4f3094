"""Addresses of portfolios."""

from django.urls import path

from capmap.web.views import portfolios

urlpatterns = [path("new/", portfolios.new, name="portfolio_new")]
in_a_portfolio = [
    path("", portfolios.overview, name="portfolio"),
    path("settings/", portfolios.change, name="portfolio_settings"),
]
