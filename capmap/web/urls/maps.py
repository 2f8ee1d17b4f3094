"""Addresses of map, countries, integration and gaps."""

from django.urls import path

from capmap.web.views import frame, map_files, maps

urlpatterns = [
    path("map/", maps.show, name="map"),
    path("map/multiples/", maps.multiples, name="map_multiples"),
    path("map/files/<str:name>", map_files.give, name="map_file"),
    path("countries/", frame.soon, name="countries"),
    path("countries/<str:code>/", frame.soon, name="country"),
    path("integration/", frame.soon, name="integration"),
    path("gaps/", frame.soon, name="gaps"),
]
