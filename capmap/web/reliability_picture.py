"""The picture of how far chances can be believed: what was stated, and how often it was right.

A dot on the diagonal is a chance that can be taken at its word (A. H. Murphy and R. L.
Winkler, Reliability of subjective probability forecasts, Applied Statistics 26, 1977,
pp. 41-47, doi:10.2307/2346866).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from capmap.analysis.shares import Share

#: The drawing: its width and height, and where its axes stand.
WIDTH, HEIGHT = 320, 316
LEFT, RIGHT, TOP, BOTTOM = 40.0, 300.0, 12.0, 268.0

#: The smallest dot, and by how much the largest is greater.
_DOT, _MORE = 3.0, 6.0


@dataclass(frozen=True, slots=True)
class Stated:
    """Suggestions of like chance: ``said`` on average, and the share that was right."""

    said: float
    share: Share


@dataclass(frozen=True, slots=True)
class Dot:
    """Places are text with a full stop, whatever the language of the page."""

    x: str
    y: str
    low: str
    high: str
    radius: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A share beside an axis, with its place across and up."""

    part: float
    x: str
    y: str


@dataclass(frozen=True, slots=True)
class Picture:
    dots: list[Dot]
    marks: list[Mark]
    diagonal: tuple[str, str, str, str]


def picture_of(stated: Sequence[Stated]) -> Picture:
    """Lay out groups of chances: across what was stated, up how often it was right.

    The area of a dot grows with the number of suggestions behind it.
    """
    most = max((one.share.denominator for one in stated), default=1)
    dots = [
        Dot(
            x=_x(one.said),
            y=_y(one.share.value or 0.0),
            low=_y(one.share.low or 0.0),
            high=_y(one.share.high or 0.0),
            radius=f"{_DOT + _MORE * sqrt(one.share.denominator / most):.1f}",
        )
        for one in stated
    ]
    marks = [Mark(part, _x(part), _y(part)) for part in (0.0, 0.25, 0.5, 0.75, 1.0)]
    return Picture(dots, marks, (_x(0), _y(0), _x(1), _y(1)))


def _x(part: float) -> str:
    return f"{LEFT + (RIGHT - LEFT) * part:.1f}"


def _y(part: float) -> str:
    return f"{BOTTOM - (BOTTOM - TOP) * part:.1f}"
