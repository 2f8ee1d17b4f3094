"""From what a user names (files, folders, archives) to the files that are read.

Nothing is dropped in silence: what is not read is given as ``SetAside``.
"""

import atexit
import hashlib
import os
import shutil
import stat
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from capmap.sources.activity import Activity, SetAside
from capmap.sources.archive import Unpacking, package_problem, shown
from capmap.sources.file_kinds import is_expected_ending, kind_of_file
from capmap.sources.iati import ranges, read_iati

__all__ = ["Input", "inputs", "ranges", "read"]

#: Megabytes above which a file is not opened. IATI and CSV are streamed, and nearly free.
LARGEST_MEGABYTES = {
    "iati": 100_000,
    "csv": 20_000,
    "xlsx": 2_000,
    "xls": 200,
    "ods": 500,
    "pdf": 1_000,
    "docx": 500,
    "odt": 500,
    "html": 100,
    "text": 100,
    "zip": 20_000,
}

DOCUMENTS = ("pdf", "docx", "odt", "html", "text")
SPREADSHEETS = ("xlsx", "xls", "ods", "csv")

_SYSTEM = {"thumbs.db", "desktop.ini", "__macosx", "$recycle.bin", "lost+found"}
_MAPPING = ".mapping.yaml"


@dataclass(frozen=True)
class Input:
    """A file to read. ``name`` is how the user sees it: "archive.zip/inner.xml".

    ``kind`` is found by content (``file_kinds.ENDINGS``); ``mapping`` names the columns
    of a spreadsheet, if such a file stands beside it.
    """

    path: Path
    name: str
    kind: str
    size: int
    mapping: Path | None = None

    @cached_property
    def sha256(self) -> str:
        with self.path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()


@dataclass(slots=True)
class _Found:
    """A file by its name, before it is known what it is."""

    path: Path
    name: str


@dataclass(slots=True)
class _Intake:
    """Gathers files from sources; unpacks archives below ``folder``."""

    unpacking: Unpacking
    files: dict[Path, _Found] = field(default_factory=dict)
    mappings: dict[str, Path] = field(default_factory=dict)
    set_aside: list[SetAside] = field(default_factory=list)

    def add(self, source: Path) -> None:
        name = source.as_posix()
        try:
            mode = source.stat().st_mode
        except OSError as error:
            problem = "file_missing" if not source.exists() else "file_unreadable"
            self._skip(name, problem, error=error.strerror or "")
            return
        if stat.S_ISDIR(mode):
            self._add_folder(source)
        elif stat.S_ISREG(mode):
            self._add_file(source, shown(name))
        else:
            self._skip(name, "file_special")

    def _skip(self, name: str, problem: str, **values: str) -> None:
        self.set_aside.append(SetAside(shown(name), problem, values=values))

    def _add_folder(self, folder: Path) -> None:
        def unreadable(error: OSError) -> None:
            where = Path(error.filename or folder).as_posix()
            self._skip(where, "file_unreadable", error=error.strerror or "")

        told, empty = len(self.set_aside), True
        for parent, folders, files in os.walk(folder, onerror=unreadable):
            here = Path(parent)
            for name in sorted(folders):
                if is_hidden(name):
                    folders.remove(name)
                    self._skip((here / name).as_posix(), "file_hidden")
                elif (here / name).is_symlink():
                    folders.remove(name)
                    self._skip((here / name).as_posix(), "file_link")
            for name in sorted(files):
                empty = False
                self._add_found(here / name)
        if empty and len(self.set_aside) == told:
            self._skip(folder.as_posix(), "folder_empty")

    def _add_found(self, path: Path) -> None:
        """Add a file of a folder: unlike one that was named, it may be beside the point."""
        name = path.as_posix()
        if is_hidden(path.name):
            self._skip(name, "file_hidden")
        elif path.is_symlink():
            self._skip(name, "file_link")
        elif not path.is_file():
            self._skip(name, "file_special")
        else:
            self._add_file(path, shown(name))

    def _add_file(self, path: Path, name: str) -> None:
        if name.endswith(_MAPPING):
            self.mappings[name.removesuffix(_MAPPING)] = path
        else:
            # A file that is named, and again in its folder, is one file.
            self.files.setdefault(path.resolve(), _Found(path, name))

    def inputs(self) -> Iterator[Input | SetAside]:
        """Yield each file that can be read, archives opened."""
        yield from self.set_aside
        for found in self.files.values():
            yield from self._opened(found, depth=0)

    def _opened(self, found: _Found, depth: int) -> Iterator[Input | SetAside]:
        try:
            size = found.path.stat().st_size
            if size == 0:
                yield SetAside(found.name, "file_empty")
                return
            kind = kind_of_file(found.path, found.name)
        except OSError as error:
            values = {"error": error.strerror or ""}
            yield SetAside(found.name, "file_unreadable", values=values)
            return
        if kind.problem:
            values = {"format": kind.format, "root": kind.format}
            yield SetAside(found.name, kind.problem, values=values)
            return
        limit = LARGEST_MEGABYTES[kind.kind]
        if size > limit << 20:
            values = {"size": str(size >> 20), "limit": str(limit)}
            yield SetAside(found.name, "file_too_large", values=values)
            return
        if not is_expected_ending(kind.kind, found.name):
            values = {"kind": kind.kind.upper(), "ending": Path(found.name).suffix}
            yield SetAside(
                found.name, "file_wrong_ending", scope="value", values=values
            )
        if kind.kind == "zip":
            yield from self._unpacked(found, depth)
            return
        if kind.kind in ("xlsx", "ods", "docx", "odt"):
            with found.path.open("rb") as file:
                problem = package_problem(file)
            if problem:
                yield SetAside(found.name, problem)
                return
        yield Input(found.path, found.name, kind.kind, size, self._mapping(found.name))

    def _unpacked(self, archive: _Found, depth: int) -> Iterator[Input | SetAside]:
        """Yield what an archive holds; archives in it are opened, but none in those."""
        if depth > 1:
            yield SetAside(archive.name, "archive_nested")
            return
        members = []
        for member in self.unpacking.unpack(archive.path, archive.name):
            if isinstance(member, SetAside):
                yield member
            elif any(
                is_hidden(part) for part in _inner_parts(member.name, archive.name)
            ):
                member.path.unlink()
                yield SetAside(member.name, "file_hidden")
            elif member.name.endswith(_MAPPING):
                self.mappings[member.name.removesuffix(_MAPPING)] = member.path
            else:
                members.append(_Found(member.path, member.name))
        for found in members:
            yield from self._opened(found, depth + 1)

    def _mapping(self, name: str) -> Path | None:
        """Return the mapping file beside a sheet: ``plan.mapping.yaml`` for plan.xlsx."""
        beside = self.mappings.get(name) or self.mappings.get(
            str(Path(name).with_suffix(""))
        )
        return beside


def _inner_parts(name: str, archive: str) -> tuple[str, ...]:
    return Path(name.removeprefix(f"{archive}/")).parts


def is_hidden(name: str) -> bool:
    """Whether a file or folder is the system's or an editor's, not the user's.

    >>> is_hidden(".DS_Store"), is_hidden("~$plan.xlsx"), is_hidden("plan.xlsx")
    (True, True, False)
    """
    return name.startswith((".", "~$")) or name.lower() in _SYSTEM


def inputs(
    sources: Iterable[Path], unpack_to: Path | None = None
) -> Iterator[Input | SetAside]:
    """Yield every file to read, sorted by name, and whatever is not read.

    ``sources`` are files, folders and zip archives in any mix. Archives are unpacked
    into ``unpack_to``; by default into a folder that is removed when the program ends.
    """
    if unpack_to is None:
        unpack_to = Path(tempfile.mkdtemp(prefix="capmap-"))
        atexit.register(shutil.rmtree, unpack_to, ignore_errors=True)
    unpack_to.mkdir(parents=True, exist_ok=True)
    # A folder of its own each time, so that no file of an earlier call is in the way.
    intake = _Intake(Unpacking(Path(tempfile.mkdtemp(dir=unpack_to))))
    for source in sources:
        intake.add(source)
    yield from sorted(
        intake.inputs(),
        key=lambda found: found.source if isinstance(found, SetAside) else found.name,
    )


def read(
    file: Input, start: int = 0, end: int | None = None
) -> Iterator[Activity | SetAside]:
    """Yield the activities of a file, whatever its kind, and whatever was not read.

    ``start`` and ``end`` are one of the ``ranges`` of an IATI file.
    """
    try:
        if file.kind == "iati":
            yield from read_iati(file.path, file.name, start, end)
        elif file.kind in SPREADSHEETS:
            from capmap.sources.spreadsheet import read_spreadsheet

            yield from read_spreadsheet(file.path, file.name, file.kind, file.mapping)
        else:
            from capmap.sources.documents import read_document

            yield from read_document(file.path, file.name)
    except OSError as error:
        values = {"error": error.strerror or type(error).__name__}
        yield SetAside(file.name, "file_unreadable", values=values)
    except Exception as error:
        # Parsers of others meet hostile input here; whatever one file does to them, the
        # rest of the portfolio goes on, and the file is told of.
        values = {"error": f"{type(error).__name__}: {error}"[:200]}
        yield SetAside(file.name, "reader_failed", values=values)
