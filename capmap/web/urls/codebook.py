"""Addresses of the codebook."""

from django.urls import path

from capmap.web.views import frame

urlpatterns = [path("", frame.soon, name="codebook")]
