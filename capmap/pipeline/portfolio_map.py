"""The main job: from sources to a folder that holds the map."""

import os
import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from capmap.analysis.findings import find
from capmap.coding.lexicon import version_of
from capmap.frameworks.codebook import load_codebook
from capmap.frameworks.framework import load_framework
from capmap.pipeline.merge import merge, read_portfolio
from capmap.pipeline.parts import (
    codebook_folders,
    coder_name,
    learned_codes,
    model_named,
)
from capmap.pipeline.provenance import (
    provenance,
    said_of,
    set_aside_table,
    write_provenance,
)
from capmap.pipeline.publish import Publication, publish
from capmap.pipeline.run import Progress, Reading, read_and_code, whole_result
from capmap.publishing.paper_cover import CoverSettings
from capmap.tables import Findings, Portfolio

#: Steps after reading, for the progress that people see.
_STEPS = 9


class NothingRead(Exception):
    """No source gave anything to code; ``set_aside`` says why."""

    def __init__(self, set_aside: pl.DataFrame) -> None:
        super().__init__("nothing was read")
        self.set_aside = set_aside


@dataclass(frozen=True, slots=True)
class Mapped:
    """What a run gives back: where the result is, and what to tell of it."""

    out: Path
    title: str
    day: datetime
    portfolio: Portfolio
    findings: Findings
    reading: Reading
    seconds: float
    coder: str


def map_portfolio(
    sources: Sequence[Path],
    out: Path,
    *,
    language: str = "en",
    title: str = "",
    jobs: int | None = None,
    framework: Path | None = None,
    codebook: Path | None = None,
    model: Path | None = None,
    cover: CoverSettings | None = None,
    progress: Progress = lambda stage, done, total, detail: None,
) -> Mapped:
    """Read, code, analyse and publish ``sources`` into the folder ``out``.

    ``framework`` and ``codebook`` are folders of the user's own, ``model`` a file that
    ``capmap learn`` made, by default the one that worked examples taught. Raises ``BadModel`` if that cannot be read, ``NotOurs`` if
    ``out`` holds something that capmap did not make, ``NothingRead`` if no source could
    be read, and ``FrameworkError`` for a framework that cannot be used. ``out`` is
    touched only when the result is whole.
    """
    began, started = time.monotonic(), datetime.now(UTC)
    folders = codebook_folders(framework, codebook)
    words, results = load_codebook(*folders), load_framework(framework)
    learned = model_named(framework, model)
    with whole_result(out) as work:
        parts = work / ".parts"
        parts.mkdir()
        reading = read_and_code(
            sources,
            parts,
            jobs=jobs or os.cpu_count() or 1,
            framework=framework,
            codebook=codebook,
            model=model,
            progress=progress,
        )
        if not reading.interventions:
            raise NothingRead(set_aside_table(reading.set_aside, language))
        progress("joining", 0, _STEPS, "")
        reading.set_aside += merge(parts, work)
        set_aside = set_aside_table(reading.set_aside, language)
        portfolio = read_portfolio(work, set_aside)
        progress("analysing", 1, _STEPS, "")
        findings = find(portfolio, results, words)
        coder = coder_name(version_of(words), learned)
        learned_of = learned_codes(learned, words)
        publication = Publication(
            portfolio=portfolio,
            findings=findings,
            framework=results,
            codebook=words,
            language=language,
            title=title or default_title(sources),
            day=started.date(),
            coder=coder,
            learned=learned_of,
            reading=reading,
            cover=cover or CoverSettings(),
        )
        for step, what in enumerate(publish(publication, work), start=2):
            progress("publishing", step, _STEPS, what)
        content = provenance(
            reading,
            set_aside,
            title=publication.title,
            language=language,
            coder=coder,
            model=said_of(learned, learned_of, model),
            framework=results.framework,
            codebook_folders=folders,
            started=started,
            finished=datetime.now(UTC),
            outputs=[path for path in sorted(work.iterdir()) if path.is_file()],
        )
        write_provenance(work / "provenance.json", content)
        shutil.rmtree(parts)
        progress("publishing", _STEPS, _STEPS, "")
    return Mapped(
        out=out,
        title=publication.title,
        day=started,
        portfolio=portfolio,
        findings=findings,
        reading=reading,
        seconds=time.monotonic() - began,
        coder=coder,
    )


def default_title(sources: Sequence[Path]) -> str:
    """Name a portfolio after its sources: "sample", or "iati, GB.312-POL-9"."""
    names = [
        source.resolve().stem if source.is_file() else source.resolve().name
        for source in sources
    ]
    return ", ".join(names[:3]) + (", …" if len(names) > 3 else "")
