"""Find the activities of an IATI file in its bytes, block by block.

Memory does not grow with the file, and several processes can share one: each reads the
activities that begin in its own range of bytes.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from capmap.sources import mended_text
from capmap.sources.iati_cuts import CUTTABLE, mark, without_comments

BLOCK = 4 << 20
#: An activity of more bytes than this is no activity; memory stays bounded.
LARGEST_ACTIVITY = 64 << 20

OPEN, CLOSE = b"<iati-activity", b"</iati-activity"
_PROLOG_LIMIT = 1 << 16
_SAMPLE = 1 << 18
_AFTER_NAME = frozenset(b" \t\r\n/>")
_DECLARATION = re.compile(
    rb"""\s*<\?xml\s[^>]*?encoding\s*=\s*["']([A-Za-z0-9._:-]{1,40})["']"""
)
_START_TAG = re.compile(rb"""<(?![?!])(?:[^<>"']|"[^"<]*"|'[^'<]*')*>""")
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Prolog:
    """What stands before the first activity.

    ``root`` is the start tag of the root element, which binds the prefixes and the
    language of all below it; empty if the file is not one to be searched in bytes.
    """

    encoding: str
    root: bytes
    entities: bool = False
    unknown_encoding: str = ""

    @property
    def is_searchable(self) -> bool:
        return bool(self.root)


def read_prolog(file: BinaryIO) -> Prolog:
    """Read the encoding and root tag, and whether the bytes can be searched as they are."""
    file.seek(0)
    head = file.read(_PROLOG_LIMIT)
    if wide := wide_encoding(head):
        text = head.decode(wide, errors="replace")
        return Prolog(wide, b"", "<!ENTITY" in text)
    has_mark = head.startswith(_BYTE_ORDER_MARK)
    bare = without_comments(head.removeprefix(_BYTE_ORDER_MARK))
    declaration = _DECLARATION.match(bare)
    declared = declaration[1].decode("ascii") if declaration else "utf-8"
    encoding = mended_text.codec(declared)
    unknown = declared if encoding is None else ""
    # A file whose first bytes are plain ASCII is not UTF-16 or UTF-32, whatever it says.
    if has_mark or encoding is None or encoding.startswith(("utf-16", "utf-32")):
        encoding = "utf-8"
    root = _START_TAG.search(bare)
    before = bare[: root.start()] if root else bare
    if root is None or b"<!DOCTYPE" in before:
        return Prolog(encoding, b"", b"<!ENTITY" in head, unknown)
    is_plain = (
        re.match(rb"<iati-activities[\s>]", root[0]) is not None
        and not root[0].endswith(b"/>")
        and b"xmlns=" not in root[0]
        and mended_text.is_ascii_compatible(encoding)
    )
    return Prolog(encoding, root[0] if is_plain else b"", False, unknown)


def wide_encoding(head: bytes) -> str:
    """Return the encoding of XML with two or four bytes a character, or ``""``."""
    for start, encoding in (
        (b"\xff\xfe\x00\x00", "utf-32"),
        (b"\x00\x00\xfe\xff", "utf-32"),
        (b"\xff\xfe", "utf-16"),
        (b"\xfe\xff", "utf-16"),
        (b"<\x00\x00\x00", "utf-32-le"),
        (b"\x00\x00\x00<", "utf-32-be"),
        (b"<\x00", "utf-16-le"),
        (b"\x00<", "utf-16-be"),
    ):
        if head.startswith(start):
            return encoding
    return ""


@dataclass(frozen=True, slots=True)
class Piece:
    """The bytes of one activity, and where they begin in the file.

    ``fault``: "" if it has an end tag, "unclosed" if another activity begins before
    that, "truncated" if the file ends before, "too_large" if it is beyond all measure.
    ``cuttable``: names of elements to look for and cut out.
    """

    position: int
    content: bytes
    fault: str = ""
    cuttable: tuple[bytes, ...] = CUTTABLE

    def parted(self) -> "list[Piece]":
        """Return the activities in it: more than one if some were never closed."""
        window = Window(BytesIO(self.content), 0)
        while window.more(0):
            pass
        starts = [0]
        while (at := _opening(window, starts[-1] + len(OPEN))) > 0:
            starts.append(at)
        return [
            Piece(
                self.position + start,
                self.content[start:end],
                "unclosed" if end else self.fault,
                self.cuttable,
            )
            for start, end in zip(starts, [*starts[1:], None], strict=True)
        ]


class Window:
    """A stretch of a file in memory that moves forward, block by block."""

    def __init__(self, file: BinaryIO, start: int) -> None:
        file.seek(start)
        self.file = file
        self.base = start  # where ``content`` begins in the file
        self.content = b""
        self.has_marks = False  # comments, CDATA or instructions may stand in it
        self.cuttable: tuple[bytes, ...] = ()

    def more(self, keep: int) -> bool:
        """Read another block, and forget what stands before ``keep``."""
        block = self.file.read(BLOCK)
        self.content = self.content[keep:] + block
        self.base += keep
        self.has_marks = mark(self.content) >= 0
        sample = self.content[:_SAMPLE]
        self.cuttable = tuple(name for name in CUTTABLE if b"</" + name in sample)
        return bool(block)

    def find(self, what: bytes, at: int, end: int | None = None) -> int:
        """Return where ``what`` stands before ``end``, outside comments and the like.

        -1 if nowhere, also where a comment is still open at the end of the window.
        """
        end = len(self.content) if end is None else end
        while True:
            hit = self.content.find(what, at, end)
            if not self.has_marks:
                return hit
            begins = mark(self.content, at, hit if hit >= 0 else end)
            if begins < 0:
                return hit
            closing = self.closing(begins)
            at = self.content.find(closing, begins + 2) + len(closing)
            if at < begins:
                return -1

    def closing(self, begins: int) -> bytes:
        """Return what closes the comment, CDATA section or instruction at ``begins``."""
        if self.content.startswith(b"<!--", begins):
            return b"-->"
        if self.content.startswith(b"<?", begins):
            return b"?>"
        return b"]]>"


def activities(file: BinaryIO, start: int, end: int) -> Iterator[Piece]:
    """Yield each activity that begins in the bytes from ``start`` up to ``end``."""
    window = Window(file, start)
    at = 0
    while True:
        opening = _opening(window, at)
        if opening < 0:
            if not window.has_marks or len(window.content) - at > LARGEST_ACTIVITY:
                at = max(at, len(window.content) - len(OPEN))
            if not window.more(at):
                return
            at = 0
            continue
        if window.base + opening >= end:
            return
        piece, opening = _piece(window, opening)
        yield piece
        if piece.fault == "truncated":
            return
        at = opening + len(piece.content)


def _opening(window: Window, at: int) -> int:
    """Return where the next activity begins in the window, or -1."""
    while True:
        at = window.find(OPEN, at)
        if at < 0 or at + len(OPEN) >= len(window.content):
            return -1
        if window.content[at + len(OPEN)] in _AFTER_NAME:
            return at
        at += len(OPEN)


def _piece(window: Window, opening: int) -> tuple[Piece, int]:
    """Return the activity at ``opening``, and where it now stands in the window."""
    searched = opening + len(OPEN)
    while True:
        closing = window.find(CLOSE, searched)
        tag_end = window.content.find(b">", closing) + 1 if closing >= 0 else 0
        if tag_end:
            position = window.base + opening
            content = window.content[opening:tag_end]
            return Piece(position, content, "", window.cuttable), opening
        if closing >= 0:
            searched = closing
        elif not window.has_marks:
            searched = max(searched, len(window.content) - len(CLOSE))
        searched -= opening
        has_more = window.more(opening)
        opening = 0
        if not has_more:
            return Piece(window.base, window.content, "truncated"), 0
        if len(window.content) > LARGEST_ACTIVITY + BLOCK:
            return Piece(window.base, window.content, "too_large"), 0


def next_activity(file: BinaryIO, start: int) -> int | None:
    """Return where the first activity at or after the byte ``start`` begins."""
    return next((piece.position for piece in activities(file, start, 1 << 62)), None)


def count_activities(path: Path, end: int) -> int:
    """Return how many activities begin before the byte ``end``, itself such a beginning.

    What was counted is remembered block by block, so that a process that reads many
    ranges of a file counts each part of it once.
    """
    blocks, rest = divmod(end, BLOCK)
    version = path.stat().st_mtime_ns
    whole = sum(_count_in(path, version, n * BLOCK, BLOCK) for n in range(blocks))
    return whole + (_count_in(path, version, blocks * BLOCK, rest) if rest else 0)


@lru_cache(maxsize=1 << 16)
def _count_in(path: Path, version: int, start: int, length: int) -> int:
    """Count the activities that begin in ``length`` bytes from ``start``."""
    with path.open("rb") as file:
        file.seek(start)
        # A tag that begins in the last bytes ends behind them.
        content = file.read(length + len(OPEN) - 1)
    return content.count(OPEN)


def hides_activities(file: BinaryIO) -> bool:
    """Whether tags of activities stand in comments or the like somewhere in the file."""
    window = Window(file, 0)
    at = 0
    while window.more(at):
        at = 0
        while (begins := mark(window.content, at)) >= 0:
            close = window.content.find(window.closing(begins), begins + 2)
            if close < 0:
                break
            hidden = window.content[begins:close]
            if OPEN in hidden or CLOSE in hidden:
                return True
            at = close + 2
        at = begins if begins >= 0 else max(at, len(window.content) - 1)
        if len(window.content) - at > LARGEST_ACTIVITY:
            return True
    return False


def is_closed(file: BinaryIO) -> bool:
    """Whether the root element has its end tag, so that nothing is cut off."""
    size = file.seek(0, 2)
    file.seek(max(0, size - _PROLOG_LIMIT))
    return b"</iati-activities" in file.read()
