"""The tables of a portfolio on disk, as Parquet, and answers worked out from them.

Map, integration and gaps are computed by the library from tables. The tables of a
revision are written once and shared by all processes; what is worked out from them is
kept beside them and goes when they go. Small portfolios are brought up to date on the
spot, large ones by the worker: until then the page says how old its figures are.
"""

import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import polars as pl
from django.conf import settings

from capmap.records.models import Job, Passage, Portfolio
from capmap.records.queries import facet_records, tables
from capmap.tables import CODINGS, PASSAGES, LazyPortfolio, Schema, empty

#: Passages up to which a page brings the tables up to date by itself.
ON_THE_SPOT = 20_000

#: Answers up to this size stay in the memory of a process.
KEPT_BYTES = 200_000

#: Time between two refreshes of a large portfolio on which people keep working.
REST = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The tables of one revision. ``is_behind``: the records have changed since."""

    folder: Path
    revision: int
    made_at: datetime
    is_behind: bool

    def table(self, name: str) -> pl.LazyFrame:
        """Scan interventions, passages, codings or set_aside."""
        return pl.scan_parquet(self.folder / f"{name}.parquet")

    def tables(self, countries: tuple[str, ...] = ()) -> LazyPortfolio:
        """Return the tables, narrowed to interventions in ``countries`` if any are named."""
        interventions = self.table("interventions")
        passages, codings = self.table("passages"), self.table("codings")
        if countries:
            codes = pl.col("countries").list.eval(pl.element().struct.field("code"))
            inside = codes.list.eval(pl.element().is_in(list(countries))).list.any()
            interventions = interventions.filter(inside)
            seen = interventions.select("intervention_id")
            passages = passages.join(seen, on="intervention_id", how="semi")
            codings = codings.join(seen, on="intervention_id", how="semi")
        return LazyPortfolio(interventions, passages, codings, self.table("set_aside"))

    def answer(
        self, question: dict[str, Any], work_out: Callable[[], pl.DataFrame]
    ) -> pl.DataFrame:
        """Return the table that answers ``question``, worked out at most once a revision.

        ``question`` holds everything on which the answer depends, the reader's countries
        among it.
        """
        asked = json.dumps(question, sort_keys=True, ensure_ascii=False)
        name = hashlib.blake2b(asked.encode(), digest_size=12).hexdigest()
        path = self.folder / "answers" / f"{name}.parquet"
        if path.exists():
            small = path.stat().st_size <= KEPT_BYTES
            return _kept(path) if small else pl.read_parquet(path)
        table = work_out()
        path.parent.mkdir(exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
            table.write_parquet(file.name)
        Path(file.name).rename(path)
        return table


@lru_cache(maxsize=200)
def _kept(path: Path) -> pl.DataFrame:
    """Read an answer; the same file never changes, so a process reads it once."""
    return pl.read_parquet(path)


def current(portfolio: Portfolio) -> Snapshot:
    """Return the tables of a portfolio, brought up to date now if that is quick."""
    portfolio.refresh_from_db(fields=["revision"])
    newest = _newest(portfolio)
    if newest == portfolio.revision:
        return _snapshot(portfolio, newest)
    if newest is None or _is_small(portfolio, newest):
        return write(portfolio)
    snapshot = _snapshot(portfolio, newest)
    if datetime.now(UTC) - snapshot.made_at > REST:
        _ask_for_refresh(portfolio)
    return snapshot


def write(portfolio: Portfolio, *, with_index: bool = False) -> Snapshot:
    """Write the tables of the portfolio as it stands, and drop those of older revisions.

    ``with_index``: also the index of the list of interventions, which its first page
    builds otherwise.
    """
    home = _home(portfolio)
    home.mkdir(parents=True, exist_ok=True)
    portfolio.refresh_from_db(fields=["revision"])
    revision = portfolio.revision
    work = Path(tempfile.mkdtemp(prefix=".new-", dir=home))
    tables.interventions(portfolio).write_parquet(work / "interventions.parquet")
    _write(tables.passage_chunks(portfolio), PASSAGES, work / "passages.parquet")
    _write(tables.coding_chunks(portfolio), CODINGS, work / "codings.parquet")
    tables.set_aside(portfolio).write_parquet(work / "set_aside.parquet")
    if with_index:
        facet_records.keep(work, portfolio)
    target = home / str(revision)
    try:
        work.rename(target)
    except OSError:  # another process was faster
        shutil.rmtree(work, ignore_errors=True)
    # The one before stays: a page that is being made may still read it.
    numbers = sorted(int(f.name) for f in home.iterdir() if f.name.isdigit())
    for older in numbers[: max(0, numbers.index(revision) - 1)]:
        shutil.rmtree(home / str(older), ignore_errors=True)
    return _snapshot(portfolio, revision)


def _write(chunks: Iterator[pl.DataFrame], schema: Schema, target: Path) -> None:
    """Write chunks one by one and join them on disk, so that memory stays bounded."""
    parts = target.with_suffix(".parts")
    parts.mkdir()
    empty(schema).write_parquet(parts / "000000.parquet")
    for number, chunk in enumerate(chunks, start=1):
        chunk.write_parquet(parts / f"{number:06d}.parquet")
    pl.scan_parquet(parts / "*.parquet").sink_parquet(target)
    shutil.rmtree(parts)


def refresh(job: Job, progress: Callable[[str, float, float, str], None]) -> None:
    """Bring the tables up to date, and what people look at first; a job of the worker."""
    from capmap.records.queries import maps, portfolio_estimates

    progress("tables", 0, 2, "")
    write(job.portfolio, with_index=True)
    progress("tables", 1, 2, "")
    portfolio_estimates.prepare(maps.prepare(job.portfolio))
    progress("tables", 2, 2, "")


def refresh_after(portfolio: Portfolio) -> None:
    """Have the tables of a large portfolio brought up to date after much has changed."""
    some = Passage.objects.filter(intervention__portfolio=portfolio)
    if some[ON_THE_SPOT : ON_THE_SPOT + 1]:
        _ask_for_refresh(portfolio)


def _home(portfolio: Portfolio) -> Path:
    return Path(settings.HOME) / "tables" / str(portfolio.pk)


def _newest(portfolio: Portfolio) -> int | None:
    home = _home(portfolio)
    if not home.is_dir():
        return None
    return max(
        (int(folder.name) for folder in home.iterdir() if folder.name.isdigit()),
        default=None,
    )


def _snapshot(portfolio: Portfolio, revision: int) -> Snapshot:
    folder = _home(portfolio) / str(revision)
    made = datetime.fromtimestamp(folder.stat().st_mtime, UTC)
    return Snapshot(folder, revision, made, revision != portfolio.revision)


def _is_small(portfolio: Portfolio, revision: int) -> bool:
    return _passages_in(_home(portfolio) / str(revision)) <= ON_THE_SPOT


@lru_cache(maxsize=200)
def _passages_in(folder: Path) -> int:
    passages = pl.scan_parquet(folder / "passages.parquet")
    return int(passages.select(pl.len()).collect().item())


def _ask_for_refresh(portfolio: Portfolio) -> None:
    from capmap.records import tasks

    waiting = Job.objects.unfinished().filter(portfolio=portfolio, kind="tables")
    if not waiting.exists():
        tasks.start(portfolio=portfolio, kind="tables", by=None)
