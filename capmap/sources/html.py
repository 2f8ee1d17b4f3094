"""HTML -> blocks: what a reader of the page reads, without its furniture."""

import re
from dataclasses import dataclass, field
from pathlib import Path

from lxml import etree, html

from capmap.sources.blocks import (
    Block,
    Document,
    UnreadableError,
    mended,
    one_line,
    table_row,
)
from capmap.sources.plain_text import decode

_FURNITURE = {
    *("script", "style", "noscript", "template", "nav", "header", "footer", "aside"),
    *("form", "button", "select", "svg", "iframe", "object", "head", "math"),
}
_INLINE = {
    *("a", "abbr", "b", "bdi", "bdo", "br", "cite", "code", "data", "del", "dfn", "em"),
    *("font", "i", "img", "ins", "kbd", "mark", "q", "s", "samp", "small", "span"),
    *("strong", "sub", "sup", "time", "tt", "u", "var", "wbr", "label"),
}
_SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_DECLARED = re.compile(
    rb"charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]{2,40})", re.IGNORECASE
)


@dataclass(slots=True)
class _Reader:
    blocks: list[Block] = field(default_factory=list)
    tables: int = 0


def read_html(path: Path) -> Document:
    """Read a page saved to disk; nothing that it links to is fetched."""
    content = path.read_bytes()
    declared = _DECLARED.search(content[:4096])
    text = decode(content, declared[1].decode("ascii") if declared else "")
    # lxml refuses a text that declares its encoding, which is known by now.
    text = re.sub(r"^\s*<\?xml[^>]*\?>", "", text)
    try:
        root = html.document_fromstring(text, parser=html.HTMLParser(no_network=True))
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise UnreadableError("document_damaged") from error
    reader = _Reader()
    body = root.find("body")
    _read(reader, root if body is None else body, "paragraph")
    language = (root.get("lang") or "")[:2].lower()
    title = one_line(root.findtext("head/title") or "")
    return Document(
        mended(reader.blocks), title, language if language.isalpha() else ""
    )


def _read(reader: _Reader, element: html.HtmlElement, kind: str) -> None:
    """Read the children of a block element; text between blocks is a paragraph too."""
    loose = [element.text or ""]
    for child in element:
        tag = child.tag if isinstance(child.tag, str) else ""
        if tag in _INLINE and not _holds_blocks(child):
            loose.append(_inline(child))
        else:
            _add(reader, kind, loose)
            loose = []
            if tag and not _is_furniture(child):
                _read_block(reader, child, tag, kind)
        loose.append(child.tail or "")
    _add(reader, kind, loose)


def _read_block(
    reader: _Reader, element: html.HtmlElement, tag: str, kind: str
) -> None:
    if re.fullmatch(r"h[1-6]", tag):
        if text := one_line(_inline(element)):
            reader.blocks.append(Block("heading", text, level=int(tag[1])))
    elif tag == "table" and _is_data(element):
        _read_table(reader, element)
    elif tag in ("li", "dd"):
        _read(reader, element, "list-item")
    elif tag in ("p", "ul", "ol"):
        _read(reader, element, kind)
    else:
        _read(reader, element, "paragraph" if tag == "blockquote" else kind)


def _add(reader: _Reader, kind: str, parts: list[str]) -> None:
    if text := one_line("".join(parts)):
        reader.blocks.append(Block(kind, text))


def _holds_blocks(element: html.HtmlElement) -> bool:
    return any(
        isinstance(child.tag, str) and child.tag not in _INLINE
        for child in element.iterdescendants()
    )


def _is_furniture(element: html.HtmlElement) -> bool:
    hidden = element.get("hidden") is not None or element.get("aria-hidden") == "true"
    role = element.get("role") in ("navigation", "banner", "contentinfo", "search")
    return element.tag in _FURNITURE or hidden or role


def _inline(element: html.HtmlElement) -> str:
    """Return the text within; a number raised by ``<sup>`` stays a raised number."""
    if element.tag == "br":
        return "\n"
    parts = [element.text or ""]
    for child in element:
        if isinstance(child.tag, str) and child.tag not in ("script", "style"):
            parts.append(_inline(child))
        parts.append(child.tail or "")
    text = "".join(parts)
    if element.tag == "sup" and re.fullmatch(r"\s*\[?\d{1,3}\]?\s*", text):
        return text.strip(" []\n").translate(_SUPERSCRIPTS)
    return text


def _is_data(table: html.HtmlElement) -> bool:
    """Tell a table of data from one that only lays the page out."""
    if table.get("role") == "presentation" or table.find(".//table") is not None:
        return False
    return any(len(row.xpath("td|th")) > 1 for row in table.iter("tr"))


def _read_table(reader: _Reader, table: html.HtmlElement) -> None:
    reader.tables += 1
    for position, row in enumerate(table.iter("tr"), 1):
        cells: list[str] = []
        for cell in row:
            if cell.tag not in ("td", "th"):
                continue
            inner = _Reader()
            _read(inner, cell, "paragraph")
            cells.append("\n".join(block.text for block in inner.blocks))
            span = cell.get("colspan", "1")
            if span.isascii() and span.isdigit() and len(span) < 3:
                cells.extend([""] * (int(span) - 1))
        if any(cells):
            reader.blocks.append(table_row(cells, reader.tables, position))
