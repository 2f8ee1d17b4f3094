"""Shares: the figures of the source paper, scipy as oracle, exact coverage, the words."""

from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from capmap.analysis.intervals import (
    exact,
    hypergeometric_tail,
    upper_bound_of_none,
    wilson,
)
from capmap.analysis.shares import (
    UNITS,
    per_cent,
    rounded_ends,
    rounded_per_cent,
    share,
)
from capmap.wording import LANGUAGES


@st.composite
def counts(draw, largest=400):
    whole = draw(st.integers(1, largest))
    return draw(st.integers(0, whole)), whole


def test_29_of_50_is_58_per_cent_between_44_and_71():
    result = share(29, 50)

    assert result.value == 0.58
    assert round(100 * result.low, 1) == 44.2
    assert round(100 * result.high, 1) == 70.6


def test_a_share_of_nothing_is_none_never_zero():
    result = share(0, 0)

    assert (result.value, result.low, result.high) == (None, None, None)
    assert result.method == ""


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"numerator": 3, "denominator": 2}, "3 of 2"),
        ({"numerator": -1, "denominator": 2}, "-1 of 2"),
        ({"numerator": 1, "denominator": 2, "population": 1}, "population of 1"),
        ({"numerator": 1, "denominator": 2, "confidence": 1.0}, "Confidence"),
        ({"numerator": 1, "denominator": 2, "method": "wald"}, "wald"),
    ],
)
def test_what_cannot_be_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        share(**arguments)


@given(counts(), st.sampled_from([0.8, 0.95, 0.99]))
def test_wilson_agrees_with_scipy(case, confidence):
    k, n = case
    oracle = stats.binomtest(k, n).proportion_ci(confidence, method="wilson")

    assert wilson(k, n, None, confidence) == pytest.approx(
        (oracle.low, oracle.high), abs=1e-9
    )


@given(counts(), st.sampled_from([0.8, 0.95, 0.99]))
def test_exact_agrees_with_scipy(case, confidence):
    k, n = case
    oracle = stats.binomtest(k, n).proportion_ci(confidence, method="exact")

    assert exact(k, n, None, confidence) == pytest.approx(
        (oracle.low, oracle.high), abs=1e-9
    )


def test_large_counts_keep_their_precision():
    assert exact(300_000, 1_000_000, None, 0.95)[0] == pytest.approx(
        stats.beta.ppf(0.025, 300_000, 700_001), rel=1e-9
    )


@given(st.data())
def test_the_hypergeometric_tail_is_the_sum_of_its_terms(data):
    population = data.draw(st.integers(0, 60))
    cases = data.draw(st.integers(0, population))
    drawn = data.draw(st.integers(0, population))
    at_least = data.draw(st.integers(-1, population + 1))
    ways = sum(
        comb(cases, x) * comb(population - cases, drawn - x)
        for x in range(max(at_least, 0), drawn + 1)
    )

    assert hypergeometric_tail(at_least, cases, drawn, population) == pytest.approx(
        ways / comb(population, drawn), abs=1e-9
    )


def binomial_coverage(method, n, share_of_all):
    """Exact chance that the interval of a sample of n holds the true share."""
    return sum(
        float(stats.binom.pmf(k, n, share_of_all))
        for k in range(n + 1)
        if method(k, n, None, 0.95)[0] <= share_of_all <= method(k, n, None, 0.95)[1]
    )


@pytest.mark.parametrize("n", [10, 25, 50])
def test_exact_never_covers_less_than_it_says(n):
    for true in range(1, 100):
        assert binomial_coverage(exact, n, true / 100) >= 0.95 - 1e-9


@pytest.mark.parametrize("n", [10, 25, 50])
def test_wilson_covers_95_per_cent_on_average_and_never_under_83(n):
    # Known dips of the score interval near 0 and 1 (Agresti and Coull 1998).
    coverages = [binomial_coverage(wilson, n, true / 200) for true in range(1, 200)]

    assert 0.94 <= sum(coverages) / len(coverages) <= 0.97
    assert min(coverages) >= 0.83


def finite_coverage(method, n, cases, population):
    chances = stats.hypergeom.pmf(range(n + 1), population, cases, n)
    ends = [
        method(k, n, population, 0.95) if chance else (0, 0)
        for k, chance in enumerate(chances)
    ]
    true = cases / population
    return sum(
        float(chance)
        for chance, (low, high) in zip(chances, ends, strict=True)
        if low - 1e-12 <= true <= high + 1e-12
    )


@pytest.mark.parametrize(("n", "population"), [(20, 60), (50, 80), (59, 60)])
def test_of_a_known_portfolio_exact_covers_what_it_says(n, population):
    for cases in range(population + 1):
        assert finite_coverage(exact, n, cases, population) >= 0.95 - 1e-9


@pytest.mark.parametrize(("n", "population"), [(20, 60), (50, 80), (40, 400)])
def test_of_a_known_portfolio_wilson_covers_95_per_cent_on_average(n, population):
    coverages = [
        finite_coverage(wilson, n, cases, population) for cases in range(population + 1)
    ]

    assert sum(coverages) / len(coverages) >= 0.94


@given(counts(100), st.integers(0, 300), st.sampled_from(["wilson", "exact"]))
def test_a_known_portfolio_narrows_and_a_census_closes_the_interval(case, more, method):
    k, n = case
    sample = share(k, n, method=method)
    known = share(k, n, population=n + more, method=method)

    assert 0 <= known.low <= known.value <= known.high <= 1
    assert known.low >= k / (n + more) - 1e-12
    assert known.high <= (n + more - (n - k)) / (n + more) + 1e-12
    if method == "wilson":
        assert known.high - known.low <= sample.high - sample.low + 1e-12
    if more == 0:
        assert known.method == "census"
        assert known.low == known.value == known.high


def test_zero_of_six_still_allows_39_per_cent():
    assert rounded_per_cent(upper_bound_of_none(6)) == 39
    assert upper_bound_of_none(6) == pytest.approx(stats.beta.ppf(0.95, 1, 6))


def test_rounding_is_half_up_and_hides_neither_something_nor_a_lack():
    assert per_cent(1, 8, "en") == "13\xa0per cent"
    assert per_cent(3, 8, "fr") == "38\xa0pour cent"
    assert per_cent(1, 201, "en") == "under 1\xa0per cent"
    assert per_cent(200, 201, "es") == "más del 99\xa0por ciento"
    assert rounded_ends(0.4423, 0.7062) == (44, 71)
    assert rounded_ends(0.00182, 0.00364) == (0.2, 0.4)
    assert rounded_ends(0.5, 0.5) == (50, 50)


SENTENCES = {
    ("en", 29, 50): "29~of~50 programmes (58~per cent; 95% interval 44~to~71)",
    (
        "fr",
        29,
        50,
    ): "29~programmes sur~50 (58~pour cent~; intervalle à 95~% de 44~à~71)",
    ("es", 29, 50): "29~de~50 programas (58~por ciento; intervalo del 95~% de 44~a~71)",
    ("en", 0, 12): "none of~12 programmes (95% interval 0~to~24~per cent)",
    ("fr", 0, 12): "aucun programme sur~12 (intervalle à 95~% de 0~à~24~pour cent)",
    (
        "es",
        0,
        12,
    ): "ninguno de~12 programas (intervalo del 95~% de 0~a~24~por ciento)",
    ("en", 12, 12): "all~12 programmes (95% interval 76~to~100~per cent)",
    ("en", 1, 1): "the only programme (95% interval 21~to~100~per cent)",
    ("fr", 1, 1): "le seul programme (intervalle à 95~% de 21~à~100~pour cent)",
    ("fr", 1, 50): "1~programme sur~50 (2~pour cent~; intervalle à 95~% de 0~à~10)",
    ("en", 1, 50): "1~of~50 programmes (2~per cent; 95% interval 0~to~10)",
    ("es", 0, 0): "ningún programa del que calcular la proporción",
}


@pytest.mark.parametrize(("language", "part", "whole"), SENTENCES)
def test_the_sentence_in_three_languages(language, part, whole):
    sentence = share(part, whole).sentence("programmes", language)

    assert sentence.replace("\xa0", "~") == SENTENCES[language, part, whole]


def test_a_census_says_why_there_is_no_interval():
    assert "no interval" in share(29, 50, population=50).sentence("interventions", "en")
    assert "sans intervalle" in share(0, 9, population=9).sentence("passages", "fr")


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "case", [(0, 0), (0, 1), (1, 1), (0, 7), (1, 7), (5, 7), (7, 7)]
)
@pytest.mark.parametrize("population", [None, 7])
def test_every_unit_can_be_said_in_every_case(unit, language, case, population):
    sentence = share(*case, population=population).sentence(unit, language)

    assert "{" not in sentence
    assert sentence.count("(") == sentence.count(")") == bool(case[1])
