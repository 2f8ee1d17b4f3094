"""A share of a portfolio with its interval, and the sentence that states it.

Rounding is decided here, once: what people read is rounded half up (12.5 becomes 13),
because that is what readers do by hand; Python's ``round`` would give 12. A share that
is not nothing is never written as 0, nor one that is not all as 100: "under 1 per cent"
and "over 99 per cent" stand instead. The ends of an interval are whole per cent too, but
finer where both would look alike. Tables hold the unrounded values.
"""

from dataclasses import dataclass
from math import floor
from typing import Literal

from capmap.analysis.intervals import exact, wilson
from capmap.wording import Wording

Method = Literal["wilson", "exact", "coded"]

#: What can be counted in a sentence: keys ``some_<unit>`` and so on of the wording.
UNITS = ("interventions", "programmes", "passages", "outcomes")


@dataclass(frozen=True, slots=True)
class Share:
    """``numerator`` of ``denominator``; ``low`` and ``high`` are the ends of its interval.

    All three shares are between 0 and 1, and None, never 0, where the denominator is 0.
    ``method`` is wilson, exact, census (all were counted: the ends are the share
    itself), coded (the codes as they stand: no ends) or "" (a share of nothing).
    """

    numerator: int
    denominator: int
    value: float | None
    low: float | None
    high: float | None
    population: int | None
    confidence: float
    method: str

    def sentence(self, unit: str, language: str) -> str:
        """State the share in words; ``unit`` is one of ``UNITS``.

        >>> share(29, 50).sentence("programmes", "en").replace("\\xa0", " ")
        '29 of 50 programmes (58 per cent; 95% interval 44 to 71)'
        """
        words = Wording("analysis", language)
        if self.value is None:
            return words.say(f"nothing_{unit}")
        extreme = self.numerator in (0, self.denominator)
        cases = said_cases(self.numerator, self.denominator, unit, words)
        values: dict[str, object] = {"cases": cases}
        if not extreme:
            values["per_cent"] = per_cent(self.numerator, self.denominator, language)
        if self.method == "coded":
            return cases if extreme else words.say("share_coded", **values)
        if self.method == "census":
            return words.say(
                "share_census_all_or_none" if extreme else "share_census", **values
            )
        low, high = rounded_ends(self.low or 0.0, self.high or 0.0)
        return words.say(
            "share_all_or_none" if extreme else "share_with_interval",
            confidence=words.number(round(self.confidence * 100, 6)),
            low=words.number(low),
            high=words.number(high),
            **values,
        )


def said_cases(part: int, whole: int, unit: str, words: Wording) -> str:
    """Say "29 of 50 programmes", "none of 12 programmes" or "all 12 programmes".

    ``words`` are those of the topic analysis, ``unit`` is one of ``UNITS``.
    """
    key = "none" if part == 0 else "all" if part == whole else "some"
    # "1 of 50 programmes", "1 programme sur 50": French counts the part.
    counts_the_part = words.language == "fr" and key == "some"
    return words.say(
        f"{key}_{unit}",
        count=part if counts_the_part else whole,
        part=part,
        whole=whole,
    )


def share(
    numerator: int,
    denominator: int,
    *,
    population: int | None = None,
    confidence: float = 0.95,
    method: Method = "wilson",
) -> Share:
    """Return ``numerator`` of ``denominator`` as a share with its interval.

    ``population`` is the size of the known portfolio from which the sample was drawn at
    random without replacement; None means an unlimited one. If all of it was counted,
    this is a census: the interval shrinks to the share and ``method`` says so. With
    ``coded`` the codes are counted as they stand, and no interval is claimed. Formulas and
    sources of ``wilson`` (default) and ``exact``: capmap.analysis.intervals.

    >>> result = share(29, 50)
    >>> round(result.low, 3), round(result.high, 3)
    (0.442, 0.706)
    >>> share(0, 0).value is None
    True
    """
    _refuse_the_impossible(numerator, denominator, population, confidence, method)
    value = low = high = None
    used: str = method
    if denominator == 0:
        used = ""
    elif method == "coded":
        value = numerator / denominator
    elif population == denominator:
        value = low = high = numerator / denominator
        used = "census"
    else:
        value = numerator / denominator
        interval = wilson if method == "wilson" else exact
        low, high = interval(numerator, denominator, population, confidence)
    return Share(numerator, denominator, value, low, high, population, confidence, used)


def _refuse_the_impossible(
    numerator: int,
    denominator: int,
    population: int | None,
    confidence: float,
    method: str,
) -> None:
    if not 0 <= numerator <= denominator:
        raise ValueError(f"A share of {numerator} of {denominator} cannot be.")
    if population is not None and population < denominator:
        raise ValueError(
            f"A sample of {denominator} cannot come from a population of {population}."
        )
    if not 0 < confidence < 1:
        raise ValueError(f"Confidence {confidence} is not between 0 and 1.")
    if method not in ("wilson", "exact", "coded"):
        raise ValueError(f"Method {method!r} is neither wilson, exact nor coded.")


def per_cent(numerator: int, denominator: int, language: str) -> str:
    """Write a share in words, rounded half up, from the counts so that no bit is lost.

    >>> per_cent(1, 8, "en"), per_cent(1, 400, "en")
    ('13\\xa0per cent', 'under 1\\xa0per cent')
    """
    words = Wording("analysis", language)
    if 0 < 100 * numerator < denominator:
        return words.say("per_cent_under_1")
    if 0 < 100 * (denominator - numerator) < denominator:
        return words.say("per_cent_over_99")
    return words.say(
        "per_cent", value=(200 * numerator + denominator) // (2 * denominator)
    )


def rounded_per_cent(value: float, digits: int = 0) -> float:
    """Round a share to per cent, half up.

    >>> rounded_per_cent(0.125)
    13
    """
    scale: int = 10**digits
    rounded = floor(value * 100 * scale + 0.5)
    return rounded if digits == 0 else rounded / scale


def rounded_ends(low: float, high: float) -> tuple[float, float]:
    """Round the ends of an interval to whole per cent, finer if they would look alike.

    >>> rounded_ends(0.442, 0.706), rounded_ends(0.0018, 0.0036)
    ((44, 71), (0.2, 0.4))
    """
    digits = 0
    while digits < 3 and (
        rounded_per_cent(low, digits) == rounded_per_cent(high, digits)
    ):
        digits += 1
    return rounded_per_cent(low, digits), rounded_per_cent(high, digits)


def rounded_amount(amount: float, digits: int = 3) -> int:
    """Round an amount of money half up, to the first ``digits`` that tell and to units.

    >>> rounded_amount(1_234_567), rounded_amount(1_235_000), rounded_amount(87.5)
    (1230000, 1240000, 88)
    """
    scale: int = 10 ** max(0, len(str(int(abs(amount)))) - digits)
    return floor(amount / scale + 0.5) * scale
