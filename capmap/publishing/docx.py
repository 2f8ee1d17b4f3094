"""Write a report as DOCX in the form of a Governing Body paper, ready to be edited."""

from io import BytesIO
from pathlib import Path
from typing import Any

import docx
from docx.document import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK, WD_TAB_ALIGNMENT
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from capmap.publishing import docx_parts as parts
from capmap.publishing.report import (
    Block,
    Cover,
    Figure,
    Heading,
    Paragraph,
    Report,
    Table,
    runs,
)

SERIF, SANS = "Times New Roman", "Arial"
TEXT_WIDTH = Mm(157)
NOTE = RGBColor(0x5D, 0x63, 0x6C)
ACT = RGBColor(0x1E, 0x4E, 0x79)
RULE = "B9B4A8"


def write_docx(report: Report, path: Path) -> None:
    """Write ``report`` to ``path``: A4, real numbering, footnotes and heading styles."""
    _Writer(report).write(path)


class _Writer:
    """Writes one report; holds the document and what its parts share."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.document: Document = docx.Document()
        self.footnotes = parts.Footnotes(self.document, self._note)
        self.numbering = parts.add_numbering(self.document)
        _set_styles(self.document, report.language)

    def write(self, path: Path) -> None:
        self._page()
        self._cover(self.report.cover)
        self._break_page()
        for block in self.report.blocks:
            self._block(block)
        if self.report.place_and_date:
            self._plain(self.report.place_and_date, before=18)
        if self.report.point_for_decision:
            self._plain(self.report.point_for_decision, before=8).runs[0].italic = True
        if self.report.appendix:
            self._break_page()
            for block in self.report.appendix:
                self._block(block)
        properties = self.document.core_properties
        properties.title = self.report.cover.title
        properties.author = self.report.office
        properties.comments = self.report.provenance
        properties.language = self.report.language
        self.document.save(str(path))

    # The page and its cover

    def _page(self) -> None:
        section = self.document.sections[0]
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.left_margin, section.right_margin = Mm(28), Mm(25)
        section.top_margin, section.bottom_margin = Mm(26), Mm(24)
        section.different_first_page_header_footer = True
        header = section.header.paragraphs[0]
        header.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        _small(header.add_run(self.report.cover.symbol), 9)
        for footer in (section.footer, section.first_page_footer):
            line = footer.paragraphs[0]
            line.style = self.document.styles["Normal"]  # which has no tab stops
            line.paragraph_format.tab_stops.add_tab_stop(
                TEXT_WIDTH, WD_TAB_ALIGNMENT.RIGHT
            )
            _small(line.add_run(f"{self.report.provenance}\t"), 8)
            parts.add_page_number(line)

    def _cover(self, cover: Cover) -> None:
        office = self._plain(self.report.office.upper(), after=2)
        _face(office.runs[0], SANS, 9.5, colour=NOTE)
        parts.rule_below(office, size=12)
        body = self._two_sides(cover.body, cover.symbol, (20, 12), after=0)
        body.runs[-1].bold = True
        session = self._plain(cover.session, after=8)
        parts.rule_below(session, size=4, colour=RULE)
        for index, line in enumerate(cover.section):
            mark = cover.section_mark if index == 0 else ""
            self._two_sides(line, mark, (11, 18), after=0, sans_left=False)
        parts.rule_below(self.document.paragraphs[-1], size=4, colour=RULE)
        _face(self._plain(cover.item, before=14, after=4).runs[0], SANS, 9.5)
        title = self.document.add_paragraph(cover.title, style="Title")
        title.paragraph_format.space_after = Pt(14)
        self._overview(cover)

    def _two_sides(
        self,
        left: str,
        right: str,
        sizes: tuple[float, float],
        *,
        after: float,
        sans_left: bool = True,
    ) -> Any:
        line = self._plain("", after=after)
        line.paragraph_format.tab_stops.add_tab_stop(TEXT_WIDTH, WD_TAB_ALIGNMENT.RIGHT)
        first = line.add_run(left)
        if sans_left:
            _face(first, SANS, sizes[0], bold=True)
        if right:
            _face(line.add_run(f"\t{right}"), SANS, sizes[1], bold=True, colour=ACT)
        return line

    def _overview(self, cover: Cover) -> None:
        table = self.document.add_table(rows=1, cols=1)
        table.alignment = WD_TABLE_ALIGNMENT.CENTER
        parts.rules(table, RULE)
        cell = table.rows[0].cells[0]
        label = cell.paragraphs[0]
        _face(label.add_run(cover.overview_label), SANS, 12, bold=True)
        for field in cover.overview:
            heading = cell.add_paragraph()
            heading.paragraph_format.space_before = Pt(8)
            heading.paragraph_format.keep_with_next = True
            _face(heading.add_run(field.label), SANS, 9.5, bold=True)
            for text in field.paragraphs:
                self._runs(cell.add_paragraph(), text)

    # Blocks

    def _block(self, block: Block) -> None:
        match block:
            case Heading():
                heading = self.document.add_heading(level=block.level)
                self._runs(heading, block.text)
            case Paragraph():
                self._paragraph(block)
            case Table():
                self._titled(block)
                self._table(block)
                self._source(block.source or " ")
            case Figure():
                self._titled(block)
                picture = self.document.add_paragraph()
                picture.add_run().add_picture(BytesIO(block.png), width=TEXT_WIDTH)
                parts.describe(picture, block.label, block.alt)
                self._source(block.source)

    def _paragraph(self, block: Paragraph) -> None:
        paragraph = self.document.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
        if block.number is not None:
            parts.number(paragraph, self.numbering, 0)
        self._runs(paragraph, block.text, italic=block.decision)
        for item in block.items:
            line = self.document.add_paragraph()
            parts.number(line, self.numbering, 1)
            self._runs(line, item)

    def _titled(self, block: Table | Figure) -> None:
        if block.label:
            label = self._plain(block.label, before=12, after=0)
            _face(label.runs[0], SANS, 8.5, colour=NOTE)
            label.paragraph_format.keep_with_next = True
        title = self._plain("", after=4)
        title.paragraph_format.keep_with_next = True
        self._runs(title, block.title)
        for run in title.runs:
            _face(run, SANS, 10.5, bold=True)

    def _table(self, block: Table) -> None:
        table = self.document.add_table(rows=1, cols=len(block.columns))
        table.autofit = False
        parts.rules(table, RULE)
        parts.repeat_header(table.rows[0])
        widths = block.widths or (1,) * len(block.columns)
        sizes = [int(TEXT_WIDTH * width / sum(widths)) for width in widths]
        for column, size in zip(table.columns, sizes, strict=True):
            column.width = size
        head = zip(table.rows[0].cells, block.columns, strict=True)
        for column, (cell, text) in enumerate(head):
            _face(cell.paragraphs[0].add_run(text), SANS, 8.5, bold=True)
            if column in block.numeric:
                cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT
        for index, row in enumerate(block.rows):
            cells = table.add_row().cells
            parts.keep_whole(table.rows[-1])
            if index in block.group_rows:
                merged = cells[0].merge(cells[-1])
                parts.shade(merged, "F3F1EB")
                self._cell(merged, row[0], bold=True)
                continue
            for column, (cell, text) in enumerate(zip(cells, row, strict=True)):
                self._cell(cell, text)
                if column in block.numeric:
                    cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT

    def _cell(self, cell: Any, text: str, *, bold: bool = False) -> None:
        paragraph = cell.paragraphs[0]
        paragraph.paragraph_format.space_after = Pt(1)
        self._runs(paragraph, text)
        for run in paragraph.runs:
            run.font.size = Pt(9)
            run.bold = run.bold or bold

    def _source(self, text: str) -> None:
        if text:
            _small(self._plain(text, before=3, after=10).runs[0], 8.5)

    # Text

    def _plain(self, text: str, *, before: float = 0, after: float = 6) -> Any:
        paragraph = self.document.add_paragraph(text)
        paragraph.paragraph_format.space_before = Pt(before)
        paragraph.paragraph_format.space_after = Pt(after)
        return paragraph

    def _runs(self, paragraph: Any, text: str, *, italic: bool = False) -> None:
        for run in runs(text):
            if run.note:
                self.footnotes.add(paragraph, self.report.notes[run.note])
                continue
            written = paragraph.add_run(run.text)
            written.bold = run.bold or None
            written.italic = (run.italic != italic) or None

    def _note(self, paragraph: Any, text: str) -> None:
        self._runs(paragraph, text)
        for run in paragraph.runs:
            run.font.size = Pt(9)

    def _break_page(self) -> None:
        self.document.add_paragraph().add_run().add_break(WD_BREAK.PAGE)


def _face(
    run: Any,
    font: str,
    size: float,
    *,
    bold: bool = False,
    colour: RGBColor | None = None,
) -> None:
    run.font.name = font
    run.font.size = Pt(size)
    run.bold = bold
    if colour is not None:
        run.font.color.rgb = colour


def _small(run: Any, size: float) -> None:
    run.font.size = Pt(size)
    run.font.color.rgb = NOTE


def _set_styles(document: Document, language: str) -> None:
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = SERIF, Pt(11)
    normal.paragraph_format.space_after = Pt(6)
    normal.paragraph_format.line_spacing = 1.08
    tags = {"en": "en-GB", "fr": "fr-FR", "es": "es-ES"}
    for element in document.styles.element.iter(qn("w:lang")):
        element.set(qn("w:val"), tags[language])
    for name, size in (("Title", 17), ("Heading 1", 13), ("Heading 2", 11)):
        style = document.styles[name]
        style.font.name, style.font.size, style.font.bold = SANS, Pt(size), True
        style.font.color.rgb = RGBColor(0x19, 0x1C, 0x20)
        fonts = style.element.get_or_add_rPr().find(qn("w:rFonts"))
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{theme}"), None)
        borders = style.element.get_or_add_pPr().find(qn("w:pBdr"))
        if borders is not None:
            style.element.pPr.remove(borders)
        style.paragraph_format.keep_with_next = True
        style.paragraph_format.space_before = Pt(0 if name == "Title" else 16)
