"""What the lexicon's findings are worth, before a word is looked at and after decisions.

Where the lexicon found a code, its stated confidence is the chance to begin with; where
it did not, the rate at which it misses codes of that facet. Decisions correct both by
counting, first for each kind of evidence and then for each code; the chance to begin with
counts as so many decisions (the mean of a Beta prior), so that few decisions hardly move it.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

from capmap.coding.confidence import missed
from capmap.coding.learned.features import Sight
from capmap.coding.learned.model import Key

#: Decisions that the stated chance counts for, of a kind of evidence and of a code. Set on
#: the tuning passages, where twice and half as many did as well.
_WORTH_OF_GROUP = 10.0
_WORTH_OF_CODE = 10.0
_EDGE = 1e-3

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


class Stated:
    """What the lexicon states of passages: (passages, keys), log odds.

    ``groups`` numbers the kinds of evidence by name; ``is_found`` where a code was found.
    """

    def __init__(
        self,
        sights: Sequence[Sight],
        keys: Sequence[Key],
        groups: dict[str, int],
        *,
        grow: bool = False,
    ) -> None:
        columns = {key: number for number, key in enumerate(keys)}
        missing = len(groups)  # the group of evidence that the model has not met

        def group(name: str) -> int:
            if grow:
                return groups.setdefault(name, len(groups))
            return groups.get(name, missing)

        none = [group(f"{facet}/") for facet, _ in keys]
        base = _log_odds(np.array([missed(facet) for facet, _ in keys]))
        rows, found, odds, kinds = [], [], [], []
        sure_rows, sure_columns = [], []
        codes = {c: columns[f, c] for f, c in keys if f == "capacity"}
        known: dict[tuple[str, str, bool], int] = {}
        for row, sight in enumerate(sights):
            for facet, code, confidence, basis, _, _, doubtful in sight.findings:
                column = columns.get((facet, code))
                if column is not None and facet != "capacity":
                    rows.append(row)
                    found.append(column)
                    odds.append(confidence)
                    kind = (facet, basis, doubtful)
                    number = known.get(kind)
                    if number is None:
                        number = group(f"{facet}/{basis}{'?' if doubtful else ''}")
                        known[kind] = number
                    kinds.append(number)
            verdict = sight.look.capacity
            for code, column in codes.items():
                is_it = code == verdict.code
                rest = (1 - verdict.confidence) / max(1, len(codes) - 1)
                rows.append(row)
                found.append(column)
                odds.append(verdict.confidence if is_it else rest)
                kinds.append(group(f"capacity/{verdict.code}/{code}"))
                if not is_it:
                    sure_rows.append(row)
                    sure_columns.append(column)
        self.log_odds = np.tile(base, (len(sights), 1)).reshape(len(sights), len(keys))
        self.group = np.tile(none, (len(sights), 1)).reshape(self.log_odds.shape)
        self.is_found = np.zeros(self.log_odds.shape, bool)
        if rows:
            self.log_odds[rows, found] = _log_odds(np.array(odds))
            self.group[rows, found] = kinds
            self.is_found[rows, found] = True
            self.is_found[sure_rows, sure_columns] = False


class Correction:
    """What decisions say of the lexicon's findings, in log odds."""

    def __init__(
        self,
        group_shift: Floats,
        found_shift: Floats,
        missed_shift: Floats,
    ) -> None:
        self.group_shift, self.found_shift = group_shift, found_shift
        self.missed_shift = missed_shift

    @classmethod
    def fitted(
        cls, stated: Stated, count: int, true: Bools, weight: Floats
    ) -> "Correction":
        """Count. ``true``: (passages, keys); ``weight`` the same, 0 where nothing is known.

        ``count`` is the number of groups.
        """
        chance = expit(stated.log_odds)
        group = stated.group.ravel()

        def by_group(values: Floats) -> Floats:
            return np.bincount(group, (weight * values).ravel(), count).astype(float)

        shift = _shift(
            by_group(true.astype(float)),
            by_group(np.ones_like(weight)),
            by_group(chance),
            _WORTH_OF_GROUP,
        )
        corrected = expit(stated.log_odds + shift[stated.group])
        of_codes = []
        for part in (stated.is_found, ~stated.is_found):
            w = weight * part
            of_codes.append(
                _shift(
                    (w * true).sum(0), w.sum(0), (w * corrected).sum(0), _WORTH_OF_CODE
                )
            )
        return cls(shift, *of_codes)

    def __call__(self, stated: Stated) -> Floats:
        """Return the corrected log odds: (passages, keys)."""
        shift = np.append(self.group_shift, 0.0)  # a group never met stays as stated
        corrected: Floats = (
            stated.log_odds
            + shift[stated.group]
            + np.where(stated.is_found, self.found_shift, self.missed_shift)
        )
        return corrected


def _shift(right: Floats, count: Floats, expected: Floats, worth: float) -> Floats:
    """Return how far counting moves log odds, nowhere where nothing was counted."""
    before = expected / np.where(count > 0, count, 1)
    after = (right + worth * before) / (count + worth)
    return np.where(count > 0, _log_odds(after) - _log_odds(before), 0.0)


def _log_odds(chance: Floats) -> Floats:
    clipped: Floats = logit(np.clip(chance, _EDGE, 1 - _EDGE))
    return clipped
