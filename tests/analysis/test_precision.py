"""How an estimate narrows, and when enough has been read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capmap.analysis.intervals import wilson
from capmap.analysis.precision import HALF_WIDTH, enough_to_read, standing, widest


def far(read, population):
    """The slow, obvious way: every number of cases."""
    if read == population:
        return 0.0
    ends = [(k / read, *wilson(k, read, population, 0.95)) for k in range(read + 1)]
    return max(max(p - low, high - p) for p, low, high in ends)


@pytest.mark.parametrize(
    ("population", "enough"),
    [(1, 1), (10, 10), (84, 55), (200, 86), (1_000, 131), (1_000_000, 151)],
)
def test_enough_is_the_fewest_that_hold_whatever_is_found(population, enough):
    assert enough_to_read(population) == enough
    assert far(enough, population) <= HALF_WIDTH
    assert enough == 1 or far(enough - 1, population) > HALF_WIDTH


@given(st.integers(1, 120), st.integers(0, 400))
def test_the_widest_interval_is_found_without_trying_all(read, more):
    population = read + more

    assert widest(read, population) == pytest.approx(far(read, population), abs=0.004)


def test_nothing_to_read_is_never_enough():
    assert enough_to_read(0) is None


def test_a_standing_ends_where_it_stands_and_narrows_to_a_point():
    found = [True, False, False, True, False, False, True, False]

    where = standing(found, 20, 20)

    assert (where.share.numerator, where.share.denominator) == (3, 8)
    assert where.so_far[-1].read == where.to_come[0].read == 8
    last = where.to_come[-1]
    assert (last.low, last.high) == (3 / 8, 3 / 8)


def test_nothing_read_has_no_picture():
    where = standing([], 20, 20)

    assert where.share.value is None
    assert where.so_far == where.to_come == ()


def test_a_picture_of_many_readings_stays_small():
    where = standing([True, False] * 5_000, 1_000_000, 1_000_000)

    assert len(where.so_far) + len(where.to_come) < 300
