"""The coefficients of agreement: Cohen's kappa and Krippendorff's alpha, with distances.

Alpha takes any number of coders and passages that not all of them read
(K. Krippendorff, "Computing Krippendorff's Alpha-Reliability", 2011). Kappa is for two
coders (J. Cohen, Educational and Psychological Measurement 20, 1960; with distances:
J. Cohen, Psychological Bulletin 70, 1968).
"""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations
from typing import Any

Distance = Callable[[Any, Any], float]
#: Values of one passage by coder.
Unit = Mapping[str, Hashable]


def nominal(one: object, other: object) -> float:
    """Return the distance of two values without order: 0 if equal, else 1."""
    return 0.0 if one == other else 1.0


def masi(one: frozenset[str], other: frozenset[str]) -> float:
    """Return the distance of two sets: 1 - overlap x how they lie to each other."""
    if one == other:
        return 0.0
    shared = len(one & other)
    if not shared:
        return 1.0
    lying = 2 / 3 if one < other or other < one else 1 / 3
    return 1 - lying * shared / len(one | other)


def alpha(units: Sequence[Unit], distance: Distance = nominal) -> float | None:
    """Return Krippendorff's alpha of ``units``; None where values do not vary."""
    return Sums.of(units, distance).alpha()


def kappa(units: Sequence[Unit], distance: Distance = nominal) -> float | None:
    """Return Cohen's kappa of two coders; None where chance alone would agree."""
    return Sums.of(units, distance).kappa()


@dataclass
class Sums:
    """All that the coefficients need, as sums over passages, so that one can be left out."""

    distance: Distance
    passages: float = 0.0
    pairs: float = 0.0
    equal: float = 0.0
    apart: float = 0.0  # distances within passages, weighted as alpha has them
    between: float = 0.0  # distances of pairs, unweighted
    values: dict[Hashable, float] = field(default_factory=dict)
    first: dict[Hashable, float] = field(default_factory=dict)
    second: dict[Hashable, float] = field(default_factory=dict)
    coders: frozenset[str] = frozenset()

    @classmethod
    def of(cls, units: Iterable[Unit], distance: Distance) -> "Sums":
        sums = cls(distance)
        for unit in units:
            sums.add(unit)
        return sums

    def add(self, unit: Unit) -> None:
        if len(unit) < 2:
            return
        coders = sorted(unit)
        self.coders |= set(coders)
        self.passages += 1
        given = [unit[coder] for coder in coders]
        for one, other in combinations(given, 2):
            far = self.distance(one, other)
            self.pairs += 1
            self.equal += one == other
            self.between += far
            self.apart += 2 * far / (len(given) - 1)
        for value in given:
            self.values[value] = self.values.get(value, 0) + 1
        self.first[given[0]] = self.first.get(given[0], 0) + 1
        self.second[given[1]] = self.second.get(given[1], 0) + 1

    def agreement(self, without: "Sums | None" = None) -> float | None:
        """Return the share of pairs that are equal, on request without some passages."""
        pairs = self.pairs - (without.pairs if without else 0)
        equal = self.equal - (without.equal if without else 0)
        return equal / pairs if pairs else None

    def alpha(self, without: "Sums | None" = None) -> float | None:
        """Return alpha, on request without the passages of another sum."""
        n, apart, expected = sum(self.values.values()), self.apart, self._in_all
        if without:
            n -= sum(without.values.values())
            apart -= without.apart
            expected += without._in_all
            expected -= 2 * _times(without.values, self._far_from_all)
        if n < 2 or expected <= 1e-9:
            return None
        return 1 - (n - 1) * apart / expected

    def kappa(self, without: "Sums | None" = None) -> float | None:
        """Return kappa, on request without the passages of another sum."""
        if len(self.coders) != 2:
            return None
        n, apart, expected = self.passages, self.between, self._by_chance
        if without:
            n, apart = n - without.passages, apart - without.between
            expected += without._by_chance
            expected -= _times(without.first, self._far_from_second)
            expected -= _times(without.second, self._far_from_first)
        if n < 1 or expected <= 1e-9:
            return None
        return 1 - n * apart / expected

    def expected_by_alpha(self) -> float:
        """Return the distance that alpha expects by chance."""
        n = sum(self.values.values())
        return self._in_all / (n * (n - 1)) if n > 1 else 0.0

    def expected_by_kappa(self) -> float:
        """Return the distance that kappa expects by chance."""
        return self._by_chance / self.passages**2 if self.passages else 0.0

    @cached_property
    def _in_all(self) -> float:
        return _times(self.values, self._far_from_all)

    @cached_property
    def _by_chance(self) -> float:
        return _times(self.first, self._far_from_second)

    @cached_property
    def _far_from_all(self) -> dict[Hashable, float]:
        return self._far(self.values, self.values)

    @cached_property
    def _far_from_first(self) -> dict[Hashable, float]:
        return self._far(self.second, self.first)

    @cached_property
    def _far_from_second(self) -> dict[Hashable, float]:
        return self._far(self.first, self.second)

    def _far(
        self, ones: Iterable[Hashable], others: dict[Hashable, float]
    ) -> dict[Hashable, float]:
        """Return how far each of ``ones`` is from all ``others`` together."""
        return {
            one: sum(m * self.distance(one, other) for other, m in others.items())
            for one in ones
        }


def _times(counts: dict[Hashable, float], far: dict[Hashable, float]) -> float:
    return sum(n * far[value] for value, n in counts.items())
