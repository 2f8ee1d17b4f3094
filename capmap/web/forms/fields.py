"""Labels of fields in the reader's language."""

from typing import Any

from django.utils.functional import lazy

from capmap.web.templatetags.capmap import said

_said = lazy(lambda key: str(said(key)), str)


def named(key: str) -> Any:
    """Give a text of the wording, said when the page is made: ``named("people.email")``."""
    return _said(key)  # type: ignore[no-untyped-call]
