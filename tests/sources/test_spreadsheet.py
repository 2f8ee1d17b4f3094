"""Spreadsheets as people make them, in four formats and three languages."""

from datetime import date, datetime

import pytest
import xlsxwriter
from sheets import HEADINGS, ROW, read

from capmap.sources.activity import Budget, Organisation, Part


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
