"""Addresses of countries, integration and gaps."""

from django.urls import path

from capmap.web.views import countries, findings

urlpatterns = [
    path("countries/", countries.countries, name="countries"),
    path("countries/files/<str:name>", countries.files, name="countries_file"),
    path("countries/<str:code>/", countries.country, name="country"),
    path("integration/", findings.integration, name="integration"),
    path("gaps/", findings.gaps, name="gaps"),
    path("findings/files/<str:name>", findings.files, name="findings_file"),
]
