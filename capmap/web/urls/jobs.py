"""Addresses of long work."""

from django.urls import path

from capmap.web.views import jobs

urlpatterns = [path("<int:pk>/", jobs.progress, name="job")]
