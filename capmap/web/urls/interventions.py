"""Addresses of interventions."""

from django.urls import path

from capmap.web.views import frame

urlpatterns = [
    path("", frame.soon, name="interventions"),
    path("<int:pk>/", frame.soon, name="intervention"),
]
