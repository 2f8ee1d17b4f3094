"""Fixtures of spreadsheets."""

from pathlib import Path

import openpyxl
import pytest


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
