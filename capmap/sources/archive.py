"""Zip archives whose makers may be hostile: what is in them, unpacked within limits.

Nothing is written under a name that the archive chose, so that no name, however
crafted, leads out of the folder given. Sizes are counted while unpacking: the directory
of a zip may lie.
"""

import stat
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from capmap.sources.activity import SetAside

_BLOCK = 1 << 20
_DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, OSError, struct.error, ValueError)


@dataclass(frozen=True, slots=True)
class Limits:
    """How much an archive may unpack to; ``ratio`` is of unpacked to packed bytes."""

    members: int = 20_000
    total_bytes: int = 8 << 30
    ratio: int = 200
    ratio_from_bytes: int = 16 << 20  # small files may well be that repetitive


@dataclass(slots=True)
class Member:
    """A file unpacked from an archive: where it is now, and what it was called."""

    path: Path
    name: str


@dataclass(slots=True)
class Unpacking:
    """Unpacks archives into a folder; the limits hold for all of them together."""

    folder: Path
    limits: Limits = field(default_factory=Limits)
    members: int = 0
    bytes: int = 0

    def unpack(self, archive: Path, name: str) -> Iterator[Member | SetAside]:
        """Yield each file in ``archive``, unpacked; what is unsafe is set aside.

        ``name`` is how the user named the archive; members are named below it.
        """
        try:
            opened = zipfile.ZipFile(archive)
        except (*_DAMAGE, NotImplementedError):
            yield SetAside(name, "archive_damaged")
            return
        with opened:
            for member in opened.infolist():
                if member.is_dir():
                    continue
                told = f"{name}/{shown(member.filename)}"
                if self.members >= self.limits.members:
                    limit = str(self.limits.members)
                    yield SetAside(name, "archive_too_many", values={"limit": limit})
                    return
                self.members += 1
                if problem := _problem(member):
                    yield SetAside(told, problem)
                    continue
                # The number alone names the file: no two members meet in one place.
                path = self.folder / f"{self.members:06d}"
                problem, values = self._write(opened, member, path)
                if problem:
                    path.unlink(missing_ok=True)
                    yield SetAside(told, problem, values=values)
                else:
                    yield Member(path, told)

    def _write(
        self, archive: zipfile.ZipFile, member: zipfile.ZipInfo, path: Path
    ) -> tuple[str, dict[str, str]]:
        """Unpack one member block by block; return the problem that stopped it, if any."""
        written = 0
        try:
            with archive.open(member) as packed, path.open("xb") as file:
                while block := packed.read(_BLOCK):
                    written += len(block)
                    self.bytes += len(block)
                    if self.bytes > self.limits.total_bytes:
                        gigabytes = str(self.limits.total_bytes >> 30)
                        return "archive_too_large", {"limit": gigabytes}
                    if self._is_bomb(written, member.compress_size):
                        return "archive_bomb", {}
                    file.write(block)
        except NotImplementedError:
            return "archive_method", {}
        except RuntimeError:  # what zipfile raises for a password
            return "archive_password", {}
        except _DAMAGE:
            return "archive_damaged", {}
        return "", {}

    def _is_bomb(self, written: int, packed: int) -> bool:
        return (
            written > self.limits.ratio_from_bytes
            and written > self.limits.ratio * max(packed, 1)
        )


def _problem(member: zipfile.ZipInfo) -> str:
    """Return why a member must not be unpacked, or ``""``."""
    name = member.filename.replace("\\", "/")
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or name[1:2] == ":" or "\0" in name:
        return "archive_unsafe_name"
    mode = member.external_attr >> 16
    if stat.S_ISLNK(mode):
        return "archive_link"
    if mode and stat.S_IFMT(mode) not in (0, stat.S_IFREG):
        return "archive_special"
    return "archive_password" if member.flag_bits & 0x1 else ""


def shown(name: str) -> str:
    """Return a name as it can be shown: no control characters, nothing invisible.

    >>> shown("a\\x1b[31m/..\\\\b\\u202e.xml")
    'a�[31m/../b�.xml'
    """
    plain = name.replace("\\", "/")
    return "".join(
        "\ufffd" if unicodedata.category(c) in ("Cc", "Cf", "Cs") else c for c in plain
    )[:300]


def package_problem(file: BinaryIO) -> str:
    """Return why a workbook or document in zip form must not be opened, or ``""``.

    Its parts are unpacked by whatever reads it, so the directory is all that can be
    checked beforehand: zip readers stop where a part is larger than that says.
    """
    try:
        with zipfile.ZipFile(file) as package:
            parts = package.infolist()
    except (*_DAMAGE, NotImplementedError):
        return "archive_damaged"
    if any(part.flag_bits & 0x1 for part in parts):
        return "archive_password"
    unpacked = sum(part.file_size for part in parts)
    packed = sum(part.compress_size for part in parts)
    limits = Limits()
    if len(parts) > limits.members or unpacked > limits.total_bytes:
        return "archive_bomb"
    # A sheet of a million similar rows packs well, but never as well as a bomb.
    if unpacked > limits.ratio_from_bytes and unpacked > limits.ratio * max(packed, 1):
        return "archive_bomb"
    return ""
