"""The list as a file: all of it, nothing beyond the scope, no formula, names beside codes."""

import csv
from io import BytesIO, StringIO
from zipfile import ZipFile

import openpyxl
import polars as pl
import pytest
from lxml import etree

from capmap.publishing import list_files
from capmap.records.models import Intervention, Passage
from capmap.sources.activity import Activity
from capmap.sources.iati import read_iati

pytestmark = pytest.mark.django_db

FILES = (
    "interventions.xlsx", "interventions.csv", "codings.csv", "interventions.parquet.zip",
    "interventions.xml",
)  # fmt: skip


@pytest.fixture
def file(page, portfolio):
    def given(person, name, query=None):
        response = page(person, "interventions_file", portfolio.slug, name, query=query)
        assert response.status_code == 200
        assert (
            response.headers["Content-Disposition"] == f'attachment; filename="{name}"'
        )
        return b"".join(response.streaming_content)

    return given


def rows_of_csv(content):
    return list(csv.DictReader(StringIO(content.decode("utf-8-sig"))))


def tables_of_zip(content):
    with ZipFile(BytesIO(content)) as archive:
        return {
            name.removesuffix(".parquet"): pl.read_parquet(archive.read(name))
            for name in archive.namelist()
        }


def book_of(content):
    book = openpyxl.load_workbook(BytesIO(content))
    return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book}


def identifiers_in(name, content):
    """Every intervention that a file names, whatever its kind."""
    if name.endswith(".csv"):
        return {row["intervention_id"] for row in rows_of_csv(content)}
    if name.endswith(".zip"):
        tables = tables_of_zip(content)
        return {i for table in tables.values() for i in table["intervention_id"]}
    if name.endswith(".xlsx"):
        return {row[0] for rows in book_of(content).values() for row in rows[1:]}
    return {e.text for e in etree.fromstring(content).iter("iati-identifier")}


@pytest.mark.parametrize("name", FILES)
def test_a_file_holds_the_whole_list(file, vera, portfolio, name):
    found = identifiers_in(name, file(vera, name))

    assert found >= {"XX-1", "XX-2", "XX-3", "XX-5"}
    assert name == "codings.csv" or "XX-4" in found


@pytest.mark.parametrize("name", FILES)
def test_a_file_holds_what_was_asked_for_alone(file, vera, portfolio, name):
    asked = {"country": ["SN", "PY"], "q": "formation", "page": "9"}

    assert identifiers_in(name, file(vera, name, asked)) == {"XX-2"}


@pytest.mark.parametrize("name", FILES)
def test_no_file_holds_what_lies_beyond_a_scope(file, paul, portfolio, name):
    content = file(paul, name)

    assert identifiers_in(name, content) <= {"XX-1", "XX-4"}
    assert "Diálogo".encode() not in content
    assert not identifiers_in(name, file(paul, name, {"country": "PY"}))


@pytest.mark.parametrize("name", FILES)
def test_only_who_may_export_gets_a_file(page, rosa, stefan, portfolio, name):
    assert page(rosa, "interventions_file", portfolio.slug, name).status_code == 403
    assert page(stefan, "interventions_file", portfolio.slug, name).status_code == 404
    assert page(None, "interventions_file", portfolio.slug, name).status_code == 302


@pytest.mark.parametrize("name", ["", "interventions.exe", "../secret-key", "xlsx"])
def test_no_other_file_is_given(page, vera, portfolio, client, name):
    client.force_login(vera)
    address = f"/portfolios/{portfolio.slug}/interventions/files/{name}"

    assert client.get(address).status_code == 404


def test_names_stand_beside_codes(file, vera, portfolio):
    row = next(
        r
        for r in rows_of_csv(file(vera, "interventions.csv"))
        if r["intervention_id"] == "XX-1"
    )
    assert (row["country_codes"], row["countries"]) == ("PE", "Peru")
    assert "training-of-trainers" in row["modality"]
    assert "Training of trainers" in row["modality_names"]
    assert (row["funding"], row["budget"], row["currency"]) == (
        "Norway",
        "2400000.0",
        "USD",
    )
    assert (row["passages"], row["capacity_passages"]) == ("2", "2")

    coding = next(
        r
        for r in rows_of_csv(file(vera, "codings.csv"))
        if r["code"] == "training-of-trainers"
    )
    assert coding["code_name"] == "Training of trainers"
    assert coding["facet_name"] == "Modality"
    assert coding["quote"] in coding["text"]
    assert coding["title"] == "Labour inspection for Peru"

    codings = tables_of_zip(file(vera, "interventions.parquet.zip"))["codings"]
    assert "Training of trainers" in codings["code_name"].to_list()


def test_a_file_speaks_the_language_of_the_reader(file, vera, portfolio):
    vera.language = "es"
    vera.save()

    book = book_of(file(vera, "interventions.xlsx"))
    assert list(book) == ["Intervenciones", "Pasajes", "Pasajes y códigos"]
    assert "Perú" in {
        row["countries"] for row in rows_of_csv(file(vera, "interventions.csv"))
    }


def test_the_order_of_the_list_is_the_order_of_the_file(file, vera, portfolio):
    rows = rows_of_csv(file(vera, "interventions.csv", {"sort": "-identifier"}))

    assert [row["intervention_id"] for row in rows] == [
        "XX-5",
        "XX-4",
        "XX-3",
        "XX-2",
        "XX-1",
    ]


FORMULA = "=HYPERLINK(1)"


@pytest.fixture
def formulas(portfolio):
    Intervention.objects.filter(identifier="XX-1").update(
        title=FORMULA, source="@SUM(A1)"
    )
    Passage.objects.filter(text__startswith="Training of trainers").update(
        text="+Training of trainers for labour inspectors, with the Turin Centre."
    )
    portfolio.touch()


def test_no_text_acts_as_a_formula(file, vera, formulas):
    for name in ("interventions.csv", "codings.csv"):
        for row in rows_of_csv(file(vera, name)):
            for value in row.values():
                assert not value.startswith(("=", "+", "-", "@", "\t", "\r"))
    book = openpyxl.load_workbook(BytesIO(file(vera, "interventions.xlsx")))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert FORMULA in [cell.value for cell in cells]
    assert {cell.data_type for cell in cells} <= {"s", "n", "d", "inlineStr"}


def test_a_workbook_goes_on_on_another_sheet_where_one_is_full(
    file, vera, portfolio, monkeypatch
):
    monkeypatch.setattr(list_files, "ROWS", 3)
    monkeypatch.setattr(list_files, "CHUNK", 2)

    book = book_of(file(vera, "interventions.xlsx"))

    assert [name for name in book if name.startswith("Interventions")] == [
        "Interventions", "Interventions 2",
    ]  # fmt: skip
    held = [row[0] for name, rows in book.items() if name.startswith("Interventions") for row in rows[1:]]  # fmt: skip
    assert len(held) == len(set(held)) == 5
    codings = sum(len(rows) - 1 for name, rows in book.items() if "codes" in name)
    assert codings == len(rows_of_csv(file(vera, "codings.csv")))


def test_the_iati_file_is_read_back(file, vera, portfolio, tmp_path):
    path = tmp_path / "list.xml"
    path.write_bytes(file(vera, "interventions.xml"))

    found = [one for one in read_iati(path, "list.xml") if isinstance(one, Activity)]

    one = next(a for a in found if a.identifier == "XX-1")
    assert one.title == "Labour inspection for Peru"
    assert [part.code for part in one.countries] == ["PE"]
    assert {"funding", "reporting"} == {o.role for o in one.organisations}
    texts = [passage.text for passage in one.passages]
    assert "Training of trainers for labour inspectors, with the Turin Centre." in texts
    tags = etree.parse(path).iter("tag")
    uris = {tag.get("vocabulary-uri") for tag in tags}
    assert uris == {f"http://testserver/portfolios/{portfolio.slug}/codebook/"}


def test_an_empty_list_is_an_empty_file(file, vera, portfolio):
    for name in FILES:
        assert not identifiers_in(name, file(vera, name, {"country": "XX"}))
