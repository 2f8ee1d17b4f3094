"""The Django app of the pages: templates, tags, style and script."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "capmap.web"
    label = "web"
