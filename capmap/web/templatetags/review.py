"""A passage and its codes as a reviewer sees them."""

from itertools import pairwise
from typing import Any

from django import template
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString

from capmap.records.queries.codebook import codebook_of
from capmap.records.queries.review import Row
from capmap.web.review_step import Step
from capmap.web.templatetags.capmap import language, rules, said, text
from capmap.web.templatetags.evidence import mark_of
from capmap.wording import Wording

register = template.Library()

#: Quotations shown beside a code, and their length.
_QUOTES, _LONGEST = 3, 60


@register.simple_tag(takes_context=True)
def code_label(context: dict[str, Any], facet: str, code: str) -> str:
    """Name a code in the reader's language; one that is no longer there by itself."""
    known = codebook_of(context["access"].portfolio).facets.get(facet)
    if known is None or code not in known.codes:
        return code
    return text(known.codes[code].label)


@register.simple_tag(takes_context=True)
def facet_label(context: dict[str, Any], facet: str) -> str:
    """Name a facet in the reader's language."""
    known = codebook_of(context["access"].portfolio).facets.get(facet)
    return text(known.label) if known else facet


@register.filter
def numbered(step: Step) -> SafeString:
    """Mark in a passage the words of the codes that are ticked, each with its number."""
    words = step.passage.text
    places = [
        (start, end, row)
        for row in step.rows
        if row.ticked
        for start, end in row.spans
        if 0 <= start < end <= len(words)
    ]
    edges = sorted({0, len(words), *(edge for p in places for edge in p[:2])})
    return format_html_join(
        "",
        "{}",
        (
            (
                _segment(
                    words[a:b],
                    [row for start, end, row in places if start <= a and b <= end],
                    [row for _, end, row in places if end == b],
                ),
            )
            for a, b in pairwise(edges)
        ),
    )


def _segment(words: str, over: list[Row], ending: list[Row]) -> SafeString:
    shown = format_html("{}", words)
    if ending:
        numbers = ",".join(sorted({str(row.number) for row in ending}, key=int))
        shown = format_html('{}<sup aria-hidden="true">{}</sup>', shown, numbers)
    for kind in dict.fromkeys(mark_of(row.facet) for row in over):
        shown = format_html('<mark class="{}">{}</mark>', kind, shown)
    return shown


@register.filter
def quoted(row: Row, words: str) -> SafeString:
    """Quote the words that speak for a code, or say that a rule does."""
    parts = [_short(words[start:end]) for start, end in row.spans[:_QUOTES]]
    if parts:
        more = " …" if len(row.spans) > _QUOTES else ""
        return said("review.quote", words=" … ".join(parts) + more)
    because = rules(row.because) if row.codings else ""
    told = [said("review.no_words"), because] if because else [said("review.no_words")]
    return conditional_escape("; ".join(told))


@register.filter
def coders(row: Row) -> str:
    """Say who speaks for a code: "lexicon 0.93, model 0.91"."""
    if not row.codings:
        return said("review.yours")
    locale = Wording("site_review", language())
    said_by: dict[str, str] = {}
    for coding in row.codings:
        if coding.coder.kind == "person":
            said_by[coding.coder.name] = coding.coder.name
        else:
            kind = said(f"review.coder_{coding.coder.kind}")
            said_by[kind] = f"{kind} {locale.number(round(coding.confidence, 2))}"
    named = ", ".join(said_by.values())
    if row.is_suggested_in_doubt:
        return said("review.in_doubt", coder=named)
    return named


@register.filter
def places_sent(row: Row) -> str:
    """Write marked words as the form sends them: "modality:training 0-8,10-12"."""
    return f"{row.name} " + ",".join(f"{start}-{end}" for start, end in row.marked)


def _short(words: str) -> str:
    return words if len(words) <= _LONGEST else f"{words[:_LONGEST].rstrip()}…"
