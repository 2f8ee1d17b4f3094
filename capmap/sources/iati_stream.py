"""Read the activities of any IATI file as a stream of XML: slower, and always right.

For files whose bytes cannot be searched as they are: two bytes a character, prefixed
tags, a document type. Memory does not grow with the file: an activity is forgotten once
it is read.
"""

import codecs
from collections.abc import Iterator
from typing import BinaryIO, cast

from lxml import etree

from capmap.sources import mended_text
from capmap.sources.iati_bytes import LARGEST_ACTIVITY
from capmap.sources.remarks import Remarks

_BLOCK = 1 << 18
Events = Iterator[tuple[str, etree._Element]]


class EntitiesDeclared(Exception):
    """The file declares entities, as XML bombs do and IATI files never need to."""


class NotActivities(Exception):
    """The file is XML, but not of activities; the message is its root element."""


def streamed(
    file: BinaryIO, encoding: str, remarks: Remarks
) -> Iterator[etree._Element]:
    """Yield each activity element; what is broken or cut off becomes a remark."""
    parser = etree.XMLPullParser(
        events=("end",),
        tag="{*}iati-activity",
        encoding="utf-8",  # whatever the file declares: it is fed as UTF-8
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    number = fed = 0
    try:
        for text in _texts(file, encoding, remarks):
            parser.feed(text.encode("utf-8", errors="replace"))
            fed += len(text)
            for _, element in cast("Events", parser.read_events()):
                if number == 0:
                    _refuse_entities(element)
                number += 1
                fed = 0
                yield without_namespace(element)
                _forget(element)
            if fed > LARGEST_ACTIVITY:
                limit = str(LARGEST_ACTIVITY >> 20)
                place = f"activity {number + 1}"
                remarks.add("activity_too_large", place, "file", limit=limit)
                return
        root = parser.close()
    except etree.XMLSyntaxError as error:
        _remark(error, number, remarks)
        return
    if etree.QName(root).localname not in ("iati-activities", "iati-activity"):
        raise NotActivities(etree.QName(root).localname)


def without_namespace(element: etree._Element) -> etree._Element:
    """Take the namespace of an activity off it and all that share it."""
    if str(element.tag).startswith("{"):
        space = etree.QName(element).namespace
        prefix = f"{{{space}}}"
        for node in element.iter(f"{prefix}*"):
            node.tag = str(node.tag).removeprefix(prefix)
    return element


def _refuse_entities(element: etree._Element) -> None:
    dtd = element.getroottree().docinfo.internalDTD
    # iterentities is missing from the stubs of lxml.
    if dtd is not None and any(True for _ in dtd.iterentities()):  # type: ignore[attr-defined]
        raise EntitiesDeclared


def _forget(element: etree._Element) -> None:
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]


def _remark(error: etree.XMLSyntaxError, number: int, remarks: Remarks) -> None:
    line, column = error.position
    place = f"line {line}, column {column}"
    ended = {etree.ErrorTypes.ERR_DOCUMENT_END, etree.ErrorTypes.ERR_TAG_NOT_FINISHED}
    if error.code in ended:  # type: ignore[attr-defined]  # missing from the stubs
        remarks.add("xml_truncated", place, "intervention", count=str(number))
    else:
        remarks.add("xml_broken", place, "file", count=str(number), error=error.msg)


def _texts(file: BinaryIO, encoding: str, remarks: Remarks) -> Iterator[str]:
    """Yield the file as text, block by block, wrong encodings mended."""
    file.seek(0)
    if not mended_text.is_ascii_compatible(encoding):
        decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
        while block := file.read(_BLOCK):
            yield decoder.decode(block).removeprefix("\ufeff")
        yield decoder.decode(b"", final=True)
        return
    rest = b""
    is_first, is_mended = True, False
    while block := file.read(_BLOCK):
        if is_first:
            block = block.removeprefix(b"\xef\xbb\xbf")
            is_first = False
        # Cut behind a tag, so that no character is cut in two.
        block = rest + block
        cut = block.rfind(b">") + 1
        rest = block[cut:]
        text, was_wrong = mended_text.decode(block[:cut], encoding)
        is_mended = is_mended or was_wrong
        yield text
        if len(rest) > LARGEST_ACTIVITY:
            break
    text, was_wrong = mended_text.decode(rest, encoding)
    if is_mended or was_wrong:
        remarks.count("encoding_mended")
    yield text
