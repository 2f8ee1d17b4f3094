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

Its interval is Wilson's at the effective sample size (capmap.analysis.effective_sample),
chosen by simulation among nine: benchmarks/learning/coverage.py. A sum of budgets is the
share of all money times all money, post-stratified in the same way.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import hypot

import numpy as np
from numpy.typing import ArrayLike, NDArray

from capmap.analysis.effective_sample import (
    Part,
    counted,
    effective_interval,
    exact_interval,
    kept_apart,
    readings_to_halve,
    share_of,
    together,
)
from capmap.analysis.shares import (
    per_cent,
    rounded_amount,
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
        'about 140 of 412 interventions (34 per cent; 95% interval 31 to 37)'
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
            # Of the share itself: rounded cases of a small portfolio are off by a point.
            "per_cent": per_cent(round(self.value * 10**6), 10**6, words.language),
        }

    def sum_sentence(self, currency: str, language: str) -> str:
        """State a sum in words, to three digits that tell.

        >>> budgets = [1_200_000, 300_000, 2_500_000, 80_000] * 10
        >>> found = [True, False, True, None] * 10
        >>> sum_ = estimated_sum(budgets, [True] * 40, found)
        >>> sum_.sum_sentence("USD", "en").replace("\\xa0", " ")
        'about USD 37,700,000 (95% interval 37,600,000 to 37,800,000)'
        """
        words = Wording("estimates", language)
        kind = self.method if self.method in ("census", "machine") else "with_interval"
        return words.say(
            f"sum_{kind}",
            currency=currency,
            value=rounded_amount(self.value),
            confidence=words.number(round(self.confidence * 100, 6)),
            low=rounded_amount(self.low),
            high=rounded_amount(self.high),
        )

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


#: Under so many readings the exact interval of the readings alone stands.
FEW = 10


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
    (0.348, 0.284, 0.419)
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
    pairs = [_by_suggestion(stratum) for stratum in strata]
    alone = [together(pair) for pair in pairs]
    parts = [part for pair in pairs for part in kept_apart(pair)]
    machine = sum(stratum.suggested_in_all for stratum in strata) / population
    estimate = _estimate(alone, parts, machine, read, population, confidence)
    if not 0 < read < min(FEW, population):
        return estimate
    low, high = exact_interval(alone, confidence)
    return replace(
        estimate,
        value=estimate.random_value,
        low=low,
        high=high,
        method="exact",
        to_halve=readings_to_halve(alone, population - read, high - low, confidence),
    )


def _estimate(
    alone: Sequence[Part],
    parts: Sequence[Part],
    machine: float,
    read: int,
    population: int,
    confidence: float,
) -> Estimate:
    """Return the estimate from ``parts``, with what the readings ``alone`` would say."""
    method = "assisted" if len(parts) > len(alone) else "random"
    if read in (0, population):
        method = "census" if read else "machine"
    low, high = effective_interval(parts, confidence)
    random_low, random_high = effective_interval(alone, confidence)
    more = readings_to_halve(parts, population - read, high - low, confidence)
    return Estimate(
        value=share_of(parts),
        low=low,
        high=high,
        machine=machine,
        read=read,
        population=population,
        confidence=confidence,
        method=method,
        random_value=share_of(alone),
        random_low=random_low,
        random_high=random_high,
        to_halve=more if read else None,
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


def _by_suggestion(stratum: Stratum) -> tuple[Part, Part]:
    """Return the part with the code suggested and that without, if the counts can be."""
    found, suggested = stratum.found, stratum.suggested
    read, size, in_all = len(found), stratum.population, stratum.suggested_in_all
    if len(suggested) != read:
        raise ValueError(f"{read} units were read; {len(suggested)} have suggestions.")
    yes = sum(map(bool, suggested))
    if not (yes <= in_all and read - yes <= size - in_all):
        raise ValueError(
            f"{read} units, {yes} of them with the code suggested, cannot be drawn from "
            f"{size} with {in_all}."
        )
    found_yes = sum(
        1 for one, other in zip(found, suggested, strict=True) if one and other
    )
    found_no = sum(map(bool, found)) - found_yes
    return (
        counted(found_yes, yes, in_all, 1.0),
        counted(found_no, read - yes, size - in_all, 0.0),
    )


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
    simple random sample. Amounts are of one currency and not below 0.

    >>> amounts = [100, 20, 30, 50, 80, 10]
    >>> suggested = [True, True, False, False, True, False]
    >>> estimate = estimated_sum(amounts, suggested, [True, None, False, None, None, False])
    >>> round(estimate.value), round(estimate.low), round(estimate.high)
    (200, 100, 250)
    """
    if not 0 < confidence < 1:
        raise ValueError(f"Confidence {confidence} is not between 0 and 1.")
    money = np.asarray(amounts, dtype=float)
    if not len(money) == len(suggested) == len(found):
        raise ValueError("Amounts, suggestions and findings are not of the same units.")
    total = float(money.sum())
    if not (money >= 0).all() or not 0 < total < float("inf"):
        raise ValueError("Amounts must be numbers of 0 or more, and one more than 0.")
    yes = np.asarray(suggested, dtype=bool)
    read = np.array([holds is not None for holds in found])
    holds = np.array([bool(holds) for holds in found])
    machine = float(money[yes].sum())
    pair = [
        _weighed(money[part], read[part], holds[part], share)
        for part, share in ((yes, 1.0), (~yes, 0.0))
    ]
    share = _estimate(
        [together(pair)],
        kept_apart(pair),
        machine,
        int(read.sum()),
        len(money),
        confidence,
    )
    return replace(
        share,
        value=share.value * total,
        low=share.low * total,
        high=share.high * total,
        random_value=share.random_value * total,
        random_low=share.random_low * total,
        random_high=share.random_high * total,
    )


def _weighed(
    money: NDArray[np.float64],
    read: NDArray[np.bool_],
    holds: NDArray[np.bool_],
    machine: float,
) -> Part:
    return Part(
        float(money[read & holds].sum()),
        float(money[read].sum()),
        float(money.sum()),
        len(money),
        float((money[read] ** 2).sum()),
        float((money[~read] ** 2).sum()),
        machine,
    )


def among_more(estimate: Estimate, empty: int) -> Estimate:
    """Return a share among ``empty`` units more, in which nothing can be found.

    They need no reading: an intervention without a text is one.
    """
    population = estimate.population + empty
    part = estimate.population / population
    return replace(
        estimate,
        value=estimate.value * part,
        low=estimate.low * part,
        high=estimate.high * part,
        machine=estimate.machine * part,
        population=population,
        random_value=estimate.random_value * part,
        random_low=estimate.random_low * part,
        random_high=estimate.random_high * part,
    )
