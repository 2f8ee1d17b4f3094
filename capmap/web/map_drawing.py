"""From a coverage table to the map that people see: names, order, colours, words.

It takes the table (and the budgets in one currency) as the analysis gives them; it counts
nothing itself.
"""

from collections.abc import Callable, Mapping, Sequence
from itertools import groupby

import polars as pl

from capmap.analysis.shares import per_cent
from capmap.publishing.code_names import CodeNames
from capmap.publishing.map_model import (
    OTHERS,
    Cell,
    Count,
    Group,
    Head,
    Line,
    MapModel,
    address_of,
    name_of,
)
from capmap.publishing.map_words import (
    breaks_of,
    percent_sign,
    short_money,
    step_of,
    whole_money,
)
from capmap.tables import ALL, NONE
from capmap.wording import Wording

#: More columns than these cannot be read side by side: the most frequent are kept.
MOST_COLUMNS = 40
#: And more rows than these not one below the other.
MOST_ROWS = 250


Counts = dict[tuple[str, str], Count]


def counts_of(table: pl.DataFrame, money: pl.DataFrame | None = None) -> Counts:
    """Return the counts of a coverage table by (row, column); ``money`` in one currency."""
    found = {
        (row, column): Count(interventions, passages, share, doubtful)
        for row, column, interventions, passages, share, doubtful in table.select(
            "row", "column", "interventions", "passages", "share_of_row", "doubtful"
        ).iter_rows()
    }
    if money is not None:
        for row, column, amount in money.select("row", "column", "amount").iter_rows():
            if (row, column) in found:
                found[row, column].amount = amount
    return found


def map_model(
    table: pl.DataFrame,
    names: CodeNames,
    *,
    measure: str,
    groups: Mapping[str, Count] | None = None,
    money: pl.DataFrame | None = None,
    only_rows: Sequence[str] = (),
) -> MapModel:
    """Return the map of a coverage table.

    ``measure`` is interventions, passages, share (of the row's interventions) or
    ``budget:EUR``, whose ``money`` stands in that currency alone. ``groups`` counts each
    group of rows by the code of its first member; ``only_rows`` leaves other rows out.
    """
    rows, columns = table["row_facet"][0], table["column_facet"][0]
    counts = counts_of(table, money)
    model = _Drawing(names, rows, columns, measure, counts)
    return model.draw(only_rows, groups or {})


class _Drawing:
    """The steps from counts to a ``MapModel``."""

    def __init__(
        self, names: CodeNames, rows: str, columns: str, measure: str, counts: Counts
    ) -> None:
        self._names, self._rows, self._columns = names, rows, columns
        self._words = Wording("explorer", names.language)
        self._counts = counts
        self._whole = counts.get((ALL, ALL), Count())
        self._measure = measure
        money = measure.startswith("budget:")
        self._currency = measure.partition(":")[2]
        self._unit = "interventions" if measure == "share" else measure
        self._is_money = money
        self._speaks_of = (
            "passages"
            if measure == "passages" or not self._whole.interventions
            else "interventions"
        )
        self._numbers: dict[float, str] = {}

    def draw(self, only_rows: Sequence[str], groups: Mapping[str, Count]) -> MapModel:
        heads, columns_left = self._heads()
        lines, rows_left = self._lines(only_rows)
        real = [
            self._value(self._counts[li.named.code, h.named.code], self._measure)
            for li in lines
            if li.is_code
            for h in heads
            if h.is_code
        ]
        breaks = breaks_of(real, self._measure)
        for line in lines:
            self._fill(line, heads, breaks)
        for head in heads:
            head.reached = sum(
                self._counts[li.named.code, head.named.code].passages > 0
                for li in lines
                if li.is_code
            )
        most = max((self._value(li.count, self._unit) for li in lines), default=0)
        for line in lines:
            part = self._value(line.count, self._unit) / most if most else 0
            line.part = f"{part:.3f}"
        return MapModel(
            self._rows, self._columns, self._measure, self._unit, self._speaks_of,
            self._names, heads, lines, self._grouped(lines, groups), self._whole,
            self._shown(self._value(self._whole, self._unit), self._unit),
            self._in_words(self._value(self._whole, self._unit), self._unit),
            breaks, columns_left, rows_left,
        )  # fmt: skip

    def _codes(self, facet: str, side: int) -> list[str]:
        found = list(dict.fromkeys(key[side] for key in self._counts))
        found = [code for code in found if code not in (ALL, OTHERS)]
        if facet == "country":
            found.sort(key=lambda c: (c == NONE, self._names.code(facet, c).label))
        return found

    def _heads(self) -> tuple[list[Head], int]:
        codes = self._codes(self._columns, 1)
        kept, left = _most(codes, MOST_COLUMNS, lambda c: self._counts[ALL, c].passages)
        heads = []
        for code in kept:
            count = self._counts[ALL, code]
            value = self._value(count, self._unit)
            heads.append(
                Head(
                    self._names.code(self._columns, code), name_of(code), address_of(code), count,
                    shown=self._shown(value, self._unit),
                    words=self._in_words(value, self._unit),
                    nowhere=count.passages == 0,
                )
            )  # fmt: skip
        family = heads[0].named.group if heads else ""
        for place, head in enumerate(heads):
            head.upper = place % 2 == 1
            head.first = head.named.group != family
            family = head.named.group
        return heads, left

    def _lines(self, only_rows: Sequence[str]) -> tuple[list[Line], int]:
        codes = self._codes(self._rows, 0)
        if only_rows:
            codes = [code for code in codes if code in only_rows]
        kept, left = _most(codes, MOST_ROWS, lambda c: self._counts[c, ALL].passages)
        lines = []
        for code in kept:
            count = self._counts[code, ALL]
            value = self._value(count, self._unit)
            lines.append(
                Line(
                    self._names.code(self._rows, code), name_of(code), address_of(code), count,
                    shown=self._shown(value, self._unit),
                    words=self._in_words(value, self._unit),
                    nowhere=count.passages == 0,
                )
            )  # fmt: skip
        return lines, left

    def _fill(self, line: Line, heads: list[Head], breaks: list[float]) -> None:
        for head in heads:
            count = self._counts[line.named.code, head.named.code]
            line.cells.append(self._cell(line, head, count, breaks))
            if head.is_code:
                line.found += count.passages > 0
                line.missing += count.passages == 0

    def _cell(self, line: Line, head: Head, count: Count, breaks: list[float]) -> Cell:
        say = self._words.say
        value = self._value(count, self._measure)
        kind, shown, words = "without-code", "", ""
        if count.passages == 0:
            nowhere = head.nowhere or line.nowhere
            kind = "none nowhere" if nowhere else "none"
            words = say("found_nowhere" if nowhere else "nothing_found")
        elif self._is_money and count.amount is None:
            kind, shown, words = "told", "–", say("no_budget_stated")
        elif self._unit == "interventions" and count.interventions == 0:
            kind, shown = "told", f"({self._number(count.passages)})"
            words = say("only_in_documents", count=count.passages)
        else:
            if line.is_code and head.is_code:
                kind = f"q{step_of(value, breaks)}"
            shown = self._shown(value, self._measure)
            words = self._in_words(value, self._measure, count, line.count)
        if count.doubtful:
            words += ", " + say("every_code_doubtful")
        return Cell(
            f"{line.name}~{head.name}", f"{line.address}~{head.address}", kind, shown,
            f"{line.named.label}, {head.named.label}: {words}",
            count.doubtful, value, count.passages, head,
        )  # fmt: skip

    def _grouped(self, lines: list[Line], groups: Mapping[str, Count]) -> list[Group]:
        found = []
        for label, members in groupby(lines, lambda line: line.named.group):
            group = Group(label, list(members))
            count = groups.get(group.members[0].named.code)
            if label and count:
                group.count = count
                group.shown = self._shown(self._value(count, self._unit), self._unit)
            found.append(group)
        return found

    def _value(self, count: Count, measure: str) -> float:
        if measure == "passages":
            return count.passages
        if measure == "share":
            return count.share or 0.0
        if self._is_money:
            return count.amount or 0.0
        return count.interventions

    def _shown(self, value: float, measure: str) -> str:
        if measure == "share":
            return percent_sign(value, self._words)
        if measure.startswith("budget:"):
            return short_money(value, self._words)
        return self._number(value)

    def _number(self, value: float) -> str:
        if value not in self._numbers:
            self._numbers[value] = self._words.number(value)
        return self._numbers[value]

    def _in_words(
        self,
        value: float,
        measure: str,
        part: Count | None = None,
        of: Count | None = None,
    ) -> str:
        if measure == "share" and part and of:
            share = per_cent(
                part.interventions, of.interventions or 1, self._words.language
            )
            return self._words.say("share_of_row_amount", share=share)
        if measure.startswith("budget:"):
            return whole_money(value, self._currency, self._words)
        return self._words.say(f"count_{measure}", count=int(value))


def _most(
    codes: list[str], most: int, size: Callable[[str], int]
) -> tuple[list[str], int]:
    """Keep the most frequent codes in their order, and say how many are left out."""
    real = [code for code in codes if code != NONE]
    if len(real) <= most:
        return codes, 0
    kept = set(sorted(real, key=size, reverse=True)[:most])
    return [c for c in codes if c == NONE or c in kept], len(real) - most
