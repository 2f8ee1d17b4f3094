"""The figures behind learning: weights, calibration, thresholds, scores."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import approx_fprime
from scipy.sparse import random_array
from scipy.special import expit, logit

from capmap.coding.evaluation import read_examples, score
from capmap.coding.learned import fitting
from capmap.coding.learned.choosing import is_surely_better
from capmap.coding.learned.combined import CombinedCoder
from capmap.coding.learned.report import f1s, facet_scores, reliability
from capmap.coding.learned.training import learn
from capmap.coding.lexicon import LexiconCoder
from capmap.frameworks.codebook import load_codebook
from capmap.frameworks.framework import load_framework

WRITTEN = Path(__file__).parents[3] / "benchmarks" / "accuracy" / "written"


def drawn(seed: int, count: int = 400):  # type: ignore[no-untyped-def]
    draw = np.random.default_rng(seed)
    features = random_array((count, 30), density=0.2, rng=draw, format="csr")
    offset = draw.normal(-1, 1, count)
    z = offset + features @ draw.normal(0, 2, 30)
    return draw, features, offset, z, draw.random(count) < expit(z)


def test_the_weights_are_where_the_slope_is_zero():
    _, features, offset, _, true = drawn(1)
    weight = np.random.default_rng(2).uniform(0.2, 2, len(true))
    found = offset > -1
    w, start, adds = fitting.Rows(features).fit(offset, found, true, weight)

    def loss(v):
        z = offset + features @ v[:-2] + v[-2] + v[-1] * found
        penalty = (v[:-2] @ v[:-2]) / fitting._SPREAD**2
        penalty += (v[-2:] @ v[-2:]) / fitting._SPREAD_OF_CODE**2
        return weight @ (np.logaddexp(0, z) - true * z) + penalty / 2

    at = np.concatenate([w, [start, adds]])
    assert np.abs(approx_fprime(at, loss)).max() < 0.5
    assert loss(at) < loss(np.zeros(32)) - 1
    for _ in range(20):
        assert loss(at) < loss(at + np.random.default_rng(3).normal(0, 0.3, 32))


def test_without_decisions_that_differ_the_chance_stays():
    """Where outcomes follow the offset, the weights have nothing to add."""
    draw, features, offset, _, _ = drawn(4, 3000)
    true = draw.random(3000) < expit(offset)
    w, start, adds = fitting.Rows(features).fit(
        offset, np.zeros(3000, bool), true, np.ones(3000)
    )
    moved = expit(offset + features @ w + start) - expit(offset)

    assert np.abs(moved).mean() < 0.05
    assert adds == 0


def test_calibration_finds_stretch_and_shift_given_enough():
    draw = np.random.default_rng(5)
    z = draw.normal(0, 2, 20_000)
    true = draw.random(len(z)) < expit(0.5 + 1.6 * z)
    a, b = fitting.calibration(z, true, np.ones(len(z)))
    few = fitting.calibration(z[:5], true[:5], np.ones(5))

    assert (a, b) == pytest.approx((0.5, 1.6), abs=0.1)
    assert abs(few[0]) < 0.5
    assert abs(few[1] - 1) < 0.5


def test_a_threshold_is_shared_where_little_is_known():
    own = np.zeros(len(fitting.THRESHOLDS))
    own[-1] = 1.0
    common = np.zeros_like(own)
    common[6] = 0.5

    assert fitting.best_threshold(own, common, 2) == fitting.THRESHOLDS[6]
    assert fitting.best_threshold(own, common, 500) == fitting.THRESHOLDS[-1]
    low = np.zeros_like(own)
    low[0] = 1.0
    assert fitting.best_threshold(low, low, 500, 0.25) == 0.25


def test_luck_is_no_gain():
    """Two coders that err alike at random: seldom is one called surely better."""
    draw = np.random.default_rng(6)
    called = 0
    for _ in range(300):
        true = draw.random((120, 1)) < 0.2
        ours, theirs = (true ^ (draw.random((120, 1)) < 0.1) for _ in range(2))
        called += is_surely_better(ours, theirs, true, np.ones(120))
    better = is_surely_better(true, theirs, true, np.ones(120))

    assert called / 300 < 0.11  # 0.067 of a normal lie above 1.5
    assert better


def test_scores_are_those_of_evaluation():
    draw = np.random.default_rng(7)
    true, given = draw.random((60, 6)) < 0.3, draw.random((60, 6)) < 0.3
    facets = ["a", "a", "a", "b", "b", "b"]
    scores = facet_scores(true, {"x": given, "y": true}, facets, np.arange(60))

    assert f1s(true, given)[:3].mean() == pytest.approx(scores["a"]["x"][0])
    mean, low, high = scores["b"]["x"]
    assert low < mean < high
    assert scores["b"]["y"] == (1.0, 1.0, 1.0)


def test_chances_that_hold_have_no_error():
    draw = np.random.default_rng(8)
    said = draw.random(50_000)
    bins, error = reliability(said, draw.random(50_000) < said)
    _, off = reliability(said, draw.random(50_000) < expit(logit(said) - 1))

    assert error < 0.01 < 0.1 < off
    assert sum(one.count for one in bins) == 50_000
    assert reliability(np.array([1.0]), np.array([True]))[0][0].count == 1


@pytest.mark.slow
def test_on_real_passages_held_out_nothing_is_lost():
    """Outer cross-validation: neither weights nor choices have seen the passages scored."""
    made = [
        replace(e, document=e.identifier)
        for e in read_examples(sorted(WRITTEN.glob("*.jsonl")))
    ]
    lexicon = LexiconCoder(load_codebook(), load_framework())
    codes = [[], []]  # type: ignore[var-annotated]
    judged = []
    for part in range(2):
        test = made[part::2]
        train = [e for n, e in enumerate(made) if n % 2 != part]
        judged += test
        for which, coder in enumerate(
            (lexicon, CombinedCoder(lexicon, learn(train, lexicon).model))
        ):
            for e in test:
                told: dict[str, set[str]] = {}
                for s in coder.suggest(e.text, language=e.language, context=e.context):
                    told.setdefault(s.facet, set()).add(s.code)
                codes[which].append(told)
    before, after = (score(judged, told)["facets"] for told in codes)
    gains = [after[facet]["macro_f1"] - before[facet]["macro_f1"] for facet in before]

    assert np.mean(gains) > -0.01, gains
