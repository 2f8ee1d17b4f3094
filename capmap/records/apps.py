"""The one Django app in which things are stored."""

from django.apps import AppConfig


class RecordsConfig(AppConfig):
    name = "capmap.records"
    label = "records"
    default_auto_field = "django.db.models.BigAutoField"
