"""Estimates helped by the coder: what must always hold, coverage, ppi-python as oracle."""

from math import hypot

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.learning.coverage import CODERS, cells, draw
from benchmarks.learning.intervals import METHODS
from capmap.analysis.assisted import (
    FEW,
    Stratum,
    difference,
    estimated_share,
    estimated_sum,
    stratified_share,
)
from capmap.analysis.intervals import exact, wilson
from capmap.analysis.shares import UNITS
from capmap.wording import LANGUAGES


@st.composite
def samples(draw, largest=60):
    """Arguments of ``estimated_share``: a portfolio and a sample of it."""
    population = draw(st.integers(1, largest))
    suggested_in_all = draw(st.integers(0, population))
    read = draw(st.integers(0, population))
    yes = draw(
        st.integers(
            max(0, read - (population - suggested_in_all)), min(read, suggested_in_all)
        )
    )
    suggested = [True] * yes + [False] * (read - yes)
    found = draw(st.lists(st.booleans(), min_size=read, max_size=read))
    return found, suggested, suggested_in_all, population


@given(samples())
def test_the_interval_holds_the_value_and_what_is_certain(sample):
    found, _, _, population = sample

    estimate = estimated_share(*sample)

    unread = population - len(found)
    assert 0 <= estimate.low <= estimate.value <= estimate.high <= 1
    assert estimate.low >= sum(found) / population - 1e-9 or not found
    assert estimate.high <= (sum(found) + unread) / population + 1e-9
    assert (estimate.read, estimate.population) == (len(found), population)


@given(samples())
def test_yes_and_no_are_treated_alike(sample):
    found, suggested, suggested_in_all, population = sample
    estimate = estimated_share(*sample)

    mirrored = estimated_share(
        [not one for one in found],
        [not one for one in suggested],
        population - suggested_in_all,
        population,
    )

    assert mirrored.value == pytest.approx(1 - estimate.value)
    assert mirrored.low == pytest.approx(1 - estimate.high)
    assert mirrored.high == pytest.approx(1 - estimate.low)
    if found:  # a reading more or less by the last bit
        assert abs(mirrored.to_halve - estimate.to_halve) <= 1


@given(samples(), st.data())
def test_finding_one_more_never_lowers_the_estimate_nor_its_ends_by_much(sample, data):
    found, suggested, suggested_in_all, population = sample
    estimate = estimated_share(*sample)
    if all(found):
        return
    place = data.draw(st.sampled_from([i for i, one in enumerate(found) if not one]))
    more = [*found]
    more[place] = True

    after = estimated_share(more, suggested, suggested_in_all, population)

    assert after.value >= estimate.value - 1e-12
    # The parts' weights in the variance move too: by two hundredths at most, with few read.
    assert after.low >= estimate.low - 0.02
    assert after.high >= estimate.high - 0.02


@given(samples())
def test_a_census_closes_the_interval_and_nothing_read_leaves_it_open(sample):
    found, _, suggested_in_all, population = sample
    estimate = estimated_share(*sample)

    if len(found) == population:
        assert estimate.method == "census"
        assert estimate.low == estimate.high == pytest.approx(sum(found) / population)
        assert estimate.to_halve == 0
    if not found:
        assert estimate.method == "machine"
        assert (estimate.low, estimate.high, estimate.to_halve) == (0, 1, None)
        assert estimate.value == estimate.machine == suggested_in_all / population
    if 0 < len(found) < min(FEW, population):
        assert estimate.method == "exact"
        assert (estimate.low, estimate.high) == pytest.approx(
            exact(sum(found), len(found), population, 0.95)
        )


@given(st.lists(st.booleans(), min_size=FEW, max_size=60), st.integers(1, 500))
def test_a_coder_that_says_nothing_leaves_the_random_sample_as_it_is(found, more):
    read = len(found)

    estimate = estimated_share(found, [False] * read, 0, read + more)

    assert estimate.method == "random"
    assert (estimate.low, estimate.high) == pytest.approx(
        wilson(sum(found), read, read + more, 0.95)
    )
    assert (estimate.random_low, estimate.random_high) == (estimate.low, estimate.high)


def test_no_error_in_the_sample_does_not_close_the_interval():
    found = [True] * 20 + [False] * 40

    estimate = estimated_share(found, found, 140, 412)

    assert estimate.value == pytest.approx(140 / 412)
    assert 0.02 < estimate.high - estimate.low < 0.10
    assert estimate.high - estimate.low < estimate.random_high - estimate.random_low


def test_reading_as_many_more_as_said_about_halves_the_interval():
    found, suggested = [True, False, False] * 40, [True, False, True] * 40
    estimate = estimated_share(found, suggested, 400, 600)
    times = (120 + estimate.to_halve) / 120

    after = estimated_share(
        ([True, False, False] * round(40 * times)),
        ([True, False, True] * round(40 * times)),
        400,
        600,
    )

    width, aim = after.high - after.low, (estimate.high - estimate.low) / 2
    assert width == pytest.approx(aim, rel=0.03)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([True], [], 0, 5), "1 units were read; 0"),
        (([True], [True], 0, 5), "cannot be drawn"),
        (([True] * 6, [True] * 6, 5, 5), "cannot be drawn"),
        (([], [], 0, 0), "empty portfolio"),
    ],
)
def test_what_cannot_be_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        estimated_share(*arguments)


def test_the_value_is_that_of_tuned_prediction_powered_inference():
    """Post-stratified by yes and no: the same as tuned by the regression on the coder."""
    ppi_py = pytest.importorskip("ppi_py", reason="uv pip install ppi-python")
    chance = np.random.default_rng(1)
    for _ in range(20):
        found, suggested = chance.random(80) < 0.4, chance.random(80) < 0.5
        tuning = found[suggested].mean() - found[~suggested].mean()
        everywhere = np.array([1.0] * 300 + [0.0] * 500)

        oracle = ppi_py.ppi_mean_pointestimate(
            found * 1.0, suggested * 1.0, everywhere, lam=tuning
        )
        ours = estimated_share(found.tolist(), suggested.tolist(), 300, 800)

        assert ours.value == pytest.approx(np.squeeze(oracle).item())


def test_coverage_and_width_over_the_grid():
    """A small form of benchmarks/learning/coverage.py: mean over cells, by coder."""
    names = ("random sample alone, Wilson", "capmap")

    found = [
        cell
        for cell in cells(80, 4, (50, 1_000), (0.05, 0.2, 0.5), names)
        if cell.method == "capmap"
    ]

    # A good coder errs so seldom that small samples show no error: more is held then.
    most = {"excellent": 0.995, "good": 0.98}
    for coder in CODERS:
        held = [cell.coverage for cell in found if cell.coder == coder]
        assert 0.94 <= np.mean(held) <= most.get(coder, 0.97)
    good = [cell.relative for cell in found if cell.coder == "good"]
    useless = [cell.relative for cell in found if cell.coder == "useless"]
    assert np.mean(good) < 0.8
    assert np.mean(useless) < 1.05


def test_a_normal_interval_fails_where_ours_holds():
    """Why the difference estimator of prediction-powered inference is not the default."""
    chance = np.random.default_rng(2)
    draws, true = draw(1_000, 0.3, CODERS["excellent"], 30, 400, chance)
    held = {
        name: np.mean((low <= true) & (true <= high))
        for name in ("difference estimator, t", "capmap")
        for low, high in [METHODS[name](draws)]
    }

    assert held["difference estimator, t"] < 0.8
    assert held["capmap"] > 0.93


def test_strata_are_weighted_by_their_size():
    small = Stratum([True] * 20, [True] * 20, 40, 40)
    large = Stratum([False] * 20, [False] * 20, 0, 360)

    estimate = stratified_share([small, large])

    assert estimate.value == pytest.approx(0.1)
    assert estimate.population == 400
    assert estimate.low < 0.1 < estimate.high < 0.25


def test_a_stratum_of_which_nothing_was_read_may_hold_any_share():
    read = Stratum([True, False] * 20, [True, False] * 20, 100, 200)
    unread = Stratum([], [], 30, 50)

    estimate = stratified_share([read, unread])

    assert estimate.value == pytest.approx((100 + 30) / 250)
    assert estimate.high - estimate.low >= 50 / 250


def test_a_difference_joins_the_distances_by_their_squares():
    first = estimated_share([True, False] * 20, [True, False] * 20, 100, 200)
    second = estimated_share([True] * 30 + [False] * 10, [True] * 40, 400, 400)

    value, low, high = difference(first, second)

    assert value == pytest.approx(second.value - first.value)
    assert value - low == pytest.approx(
        hypot(second.value - second.low, first.high - first.value)
    )
    assert high - value == pytest.approx(
        hypot(second.high - second.value, first.value - first.low)
    )


def test_nothing_changes_between_a_share_and_itself_when_all_is_read():
    whole = estimated_share([True, False], [True, False], 1, 2)

    assert difference(whole, whole) == (0, 0, 0)


@given(
    st.lists(
        st.tuples(
            st.floats(1, 1e6), st.booleans(), st.sampled_from([None, True, False])
        ),
        min_size=1,
        max_size=40,
    )
)
def test_a_sum_is_within_what_is_certain(units):
    amounts, suggested, found = (list(column) for column in zip(*units, strict=True))
    sure = sum(a for a, f in zip(amounts, found, strict=True) if f)
    open_ = sum(a for a, f in zip(amounts, found, strict=True) if f is None)

    estimate = estimated_sum(amounts, suggested, found)

    tiny = 1e-9 * sum(amounts)
    assert sure - tiny <= estimate.low <= estimate.value + tiny
    assert estimate.value - tiny <= estimate.high <= sure + open_ + tiny


@given(samples())
def test_a_sum_of_ones_is_a_share(sample):
    found, suggested, suggested_in_all, population = sample
    unread_yes = suggested_in_all - sum(suggested)
    unread_no = population - len(found) - unread_yes

    sum_ = estimated_sum(
        [1] * population,
        [*suggested, *[True] * unread_yes, *[False] * unread_no],
        [*found, *[None] * (unread_yes + unread_no)],
    )

    if len(found) >= FEW or len(found) in (0, population):
        share = estimated_share(*sample)
        assert sum_.value == pytest.approx(share.value * population)
        assert sum_.low == pytest.approx(share.low * population, abs=1e-9)
        assert sum_.high == pytest.approx(share.high * population)


def test_one_large_budget_that_nobody_read_widens_the_interval():
    amounts = [10.0] * 99
    found = [True, False] * 20 + [None] * 59
    suggested = [True, False] * 49 + [True]

    small = estimated_sum([*amounts, 10.0], [*suggested, True], [*found, None])
    large = estimated_sum([*amounts, 500.0], [*suggested, True], [*found, None])

    width = [(e.high - e.low) / t for e, t in ((small, 1_000), (large, 1_490))]
    assert width[1] > 1.5 * width[0]


@pytest.mark.parametrize("amounts", [[-1.0, 2.0], [0.0, 0.0], [1.0], [1.0, np.nan]])
def test_amounts_that_cannot_be_are_refused(amounts):
    with pytest.raises(ValueError, match="mounts"):
        estimated_sum(amounts, [True, False], [True, None])


SENTENCES = {
    (
        "en",
        "share",
    ): "about 144~of~412 interventions (35~per cent; 95% interval 28~to~42)",
    (
        "fr",
        "share",
    ): "environ 144~interventions sur~412 (35~pour cent~; intervalle à 95~% de 28~à~42)",
    (
        "es",
        "share",
    ): "aproximadamente 144~de~412 intervenciones (35~por ciento; intervalo del 95~% de 28~a~42)",
    (
        "en",
        "none",
    ): "none of~60 interventions, drawn at random from 412 (95% interval 0~to~5~per cent)",
}


@pytest.mark.parametrize(("language", "case"), SENTENCES)
def test_an_estimate_is_said_in_three_languages(language, case):
    found = [True] * 20 + [False] * 40 if case == "share" else [False] * 60
    estimate = estimated_share(found, [True] * 15 + [False] * 45, 110, 412)
    if case == "none":
        estimate = estimated_share(found, [False] * 60, 0, 412)

    said = estimate.sentence("interventions", language).replace("\xa0", "~")

    assert said == SENTENCES[language, case]


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("language", LANGUAGES)
@settings(max_examples=30)
@given(sample=samples(30))
def test_every_estimate_can_be_said(unit, language, sample):
    estimate = estimated_share(*sample)

    said = [
        estimate.sentence(unit, language),
        estimate.how(unit, language),
        estimate.more(language),
    ]

    assert not any("{" in text for text in said)
    assert str(estimate.population) in said[1]
    assert bool(said[2]) == bool(estimate.to_halve)
