"""Plain text and Markdown -> blocks: paragraphs, headings, lists and tables as typed."""

import codecs
import re
from itertools import pairwise
from pathlib import Path

from charset_normalizer import from_bytes

from capmap.sources.blocks import (
    Block,
    Document,
    UnreadableError,
    mended,
    one_line,
    table_row,
    tell_headings,
)
from capmap.sources.hyphenation import running_text, words_within_lines

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SPACES = re.compile(r"[^\S\t\n\r\f]{2,}")
_HASH_HEADING = re.compile(r"(#{1,6})\s+(.+?)\s*#*$")
_UNDERLINE = re.compile(r"(=|-){3,}\s*$")
_BULLET = re.compile(r"\s*[-–—•▪◦‣*+]\s+(?=\S)")
_LETTERED = re.compile(r"\s*(?:[-–—•]\s+)?(?:\(?[a-z]\)|\([ivx]{1,5}\))\s+(?=\S)")
_NUMBERED = re.compile(rf"\s*\d{{1,3}}[.)]\s+(?=\S)|{_LETTERED.pattern}")
_RULE = re.compile(r"\s*(?:[-*_=]\s*){3,}$")
_PIPE_RULE = re.compile(r"\s*\|?\s*:?-{3,}:?\s*(?:\|\s*:?-{3,}:?\s*)*\|?\s*$")
_PARAGRAPH_TAG = re.compile(r"</?(?:p|br|div|li|ul|ol)\s?/?>", re.IGNORECASE)
_INLINE_TAG = re.compile(r"</?(?:i|b|em|strong|u|sup|sub|span)\s?>", re.IGNORECASE)
_EMPHASIS = re.compile(r"(?<![\w*])(\*{1,2})(?=[^\s*])([^*]+)(?<=[^\s*])\1(?![\w*])")


def read_plain_text(path: Path) -> Document:
    """Read a text. Lines wrapped by hand are joined; else each line is a paragraph."""
    text = _SPACES.sub(" ", decode(path.read_bytes()))
    lines = (
        text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n\n").split("\n")
    )
    return Document(mended(_blocks(lines)))


def decode(content: bytes, declared: str = "") -> str:
    """Decode by byte-order mark, by UTF-8 if it fits, as declared, or as it looks.

    What decodes as UTF-8 is UTF-8: other encodings hardly ever do by chance. Bytes that
    look like no text at all are refused.
    """
    for mark, encoding in _BYTE_ORDER_MARKS:
        if content.startswith(mark):
            return content.decode(encoding, errors="replace")
    if b"\0" not in content:
        for encoding in filter(None, ("utf-8", declared)):
            try:
                return content.decode(encoding)
            except (UnicodeDecodeError, LookupError):
                continue
    best = from_bytes(content).best()
    if best is None:
        raise UnreadableError("document_encoding")
    return str(best)


def without_emphasis(text: str) -> str:
    """Drop the stars of typed emphasis: "*My* plan" -> "My plan".

    >>> without_emphasis("*The Body may wish* to ask; 2 * 3 * 4")
    'The Body may wish to ask; 2 * 3 * 4'
    """
    return _EMPHASIS.sub(r"\2", text)


def _blocks(lines: list[str]) -> list[Block]:
    """Read line by line. A block is open as long as the next line may belong to it."""
    wrapped = _are_wrapped(lines)
    blocks: list[Block] = []
    gathered: list[str] = []  # the lines of the open paragraph or list item
    words = words_within_lines(lines) if wrapped else frozenset()
    table = row = 0

    def close(kind: str = "") -> None:
        if gathered:
            kind = kind or ("list-item" if _BULLET.match(gathered[0]) else "paragraph")
            if _LETTERED.match(gathered[0]):
                kind = "list-item"
            text = running_text(gathered, words)
            if kind == "list-item":
                text = _BULLET.sub("", text, count=1)
            blocks.append(Block(kind, _unmarked(text)))
            gathered.clear()

    for line in lines:
        cells = _cells(line, in_table=row > 0)
        if cells is not None:
            close()
            if any(cells):
                table, row = (table, row + 1) if row else (table + 1, 1)
                blocks.append(table_row(cells, table, row))
            continue
        if not line.strip():
            close()
            continue
        row = 0
        if heading := _HASH_HEADING.match(line):
            close()
            blocks.append(
                Block("heading", _unmarked(heading[2]), level=len(heading[1]))
            )
        elif _UNDERLINE.match(line) and len(gathered) == 1:
            level = 1 if line.startswith("=") else 2
            blocks.append(Block("heading", _unmarked(gathered.pop()), level=level))
        elif not _RULE.match(line):
            if not wrapped or _BULLET.match(line) or _NUMBERED.match(line):
                close()
            gathered.append(line)
    close()
    return tell_headings([block for block in blocks if block.text])


def _cells(line: str, in_table: bool) -> list[str] | None:
    """Return the cells of a line of a table, [] for a rule in one, None for other lines."""
    bare = line.strip()
    if bare.startswith("|") and bare.count("|") > 1:
        if _PIPE_RULE.match(bare):
            return []
        return [_unmarked(cell) for cell in bare.strip("|").split("|")]
    cells = [_cell(cell) for cell in line.split("\t")]
    # A tab before a paragraph only indents it, unless rows of a table stand above.
    enough = 1 if in_table else 2
    is_row = len(cells) > 1 and (
        sum(map(bool, cells)) >= enough or (bool(cells[0]) and not cells[-1])
    )
    return cells if is_row else None


def _cell(text: str) -> str:
    """Return a cell's paragraphs one a line; writers of text mark them as in HTML."""
    lines = (_unmarked(part) for part in _PARAGRAPH_TAG.split(text))
    return "\n".join(filter(None, lines))


def _unmarked(text: str) -> str:
    return one_line(without_emphasis(_INLINE_TAG.sub("", text)))


def _are_wrapped(lines: list[str]) -> bool:
    """Tell whether paragraphs run over several lines of about the width of a page."""
    lengths = sorted(
        len(line)
        for line, following in pairwise(lines)
        if line.strip() and following.strip() and "\t" not in line
    )
    return (
        bool(lengths) and 45 <= lengths[len(lengths) // 2] <= 120 and lengths[-1] <= 200
    )
