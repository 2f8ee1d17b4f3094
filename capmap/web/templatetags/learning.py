"""Figures and words of a learned model: gains, points, words for and against."""

from babel.numbers import format_decimal
from django import template
from django.utils.safestring import SafeString

from capmap.coding.learned.because import Because
from capmap.web.templatetags.capmap import language
from capmap.web.templatetags.evidence import Marked, marked

register = template.Library()


@register.filter
def gained(value: float) -> str:
    """Write a difference of two coefficients with its sign."""
    if round(value, 2) == 0:
        return format_decimal(0, "0.00", locale=language())
    return format_decimal(value, "+0.00;−0.00", locale=language())


@register.filter
def points(value: float) -> str:
    """Write a part of 1 in percentage points, with one decimal."""
    return format_decimal(100 * value, "0.#", locale=language())


@register.filter
def with_words(text: str, because: Because) -> SafeString:
    """Mark the words that speak for a code as modalities are, those against as people."""
    return marked(
        text,
        [
            Marked(start, end, side)
            for side, words in (
                ("modality", because.for_it),
                ("constituent", because.against),
            )
            for word in words
            for start, end in word.spans
        ],
    )
