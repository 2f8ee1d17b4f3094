"""Long work that the worker does outside the request, each with progress.

``start`` writes a Job and puts it in the queue; the worker calls ``run`` with it. What a
kind of job does stands in the action named beside it in ``KINDS``.
"""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from importlib import import_module
from threading import Event, Thread
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django_tasks import task

from capmap.records.models import Job, Portfolio, User

#: What each kind of job calls: a function of the job and of a ``Progress``.
KINDS = {
    "read_import": "capmap.records.actions.import_reading:read_import",
    "load_import": "capmap.records.actions.import_loading:load_import",
    "undo_import": "capmap.records.actions.import_undo:undo_import",
    "deal": "capmap.records.actions.review_order:deal",
    "recode": "capmap.records.actions.recoding:recode",
    "learn": "capmap.records.actions.learning:run_learning",
    "trial": "capmap.records.actions.recoding:run_trial",
    "tables": "capmap.records.queries.snapshot:refresh",
}

Progress = Callable[[str, float, float, str], None]
"""Told (stage, done, total, detail), as ``capmap.pipeline.run.Progress``."""

#: Seconds between two notes of progress: each is a write to the database.
_BETWEEN_NOTES = 0.4

#: Seconds without a sign of life after which a running job counts as broken off.
BROKEN_OFF_AFTER = 120

logger = logging.getLogger("capmap")


class Refused(Exception):
    """A job cannot be done for a reason that people can act on; its text is shown."""


def start(
    *,
    portfolio: Portfolio,
    kind: str,
    by: User | None,
    about: dict[str, Any] | None = None,
) -> Job:
    """Put a job in the queue once the change that asks for it is saved."""
    job = Job.objects.create(
        portfolio=portfolio, kind=kind, asked_by=by, about=about or {}
    )
    transaction.on_commit(lambda: run_in_worker.enqueue(job.pk))
    return job


@task()
def run_in_worker(job_id: int) -> None:
    """Do a job; called by the worker."""
    run(Job.objects.get(pk=job_id))


def run(job: Job) -> None:
    """Do a job here and now, leaving its state, result or error on record."""
    module, _, name = KINDS[job.kind].partition(":")
    work: Callable[[Job, Progress], dict[str, Any] | None] = getattr(
        import_module(module), name
    )
    _note(job, state=Job.State.RUNNING, seen_at=timezone.now())
    try:
        with _sign_of_life(job):
            result = work(job, _progress(job))
    except Refused as reason:
        _note(
            job, state=Job.State.FAILED, error=str(reason), finished_at=timezone.now()
        )
    except Exception as error:
        logger.exception("Job %s (%s) failed", job.pk, job.kind)
        told = f"{type(error).__name__}: {error}"[:500]
        _note(job, state=Job.State.FAILED, error=told, finished_at=timezone.now())
    else:
        _note(
            job,
            state=Job.State.DONE,
            result=result or {},
            done=job.total,
            finished_at=timezone.now(),
        )


@contextmanager
def _sign_of_life(job: Job) -> Iterator[None]:
    """Say now and then that the worker lives, however long a step of its work takes."""
    over = Event()

    def beat() -> None:
        while not over.wait(BROKEN_OFF_AFTER / 4):
            Job.objects.filter(pk=job.pk).update(seen_at=timezone.now())
            connection.close()

    Thread(target=beat, daemon=True).start()
    try:
        yield
    finally:
        over.set()


def break_off_lost() -> int:
    """Mark jobs failed whose worker has gone silent; called when a worker starts."""
    silent = timezone.now() - timedelta(seconds=BROKEN_OFF_AFTER)
    return int(
        Job.objects.filter(state=Job.State.RUNNING, seen_at__lt=silent).update(
            state=Job.State.FAILED, error="broken off", finished_at=timezone.now()
        )
    )


def _note(job: Job, **fields: Any) -> None:
    for name, value in fields.items():
        setattr(job, name, value)
    job.save(update_fields=list(fields))


def _progress(job: Job) -> Progress:
    last_at, last_stage = 0.0, ""

    def progress(stage: str, done: float, total: float, detail: str) -> None:
        nonlocal last_at, last_stage
        now = time.monotonic()
        soon = now - last_at < _BETWEEN_NOTES
        if stage == last_stage and soon and done < total:
            return
        last_at, last_stage = now, stage
        _note(
            job, stage=stage, done=done, total=total, detail=detail[:300],
            seen_at=timezone.now(),
        )  # fmt: skip

    return progress
