"""Rows of a CSV or TSV file: delimiter and encoding found, rows streamed."""

import csv
import io
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import IO

from charset_normalizer import from_bytes

from capmap.sources.iati_bytes import wide_encoding
from capmap.sources.remarks import Remarks

_SAMPLE = 1 << 18
#: A cell of more characters is a row whose quotation mark was never closed.
LONGEST_CELL = 1_000_000


def csv_rows(
    path: Path, remarks: Remarks
) -> Iterator[tuple[int, list[str | float | date | None]]]:
    """Yield the rows that hold something, with the number of the line they begin on."""
    with path.open("rb") as file:
        sample = file.read(_SAMPLE)
        encoding = _encoding(sample, file, remarks)
        file.seek(0)
        # Bytes that a guess from the first part did not foresee are shown as such.
        text = io.TextIOWrapper(file, encoding=encoding, errors="replace", newline="")
        delimiter = _delimiter(text.read(1 << 16))
        text.seek(0)
        csv.field_size_limit(LONGEST_CELL)
        reader = csv.reader(
            (line.replace("\0", "") for line in text), delimiter=delimiter
        )
        line = 1
        try:
            for cells in reader:
                if any(cell.strip() for cell in cells):
                    yield line, [cell.strip() or None for cell in cells]
                line = reader.line_num + 1
        except csv.Error:
            remarks.add("csv_damaged", f"row {line}", "file")
        finally:
            text.detach()


def _encoding(sample: bytes, file: IO[bytes], remarks: Remarks) -> str:
    if sample.startswith(b"\xef\xbb\xbf"):
        return "utf-8-sig"
    if wide := wide_encoding(sample) or _without_mark(sample):
        return wide
    if _is_utf_8(file):
        return "utf-8"
    # Latin-1 has nothing that windows-1252 lacks; DOS and Mac exports differ from it.
    best = from_bytes(
        sample, cp_isolation=["cp1252", "cp850", "mac_roman", "cp1250", "cp1251"]
    ).best()
    encoding = best.encoding if best else "cp1252"
    remarks.add("encoding_guessed", encoding=encoding)
    return encoding


def _without_mark(sample: bytes) -> str:
    """Tell UTF-16 without a mark by the zero bytes of its ASCII letters."""
    if sample[1::2].count(0) * 2 > len(sample) // 2:
        return "utf-16-le"
    return "utf-16-be" if sample[0::2].count(0) * 2 > len(sample) // 2 else ""


def _is_utf_8(file: IO[bytes]) -> bool:
    """Whether all of the file is UTF-8: the first accent may stand far below."""
    file.seek(0)
    rest = b""
    while block := file.read(1 << 20):
        try:
            (rest + block).decode("utf-8")
            rest = b""
        except UnicodeDecodeError as error:
            # A character may be cut in two where the block ends, but nowhere else.
            if error.start < len(rest + block) - 3:
                return False
            rest = (rest + block)[error.start :]
    return not rest


def _delimiter(text: str) -> str:
    """Return the sign that parts the same number of cells in most rows.

    >>> _delimiter("id;título;importe\\n1;Formación;1,5\\n2;Empleo;2,5\\n")
    ';'
    """
    best = (0.0, ",")
    for sign in ",;\t|":
        lines = text.splitlines(keepends=True)[:-1] or [text]
        try:
            widths = [
                len(row) for row in csv.reader(lines[:200], delimiter=sign) if row
            ]
        except csv.Error:
            continue
        usual = max(set(widths), key=widths.count) if widths else 1
        if usual > 1:
            best = max(best, (widths.count(usual) / len(widths) * min(usual, 6), sign))
    return best[1]
