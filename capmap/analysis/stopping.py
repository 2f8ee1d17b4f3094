"""When enough has been read: a promise on recall that holds however the order was chosen.

Beside the units that a ranking puts first, some are drawn at random from all that are
unread. What those draws find bounds how many units can still be unfound, at every
moment at once: the reviewer may look after each reading and stop when the bound allows.

Of N units R are relevant; R is fixed and unknown. A draw comes after some units were
dealt; of the U that were not, each is equally likely to be drawn, whatever the model
knew when it ranked the dealt ones. So the draw finds with chance p = (R - relevant
among the dealt) / U exactly. For any factor b in [0, 1] chosen beforehand, the product

    b for each find,  (1 - b p) / (1 - p) for each draw without one

has expectation 1 if R is true, and so has a weighted mean of such products. By Ville's
inequality the chance that it ever reaches 1 / (1 - confidence) is at most 1 -
confidence. Numbers R for which it does are excluded, at every moment; each factor rises
with p, hence with R, so that what is not excluded has a largest member, the bound.

Unread units among the dealt count as relevant, which lowers p; an unread draw counts as
a find, the smaller factor. Both can only make the product smaller than that of the full
truth, so the promise stands while readings are missing, whichever are missing.

Sources: J. Ville, Étude critique de la notion de collectif (1939); I. Waudby-Smith and
A. Ramdas, Confidence sequences for sampling without replacement (NeurIPS 2020,
arXiv:2006.04347). Others test once, or by one-phase or two-phase samples: M. Callaghan
and F. Müller-Hansen, Statistical stopping criteria for automated screening in
systematic reviews (2020, doi:10.1186/s13643-020-01521-4); D. Lewis, E. Yang and
O. Frieder, Certifying one-phase technology-assisted reviews (2021,
doi:10.1145/3459637.3482415).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import gammaln

#: Factors kept for all draws, beside 0 with a fresh start after each find.
_FACTORS = np.array([0.1, 0.3, 0.6])
_ALL_FACTORS = np.concatenate([[0.0], _FACTORS, [0.0], _FACTORS])
#: The stake, 1 in all: on fresh starts and on the factors kept, each in batches that
#: are mostly draws and in all batches. The starts share it as 1/2, 1/6, 1/12 ...
_FRESH_MOSTLY, _KEPT_MOSTLY, _FRESH_ALL, _KEPT_ALL = 0.5, 0.3, 0.1, 0.1


@dataclass(frozen=True, slots=True)
class Batch:
    """What came of units that were put before readers together, in the order dealt.

    ``drawn``: for each unit drawn at random from all that were unread and not dealt,
    whether it was found; None while it is unread. ``others`` were chosen by rank;
    ``others_found`` of them were found, ``others_open`` are unread still.

    How many are drawn is settled before it is known which they are, and they are drawn
    before the others are chosen; a draw made later is a batch of its own. A unit of several
    parts (an intervention with its passages) is found when one of them is, and without
    a find only when all of them were read.
    """

    drawn: tuple[bool | None, ...]
    others: int = 0
    others_found: int = 0
    others_open: int = 0


@dataclass(frozen=True, slots=True)
class Stopping:
    """Where a review stands, and whether it may stop.

    ``unfound`` is the estimate of what is not found yet, ``unfound_at_most`` its upper
    bound with the confidence stated; ``recall`` and ``recall_at_least`` say the same as
    shares of all there are. ``may_stop``: recall_at_least has reached the target.
    ``more_draws``: about how many more random draws without a find would allow to stop
    once what is dealt is read, its unread draws among them; None when that cannot be
    before all is read.
    """

    units: int
    read: int
    found: int
    drawn: int
    drawn_found: int
    unfound: float
    unfound_at_most: int
    recall: float
    recall_at_least: float
    target: float
    confidence: float
    may_stop: bool
    more_draws: int | None


@dataclass(frozen=True, slots=True)
class _Draws:
    """All draws in order, each with what was known of the units dealt before it.

    ``hit``: found, or unread; ``undealt``: units not dealt before the draw; ``before``:
    units dealt before that are found or unread; ``mostly``: in a batch of mostly draws.
    """

    hit: NDArray[np.bool_]
    undealt: NDArray[np.float64]
    before: NDArray[np.float64]
    mostly: NDArray[np.bool_]


def stopping(
    batches: Sequence[Batch],
    units: int,
    *,
    target: float = 0.95,
    confidence: float = 0.95,
) -> Stopping:
    """Say where a review of ``units`` units stands after ``batches``.

    Raises ValueError when the batches hold more units than there are, or the target or
    the confidence is not between 0 and 1.
    """
    if not (0 < target < 1 and 0 < confidence < 1):
        raise ValueError("target and confidence must be between 0 and 1")
    dealt = sum(len(batch.drawn) + batch.others for batch in batches)
    if dealt > units:
        raise ValueError("more units dealt than there are")
    outcomes = [outcome for batch in batches for outcome in batch.drawn]
    drawn_found = sum(outcome is True for outcome in outcomes)
    found = drawn_found + sum(batch.others_found for batch in batches)
    unread = outcomes.count(None) + sum(batch.others_open for batch in batches)
    read = dealt - unread
    needed = -np.log1p(-confidence)
    at_most = _bound(_draws(batches, units), found, units - read + found, needed)
    recall_at_least = found / at_most if at_most else 1.0
    unfound = min(_unfound(batches, units, found, units - read), at_most - found)
    may_stop = recall_at_least >= target
    return Stopping(
        units=units,
        read=read,
        found=found,
        drawn=len(outcomes) - outcomes.count(None),
        drawn_found=drawn_found,
        unfound=unfound,
        unfound_at_most=at_most - found,
        recall=found / (found + unfound) if found + unfound else 1.0,
        recall_at_least=recall_at_least,
        target=target,
        confidence=confidence,
        may_stop=may_stop,
        more_draws=0
        if may_stop
        else _more_draws(batches, units, _too_many(found, target), needed),
    )


def _draws(batches: Sequence[Batch], units: int) -> _Draws:
    hit, undealt, before, mostly = [], [], [], []
    left, possible = units, 0
    for batch in batches:
        for outcome in batch.drawn:
            is_hit = outcome is not False
            hit.append(is_hit)
            undealt.append(left)
            before.append(possible)
            mostly.append(len(batch.drawn) > batch.others)
            left -= 1
            possible += is_hit
        left -= batch.others
        possible += batch.others_found + batch.others_open
    return _Draws(
        np.array(hit, bool),
        np.array(undealt, float),
        np.array(before, float),
        np.array(mostly, bool),
    )


def _bound(draws: _Draws, least: int, most: int, needed: float) -> int:
    """Return the largest number of relevant units that is not excluded."""
    while least < most:
        middle = (least + most + 1) // 2
        if _evidence(_products(draws, middle)).max() >= needed:
            most = middle - 1
        else:
            least = middle
    return most


def _evidence(products: NDArray[np.float64]) -> NDArray[np.float64]:
    evidence: NDArray[np.float64] = np.logaddexp.reduce(products, axis=0)
    return evidence


def _products(draws: _Draws, relevant: int) -> NDArray[np.float64]:
    """Return logarithms of the products with their stakes if ``relevant`` are relevant.

    A row for each product, a column for before all draws and one after each.
    """
    chance = np.clip((relevant - draws.before) / draws.undealt, 0.0, 1.0)
    chance[draws.hit] = 0.0
    plain = -np.log1p(-chance)
    kept = np.log1p(-_FACTORS[:, None] * chance) + plain
    kept[:, draws.hit] = np.log(_FACTORS)[:, None]
    rows = np.empty((len(_ALL_FACTORS), draws.hit.size + 1))
    for row, among, fresh_stake, kept_stake in (
        (0, draws.mostly, _FRESH_MOSTLY, _KEPT_MOSTLY),
        (1 + len(_FACTORS), np.ones_like(draws.mostly), _FRESH_ALL, _KEPT_ALL),
    ):
        finds = np.concatenate([[0], np.cumsum(draws.hit & among)])
        total = np.concatenate([[0.0], np.cumsum(np.where(among, plain, 0.0))])
        at_find = np.maximum.accumulate(np.where(np.diff(finds, prepend=0), total, 0.0))
        rows[row] = total - at_find + np.log(fresh_stake / (finds + 1) / (finds + 2))
        products = rows[row + 1 : row + 1 + len(_FACTORS)]
        products[:, 0] = 0.0
        np.cumsum(np.where(among, kept, 0.0), axis=1, out=products[:, 1:])
        products += np.log(kept_stake / len(_FACTORS))
    return rows


def _too_many(found: int, target: float) -> int:
    """Return the fewest relevant units of which ``found`` are less than the target."""
    number = max(1, int(found / target))
    while found / number >= target:
        number += 1
    return number


def _more_draws(
    batches: Sequence[Batch], units: int, too_many: int, needed: float
) -> int | None:
    """Return how many draws without a find would exclude ``too_many``; None for all.

    What is dealt and unread is taken to be read first, without a find. With k to be
    found among U not dealt, m further factors multiply to a closed form, as the i-th of
    them, (1 - b p) / (1 - p), is (U - i - b k) / (U - i - k), i from 0.
    """
    unread = sum(batch.drawn.count(None) for batch in batches)
    as_read = [
        replace(batch, drawn=tuple(map(bool, batch.drawn)), others_open=0)
        for batch in batches
    ]
    left = units - sum(len(batch.drawn) + batch.others for batch in batches)
    hidden = too_many - sum(b.drawn.count(True) + b.others_found for b in as_read)
    if hidden > left:
        return unread if left else None
    products = _products(_draws(as_read, units), too_many)
    if _evidence(products).max() >= needed:
        return unread if left else None
    least, most = 0, left - hidden + 1
    while least < most:
        draws = (least + most) // 2
        gained = _log_falling(left - _ALL_FACTORS * hidden, draws)
        gained -= _log_falling(np.asarray(left - hidden), draws)
        if _evidence(products[:, -1] + gained) >= needed:
            most = draws
        else:
            least = draws + 1
    return unread + least if least < left else None


def _log_falling(top: NDArray[np.float64], terms: int) -> NDArray[np.float64]:
    """Return log(top (top - 1) ... ), a product of so many terms."""
    logarithm: NDArray[np.float64] = gammaln(top + 1) - gammaln(top - terms + 1)
    return logarithm


def _unfound(batches: Sequence[Batch], units: int, found: int, unread: int) -> float:
    """Return the most likely number of relevant units among those ``unread``.

    The likelihood is that of all draws read, each with what was found before it; its
    logarithm is concave. Before any draw is read nothing is known: half is returned.
    """
    hits, misses = [], []
    pool, found_before = units, 0
    for batch in batches:
        for outcome in batch.drawn:
            if outcome is None:
                continue
            if outcome:
                hits.append(found - found_before)
            else:
                misses.append(pool - found + found_before)
            pool -= 1
            found_before += outcome
        pool -= batch.others - batch.others_open
        found_before += batch.others_found
    if not (hits or misses):
        return unread / 2
    at_hits, at_misses = np.array(hits, float), np.array(misses, float)

    def slope(hidden: float) -> float:
        return float((1 / (at_hits + hidden)).sum() - (1 / (at_misses - hidden)).sum())

    least, most = 1e-9 * unread, (1 - 1e-9) * unread
    if not unread or slope(least) <= 0:
        return 0.0
    return float(brentq(slope, least, most)) if slope(most) < 0 else float(unread)
