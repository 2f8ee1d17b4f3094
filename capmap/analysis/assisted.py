"""Shares and sums of a portfolio from a random sample that people read, helped by the coder.

The coder codes everything and errs; people read a random part and do not. The coder's
count is corrected by what the readers found of its errors, so that the estimate is right
on average however bad the coder, and narrower the better it is.

A share is post-stratified by the coder's suggestion (W. G. Cochran, Sampling Techniques,
3rd ed. 1977, section 5A.9): the portfolio falls into the part where the code is suggested
and the part where it is not, both of known size, and each part has its own sample. For a
yes-or-no code this is what prediction-powered inference comes to when its tuning is the
best there is (A. N. Angelopoulos and others, Science 382, 2023, doi:10.1126/science.adi6000;
A. N. Angelopoulos, J. C. Duchi, T. Zrnic, PPI++, 2023, arXiv:2311.01453).

Its interval is Wilson's for as many readings as a simple random sample would need to be
as precise (the effective sample size; C. Franco and others, Journal of Survey Statistics
and Methodology 7, 2019, doi:10.1093/jssam/smy019). A normal interval closes where the
sample holds no error of the coder; this one does not, because each part is taken to have
shown a third of a case more of either kind when its variance is reckoned (J. Kerman's
neutral prior, Electronic Journal of Statistics 5, 2011, doi:10.1214/11-EJS648). Chosen by
simulation among seven: benchmarks/learning/coverage.py.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import fsum, hypot

from numpy.typing import ArrayLike

from capmap.analysis.intervals import Interval, exact, wilson
from capmap.analysis.shares import (
    per_cent,
    rounded_ends,
    said_cases,
    share,
)
from capmap.wording import Wording


@dataclass(frozen=True, slots=True)
class Estimate:
    """A share or sum of a finite portfolio, with its interval.

    ``read`` units of ``population`` were read; ``machine`` is the coder's own count, as a
    share or sum like ``value``. ``method``: assisted, random, exact, census or machine
    (nothing read), whose sentence says it in words. ``random_value``, ``random_low``,
    ``random_high``: what the same readings say without the coder. ``to_halve``: about how
    many more readings would halve the interval; 0 when all is read, None when nothing is.
    """

    value: float
    low: float
    high: float
    machine: float
    read: int
    population: int
    confidence: float
    method: str
    random_value: float
    random_low: float
    random_high: float
    to_halve: int | None

    def sentence(self, unit: str, language: str) -> str:
        """State a share in words; ``unit`` is one of ``shares.UNITS``.

        >>> found = [True] * 20 + [False] * 40
        >>> estimate = estimated_share(found, found, 140, 412)
        >>> estimate.sentence("interventions", "en").replace("\\xa0", " ")
        'about 140 of 412 interventions (34 per cent; 95% interval 32 to 36)'
        """
        words = Wording("analysis", language)
        here = Wording("estimates", language)
        if self.method == "census":
            found = round(self.value * self.population)
            return share(found, self.population, population=self.population).sentence(
                unit, language
            )
        if self.method == "machine":
            return here.say("estimate_machine", **self._cases(unit, words))
        low, high = rounded_ends(self.low, self.high)
        ends: dict[str, object] = {
            "confidence": words.number(round(self.confidence * 100, 6)),
            "low": words.number(low),
            "high": words.number(high),
        }
        if self.value in (0, 1):
            cases = said_cases(round(self.value) * self.read, self.read, unit, words)
            return here.say(
                "estimate_all_or_none", cases=cases, population=self.population, **ends
            )
        return here.say("estimate_with_interval", **self._cases(unit, words), **ends)

    def _cases(self, unit: str, words: Wording) -> dict[str, object]:
        """Say the share as cases of the whole portfolio and in per cent."""
        cases = round(self.value * self.population)
        if 0 < self.value < 1:
            cases = min(max(cases, 1), self.population - 1)
        return {
            "cases": said_cases(cases, self.population, unit, words),
            "per_cent": per_cent(cases, self.population, words.language),
        }

    def how(self, unit: str, language: str) -> str:
        """Say in one sentence how the estimate was made and on how many readings it stands."""
        words = Wording("estimates", language)
        read_counts = language == "fr" and self.method not in ("census", "machine")
        number = self.read if read_counts else self.population
        return words.say(
            f"method_{self.method}",
            read=self.read,
            population=self.population,
            units=words.say(f"units_{unit}", count=number),
        )

    def more(self, language: str) -> str:
        """Say how many more readings would halve the interval; "" where there is none."""
        if not self.to_halve:
            return ""
        return Wording("estimates", language).say("to_halve", count=self.to_halve)


@dataclass(frozen=True, slots=True)
class Stratum:
    """A part of a portfolio that was sampled on its own."""

    found: Sequence[bool]
    suggested: Sequence[bool]
    suggested_in_all: int
    population: int


#: What each part is taken to have shown more of either kind when its variance is reckoned.
_THIRD = 1 / 3

#: Under so many readings the exact interval of the readings alone stands.
FEW = 10


@dataclass(frozen=True, slots=True)
class _Part:
    """``found`` of ``read`` units drawn at random from ``size``.

    ``machine``: the share by the coder, which stands for a part of which nothing was read.
    """

    found: float
    read: float
    size: int
    machine: float

    @property
    def value(self) -> float:
        return self.found / self.read if self.read else self.machine

    @property
    def likely(self) -> float:
        """The share drawn in from none and all, so that its variance is never nothing."""
        return (self.found + _THIRD) / (self.read + 2 * _THIRD)

    @property
    def variance(self) -> float:
        """The variance of ``value`` over draws without replacement."""
        if self.read >= self.size:
            return 0.0
        left = (self.size - self.read) / (self.size - 1)
        return self.likely * (1 - self.likely) / self.read * left

    def after(self, progress: float) -> "_Part":
        """Return the part with ``progress`` (0 to 1) of its unread units read, shares kept."""
        read = self.read + (self.size - self.read) * progress
        return _Part(self.value * read, read, self.size, self.machine)


def estimated_share(
    found: Sequence[bool],
    suggested: Sequence[bool],
    suggested_in_all: int,
    population: int,
    *,
    confidence: float = 0.95,
) -> Estimate:
    """Estimate the share of a portfolio that has a code.

    ``found`` and ``suggested``: for each unit of a simple random sample, whether readers
    found the code and whether the coder suggests it; ``suggested_in_all`` of
    ``population`` units have it suggested. Raises ValueError for counts that cannot be.

    >>> found = [True] * 20 + [False] * 40
    >>> suggested = [True] * 15 + [False] * 45
    >>> estimate = estimated_share(found, suggested, 110, 412)
    >>> round(estimate.value, 3), round(estimate.low, 3), round(estimate.high, 3)
    (0.348, 0.286, 0.417)
    """
    return stratified_share(
        [Stratum(found, suggested, suggested_in_all, population)], confidence=confidence
    )


def stratified_share(
    strata: Sequence[Stratum], *, confidence: float = 0.95
) -> Estimate:
    """Estimate the share over several parts, each with a random sample of its own.

    Under ten readings the exact interval of the readings alone stands. A part of which
    nothing was read may hold any share; the coder's stands for it.
    """
    if not 0 < confidence < 1:
        raise ValueError(f"Confidence {confidence} is not between 0 and 1.")
    population = sum(stratum.population for stratum in strata)
    if population <= 0:
        raise ValueError("There is no share of an empty portfolio.")
    read = sum(len(stratum.found) for stratum in strata)
    alone = [_whole(stratum) for stratum in strata]
    parts = [part for stratum in strata for part in _by_suggestion(stratum)]
    method = "assisted" if len(parts) > len(alone) else "random"
    random_low, random_high = _interval(alone, confidence)
    low, high = _interval(parts, confidence)
    if read in (0, population):
        method = "census" if read else "machine"
    elif read < FEW:
        method, parts = "exact", alone
        low, high = _exact(alone, confidence)
    return Estimate(
        value=_value(parts),
        low=low,
        high=high,
        machine=sum(stratum.suggested_in_all for stratum in strata) / population,
        read=read,
        population=population,
        confidence=confidence,
        method=method,
        random_value=_value(alone),
        random_low=random_low,
        random_high=random_high,
        to_halve=_to_halve(parts, high - low, confidence) if read else None,
    )


def difference(first: Estimate, second: Estimate) -> tuple[float, float, float]:
    """Return second minus first of two shares from different units, with its interval.

    The distances of the ends are joined by their squares (R. G. Newcombe, Statistics in
    Medicine 17, 1998, pp. 873-890, method 10; Zou and Donner 2008).
    """
    value = second.value - first.value
    low = value - hypot(second.value - second.low, first.high - first.value)
    high = value + hypot(second.high - second.value, first.value - first.low)
    return value, max(low, -1.0), min(high, 1.0)


def _whole(stratum: Stratum) -> _Part:
    """Return a stratum as one part, after a look at whether its counts can be."""
    read, size, suggested = (
        len(stratum.found),
        stratum.population,
        stratum.suggested_in_all,
    )
    if len(stratum.suggested) != read:
        raise ValueError(
            f"{read} units were read, but {len(stratum.suggested)} have suggestions."
        )
    if read > size:
        raise ValueError(f"{read} units cannot be drawn from {size}.")
    yes = sum(map(bool, stratum.suggested))
    if not yes <= suggested <= size - (read - yes):
        raise ValueError(
            f"{suggested} of {size} units with a suggestion cannot give {yes} in {read}."
        )
    machine = suggested / size if size else 0.0
    return _Part(sum(map(bool, stratum.found)), read, size, machine)


def _by_suggestion(stratum: Stratum) -> list[_Part]:
    """Split a stratum by the coder's suggestion, if units of both kinds were read."""
    pairs = list(zip(stratum.found, stratum.suggested, strict=True))
    yes = [found for found, suggested in pairs if suggested]
    no = [found for found, suggested in pairs if not suggested]
    if not yes or not no:
        return [_whole(stratum)]
    size = stratum.suggested_in_all
    return [
        _Part(sum(map(bool, yes)), len(yes), size, 1.0),
        _Part(sum(map(bool, no)), len(no), stratum.population - size, 0.0),
    ]


def _value(parts: Sequence[_Part]) -> float:
    size = sum(part.size for part in parts)
    return fsum(part.value * part.size for part in parts) / size


def _interval(parts: Sequence[_Part], confidence: float) -> Interval:
    """Return Wilson's interval at the effective sample size of the parts together."""
    size = sum(part.size for part in parts)
    known = [part for part in parts if part.read]
    covered = sum(part.size for part in known)
    if not covered:
        return 0.0, 1.0
    share = _value(known)
    likely = fsum(part.likely * part.size for part in known) / covered
    variance = fsum(part.variance * (part.size / covered) ** 2 for part in known)
    low = high = share
    if variance:
        effective = likely * (1 - likely) / variance
        low, high = wilson(share * effective, effective, None, confidence)
    # A part of which nothing was read may hold none or all.
    low, high = low * covered / size, (high * covered + size - covered) / size
    return _certain(parts, low, high)


def _exact(parts: Sequence[_Part], confidence: float) -> Interval:
    """Return the sum of exact intervals that are all right with the confidence stated."""
    size = sum(part.size for part in parts)
    each = 1 - (1 - confidence) / sum(part.read > 0 for part in parts)
    low, high = 0.0, 0.0
    for part in parts:
        ends = (0.0, 1.0)
        if part.read:
            ends = exact(int(part.found), int(part.read), part.size, each)
        low += ends[0] * part.size / size
        high += ends[1] * part.size / size
    return _certain(parts, low, high)


def _certain(parts: Sequence[_Part], low: float, high: float) -> Interval:
    """Keep an interval within what was found for certain, and around the share."""
    size = sum(part.size for part in parts)
    found = fsum(part.found for part in parts)
    unread = fsum(part.size - part.read for part in parts)
    value = _value(parts)
    low, high = max(low, found / size), min(high, (found + unread) / size)
    return min(low, value), max(high, value)


def _to_halve(parts: Sequence[_Part], width: float, confidence: float) -> int:
    """Return how many more random readings would halve the interval if shares stay."""
    unread = round(fsum(part.size - part.read for part in parts))
    few, many = 0, unread
    while few < many:
        middle = (few + many) // 2
        low, high = _interval(
            [part.after(middle / unread) for part in parts], confidence
        )
        if high - low <= width / 2:
            many = middle
        else:
            few = middle + 1
    return few


def estimated_sum(
    amounts: ArrayLike,
    suggested: Sequence[bool],
    found: Sequence[bool | None],
    *,
    confidence: float = 0.95,
) -> Estimate:
    """Estimate the sum of amounts (budgets) of units that have a code.

    Of all units of a portfolio with an amount: the amount, whether the coder suggests
    the code, and whether readers found it; None where nobody has read. Those read are a
    simple random sample.
    """
    raise NotImplementedError
