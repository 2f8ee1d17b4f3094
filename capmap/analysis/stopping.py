"""When enough has been read: a promise on recall that holds however the order was chosen.

Beside the units that a ranking puts first, some are drawn at random from all that are
unread. What those draws find bounds how many units can still be unfound, at every
moment at once: the reviewer may look after each reading and stop when the bound allows.
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Batch:
    """What came of units that were put before readers together, in the order dealt.

    ``drawn``: for each unit drawn at random from all that were unread and not dealt,
    whether it was found; None while it is unread. ``others`` were chosen by rank;
    ``others_found`` of them were found, ``others_open`` are unread still.
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
    ``more_draws``: about how many more random draws without a find would allow to stop;
    None when that cannot be before all is read.
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


def stopping(
    batches: Sequence[Batch],
    units: int,
    *,
    target: float = 0.95,
    confidence: float = 0.95,
) -> Stopping:
    """Say where a review of ``units`` units stands after ``batches``."""
    raise NotImplementedError
