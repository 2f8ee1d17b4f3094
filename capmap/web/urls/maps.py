"""Addresses of the map."""

from django.urls import path

from capmap.web.views import map_files, maps

urlpatterns = [
    path("map/", maps.show, name="map"),
    path("map/multiples/", maps.multiples, name="map_multiples"),
    path("map/files/<str:name>", map_files.give, name="map_file"),
]
