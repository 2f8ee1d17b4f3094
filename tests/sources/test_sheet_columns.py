"""What the columns of a sheet were taken for, as a person is shown it."""

from pathlib import Path

import pytest

from capmap.sources.columns import field_names
from capmap.sources.sheet_columns import columns_of


def written(folder: Path, text: str, mapping: str = "") -> tuple[Path, Path | None]:
    path, beside = folder / "plan.csv", folder / "plan.mapping.yaml"
    path.write_text(text, encoding="utf-8")
    if mapping:
        beside.write_text(mapping, encoding="utf-8")
    return path, beside if mapping else None


def test_recognised_columns_are_told_with_examples(tmp_path):
    path, _ = written(tmp_path, "Code;Titre;Budget;Divers\nA;Un;10;\nB;Deux;20;\n")

    (sheet,) = columns_of(path, "csv")

    assert sheet.is_recognised
    told = {column.heading: column.field for column in sheet.columns}
    assert told == {
        "Code": "identifier",
        "Titre": "title",
        "Budget": "budget",
        "Divers": "",
    }
    assert sheet.columns[1].examples == ["Un", "Deux"]


def test_headings_that_nobody_knows_are_guessed_from_the_fullest_row(tmp_path):
    path, _ = written(tmp_path, "Liste;;\nNr.;Vorhaben;Ziel\n1;Eins;Etwas\n")

    (sheet,) = columns_of(path, "csv")

    assert not sheet.is_recognised
    assert [column.heading for column in sheet.columns] == ["Nr.", "Vorhaben", "Ziel"]
    assert {column.field for column in sheet.columns} == {""}


def test_a_mapping_says_what_a_column_is_and_is_not(tmp_path):
    path, mapping = written(
        tmp_path,
        "Code;Title;Type\nA;One;programme\n",
        "title: Code\nnone: [Title, Type]\n",
    )

    (sheet,) = columns_of(path, "csv", mapping)

    assert [column.field for column in sheet.columns] == ["title", "", ""]


@pytest.mark.parametrize("content", [b"", b"\x00\x01", b"PK\x03\x04 not a zip"])
def test_a_damaged_sheet_has_no_columns(tmp_path, content):
    path = tmp_path / "broken.xlsx"
    path.write_bytes(content)

    assert columns_of(path, "xlsx") == []


def test_fields_are_offered_with_other_text_last():
    names = field_names()

    assert names[:2] == ["identifier", "title"]
    assert names[-1] == "text"
    assert len(names) == len(set(names))
