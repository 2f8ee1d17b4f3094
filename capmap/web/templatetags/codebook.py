"""Quotations of the codebook's pages: the words of a passage that a code rests on."""

from collections.abc import Sequence

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from capmap.records.models import Passage
from capmap.web.templatetags.capmap import language, said
from capmap.web.templatetags.evidence import Marked, marked
from capmap.wording import LANGUAGES

register = template.Library()

#: Characters shown around the first words marked.
_BEFORE, _SHOWN = 180, 480


@register.simple_tag
def quoted_from(
    passage: Passage, spans: Sequence[Sequence[int]], facet: str
) -> SafeString:
    """Return the passage with the words marked, cut around the first if it is long."""
    text, first = passage.text, min((start for start, _ in spans), default=0)
    start = max(0, first - _BEFORE) if len(text) > _SHOWN else 0
    if start:
        start = text.rfind(" ", 0, start) + 1
    end = min(len(text), start + _SHOWN)
    if end < len(text):
        end = text.rfind(" ", start, end) if " " in text[start:end] else end
    places = [
        Marked(max(a - start, 0), min(b, end) - start, facet)
        for a, b in spans
        if b > start and a < end
    ]
    before, after = "… " if start else "", " …" if end < len(text) else ""
    return format_html("{}{}{}", before, marked(text[start:end], places), after)


@register.filter
def language_name(code: str) -> SafeString | str:
    """Name the language of terms, in the reader's language."""
    return said(f"codebook.language_{code}") if code in LANGUAGES else code


@register.filter
def worded(share: object, unit: str) -> str:
    """State a share with its interval in words."""
    return str(share.sentence(unit, language()))  # type: ignore[attr-defined]
