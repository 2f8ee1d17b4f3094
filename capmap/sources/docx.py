"""DOCX -> blocks: paragraphs, headings, lists, tables, footnotes and text boxes in order.

The parts are read with lxml and limits of our own: a reader of whole Word documents
unpacks all of a package first, refuses those with macros, and knows no footnotes.
"""

import posixpath
import re
from collections.abc import Iterator
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
from capmap.sources.docx_numbering import (
    Numbering,
    W,
    number_of,
    read_numbering,
    value,
)
from capmap.sources.office_package import OfficePackage

_RELATION = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_TITLE = "{http://purl.org/dc/elements/1.1/}title"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
#: Wrappers of paragraphs and rows that say nothing themselves.
_WRAPPERS = {
    W + tag for tag in ("sdt", "sdtContent", "customXml", "ins", "moveTo", "smartTag")
}
#: Deleted or moved away, or told apart from the text around.
_SKIPPED = {W + "del", W + "moveFrom", W + "txbxContent", _FALLBACK}


@dataclass(slots=True)
class _Style:
    name: str
    based_on: str
    level: int  # as a heading, 0 if it is none
    list_id: str
    depth: str


@dataclass(slots=True)
class _Reader:
    styles: dict[str, _Style]
    numbering: Numbering
    notes: dict[str, etree._Element]  # footnotes and endnotes by kind and identifier
    blocks: list[Block] = field(default_factory=list)
    tables: int = 0
    notes_read: int = 0


def read_docx(path: Path) -> Document:
    """Read a DOCX, DOCM or DOTX. Changes that await acceptance count as accepted."""
    with OfficePackage(path) as package:
        main = _main_part(package)
        folder = posixpath.dirname(main)
        part = {
            name: package.xml(full)
            for name in ("styles", "numbering", "footnotes", "endnotes")
            if (full := posixpath.join(folder, f"{name}.xml")) in package
        }
        body = package.xml(main).find(f"{W}body")
        title = _metadata_title(package)
    if body is None:
        raise UnreadableError("document_damaged")
    reader = _Reader(
        styles=_styles(part.get("styles")),
        numbering=read_numbering(part.get("numbering")),
        notes={
            kind + note.get(f"{W}id", ""): note
            for kind in ("footnote", "endnote")
            if f"{kind}s" in part
            for note in part[f"{kind}s"].iterfind(f"{W}{kind}")
        },
    )
    _read_children(reader, body)
    return Document(mended(reader.blocks), title)


def _main_part(package: OfficePackage) -> str:
    if "_rels/.rels" in package:
        for relation in package.xml("_rels/.rels").iter(_RELATION):
            if relation.get("Type", "").endswith("/officeDocument"):
                return relation.get("Target", "").lstrip("/")
    return "word/document.xml"


def _metadata_title(package: OfficePackage) -> str:
    if "docProps/core.xml" not in package:
        return ""
    return one_line(package.xml("docProps/core.xml").findtext(_TITLE) or "")


def _styles(root: etree._Element | None) -> dict[str, _Style]:
    styles: dict[str, _Style] = {}
    for style in () if root is None else root.iterfind(f"{W}style"):
        name = value(style, "name").casefold()
        heading = re.fullmatch(r"heading (\d)", name)
        level = 1 if name == "title" else int(heading[1]) if heading else 0
        if not level and (outline := value(style, "pPr/outlineLvl")):
            level = (number_of(outline, 9) + 1) % 10
        styles[style.get(f"{W}styleId", "")] = _Style(
            name,
            value(style, "basedOn"),
            level,
            value(style, "pPr/numPr/numId"),
            value(style, "pPr/numPr/ilvl"),
        )
    return styles


def _lineage(reader: _Reader, paragraph: etree._Element) -> list[_Style]:
    """Return the paragraph's style and those it is based on, nearest first."""
    found: list[_Style] = []
    style = reader.styles.get(value(paragraph, "pPr/pStyle"))
    while (
        style is not None and style not in found
    ):  # a circle is damage, not a reason to hang
        found.append(style)
        style = reader.styles.get(style.based_on)
    return found


def _read_children(reader: _Reader, parent: etree._Element) -> None:
    for child in parent:
        if child.tag == f"{W}p":
            _read_paragraph(reader, child)
        elif child.tag == f"{W}tbl":
            _read_table(reader, child)
        elif child.tag in _WRAPPERS and not _is_contents(child):
            _read_children(reader, child)


def _is_contents(element: etree._Element) -> bool:
    return value(element, "sdtPr/docPartObj/docPartGallery") == "Table of Contents"


def _read_paragraph(reader: _Reader, paragraph: etree._Element) -> None:
    styles = _lineage(reader, paragraph)
    if any(re.match(r"toc (?:\d|heading)", style.name) for style in styles):
        return
    mark, depth = _mark(reader, paragraph, styles)
    waiting: list[etree._Element] = []
    text = one_line(_text(reader, paragraph, waiting))
    level = number_of(value(paragraph, "pPr/outlineLvl"), 9) + 1
    if level > 9:
        level = next((style.level for style in styles if style.level), 0)
    if text:
        # Numbered paragraphs of a paper are paragraphs; letters and bullets make a list.
        listed = mark and not (depth == 0 and mark.strip("().").isdigit())
        kind = "heading" if level else "list-item" if listed else "paragraph"
        reader.blocks.append(Block(kind, text, level=level, mark=mark))
    for box in _text_boxes(paragraph):
        _read_children(reader, box)
    _read_notes(reader, waiting)


def _mark(
    reader: _Reader, paragraph: etree._Element, styles: list[_Style]
) -> tuple[str, int]:
    list_id = value(paragraph, "pPr/numPr/numId")
    depth = value(paragraph, "pPr/numPr/ilvl")
    for style in styles:
        list_id, depth = list_id or style.list_id, depth or style.depth
    return reader.numbering.mark(list_id, number_of(depth)), number_of(depth)


def _text(reader: _Reader, element: etree._Element, notes: list[etree._Element]) -> str:
    """Return the text of a paragraph as it is read; notes it refers to go to ``notes``."""
    parts: list[str] = []
    for child in element:
        name = etree.QName(child).localname if isinstance(child.tag, str) else ""
        if child.tag in _SKIPPED:
            continue
        if child.tag == f"{W}t":
            # A line break in the file is white space, w:br is one in the text.
            parts.append((child.text or "").replace("\n", " "))
        elif name in ("footnoteReference", "endnoteReference"):
            note = reader.notes.get(
                name.removesuffix("Reference") + child.get(f"{W}id", "")
            )
            if note is not None:
                notes.append(note)
                number = reader.notes_read + len(notes)
                parts.append(str(number).translate(_SUPERSCRIPTS))
        elif name in ("tab", "br", "cr", "noBreakHyphen"):
            parts.append({"tab": "\t", "noBreakHyphen": "-"}.get(name, "\n"))
        elif name != "pPr":
            parts.append(_text(reader, child, notes))
    return "".join(parts)


def _text_boxes(paragraph: etree._Element) -> Iterator[etree._Element]:
    for box in paragraph.iter(f"{W}txbxContent"):
        # Word writes each box twice, the second time for versions before 2010.
        if not any(parent.tag == _FALLBACK for parent in box.iterancestors()):
            yield box


def _read_notes(reader: _Reader, notes: list[etree._Element]) -> None:
    for note in notes:
        reader.notes_read += 1
        text = " ".join(_text(reader, p, []) for p in note.iter(f"{W}p"))
        reader.blocks.append(
            Block("footnote", one_line(text), mark=str(reader.notes_read))
        )


def _read_table(reader: _Reader, table: etree._Element) -> None:
    reader.tables += 1
    number = reader.tables
    waiting: list[etree._Element] = []
    for position, row in enumerate(_inside(table, f"{W}tr"), 1):
        cells: list[str] = []
        for cell in _inside(row, f"{W}tc"):
            merge = cell.find(f"{W}tcPr/{W}vMerge")
            continues = merge is not None and merge.get(f"{W}val") != "restart"
            cells.append("" if continues else _cell_text(reader, cell, waiting))
            span = min(number_of(value(cell, "tcPr/gridSpan"), 1), 64)
            cells.extend([""] * (span - 1))
        if any(cells):
            reader.blocks.append(table_row(cells, number, position))
    _read_notes(reader, waiting)


def _inside(parent: etree._Element, tag: str) -> Iterator[etree._Element]:
    for child in parent:
        if child.tag == tag:
            yield child
        elif child.tag in _WRAPPERS:
            yield from _inside(child, tag)


def _cell_text(
    reader: _Reader, cell: etree._Element, notes: list[etree._Element]
) -> str:
    """Return the paragraphs of a cell, and of tables within it, one a line."""
    lines: list[str] = []
    for paragraph in cell.iter(f"{W}p"):
        if any(parent.tag == _FALLBACK for parent in paragraph.iterancestors()):
            continue
        mark, _ = _mark(reader, paragraph, _lineage(reader, paragraph))
        text = _text(reader, paragraph, notes)
        # Two line breaks within a paragraph are how people part paragraphs by hand.
        lines.extend(one_line(f"{mark} {part}") for part in re.split(r"\n\s*\n", text))
    return "\n".join(filter(None, lines))
