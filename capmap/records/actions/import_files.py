"""Where the files of an import lie, under which names, and which paths are allowed.

Everything that a person brought stands in a folder of its own below ``HOME/uploads``,
under names that cannot lead out of it. Nothing in it is ever served.
"""

import json
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from capmap.records.models import Import
from capmap.sources.archive import shown

#: Bytes of a file name, short of the 255 that file systems allow.
_LONGEST_NAME = 200


class NotAllowedPath(Exception):
    """A path on the server that is outside the folders from which files may come."""


def folder_of(imported: Import) -> Path:
    """Return the folder of an import."""
    return Path(settings.HOME) / "uploads" / str(imported.pk)


def tables_of(imported: Import) -> Path:
    """Return the folder with what was read, as Parquet, until it is brought in."""
    return folder_of(imported) / "tables"


def fresh_folder(imported: Import) -> Path:
    """Make the folder of an import, empty, whatever an earlier database left there."""
    clear(imported)
    folder = folder_of(imported)
    folder.mkdir(parents=True)
    return folder


def keep(imported: Import, uploads: Iterable[UploadedFile[Any]]) -> list[str]:
    """Write uploads into the import's folder; return the names that they have there."""
    folder = fresh_folder(imported) / "files"
    folder.mkdir()
    names: list[str] = []
    for upload in uploads:
        name = free_name(safe_name(upload.name or ""), names)
        with (folder / name).open("wb") as file:
            for chunk in upload.chunks(1 << 20):
                file.write(chunk)
        names.append(name)
    return names


def safe_name(name: str) -> str:
    """Return the last part of a name without what could mislead a reader or a disk.

    >>> safe_name("../../etc/pass\\x00wd"), safe_name("C:\\\\plans\\\\Plan 2010.xlsx")
    ('pass�wd', 'Plan 2010.xlsx')
    """
    last = name.replace("\\", "/").rstrip("/").rpartition("/")[2].strip()
    stem, dot, ending = last.rpartition(".")
    if not dot or not stem:
        stem, ending = last, ""
    stem, ending = shown(stem), shown(f"{dot}{ending}")[:30] if ending else ""
    while len(f"{stem}{ending}".encode()) > _LONGEST_NAME:
        stem = stem[:-1]
    told = f"{stem}{ending}"
    return told if told.strip(". ") else "unnamed"


def free_name(name: str, taken: Iterable[str]) -> str:
    """Return ``name``, numbered if it is taken whatever the case: "plan (2).xlsx"."""
    used = {one.casefold() for one in taken}
    stem, dot, ending = name.rpartition(".")
    if not stem:
        stem, dot, ending = name, "", ""
    candidate, number = name, 1
    while candidate.casefold() in used:
        number += 1
        candidate = f"{stem} ({number}){dot}{ending}"
    return candidate


def allowed_path(text: str) -> tuple[Path, Path]:
    """Return a path on the server and the import folder in which it lies.

    Raises ``NotAllowedPath`` for what is elsewhere, is not there, or is reached by way
    of a link.
    """
    try:
        path = Path(text.strip())
        real = path.resolve(strict=True)
    except (OSError, ValueError, RuntimeError):
        raise NotAllowedPath(text) from None
    for folder in settings.IMPORT_FOLDERS:
        if real == path and real.is_relative_to(folder):
            return real, folder
    raise NotAllowedPath(text)


def note(imported: Import, name: str, content: Any) -> None:
    """Keep something that was found while reading, for the preview."""
    path = folder_of(imported) / f"{name}.json"
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")


def noted(imported: Import, name: str, default: Any) -> Any:
    """Return what was kept under ``name``."""
    path = folder_of(imported) / f"{name}.json"
    if not path.is_file():
        return default
    return json.loads(path.read_text(encoding="utf-8"))


def clear(imported: Import) -> None:
    """Remove the files and tables of an import that is over."""
    shutil.rmtree(folder_of(imported), ignore_errors=True)
