"""The door that a web server calls."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "capmap.web.settings")
application = get_wsgi_application()


def _make_ready() -> None:
    """Load what takes seconds before the first request comes: codebook and addresses."""
    from django.urls import get_resolver

    from capmap.records.queries.codebook import shipped_codebook

    shipped_codebook()
    get_resolver().url_patterns  # noqa: B018 - reading the addresses loads every page


_make_ready()
