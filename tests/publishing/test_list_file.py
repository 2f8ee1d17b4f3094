"""A plain list as a workbook."""

import openpyxl

from capmap.publishing.list_file import write_list


def test_texts_stay_texts_and_numbers_numbers(tmp_path):
    path = tmp_path / "list.xlsx"

    write_list(
        path,
        ["Name", "Count"],
        [["=1+1", 3], ["http://x.org", None], ["x" * 40_000, 0.5]],
    )

    sheet = openpyxl.load_workbook(path).active
    assert [cell.value for cell in sheet[1]] == ["Name", "Count"]
    assert (sheet["A2"].value, sheet["A2"].data_type) == ("=1+1", "s")
    assert (sheet["B2"].value, sheet["B2"].data_type) == (3, "n")
    assert sheet["A3"].hyperlink is None
    assert len(sheet["A4"].value) == 32_767


def test_a_list_without_rows_has_its_heads(tmp_path):
    path = tmp_path / "list.xlsx"

    write_list(path, ["Name"], [])

    assert openpyxl.load_workbook(path).active["A1"].value == "Name"
