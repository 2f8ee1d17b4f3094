"""Where a result comes from: inputs with hashes and counts, versions, what was set aside."""

import hashlib
import json
import platform
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import polars as pl

from capmap import __version__
from capmap.coding.learned.model import Key, Model
from capmap.pipeline.run import Reading
from capmap.sources.activity import SetAside
from capmap.tables import SET_ASIDE
from capmap.wording import place_in, topic

#: Libraries whose version can change a result.
NAMED_LIBRARIES = (
    "polars",
    "lxml",
    "pypdfium2",
    "python-docx",
    "ahocorasick-rs",
    "py3langid",
    "numpy",
    "scipy",
)


def set_aside_table(remarks: Sequence[SetAside], language: str) -> pl.DataFrame:
    """Write each remark with its reason and remedy in the reader's language."""
    texts = topic("set_aside")
    return pl.DataFrame(
        [
            {
                "source": remark.source,
                "place": place_in(language, remark.place),
                "scope": remark.scope,
                "problem": remark.problem,
                "reason": texts[remark.problem]["reason"][language].format(
                    **remark.values
                ),
                "remedy": texts[remark.problem]["remedy"][language].format(
                    **remark.values
                ),
            }
            for remark in remarks
        ],
        schema=SET_ASIDE,
    )


def provenance(
    reading: Reading,
    set_aside: pl.DataFrame,
    *,
    title: str,
    language: str,
    coder: str,
    model: Mapping[str, Any] | None,
    framework: str,
    codebook_folders: Sequence[Path],
    started: datetime,
    finished: datetime,
    outputs: Sequence[Path],
) -> dict[str, Any]:
    """Return what ``provenance.json`` says of a run; see docs/reference/results.md."""
    return {
        "capmap": __version__,
        "title": title,
        "language": language,
        "started": started.isoformat(timespec="seconds"),
        "finished": finished.isoformat(timespec="seconds"),
        "coder": coder,
        "model": model,
        "framework": framework,
        "codebook": {
            path.name: _sha256(path)
            for folder in codebook_folders
            for path in sorted(folder.glob("*.yaml"))
        },
        "libraries": {name: version(name) for name in NAMED_LIBRARIES},
        "python": platform.python_version(),
        "inputs": _inputs(reading),
        "languages": dict(reading.languages.most_common()),
        "set_aside": [
            {"problem": problem, "scope": scope, "count": count}
            for problem, scope, count in set_aside.group_by("problem", "scope")
            .len()
            .sort("len", "problem", descending=[True, False])
            .iter_rows()
        ],
        "outputs": {
            path.name: {"bytes": path.stat().st_size, "sha256": _sha256(path)}
            for path in outputs
        },
    }


def said_of(
    model: Model | None, learned: Sequence[Key], file: Path | None
) -> dict[str, Any] | None:
    """Say which model coded beside the lexicon; None where the lexicon coded alone."""
    if model is None:
        return None
    return {
        "version": model.version,
        "file": str(file) if file else None,
        "passages": model.decisions,
        "codebook": model.codebook,
        "codes": [f"{facet}:{code}" for facet, code in learned],
    }


def _inputs(reading: Reading) -> list[dict[str, Any]]:
    counts: dict[str, Counter[str]] = {}
    for done in reading.done:
        counts.setdefault(done.task.input.name, Counter()).update(
            interventions=done.interventions,
            passages=done.passages,
            codings=done.codings,
        )
    return [
        {
            "name": one.name,
            "kind": one.kind,
            "bytes": one.size,
            "sha256": one.sha256,
            **counts.get(one.name, {}),
        }
        for one in reading.inputs
    ]


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_provenance(path: Path, content: Mapping[str, Any]) -> None:
    text = json.dumps(content, ensure_ascii=False, indent=2)
    path.write_text(text + "\n", encoding="utf-8")
