"""How often the interval of a share among what develops capacity holds, by simulation."""

import numpy as np
import pytest

from capmap.records.queries.portfolio_estimates import Estimates, _Counts
from capmap.records.queries.samples import Sample

RUNS = 400


@pytest.mark.parametrize(
    ("population", "read", "capacity", "code"),
    [(300, 60, 0.5, 0.3), (2000, 120, 0.4, 0.1), (120, 60, 0.6, 0.5)],
)
def test_it_holds_though_only_reading_tells_what_develops_capacity(
    population, read, capacity, code
):
    dice = np.random.default_rng(7)
    develops = dice.random(population) < capacity
    holds = develops & (dice.random(population) < code)
    says = np.where(dice.random(population) < 0.85, develops, ~develops)
    estimates, kept = Estimates.__new__(Estimates), 0
    truth = holds.sum() / develops.sum()

    for _ in range(RUNS):
        drawn = dice.choice(population, read, replace=False)
        estimates.__dict__["sample"] = Sample(
            "interventions", read, population, later=0, empty=0, helped=True
        )
        whole = _Counts(
            int(develops[drawn].sum()), int(says[drawn].sum()),
            int((develops & says)[drawn].sum()), int(says.sum()),
        )  # fmt: skip
        found = estimates._among_capacity(_Counts(int(holds[drawn].sum())), whole)
        kept += found.estimate.low <= truth <= found.estimate.high

    # 95 in 100 within three standard errors of so many runs.
    assert kept / RUNS >= 0.95 - 3 * (0.95 * 0.05 / RUNS) ** 0.5
