"""A workbook in one language: its formats, its words, and how a list is written.

Every text of a source is written as a string, never as a formula, a link or a number,
so that a title like ``=HYPERLINK(...)`` stays a title. Rows are written as they come and
leave memory at once.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from capmap.frameworks.codebook import Codebook
from capmap.tables import ALL, NONE
from capmap.wording import Wording

#: What Excel holds: characters in a cell, rows below a heading, links in a sheet.
CELL_CHARACTERS = 32_767
ROWS = 1_048_575
LINKS = 65_530

INK, MUTED, RULE, SUNK = "#191C20", "#5D636C", "#D9D5CB", "#F3F1EB"
ACCENT, WARM = "#1E4E79", "#A84A14"

_NUMBERS = {
    "text": {"align": "left", "indent": 1},
    "whole": {"num_format": "#,##0", "align": "right", "indent": 1},
    "share": {"num_format": "0%", "align": "right", "indent": 1},
    "fine_share": {"num_format": "0.0%", "align": "right", "indent": 1},
    "decimal": {"num_format": "0.00", "align": "right", "indent": 1},
    "chance": {"num_format": "0.0000", "align": "right", "indent": 1},
    "date": {"num_format": "yyyy-mm-dd", "align": "left", "indent": 1},
    "link": {"align": "left", "indent": 1, "font_color": ACCENT, "underline": 1},
}


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a list: the key of its heading, its width in characters, its kind."""

    heading: str
    width: float
    kind: str = "text"


class Book:
    """An open workbook with its formats and words; close it to write the file."""

    def __init__(self, path: Path, codebook: Codebook, language: str) -> None:
        self.workbook = xlsxwriter.Workbook(
            str(path),
            {
                "constant_memory": True,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
                "nan_inf_to_errors": True,
            },
        )
        self.codebook = codebook
        self.words = Wording("mapping", language)
        self.page_words = Wording("explorer", language)
        self._formats: dict[tuple[tuple[str, Any], ...], Format] = {}

    def format(self, **look: Any) -> Format:
        """Return the format of a look, made once however often it is asked for."""
        key = tuple(sorted(look.items()))
        if key not in self._formats:
            base = {"font_name": "Calibri", "font_size": 10, "font_color": INK}
            self._formats[key] = self.workbook.add_format({**base, **look})
        return self._formats[key]

    def sheet(
        self, name: str, *, paper: int = 9, portrait: bool = False, number: int = 1
    ) -> Worksheet:
        """Add a sheet named in the reader's language, one page wide (``paper`` 9: A4).

        ``number`` is told where a list goes on from another sheet.
        """
        title = self.words.say(f"sheet_{name}")
        sheet = self.workbook.add_worksheet(
            title if number == 1 else f"{title} {number}"
        )
        sheet.hide_gridlines(2)
        sheet.set_paper(paper)
        if not portrait:
            sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.6)
        sheet.set_footer(f"&L&A&R{self.words.say('page_of')}")
        return sheet

    @cached_property
    def _cut(self) -> str:
        return self.words.say("cut_cell")

    def fit(self, text: str) -> str:
        """Cut a text to what a cell of Excel can hold, and say so at its end."""
        # Excel counts UTF-16 units, of which signs beyond the basic plane take two.
        if len(text) <= CELL_CHARACTERS // 2:
            return text
        units = text.encode("utf-16-le")
        if len(units) <= 2 * CELL_CHARACTERS:
            return text
        room = 2 * (CELL_CHARACTERS - len(self._cut))
        return units[:room].decode("utf-16-le", errors="ignore") + self._cut

    def write(
        self, sheet: Worksheet, row: int, column: int, value: Any, look: Format
    ) -> None:
        """Write a value by its type: nothing as blank, a text always as a string."""
        if value is None or value == "":
            sheet.write_blank(row, column, None, look)
        elif isinstance(value, bool):
            sheet.write_string(
                row, column, self.words.say("said_yes" if value else "said_no"), look
            )
        elif isinstance(value, date):
            if value.year < 1900:  # before Excel's calendar begins
                sheet.write_string(row, column, value.isoformat(), look)
            else:
                sheet.write_datetime(row, column, value, look)
        elif isinstance(value, int | float):
            sheet.write_number(row, column, value, look)
        else:
            sheet.write_string(row, column, self.fit(str(value)), look)

    def list(
        self,
        sheet: Worksheet,
        columns: Sequence[Column],
        rows: Iterable[Sequence[Any]],
        *,
        frozen: int = 1,
        tallest: float = 150,
        links: Mapping[Any, str] | None = None,
    ) -> int:
        """Write a list under a frozen heading with filters, and return its length.

        Rows are as high as their texts need, up to ``tallest`` points; the rest of a long
        text stands in the cell all the same. ``links`` leads the values of columns of
        kind "link" to places in the workbook.
        """
        head = {"bold": True, "text_wrap": True, "valign": "vcenter", "bottom": 1}
        looks = []
        sheet.set_row(0, 44)
        for number, column in enumerate(columns):
            look = {"valign": "top", "text_wrap": True, "bottom": 4}
            look |= {"bottom_color": RULE, **_NUMBERS[column.kind]}
            looks.append(self.format(**look))
            sheet.set_column(number, number, column.width)
            title = self._heading(column.heading)
            align = _NUMBERS[column.kind].get("align", "left")
            sheet.write_string(
                0,
                number,
                title,
                self.format(**head, bg_color=SUNK, align=align, indent=1),
            )
        plain = self.format(
            valign="top", text_wrap=True, bottom=4, bottom_color=RULE, indent=1
        )
        linked = length = 0
        for length, row in enumerate(rows, start=1):
            sheet.set_row(length, min(_height(columns, row), tallest))
            for number, value in enumerate(row):
                is_link = columns[number].kind == "link"
                target = (links or {}).get(value) if is_link else None
                if target and linked < LINKS:
                    sheet.write_url(
                        length, number, target, looks[number], self.fit(value)
                    )
                    linked += 1
                else:
                    self.write(
                        sheet,
                        length,
                        number,
                        value,
                        plain if is_link else looks[number],
                    )
        sheet.autofilter(0, 0, max(length, 1), len(columns) - 1)
        sheet.freeze_panes(1, frozen)
        sheet.repeat_rows(0)
        return length

    def _heading(self, heading: str) -> str:
        _, is_facet, facet = heading.partition("facet:")
        return self.facet(facet) if is_facet else self.words.say(f"col_{heading}")

    def label(self, facet: str, code: str) -> str:
        """Return what a reader calls a code; a code that is not in the codebook as it is."""
        if code == ALL:
            return self.words.say("total")
        if code == NONE:
            return self.page_words.say(f"none_{facet}")
        if facet == "country":
            return str(self.words.locale.territories.get(code, code))
        if facet == "kind":
            return self.page_words.say(f"code_kind_{code}")
        known = (
            self.codebook.facets[facet].codes if facet in self.codebook.facets else {}
        )
        return self._text(known[code].label, code) if code in known else code

    def facet(self, facet: str) -> str:
        """Return what a reader calls a facet."""
        if facet in self.codebook.facets:
            return self._text(self.codebook.facets[facet].label, facet)
        return facet

    def _text(self, texts: Mapping[str, str], otherwise: str) -> str:
        return texts.get(self.words.language) or texts.get("en") or otherwise


def _height(columns: Sequence[Column], row: Sequence[Any]) -> float:
    """Return the points that the longest text of a row needs, wrapped in its column.

    Excel would fit rows by itself, other readers let texts run over one another.
    """
    lines = 1
    for column, value in zip(columns, row, strict=True):
        if isinstance(value, str):
            # Widths count digits of 11 points, of which letters of 10 take less; but
            # words do not break, and the indent takes one.
            width = max(column.width - 1, 1)
            wrapped = (1 + int((len(part) - 1) / width) for part in value.split("\n"))
            lines = max(lines, sum(wrapped))
    return 4 + 13 * lines
