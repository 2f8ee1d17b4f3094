"""Which units are read next, and that the random ones stay random."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from capmap.analysis.reading_order import (
    WHILE_FINDING,
    WHILE_PROVING,
    Mix,
    mix_for,
    next_batch,
    permutation,
    shared_out,
)

CHANCES = np.array([0.9, 0.1, 0.8, 0.45, 0.2, 0.7, 0.05, 0.6])
NONE_DEALT = np.zeros(8, bool)
ORDER = np.array([6, 0, 1, 2, 3, 4, 5, 7])


def test_a_batch_holds_draws_first_then_the_likely_then_the_uncertain():
    assert next_batch(CHANCES, NONE_DEALT, ORDER, 5, Mix(0.4, 0.2, 0.4)) == [
        (6, "random"),
        (0, "random"),
        (2, "relevant"),
        (5, "relevant"),
        (3, "uncertain"),
    ]


def test_what_was_dealt_is_passed_over():
    dealt = np.isin(np.arange(8), [6, 0, 2])

    assert next_batch(CHANCES, dealt, ORDER, 3, Mix(0.4, 0.2, 0.4)) == [
        (1, "random"),
        (5, "relevant"),
        (3, "uncertain"),
    ]


@settings(deadline=None)
@given(
    st.integers(1, 30),
    st.integers(1, 12),
    st.sampled_from([WHILE_FINDING, WHILE_PROVING]),
)
def test_all_are_dealt_once_and_every_batch_has_a_draw(units, size, mix):
    chances = np.random.default_rng(units).random(units)
    dealt, order = np.zeros(units, bool), permutation(units, 1)
    while not dealt.all():
        batch = next_batch(chances, dealt, order, size, mix)
        numbers = [unit for unit, _ in batch]
        assert len(set(numbers)) == len(batch) == min(size, (~dealt).sum())
        assert not dealt[numbers].any()
        assert batch[0][1] == "random"
        dealt[numbers] = True
    assert next_batch(chances, dealt, order, size, mix) == []


def test_the_same_seed_gives_the_same_order():
    assert sorted(permutation(50, 3)) == list(range(50))
    assert list(permutation(50, 3)) == list(permutation(50, 3))
    assert list(permutation(50, 3)) != list(permutation(50, 4))


def test_equal_chances_leave_the_next_draw_random():
    """Of units ranked alike, none is chosen for its place in the permutation."""
    chances = np.array([0.5, 0.5, 0.5, 0.1])
    counts = np.zeros(4)
    for seed in range(3000):
        order = permutation(4, seed)
        batch = next_batch(chances, np.zeros(4, bool), order, 2, Mix(0.5, 0, 0.5))
        dealt = np.isin(np.arange(4), [unit for unit, _ in batch])
        if dealt[[0, 1]].all():
            counts[next_batch(chances, dealt, order, 1)[0][0]] += 1
    assert counts[2] / counts.sum() == pytest.approx(0.5, abs=0.05)


def test_the_ranking_leads_while_it_finds_more_than_chance_does():
    assert mix_for([], 0) == WHILE_FINDING
    assert mix_for([False] * 9, 0.5) == WHILE_FINDING
    assert mix_for([False] * 49, 0.0) == WHILE_FINDING
    assert mix_for([False] * 25 + [True] * 5, 0.1) == WHILE_FINDING


@pytest.mark.parametrize(
    ("lately", "share"),
    [([True] * 50 + [False] * 50, 0.0), ([True] + [False] * 29, 0.1)],
    ids=["dry", "no better than chance"],
)
def test_draws_lead_once_the_ranking_finds_little(lately, share):
    assert mix_for(lately, share) == WHILE_PROVING


def test_the_fewer_are_left_the_sooner_draws_lead():
    dry = [True] * 5 + [False] * 12

    assert mix_for(dry, 0.0, undealt=1000) == WHILE_FINDING
    assert mix_for(dry, 0.0, undealt=240) == WHILE_PROVING
    assert mix_for(dry[:-3], 0.0, undealt=20) == WHILE_FINDING


@settings(deadline=None)
@given(st.integers(1, 25), st.integers(1, 5))
def test_each_reader_gets_as_many_of_every_kind_and_no_unit_goes_to_two(size, readers):
    shares = shared_out(range(size), readers)

    assert sorted(unit for share in shares for unit in share) == list(range(size))
    assert max(map(len, shares)) - min(map(len, shares)) <= 1
