"""Spreadsheets as people make them, in four formats and three languages."""

import csv
import struct
import zipfile
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter

from capmap.sources.activity import Activity, Budget, Organisation, Part, SetAside
from capmap.sources.spreadsheet import read_spreadsheet

HEADINGS = [
    "Code",
    "Project title",
    "Country",
    "Start date",
    "End date",
    "Budget (USD)",
    "Objectives",
]
ROW = [
    "P1",
    "Skills for youth",
    "Peru",
    "2010-01-31",
    "2012-12-31",
    1200.5,
    "Train labour inspectors.",
]


def read(path: Path, kind: str = "xlsx", mapping: Path | None = None):
    """Return the interventions and the remarks."""
    found = list(read_spreadsheet(path, path.name, kind, mapping))
    return (
        [a for a in found if isinstance(a, Activity)],
        [r for r in found if isinstance(r, SetAside)],
    )


def problems(path: Path, kind: str = "xlsx") -> list[str]:
    return [remark.problem for remark in read(path, kind)[1]]


@pytest.fixture
def book(tmp_path):
    """Write sheets (name -> rows) as XLSX, and return the path."""

    def writer(change=None, **sheets: list[list]) -> Path:
        made = openpyxl.Workbook()
        made.remove(made.active)
        for name, rows in sheets.items():
            sheet = made.create_sheet(name)
            for row in rows:
                sheet.append(row)
        if change:
            change(made)
        path = tmp_path / "book.xlsx"
        made.save(path)
        return path

    return writer


@pytest.fixture
def text(tmp_path):
    """Write a CSV file, and return the path."""

    def writer(content: str, encoding: str = "utf-8") -> Path:
        path = tmp_path / "table.csv"
        path.write_bytes(content.encode(encoding))
        return path

    return writer


class TestColumns:
    @pytest.mark.parametrize(
        "headings",
        [
            HEADINGS,
            [
                "Identifiant",
                "Intitulé du projet",
                "Pays",
                "Date de début",
                "Date de fin",
                "Budget (USD)",
                "Objectifs",
            ],
            [
                "Código",
                "Título",
                "País",
                "Fecha de inicio",
                "Fecha de fin",
                "Presupuesto (USD)",
                "Objetivos",
            ],
            [
                "REF.",
                "PROJECT NAME",
                "Recipient country",
                "Start",
                "End",
                "Total budget in US$",
                "Objective 1",
            ],
        ],
    )
    def test_names_in_three_languages_give_the_same(self, book, headings):
        (found,), told = read(book(Projects=[headings, ROW]))

        assert (found.identifier, found.title, found.countries) == (
            "P1",
            "Skills for youth",
            [Part("PE")],
        )
        assert (found.starts_on, found.ends_on) == (
            date(2010, 1, 31),
            date(2012, 12, 31),
        )
        assert found.budgets == [
            Budget(1200.5, "USD", date(2010, 1, 31), date(2012, 12, 31))
        ]
        assert [(p.kind, p.text, p.place) for p in found.passages] == [
            (
                "title",
                "Skills for youth",
                f"sheet Projects, row 2, column {headings[1]}",
            ),
            (
                "description",
                "Train labour inspectors.",
                f"sheet Projects, row 2, column {headings[6]}",
            ),
        ]
        assert found.passages[1].context == "Skills for youth"
        assert told == []

    def test_headings_are_found_below_a_title_and_notes(self, book):
        (found,), told = read(
            book(
                S=[
                    ["Portfolio 2011, country and budget"],
                    [],
                    ["Source: the office"],
                    HEADINGS,
                    ROW,
                ]
            )
        )

        assert (found.identifier, found.place, told) == ("P1", "sheet S, row 5", [])

    def test_any_column_with_prose_becomes_passages(self, book):
        rows = [
            ["Title", "Lessons", "Officer", "Mail"],
            [
                "Skills",
                "Training alone did not change practice.",
                "A. N. Other",
                "office@example.org is the address here",
            ],
        ]

        (found,), _ = read(book(S=rows))

        assert [(p.kind, p.place) for p in found.passages] == [
            ("title", "sheet S, row 2, column Title"),
            ("cell", "sheet S, row 2, column Lessons"),
        ]

    def test_other_facts(self, book):
        rows = [
            [
                "Title",
                "Donor",
                "Implementing agency",
                "Sector",
                "Type",
                "Status",
                "Parent",
                "Language",
                "Region",
            ],
            [
                "Formation",
                "France; Suisse",
                "BIT",
                "11330; 16020",
                "Programme par pays",
                2,
                "P0",
                "fr",
                "Sahel",
            ],
        ]

        (found,), told = read(book(S=rows))

        assert [(o.role, o.name) for o in found.organisations] == [
            ("funding", "France"), ("funding", "Suisse"), ("implementing", "BIT"),
        ]  # fmt: skip
        assert isinstance(found.organisations[0], Organisation)
        assert found.sectors == [Part("11330"), Part("16020")]
        assert (found.kind, found.status, found.parents) == (
            "country_programme",
            "2",
            ["P0"],
        )
        assert (found.language, found.passages[0].language) == ("fr", "fr")
        assert found.regions == [Part("Sahel")]
        assert [r.problem for r in told] == ["row_without_identifier"]

    def test_a_sheet_of_something_else_is_set_aside(self, book):
        found, (told,) = read(
            book(Notes=[["Colour", "Weight"], ["red", 3]], P=[HEADINGS, ROW])
        )

        assert [a.identifier for a in found] == ["P1"]
        assert (told.problem, told.place, told.values) == (
            "sheet_without_columns", "sheet Notes", {"columns": "Colour, Weight"},
        )  # fmt: skip

    def test_a_mapping_file_names_the_columns(self, book, tmp_path):
        mapping = tmp_path / "book.mapping.yaml"
        mapping.write_text(
            "title: Vorhaben\nidentifier: Nr\ntext: [Ziel, Wirkung]\nbudget: Absent\n"
        )
        path = book(S=[["Nr", "Vorhaben", "Ziel"], [7, "Ausbildung", "Kurz."]])

        (found,), told = read(path, mapping=mapping)

        assert (found.identifier, found.title) == ("7", "Ausbildung")
        assert [p.text for p in found.passages] == ["Ausbildung", "Kurz."]
        assert [(r.problem, r.values["column"]) for r in told] == [
            ("mapping_column_missing", "wirkung"),
            ("mapping_column_missing", "absent"),
        ]

    def test_a_wrong_mapping_file_is_told_of(self, book, tmp_path):
        mapping = tmp_path / "book.mapping.yaml"
        for content in ("colour: X", "- a", "{", "title: !!python/object:os.system x"):
            mapping.write_text(content)

            (found,), (told,) = read(book(S=[HEADINGS, ROW]), mapping=mapping)

            assert (found.identifier, told.problem) == ("P1", "mapping_wrong")


class TestRows:
    def test_rows_with_one_identifier_are_one_intervention(self, book):
        rows = [HEADINGS, ROW, ["P2", "Other"], [*ROW[:5], 300, "Train judges."]]

        found, told = read(book(S=rows))

        assert [a.identifier for a in found] == ["P1", "P2"]
        assert [p.text for p in found[0].passages] == [
            "Skills for youth", "Train labour inspectors.", "Train judges.",
        ]  # fmt: skip
        assert [b.amount for b in found[0].budgets] == [1500.5]
        assert told == []

    def test_the_same_amount_in_each_row_is_one(self, book):
        (found,), _ = read(book(S=[HEADINGS, ROW, [*ROW[:6], "Train judges."]]))

        assert [b.amount for b in found.budgets] == [1200.5]

    def test_rows_without_name_belong_to_the_one_above(self, book):
        rows = [HEADINGS, ROW, [None, None, None, None, None, None, "Train judges."]]

        (found,), _ = read(book(S=rows))

        assert found.passages[-1].text == "Train judges."
        assert found.passages[-1].place == "sheet S, row 3, column Objectives"

    def test_merged_cells_carry_their_value_over(self, book):
        rows = [HEADINGS, ROW, [None] * 6 + ["Train judges."], ["P2", "Other"]]

        def merge(made):
            for column in "ABCDEF":
                made["S"].merge_cells(f"{column}2:{column}3")

        found, _ = read(book(merge, S=rows))

        assert [(a.identifier, len(a.passages)) for a in found] == [
            ("P1", 3),
            ("P2", 1),
        ]
        assert [b.amount for b in found[0].budgets] == [1200.5]

    def test_a_row_of_totals_is_no_intervention(self, book):
        found, (told,) = read(
            book(S=[HEADINGS, ROW, ["Total", None, None, None, None, 1200.5]])
        )

        assert [a.identifier for a in found] == ["P1"]
        assert (told.problem, told.place) == ("row_total", "sheet S, row 3")

    def test_identifiers_too_far_apart_are_told_of(self, text, monkeypatch):
        monkeypatch.setattr("capmap.sources.spreadsheet.OPEN_AT_ONCE", 2)
        path = text(
            "id,title,budget\n" + "".join(f"{n},T{n},\n" for n in (1, 2, 3, 4, 1))
        )

        found, (told,) = read(path, "csv")

        assert [a.identifier for a in found] == ["1", "2", "3", "4", "1"]
        assert told.problem == "identifier_apart"

    def test_several_sheets_and_hidden_ones_are_read(self, book):
        def hide(made):
            made["B"].sheet_state = "hidden"

        found, (told,) = read(
            book(hide, A=[HEADINGS, ROW], B=[HEADINGS, ["P2", "Other"]], C=[])
        )

        assert [a.place for a in found] == ["sheet A, row 2", "sheet B, row 2"]
        assert (told.problem, told.place) == ("sheet_hidden", "sheet B")


class TestValues:
    @pytest.mark.parametrize(
        ("cell", "amount"),
        [
            (1200, 1200.0),
            ("1,200.50", 1200.5),
            ("1.200,50", 1200.5),
            ("1 200", 1200.0),
            ("USD 1,200", 1200.0),
            ("1200 $", 1200.0),
            ("-300", -300.0),
        ],
    )
    def test_numbers_stored_as_text(self, book, cell, amount):
        (found,), _ = read(
            book(S=[["Title", "Budget", "Currency"], ["T", cell, "USD"]])
        )

        assert [b.amount for b in found.budgets] == [amount]

    @pytest.mark.parametrize(
        ("cell", "start"),
        [
            (datetime(2010, 3, 1), date(2010, 3, 1)),
            ("31/12/2010", date(2010, 12, 31)),
            ("mars 2010", date(2010, 3, 1)),
            ("1 de marzo de 2010", date(2010, 3, 1)),
            (2010, date(2010, 1, 1)),
        ],
    )
    def test_dates_as_they_are_typed(self, book, cell, start):
        (found,), told = read(book(S=[["Id", "Title", "Start"], ["1", "T", cell]]))

        assert (found.starts_on, told) == (start, [])

    def test_dates_counted_from_1904(self, tmp_path):
        path = tmp_path / "mac.xlsx"
        with xlsxwriter.Workbook(path, {"date_1904": True}) as made:
            sheet = made.add_worksheet()
            sheet.write_row(0, 0, ["Id", "Title", "Start"])
            sheet.write_row(1, 0, ["1", "T"])
            sheet.write_datetime(
                1,
                2,
                datetime(2011, 5, 4),
                made.add_format({"num_format": "dd/mm/yyyy"}),
            )

        assert read(path)[0][0].starts_on == date(2011, 5, 4)

    def test_impossible_values_are_set_aside_and_the_row_kept(self, book):
        rows = [
            ["Id", "Title", "Start", "Budget USD", "Country"],
            ["1", "T", "31/02/2010", "lots", "Atlantis"],
        ]

        (found,), told = read(book(S=rows))

        assert (found.title, found.starts_on, found.budgets, found.countries) == (
            "T",
            None,
            [],
            [],
        )
        assert [r.problem for r in told] == [
            "date_impossible",
            "amount_impossible",
            "country_unknown",
        ]
        assert told[0].place == "sheet S, row 2, column Start"

    def test_an_amount_without_currency_is_set_aside(self, book):
        (found,), told = read(book(S=[["Id", "Title", "Budget"], ["1", "T", 5]]))

        assert (found.budgets, [r.problem for r in told]) == ([], ["currency_missing"])

    def test_a_formula_gives_its_stored_value(self, tmp_path):
        path = tmp_path / "formula.xlsx"
        with xlsxwriter.Workbook(path) as made:
            sheet = made.add_worksheet("S")
            sheet.write_row(0, 0, ["Id", "Title", "Budget USD"])
            sheet.write_row(1, 0, ["1", "T"])
            sheet.write_formula(1, 2, "=40+2", None, 42)

        (found,), told = read(path)

        assert ([b.amount for b in found.budgets], told) == ([42.0], [])

    def test_a_formula_without_value_is_told_of(self, book):
        (found,), (told,) = read(
            book(S=[["Id", "Title", "Budget USD"], ["1", "T", "=40+2"]])
        )

        assert found.budgets == []
        assert (told.problem, told.place) == ("formula_without_value", "cell C2")

    def test_an_error_in_a_cell_is_told_of(self, book):
        (found,), (told,) = read(
            book(S=[["Id", "Title", "Objective"], ["1", "T", "#REF!"]])
        )

        assert (len(found.passages), told.problem, told.values) == (
            1,
            "cell_error",
            {"value": "#REF!"},
        )

    @pytest.mark.parametrize("sign", ["=", "+", "-", "@"])
    def test_a_cell_that_looks_like_a_formula_is_text(self, text, sign):
        (found,), _ = read(
            text(f"id,title,objective\n1,T,{sign}cmd|'/c calc'!A1\n"), "csv"
        )

        assert found.passages[1].text == f"{sign}cmd|'/c calc'!A1"


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
