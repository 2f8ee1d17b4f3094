"""Passages that people decided wholly, and the codes by which they settled them."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from capmap.records.models import Passage, Portfolio, Reading, ReadingCode
from capmap.records.queries.codebook import codebook_of
from capmap.records.queries.recoding import passages_to_code


@dataclass(frozen=True, slots=True)
class Decided:
    """What a passage stands for since people read it. ``doubtful`` are among the codes."""

    codes: dict[str, frozenset[str]]
    doubtful: frozenset[tuple[str, str]]


def settling() -> "QuerySet[Reading]":
    """Return the readings by which passages stand as they do."""
    return Reading.objects.exclude(before={})


def passages_read(portfolio: Portfolio) -> "QuerySet[Passage]":
    """Return the current passages that a reading settled."""
    settled = settling().filter(passage=OuterRef("pk"))
    return passages_to_code(portfolio).filter(Exists(settled))


def is_decided(passage: Passage) -> bool:
    """Whether people decided on all of a passage."""
    return passage.is_read and settling().filter(passage=passage).exists()


def decided_on(portfolio: Portfolio, passages: Any) -> dict[int, Decided]:
    """Return of each passage that a reading settled the codes that the last one gave.

    Codes that the codebook no longer has are left out.
    """
    book = codebook_of(portfolio)
    found = settling().filter(passage__in=passages)
    last = dict(found.order_by("pk").values_list("passage_id", "pk"))
    of_reading = {reading: passage for passage, reading in last.items()}
    codes: dict[int, dict[str, set[str]]] = {passage: {} for passage in last}
    doubtful: dict[int, set[tuple[str, str]]] = {passage: set() for passage in last}
    for reading, facet, code, doubt in ReadingCode.objects.filter(
        reading__in=found.order_by().values("pk")
    ).values_list("reading_id", "facet", "code", "doubtful"):
        known = book.facets.get(facet)
        if reading in of_reading and known is not None and code in known.codes:
            codes[of_reading[reading]].setdefault(facet, set()).add(code)
            if doubt:
                doubtful[of_reading[reading]].add((facet, code))
    return {
        passage: Decided(
            {facet: frozenset(given) for facet, given in codes[passage].items()},
            frozenset(doubtful[passage]),
        )
        for passage in last
    }
