"""Start an import, say how its columns are meant, bring it in, discard or undo it.

The long work is done by jobs: ``import_reading``, ``import_loading``, ``import_undo``.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from capmap.records import tasks
from capmap.records.actions import history, import_columns, import_files, import_loading
from capmap.records.actions.import_undo import later_than
from capmap.records.models import Import, Job, Portfolio, User
from capmap.records.permissions import granted, require


class NotNow(Exception):
    """An import is not in the state that this asks for; ``args[0]`` says why.

    ``state``: someone else was faster, or it is over. ``busy``: another import of the
    portfolio is being brought in or undone. ``later``: a later import changed the same.
    """


@transaction.atomic
def start(
    *, portfolio: Portfolio, by: User, uploads: Iterable[UploadedFile[Any]]
) -> Import:
    """Keep uploaded files and have them read."""
    _require(portfolio, by)
    imported = Import.objects.create(portfolio=portfolio, started_by=by)
    names = import_files.keep(imported, uploads)
    root = import_files.folder_of(imported) / "files"
    imported.title = ", ".join(names)[:200]
    _read(imported, by, [root], root)
    return imported


@transaction.atomic
def start_from_path(*, portfolio: Portfolio, by: User, path: str) -> Import:
    """Have a file or folder read that lies on the server, in a folder set up for that."""
    _require(portfolio, by)
    found, root = import_files.allowed_path(path)
    imported = Import.objects.create(
        portfolio=portfolio, started_by=by, title=found.name[:200]
    )
    import_files.fresh_folder(imported)
    _read(imported, by, [found], root if found != root else found.parent)
    return imported


@transaction.atomic
def map_columns(
    *, imported: Import, by: User, columns: Mapping[str, Mapping[str, str]]
) -> Import:
    """Say for each file which column is which field, and have all read again."""
    imported = _locked(imported, by, Import.State.READY)
    for name, fields in columns.items():
        import_columns.say(imported, name, fields)
    about = imported.job.about if imported.job else {}
    paths = [Path(path) for path in about.get("paths", [])]
    _read(imported, by, paths, Path(about.get("root", "/")))
    return imported


@transaction.atomic
def confirm(*, imported: Import, by: User | None) -> Import:
    """Have bring in what was read; remember how columns were understood."""
    imported = _locked(imported, by, Import.State.READY)
    _require_idle(imported)
    import_columns.remember(imported, by)
    imported.state = Import.State.LOADING
    _have_done(imported, "load_import", by)
    return imported


@transaction.atomic
def discard(*, imported: Import, by: User) -> Import:
    """Drop what was read and never brought in."""
    imported = _locked(imported, by, Import.State.READY)
    imported.state = Import.State.DISCARDED
    imported.save(update_fields=["state"])
    history.record(
        by=by,
        action="imports.discard",
        about=imported,
        portfolio=imported.portfolio,
        before={"state": Import.State.READY},
        after={"state": Import.State.DISCARDED},
    )
    transaction.on_commit(lambda: import_files.clear(imported))
    return imported


@transaction.atomic
def undo(*, imported: Import, by: User) -> Import:
    """Have an import taken back that was brought in."""
    imported = _locked(imported, by, Import.State.DONE)
    if imported.job and not imported.job.is_finished:
        raise NotNow("state")
    _require_idle(imported)
    if later_than(imported) is not None:
        raise NotNow("later")
    _have_done(imported, "undo_import", by)
    return imported


def load_folder(
    *, portfolio: Portfolio, by: User | None, paths: Iterable[Path]
) -> Import:
    """Read files and bring them in here and now; for the sample, scripts and tests."""
    paths = [Path(path).resolve() for path in paths]
    imported = Import.objects.create(
        portfolio=portfolio,
        started_by=by,
        title=", ".join(path.name for path in paths)[:200],
    )
    import_files.fresh_folder(imported)
    root = paths[0] if len(paths) == 1 and paths[0].is_dir() else paths[0].parent
    about: dict[str, Any] = {"paths": [str(path) for path in paths], "root": str(root)}
    _now(imported, "read_import", about)
    Import.objects.filter(pk=imported.pk).update(state=Import.State.LOADING)
    _now(imported, "load_import", {})
    imported.refresh_from_db()
    return imported


def follow_lost() -> int:
    """Set right the imports whose worker died: take back what is half, mark it failed."""
    tasks.break_off_lost()
    lost = Import.objects.filter(
        state__in=(Import.State.READING, Import.State.LOADING),
        job__state=Job.State.FAILED,
    )
    number = 0
    for imported in lost:
        import_loading.give_up(imported, lambda *told: None)
        number += 1
    return number


def _now(imported: Import, kind: str, about: dict[str, Any]) -> None:
    job = Job.objects.create(
        portfolio=imported.portfolio,
        kind=kind,
        asked_by=imported.started_by,
        about={"import": imported.pk, **about},
    )
    Import.objects.filter(pk=imported.pk).update(job=job)
    tasks.run(job)
    if job.state == Job.State.FAILED:
        raise RuntimeError(job.error)


def _require(portfolio: Portfolio, by: User | None) -> None:
    require(by is None or granted(by, portfolio).can_analyse)


def _locked(imported: Import, by: User | None, state: Import.State) -> Import:
    """Return the import as it is now, held until the change is saved."""
    found = Import.objects.select_for_update(of=("self",)).get(pk=imported.pk)
    _require(found.portfolio, by)
    if found.state != state:
        raise NotNow("state")
    return found


def _require_idle(imported: Import) -> None:
    """Let one import at a time change a portfolio, in or out."""
    loading = Import.objects.filter(
        portfolio=imported.portfolio_id, state=Import.State.LOADING
    )
    undoing = Job.objects.unfinished().filter(
        portfolio=imported.portfolio_id, kind="undo_import"
    )
    if loading.exists() or undoing.exists():
        raise NotNow("busy")


def _read(imported: Import, by: User, paths: list[Path], root: Path) -> None:
    imported.state = Import.State.READING
    about: dict[str, Any] = {"paths": [str(path) for path in paths], "root": str(root)}
    _have_done(imported, "read_import", by, about)


def _have_done(
    imported: Import, kind: str, by: User | None, about: dict[str, Any] | None = None
) -> None:
    kept = {
        name: value
        for name, value in (imported.job.about if imported.job else {}).items()
        if name in ("paths", "root")
    }
    imported.job = tasks.start(
        portfolio=imported.portfolio,
        kind=kind,
        by=by,
        about={"import": imported.pk, **kept, **(about or {})},
    )
    imported.save(update_fields=["state", "job", "title"])
