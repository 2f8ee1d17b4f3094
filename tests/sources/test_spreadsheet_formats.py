"""CSV, ODS and XLS beside XLSX, and books that mean harm."""

import csv
import struct
import zipfile
from datetime import date
from pathlib import Path

import pytest
import xlsxwriter
from sheets import HEADINGS, ROW, problems, read

from capmap.sources.activity import Activity, Budget
from capmap.sources.spreadsheet import read_spreadsheet


class TestDelimitedText:
    @pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
    def test_delimiters_and_encodings(self, text, sign, encoding):
        rows = [
            "id|título|objetivo",
            "1|Formación|Capacitar a jueces",
            "2|Empleo|Año tras año",
        ]

        found, told = read(text("\r\n".join(rows).replace("|", sign), encoding), "csv")

        assert ([a.title for a in found], told) == (["Formación", "Empleo"], [])

    def test_windows_text_is_read_and_told_of(self, text):
        rows = (
            "id;titre;objectif\n1;Formation d’été;Renforcer les capacités des employés à Genève\n"
            * 3
        )

        found, told = read(text(rows, "cp1252"), "csv")

        assert found[0].title == "Formation d’été"
        assert [r.problem for r in told] == ["encoding_guessed"]

    def test_decimal_commas_and_line_breaks_in_quotes(self, text):
        path = text(
            'id;title;budget EUR;objective\n1;T;"1.234,50";"First line.\nSecond; line."\n2;U;2,5;x\n'
        )

        found, _ = read(path, "csv")

        assert [b.amount for a in found for b in a.budgets] == [1234.5, 2.5]
        assert [p.text for p in found[0].passages] == [
            "T",
            "First line.",
            "Second; line.",
        ]
        assert found[1].place == "row 4"

    def test_a_quotation_mark_never_closed_is_told_of(self, text, monkeypatch):
        monkeypatch.setattr("capmap.sources.csv_rows.LONGEST_CELL", 1000)
        path = text('id,title\n1,T\n2,"U\n' + "3,V\n" * 1000)

        found, (told,) = read(path, "csv")

        assert [a.identifier for a in found] == ["1"]
        assert (told.problem, told.place, told.scope) == (
            "csv_damaged",
            "row 3",
            "file",
        )
        csv.field_size_limit(131_072)

    @pytest.mark.slow
    def test_memory_does_not_grow_with_the_rows(self, tmp_path):
        import tracemalloc

        def peak(rows: int) -> int:
            path = tmp_path / "large.csv"
            with path.open("w") as file:
                file.write("id,title,objective\n")
                file.writelines(
                    f"{n},Title {n},Train the {n}th group of labour inspectors\n"
                    for n in range(rows)
                )
            tracemalloc.start()
            count = sum(
                isinstance(a, Activity) for a in read_spreadsheet(path, "x", "csv")
            )
            _, most = tracemalloc.get_traced_memory()
            tracemalloc.stop()
            assert count == rows
            return most

        assert peak(24_000) < peak(6_000) * 1.6


class TestOpenDocument:
    CONTENT = """<?xml version="1.0"?>
    <office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
      xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
      xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0"
      xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0">
      <office:automatic-styles><style:style style:name="ta2"><style:table-properties table:display="false"/></style:style></office:automatic-styles>
      <office:body><office:spreadsheet>{}</office:spreadsheet></office:body></office:document-content>"""

    @pytest.fixture
    def ods(self, tmp_path):
        def writer(tables: str) -> Path:
            path = tmp_path / "book.ods"
            with zipfile.ZipFile(path, "w") as package:
                package.writestr(
                    "mimetype", "application/vnd.oasis.opendocument.spreadsheet"
                )
                package.writestr("content.xml", self.CONTENT.format(tables))
            return path

        return writer

    @staticmethod
    def row(*cells: str) -> str:
        return f"<table:table-row>{''.join(cells)}</table:table-row>"

    @staticmethod
    def cell(text: str, told: str = "") -> str:
        return f"<table:table-cell {told}><text:p>{text}</text:p></table:table-cell>"

    def test_values_merged_cells_and_hidden_sheets(self, ods):
        cell, row = self.cell, self.row
        number = 'office:value-type="float" office:value="1200.5"'
        day = 'office:value-type="date" office:value-date="x" office:date-value="2010-01-31"'
        high = 'table:number-rows-spanned="2" table:number-columns-spanned="1"'
        table = (
            '<table:table table:name="Projects">'
            + row(*map(cell, ("Id", "Title", "Start", "Budget USD", "Objective")))
            + '<table:table-row table:number-rows-repeated="3"><table:table-cell/></table:table-row>'
            + row(cell("P1", high), cell("Skills", high), cell("31/01/10", day), cell("1 200,50", number), cell("Train judges."))
            + row("<table:covered-table-cell/>" * 2, "<table:table-cell/>" * 2, cell("Train<text:s/>inspectors."))
            + '<table:table-row table:number-rows-repeated="1048570"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
            + '</table:table><table:table table:name="Old" table:style-name="ta2">'
            + row(cell("Id"), cell("Title")) + row(cell("P2"), cell("Other")) + "</table:table>"
        )  # fmt: skip

        found, (told,) = read(ods(table), "ods")

        assert [a.identifier for a in found] == ["P1", "P2"]
        assert found[0].place == "sheet Projects, row 5"
        assert found[0].budgets == [Budget(1200.5, "USD", date(2010, 1, 31))]
        assert [p.text for p in found[0].passages] == [
            "Skills",
            "Train judges.",
            "Train inspectors.",
        ]
        assert (told.problem, told.place) == ("sheet_hidden", "sheet Old")

    def test_entities_are_not_expanded(self, ods):
        path = ods('<table:table table:name="S"></table:table>')
        with zipfile.ZipFile(path, "w") as package:
            bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><x>&b;</x>'
            package.writestr("content.xml", bomb)

        assert problems(path, "ods") == ["sheet_without_rows"]

    def test_a_damaged_one_is_set_aside(self, ods):
        path = ods('<table:table table:name="S">')

        assert problems(path, "ods") == ["sheet_damaged"]


class TestOldExcel:
    def test_xls(self, tmp_path):
        path = tmp_path / "old.xls"
        path.write_bytes(
            compound_file(
                biff([["Id", "Title", "Budget USD"], ["P1", "Formación", 42.0]])
            )
        )

        (found,), told = read(path, "xls")

        assert (found.identifier, found.title) == ("P1", "Formación")
        assert ([b.amount for b in found.budgets], told) == ([42.0], [])

    def test_a_damaged_one_is_set_aside(self, tmp_path):
        path = tmp_path / "old.xls"
        path.write_bytes(compound_file(biff([["Id"]]))[:700])

        assert problems(path, "xls") == ["sheet_damaged"]


class TestHostileBooks:
    def test_a_damaged_book_is_set_aside(self, book):
        path = book(S=[HEADINGS, ROW])
        path.write_bytes(path.read_bytes()[:-200])

        assert problems(path) == ["sheet_damaged"]

    def test_an_xml_bomb_in_a_book_is_set_aside(self, book):
        path = book(S=[HEADINGS, ROW])
        entities = "".join(
            f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10)
        )
        with zipfile.ZipFile(path) as old:
            parts = {name: old.read(name) for name in old.namelist()}
        bomb = f'<!DOCTYPE x [<!ENTITY e0 "{"a" * 100}">{entities}]>'.encode()
        sheet = parts["xl/worksheets/sheet1.xml"]
        parts["xl/worksheets/sheet1.xml"] = bomb + sheet.replace(
            b"<sheetData>", b"<sheetData>&e9;", 1
        )
        with zipfile.ZipFile(path, "w") as new:
            for name, content in parts.items():
                new.writestr(name, content)

        assert problems(path) == ["sheet_damaged"]

    def test_texts_beyond_measure_are_not_loaded(self, book, monkeypatch):
        monkeypatch.setattr("capmap.sources.sheets.LARGEST_TEXTS_MEGABYTES", -1)

        assert problems(book(S=[HEADINGS, ROW])) == ["file_too_large"]

    def test_a_size_that_lies_does_no_harm(self, tmp_path):
        path = tmp_path / "lies.xlsx"
        with xlsxwriter.Workbook(path) as made:
            sheet = made.add_worksheet()
            sheet.write_row(0, 0, ["Id", "Title"])
            sheet.write_row(1, 0, ["1", "T"])
            sheet.write(1_048_575, 16_383, "x")

        assert [a.identifier for a in read(path)[0]] == ["1"]


def biff(rows: list[list]) -> bytes:
    """Write the stream of a workbook of Excel 97 with one sheet."""

    def record(kind: int, content: bytes) -> bytes:
        return struct.pack("<HH", kind, len(content)) + content

    def begin(kind: int) -> bytes:
        return record(
            0x0809, struct.pack("<HHHHII", 0x0600, kind, 0x0DBB, 0x07CC, 0, 6)
        )

    def label(row: int, column: int, text: str) -> bytes:
        head = struct.pack("<HHHHB", row, column, 0, len(text), 1)
        return record(0x0204, head + text.encode("utf-16-le"))

    cells = b"".join(
        label(r, c, cell)
        if isinstance(cell, str)
        else record(0x0203, struct.pack("<HHHd", r, c, 0, cell))
        for r, row in enumerate(rows)
        for c, cell in enumerate(row)
    )
    size = struct.pack("<IIHHH", 0, len(rows), 0, max(map(len, rows)), 0)
    sheet = begin(0x0010) + record(0x0200, size) + cells + record(0x000A, b"")
    name = b"\x05\x00Sheet"
    head = begin(0x0005)
    at = len(head) + 4 + 6 + len(name) + 4
    return (
        head
        + record(0x0085, struct.pack("<IH", at, 0) + name)
        + record(0x000A, b"")
        + sheet
    )


def compound_file(stream: bytes, name: str = "Workbook") -> bytes:
    """Wrap a stream into an OLE compound file: header, table, directory, sectors."""
    stream = stream.ljust(
        4096, b"\0"
    )  # smaller ones would stand in a table of their own
    stream += b"\0" * (-len(stream) % 512)
    sectors = len(stream) // 512
    table = [0xFFFFFFFD, 0xFFFFFFFE, *range(3, sectors + 2), 0xFFFFFFFE]
    table += [0xFFFFFFFF] * (128 - len(table))

    def entry(told: str, kind: int, child: int, first: int, size: int) -> bytes:
        words = told.encode("utf-16-le")
        return struct.pack(
            "<64sHBBIII16sIQQIQ",
            words,
            len(words) + 2,
            kind,
            1,
            0xFFFFFFFF,
            0xFFFFFFFF,
            child,
            b"",
            0,
            0,
            0,
            first,
            size,
        )

    header = struct.pack(
        "<8s16sHHHHHHIIIIIIIIII", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"", 0x3E, 3, 0xFFFE, 9, 6, 0, 0, 0, 1, 1,
        0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0,
    )  # fmt: skip
    header += struct.pack("<109I", 0, *[0xFFFFFFFF] * 108)
    directory = entry("Root Entry", 5, 1, 0xFFFFFFFE, 0) + entry(
        name, 2, 0xFFFFFFFF, 2, len(stream)
    )
    return header + struct.pack("<128I", *table) + directory.ljust(512, b"\0") + stream
