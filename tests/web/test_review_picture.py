"""The picture beside a round: what it shows before, while and after passages are read."""

import pytest

from capmap.analysis.precision import standing
from capmap.records.queries.estimates import Estimate
from capmap.web.review_picture import picture_of


def estimate(read, to_read, population=264):
    where = standing([number % 3 == 0 for number in range(read)], population, to_read)
    return Estimate("level", "institutional", where, to_read, enough=None)


@pytest.mark.parametrize("read", [0, 1, 7, 30])
def test_a_round_too_small_ever_to_be_enough_is_as_wide_as_it_is(read):
    picture = picture_of(estimate(read, 30))

    assert picture.across[-1].value == 30
    assert float(picture.across[-1].at) == pytest.approx(380)
    assert picture.enough == ""
    assert (picture.now is None) == (read == 0)


def test_a_round_whose_passages_have_all_gone_has_an_empty_picture():
    assert picture_of(estimate(0, 0)).now is None
