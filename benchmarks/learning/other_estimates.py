"""How often the intervals of sums, of several strata and of differences hold.

A row a setting; each setting is met by many samples, each from a portfolio made anew
every few draws.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from capmap.analysis.assisted import (
    Estimate,
    Stratum,
    difference,
    estimated_share,
    estimated_sum,
    stratified_share,
)

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

_CODERS = {"good": (0.85, 0.95), "fair": (0.7, 0.85), "useless": (0.4, 0.6)}
_SAMPLES_A_PORTFOLIO = 10


@dataclass(frozen=True, slots=True)
class Held:
    """One interval: of which setting, by which method, whether it held, and its width."""

    setting: dict[str, object]
    method: str
    held: bool
    width: float


def _suggested(
    code: Bools, coder: tuple[float, float], chance: np.random.Generator
) -> Bools:
    drawn = chance.random(len(code))
    return np.where(code, drawn < coder[0], drawn > coder[1])


def _sample(size: int, read: int, chance: np.random.Generator) -> Bools:
    drawn = np.zeros(size, dtype=bool)
    drawn[chance.choice(size, read, replace=False)] = True
    return drawn


def sums(draws: int, seed: int = 7) -> Iterator[Held]:
    """Budgets from log-normal laws; a code is likelier where they are large, or small."""
    chance = np.random.default_rng(seed)
    for setting in _settings_of_sums():
        size, spread, lean, coder, read = (
            setting[k] for k in ("units", "spread", "lean", "coder", "read")
        )
        for number in range(draws):
            if number % _SAMPLES_A_PORTFOLIO == 0:
                standard = chance.normal(size=size)
                money = np.exp(spread * standard)
                odds = np.log(0.25) + lean * standard
                code = chance.random(size) < 1 / (1 + np.exp(-odds))
                said = _suggested(code, _CODERS[coder], chance)
            drawn = _sample(size, read, chance)
            found = [bool(c) if d else None for c, d in zip(code, drawn, strict=True)]
            ours = estimated_sum(money, said.tolist(), found)
            ends = {
                "capmap": (ours.low, ours.high),
                "readings alone": (ours.random_low, ours.random_high),
                "difference, t": _difference(money, code, said, drawn),
                "ratio by part, t": _ratio(money, code, said, drawn),
            }
            true, total = float(money[code].sum()), float(money.sum())
            for method, (low, high) in ends.items():
                held = low <= true * (1 + 1e-9) and true <= high * (1 + 1e-9)
                yield Held(setting, method, held, (high - low) / total)


def _settings_of_sums() -> Iterator[dict]:  # type: ignore[type-arg]
    for size in (60, 300, 2_000):
        for spread in (0.5, 1.0, 1.5, 2.0):
            for lean in (-0.7, 0.0, 0.7):
                for coder in _CODERS:
                    for read in (20, 30, 60, 150):
                        if read <= size / 2:
                            yield {
                                "units": size,
                                "spread": spread,
                                "lean": lean,
                                "coder": coder,
                                "read": read,
                            }


def _difference(
    money: Floats, code: Bools, said: Bools, drawn: Bools
) -> tuple[float, float]:
    """The coder's sum plus what the sample says of its errors; a t interval."""
    size, read = len(money), int(drawn.sum())
    errors = money[drawn] * (code[drawn].astype(float) - said[drawn])
    variance = errors.var(ddof=1) / read * (1 - read / size)
    half = stdtrit(read - 1, 0.975) * size * np.sqrt(variance)
    value = money[said].sum() + size * errors.mean()
    return float(value - half), float(value + half)


def _ratio(
    money: Floats, code: Bools, said: Bools, drawn: Bools
) -> tuple[float, float]:
    """Separate ratio estimators of both parts with the textbook's variance; a t interval."""
    parts = [said, ~said]
    if any((part & drawn).sum() < 2 for part in parts):
        parts = [np.ones_like(said)]
    value = variance = 0.0
    for part in parts:
        read, total = part & drawn, money[part].sum()
        n, share = int(read.sum()), money[read & code].sum() / money[read].sum()
        errors = money[read] * (code[read] - share)
        left = 1 - n / part.sum()
        variance += (total / money[read].mean()) ** 2 * errors.var(ddof=1) / n * left
        value += total * share
    half = stdtrit(int(drawn.sum()) - 1, 0.975) * np.sqrt(variance)
    return float(value - half), float(value + half)


def _one_share(
    size: int, prevalence: float, coder: str, read: int, chance: np.random.Generator
) -> tuple[Stratum, float]:
    code = chance.random(size) < prevalence
    said = _suggested(code, _CODERS[coder], chance)
    drawn = _sample(size, read, chance)
    stratum = Stratum(code[drawn].tolist(), said[drawn].tolist(), int(said.sum()), size)
    return stratum, float(code.mean())


def strata(draws: int, seed: int = 8) -> Iterator[Held]:
    """Four strata of unlike sizes, prevalences and shares read."""
    chance = np.random.default_rng(seed)
    designs = {
        "equal parts": ((300, 0.1, 25), (300, 0.2, 25), (300, 0.4, 25), (300, 0.6, 25)),
        "small ones read more": (
            (30, 0.5, 20), (100, 0.3, 25), (400, 0.2, 30), (3_000, 0.05, 60),
        ),
        "few readings each": ((40, 0.3, 6), (60, 0.2, 6), (200, 0.4, 8), (80, 0.1, 6)),
    }  # fmt: skip
    for design, parts in designs.items():
        for coder in _CODERS:
            for _ in range(draws):
                made = [_one_share(n, p, coder, read, chance) for n, p, read in parts]
                units = sum(n for n, _, _ in parts)
                true = sum(share * s.population for s, share in made) / units
                got = stratified_share([stratum for stratum, _ in made])
                setting: dict[str, object] = {"design": design, "coder": coder}
                yield from _ours_and_alone(setting, got, true)


def _ours_and_alone(
    setting: dict[str, object], got: Estimate, true: float
) -> Iterator[Held]:
    for method, low, high in (
        ("capmap", got.low, got.high),
        ("readings alone", got.random_low, got.random_high),
    ):
        yield Held(setting, method, low - 1e-9 <= true <= high + 1e-9, high - low)


def differences(draws: int, seed: int = 9) -> Iterator[Held]:
    """Two groups, each with a sample of its own."""
    chance = np.random.default_rng(seed)
    for sizes in ((50, 50), (200, 1_000), (5_000, 5_000)):
        for shares in ((0.05, 0.05), (0.1, 0.3), (0.5, 0.6), (0.2, 0.7)):
            for coder in _CODERS:
                for read in ((20, 20), (25, 60), (100, 200)):
                    if any(n > size / 2 for n, size in zip(read, sizes, strict=True)):
                        continue
                    setting: dict[str, object] = {
                        "units": f"{sizes[0]:,} and {sizes[1]:,}",
                        "shares": f"{shares[0]:.0%} and {shares[1]:.0%}",
                        "coder": coder,
                        "read": f"{read[0]} and {read[1]}",
                    }
                    for _ in range(draws):
                        groups = [
                            _one_share(size, share, coder, n, chance)
                            for size, share, n in zip(sizes, shares, read, strict=True)
                        ]
                        true = groups[1][1] - groups[0][1]
                        first, second = (
                            estimated_share(
                                s.found, s.suggested, s.suggested_in_all, s.population
                            )
                            for s, _ in groups
                        )
                        _, low, high = difference(first, second)
                        held = low - 1e-9 <= true <= high + 1e-9
                        yield Held(setting, "capmap", held, high - low)


def by_setting(
    found: Sequence[Held], names: Sequence[str]
) -> list[tuple[str, str, dict[str, tuple[float, float]]]]:
    """Return for each value of each setting: coverage and mean width of each method."""
    rows = []
    for name in names:
        of: dict[object, dict[str, list[Held]]] = defaultdict(lambda: defaultdict(list))
        for one in found:
            of[one.setting[name]][one.method].append(one)
        for value, methods in of.items():
            figures = {
                method: (
                    float(np.mean([one.held for one in ones])),
                    float(np.mean([one.width for one in ones])),
                )
                for method, ones in methods.items()
            }
            rows.append((name, str(value), figures))
    return rows
