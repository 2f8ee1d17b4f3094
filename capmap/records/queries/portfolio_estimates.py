"""The shares of a portfolio with their intervals, from what people read at random.

A share *among all* is the coder's count corrected by the readers
(``capmap.analysis.assisted``). A share *among what develops capacity* has a denominator
that only reading tells: it rests on the units in which the readers found capacity
development, a random sample of all such (W. G. Cochran, Sampling Techniques, 3rd ed.
1977, section 2.11), and how many these are is itself estimated.

Interventions without a passage count among all, and nothing is found in them for certain.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from math import ceil

import polars as pl

from capmap.analysis.assisted import FEW, Estimate, among_more, estimated_share
from capmap.analysis.facets import counted_interventions
from capmap.publishing.map_model import OTHERS
from capmap.records.queries import samples
from capmap.records.queries.maps import USUAL, Maps, Question
from capmap.records.queries.samples import Sample
from capmap.tables import ALL

#: Of the findings of the overview, those among all; the others are among what has capacity.
AMONG_ALL = ("finding_capacity", "finding_constituents")

#: Findings that speak of the coder, not of the portfolio.
OF_THE_CODER = ("finding_doubtful",)


@dataclass(frozen=True, slots=True)
class Backed:
    """A share, what stands behind it, or why nothing does.

    ``among``: all or capacity. ``reason`` is empty, or none_read (of a random draw),
    too_few (``read`` of them), accepted (the map counts what people accepted) or others
    (codes taken together). ``machine``: the share by the coder, None where unknown.
    """

    sample: Sample
    among: str
    reason: str = ""
    read: int = 0
    found: int = 0
    estimate: Estimate | None = None

    @property
    def unit(self) -> str:
        return self.sample.unit

    @property
    def to_halve(self) -> int:
        """Return about how many more units, drawn from all, would halve the interval."""
        if self.estimate is None or not self.estimate.to_halve:
            return 0
        everything = self.sample.population
        if self.among == "all":
            return self.estimate.to_halve
        wanted = ceil(self.estimate.to_halve * everything / self.estimate.population)
        return min(wanted, everything - self.sample.read)


@dataclass(frozen=True, slots=True)
class _Counts:
    """Units of the sample by what readers found and the coder suggests; ``in_all`` suggested."""

    found: int = 0
    suggested: int = 0
    both: int = 0
    in_all: int = 0


_COUNTS = {"row": pl.String, "column": pl.String}
_FIELDS = ("found", "suggested", "both", "in_all")


class Estimates:
    """The shares of one portfolio as one person sees it, at one revision."""

    def __init__(self, maps: Maps, unit: str = "interventions") -> None:
        self._maps = maps
        self._portfolio, self._shot = maps.portfolio, maps.shot
        self._unit = unit
        self._counted: tuple[Question, dict[tuple[str, str], _Counts]] | None = None

    @cached_property
    def sample(self) -> Sample:
        """Return what was read of the units that the person sees."""

        def count() -> pl.DataFrame:
            states = self._states.collect()["state"]
            held = {s: int((states == s).sum()) for s in ("read", "unread", "later")}
            empty = 0
            if self._unit == "interventions":
                counted = counted_interventions(self._maps.tables.interventions)
                empty = counted - len(states)
            return pl.DataFrame({**held, "empty": empty})

        held = self._answer("sample", {}, count).row(0, named=True)
        helped = held["read"] > 0 and samples.is_helped(
            self._portfolio, self._shot, self._drawn.passages
        )
        return Sample(
            unit=self._unit, read=held["read"], population=held["read"] + held["unread"],
            later=held["later"], empty=held["empty"], helped=helped,
        )  # fmt: skip

    @property
    def wider_body(self) -> int | None:
        """Return how large the body is from which the portfolio itself was drawn, if any."""
        return self._maps.population

    def cell(self, question: Question, row: str, column: str) -> Backed:
        """Return the share, among all, of units with a passage in a cell of a map."""
        why = self._why_not(question, row, column)
        if why:
            return Backed(self.sample, "all", why, self.sample.read)
        return self._among_all(self._counts(question).get((row, column), _Counts()))

    def part(
        self, question: Question, row: str, column: str, of_row: str = ALL
    ) -> Backed:
        """Return the share of a cell among what stands in the map, or in row ``of_row``."""
        why = self._why_not(question, row, column)
        if why:
            return Backed(self.sample, "capacity", why, self.sample.read)
        counts = self._counts(question)
        return self._among_capacity(
            counts.get((row, column), _Counts()), counts.get((of_row, ALL), _Counts())
        )

    def having(
        self,
        with_all: Sequence[str] = (),
        with_any: Sequence[str] = (),
        without: Sequence[str] = (),
        *,
        among: str = "all",
    ) -> Backed:
        """Return the share of units in whose passages on capacity codes are found.

        Codes are "facet:code". ``with_any``: at least one of them, if any are named.
        """
        if not self.sample.read:
            return Backed(self.sample, among, "none_read")
        wanted = (tuple(with_all), tuple(with_any), tuple(without))
        counts = self._counts_having(*wanted)
        if among == "all":
            return self._among_all(counts)
        return self._among_capacity(counts, self._counts_having(("capacity:cd",)))

    def _why_not(self, question: Question, row: str, column: str) -> str:
        if question.accepted:
            return "accepted"
        if OTHERS in (row, column):
            return "others"
        return "" if self.sample.read else "none_read"

    def _among_all(self, counts: _Counts) -> Backed:
        sample = self.sample
        if sample.is_few:
            return Backed(sample, "all", "too_few", sample.read, counts.found)
        estimate = _assisted(counts, sample)
        return Backed(sample, "all", "", sample.read, counts.found, estimate)

    def _among_capacity(self, counts: _Counts, whole: _Counts) -> Backed:
        sample, read, found = self.sample, whole.found, min(counts.found, whole.found)
        is_all = sample.read == sample.population
        if read == 0 or (read < FEW and not is_all):
            return Backed(sample, "capacity", "too_few", read, found)
        # How many develop capacity is estimated; so many at least were found.
        share = _share(_outcomes(whole, sample), *_in_all(whole, sample))
        population = max(read, round(share.value * sample.population))
        if not is_all:
            population = max(population, read + 1)
        outcomes = ((True, False, found), (False, False, read - found))
        estimate = replace(
            _share(outcomes, 0, population),
            machine=counts.in_all / whole.in_all if whole.in_all else 0.0,
        )
        return Backed(sample, "capacity", "", read, found, estimate)

    # Counting

    @cached_property
    def _drawn(self) -> samples.Drawn:
        return samples.drawn(self._portfolio, self._shot, self._unit)

    @property
    def _states(self) -> pl.LazyFrame:
        """Return the units that the person sees: id, state."""
        table = self._drawn.table.lazy()
        if not self._maps.is_scoped:
            return table
        if self._unit == "passages":
            seen = self._maps.tables.passages.select(id="passage_id")
        else:
            seen = self._maps.tables.interventions.filter(
                pl.col("kind") != "document"
            ).select(id="counted_as")
        return table.join(seen, on="id", how="semi")

    @property
    def _found(self) -> pl.LazyFrame:
        return samples.found_by_people(
            self._portfolio, self._shot, self._drawn.passages
        )

    def _counts(self, question: Question) -> dict[tuple[str, str], _Counts]:
        def count() -> pl.DataFrame:
            maps = self._maps
            found = maps.cells(question, self._found)
            decided = samples.decided(self._portfolio, self._shot).lazy()
            own = maps.cells(
                question, samples.said_by_coder(self._portfolio, self._shot)
            )
            rest = maps.cells(question).join(decided, on="passage_id", how="anti")
            suggested = pl.concat([rest, own], how="diagonal_relaxed")
            return self._crossed(
                self._with_margins(found), self._with_margins(suggested)
            )

        asked = {
            "rows": question.rows, "columns": question.columns,
            "filters": dict(question.filters), "confidence": question.confidence,
        }  # fmt: skip
        if self._counted is None or self._counted[0] != question:
            self._counted = question, _as_counts(self._answer("cells", asked, count))
        return self._counted[1]

    def _with_margins(self, cells: pl.LazyFrame) -> pl.LazyFrame:
        own = cells.select("row", "column", id=self._id).drop_nulls("id").unique()
        return pl.concat(
            own.with_columns(*(pl.lit(ALL).alias(side) for side in margin)).unique()
            for margin in ((), ("row",), ("column",), ("row", "column"))
        )

    @property
    def _id(self) -> pl.Expr:
        if self._unit == "passages":
            return pl.col("passage_id").cast(pl.String)
        return pl.col("counted_as")

    def _counts_having(
        self,
        with_all: Sequence[str],
        with_any: Sequence[str] = (),
        without: Sequence[str] = (),
    ) -> _Counts:
        holds = pl.lit(True)
        for key in with_all:
            holds &= pl.col("keys").list.contains(key)
        for key in without:
            holds &= ~pl.col("keys").list.contains(key)
        if with_any:
            holds &= pl.any_horizontal(
                pl.col("keys").list.contains(k) for k in with_any
            )

        def units(held: pl.DataFrame) -> pl.LazyFrame:
            found = held.lazy().filter(holds)
            return found.select("id", row=pl.lit(ALL), column=pl.lit(ALL))

        def count() -> pl.DataFrame:
            return self._crossed(units(self._keys_found), units(self._keys_suggested))

        asked = {"all": list(with_all), "any": list(with_any), "no": list(without)}
        found = _as_counts(self._answer("having", asked, count))
        return found.get((ALL, ALL), _Counts())

    @cached_property
    def _keys_found(self) -> pl.DataFrame:
        """Return the codes that people found in each unit read: id, keys ("facet:code")."""
        return self._answer("keys found", {}, lambda: self._keys(self._found))

    @cached_property
    def _keys_suggested(self) -> pl.DataFrame:
        """Return the codes that the coder suggests in each unit."""

        def gather() -> pl.DataFrame:
            decided = samples.decided(self._portfolio, self._shot).lazy()
            rest = self._maps.codings().join(decided, on="passage_id", how="anti")
            own = samples.said_by_coder(self._portfolio, self._shot)
            return self._keys(pl.concat([rest, own], how="diagonal_relaxed"))

        return self._answer("keys suggested", {}, gather)

    def _keys(self, codings: pl.LazyFrame) -> pl.DataFrame:
        return (
            self._maps.of_capacity(codings)
            .filter(pl.col("facet").is_in(list(self._maps.codebook.facets)))
            .select(id=self._id, keys=pl.concat_str("facet", pl.lit(":"), "code"))
            .drop_nulls("id")
            .unique()
            .group_by("id")
            .agg("keys")
            .collect()
        )

    def _crossed(self, found: pl.LazyFrame, suggested: pl.LazyFrame) -> pl.DataFrame:
        """Count units by row and column: found and suggested among those read, in_all."""
        states = self._states.filter(pl.col("state") != "later").collect().lazy()
        read = states.filter(pl.col("state") == "read").select("id")
        where = ["row", "column"]
        found = found.join(read, on="id", how="semi").collect().lazy()
        suggested = suggested.join(states, on="id", how="semi").collect().lazy()
        of_read = suggested.join(read, on="id", how="semi")
        parts = {
            "found": found,
            "suggested": of_read,
            "both": of_read.join(found, on=["id", *where], how="semi"),
            "in_all": suggested,
        }
        counted = pl.concat(
            part.group_by(where)
            .agg(pl.len().cast(pl.Int64))
            .select(*where, pl.lit(name).alias("what"), "len")
            for name, part in parts.items()
        )
        return counted.collect()

    def _answer(
        self, about: str, asked: Mapping[str, object], work_out: object
    ) -> pl.DataFrame:
        question = {
            "about": f"estimate {about}", "unit": self._unit, **asked,
            "countries": self._maps.countries, "codebook": self._maps.codebook.version,
        }  # fmt: skip
        return self._shot.answer(question, work_out)  # type: ignore[arg-type]


def prepare(maps: Maps) -> None:
    """Count what was read for the maps that people look at first."""
    estimates = Estimates(maps)
    if estimates.sample.read:
        for rows, columns in USUAL:
            estimates.cell(Question(rows, columns), ALL, ALL)
        estimates.having(["capacity:cd"])


def _as_counts(table: pl.DataFrame) -> dict[tuple[str, str], _Counts]:
    held: dict[tuple[str, str], dict[str, int]] = {}
    for row, column, what, count in table.iter_rows():
        held.setdefault((row, column), {})[what] = count
    return {key: _Counts(**counts) for key, counts in held.items()}


def _outcomes(counts: _Counts, sample: Sample) -> tuple[tuple[bool, bool, int], ...]:
    """Return how many of those read were found and suggested, or only one, or neither."""
    if not sample.helped:
        return (
            (True, False, counts.found),
            (False, False, sample.read - counts.found),
        )
    only_found = counts.found - counts.both
    only_suggested = counts.suggested - counts.both
    neither = sample.read - counts.both - only_found - only_suggested
    return (
        (True, True, counts.both),
        (True, False, only_found),
        (False, True, only_suggested),
        (False, False, neither),
    )


def _in_all(counts: _Counts, sample: Sample) -> tuple[int, int]:
    return (counts.in_all if sample.helped else 0), sample.population


def _assisted(counts: _Counts, sample: Sample) -> Estimate:
    """Return the share among all, those without a passage among them."""
    estimate = _share(_outcomes(counts, sample), *_in_all(counts, sample))
    everything = sample.population + sample.empty
    return replace(
        among_more(estimate, sample.empty), machine=counts.in_all / everything
    )


@lru_cache(maxsize=20_000)
def _share(
    outcomes: tuple[tuple[bool, bool, int], ...], in_all: int, population: int
) -> Estimate:
    found = [f for f, _, count in outcomes for _ in range(count)]
    suggested = [s for _, s, count in outcomes for _ in range(count)]
    return estimated_share(found, suggested, in_all, population)
