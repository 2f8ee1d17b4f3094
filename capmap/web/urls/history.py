"""Addresses of the history of changes."""

from django.urls import path

from capmap.web.views import history

urlpatterns = [
    path("", history.of_site, name="history"),
    path("changes.csv", history.export_site, name="history_export"),
    path("<int:pk>/restore/", history.restore_site, name="history_restore"),
]
in_a_portfolio = [
    path("", history.of_portfolio, name="portfolio_history"),
    path("changes.csv", history.export_portfolio, name="portfolio_history_export"),
    path(
        "<int:pk>/restore/", history.restore_portfolio, name="portfolio_history_restore"
    ),
]
