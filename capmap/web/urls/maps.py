"""Addresses of map, countries, integration and gaps."""

from django.urls import path

from capmap.web.views import frame

urlpatterns = [
    path("map/", frame.soon, name="map"),
    path("countries/", frame.soon, name="countries"),
    path("countries/<str:code>/", frame.soon, name="country"),
    path("integration/", frame.soon, name="integration"),
    path("gaps/", frame.soon, name="gaps"),
]
