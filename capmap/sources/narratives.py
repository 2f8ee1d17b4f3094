"""Running text of a field, cut into passages of a size that can be coded.

A field of a database holds what a person typed or pasted: paragraphs, bullets, lines
broken by a mail programme, now and then the tags of a web page.
"""

import html
import re
from collections.abc import Iterator

from capmap.sources.passages import PIECE_CHARACTERS, in_pieces

_BLOCK_TAG = re.compile(
    r"\s*</?(?:p|br|div|li|ul|ol|tr|table|h[1-6])\b[^<>]*>\s*", re.IGNORECASE
)
_INLINE_TAG = re.compile(
    r"</?(?:b|i|u|em|strong|span|font|a|sup|sub|td|th|o:p)\b[^<>]*>", re.IGNORECASE
)
_ENTITY = re.compile(r"&(?:#\d{1,6}|#x[0-9a-fA-F]{1,5}|[a-zA-Z]{2,8});")
_BULLET = re.compile(r"(?:[•▪●‣◦∙·\uf0b7]|[-–—*](?=\s))\s*")
_NUMBERED = re.compile(r"(?:\(?(?:\d{1,2}|[a-z]|[ivx]{1,4})[.)])+\s+\S")
_INLINE_BULLET = re.compile(r"(?<=\S)\s+(?=[•▪●‣\uf0b7]\s*\S)")
_BREAK = re.compile(r"[\n\r\u2028\u2029\x85\x0b\x0c]")


def paragraphs(text: str) -> list[tuple[str, str]]:
    """Cut a text into (passage, lead-in) pairs, none much longer than ``PIECE_CHARACTERS``.

    It is cut at paragraphs, at bullets and, where still too long, at sentence ends. The
    lead-in is the line ending in a colon above a bullet: without it "labour inspectors"
    says nothing.

    >>> paragraphs("The project will train:\\n- labour inspectors;\\n- judges.")
    [('The project will train:', ''), ('labour inspectors;', 'The project will train:'), ('judges.', 'The project will train:')]
    """
    if not text or is_one_line(text):
        return [(text, "")] if text else []
    found = []
    lead_in = ""
    for paragraph, is_item in _blocks(_without_tags(text)):
        if not is_item:
            lead_in = paragraph if paragraph.endswith(":") else ""
        for piece in in_pieces(paragraph):
            found.append((piece, lead_in if is_item else ""))
    return found


def one_line(text: str) -> str:
    """Return a text on one line, without the tags of a web page.

    >>> one_line(" Training of\\n   <b>trainers</b> ")
    'Training of trainers'
    """
    return " ".join(_without_tags(text).split())


def is_one_line(text: str) -> bool:
    """Whether a text, not empty, is one line of words with single spaces, as most are.

    There are millions of them, and to look for one sign is far cheaper than a regular
    expression.
    """
    if (
        len(text) > PIECE_CHARACTERS
        or "\n" in text
        or "  " in text
        or "<" in text
        or "&" in text
        or "\t" in text
        or "\r" in text
        or text[0] in "-* "
        or text[-1] == " "
    ):
        return False
    return text.isascii() or not (_BULLET.match(text) or _has_rare_sign(text))


def _has_rare_sign(text: str) -> bool:
    """Whether a bullet or an uncommon line break stands in a text."""
    return (
        "•" in text
        or "▪" in text
        or "●" in text
        or "‣" in text
        or "\uf0b7" in text
        or "\u2028" in text
        or "\u2029" in text
        or "\x85" in text
        or text[0].isspace()
        or text[-1].isspace()
    )


def _without_tags(text: str) -> str:
    """Take off the tags and entities of a web page pasted into a field."""
    if "<" in text:
        text = _INLINE_TAG.sub("", _BLOCK_TAG.sub("\n\n", text))
    if "&" in text:
        text = _ENTITY.sub(lambda m: html.unescape(m[0]), text)
    return text


def _blocks(text: str) -> Iterator[tuple[str, bool]]:
    """Yield each paragraph on one line, and whether it is an item of a list."""
    lines: list[str] = []
    is_item = False
    for line in _lines(text):
        bullet = _BULLET.match(line)
        item = bullet is not None or _NUMBERED.match(line) is not None
        if lines and (not line or item or _ends(lines[-1], line)):
            yield " ".join(lines), is_item
            lines = []
        if line:
            if not lines:
                is_item = item
            line = line[bullet.end() :] if bullet else line
            if line:
                lines.append(line)
    if lines:
        yield " ".join(lines), is_item


def _lines(text: str) -> Iterator[str]:
    for line in _BREAK.split(text):
        for part in _INLINE_BULLET.split(line):
            yield " ".join(part.split())


def _ends(line: str, following: str) -> bool:
    """Whether a line break is meant: a full stop before it and a capital after.

    Otherwise the line was broken by a mail programme or by the layout of the XML.
    """
    return line[-1] in ".:;!?…" and (following[0].isupper() or following[0].isdigit())
