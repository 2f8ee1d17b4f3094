"""The zip around a DOCX or ODT, opened with limits, and its XML read without entities.

The author of a file may be hostile: the package may unpack to terabytes, its XML may
name files of this machine or expand without end.
"""

import zipfile
import zlib
from pathlib import Path
from typing import BinaryIO

from lxml import etree

from capmap.sources.blocks import UnreadableError

MAX_XML_MEGABYTES = 64
"""The largest part that is parsed; a text of a thousand pages has about ten."""


def _parser() -> etree.XMLParser:
    return etree.XMLParser(
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )


class OfficePackage:
    """The parts of a DOCX or ODT by name. Nothing is unpacked to disk, no macro is read."""

    def __init__(self, source: Path | BinaryIO) -> None:
        try:
            self._zip = zipfile.ZipFile(source)
        except (zipfile.BadZipFile, OSError, ValueError) as error:
            raise UnreadableError("document_damaged") from error

    def __enter__(self) -> "OfficePackage":
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()

    def __contains__(self, name: str) -> bool:
        return name in self._zip.NameToInfo

    def xml(self, name: str) -> etree._Element:
        """Parse a part; the size that the directory claims bounds what is unpacked."""
        info = self._zip.NameToInfo.get(name)
        if info is None:
            raise UnreadableError("document_damaged")
        if info.flag_bits & 0x1:
            raise UnreadableError("document_password")
        if info.file_size > MAX_XML_MEGABYTES * 2**20:
            raise UnreadableError("document_bomb", limit=str(MAX_XML_MEGABYTES))
        try:
            content = self._zip.read(info)
            root = etree.fromstring(content, _parser())
        except etree.XMLSyntaxError as error:
            problem = (
                "document_entities" if b"<!DOCTYPE" in content else "document_damaged"
            )
            raise UnreadableError(problem) from error
        except (zipfile.BadZipFile, NotImplementedError, EOFError, zlib.error) as error:
            raise UnreadableError("document_damaged") from error
        # Neither format has a document type; one is there only to declare entities.
        if root.getroottree().docinfo.doctype:  # type: ignore[union-attr]
            raise UnreadableError("document_entities")
        return root
