"""A passage with the words marked that led to its codes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

register = template.Library()

#: The mark of each facet: they differ by tint and by line. All others wear ``top``.
MARKS = {
    "modality": "mod",
    "level": "lev",
    "constituent": "who",
    "target": "who",
    "beneficiary": "who",
    "partner": "par",
}


@dataclass(frozen=True, slots=True)
class Marked:
    """Some words of a passage and what they stand for."""

    start: int
    end: int
    facet: str
    title: str = ""  # shown on hover: the label of the code


@register.filter
def mark_of(facet: str) -> str:
    """Return the class that marks a facet's words, and its codes' names."""
    return MARKS.get(facet, "top")


@register.filter
def marked(text: str, places: Iterable[Marked]) -> SafeString:
    """Mark ``places`` in ``text``; where they overlap, marks stand within marks."""
    wanted = [p for p in places if 0 <= p.start < p.end <= len(text)]
    edges = sorted({0, len(text), *(e for p in wanted for e in (p.start, p.end))})
    return format_html_join(
        "",
        "{}",
        (
            (_wrapped(text[a:b], [p for p in wanted if p.start <= a and b <= p.end]),)
            for a, b in pairwise(edges)
        ),
    )


def _wrapped(words: str, places: Sequence[Marked]) -> SafeString:
    shown = format_html("{}", words)
    for mark in dict.fromkeys((mark_of(p.facet), p.title) for p in places):
        shown = format_html('<mark class="{}" title="{}">{}</mark>', *mark, shown)
    return shown
