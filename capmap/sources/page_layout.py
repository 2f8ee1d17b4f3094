"""Words with their places on a page -> lines, columns and ruled tables in reading order.

Lengths are in points from the lower left corner of the page, as PDF has them.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median


@dataclass(slots=True)
class Word:
    """A word as printed: its left and right edge, baseline, and height of its font.

    ``glued``: it stands against the word before, as a raised number does.
    """

    text: str
    left: float
    right: float
    baseline: float
    size: float
    bold: bool = False
    glued: bool = False


@dataclass(slots=True)
class Line:
    """Words on one baseline, from left to right."""

    words: list[Word]

    @property
    def text(self) -> str:
        parts = [("" if word.glued else " ") + word.text for word in self.words]
        return "".join(parts).strip()

    @property
    def left(self) -> float:
        return self.words[0].left

    @property
    def right(self) -> float:
        return self.words[-1].right

    @property
    def baseline(self) -> float:
        return median(word.baseline for word in self.words)

    @property
    def size(self) -> float:
        return median(word.size for word in self.words)

    @property
    def bold(self) -> bool:
        return all(word.bold for word in self.words)


@dataclass(frozen=True, slots=True)
class Rule:
    """A line drawn on the page, level or upright: where it lies and how far it goes."""

    at: float
    start: float
    end: float


@dataclass(slots=True)
class Grid:
    """A ruled table on one page: edges of columns from the left, of rows from the top.

    ``joins`` leads from a cell (row, column) to the one above or to the left of it with
    which it is merged, because no rule parts the two.
    """

    columns: list[float]
    rows: list[float]
    joins: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict)

    def holds(self, word: Word) -> bool:
        middle = word.baseline + word.size / 4
        return (
            self.columns[0] - 2 < word.left < self.columns[-1]
            and self.rows[-1] - 2 < middle < self.rows[0] + 2
        )

    def cells(self, words: Iterable[Word]) -> list[list[list[Word]]]:
        """Return the words of each cell, row by row; a merged cell keeps the first place."""
        found: list[list[list[Word]]] = [
            [[] for _ in self.columns[1:]] for _ in self.rows[1:]
        ]
        upwards = [-edge for edge in self.rows]
        for word in words:
            row = bisect_right(upwards, -(word.baseline + word.size / 4)) - 1
            column = bisect_right(self.columns, word.left + 1) - 1
            place = (
                min(max(row, 0), len(found) - 1),
                min(max(column, 0), len(found[0]) - 1),
            )
            while place in self.joins:
                place = self.joins[place]
            found[place[0]][place[1]].append(word)
        return found


def lines_of(words: Iterable[Word]) -> list[Line]:
    """Gather words into lines from top to bottom.

    A word belongs to a line if its baseline is within a third of its size: raised
    numbers stay in their line, lines set solid stay apart.
    """
    lines: list[list[Word]] = []
    for word in sorted(words, key=lambda word: -word.baseline):
        if lines and abs(lines[-1][0].baseline - word.baseline) < word.size / 3:
            lines[-1].append(word)
        else:
            lines.append([word])
    return [Line(sorted(line, key=lambda word: word.left)) for line in lines]


def in_columns(words: list[Word], width: float) -> Iterator[list[Word]]:
    """Yield groups of words that are read one after the other: a page's columns.

    The page is cut by turns (XY cut): at an upright gutter that no word crosses, if
    there is text enough on both sides of it; else at the widest level gap, if that
    uncovers a gutter. ``width`` is the page's.
    """
    gutter = _gutter(words, width)
    if gutter is not None:
        yield from in_columns([word for word in words if word.left < gutter], width)
        yield from in_columns([word for word in words if word.left >= gutter], width)
        return
    for edge in _level_gaps(words):
        above = [word for word in words if word.baseline > edge]
        below = [word for word in words if word.baseline <= edge]
        if _gutter(above, width) is not None or _gutter(below, width) is not None:
            yield from in_columns(above, width)
            yield from in_columns(below, width)
            return
    if words:
        yield words


def _gutter(words: list[Word], width: float) -> float | None:
    """Return where an empty upright strip parts the words into columns, if one does."""
    if len(words) < 20:
        return None
    size = median(word.size for word in words)
    reach = 0.0
    best: tuple[float, float] | None = None
    for word in sorted(words, key=lambda word: word.left):
        gap = word.left - reach
        if reach and gap > max(size * 0.8, 8) and (best is None or gap > best[0]):
            best = (gap, word.left)
        reach = max(reach, word.right)
    if best is None:
        return None
    left = [word for word in words if word.left < best[1]]
    right = [word for word in words if word.left >= best[1]]
    # Numbers beside paragraphs and other narrow margins are no columns.
    for side in (left, right):
        extent = max(w.right for w in side) - min(w.left for w in side)
        if (
            extent < width * 0.2
            or len(lines_of(side)) < 3
            or len(side) * 5 < len(words)
        ):
            return None
    return best[1]


def _level_gaps(words: list[Word]) -> list[float]:
    """Return the widest gaps between lines, widest first; a handful is enough."""
    baselines = sorted({round(word.baseline, 1) for word in words}, reverse=True)
    gaps = [(upper - lower, lower) for upper, lower in pairwise(baselines)]
    if not gaps:
        return []
    usual = median(gap for gap, _ in gaps)
    wide = sorted((gap for gap in gaps if gap[0] > usual * 1.15), reverse=True)
    return [lower + gap * 0.4 for gap, lower in wide[:6]]


def grids(level: list[Rule], upright: list[Rule], words: list[Word]) -> list[Grid]:
    """Find the ruled tables of a page, from the top.

    A table is a stack of level rules of one extent with two columns at least: upright
    rules part them, or else the strips that no word of the table crosses.
    """
    level, upright = _chained(level), _chained(upright)
    found = []
    for stack in _stacks(level, upright):
        left, right = stack[0].start, stack[0].end
        top, bottom = stack[0].at, stack[-1].at
        # Beside merged cells a rule goes only part of the way.
        inner = [
            rule
            for rule in level
            if bottom - 1 <= rule.at <= top + 1
            and left - 3 <= rule.start
            and rule.end <= right + 3
        ]
        rows = _merged(rule.at for rule in inner)[::-1]
        sides = [
            rule
            for rule in upright
            if left - 3 <= rule.at <= right + 3
            and rule.start < top
            and rule.end > bottom
        ]
        columns = _merged(rule.at for rule in sides)
        if len(columns) > 2:
            found.append(Grid(columns, rows, _joins(columns, rows, inner, sides)))
        elif len(stack) > 2:
            rows = _merged(rule.at for rule in stack)[::-1]
            frame = Grid([left, right], rows)
            columns = _strips(
                [word for word in words if frame.holds(word)], left, right
            )
            if len(columns) > 2:
                found.append(Grid(columns, rows))
    return sorted(found, key=lambda grid: -grid.rows[0])


def _chained(rules: list[Rule]) -> list[Rule]:
    """Join rules that go on where another ends: many programs draw them cell by cell."""
    chained: list[Rule] = []
    for rule in sorted(rules, key=lambda rule: (round(rule.at / 2), rule.start)):
        last = chained[-1] if chained else None
        if last and abs(last.at - rule.at) < 2.5 and rule.start <= last.end + 3:
            end = max(last.end, rule.end)
            chained[-1] = Rule(last.at, min(last.start, rule.start), end)
        else:
            chained.append(rule)
    return chained


def _stacks(level: list[Rule], upright: list[Rule]) -> list[list[Rule]]:
    """Group level rules of one extent, from the top, into those of one table each."""
    stacks: list[list[Rule]] = []
    for rule in sorted(level, key=lambda rule: -rule.at):
        stack = next((s for s in stacks if _same_extent(s[0], rule)), None)
        if stack is None or not _bridged(stack[-1].at, rule.at, upright, rule):
            stacks.insert(0, [rule])
        else:
            stack.append(rule)
    return [stack for stack in stacks if stack[0].at - stack[-1].at > 5]


def _same_extent(one: Rule, other: Rule) -> bool:
    return abs(one.start - other.start) < 3 and abs(one.end - other.end) < 3


def _bridged(top: float, bottom: float, upright: list[Rule], rule: Rule) -> bool:
    """Tell whether upright rules go from one level rule to the next, or there are none."""
    beside = [u for u in upright if rule.start - 3 <= u.at <= rule.end + 3]
    return not beside or any(u.start <= bottom + 3 and u.end >= top - 3 for u in beside)


def _joins(
    columns: list[float], rows: list[float], level: list[Rule], upright: list[Rule]
) -> dict[tuple[int, int], tuple[int, int]]:
    joins: dict[tuple[int, int], tuple[int, int]] = {}
    for row, (top, bottom) in enumerate(pairwise(rows)):
        for column, (left, right) in enumerate(pairwise(columns)):
            if column and not _drawn(upright, left, bottom, top):
                joins[row, column] = (row, column - 1)
            elif row and not _drawn(level, top, left, right):
                joins[row, column] = (row - 1, column)
    return joins


def _drawn(rules: list[Rule], at: float, start: float, end: float) -> bool:
    return any(
        abs(rule.at - at) < 4 and rule.start <= start + 4 and rule.end >= end - 4
        for rule in rules
    )


def _merged(places: Iterable[float]) -> list[float]:
    """Sort places and make one of those that lie within three points."""
    merged: list[float] = []
    for place in sorted(places):
        if not merged or place - merged[-1] > 3:
            merged.append(place)
    return merged


def _strips(words: list[Word], left: float, right: float) -> list[float]:
    edges = [left]
    reach = left
    for word in sorted(words, key=lambda word: word.left):
        if word.left - reach > max(word.size * 0.6, 5) and reach > left:
            edges.append(word.left - 2)
        reach = max(reach, word.right)
    return [*edges, right]
