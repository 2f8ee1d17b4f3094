"""Addresses of interventions."""

from django.urls import URLPattern, URLResolver, include, path

from capmap.web.urls import intervention
from capmap.web.views import interventions

urlpatterns: list[URLPattern | URLResolver] = [
    path("", interventions.show, name="interventions"),
    path("files/<str:name>", interventions.give, name="interventions_file"),
    path("<int:pk>/", include(intervention.urlpatterns)),
]
