"""Which levels of capacity the passages of one intervention join, drawn passage by passage."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import polars as pl

from capmap.analysis.facets import counted_passages, places
from capmap.frameworks.codebook import Texts
from capmap.records.permissions import Access
from capmap.records.queries import snapshot
from capmap.records.queries.codings import Coded, Codings

#: Passages drawn; more would not fit beside the facts.
DRAWN = 12


@dataclass(frozen=True, slots=True)
class Level:
    """One level of capacity: which passages reach it here, and the share in the portfolio."""

    code: str
    label: Texts
    marks: list[str]  # "full", "doubtful" or "none" for each passage drawn
    joins: list[bool]  # whether a line goes on to the next level below
    here: int
    is_doubtful: bool  # whoever reaches it is doubtful
    share: float | None


@dataclass(frozen=True, slots=True)
class Profile:
    """Which levels the passages on capacity development join."""

    levels: list[Level]
    drawn: list[tuple[int, int]]  # number and position of the passages drawn
    passages: int
    joined: int  # that reach two levels or more
    in_portfolio: int

    @property
    def reached(self) -> list[Level]:
        return [level for level in self.levels if level.here]

    @property
    def missing(self) -> list[Level]:
        return [level for level in self.levels if not level.here]

    @property
    def resting_on_doubt(self) -> list[Level]:
        return [level for level in self.reached if level.is_doubtful]

    @property
    def is_cut(self) -> bool:
        return len(self.drawn) < self.passages


def profile_of(codings: Codings, shares: dict[str, int]) -> Profile | None:
    """Return the profile; None where nothing speaks of capacity development or no level exists.

    ``shares``: passages of the portfolio by level, and under "" all on capacity.
    """
    facet = codings.book.facets.get("level")
    passages = codings.on_capacity
    if facet is None or not passages:
        return None
    reached = {number: _levels(codings.of_passage[number]) for number in passages}
    positions = {c.passage: c.position for c in codings.counted}
    codes = list(facet.codes)
    drawn, everywhere = passages[:DRAWN], shares.get("", 0)
    levels = []
    for row, code in enumerate(codes):
        doubts = [reached[n][code] for n in passages if code in reached[n]]
        levels.append(
            Level(
                code=code,
                label=facet.codes[code].label,
                marks=[_mark(reached[n].get(code)) for n in drawn],
                joins=[_goes_on(reached[n], codes, row) for n in drawn],
                here=len(doubts),
                is_doubtful=all(doubts),
                share=shares.get(code, 0) / everywhere if everywhere else None,
            )
        )
    joined = sum(len(levels) > 1 for levels in reached.values())
    return Profile(
        levels, [(n, positions[n]) for n in drawn], len(passages), joined, everywhere
    )


def _levels(codings: Iterable[Coded]) -> dict[str, bool]:
    """Return the levels of a passage, each with whether every coder doubts it."""
    found: dict[str, bool] = {}
    for one in codings:
        if one.facet == "level":
            found[one.code] = found.get(one.code, True) and one.doubtful
    return found


def _mark(doubt: bool | None) -> str:
    return "none" if doubt is None else "doubtful" if doubt else "full"


def _goes_on(reached: dict[str, bool], codes: Sequence[str], row: int) -> bool:
    above = any(code in reached for code in codes[: row + 1])
    return above and any(code in reached for code in codes[row + 1 :])


def level_shares(access: Access) -> dict[str, int]:
    """Return how many passages of the portfolio reach each level; under "" all on capacity."""
    current = snapshot.current(access.portfolio)

    def work_out() -> pl.DataFrame:
        tables = current.tables(access.countries)
        passages = counted_passages(tables.interventions, tables.codings)
        found = places("level", passages, tables.interventions, tables.codings)
        every = found.group_by(code=pl.lit("")).agg(
            pl.col("passage_id").n_unique().alias("passages")
        )
        each = found.filter(pl.col("code") != "").group_by("code")
        by_level = each.agg(pl.col("passage_id").n_unique().alias("passages"))
        return pl.concat([every, by_level]).collect()

    question = {"page": "intervention", "countries": sorted(access.countries)}
    return dict(current.answer(question, work_out).iter_rows())
