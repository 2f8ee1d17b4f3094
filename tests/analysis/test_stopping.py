"""The promise of stopping: kept at every moment, however the units were ranked."""

from dataclasses import replace
from math import prod

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from capmap.analysis.reading_order import Mix, mix_for, next_batch, permutation
from capmap.analysis.stopping import Batch, stopping

FACTORS = (0.1, 0.3, 0.6)


def review(relevant, chances, seed, size=10, mix=None):
    """Read all in batches as a program would deal them; yield the batches so far."""
    order = permutation(len(relevant), seed)
    dealt = np.zeros(len(relevant), bool)
    batches, lately, draws = [], [], []
    while not dealt.all():
        share = np.mean(draws) if draws else 0
        now = mix or mix_for(lately, share, (~dealt).sum())
        batch = next_batch(chances, dealt, order, size, now)
        dealt[[unit for unit, _ in batch]] = True
        drawn = [bool(relevant[unit]) for unit, why in batch if why == "random"]
        others = [bool(relevant[unit]) for unit, why in batch if why != "random"]
        lately, draws = lately + others, draws + drawn
        batches.append(Batch(tuple(drawn), len(others), sum(others)))
        yield batches


def portfolio(seed, units, prevalence, signal):
    random = np.random.default_rng(seed)
    relevant = random.permutation(units) < round(units * prevalence)
    chances = 1 / (1 + np.exp(-random.normal(size=units) - signal * relevant))
    return relevant, chances


@pytest.mark.slow
@pytest.mark.parametrize("signal", [3, 0, -3])
def test_all_there_is_stays_below_the_bound_at_every_moment(signal):
    """Confidence 0.8, so that the promise is strained; -3: the ranking hides them."""
    broken = 0
    for seed in range(150):
        relevant, chances = portfolio(seed, 100, 0.2, signal)
        broken += any(
            stand.found + stand.unfound_at_most < relevant.sum()
            for stand in (
                stopping(batches, 100, confidence=0.8)
                for batches in review(relevant, chances, seed)
            )
        )
    assert broken / 150 <= 0.2


@pytest.mark.slow
def test_the_recall_promised_is_reached_and_reading_is_saved():
    reached, read = [], []
    for seed in range(200):
        relevant, chances = portfolio(seed, 400, 0.25, 4)
        for batches in review(relevant, chances, seed, size=40):
            stand = stopping(batches, 400, target=0.9, confidence=0.9)
            if stand.may_stop:
                break
        reached.append(stand.found / relevant.sum() >= 0.9)
        read.append(stand.read / 400)
    assert np.mean(reached) >= 0.9
    assert np.median(read) < 0.75


@pytest.mark.slow
def test_the_promise_stands_while_what_was_found_is_kept_unread():
    """Readers put off what is relevant, or what is not: the worst of missing readings."""
    broken = 0
    for seed in range(150):
        relevant, chances = portfolio(seed, 100, 0.3, 1)
        random = np.random.default_rng(seed)
        put_off = random.choice([True, False])
        for batches in review(relevant, chances, seed, mix=Mix(0.4, 0, 0.6)):
            known = [
                replace(
                    batch,
                    drawn=tuple(
                        None if hit is put_off and random.random() < 0.5 else hit
                        for hit in batch.drawn
                    ),
                    others_found=batch.others_found // 2,
                    others_open=batch.others_found - batch.others_found // 2,
                )
                for batch in batches
            ]
            stand = stopping(known, 100, confidence=0.8)
            if stand.found + stand.unfound_at_most < relevant.sum():
                broken += 1
                break
    assert broken / 150 <= 0.2


def product(steps, relevant, factor):
    chances = [max(0, (relevant - before) / undealt) for _, undealt, before, _ in steps]
    return prod(
        factor if hit else (1 - factor * chance) / (1 - chance)
        for (hit, *_), chance in zip(steps, chances, strict=True)
    )


def weighted_mean(steps, relevant):
    mean = 0.0
    for only_mostly, fresh, kept in ((True, 0.5, 0.3), (False, 0.1, 0.1)):
        among = [step for step in steps if step[3] or not only_mostly]
        finds = [0] + [n + 1 for n, (hit, *_) in enumerate(among) if hit]
        stake = fresh / len(finds) / (len(finds) + 1)
        mean += stake * product(among[finds[-1] :], relevant, 0)
        mean += sum(kept / 3 * product(among, relevant, factor) for factor in FACTORS)
    return mean


def obvious_bound(batches, units, confidence):
    """The martingale as the module's docstring has it, for every number of relevant."""
    steps, left, possible, found, without = [], units, 0, 0, 0
    for batch in batches:
        for hit in batch.drawn:
            is_hit = hit is not False
            steps.append((is_hit, left, possible, len(batch.drawn) > batch.others))
            left, possible = left - 1, possible + is_hit
            found, without = found + (hit is True), without + (hit is False)
        left -= batch.others
        possible += batch.others_found + batch.others_open
        found += batch.others_found
        without += batch.others - batch.others_found - batch.others_open
    return max(
        relevant
        for relevant in range(found, units - without + 1)
        if relevant == found
        or max(weighted_mean(steps[:end], relevant) for end in range(len(steps) + 1))
        < 1 / (1 - confidence)
    )


@st.composite
def reviews(draw):
    batches = []
    for _ in range(draw(st.integers(0, 4))):
        drawn = draw(st.lists(st.sampled_from([False, False, True, None]), max_size=6))
        found, open_, without = (draw(st.integers(0, 3)) for _ in range(3))
        batches.append(Batch(tuple(drawn), found + open_ + without, found, open_))
    dealt = sum(len(batch.drawn) + batch.others for batch in batches)
    return batches, dealt + draw(st.integers(0, 12))


@settings(deadline=None)
@given(reviews(), st.sampled_from([0.5, 0.8]))
def test_the_bound_is_that_of_the_slow_and_obvious_product(case, confidence):
    batches, units = case
    stand = stopping(batches, units, confidence=confidence)

    assert stand.found + stand.unfound_at_most == obvious_bound(
        batches, units, confidence
    )
    assert 0 <= stand.unfound <= stand.unfound_at_most <= units - stand.read
    assert stand.recall_at_least <= stand.recall


@settings(deadline=None)
@given(reviews(), reviews(), st.booleans())
def test_reading_more_never_widens_the_bound(case, later, finds):
    batches, units = case
    more = sum(len(batch.drawn) + batch.others for batch in later[0])
    read = [
        replace(
            batch,
            drawn=tuple(finds if hit is None else hit for hit in batch.drawn),
            others_found=batch.others_found + finds * batch.others_open,
            others_open=0,
        )
        for batch in batches
    ]
    before, after, later_on = (
        stopping(so_far, units + more, confidence=0.6)
        for so_far in (batches, read, read + later[0])
    )
    for earlier, stand in ((before, after), (after, later_on)):
        bound = stand.found + stand.unfound_at_most
        assert bound <= max(earlier.found + earlier.unfound_at_most, stand.found)


@settings(deadline=None)
@given(reviews(), st.sampled_from([0.5, 0.8, 0.95]))
def test_so_many_draws_without_a_find_allow_to_stop_and_one_fewer_does_not(
    case, target
):
    batches, units = case
    stand = stopping(batches, units, target=target, confidence=0.7)
    unread = sum(batch.drawn.count(None) for batch in batches)
    left = units - sum(len(batch.drawn) + batch.others for batch in batches)
    read = [
        replace(batch, drawn=tuple(map(bool, batch.drawn)), others_open=0)
        for batch in batches
    ]

    def may_stop(draws):
        more = [Batch((False,) * draws)] if draws else []
        return stopping(read + more, units, target=target, confidence=0.7).may_stop

    if stand.may_stop:
        assert stand.more_draws == 0
    elif stand.more_draws is None:
        assert not left or not may_stop(left - 1)
    else:
        more = stand.more_draws - unread
        assert may_stop(more)
        assert more == 0 or not may_stop(more - 1)


def test_the_estimate_of_what_is_unfound_is_right_on_average():
    errors = []
    for seed in range(200):
        relevant, chances = portfolio(seed, 500, 0.2, 2)
        batches = next(
            batches.copy()
            for batches in review(relevant, chances, seed, 20, Mix(0.5, 0, 0.5))
            if len(batches) == 10
        )
        stand = stopping(batches, 500)
        errors.append(stand.unfound - (relevant.sum() - stand.found))
    assert abs(np.mean(errors)) < 3
    assert np.std(errors) < 20


def test_all_read_is_a_reason_to_stop_even_if_nothing_was_found():
    stand = stopping([Batch((False,) * 10)], 10)

    assert (stand.unfound, stand.unfound_at_most, stand.more_draws) == (0, 0, 0)
    assert (stand.recall, stand.recall_at_least, stand.may_stop) == (1, 1, True)


def test_nothing_read_promises_nothing():
    stand = stopping([], 100)

    assert (stand.unfound_at_most, stand.recall_at_least) == (100, 0)
    assert not stand.may_stop


def test_units_chosen_by_rank_alone_prove_nothing_of_the_rest():
    stand = stopping([Batch((), others=90, others_found=40)], 100)

    assert stand.unfound_at_most == 10


def test_what_cannot_be_is_refused():
    with pytest.raises(ValueError, match="more units dealt"):
        stopping([Batch((True,) * 11)], 10)
    with pytest.raises(ValueError, match="between 0 and 1"):
        stopping([], 10, target=1)
