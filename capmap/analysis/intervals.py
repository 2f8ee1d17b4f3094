"""Intervals for a share, and the chance laws under them.

A share of a sample says something about the portfolio it was drawn from only together
with its interval. Two methods: Wilson's score interval (near its nominal coverage on
average) and the exact one of Clopper and Pearson (never below it, therefore wider).
scipy.stats would give the same; it takes two seconds to import and its hypergeometric law
twenty times as long for one number, so it stands as the oracle of the tests.
"""

from math import exp, lgamma, sqrt
from statistics import NormalDist

Interval = tuple[float, float]


def wilson(
    numerator: float, denominator: float, population: int | None, confidence: float
) -> Interval:
    """Return Wilson's score interval, corrected for a finite population.

    With p = k/n and z the normal quantile, the ends are the shares P that the score test
    does not reject: |p - P| <= z sqrt(P(1 - P)/n) (E. B. Wilson, Journal of the American
    Statistical Association 22, 1927, pp. 209-212). Drawn without replacement from N, the
    variance of p is P(1 - P)/n times (N - n)/(N - 1) (W. G. Cochran, Sampling
    Techniques, 3rd ed. 1977, section 2.6 with 3.2), so that z squared is multiplied by
    that factor and the same quadratic is solved::

        z2 = z^2 (N - n)/(N - 1)
        (p + z2/2n +- sqrt(z2 p(1 - p)/n + z2^2/4n^2)) / (1 + z2/n)

    The k cases found and the n - k others are in the population for certain, so the ends
    are kept within k/N and (N - n + k)/N. With n = N both ends are p.
    """
    k, n = numerator, denominator
    share = k / n
    z2 = NormalDist().inv_cdf((1 + confidence) / 2) ** 2
    if population is not None:
        z2 *= (population - n) / (population - 1) if population > 1 else 0.0
    middle = share + z2 / (2 * n)
    half = sqrt(z2 * share * (1 - share) / n + (z2 / (2 * n)) ** 2)
    low = (middle - half) / (1 + z2 / n)
    high = (middle + half) / (1 + z2 / n)
    if population is not None:
        low = max(low, k / population)
        high = min(high, (population - n + k) / population)
    # Rounding of the last bit must not push an end past what can be, or past the share.
    low = 0.0 if k == 0 else min(low, share)
    high = 1.0 if k == n and population is None else max(high, share)
    return max(low, 0.0), min(high, 1.0)


def exact(
    numerator: int, denominator: int, population: int | None, confidence: float
) -> Interval:
    """Return the exact interval: each end leaves (1 - confidence)/2 beyond it.

    From an unlimited population the ends are quantiles of beta laws (C. J. Clopper and
    E. S. Pearson, Biometrika 26, 1934, pp. 404-413). From a finite one they are the
    fewest and the most cases in it for which a sample like this one is not too unlikely,
    by the hypergeometric law (T. Wright, Exact Confidence Bounds when Sampling from
    Small Finite Universes, 1991).
    """
    tail = (1 - confidence) / 2
    low = lower_bound(numerator, denominator, population, tail)
    return low, 1 - lower_bound(denominator - numerator, denominator, population, tail)


def lower_bound(
    numerator: int, denominator: int, population: int | None, tail: float
) -> float:
    """Return the lowest share under which ``numerator`` or more has chance ``tail`` or more."""
    k, n = numerator, denominator
    if k == 0:
        return 0.0
    if population is None:
        # Half a second to import, for the one case that needs it.
        from scipy.special import betaincinv

        return float(betaincinv(k, n - k + 1, tail))
    fewest, most = k, population - n + k
    while fewest < most:
        cases = (fewest + most) // 2
        if hypergeometric_tail(k, cases, n, population) > tail:
            most = cases
        else:
            fewest = cases + 1
    return fewest / population


def upper_bound_of_none(denominator: int, confidence: float = 0.95) -> float:
    """Return the share that 0 of ``denominator`` still allows, one-sided and exact.

    The share P at which seeing none has chance 1 - confidence: (1 - P)^n.

    >>> round(upper_bound_of_none(6), 2)
    0.39
    """
    return 1.0 - float((1 - confidence) ** (1 / denominator))


def hypergeometric_tail(
    at_least: int, cases: int, drawn: int, population: int
) -> float:
    """Return the chance of ``at_least`` or more cases among ``drawn`` from ``population``.

    ``cases`` of the population have the property. The shorter side is summed, each term
    from the one before it.

    >>> round(hypergeometric_tail(1, 2, 2, 4), 4)
    0.8333
    """
    fewest = max(0, drawn + cases - population)
    most = min(drawn, cases)
    if at_least <= fewest:
        return 1.0
    if at_least > most:
        return 0.0
    mode = (drawn + 1) * (cases + 1) // (population + 2)
    if at_least > mode:
        return _sum_of_terms(at_least, most, cases, drawn, population)
    # Below the mode the terms fall towards the left: sum them from the right end.
    return 1 - _sum_of_terms(at_least - 1, fewest, cases, drawn, population)


def _sum_of_terms(
    start: int, end: int, cases: int, drawn: int, population: int
) -> float:
    """Sum hypergeometric terms from ``start`` to ``end``, away from the mode."""
    term = exp(
        _log_choose(cases, start)
        + _log_choose(population - cases, drawn - start)
        - _log_choose(population, drawn)
    )
    total = 0.0
    step = 1 if end >= start else -1
    for x in range(start, end + step, step):
        total += term
        if term < total * 1e-17:
            break
        if step == 1:
            ratio = (cases - x) * (drawn - x)
            term *= ratio / ((x + 1) * (population - cases - drawn + x + 1))
        elif x > end:
            ratio = x * (population - cases - drawn + x)
            term *= ratio / ((cases - x + 1) * (drawn - x + 1))
    return min(total, 1.0)


def _log_choose(n: int, k: int) -> float:
    return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)
