"""The list of interventions: what was asked, what is found, and one page of it."""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from threading import Lock
from typing import Any
from urllib.parse import urlencode

import numpy as np
import polars as pl
from django.http import QueryDict

from capmap.records import search
from capmap.records.models import Intervention, Portfolio
from capmap.records.permissions import Access
from capmap.records.queries import facet_build, facet_records, snapshot
from capmap.records.queries.facet_index import SCOPE, SORTS, FacetIndex, Mask, Selection
from capmap.records.queries.snapshot import Snapshot
from capmap.tables import LazyPortfolio

PAGE = 50

#: How "nothing of this facet" stands in an address.
NOTHING = "none"

#: What an address may ask at most; the rest of it is ignored.
MOST_VALUES, MOST_CHARACTERS = 40, 200


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks of the list: words, filters, order, page."""

    words: str = ""
    filters: tuple[tuple[str, tuple[str, ...]], ...] = ()
    sort: str = "title"
    page: int = 1

    def query(self, **changes: Any) -> str:
        """Return the address after "?" with some parts changed; a change begins at page 1."""
        asked = replace(self, page=1) if changes and "page" not in changes else self
        asked = replace(asked, **changes)
        parts = [("q", asked.words)] if asked.words else []
        parts += [
            (facet, value or NOTHING) for facet, held in asked.filters for value in held
        ]
        if asked.sort != "title":
            parts.append(("sort", asked.sort))
        if asked.page > 1:
            parts.append(("page", str(asked.page)))
        return urlencode(parts)

    def turned(self, facet: str, value: str) -> "Asked":
        """Return what is asked with one value more, or without it where it was chosen."""
        held = dict(self.filters)
        chosen = held.get(facet, ())
        held[facet] = (
            tuple(v for v in chosen if v != value)
            if value in chosen
            else (*chosen, value)
        )
        kept = tuple((name, values) for name, values in held.items() if values)
        return replace(self, filters=kept, page=1)

    def without(self, dropped: str) -> "Asked":
        """Return what is asked without a facet, or without its words ("q")."""
        if dropped == "q":
            return replace(self, words="", page=1)
        kept = tuple((name, held) for name, held in self.filters if name != dropped)
        return replace(self, filters=kept, page=1)

    @property
    def is_narrowed(self) -> bool:
        return bool(self.words or self.filters)


def asked_by(query: QueryDict, index: FacetIndex) -> Asked:
    """Read an address; what the index does not know is ignored."""
    known = [name for name in (*index.codes, *index.facets) if name != SCOPE]
    filters = []
    for name in query:
        values = [v[:MOST_CHARACTERS] for v in query.getlist(name)[:MOST_VALUES] if v]
        if name in known and values:
            held = dict.fromkeys("" if v == NOTHING else v for v in values)
            filters.append((name, tuple(held)))
    sort = query.get("sort", "title")
    page = query.get("page", "1")
    return Asked(
        words=query.get("q", "").strip()[:MOST_CHARACTERS],
        filters=tuple(filters),
        sort=sort if sort.removeprefix("-") in SORTS and sort[:2] != "--" else "title",
        page=max(1, int(page)) if page.isascii() and page.isdigit() and len(page) < 8 else 1,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the list, with what the texts of the intervention were coded as."""

    intervention: Intervention
    countries: list[str]
    outcomes: list[str]
    levels: list[str]
    passages: int  # with capacity development


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of the list, and what the whole of it holds."""

    asked: Asked
    rows: list[Row]
    found: int
    counted: int  # interventions, components with their programme
    documents: int
    total: int  # without any filter
    pages: int
    selection: Selection
    made_at: datetime
    is_behind: bool
    # What the list would hold without one of its filters, where it holds nothing.
    relief: list[tuple[str, int]] = field(default_factory=list)

    @property
    def first(self) -> int:
        return (self.asked.page - 1) * PAGE + 1 if self.found else 0

    @property
    def last(self) -> int:
        return min(self.asked.page * PAGE, self.found)


def listing(access: Access, query: QueryDict) -> Listing:
    """Answer what an address asks, within what a person may see."""
    snap, index = current(access.portfolio)
    asked = asked_by(query, index)
    scope = _scope(access, index)
    words = _words(snap, access.portfolio, index, asked.words)
    selection = _selected(snap, index, access, asked, scope | words)
    found = int(selection.rows.sum())
    pages = max(1, -(-found // PAGE))
    asked = replace(asked, page=min(asked.page, pages))
    order = index.ordered(selection.rows, asked.sort)
    here = order[(asked.page - 1) * PAGE : asked.page * PAGE]
    relief = []
    if not found and asked.is_narrowed:
        for name in (["q"] if asked.words else []) + [f for f, _ in asked.filters]:
            masks = scope if name == "q" else scope | words
            number = index.number_without(dict(asked.filters), masks, dropped=name)
            relief.append((name, number))
    return Listing(
        asked=asked,
        rows=_rows(access, index, here.tolist()),
        found=found,
        counted=index.counted_interventions(selection.rows),
        documents=index.documents(selection.rows),
        total=int(scope["scope"].sum()) if scope else index.size,
        pages=pages,
        selection=selection,
        made_at=snap.made_at,
        is_behind=snap.is_behind,
        relief=relief,
    )


def narrowed(access: Access, query: QueryDict) -> LazyPortfolio:
    """Return the tables of what an address asks, within what a person may see."""
    snap, index = current(access.portfolio)
    asked = asked_by(query, index)
    masks = _scope(access, index)
    masks |= _words(snap, access.portfolio, index, asked.words)
    rows = index.select(dict(asked.filters), masks, facets=()).rows
    tables = snap.tables()
    wanted = pl.LazyFrame({"row": index.ordered(rows, asked.sort).tolist()}).cast(
        {"row": pl.UInt32}
    )
    interventions = wanted.join(
        tables.interventions.with_row_index("row"),
        on="row", how="left", maintain_order="left",
    ).drop("row")  # fmt: skip
    seen = interventions.select("intervention_id")
    return LazyPortfolio(
        interventions,
        tables.passages.join(
            seen, on="intervention_id", how="semi", maintain_order="left"
        ),
        tables.codings.join(
            seen, on="intervention_id", how="semi", maintain_order="left"
        ),
        tables.set_aside.clear(),
    )


_loaded: OrderedDict[str, FacetIndex] = OrderedDict()
_loading = Lock()


def current(portfolio: Portfolio) -> tuple[Snapshot, FacetIndex]:
    """Return the tables of a portfolio and their index, built where it is not there yet."""
    snap = snapshot.current(portfolio)
    name = str(snap.folder)
    with _loading:
        if name in _loaded:
            _loaded.move_to_end(name)
            return snap, _loaded[name]
        folder = snap.folder / "facets"
        if not folder.is_dir():
            facet_records.keep(snap.folder, portfolio)
        _loaded[name] = facet_build.load(folder)
        while len(_loaded) > 8:
            _loaded.popitem(last=False)
        return snap, _loaded[name]


def _scope(access: Access, index: FacetIndex) -> dict[str, Mask]:
    if not access.countries:
        return {}
    return {"scope": index.facets[SCOPE].mask(access.countries, index.size)}


_found: OrderedDict[tuple[str, int, str], Mask] = OrderedDict()
_selections: OrderedDict[Any, Selection] = OrderedDict()
_remembering = Lock()


def _words(
    snap: Snapshot, portfolio: Portfolio, index: FacetIndex, words: str
) -> dict[str, Mask]:
    """Mark the rows that hold the words; the search changes only with the portfolio."""
    if not words:
        return {}
    key = (str(snap.folder), portfolio.revision, words)
    mask = _remembered(_found, key)
    if mask is None:
        keys = search.find(words)
        if keys is None:
            return {}
        mask = index.rows_of(np.array(keys, dtype=np.int64))
        _remember(_found, key, mask)
    return {"q": mask}


def _selected(
    snap: Snapshot,
    index: FacetIndex,
    access: Access,
    asked: Asked,
    masks: Mapping[str, Mask],
) -> Selection:
    """Select, or remember: pages and orders of one selection share it."""
    revision = access.portfolio.revision if asked.words else 0
    key = (str(snap.folder), revision, access.countries, asked.words, asked.filters)
    selection: Selection | None = _remembered(_selections, key)
    if selection is None:
        selection = index.select(dict(asked.filters), masks)
        _remember(_selections, key, selection)
    return selection


def _remembered(known: OrderedDict[Any, Any], key: Any) -> Any:
    with _remembering:
        if key in known:
            known.move_to_end(key)
        return known.get(key)


def _remember(known: OrderedDict[Any, Any], key: Any, value: Any) -> None:
    with _remembering:
        known[key] = value
        while len(known) > 64:
            known.popitem(last=False)


def _rows(access: Access, index: FacetIndex, numbers: Sequence[int]) -> list[Row]:
    keys = [int(index.keys[n]) for n in numbers]
    records = {
        record.pk: record
        for record in access.interventions()
        .filter(pk__in=keys)
        .defer("organisations", "sectors", "regions", "children", "edited_fields")
    }

    def held(facet: str, number: int) -> list[str]:
        known = facet in index.codes or facet in index.facets
        return [v for v in index.values_at(facet, number) if v] if known else []

    return [
        Row(
            intervention=records[key],
            countries=held("country", number),
            outcomes=held("outcome", number),
            levels=held("level", number),
            passages=index.passages_at(number),
        )
        for number, key in zip(numbers, keys, strict=True)
        if key in records  # gone since the tables were written
    ]
