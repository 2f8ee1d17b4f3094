"""The same map once for each region, year, country or kind, small and on one scale."""

from dataclasses import dataclass
from functools import cached_property

import polars as pl

from capmap.publishing.map_model import Count
from capmap.publishing.map_words import breaks_of, legend_of, step_of
from capmap.records.queries.maps import MULTIPLES
from capmap.tables import ALL, NONE
from capmap.web.map_drawing import counts_of
from capmap.web.map_page import Choice, MapPage, Option
from capmap.web.templatetags.capmap import said


@dataclass(frozen=True, slots=True)
class Small:
    """One small map, with its figures for the table."""

    label: str
    query: str
    paths: list[tuple[int, str]]  # a step of colour and the squares that wear it
    whole: Count
    filled: int
    leading: str
    leading_count: int
    amount: str
    words: str


class Multiples:
    """The small maps of a page, and the facet by which they are drawn."""

    def __init__(self, page: MapPage) -> None:
        self._page = page
        offered = [facet for facet in MULTIPLES if facet in page.facets]
        offered = [
            f for f in offered if f not in (page.question.rows, page.question.columns)
        ]
        self._offered = offered
        self.by = page.asked.by if page.asked.by in offered else next(iter(offered), "")

    @property
    def choice(self) -> Choice:
        names = self._page.names
        options = [Option(facet, names.label(facet)) for facet in self._offered]
        return Choice("by", said("map.once_for_each"), options, self.by, False)

    @cached_property
    def table(self) -> pl.DataFrame:
        return self._page.maps.by(self._page.question, self.by)

    @property
    def unit(self) -> str:
        return self._page.model.speaks_of

    @property
    def label(self) -> str:
        return self._page.names.label(self.by)

    @property
    def title(self) -> str:
        names, question = self._page.names, self._page.question
        return str(
            said(
                "map.multiples_title",
                rows=names.label(question.rows),
                columns=names.label(question.columns).lower(),
                by=self.label.lower() if self.by else "–",
            )
        )

    @property
    def query(self) -> str:
        return self._page.asked.query(by=self.by)

    @property
    def cells(self) -> int:
        return len(self._page.model.real_cells)

    @property
    def is_cut(self) -> bool:
        """Whether the portfolio has more codes than there are small maps."""
        return len(self._page.holdings.by(self.by)) > len(self.small)

    @property
    def columns(self) -> int:
        return len(self._page.model.heads)

    @property
    def rows(self) -> int:
        return len(self._page.model.lines)

    @cached_property
    def breaks(self) -> list[float]:
        real = self.table.filter(
            ~pl.col("row").is_in([ALL, NONE]) & ~pl.col("column").is_in([ALL, NONE])
        )
        return breaks_of(real[self.unit].to_list() or [0], self.unit)

    @property
    def legend(self) -> list[str]:
        return legend_of(self.breaks, self.unit, self._page.words)

    @cached_property
    def small(self) -> list[Small]:
        if not self.by:
            return []
        found = [
            (str(code), self._small(str(code), part))
            for (code,), part in self.table.group_by("by", maintain_order=True)
        ]
        by_name = self.by != "year"
        found.sort(key=lambda s: (s[0] == NONE, s[1].label if by_name else s[0]))
        return [small for _, small in found]

    def _small(self, code: str, part: pl.DataFrame) -> Small:
        page, counts = self._page, counts_of(part)
        nothing = Count()
        squares: dict[int, list[str]] = {}
        filled = 0
        for y, line in enumerate(page.model.lines):
            for x, head in enumerate(page.model.heads):
                count = counts.get((line.named.code, head.named.code), nothing)
                value = getattr(count, self.unit)
                if count.passages and line.is_code and head.is_code:
                    filled += 1
                if value:
                    step = step_of(value, self.breaks)
                    squares.setdefault(step, []).append(f"M{x} {y}h.9v.9h-.9z")
        real = [head for head in page.model.heads if head.is_code]
        margins = [
            (getattr(counts.get((ALL, head.named.code), nothing), self.unit), head)
            for head in real
        ]
        most, leader = max(margins, key=lambda m: m[0], default=(0, None))
        whole = counts.get((ALL, ALL), nothing)
        label = page.names.code(self.by, code).label
        unit = f"count_{self.unit}"
        amount = page.words.say(unit, count=getattr(whole, self.unit))
        return Small(
            label,
            page.asked.query(**{self.by: code}) if code else "",
            [(step, "".join(found)) for step, found in sorted(squares.items())],
            whole,
            filled,
            leader.named.short if leader and most else "",
            most,
            amount,
            str(
                said(
                    "map.small_map_words",
                    label=label, interventions=amount, filled=filled, of=self.cells,
                )
            ),
        )  # fmt: skip
