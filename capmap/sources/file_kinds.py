"""What a file is, by its content; its ending is only believed between CSV and text."""

import csv
import re
import zipfile
from dataclasses import dataclass
from pathlib import Path

from capmap.sources import iati_bytes, mended_text

#: The kinds that are read, with the endings that they usually have.
ENDINGS: dict[str, tuple[str, ...]] = {
    "iati": (".xml", ".iati"),
    "xlsx": (".xlsx", ".xlsm", ".xltx", ".xltm"),
    "xls": (".xls", ".xlt"),
    "ods": (".ods", ".ots"),
    "csv": (".csv", ".tsv", ".tab", ".txt"),
    "pdf": (".pdf",),
    "docx": (".docx", ".docm", ".dotx", ".dotm"),
    "odt": (".odt", ".ott"),
    "html": (".html", ".htm", ".xhtml"),
    "text": (".txt", ".md", ".text", ".markdown", ".rst"),
    "zip": (".zip",),
}

_HEAD = 1 << 16

#: First bytes of what is not read: (problem of set_aside.yaml, name of the format).
_SIGNATURES: tuple[tuple[bytes, str, str], ...] = (
    (b"\x89PNG", "format_image", "PNG"),
    (b"\xff\xd8\xff", "format_image", "JPEG"),
    (b"GIF8", "format_image", "GIF"),
    (b"II*\x00", "format_image", "TIFF"),
    (b"MM\x00*", "format_image", "TIFF"),
    (b"{\\rtf", "format_word_other", "RTF"),
    (b"\x1f\x8b", "format_archive_other", "GZIP"),
    (b"7z\xbc\xaf\x27\x1c", "format_archive_other", "7-Zip"),
    (b"Rar!\x1a\x07", "format_archive_other", "RAR"),
    (b"BZh", "format_archive_other", "BZIP2"),
    (b"\xfd7zXZ\x00", "format_archive_other", "XZ"),
    (b"SQLite format 3\x00", "format_data", "SQLite"),
    (b"PAR1", "format_data", "Parquet"),
)

_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

#: What the types of a package's parts tell: (words in [Content_Types].xml, kind or fault).
_OFFICE_TYPES: tuple[tuple[bytes, str, str, str], ...] = (
    (b"ms-excel.sheet.binary", "", "format_sheet_other", "XLSB"),
    (b"spreadsheetml.sheet.main", "xlsx", "", ""),
    (b"spreadsheetml.template.main", "xlsx", "", ""),
    (b"ms-excel.sheet.macroEnabled.main", "xlsx", "", ""),
    (b"wordprocessingml.document.main", "docx", "", ""),
    (b"wordprocessingml.template.main", "docx", "", ""),
    (b"ms-word.document.macroEnabled.main", "docx", "", ""),
    (b"presentationml", "", "format_presentation", "PPTX"),
)

_OPEN_DOCUMENT: dict[bytes, tuple[str, str, str]] = {
    b"application/vnd.oasis.opendocument.text": ("odt", "", ""),
    b"application/vnd.oasis.opendocument.spreadsheet": ("ods", "", ""),
    b"application/vnd.oasis.opendocument.presentation": ("", "format_presentation", "ODP"),
    b"application/epub+zip": ("", "format_word_other", "EPUB"),
}  # fmt: skip

_HTML = {
    "html", "head", "body", "div", "p", "h1", "h2", "h3", "table", "ul", "ol", "span",
    "article", "section", "main", "title", "meta",
}  # fmt: skip
_FIRST_TAG = re.compile(r"\s*<(?:[\w.-]{1,40}:)?([A-Za-z][\w.-]{0,60})(?=[\s/>])")
_SKIPPED = re.compile(r"\s*(?:<\?.*?\?>|<!--.*?-->)", re.DOTALL)
_DOCTYPE = re.compile(r"\s*<!DOCTYPE\s+([\w.:-]{1,60})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of ``ENDINGS``, or why a file is not read: problem and name of its format."""

    kind: str = ""
    problem: str = ""
    format: str = ""


def kind_of_file(path: Path, name: str) -> Kind:
    """Return what the file at ``path`` is; ``name`` is what the user calls it."""
    with path.open("rb") as file:
        head = file.read(_HEAD)
    for start, problem, told in _SIGNATURES:
        if head.startswith(start):
            return Kind("", problem, told)
    if b"%PDF-" in head[:1024]:
        return Kind("pdf")
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return _package(path)
    if head.startswith(_COMPOUND):
        return _compound(path)
    text = _text(head)
    if text is None:
        return Kind("", "format_unknown")
    return _markup(text) or _written(text, Path(name).suffix.lower())


def is_expected_ending(kind: str, name: str) -> bool:
    """Whether an ending fits; an ending that is no kind's says nothing.

    >>> is_expected_ending("pdf", "a.xlsx"), is_expected_ending("pdf", "report.final")
    (False, True)
    """
    ending = Path(name).suffix.lower()
    known = {e for endings in ENDINGS.values() for e in endings}
    return ending in ENDINGS[kind] or ending not in known


def _package(path: Path) -> Kind:
    """Tell a workbook or document in zip form from an archive of files."""
    try:
        with zipfile.ZipFile(path) as package:
            names = set(package.namelist())
            if "[Content_Types].xml" in names:
                types = _part(package, "[Content_Types].xml")
                for words, kind, problem, told in _OFFICE_TYPES:
                    if words in types:
                        return Kind(kind, problem, told)
            if "mimetype" in names:
                mimetype = _part(package, "mimetype").strip()
                kind, problem, told = _OPEN_DOCUMENT.get(mimetype, ("", "", ""))
                manifest = "META-INF/manifest.xml"
                if (
                    kind
                    and manifest in names
                    and b"encryption-data" in _part(package, manifest)
                ):
                    return Kind("", "file_password")
                if kind or problem:
                    return Kind(kind, problem, told)
    except (
        zipfile.BadZipFile,
        NotImplementedError,
        RuntimeError,
        OSError,
        EOFError,
        ValueError,
    ):
        return Kind("", "archive_damaged")
    return Kind("zip")


def _part(package: zipfile.ZipFile, name: str) -> bytes:
    with package.open(name) as part:
        return part.read(1 << 20)


def _compound(path: Path) -> Kind:
    """Tell what an OLE compound file holds by the names of its streams.

    Names stand in UTF-16 in the directory. An encrypted workbook of today is such a
    file too, with the package inside.
    """
    streams = (
        ("EncryptedPackage", Kind("", "file_password")),
        ("WordDocument", Kind("", "format_word_other", "DOC")),
        ("PowerPoint Document", Kind("", "format_presentation", "PPT")),
        ("Workbook", Kind("xls")),
        ("Book", Kind("xls")),
    )
    with path.open("rb") as file:
        header = file.read(512)
        sector = 1 << min(int.from_bytes(header[30:32], "little"), 16)
        first = int.from_bytes(header[48:52], "little")
        file.seek((first + 1) * sector)
        directory = file.read(8 * sector)
        file.seek(0)
        for content in (directory, file.read(64 << 20)):
            for stream, kind in streams:
                if stream.encode("utf-16-le") in content:
                    return kind
    return Kind("", "format_unknown")


def _text(head: bytes) -> str | None:
    """Decode the first bytes if they look like text at all."""
    wide = iati_bytes.wide_encoding(head)
    if wide:
        return head[: len(head) // 4 * 4].decode(wide, errors="ignore").lstrip("\ufeff")
    if b"\0" in head:
        return None
    text, _ = mended_text.decode(head.removeprefix(b"\xef\xbb\xbf"), "utf-8")
    controls = len(re.findall(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]", text))
    return text if controls * 50 <= len(text) else None


def _markup(text: str) -> Kind | None:
    """Tell XML and HTML by the first element, and other machine formats; else None."""
    while skipped := _SKIPPED.match(text):
        text = text[skipped.end() :]
    doctype = _DOCTYPE.match(text)
    tag = _FIRST_TAG.match(text)
    root = doctype[1].split(":")[-1] if doctype else tag[1] if tag else ""
    if root in ("iati-activities", "iati-activity"):
        return Kind("iati")
    if root == "iati-organisations":
        return Kind("", "iati_organisations")
    if root.lower() in _HTML:
        return Kind("html")
    if root:
        return Kind("", "xml_not_iati", root)
    if re.match(r'\s*(?:\{\s*"|\[\s*[\[{"])', text) and re.search(r'"\s*[:,\]]', text):
        return Kind("", "format_data", "JSON")
    return None


def _written(text: str, ending: str) -> Kind:
    """Tell a table from prose."""
    lines = [line for line in text.splitlines() if line.strip()][:30]
    # The last line may be cut off where the head ends.
    lines = lines[:-1] if len(text) >= _HEAD // 2 and len(lines) > 1 else lines
    if not lines:
        return Kind("csv" if ending in (".csv", ".tsv", ".tab") else "text")
    if ending in (".csv", ".tsv", ".tab"):
        has_columns = any(sign in line for line in lines[:10] for sign in "\t;,|")
        return Kind("csv" if has_columns or len(lines[0]) < 80 else "text")
    return Kind("csv" if ending != ".md" and is_table(lines) else "text")


def is_table(lines: list[str]) -> bool:
    """Whether lines are rows of a table: as many cells in each, three or more.

    >>> is_table(["id;title;budget", "1;Skills;5", '2;"Rights; voice";7', "3;Jobs;9"])
    True
    """
    for delimiter in "\t;,":
        widths = [len(row) for row in csv.reader(lines, delimiter=delimiter)]
        if (
            len(widths) >= 3
            and widths[0] >= 3
            and widths.count(widths[0]) == len(widths)
        ):
            return True
    return False
