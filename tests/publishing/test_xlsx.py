"""The workbook, read back with another library: what stands where, and what must not."""

import warnings
from datetime import date
from pathlib import Path

import openpyxl
import polars as pl
import pytest

from capmap.analysis.findings import find
from capmap.frameworks.codebook import load_codebook
from capmap.frameworks.framework import load_framework
from capmap.publishing.xlsx import SHEETS, write_mapping
from capmap.publishing.xlsx_book import CELL_CHARACTERS
from capmap.tables import (
    CODINGS,
    INTERVENTIONS,
    PASSAGES,
    SET_ASIDE,
    LazyPortfolio,
    Portfolio,
)
from capmap.wording import LANGUAGES, Wording

HOSTILE = '=HYPERLINK("http://example.org","pay")'
LONG = "Ω" * 40_000


def made(kind="project"):
    """Two interventions with three coded passages, one of them hostile to Excel."""
    interventions = [
        {
            "intervention_id": name,
            "counted_as": name,
            "title": title,
            "kind": kind,
            "source": "made.xml",
            "place": "activity 1",
            "starts_on": day,
            "countries": [{"code": "GH", "percentage": 100.0}],
            "budget_amount": 1234.5,
            "budget_currency": "USD",
        }
        for name, title, day in (
            ("@SUM(1)", HOSTILE, date(2010, 1, 1)),
            ("XX-2", "Plain", date(1066, 10, 14)),
        )
    ]
    codes = [("capacity", "cd"), ("outcome", "spf-01"), ("level", "individual")]
    texts = [("@SUM(1)", HOSTILE), ("@SUM(1)", LONG), ("XX-2", "bell \x07 ring")]
    passages, codings = [], []
    for number, (name, text) in enumerate(texts, start=1):
        passages.append(
            {
                "passage_id": f"{name}#{number}",
                "intervention_id": name,
                "position": number,
                "kind": "description",
                "place": "description 1",
                "language": "en",
                "context": "",
                "text": text,
            }
        )
        codings += [
            {
                "passage_id": f"{name}#{number}",
                "intervention_id": name,
                "facet": facet,
                "code": code,
                "confidence": 0.75,
                "doubtful": facet == "level",
                "coder": "lexicon 1",
                "basis": "words",
                "because": "+cmd",
                "quote": text[:9],
                "spans": [],
            }
            for facet, code in [*codes, ("modality", "training")]
        ]
    aside = [
        {
            "source": "scan.pdf",
            "place": "",
            "scope": "file",
            "problem": "no_text",
            "reason": "-1+1",
            "remedy": "Scan again.",
        }
    ]
    return Portfolio(
        pl.DataFrame(interventions, schema=INTERVENTIONS),
        pl.DataFrame(passages, schema=PASSAGES),
        pl.DataFrame(codings, schema=CODINGS),
        pl.DataFrame(aside, schema=SET_ASIDE),
    )


def write(path, portfolio, language="en", about=None, **options):
    framework, codebook = load_framework(), load_codebook()
    findings = find(portfolio, framework, codebook)
    write_mapping(
        path,
        portfolio,
        findings,
        framework,
        codebook,
        language,
        about or {},
        **options,
    )
    return findings


def read(path, language="en"):
    """The sheets of a workbook by the keys of their names."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # data bars are not read back
        book = openpyxl.load_workbook(path)
    words = Wording("mapping", language)
    return {key: book[words.say(f"sheet_{key}")] for key in ("read_me", *SHEETS)}


@pytest.fixture(scope="module")
def workbook(tmp_path_factory):
    path = tmp_path_factory.mktemp("workbook") / "mapping.xlsx"
    findings = write(path, made(), about={"title": HOSTILE, "when": "today", "a": "b"})
    return read(path), findings


def rows(sheet):
    head, *body = sheet.iter_rows(values_only=True)
    return [dict(zip(head, row, strict=True)) for row in body]


def column_of(sheet, name):
    return [cell.value for cell in sheet[1]].index(name)


def test_no_cell_anywhere_is_a_formula(workbook):
    cells = [
        c for sheet in workbook[0].values() for row in sheet.iter_rows() for c in row
    ]

    assert not [c for c in cells if c.data_type == "f"]
    assert sum(c.value == HOSTILE for c in cells) >= 4
    assert any(c.value == "@SUM(1)" for c in cells)
    assert any(c.value == "+cmd" for c in cells)


def test_a_text_too_long_for_a_cell_is_cut_and_says_so(workbook):
    texts = [row["Passage"] for row in rows(workbook[0]["passages"])]
    cut = next(text for text in texts if text.startswith("Ω"))

    assert len(cut) == CELL_CHARACTERS
    assert "cut: Excel holds" in cut[-60:]


def test_signs_outside_the_basic_plane_count_double(tmp_path):
    portfolio = made()
    texts = portfolio.passages.with_columns(text=pl.lit("😀" * 20_000))
    path = tmp_path / "mapping.xlsx"
    write(
        path,
        Portfolio(
            portfolio.interventions, texts, portfolio.codings, portfolio.set_aside
        ),
    )

    text = rows(read(path)["passages"])[0]["Passage"]
    assert len(text.encode("utf-16-le")) // 2 <= CELL_CHARACTERS


def test_every_code_stands_with_its_words(workbook):
    found = rows(workbook[0]["passages"])

    assert len(found) == 12
    first = {r["Code identifier"]: r for r in found[:4]}
    assert next(iter(first)) == "cd"
    assert first["training"]["Code"] == "Training course or workshop"
    assert first["training"]["Basis"] == "words of the text"
    assert first["training"]["Confidence"] == 0.75
    assert (first["individual"]["Doubtful"], first["training"]["Doubtful"]) == (
        "yes",
        "no",
    )


def test_the_map_counts_what_the_findings_say(workbook):
    sheet = workbook[0]["map"]
    heads = {cell.value: cell.column for cell in sheet[5]}
    lines = {row[1].value: row for row in sheet.iter_rows(min_row=6)}

    assert (
        lines["Employment promotion"][heads["Training course or workshop"] - 1].value
        == 2
    )
    assert (
        lines["Skills development"][heads["Training course or workshop"] - 1].value == 0
    )
    assert lines["All outcomes"][heads["Total"] - 1].value == 2
    assert (
        lines["Outcomes reached"][heads["Training course or workshop"] - 1].value == 1
    )
    empty = sheet.cell(5, heads["Certification or accreditation"])
    assert empty.font.color.rgb == "FFA84A14"
    assert len([r for r in lines if r]) >= 19 + 2


def test_levels_and_constituents_stand_side_by_side(workbook):
    heads = [cell.value for cell in workbook[0]["levels"][5] if cell.value]

    assert heads[:3] == ["Individual", "Institutional", "Enabling environment"]
    assert heads[-2:] == ["None named", "Total"]


def test_doubtful_cells_are_starred_not_only_coloured(workbook):
    sheet = workbook[0]["levels"]
    heads = {cell.value: cell.column for cell in sheet[5]}
    cell = next(
        row[heads["Individual"] - 1]
        for row in sheet.iter_rows(min_row=6)
        if row[1].value == "Employment promotion"
    )

    assert cell.number_format == '#,##0"*"'
    assert cell.value == 2


def test_an_intervention_leads_to_its_passages(workbook):
    sheets = workbook[0]
    links = {
        sheets["interventions"].cell(row, 1).value: sheets["interventions"]
        .cell(row, 1)
        .hyperlink.location
        for row in (2, 3)
    }

    assert links == {
        "@SUM(1)": "'Passages and codes'!A2",
        "XX-2": "'Passages and codes'!A10",
    }
    assert sheets["passages"]["A10"].value == "XX-2"


def test_dates_money_and_countries_are_values_that_can_be_reckoned_with(workbook):
    first, second = rows(workbook[0]["interventions"])

    assert first["Starts on"].date() == date(2010, 1, 1)
    assert second["Starts on"] == "1066-10-14"  # before Excel's calendar
    assert (first["Budget"], first["Currency"]) == (1234.5, "USD")
    assert first["Countries"] == "Ghana"
    assert (first["Passages read"], first["With capacity development"]) == (2, 2)


def test_shares_are_numbers_with_their_interval_and_sentence(workbook):
    sheets, findings = workbook
    found = rows(sheets["shares"])

    assert len(found) == findings.shares.filter(pl.col("denominator") > 0).height
    first = found[0]
    assert (first["Number"], first["Of"], first["Share"]) == (2, 2, 1.0)
    assert first["Interval from"] == pytest.approx(0.3424, abs=1e-4)
    assert first["In words"].startswith("all\xa02 interventions")
    together = {
        r["Code"]: r["Number"] for r in found if r["Question"] == "Levels that meet"
    }
    assert together["Individual"] in (2, 3)


def test_gaps_and_what_was_set_aside_are_listed(workbook):
    sheets, findings = workbook

    assert len(rows(sheets["gaps"])) == findings.gaps.height
    assert rows(sheets["set_aside"]) == [
        {
            "Source": "scan.pdf",
            "Place": None,
            "What is missing": "File",
            "Reason": "-1+1",
            "Remedy": "Scan again.",
        }
    ]


def test_headings_are_frozen_filtered_and_repeated_in_print(workbook):
    for key in ("interventions", "passages", "shares", "synergies", "gaps", "codebook"):
        sheet = workbook[0][key]
        assert sheet.freeze_panes in ("B2", "C2")
        assert sheet.auto_filter.ref.startswith("A1:")
        assert sheet.print_title_rows == "$1:$1"
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.page_setup.fitToHeight == 0


def test_the_cover_says_what_it_is_and_leads_on(workbook):
    sheet = workbook[0]["read_me"]
    cells = {c.value: c for row in sheet.iter_rows() for c in row if c.value}

    assert {HOSTILE, "Made on", "today", "a", "b", "Interventions counted"} <= set(
        cells
    )
    assert cells["Map"].hyperlink.location == "'Map'!A1"
    assert workbook[1].statements["text_en"][0] in cells


def test_codings_beyond_the_limit_are_said_to_be_elsewhere(tmp_path):
    path = tmp_path / "mapping.xlsx"
    write(path, made(), most_codings=5)

    sheets = read(path)
    said = " ".join(str(c.value) for row in sheets["read_me"].iter_rows() for c in row)
    assert len(rows(sheets["passages"])) == 5
    assert "first 5 of 12 rows" in said.replace("\xa0", " ")
    assert "codings.csv" in said


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_has_every_sheet_and_no_english_left(tmp_path, language):
    path = tmp_path / "mapping.xlsx"
    write(path, made(), language)

    sheets = read(path, language)
    assert all(
        len(sheet.title) <= 31 and "'" not in sheet.title for sheet in sheets.values()
    )
    heads = [cell.value for key in SHEETS[2:] for cell in sheets[key][1]]
    assert all(heads)
    if language != "en":
        assert not {"Passage and codes", "Title", "Kind", "Reason"} & set(heads)


def test_documents_alone_and_nothing_at_all_still_make_a_workbook(tmp_path):
    documents, nothing = tmp_path / "documents.xlsx", tmp_path / "nothing.xlsx"
    write(documents, made("document"))
    write(nothing, Portfolio(*(frame.clear() for frame in frames(made()))))

    total = read(documents)["map"].iter_rows(values_only=True)
    assert next(r for r in total if r[1] == "All outcomes")[2] == 3
    assert rows(read(nothing)["passages"]) == []


def frames(portfolio):
    return (
        portfolio.interventions,
        portfolio.passages,
        portfolio.codings,
        portfolio.set_aside,
    )


def test_a_portfolio_scanned_from_parquet_gives_the_same_workbook(tmp_path):
    names = ("interventions", "passages", "codings", "set_aside")
    for name, frame in zip(names, frames(made()), strict=True):
        frame.write_parquet(tmp_path / f"{name}.parquet")
    scanned = LazyPortfolio(
        *(pl.scan_parquet(tmp_path / f"{n}.parquet") for n in names)
    )
    write(tmp_path / "lazy.xlsx", scanned)
    write(tmp_path / "eager.xlsx", made())

    def values(path: Path):
        return {k: list(s.iter_rows(values_only=True)) for k, s in read(path).items()}

    assert values(tmp_path / "lazy.xlsx") == values(tmp_path / "eager.xlsx")
