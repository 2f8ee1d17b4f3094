"""ODT -> blocks: paragraphs, headings, lists, tables and notes in order."""

from dataclasses import dataclass, field
from pathlib import Path

from lxml import etree

from capmap.sources.blocks import (
    Block,
    Document,
    UnreadableError,
    mended,
    one_line,
    table_row,
)
from capmap.sources.office_package import OfficePackage

_NAMESPACE = "{urn:oasis:names:tc:opendocument:xmlns:%s:1.0}"
OFFICE = _NAMESPACE % "office"
TEXT = _NAMESPACE % "text"
TABLE = _NAMESPACE % "table"
MANIFEST = _NAMESPACE % "manifest"
_TITLE = "{http://purl.org/dc/elements/1.1/}title"

_SKIPPED = {
    f"{TEXT}table-of-content",
    f"{TEXT}alphabetical-index",
    f"{TEXT}tracked-changes",  # what was deleted
    f"{OFFICE}annotation",
    f"{OFFICE}forms",
}
_SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
#: A sheet in a text may claim any number of equal columns; a text has not more than this.
_MAX_REPEATED = 64


@dataclass(slots=True)
class _Reader:
    blocks: list[Block] = field(default_factory=list)
    tables: int = 0
    notes: int = 0


def read_odt(path: Path) -> Document:
    """Read an ODT or OTT. Tracked deletions and comments are left out."""
    with OfficePackage(path) as package:
        if "META-INF/manifest.xml" in package:
            manifest = package.xml("META-INF/manifest.xml")
            if next(manifest.iter(f"{MANIFEST}encryption-data"), None) is not None:
                raise UnreadableError("document_password")
        body = package.xml("content.xml").find(f"{OFFICE}body/{OFFICE}text")
        title = ""
        if "meta.xml" in package:
            title = next(package.xml("meta.xml").iter(_TITLE), body).text or ""  # type: ignore[union-attr]
    if body is None:
        raise UnreadableError("document_damaged")
    reader = _Reader()
    _read_children(reader, body, "paragraph")
    return Document(mended(reader.blocks), one_line(title))


def _read_children(reader: _Reader, parent: etree._Element, kind: str) -> None:
    for child in parent:
        if child.tag in _SKIPPED:
            continue
        if child.tag == f"{TEXT}h":
            _read_paragraph(reader, child, "heading")
        elif child.tag == f"{TEXT}p":
            _read_paragraph(reader, child, kind)
        elif child.tag == f"{TABLE}table":
            _read_table(reader, child)
        elif child.tag in (f"{TEXT}list-item", f"{TEXT}list-header"):
            _read_children(reader, child, "list-item")
        else:  # sections, lists, frames with text boxes
            _read_children(reader, child, kind)


def _read_paragraph(reader: _Reader, paragraph: etree._Element, kind: str) -> None:
    notes: list[etree._Element] = []
    text = one_line(_text(reader, paragraph, notes))
    level = paragraph.get(f"{TEXT}outline-level", "1")
    if text:
        number = (
            int(level) if level.isascii() and level.isdigit() and len(level) < 3 else 1
        )
        reader.blocks.append(
            Block(kind, text, level=number if kind == "heading" else 0)
        )
    for box in paragraph.iter("{*}text-box"):
        _read_children(reader, box, "paragraph")
    _read_notes(reader, notes)


def _text(reader: _Reader, element: etree._Element, notes: list[etree._Element]) -> str:
    """Return the text of a paragraph; notes it refers to go to ``notes``."""
    parts = [element.text or ""]
    for child in element:
        if child.tag == f"{TEXT}note":
            notes.append(child)
            parts.append(str(reader.notes + len(notes)).translate(_SUPERSCRIPTS))
        elif child.tag in (f"{TEXT}s", f"{TEXT}tab", f"{TEXT}line-break"):
            parts.append(" ")
        elif child.tag not in _SKIPPED and etree.QName(child).localname != "text-box":
            parts.append(_text(reader, child, notes))
        parts.append(child.tail or "")
    return "".join(parts)


def _read_notes(reader: _Reader, notes: list[etree._Element]) -> None:
    for note in notes:
        reader.notes += 1
        body = note.find(f"{TEXT}note-body")
        text = "" if body is None else one_line(_flat(reader, body))
        reader.blocks.append(Block("footnote", text, mark=str(reader.notes)))


def _flat(reader: _Reader, parent: etree._Element) -> str:
    return " ".join(_text(reader, p, []) for p in parent.iter(f"{TEXT}p", f"{TEXT}h"))


def _read_table(reader: _Reader, table: etree._Element) -> None:
    reader.tables += 1
    number = reader.tables
    notes: list[etree._Element] = []
    rows = (row for row in table.iter(f"{TABLE}table-row") if _owner(row) is table)
    for position, row in enumerate(rows, 1):
        cells: list[str] = []
        for cell in row:
            if cell.tag not in (f"{TABLE}table-cell", f"{TABLE}covered-table-cell"):
                continue
            repeated = cell.get(f"{TABLE}number-columns-repeated", "1")
            lines = (
                one_line(_text(reader, p, notes))
                for p in cell.iter(f"{TEXT}p", f"{TEXT}h")
            )
            text = "\n".join(filter(None, lines))
            cells.append(text)
            if repeated.isascii() and repeated.isdigit() and len(repeated) < 6:
                cells.extend([text] * (min(int(repeated), _MAX_REPEATED) - 1))
        if any(cells):
            reader.blocks.append(table_row(cells, number, position))
    _read_notes(reader, notes)


def _owner(row: etree._Element) -> etree._Element | None:
    """Return the table that a row belongs to: tables stand within tables."""
    return next(row.iterancestors(f"{TABLE}table"), None)
