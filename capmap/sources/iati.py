"""IATI activity files, versions 1.01 to 2.03, as activities with their passages.

Source: the IATI standard (iatistandard.org) for activities, 1.01 to 2.03.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from lxml import etree

from capmap.sources import iati_bytes, mended_text
from capmap.sources.activity import Activity, SetAside
from capmap.sources.iati_activity import read_activity
from capmap.sources.iati_bytes import Piece, Prolog
from capmap.sources.iati_cuts import without_ignored
from capmap.sources.iati_stream import (
    EntitiesDeclared,
    NotActivities,
    streamed,
    without_namespace,
)
from capmap.sources.remarks import Remarks

#: A smaller part of a file is not worth a process of its own.
SMALLEST_PART = 4 << 20

#: Bytes of activities that are parsed at once.
_BATCH = 1 << 16

_IDENTIFIER = re.compile(rb"<iati-identifier[^<>]*>\s*([^<>]{1,200}?)\s*</")


def ranges(path: Path, parts: int) -> list[tuple[int, int]]:
    """Cut a file into at most ``parts`` ranges of bytes that can be read apart.

    Each range begins at an activity. A file that is small, or whose bytes cannot be
    searched, or that hides activities in comments, is one range.

    >>> import tempfile
    >>> with tempfile.NamedTemporaryFile() as file:
    ...     _ = file.write(b"<iati-activities/>")
    ...     file.flush()
    ...     ranges(Path(file.name), 2)
    [(0, 18)]
    """
    size = path.stat().st_size
    parts = min(parts, size // SMALLEST_PART)
    with path.open("rb") as file:
        if parts < 2 or not iati_bytes.read_prolog(file).is_searchable:
            return [(0, size)]
        if iati_bytes.hides_activities(file):
            return [(0, size)]
        starts = [0]
        for part in range(1, parts):
            start = iati_bytes.next_activity(file, size * part // parts)
            if start is not None and start > starts[-1]:
                starts.append(start)
    return list(zip(starts, [*starts[1:], size], strict=True))


def read_iati(
    path: Path, name: str, start: int = 0, end: int | None = None
) -> Iterator[Activity | SetAside]:
    """Yield each activity of a file, and a remark for whatever was not read.

    ``name`` is how the user named the file. ``start`` and ``end`` are one of the
    ``ranges`` of the file; by default all of it is read. Memory does not grow with it.
    """
    remarks = Remarks(name)
    with path.open("rb") as file:
        prolog = iati_bytes.read_prolog(file)
        if prolog.entities:
            yield SetAside(name, "xml_entities")
            return
        number = 0
        if prolog.is_searchable:
            number = iati_bytes.count_activities(path, start)
            elements = _found_in_bytes(file, prolog, start, end, number, remarks)
        else:
            elements = enumerate(streamed(file, prolog.encoding, remarks), start=1)
        if prolog.unknown_encoding and start == 0:
            remarks.add("encoding_unknown", encoding=prolog.unknown_encoding)
        found = False
        try:
            for number, element in elements:
                found = True
                yield read_activity(element, number=number, remarks=remarks)
                yield from remarks.take()
        except EntitiesDeclared:
            yield SetAside(name, "xml_entities")
            return
        except NotActivities as error:
            root = str(error)
            problem = {"iati-organisations": "iati_organisations"}.get(
                root, "xml_not_iati"
            )
            yield SetAside(name, problem, values={"root": root[:60]})
            return
        left = remarks.close()
        yield from left
        if not found and not left and start == 0:
            yield SetAside(name, "iati_without_activities")


def _found_in_bytes(
    file: BinaryIO,
    prolog: Prolog,
    start: int,
    end: int | None,
    number: int,
    remarks: Remarks,
) -> Iterator[tuple[int, etree._Element]]:
    """Yield each activity of a range with its number, found by its tags in the bytes."""
    size = file.seek(0, 2)
    end = size if end is None else end
    parse = _Parser(prolog, remarks)
    truncated = False
    for batch in _batches(iati_bytes.activities(file, start, end)):
        for element in parse.together(batch):
            number += 1
            yield number, element
            batch = []
        for piece in batch:
            for part in parse.parted(piece):
                number += 1
                alone = parse(part)
                if alone is not None:
                    yield number, alone
                    continue
                truncated = part.fault == "truncated"
                _remark(part, number, remarks)
    if end == size and not truncated and not iati_bytes.is_closed(file):
        remarks.add("xml_truncated", f"byte {size}", count=str(number))


def _batches(pieces: Iterator[Piece]) -> Iterator[list[Piece]]:
    """Gather activities that are parsed at once, as long as they are small."""
    batch: list[Piece] = []
    size = 0
    for piece in pieces:
        batch.append(piece)
        size += len(piece.content)
        if size > _BATCH:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _remark(piece: Piece, number: int, remarks: Remarks) -> None:
    """Say which activity could not be read: its number, byte and identifier."""
    known = _IDENTIFIER.search(piece.content)
    told = f" ({known[1].decode('utf-8', errors='replace')})" if known else ""
    place = f"activity {number}{told}, byte {piece.position}"
    if piece.fault == "truncated":
        remarks.add("xml_truncated", place, "intervention", count=str(number - 1))
    elif piece.fault == "too_large":
        limit = str(iati_bytes.LARGEST_ACTIVITY >> 20)
        remarks.add("activity_too_large", place, "intervention", limit=limit)
    else:
        remarks.add("activity_broken", place, "intervention")


class _Parser:
    """Parses the bytes of one activity, cut down to what is needed."""

    def __init__(self, prolog: Prolog, remarks: Remarks) -> None:
        self.remarks = remarks
        self.encoding = prolog.encoding
        # Below the root tag again, the activity finds its prefixes and its language.
        self.root = mended_text.decode(prolog.root, prolog.encoding)[0].encode("utf-8")
        self.parser = etree.XMLParser(
            encoding="utf-8",
            resolve_entities=False,
            load_dtd=False,
            no_network=True,
            huge_tree=False,
            remove_comments=True,
            remove_pis=True,
            collect_ids=False,
        )

    def together(self, pieces: list[Piece]) -> list[etree._Element]:
        """Return the elements of ``pieces``, or nothing if any is not well formed.

        To parse several at once halves the time, since each call costs as much as a
        small activity.
        """
        if self.encoding != "utf-8" or any(piece.fault for piece in pieces):
            return []
        cut = (without_ignored(piece.content, piece.cuttable) for piece in pieces)
        found = self._elements(b"".join(cut))
        return found if len(found) == len(pieces) else []

    def parted(self, piece: Piece) -> list[Piece]:
        """Return a piece, or the activities in it if one of them was never closed."""
        return piece.parted() if self(piece) is None else [piece]

    def __call__(self, piece: Piece) -> etree._Element | None:
        """Return the element, or None if the bytes are not well formed."""
        if piece.fault in ("truncated", "too_large"):
            return None
        cut = without_ignored(piece.content, piece.cuttable)
        if self.encoding == "utf-8":
            element = self._element(cut)
            if element is not None:
                return element
        for content in (cut, piece.content):
            text, was_wrong = mended_text.decode(content, self.encoding)
            element = self._element(text.encode("utf-8"))
            if element is not None:
                if was_wrong:
                    self.remarks.count("encoding_mended")
                return element
        return None

    def _element(self, content: bytes) -> etree._Element | None:
        found = self._elements(content)
        return found[0] if found else None

    def _elements(self, content: bytes) -> list[etree._Element]:
        """Return the elements of the bytes, or nothing if they are not well formed."""
        try:
            document = etree.fromstring(
                self.root + content + b"</iati-activities>", self.parser
            )
        except etree.XMLSyntaxError:
            return []
        return [without_namespace(element) for element in document]
