"""Pages of words -> blocks: running heads dropped, paragraphs and tables put together."""

import math
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain, pairwise
from statistics import median

from capmap.sources.blocks import (
    Block,
    continues,
    is_contents_entry,
    mended,
    tell_headings,
)
from capmap.sources.hyphenation import (
    CERTAIN_HARD,
    CERTAIN_SOFT,
    words_within_lines,
)
from capmap.sources.page_layout import (
    Grid,
    Line,
    Rule,
    Word,
    grids,
    in_columns,
    lines_of,
)
from capmap.sources.page_tables import (
    HYPHENS,
    Cell,
    PageTable,
    Tables,
    text_of,
    with_raised,
)

# Signs that stand in words until all of the document is seen.
UNKNOWN_HYPHEN = "\x02"
MARKED_SOFT = "\x03"

_PAGE_NUMBER = re.compile(
    r"\W*(?:(?:page|página|p\.)\s*)?(?:\d{1,4}|[ivxl]{1,6})(?:\s*(?:/|of|sur|de)\s*\d{1,4})?\W*",
    re.IGNORECASE,
)
_BULLET = re.compile(r"[•●▪■◦‣*–—-]\s+|[\uf0b7\uf0a7]\s*")
_NUMBERED = re.compile(r"\d{1,3}[.)]\s|\(?[a-z]\)\s|\([ivx]{1,5}\)\s")


@dataclass(slots=True)
class Page:
    """What is printed on a page, as one reads it: turned pages are turned back."""

    number: int
    width: float
    bottom: float = 0.0
    top: float = 0.0
    words: list[Word] = field(default_factory=list)
    slanted: list[str] = field(default_factory=list)  # words across the others: stamps
    level: list[Rule] = field(default_factory=list)
    upright: list[Rule] = field(default_factory=list)
    has_picture: bool = False


def page_blocks(pages: list[Page]) -> list[Block]:
    """Return the blocks of all pages in reading order."""
    _settle_hyphens(pages)
    _drop_running_heads(pages)
    pitch = _pitch(pages)
    parts = _run_on([(page, part) for page in pages for part in _parts(page, pitch)])
    words = words_within_lines(line.text for _, part in parts for line in _lines(part))
    sizes = _heading_sizes(pages)
    blocks: list[Block] = []
    tables = Tables(words)
    for page, part in parts:
        if isinstance(part, PageTable):
            tables.add(blocks, part, page.number)
        else:
            tables.end_unless_note(part)
            blocks.append(_text_block(part, page.number, sizes, words))
    blocks = [block for block in blocks if block.text]
    return mended(tell_headings(blocks))


def _settle_hyphens(pages: list[Page]) -> None:
    """Where the file marks its soft hyphens, the others at ends of lines are real."""
    words = [word for page in pages for word in page.words]
    marked = any(MARKED_SOFT in word.text for word in words)
    known = {MARKED_SOFT: CERTAIN_SOFT, UNKNOWN_HYPHEN: CERTAIN_HARD if marked else "-"}
    table = str.maketrans(known)
    for word in words:
        word.text = word.text.translate(table)


def _drop_running_heads(pages: list[Page]) -> None:
    """Drop what stands at the same edge of many pages, and page numbers.

    Only the outermost lines are looked at, three at most; numbers in them may differ. A
    line that carries the number of its page is a running head whatever else it says.
    """
    edges = [_edges(page) for page in pages]
    seen: Counter[str] = Counter()
    steps: Counter[int] = Counter()
    for page, page_edges in zip(pages, edges, strict=True):
        lines = list(chain(*page_edges))
        seen.update({_key(line) for line in lines})
        steps.update({step for line in lines for step in _steps(line, page)})
    step, numbered = steps.most_common(1)[0] if steps else (0, 0)
    enough = 2 if len(pages) == 2 else max(3, len(pages) * 0.4)
    large = min(_heading_sizes(pages), default=math.inf)
    for page, page_edges in zip(pages, edges, strict=True):
        dropped: set[int] = set()
        for line in chain(*page_edges):
            repeated = seen[_key(line)] >= enough
            numbers = numbered >= max(3, len(pages) * 0.3) and step in _steps(
                line, page
            )
            # The title of a document is often its running head from page 2 on.
            is_title = page.number == 1 and line.size >= large
            is_head = (repeated or numbers) and not is_title
            if is_head or _PAGE_NUMBER.fullmatch(line.text):
                dropped.update(map(id, line.words))
        page.words = [word for word in page.words if id(word) not in dropped]


def _steps(line: Line, page: Page) -> list[int]:
    """Return how far the numbers at the ends of a line are from the page's position."""
    numbers = re.findall(r"^\W*(\d{1,4})\b|\b(\d{1,4})\W*$", line.text)
    if len(line.text) > 120:
        return []
    return [int(first or last) - page.number for first, last in numbers]


def _edges(page: Page) -> tuple[list[Line], list[Line]]:
    margin = (page.top - page.bottom) * 0.12
    lines = lines_of(page.words)
    head = [line for line in lines[:3] if line.baseline > page.top - margin]
    foot = [line for line in lines[:-4:-1] if line.baseline < page.bottom + margin]
    return head, foot


def _key(line: Line) -> str:
    return re.sub(r"\d+", "#", line.text.casefold())


def _pitch(pages: list[Page]) -> float:
    """Return the usual distance of baselines, in sizes of the font."""
    gaps = [
        (upper.baseline - lower.baseline) / lower.size
        for page in pages[:50]
        for upper, lower in pairwise(lines_of(page.words))
    ]
    return median([gap for gap in gaps if gap < 2.5] or [1.2])


def _heading_sizes(pages: list[Page]) -> list[float]:
    """Return the sizes of type clearly larger than the body's, largest first."""
    sizes = Counter(round(word.size, 1) for page in pages for word in page.words)
    body = sizes.most_common(1)[0][0] if sizes else 10.0
    found: list[float] = []
    for size in sorted(sizes, reverse=True):
        # Boxes of one size of type differ a little from word to word.
        if size > body * 1.12 and (not found or size < found[-1] * 0.95):
            found.append(size)
    return found


def _parts(page: Page, pitch: float) -> Iterator[PageTable | list[Line]]:
    """Yield the tables and paragraphs of a page in reading order."""
    rest = page.words
    for grid in grids(page.level, page.upright, page.words):
        inside = [word for word in rest if grid.holds(word)]
        outside = [word for word in rest if not grid.holds(word)]
        above = [word for word in outside if word.baseline > grid.rows[-1]]
        rest = [word for word in outside if word.baseline <= grid.rows[-1]]
        yield from _paragraphs(above, page.width, pitch)
        yield PageTable(grid.columns, _rows(grid, inside, pitch))
    yield from _paragraphs(rest, page.width, pitch)
    # A stamp like "DRAFT" is no text; a table set across the page is.
    if len(page.slanted) > 10:
        yield [Line([Word(" ".join(page.slanted), 0, 0, 0, 10)])]


def _run_on(
    parts: list[tuple[Page, PageTable | list[Line]]],
) -> list[tuple[Page, PageTable | list[Line]]]:
    """Join paragraphs that the end of a column or page cut, over footnotes between."""
    kept: list[tuple[Page, PageTable | list[Line]]] = []
    last: tuple[Page, list[Line]] | None = None
    for page, part in parts:
        if isinstance(part, PageTable):
            last = None
        elif not re.match(r"[⁰¹²³⁴-⁹]", with_raised(part[0])):
            if last is not None and _is_rest(*last, page, part):
                last[1].extend(part)
                last = (page, last[1])
                continue
            last = (page, part)
        kept.append((page, part))
    return kept


def _is_rest(
    page: Page, lines: list[Line], next_page: Page, following: list[Line]
) -> bool:
    before, after = lines[-1], following[0]
    breaks = page is not next_page or after.baseline > before.baseline
    alike = abs(before.size - after.size) < 0.1 * before.size
    text = before.text
    is_open = text.endswith(HYPHENS) or continues(text, after.text)
    return breaks and alike and is_open


def _rows(grid: Grid, words: list[Word], pitch: float) -> list[list[Cell]]:
    return [
        [list(_split(lines_of(cell), pitch)) for cell in row]
        for row in grid.cells(words)
    ]


def _lines(part: PageTable | list[Line]) -> Iterator[Line]:
    if isinstance(part, list):
        yield from part
    else:
        for row in part.rows:
            for cell in row:
                for paragraph in cell:
                    yield from paragraph


def _paragraphs(words: list[Word], width: float, pitch: float) -> Iterator[list[Line]]:
    for column in in_columns(words, width):
        yield from _split(lines_of(column), pitch)


def _split(lines: list[Line], pitch: float) -> Iterator[list[Line]]:
    """Part the lines of a column or cell into paragraphs."""
    paragraph: list[Line] = []
    right = max((line.right for line in lines), default=0.0)
    usual = median(line.size for line in lines) if lines else 0.0
    for line in lines:
        if paragraph and (
            _begins(paragraph, line, right, pitch)
            # Titles are broken by hand where they look well.
            or (line.size < usual * 1.12 and _had_room(paragraph[-1], line, right))
        ):
            yield paragraph
            paragraph = []
        paragraph.append(line)
    if paragraph:
        yield paragraph


def _begins(paragraph: list[Line], line: Line, right: float, pitch: float) -> bool:
    """Tell whether ``line`` begins a paragraph after those of ``paragraph``."""
    last, size = paragraph[-1], line.size
    if last.baseline - line.baseline > size * pitch * 1.2:
        return True
    if abs(last.size - size) > 0.1 * size or last.bold != line.bold:
        return True
    if is_contents_entry(last.text):
        return True
    ended = re.search(r"[.!?:;]\W*$", last.text) is not None
    short = last.right < right - 0.2 * (right - min(last.left, line.left))
    if _BULLET.match(line.text) or _NUMBERED.match(line.text):
        return ended or short or line.left < last.left - 0.5 * size
    hanging = len(paragraph) > 1
    indented = hanging and line.left > last.left + 0.8 * size
    return indented or (ended and short)


def _had_room(last: Line, line: Line, right: float) -> bool:
    """Tell whether the next word had room on the last line: then the break was meant."""
    if last.text.endswith(HYPHENS):
        return False
    word = line.words[0]
    return right - last.right > word.right - word.left + 1.5 * line.size


def _text_block(
    lines: list[Line], page: int, sizes: list[float], words: frozenset[str]
) -> Block:
    text = text_of(lines, words)
    size = median(line.size for line in lines)
    large = bool(sizes) and size > sizes[-1] * 0.95
    heavy = all(line.bold for line in lines)
    if (large or heavy) and len(text) <= 200 and not text.endswith((".", ";", ":")):
        level = sum(larger > size * 1.05 for larger in sizes) + 1
        return Block("heading", text, page, level=level)
    if bullet := _BULLET.match(text):
        return Block("list-item", text[bullet.end() :], page, mark="•")
    lettered = re.match(r"\(?[a-z]\)\s|\([ivx]{1,5}\)\s", text)
    return Block("list-item" if lettered else "paragraph", text, page)
