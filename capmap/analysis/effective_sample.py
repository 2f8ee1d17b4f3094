"""Wilson's interval for a share whose sample is not a plain one: parts, and amounts.

The share is estimated part by part, each part weighted by its known size. Wilson's
interval is then taken for as many readings as a simple random sample would need to be as
precise: the effective sample size (C. Franco and others, Journal of Survey Statistics and
Methodology 7, 2019, doi:10.1093/jssam/smy019, who find it among the best of eight). A
normal interval closes where a sample shows no error; this one does not, because each part
is taken to have shown half a case more of either kind when its variance is reckoned, as
H. Jeffreys' prior for a share has it. With a third of a case intervals are 2 per cent
narrower and hold under 94 in 100 where a code is rare and the coder good.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import fsum

from capmap.analysis.intervals import Interval, exact, wilson

#: What each part is taken to have shown more of either kind when its variance is reckoned.
_HALF = 0.5


@dataclass(frozen=True, slots=True)
class Part:
    """What was ``found`` of what was ``read``, drawn at random from ``size``.

    All three are counts of units, or sums of their amounts; ``units`` is always a count.
    ``read_squares`` and ``unread_squares``: sums of the squares of the amounts (for
    counts: of ones). ``machine``: the share by the coder, which stands for a part of
    which nothing was read.
    """

    found: float
    read: float
    size: float
    units: int
    read_squares: float
    unread_squares: float
    machine: float

    @property
    def value(self) -> float:
        return self.found / self.read if self.read else self.machine

    @property
    def likely(self) -> float:
        """The share drawn in from none and all, so that its variance is never nothing."""
        readings = self.read**2 / self.read_squares
        return (self.value * readings + _HALF) / (readings + 2 * _HALF)

    @property
    def variance(self) -> float:
        """The variance of ``value`` times ``size``, given which units were read.

        What is unread is predicted by the share of what was read (R. M. Royall,
        Biometrika 57, 1970, pp. 377-387). For counts this is the textbook's
        N^2 p(1 - p)/n times (N - n)/(N - 1).
        """
        if self.units < 2 or not self.unread_squares:
            return 0.0
        unread = self.size - self.read
        squares = self.unread_squares + unread**2 * self.read_squares / self.read**2
        finite = self.units / (self.units - 1)
        return self.likely * (1 - self.likely) * squares * finite

    def after(self, progress: float) -> "Part":
        """Return the part with ``progress`` (0 to 1) of its unread units read, share kept."""
        read = self.read + (self.size - self.read) * progress
        return Part(
            self.value * read,
            read,
            self.size,
            self.units,
            self.read_squares + self.unread_squares * progress,
            self.unread_squares * (1 - progress),
            self.machine,
        )


def counted(found: int, read: int, size: int, machine: float) -> Part:
    """Return a part in which units are counted, each as one."""
    return Part(found, read, size, size, read, size - read, machine)


def together(parts: Sequence[Part]) -> Part:
    """Return parts as one, as if nothing were known of what sets them apart."""
    size = fsum(part.size for part in parts)
    return Part(
        fsum(part.found for part in parts),
        fsum(part.read for part in parts),
        size,
        sum(part.units for part in parts),
        fsum(part.read_squares for part in parts),
        fsum(part.unread_squares for part in parts),
        fsum(part.machine * part.size for part in parts) / (size or 1),
    )


def kept_apart(parts: Sequence[Part]) -> list[Part]:
    """Return parts as they are, or together where one of them has no readings.

    >>> [part.size for part in kept_apart([counted(0, 0, 9, 1.0), counted(2, 5, 40, 0.0)])]
    [49.0]
    """
    return list(parts) if all(part.read for part in parts) else [together(parts)]


def share_of(parts: Sequence[Part]) -> float:
    """Return the share over all parts, each weighted by its size."""
    return fsum(part.value * part.size for part in parts) / fsum(
        part.size for part in parts
    )


def effective_interval(parts: Sequence[Part], confidence: float) -> Interval:
    """Return Wilson's interval at the effective sample size of the parts together."""
    known = [part for part in parts if part.read]
    size, covered = fsum(part.size for part in parts), fsum(part.size for part in known)
    if not covered:
        return 0.0, 1.0
    low = high = share = share_of(known)
    likely = fsum(part.likely * part.size for part in known) / covered
    variance = fsum(part.variance for part in known) / covered**2
    if variance:
        effective = likely * (1 - likely) / variance
        low, high = wilson(share * effective, effective, None, confidence)
    # A part of which nothing was read may hold none or all.
    low, high = low * covered / size, (high * covered + size - covered) / size
    return _certain(parts, low, high)


def exact_interval(parts: Sequence[Part], confidence: float) -> Interval:
    """Return the sum of exact intervals of counts, all right together as often as stated."""
    size = fsum(part.size for part in parts)
    each = 1 - (1 - confidence) / sum(part.read > 0 for part in parts)
    low = high = 0.0
    for part in parts:
        ends = (0.0, 1.0)
        if part.read:
            ends = exact(int(part.found), int(part.read), part.units, each)
        low += ends[0] * part.size / size
        high += ends[1] * part.size / size
    return _certain(parts, low, high)


def _certain(parts: Sequence[Part], low: float, high: float) -> Interval:
    """Keep an interval within what was found for certain, and around the share."""
    size = fsum(part.size for part in parts)
    found = fsum(part.found for part in parts)
    unread = fsum(part.size - part.read for part in parts)
    share = share_of(parts)
    low, high = max(low, found / size), min(high, (found + unread) / size)
    return min(low, share), max(high, share)


def readings_to_halve(
    parts: Sequence[Part], unread: int, width: float, confidence: float
) -> int:
    """Return how many of ``unread`` units make the interval half of ``width`` if shares stay."""
    few, many = 0, unread
    while few < many:
        middle = (few + many) // 2
        after = [part.after(middle / unread) for part in parts]
        low, high = effective_interval(after, confidence)
        if high - low <= width / 2:
            many = middle
        else:
            few = middle + 1
    return few
