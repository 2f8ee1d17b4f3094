"""From sources to a folder with tables, map, spreadsheet and paper."""

import gc
import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path

from capmap.coding.learned.combined import CombinedCoder
from capmap.coding.lexicon import LexiconCoder
from capmap.pipeline.parts import Done, Task, build_coder, code_task
from capmap.sources.activity import SetAside
from capmap.sources.intake import Input, inputs, ranges

#: Large IATI files are shared among processes in pieces of about this size.
PIECE_BYTES = 16 * 2**20

#: Below this a pool of processes costs more than it saves.
POOL_FROM_BYTES = 8 * 2**20

Progress = Callable[[str, float, float, str], None]
"""Told (stage, done, total, detail) as the work goes on; totals are bytes or steps."""


@dataclass(slots=True)
class Reading:
    """What was read: the inputs with their counts, in order, and what was set aside."""

    inputs: list[Input] = field(default_factory=list)
    done: list[Done] = field(default_factory=list)
    set_aside: list[SetAside] = field(default_factory=list)

    @property
    def languages(self) -> Counter[str]:
        return sum((done.languages for done in self.done), Counter())

    @property
    def interventions(self) -> int:
        return sum(done.interventions for done in self.done)


def read_and_code(
    sources: Sequence[Path],
    parts: Path,
    *,
    jobs: int,
    framework: Path | None,
    codebook: Path | None,
    progress: Progress,
    model: Path | None = None,
) -> Reading:
    """Read and code every input of ``sources``, leaving Parquet parts in ``parts``."""
    reading = Reading()
    for found in inputs(sources, parts / "unpacked"):
        if isinstance(found, SetAside):
            reading.set_aside.append(found)
        else:
            reading.inputs.append(found)
    tasks = list(split(reading.inputs, jobs))
    total = sum(task.size for task in tasks)
    if jobs > 1 and len(tasks) > 1 and total > POOL_FROM_BYTES:
        results = _in_pool(tasks, parts, jobs, (framework, codebook, model))
    else:
        results = _one_by_one(tasks, parts, build_coder(framework, codebook, model))
    reached = 0
    progress("reading", 0, total, "")
    for done in results:
        reading.done.append(done)
        reached += done.task.size
        progress("reading", reached, total, done.task.input.name)
    reading.done.sort(key=lambda done: done.task.number)
    for done in reading.done:
        reading.set_aside.extend(done.set_aside)
    return reading


def split(files: Iterable[Input], jobs: int) -> Iterator[Task]:
    """Make tasks of the inputs; large IATI files are cut where an activity begins."""
    number = 0
    for one in files:
        pieces: list[tuple[int, int | None]] = [(0, None)]
        if jobs > 1 and one.kind == "iati" and one.size > 2 * PIECE_BYTES:
            pieces = list(ranges(one.path, max(2, one.size // PIECE_BYTES)))
        for start, end in pieces:
            yield Task(number, one, start, end)
            number += 1


def _one_by_one(
    tasks: list[Task], parts: Path, coder: LexiconCoder | CombinedCoder
) -> Iterator[Done]:
    for task in tasks:
        yield code_task(task, parts, coder)


_coder: LexiconCoder | CombinedCoder | None = None


def _start_worker(
    framework: Path | None, codebook: Path | None, model: Path | None
) -> None:
    global _coder
    _coder = build_coder(framework, codebook, model)
    # What was built so far stays: the collector need not look at it again, nor often at
    # the short-lived values of a task, which hold no cycles.
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


def _code_in_worker(task: Task, parts: Path) -> Done:
    assert _coder is not None, "a worker builds its coder before its first task"
    return code_task(task, parts, _coder)


@contextmanager
def _one_thread_a_worker() -> Iterator[None]:
    """Keep Polars in each worker to one thread: the processes fill the cores already."""
    before = os.environ.get("POLARS_MAX_THREADS")
    os.environ["POLARS_MAX_THREADS"] = "1"
    try:
        yield
    finally:
        if before is None:
            del os.environ["POLARS_MAX_THREADS"]
        else:
            os.environ["POLARS_MAX_THREADS"] = before


def _in_pool(
    tasks: list[Task],
    parts: Path,
    jobs: int,
    made_of: tuple[Path | None, Path | None, Path | None],
) -> Iterator[Done]:
    """Code tasks in several processes, largest first; a fresh interpreter for each,
    since threads of Polars do not survive a fork."""
    waiting = sorted(tasks, key=lambda task: -task.size)
    with (
        _one_thread_a_worker(),
        ProcessPoolExecutor(
            max_workers=min(jobs, len(tasks)),
            mp_context=get_context("spawn"),
            initializer=_start_worker,
            initargs=made_of,
        ) as pool,
    ):
        running: set[Future[Done]] = {
            pool.submit(_code_in_worker, task, parts) for task in waiting
        }
        try:
            while running:
                finished, running = wait(running, return_when=FIRST_COMPLETED)
                for future in finished:
                    yield future.result()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


class NotOurs(Exception):
    """The folder asked for exists and holds something that capmap did not make."""


@contextmanager
def whole_result(out: Path) -> Iterator[Path]:
    """Give a hidden folder to write into, which becomes ``out`` if all goes well.

    A folder that capmap made before (it holds ``provenance.json``) is replaced in one
    step, but for its folder ``review``, where people's answers are; any other is refused
    with ``NotOurs`` before any work begins.
    """
    ours = not out.exists() or (out / "provenance.json").is_file()
    if not ours and not (out.is_dir() and not any(out.iterdir())):
        raise NotOurs(out)
    out.parent.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
    try:
        yield work
        if out.exists():
            if (out / "review").is_dir():
                shutil.copytree(out / "review", work / "review")
            old = Path(tempfile.mkdtemp(prefix=f".{out.name}-old-", dir=out.parent))
            out.rename(old / "result")
            work.rename(out)
            shutil.rmtree(old)
        else:
            work.rename(out)
        out.chmod(0o755)
    finally:
        shutil.rmtree(work, ignore_errors=True)
