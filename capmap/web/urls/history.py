"""Addresses of the history of changes."""

from django.urls import path

from capmap.web.views import frame

urlpatterns = [path("", frame.soon, name="history")]
in_a_portfolio = [path("", frame.soon, name="portfolio_history")]
