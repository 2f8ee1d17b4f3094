"""What python-docx leaves to its users: footnotes, numbered paragraphs, page numbers.

Each function adds plain WordprocessingML (ECMA-376, part 1, chapter 17), so that the
paper can be edited in any word processor: numbers renumber, footnotes move.
"""

from collections.abc import Callable
from typing import Any

from docx.document import Document
from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import XmlPart
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.text.paragraph import Paragraph

_FOOTNOTES = f"""<w:footnotes {nsdecls("w")}>
<w:footnote w:type="separator" w:id="-1"><w:p><w:r><w:separator/></w:r></w:p></w:footnote>
<w:footnote w:type="continuationSeparator" w:id="0"><w:p><w:r><w:continuationSeparator/></w:r></w:p></w:footnote>
</w:footnotes>"""

_NUMBERING = f"""<w:abstractNum {nsdecls("w")} w:abstractNumId="90"><w:multiLevelType w:val="multilevel"/>
<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/><w:lvlJc w:val="left"/>
<w:pPr><w:ind w:left="567" w:hanging="567"/></w:pPr></w:lvl>
<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="lowerLetter"/><w:lvlText w:val="(%2)"/><w:lvlJc w:val="left"/>
<w:pPr><w:ind w:left="1134" w:hanging="567"/></w:pPr></w:lvl></w:abstractNum>"""


class Footnotes:
    """The footnotes of a document: a text is asked for by its key and set where used."""

    def __init__(self, document: Document, write: Callable[[Any, str], None]) -> None:
        self._write = write
        self._count = 0
        self._root = parse_xml(_FOOTNOTES)
        part = XmlPart(
            PackURI("/word/footnotes.xml"),
            CONTENT_TYPE.WML_FOOTNOTES,
            self._root,
            document.part.package,
        )
        document.part.relate_to(part, RELATIONSHIP_TYPE.FOOTNOTES)

    def add(self, paragraph: Paragraph, text: str) -> None:
        """Set a reference at the end of ``paragraph`` and the note at the foot."""
        self._count += 1
        number = str(self._count)
        run = paragraph.add_run()
        run.font.superscript = True
        reference = OxmlElement("w:footnoteReference")
        reference.set(qn("w:id"), number)
        run._r.append(reference)
        note = OxmlElement("w:footnote")
        note.set(qn("w:id"), number)
        inner: Any = OxmlElement("w:p")
        note.append(inner)
        self._root.append(note)
        body = Paragraph(inner, paragraph._parent)
        mark = body.add_run()
        mark.font.superscript = True
        mark._r.append(OxmlElement("w:footnoteRef"))
        body.add_run(" ")
        body.paragraph_format.space_after = 0
        self._write(body, text)


def add_numbering(document: Document) -> str:
    """Add the numbering of paragraphs (1., then (a)) and return its identifier."""
    numbering = document.part.numbering_part.element
    numbering.insert(0, parse_xml(_NUMBERING))
    return str(numbering.add_num(90).numId)


def number(paragraph: Paragraph, identifier: str, level: int) -> None:
    """Number ``paragraph`` at ``level`` (0: 1., 1: (a))."""
    paragraph_properties: Any = paragraph._p.get_or_add_pPr()
    properties = paragraph_properties.get_or_add_numPr()
    properties.get_or_add_ilvl().val = level
    properties.get_or_add_numId().val = int(identifier)


def add_page_number(paragraph: Paragraph) -> None:
    """Append the field that shows the number of the page."""
    run = paragraph.add_run()
    for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
        if text:
            element = OxmlElement("w:instrText")
            element.text = text
        else:
            element = OxmlElement("w:fldChar")
            element.set(qn("w:fldCharType"), kind)
        run._r.append(element)


def shade(cell: Any, colour: str) -> None:
    """Fill a table cell with ``colour``, six hexadecimal digits."""
    properties = cell._tc.get_or_add_tcPr()
    properties.append(
        parse_xml(f'<w:shd {nsdecls("w")} w:val="clear" w:fill="{colour}"/>')
    )


def rules(table: Any, colour: str) -> None:
    """Draw hairlines between rows and a strong line above and below, none upright."""
    borders = "".join(
        f'<w:{side} w:val="{"nil" if side in ("left", "right", "insideV") else "single"}"'
        f' w:sz="{4 if side == "insideH" else 8}" w:color="{colour if side == "insideH" else "000000"}"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    table._tbl.tblPr.append(
        parse_xml(f"<w:tblBorders {nsdecls('w')}>{borders}</w:tblBorders>")
    )


def repeat_header(row: Any) -> None:
    """Repeat a table's row at the head of each page; keep every row whole."""
    properties = row._tr.get_or_add_trPr()
    properties.append(OxmlElement("w:tblHeader"))


def keep_whole(row: Any) -> None:
    """Do not break a row over two pages."""
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))


def describe(paragraph: Paragraph, title: str, words: str) -> None:
    """Give the picture in ``paragraph`` a title and words for who cannot see it."""
    for element in paragraph._p.iter(qn("wp:docPr")):
        element.set("title", title)
        element.set("descr", words)


def rule_below(paragraph: Paragraph, *, size: int, colour: str = "000000") -> None:
    """Draw a line under ``paragraph``; ``size`` in eighths of a point."""
    properties = paragraph._p.get_or_add_pPr()
    properties.append(
        parse_xml(
            f'<w:pBdr {nsdecls("w")}><w:bottom w:val="single" w:sz="{size}"'
            f' w:space="4" w:color="{colour}"/></w:pBdr>'
        )
    )
