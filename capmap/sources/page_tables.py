"""Tables put together over the pages that they cross."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from capmap.sources.blocks import Block, continues, one_line, table_row
from capmap.sources.hyphenation import CERTAIN_HARD, CERTAIN_SOFT, running_text
from capmap.sources.page_layout import Line

_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
HYPHENS = ("-", CERTAIN_HARD, CERTAIN_SOFT)
Cell = list[list[Line]]
"""The lines of each paragraph of a cell."""


@dataclass(slots=True)
class PageTable:
    """A table of one page: its column edges and, by row and cell, groups of lines."""

    columns: list[float]
    rows: list[list[Cell]]


def text_of(lines: Iterable[Line], words: frozenset[str]) -> str:
    return one_line(running_text((with_raised(line) for line in lines), words))


def with_raised(line: Line) -> str:
    """Return the text of a line, small raised numbers as such: the marks of notes."""
    for word in line.words:
        raised = word.baseline > line.baseline + 0.1 * line.size
        if raised and word.size < 0.85 * line.size and word.text.isdigit():
            word.text = word.text.translate(_RAISED)
    return line.text


class Tables:
    """Tables put together over the pages: a row that a page cuts is one row."""

    def __init__(self, words: frozenset[str]) -> None:
        self._words = words
        self._number = 0
        self._row = 0
        self._page = 0
        self._columns: list[float] = []  # of the table that may go on
        self._head: list[str] = []
        self._last: tuple[Block, list[Cell]] | None = None  # the row that may go on

    def add(self, blocks: list[Block], table: PageTable, page: int) -> None:
        """Append the rows of a table, or of the part of one that stands on ``page``."""
        first = self._goes_on(table, page)
        if not first:
            self._number, self._row, self._head = self._number + 1, 0, []
            self._last = None
        self._columns, self._page = table.columns, page
        for row in table.rows:
            texts = self._texts(row)
            if not any(texts) or texts == self._head:
                continue  # the head of the table, repeated
            if first and self._last and self._is_cut(self._last[1], texts):
                self._mend(*self._last, row)
            else:
                self._row += 1
                blocks.append(table_row(texts, self._number, self._row, page))
                self._last = blocks[-1], row
            self._head = self._head or texts
            first = False

    def end_unless_note(self, lines: list[Line]) -> None:
        """Text ends a table, unless it is a footnote under it at the end of a page."""
        if not re.match(r"[⁰¹²³⁴-⁹]|\d{1,2} ", with_raised(lines[0])):
            self._columns = []

    def _goes_on(self, table: PageTable, page: int) -> bool:
        return (
            page > self._page
            and len(table.columns) == len(self._columns)
            and all(
                abs(one - other) < 6
                for one, other in zip(table.columns, self._columns, strict=True)
            )
        )

    def _is_cut(self, row: list[Cell], texts: list[str]) -> bool:
        """Tell whether a row at the top of a page goes on with the one before it.

        Its first text decides, and must go on with the cell above it.
        """
        column = next(column for column, text in enumerate(texts) if text)
        if not row[column]:
            return False
        before = row[column][-1][-1].text
        return before.endswith(HYPHENS) or continues(before, texts[column])

    def _mend(self, block: Block, row: list[Cell], rest: list[Cell]) -> None:
        """Add to a row what stands of it on the next page."""
        for cell, more in zip(row, rest, strict=True):
            if cell and more:
                cell[-1].extend(more[0])
                cell.extend(more[1:])
            else:
                cell.extend(more)
        whole = table_row(self._texts(row), block.table, block.row)
        block.text, block.cells = whole.text, whole.cells

    def _texts(self, row: list[Cell]) -> list[str]:
        return [
            "\n".join(text_of(paragraph, self._words) for paragraph in cell)
            for cell in row
        ]
