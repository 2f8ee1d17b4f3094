"""Addresses of help, and of the tour in a portfolio."""

from django.urls import path

from capmap.web.views import guide

urlpatterns = [
    path("", guide.contents, name="help"),
    path("<slug:page>/", guide.page, name="help_page"),
]
in_a_portfolio = [
    path("close/", guide.close, name="tour_close"),
    path("<slug:step>/", guide.tour, name="tour"),
]
