"""Write a report as PDF in the form of a Governing Body paper, by typst, offline."""

import json
import tempfile
from dataclasses import asdict
from importlib.resources import files
from pathlib import Path
from typing import Any

import typst

from capmap.publishing.charts import fonts
from capmap.publishing.report import (
    Block,
    Figure,
    Heading,
    Paragraph,
    Report,
    Table,
    runs,
)


def write_pdf(report: Report, path: Path) -> None:
    """Write ``report`` to ``path``: A4, tagged, every font embedded.

    The template reads the report as data, so that no text of a source is ever read as
    markup.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        template = files("capmap.publishing").joinpath("paper.typ").read_bytes()
        (folder / "paper.typ").write_bytes(template)
        content = json.dumps(_content(report, folder), ensure_ascii=False)
        (folder / "report.json").write_text(content, encoding="utf-8")
        typst.compile(
            str(folder / "paper.typ"),
            output=str(path),
            root=str(folder),
            font_paths=[fonts()],
            ignore_system_fonts=True,
        )


def _content(report: Report, folder: Path) -> dict[str, Any]:
    cover = asdict(report.cover)
    for field in cover["overview"]:
        field["paragraphs"] = [_runs(text) for text in field["paragraphs"]]
    return {
        "language": report.language,
        "office": report.office,
        "cover": cover,
        "blocks": [_block(b, folder, f"{i}") for i, b in enumerate(report.blocks)],
        "appendix": [_block(b, folder, f"a{i}") for i, b in enumerate(report.appendix)],
        "notes": {key: _runs(text) for key, text in report.notes.items()},
        "place_and_date": report.place_and_date,
        "point_for_decision": report.point_for_decision,
        "provenance": report.provenance,
    }


def _runs(text: str) -> list[dict[str, Any]]:
    return [asdict(run) for run in runs(text)]


def _block(block: Block, folder: Path, name: str) -> dict[str, Any]:
    match block:
        case Heading():
            return {"kind": "heading", "text": _runs(block.text), "level": block.level}
        case Paragraph():
            return {
                "kind": "paragraph",
                "number": block.number,
                "text": _runs(block.text),
                "items": [_runs(item) for item in block.items],
                "decision": block.decision,
            }
        case Table():
            return {
                "kind": "table",
                "label": block.label,
                "title": _runs(block.title),
                "columns": list(block.columns),
                "rows": [[_runs(cell) for cell in row] for row in block.rows],
                "numeric": sorted(block.numeric),
                "groups": sorted(block.group_rows),
                "widths": list(block.widths or (1,) * len(block.columns)),
                "source": block.source,
            }
        case Figure():
            (folder / f"figure-{name}.svg").write_text(block.svg, encoding="utf-8")
            return {
                "kind": "figure",
                "label": block.label,
                "title": _runs(block.title),
                "file": f"figure-{name}.svg",
                "alt": block.alt,
                "source": block.source,
            }
