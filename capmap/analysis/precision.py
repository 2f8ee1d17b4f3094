"""How far an estimate has come while passages are read in random order, and when to stop."""

from dataclasses import dataclass
from functools import lru_cache

from capmap.analysis.intervals import wilson
from capmap.analysis.shares import Share, share

#: Ends of the interval may lie this far from the estimate for it to count as enough.
HALF_WIDTH = 0.08

#: Points of a picture: more would not be seen.
_POINTS = 120

#: Passages before the picture begins: an interval after three says nothing.
_FIRST = 10


@dataclass(frozen=True, slots=True)
class Point:
    """The interval after ``read`` passages."""

    read: int
    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an estimate stands, how it came there, and where it will end.

    ``to_come`` is how the interval would narrow if the share stayed as it is.
    """

    share: Share
    so_far: tuple[Point, ...]
    to_come: tuple[Point, ...]


def standing(found: list[bool], population: int, to_read: int) -> Standing:
    """Say how the interval narrowed, reading by reading, and how it will go on."""
    running, total = [0], 0
    for holds in found:
        total += holds
        running.append(total)
    read = len(found)
    so_far = tuple(
        _point(running[n], n, population) for n in _spread(min(read, _FIRST) or 1, read)
    )
    to_come: tuple[Point, ...] = ()
    if 0 < read < to_read:
        part = total / read
        to_come = tuple(_point(part * n, n, population) for n in _spread(read, to_read))
    return Standing(share(total, read, population=population), so_far, to_come)


def _spread(first: int, last: int) -> list[int]:
    """Return whole numbers from first to last, both among them, at most some."""
    if last < first:
        return []
    step = max(1, (last - first) // _POINTS)
    return [*range(first, last, step), last]


def _point(cases: float, read: int, population: int) -> Point:
    if read == population:
        return Point(read, cases / read, cases / read, cases / read)
    low, high = wilson(cases, read, population, 0.95)
    return Point(read, cases / read, low, high)


@lru_cache(maxsize=1000)
def enough_to_read(population: int, half_width: float = HALF_WIDTH) -> int | None:
    """Return how many must be read so that the interval is narrow, whatever is found.

    Neither end of the 95% interval may then lie further than ``half_width`` from the
    estimate. None for an empty population.

    >>> enough_to_read(84)
    55
    """
    if population < 1:
        return None
    few, many = 1, population
    while few < many:
        middle = (few + many) // 2
        if widest(middle, population) <= half_width:
            many = middle
        else:
            few = middle + 1
    return few


def widest(read: int, population: int) -> float:
    """Return how far an end of the interval can lie from the estimate after ``read``."""
    if read >= population:
        return 0.0
    # An end is furthest near one half or, where few are read, near none or all.
    shares = {round(read * part / 40) for part in range(41)}
    ends = (wilson(cases, read, population, 0.95) for cases in shares)
    return max(
        max(cases / read - low, high - cases / read)
        for cases, (low, high) in zip(shares, ends, strict=True)
    )
