"""The picture of an interval that narrows while passages are read, as lines to draw."""

from collections.abc import Iterable
from dataclasses import dataclass

from capmap.analysis.precision import Point
from capmap.records.queries.estimates import Estimate

#: The drawing: its width and height, and where its axes stand.
WIDTH, HEIGHT = 392, 236
_LEFT, _RIGHT, _TOP, _BOTTOM = 34.0, 380.0, 14.0, 196.0


@dataclass(frozen=True, slots=True)
class Mark:
    """A number beside an axis: where, which, and what it is."""

    at: str
    value: int
    kind: str = ""  # "now", "enough" or "first" (the one that carries the sign)

    @property
    def part(self) -> float:
        return self.value / 100


@dataclass(frozen=True, slots=True)
class Picture:
    """Places are text with a full stop, whatever the language of the page."""

    band: str
    run: str
    low_edge: str
    high_edge: str
    now: tuple[str, str, str, str] | None  # across, estimate, low, high
    enough: str
    enough_is_right: bool
    across: list[Mark]
    up: list[Mark]


def picture_of(estimate: Estimate) -> Picture:
    """Lay out an estimate: the interval after each passage, and where it will end."""
    so_far, to_come = estimate.standing.so_far, estimate.standing.to_come
    read = estimate.standing.share.denominator
    last = _last(estimate, read)
    to_come = tuple(point for point in to_come if point.read <= last)
    top = _top([*so_far, *to_come])

    def x(number: float) -> float:
        return _LEFT + (_RIGHT - _LEFT) * number / last

    def y(part: float) -> float:
        return _BOTTOM - (_BOTTOM - _TOP) * part / top

    def line(points: Iterable[Point], end: str) -> str:
        return " ".join(f"{x(p.read):.1f},{y(getattr(p, end)):.1f}" for p in points)

    newest = so_far[-1] if so_far else None
    now = (
        (f"{x(read):.1f}", *(f"{y(v):.1f}" for v in (newest.value, newest.low, newest.high)))
        if newest
        else None
    )  # fmt: skip
    return Picture(
        band=f"{line(so_far, 'high')} {line(reversed(so_far), 'low')}" if now else "",
        run=line(so_far, "value"),
        low_edge=line(to_come, "low"),
        high_edge=line(to_come, "high"),
        now=now,  # type: ignore[arg-type]
        enough=f"{x(estimate.enough):.1f}" if estimate.enough else "",
        enough_is_right=bool(estimate.enough and estimate.enough > last * 0.66),
        across=_across(read, estimate.enough, last, x),
        up=[
            Mark(f"{y(part / 100):.1f}", part, "first" if part == top * 100 else "")
            for part in range(0, round(top * 100) + 1, 20)
        ],
    )


def _last(estimate: Estimate, read: int) -> int:
    """Return how many passages the picture is wide: all, or enough with some air."""
    if estimate.enough is None:  # a round this small is shown whole
        return max(estimate.to_read, 1)
    wanted = max(estimate.enough, read)
    return estimate.to_read if estimate.to_read <= 3 * wanted else round(wanted * 1.5)


def _top(points: list[Point]) -> float:
    highest = max((point.high for point in points), default=0.8)
    return next(part for part in (0.2, 0.4, 0.6, 0.8, 1.0) if part >= min(highest, 1.0))


def _across(read: int, enough: int | None, last: int, x: object) -> list[Mark]:
    """Name the numbers below: those that matter, and others where there is room."""
    wanted = [(read, "now"), (enough or 0, "enough"), (last, ""), (0, "")]
    marks: dict[int, str] = {}
    for number, kind in wanted:
        if all(abs(number - other) >= last * 0.1 for other in marks):
            marks[number] = kind
    return [
        Mark(f"{x(number):.1f}", number, kind)  # type: ignore[operator]
        for number, kind in sorted(marks.items())
    ]
