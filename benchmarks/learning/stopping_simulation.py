"""Is the promise of stopping kept, and what does it cost? Simulated reviews.

    .venv/bin/python -m benchmarks.learning.stopping_simulation [PART ...]

Each review knows all answers and plays through: batches are dealt, read and the rule is
asked after each. Beside capmap's rule, on the same portfolios:

* Callaghan and Müller-Hansen (2020, doi:10.1186/s13643-020-01521-4), as their package
  applies it while reading by rank: units since any earlier moment are taken as if drawn
  at random, and the hypothesis that the target is missed is tested hypergeometrically;
  one stops when the smallest of these p-values is below 1 - confidence;
* the common habit: stop after 50 in a row without a find, reading by rank.

Rankings are simulated: a relevant unit's score is higher by ``signal``, which grows with
what was found, as a coder learns. Of a ranking with a blind spot one relevant unit in
seven looks less relevant than anything else: a theme or a language it does not know.
``learned`` plays reviews of the passages coded by hand, the coder learning as it does on
the site; it leaves out what lies in CAPMAP_DATA where that is absent. ``picture`` draws
one simulated review; ``mixes`` compares how many of a batch are drawn. Prints Markdown;
seeds are fixed. Parts are simulated, learned, picture and mixes: all unless some are
named, half an hour on one core.
"""

import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit
from scipy.stats import hypergeom

from benchmarks.learning import passages, pictures
from benchmarks.learning.ours import Remembering, learned_from
from benchmarks.learning.ours import passages as seen
from capmap.analysis.reading_order import (
    WHILE_FINDING,
    WHILE_PROVING,
    Mix,
    mix_for,
    next_batch,
    permutation,
)
from capmap.analysis.stopping import Batch, stopping
from capmap.coding.evaluation import Example
from capmap.coding.learned.model import Key
from capmap.frameworks.codebook import load_codebook
from capmap.frameworks.framework import load_framework

CONFIDENCE = 0.95
TARGETS = (0.95, 0.90)
PREVALENCES = (0.02, 0.1, 0.5)
#: Units -> number of reviews for each prevalence and ranking, and sizes of a batch.
PORTFOLIOS = {
    100: (20, (5, 10, 20)),
    500: (20, (10, 20, 50)),
    2_000: (15, (20, 50)),
    20_000: (3, (100,)),
}
RANKINGS = {"good": 3.5, "middling": 2.0, "useless": 0.0, "blind spot": 3.5}
IN_A_ROW = 50
#: What is asked of the passages coded by hand, and how often each is played.
QUESTIONS: tuple[Key, ...] = (
    ("capacity", "cd"), ("level", "individual"), ("modality", "training"),
    ("constituent", "employers"),
)  # fmt: skip
SEEDS = 10


Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Stop:
    """Where a rule stopped: the shares read and found."""

    read: float
    recall: float


Stops = dict[tuple[str, float], Stop]
"""By rule and target."""
Way = list[tuple[float, ...]]
Mixes = tuple[Mix, Mix]
"""While the ranking finds, and once it does not."""


class Case(Protocol):
    """A portfolio with its answers and the order of its draws."""

    relevant: Bools
    order: NDArray[np.int64]

    def chances(self, dealt: Bools) -> Floats:
        """Return what the coder believes once ``dealt`` was read."""
        ...


@dataclass
class Simulated:
    """Scores in place of texts. ``shows``: how much each looks relevant in the end."""

    relevant: Bools
    order: NDArray[np.int64]
    noise: Floats
    shows: Floats

    def chances(self, dealt: Bools) -> Floats:
        learned = 1 - np.exp(-((self.relevant & dealt).sum() + 2) / 8)
        chances: Floats = expit(self.noise + self.shows * learned - 3)
        return chances


@dataclass
class Learned:
    """Passages coded by hand; the coder learns anew when a fifth more was read."""

    relevant: Bools
    order: NDArray[np.int64]
    told: Sequence[Example]
    question: Key
    lexicon: Remembering
    _from: int = field(default=-1)
    _chances: Floats = field(default_factory=lambda: np.zeros(0))

    def chances(self, dealt: Bools) -> Floats:
        read = np.flatnonzero(dealt)
        if len(read) >= self._from * 1.2 or len(read) < self._from:
            coder = learned_from([self.told[i] for i in read.tolist()], self.lexicon)
            self._chances = coder.chances(seen(self.told), [self.question])[:, 0]
            self._from = len(read)
        return self._chances


def simulated(units: int, prevalence: float, ranking: str, seed: int) -> Simulated:
    random = np.random.default_rng([units, int(prevalence * 100), len(ranking), seed])
    relevant = random.permutation(units) < max(1, round(units * prevalence))
    shows = RANKINGS[ranking] * relevant
    if ranking == "blind spot":
        shows[np.flatnonzero(relevant)[::7]] = -3.0
    noise: Floats = random.normal(size=units)
    return Simulated(relevant, permutation(units, seed), noise, shows.astype(float))


def with_draws(
    case: Case, size: int, mixes: Mixes = (WHILE_FINDING, WHILE_PROVING)
) -> tuple[Stops, Way]:
    """Read as capmap deals, to where its rule stops; and what was said on the way."""
    units, all_there = len(case.relevant), case.relevant.sum()
    dealt = np.zeros(units, bool)
    batches: list[Batch] = []
    lately: list[bool] = []
    draws: list[bool] = []
    stops: Stops = {}
    way: Way = []
    while len(stops) < len(TARGETS):
        share = float(np.mean(draws)) if draws else 0.0
        proving = mix_for(lately, share, units - len(lately) - len(draws))
        mix = mixes[proving == WHILE_PROVING]
        batch = next_batch(case.chances(dealt), dealt, case.order, size, mix)
        dealt[[unit for unit, _ in batch]] = True
        drawn = [bool(case.relevant[unit]) for unit, why in batch if why == "random"]
        ranked = [bool(case.relevant[unit]) for unit, why in batch if why != "random"]
        batches.append(Batch(tuple(drawn), len(ranked), sum(ranked)))
        lately, draws = lately + ranked, draws + drawn
        stand = stopping(batches, units, confidence=CONFIDENCE)
        recall = stand.found / all_there
        way.append((stand.read / units, recall, stand.recall_at_least, stand.recall))
        for target in TARGETS:
            if stand.recall_at_least >= target:
                stops.setdefault(("capmap", target), Stop(stand.read / units, recall))
    return stops, way


def by_rank(case: Case, size: int) -> Stops:
    """Read by rank alone, to where the two rules of others stop."""
    units, all_there = len(case.relevant), case.relevant.sum()
    dealt = np.zeros(units, bool)
    answers: list[bool] = []
    at_start = [(0, 0)]  # read and found when each batch began
    stops: Stops = {}
    while len(stops) < 1 + len(TARGETS):
        chances = np.where(dealt, -1.0, case.chances(dealt))
        batch = np.argsort(-chances, kind="stable")[: min(size, int((~dealt).sum()))]
        dealt[batch] = True
        for unit in batch:
            answers.append(bool(case.relevant[unit]))
            if len(answers) >= IN_A_ROW and not any(answers[-IN_A_ROW:]):
                stops.setdefault(
                    ("row", 0), Stop(len(answers) / units, sum(answers) / all_there)
                )
        read, found = len(answers), sum(answers)
        here = Stop(read / units, found / all_there)
        for target in TARGETS:
            if smallest_p(at_start, read, found, units, target) < 1 - CONFIDENCE:
                stops.setdefault(("cmh", target), here)
        if read == units:
            for key in [("row", 0), *(("cmh", target) for target in TARGETS)]:
                stops.setdefault(key, here)
        at_start.append((read, found))
    return stops


def smallest_p(
    at_start: list[tuple[int, int]], read: int, found: int, units: int, target: float
) -> float:
    """Return the smallest p-value of "more than 1 - target is missed" since any batch."""
    since = np.array(at_start)
    urn = units - since[:, 0]
    hidden = int(found / target) - since[:, 1] + 1
    if (hidden > urn).any():
        return 0.0
    p = hypergeom.cdf(found - since[:, 1], urn, hidden, read - since[:, 0])
    return float(p.min())


Played = list[tuple[tuple[str, ...], Stops]]
"""What kind of review it was, and where each rule stopped."""


def play_simulated() -> Played:
    played: Played = []
    for units, (reviews, sizes) in PORTFOLIOS.items():
        for prevalence in PREVALENCES:
            for ranking in RANKINGS:
                for seed in range(reviews):
                    case = simulated(units, prevalence, ranking, seed)
                    size = sizes[seed % len(sizes)]
                    stops = with_draws(case, size)[0] | by_rank(case, size)
                    few = f"{prevalence:.0%}"
                    kind = (f"{units:,}", few, ranking, f"{units:,}, {few} relevant")
                    played.append((kind, stops))
    return played


def show_mixes() -> None:
    """Print the mean share read to a recall of 95% by how batches are mixed."""
    print("\n## Draws in a batch: mean share read to stop at 95%\n")
    print("| while finding | while proving | good | middling | kept |")
    print("| --: | --: | --: | --: | --: |")
    for finding in (0.05, 0.1, 0.2):
        for proving in (0.7, 0.85, 1.0):
            mixes = (Mix(0.9 - finding, 0.1, finding), Mix(1 - proving, 0.0, proving))
            read, kept = [], []
            for ranking in ("good", "middling"):
                stops = [
                    with_draws(simulated(units, prevalence, ranking, seed), 20, mixes)[
                        0
                    ]
                    for units in (500, 2_000)
                    for prevalence in PREVALENCES
                    for seed in range(4)
                ]
                read.append(np.mean([stop["capmap", 0.95].read for stop in stops]))
                kept += [stop["capmap", 0.95].recall >= 0.95 for stop in stops]
            cells = " | ".join(f"{share:.1%}" for share in (*read, np.mean(kept)))
            print(f"| {finding:.0%} | {proving:.0%} | {cells} |", flush=True)


def play_learned() -> Played:
    """Review the passages coded by hand, as they lie shuffled by each seed."""
    lexicon = Remembering(load_codebook(), load_framework())
    played: Played = []
    everything = passages.written() + passages.tuning()
    for seed in range(SEEDS):
        examples = passages.shuffled(everything, seed)
        for facet, code in QUESTIONS:
            relevant = np.array([code in e.codes.get(facet, ()) for e in examples])
            told = [
                replace(e, codes={facet: frozenset([code] if yes else [])})
                for e, yes in zip(examples, relevant, strict=True)
            ]
            order = permutation(len(examples), seed)
            case = Learned(relevant, order, told, (facet, code), lexicon)
            stops = with_draws(case, 20)[0] | by_rank(case, 20)
            name = f"{facet}:{code}, {relevant.sum()} of {len(relevant)}"
            played.append(((name,), stops))
    return played


def table(played: Played, place: int, head: str, target: float) -> str:
    """Write a table: of each kind of review, how often a rule kept its promise, and read."""
    lines = [
        f"| {head} | reviews | capmap: kept | read | C. & M.-H.: kept | read "
        f"| {IN_A_ROW} in a row: kept | read |",
        "| --- | --: | --: | --- | --: | --- | --: | --- |",
    ]
    groups: dict[str, list[Stops]] = defaultdict(list)
    for kind, stops in played:
        groups[kind[place]].append(stops)
    if place == 0:
        groups["all"] = [stops for _, stops in played]
    for name, group in groups.items():
        cells = []
        for rule in (("capmap", target), ("cmh", target), ("row", 0)):
            reviews = [stops[rule] for stops in group]
            kept = np.mean([stop.recall >= target for stop in reviews])
            low, middle, high = np.percentile([s.read for s in reviews], [10, 50, 90])
            cells.append(f"{kept:.1%} | {middle:.0%} ({low:.0%}–{high:.0%})")
        lines.append(f"| {name} | {len(group)} | {' | '.join(cells)} |")
    return "\n".join(lines)


def show(head: str, played: Played, places: Mapping[int, str]) -> None:
    for target in TARGETS:
        print(f"\n## {head}: recall {target:.0%}, confidence {CONFIDENCE:.0%}\n")
        for place, name in places.items():
            print(table(played, place, name, target), end="\n\n", flush=True)


def main(parts: Iterable[str]) -> None:
    wanted = set(parts) or {"simulated", "learned", "picture", "mixes"}
    began = time.monotonic()
    if "picture" in wanted:
        case = simulated(2_000, 0.1, "good", 1)
        print(pictures.promise(with_draws(case, 20)[1], "stopping"))
    if "simulated" in wanted:
        played = play_simulated()
        heads = {0: "units", 1: "relevant", 2: "ranking"}
        show("Simulated reviews", played, heads)
        good = [one for one in played if one[0][2] == "good"]
        show("With a good ranking", good, {3: "units"})
    if "mixes" in wanted:
        show_mixes()
    if "learned" in wanted:
        show("Passages coded by hand", play_learned(), {0: "question"})
    print(f"{time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    main(sys.argv[1:])
