"""What the tests of spreadsheets share: a reader and a first row."""

from pathlib import Path

from capmap.sources.activity import Activity, SetAside
from capmap.sources.spreadsheet import read_spreadsheet

HEADINGS = [
    "Code",
    "Project title",
    "Country",
    "Start date",
    "End date",
    "Budget (USD)",
    "Objectives",
]
ROW = [
    "P1",
    "Skills for youth",
    "Peru",
    "2010-01-31",
    "2012-12-31",
    1200.5,
    "Train labour inspectors.",
]


def read(path: Path, kind: str = "xlsx", mapping: Path | None = None):
    """Return the interventions and the remarks."""
    found = list(read_spreadsheet(path, path.name, kind, mapping))
    return (
        [a for a in found if isinstance(a, Activity)],
        [r for r in found if isinstance(r, SetAside)],
    )


def problems(path: Path, kind: str = "xlsx") -> list[str]:
    return [remark.problem for remark in read(path, kind)[1]]
