"""An index of facets over a portfolio, in memory: any mix of filters in some milliseconds.

Counting from the database takes seconds on millions of codings. So the values of every
facet are kept as sorted numbers: of interventions (*rows*) for what a source or a person
says of them, of passages with capacity development for what a text was coded with. A
filter is a mask over these, an "and" of "or"s; a count is a look at the mask.

The rules are those of the map page and of ``analysis.facets``: codes of texts must meet
in one passage with capacity development (training *and* outcome 1 in the same sentence,
not somewhere in the same programme), and a component that is silent on its country takes
that of its programme. A bit set over interventions would be smaller, but could not say
what meets in one passage.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from capmap.tables import NONE

Mask = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.intp]

ROLES = ("funding", "accountable", "extending", "implementing")

#: What a source says of an intervention, and what is known of its review.
OF_INTERVENTION = (
    "country", "region", "sector", *ROLES, "kind", "status", "year", "language",
    "source", "capacity", "decisions", "read", "verdict",
)  # fmt: skip

#: How the list can be sorted, each in its natural direction.
SORTS = ("title", "starts", "budget", "passages", "identifier")

#: Countries that an intervention states itself: what a reader's scope is about.
SCOPE = "own_country"


@dataclass(frozen=True)
class Values:
    """The values of a facet, and who has each: ``members`` from one start to the next."""

    codes: list[str]
    starts: npt.NDArray[np.int64]
    members: Numbers

    @cached_property
    def number_of(self) -> Numbers:
        """Return the number of the value to which each member belongs."""
        return np.repeat(
            np.arange(len(self.codes), dtype=np.intp), np.diff(self.starts)
        )

    def mask(self, wanted: Iterable[str], size: int) -> Mask:
        """Mark who has one of the wanted values."""
        mask = np.zeros(size, dtype=np.bool_)
        for code in wanted:
            if code in self.codes:
                at = self.codes.index(code)
                mask[self.members[self.starts[at] : self.starts[at + 1]]] = True
        return mask


@dataclass(frozen=True)
class Selection:
    """What a mix of filters finds: the rows, and how many more each value would give."""

    rows: Mask
    counts: dict[str, dict[str, int]]  # facet -> value -> rows


@dataclass(frozen=True)
class FacetIndex:
    """The facets of one revision of a portfolio. Rows stand in the order of the tables."""

    facets: dict[str, Values]  # of interventions
    codes: dict[str, Values]  # of passages with capacity development
    passage_rows: Numbers  # the row of each such passage, ascending
    orders: dict[str, Numbers]
    keys: npt.NDArray[np.int64]  # of the records, -1 where there is none
    counted: npt.NDArray[np.int32]  # who is counted together; -1 for documents

    @property
    def size(self) -> int:
        return len(self.keys)

    def select(
        self,
        filters: Mapping[str, Sequence[str]],
        within: Mapping[str, Mask] | None = None,
        facets: Iterable[str] | None = None,
    ) -> Selection:
        """Return the rows that meet all filters, and the counts of each facet's values.

        The values of one facet are alternatives. ``within`` are further masks of rows by
        name: a search, the reader's countries. A facet's own filter is left out of its
        own counts, so that they say what choosing another value would give.
        """
        rows = {
            name: self.facets[name].mask(wanted, self.size)
            for name, wanted in filters.items()
            if name in self.facets
        } | {f"within {name}": mask for name, mask in (within or {}).items()}
        texts = {
            name: self._passages_with(name, wanted)
            for name, wanted in filters.items()
            if name in self.codes
        }
        through = self._rows_through(_all(texts.values()))
        found = _all([*rows.values(), through])
        inside = self._passages_in(_all(rows.values()))
        passages = _all([*texts.values(), inside]) if texts else None
        counts = {}
        for name in [*self.facets, *self.codes] if facets is None else facets:
            if name in self.facets:
                others = [mask for facet, mask in rows.items() if facet != name]
                base = _all([*others, through]) if name in rows else found
                counts[name] = self._count_rows(name, base)
            elif texts and set(texts) != {name}:
                others = [mask for facet, mask in texts.items() if facet != name]
                met = _all([*others, inside]) if name in texts else passages
                counts[name] = self._count_codes(name, met)
            else:
                counts[name] = self._count_pairs(name, _all(rows.values()))
        return Selection(self._everything() if found is None else found, counts)

    def number_without(
        self,
        filters: Mapping[str, Sequence[str]],
        within: Mapping[str, Mask],
        *,
        dropped: str,
    ) -> int:
        """Return how many rows there would be without one of the filters."""
        kept = {name: wanted for name, wanted in filters.items() if name != dropped}
        rest = {name: mask for name, mask in within.items() if name != dropped}
        return int(self.select(kept, rest, facets=()).rows.sum())

    def ordered(self, rows: Mask, sort: str) -> Numbers:
        """Return the numbers of the marked rows in the order of ``sort`` ("-title": reversed)."""
        order = self.orders[sort]
        return order[rows[order]]

    def counted_interventions(self, rows: Mask) -> int:
        """Return as how many interventions rows count: components with their programme."""
        seen = np.zeros(self.size + 1, dtype=np.bool_)
        seen[self.counted[rows]] = True  # documents mark the last place
        return int(seen[:-1].sum())

    def documents(self, rows: Mask) -> int:
        """Return how many of the rows are documents, which are not counted."""
        return int((self.counted[rows] < 0).sum())

    def rows_of(self, keys: npt.NDArray[np.int64]) -> Mask:
        """Mark the rows of records."""
        by_key, sorted_keys = self._by_key
        at = np.searchsorted(sorted_keys, keys)
        at[at == len(sorted_keys)] = 0
        mask = np.zeros(self.size, dtype=np.bool_)
        if self.size:
            mask[by_key[at[sorted_keys[at] == keys]]] = True
        return mask

    def values_at(self, facet: str, row: int) -> list[str]:
        """Return the values of one row, in the order of the facet."""
        codes, order, sorted_rows = self._by_row(facet)
        first, last = np.searchsorted(sorted_rows, _span(row))
        names = (self.facets.get(facet) or self.codes[facet]).codes
        return [names[codes[i]] for i in order[first:last]]

    def passages_at(self, row: int) -> int:
        """Return how many passages with capacity development a row has."""
        first, last = np.searchsorted(self.passage_rows, _span(row))
        return int(last - first)

    @cached_property
    def _by_key(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        order = np.argsort(self.keys, kind="stable")
        return order, self.keys[order]

    @cached_property
    def _transposed(self) -> dict[str, Any]:
        return {}

    def _by_row(self, facet: str) -> tuple[Numbers, Any, Numbers]:
        if facet not in self._transposed:
            if facet in self.codes:
                number_of, rows = self._pairs[facet]
            else:
                number_of, rows = (
                    self.facets[facet].number_of,
                    self.facets[facet].members,
                )
            order = np.argsort(rows, kind="stable")
            self._transposed[facet] = (number_of, order, rows[order])
        found: tuple[Numbers, Any, Numbers] = self._transposed[facet]
        return found

    @cached_property
    def _pairs(self) -> dict[str, tuple[Numbers, Numbers]]:
        """Each code of texts with each row that has it in any passage, once."""
        pairs = {}
        for name, values in self.codes.items():
            rows = self.passage_rows[values.members]
            first = _first(rows, values.number_of)
            pairs[name] = (values.number_of[first], rows[first])
        return pairs

    def _everything(self) -> Mask:
        return np.ones(self.size, dtype=np.bool_)

    def _passages_with(self, facet: str, wanted: Iterable[str]) -> Mask:
        """Mark passages with one of the codes, or, for ``NONE``, with no code of the facet."""
        values, size = self.codes[facet], len(self.passage_rows)
        mask = values.mask(wanted, size)
        return mask | ~values.mask(values.codes, size) if NONE in wanted else mask

    def _passages_in(self, rows: Mask | None) -> Mask | None:
        return None if rows is None else rows.take(self.passage_rows)

    def _rows_through(self, passages: Mask | None) -> Mask | None:
        if passages is None:
            return None
        mask = np.zeros(self.size, dtype=np.bool_)
        mask[self.passage_rows[passages]] = True
        return mask

    def _count_rows(self, name: str, base: Mask | None) -> dict[str, int]:
        values = self.facets[name]
        if base is None:
            return _told(values.codes, np.diff(values.starts))
        return _told(values.codes, _sums(base.take(values.members), values.starts))

    def _count_pairs(self, name: str, rows: Mask | None) -> dict[str, int]:
        """Count rows of each code of texts, whatever else their passages hold."""
        number_of, of_rows = self._pairs[name]
        kept = number_of if rows is None else number_of[rows.take(of_rows)]
        codes = self.codes[name].codes
        return _told(codes, np.bincount(kept, minlength=len(codes)))

    def _count_codes(self, name: str, passages: Mask | None) -> dict[str, int]:
        """Count rows of each code of texts that have it in one of the passages."""
        assert passages is not None
        values = self.codes[name]
        at = np.flatnonzero(passages.take(values.members))
        number_of = values.number_of[at]
        kept = number_of[_first(self.passage_rows[values.members[at]], number_of)]
        return _told(values.codes, np.bincount(kept, minlength=len(values.codes)))


def _span(row: int) -> Numbers:
    """Return a row and the next, of the type of the arrays: others would be converted."""
    return np.array([row, row + 1], dtype=np.intp)


def _all(masks: Iterable[Mask | None]) -> Mask | None:
    """Return what stands in all masks; None is no limit, and stands for all."""
    found: Mask | None = None
    for mask in masks:
        if mask is not None:
            found = mask if found is None else found & mask
    return found


def _first(rows: Numbers, number_of: Numbers) -> Mask:
    """Mark the first of equal neighbours: several passages of a row with the same code."""
    first = np.ones(len(rows), dtype=np.bool_)
    first[1:] = (rows[1:] != rows[:-1]) | (number_of[1:] != number_of[:-1])
    return first


def _sums(kept: Mask, starts: npt.NDArray[np.int64]) -> npt.NDArray[Any]:
    """Count the marks between one start and the next; no value is without members."""
    if not len(kept):
        return np.zeros(len(starts) - 1, dtype=np.int64)
    return np.add.reduceat(kept.view(np.uint8), starts[:-1], dtype=np.int64)


def _told(codes: Sequence[str], counts: npt.NDArray[Any]) -> dict[str, int]:
    return {
        code: count for code, count in zip(codes, counts.tolist(), strict=True) if count
    }
