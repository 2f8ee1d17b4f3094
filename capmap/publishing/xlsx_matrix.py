"""The heat maps of the workbook: outcomes down, codes across, counts in the cells."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby
from math import ceil
from typing import Any

import polars as pl
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from capmap.frameworks.framework import Framework
from capmap.publishing.xlsx_book import ACCENT, INK, MUTED, RULE, WARM, Book
from capmap.tables import ALL, NONE, Findings

#: One hue from light to dark; on the last two the number is white.
SHADES = ("#E6EEF5", "#C3D7E8", "#93B7D6", "#4A7FAE", "#1E4E79")

#: Where the table begins: families of columns, their names, then the outcomes.
FAMILIES, NAMES, BODY = 3, 4, 5


@dataclass(slots=True)
class Block:
    """Codes of one facet that stand side by side, with the counts of their cells."""

    facet: str
    codes: list[str]
    counts: dict[tuple[str, str], int]
    doubtful: set[tuple[str, str]]
    first: int = 0  # its first column in the sheet
    most: int = field(init=False)

    def __post_init__(self) -> None:
        cells = [n for pair, n in self.counts.items() if ALL not in pair]
        self.most = max(cells, default=0)


def unit_of(findings: Findings) -> str:
    """Return what cells count: interventions, or passages if there are only documents."""
    totals = findings.coverage.filter(
        (pl.col("row") == ALL) & (pl.col("column") == ALL)
    )
    return "interventions" if totals["interventions"].sum() else "passages"


def write_matrix(
    book: Book,
    sheet: Worksheet,
    findings: Findings,
    framework: Framework,
    facets: Sequence[str],
    title: str,
) -> None:
    """Write outcomes by the codes of ``facets``, one block beside the other."""
    unit = unit_of(findings)
    blocks = [_block(findings, facet, unit) for facet in facets]
    Matrix(book, sheet, framework, blocks).write(
        book.words.say(title), book.words.say(f"counts_{unit}")
    )


def _block(findings: Findings, facet: str, unit: str) -> Block:
    table = findings.coverage.filter(
        (pl.col("row_facet") == "outcome") & (pl.col("column_facet") == facet)
    )
    codes = [code for code in dict.fromkeys(table["column"]) if code != ALL]
    cells = table.select("row", "column", unit).iter_rows()
    doubts = table.filter("doubtful").select("row", "column").iter_rows()
    return Block(facet, codes, {(r, c): n for r, c, n in cells}, set(doubts))


class Matrix:
    """A heat map under way: where its columns stand and how its cells look."""

    def __init__(
        self, book: Book, sheet: Worksheet, framework: Framework, blocks: list[Block]
    ) -> None:
        self.book, self.sheet, self.framework, self.blocks = (
            book,
            sheet,
            framework,
            blocks,
        )
        column = 2
        for block in blocks:
            block.first = column
            column += len(block.codes) + 1  # an empty column between blocks
        self.total = column

    def write(self, title: str, note: str) -> None:
        """Write the sheet from top to bottom, as constant memory asks."""
        self._set_up()
        self.sheet.write_string(0, 0, title, self.book.format(bold=True, font_size=14))
        self.sheet.write_string(1, 0, note, self.book.format(font_color=MUTED))
        self._families()
        self._names()
        row = BODY
        outcomes = []
        for group in self.framework.groups:
            look = self.book.format(bold=True, font_color=ACCENT, valign="bottom")
            self.sheet.set_row(row, 20)
            name = group.label.get(self.book.words.language) or group.group
            self.sheet.write_string(row, 0, name, look)
            row += 1
            for outcome in group.outcomes:
                self._line(row, outcome.code, str(outcome.number))
                outcomes.append(outcome.code)
                row += 1
        for code in self._beyond(outcomes):
            self._line(row, code, "")
            row += 1
        self._margins(row, outcomes)
        legend = self.book.format(font_color=MUTED, font_size=9)
        self.sheet.write_string(row + 3, 0, self.book.words.say("legend"), legend)

    def _set_up(self) -> None:
        sheet = self.sheet
        sheet.set_column(0, 0, 4)
        sheet.set_column(1, 1, 44)
        for block in self.blocks:
            width = 5.6 if len(block.codes) > 12 else 9
            end = block.first + len(block.codes)
            sheet.set_column(block.first, end - 1, width)
            sheet.set_column(end, end, 1.5)
        sheet.set_column(self.total, self.total + 1, 8)
        sheet.set_row(FAMILIES, 28)
        sheet.set_row(NAMES, 170)
        sheet.freeze_panes(BODY, 2)
        sheet.fit_to_pages(1, 1)
        sheet.repeat_rows(FAMILIES, NAMES)

    def _families(self) -> None:
        """Write the families of columns, or the facet where its codes have none."""
        look = self.book.format(
            bottom=1,
            bottom_color=MUTED,
            font_color=MUTED,
            text_wrap=True,
            valign="bottom",
        )
        for block in self.blocks:
            column = block.first
            families = [self._family(block, code) for code in block.codes]
            for family, members in groupby(families):
                width = len(list(members))
                if width == 1:
                    self.sheet.write_string(FAMILIES, column, family, look)
                else:
                    self.sheet.merge_range(
                        FAMILIES, column, FAMILIES, column + width - 1, family, look
                    )
                column += width

    def _family(self, block: Block, code: str) -> str:
        if code == NONE:
            return ""
        known = self.book.codebook.facets[block.facet].codes.get(code)
        if known is None or not known.group:
            return self.book.facet(block.facet)
        try:
            return self.book.page_words.say(f"family_{known.group}")
        except KeyError:  # a family of the user's own codebook
            return known.group

    def _names(self) -> None:
        look = {
            "rotation": 90,
            "valign": "bottom",
            "align": "center",
            "text_wrap": True,
        }
        for block in self.blocks:
            for number, code in enumerate(block.codes):
                empty = not block.counts[ALL, code]
                name = self.book.label(block.facet, code)
                ink = (
                    {"font_color": WARM, "bold": True} if empty else {"font_color": INK}
                )
                self.sheet.write_string(
                    NAMES, block.first + number, name, self.book.format(**look, **ink)
                )
        bold = self.book.format(**look, bold=True)
        self.sheet.write_string(NAMES, self.total, self.book.words.say("total"), bold)
        if len(self.blocks) == 1:
            found = self.book.words.say("codes_found")
            self.sheet.write_string(NAMES, self.total + 1, found, bold)

    def _beyond(self, outcomes: list[str]) -> list[str]:
        """Rows that the framework does not know, and passages under no outcome."""
        rows = dict.fromkeys(row for block in self.blocks for row, _ in block.counts)
        return [row for row in rows if row != ALL and row not in outcomes]

    def _line(self, row: int, code: str, number: str) -> None:
        text = {"bottom": 4, "bottom_color": RULE, "valign": "vcenter"}
        self.sheet.set_row(row, 18)
        self.sheet.write_string(row, 0, number, self.book.format(**text, align="right"))
        label = self.book.label("outcome", code)
        self.sheet.write_string(row, 1, label, self.book.format(**text, indent=1))
        for block in self.blocks:
            for place, column in enumerate(block.codes):
                count = block.counts.get((code, column), 0)
                look = self._shade(block, count, (code, column) in block.doubtful)
                self.sheet.write_number(row, block.first + place, count, look)
        bold = self.book.format(**text, bold=True, align="center", num_format="#,##0")
        first = self.blocks[0]
        self.sheet.write_number(row, self.total, first.counts.get((code, ALL), 0), bold)
        if len(self.blocks) == 1:
            found = sum(
                bool(first.counts.get((code, c))) for c in first.codes if c != NONE
            )
            plain = self.book.format(**text, align="center")
            self.sheet.write_number(row, self.total + 1, found, plain)

    def _shade(self, block: Block, count: int, doubtful: bool) -> Format:
        """Return the look of a cell: the darker, the more; a dot where there is nothing."""
        look: dict[str, Any] = {
            "align": "center",
            "valign": "vcenter",
            "num_format": '#,##0;-#,##0;"·"',
            "border": 1,
            "border_color": "#FFFFFF",
        }
        if count == 0:
            return self.book.format(**look, font_color=MUTED)
        shade = ceil(count / block.most * len(SHADES)) - 1
        look["bg_color"] = SHADES[shade]
        look["font_color"] = "#FFFFFF" if shade >= len(SHADES) - 2 else INK
        if doubtful:
            look["num_format"] = '#,##0"*"'
        return self.book.format(**look)

    def _margins(self, row: int, outcomes: list[str]) -> None:
        """Write the totals, each counted once, and how many outcomes each code reaches."""
        bold = self.book.format(
            bold=True,
            top=1,
            align="center",
            valign="vcenter",
            num_format='#,##0;-#,##0;"·"',
        )
        plain = self.book.format(align="center", num_format='#,##0;-#,##0;"·"')
        name = self.book.format(bold=True, top=1, valign="vcenter", indent=1)
        self.sheet.set_row(row, 20)
        self.sheet.write_blank(row, 0, None, name)
        self.sheet.write_string(row, 1, self.book.words.say("all_outcomes"), name)
        for block in self.blocks:
            for place, code in enumerate(block.codes):
                total = block.counts[ALL, code]
                self.sheet.write_number(row, block.first + place, total, bold)
        self.sheet.write_number(row, self.total, self.blocks[0].counts[ALL, ALL], bold)
        reached = self.book.words.say("outcomes_reached")
        self.sheet.write_string(row + 1, 1, reached, self.book.format(indent=1))
        for block in self.blocks:
            for place, code in enumerate(block.codes):
                number = sum(bool(block.counts.get((o, code))) for o in outcomes)
                self.sheet.write_number(row + 1, block.first + place, number, plain)
