"""Which kind of document a file is, by what it holds: names end as they like."""

import re
import zipfile
from pathlib import Path

from capmap.sources.blocks import UnreadableError

#: What the endings of names promise.
ENDINGS = {
    ".pdf": "PDF",
    ".docx": "DOCX",
    ".docm": "DOCX",
    ".dotx": "DOCX",
    ".odt": "ODT",
    ".ott": "ODT",
    ".html": "HTML",
    ".htm": "HTML",
    ".xhtml": "HTML",
    ".txt": "TXT",
    ".text": "TXT",
    ".md": "TXT",
}
MAX_TEXT_MEGABYTES = 64
"""The largest HTML or plain text that is read: some thirty thousand pages."""

_HTML = re.compile(
    rb"<!doctype\s+html|<(?:html|head|body|div|p|h[1-6]|table)[\s>]", re.I
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


def document_kind(path: Path) -> str:
    """Return PDF, DOCX, ODT, HTML or TXT, or raise what is wrong with the file."""
    with path.open("rb") as file:
        head = file.read(8192)
    if not head.strip():
        raise UnreadableError("document_empty")
    if b"%PDF-" in head[:1024]:
        return "PDF"
    if head.startswith(b"PK\x03\x04"):
        return _package_kind(path)
    if head.startswith(_OLE):
        # Word keeps a locked DOCX in the container of its old format.
        if _ENCRYPTED in path.read_bytes():
            raise UnreadableError("document_password")
        raise UnreadableError("document_old_format", kind="DOC")
    if head.startswith(b"{\\rtf"):
        raise UnreadableError("document_old_format", kind="RTF")
    return _text_kind(path, head)


def _package_kind(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as package:
            names = set(package.namelist())
            if "mimetype" in names and package.getinfo("mimetype").file_size < 200:
                kind = package.read("mimetype")
                if kind.startswith(b"application/vnd.oasis.opendocument.text"):
                    return "ODT"
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise UnreadableError("document_damaged") from error
    except RuntimeError as error:  # what zipfile raises for a password
        raise UnreadableError("document_password") from error
    if any(name.startswith("word/") for name in names):
        return "DOCX"
    raise UnreadableError("document_other_kind")


def _text_kind(path: Path, head: bytes) -> str:
    if path.stat().st_size > MAX_TEXT_MEGABYTES * 2**20:
        raise UnreadableError("document_too_large", limit=str(MAX_TEXT_MEGABYTES))
    wide = head.startswith((b"\xff\xfe", b"\xfe\xff")) or head.count(0) * 3 > len(head)
    controls = sum(byte < 32 and byte not in b"\t\n\v\f\r\x1b" for byte in head)
    if not wide and controls * 50 > len(head):
        raise UnreadableError("document_other_kind")
    if _HTML.search(head.replace(b"\0", b"")[:2048]):
        return "HTML"
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<?xml"):
        raise UnreadableError("document_other_kind")
    return "TXT"
