"""Addresses of saved views."""

from django.urls import path

from capmap.web.views import frame

urlpatterns = [path("", frame.soon, name="views")]
