"""Any facet by any facet of a portfolio, filtered, worked out once a revision.

The library counts; here it is chosen what it counts: which interventions a person sees,
which passages the filters keep, which codings (all that nobody rejected, or only what
people accepted).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from capmap.analysis.coverage import (
    add_budgets,
    cell_passages,
    count_cells,
    intervention_budgets,
)
from capmap.analysis.facets import counted_passages, places
from capmap.analysis.findings import codes_in_order, find_statements
from capmap.analysis.gaps import gaps
from capmap.analysis.multiples import coverage_by
from capmap.frameworks.codebook import Codebook
from capmap.frameworks.framework import Framework
from capmap.publishing.map_model import OTHERS
from capmap.records.models import Portfolio
from capmap.records.permissions import Access
from capmap.records.queries import samples, snapshot
from capmap.records.queries.codebook import codebook_of, framework_of
from capmap.records.queries.holdings import holdings_of
from capmap.records.queries.snapshot import Snapshot
from capmap.tables import ALL, NONE

#: Codes of an open facet (organization, sector ...) that stand on an axis.
MOST_CODES = 250

#: The maps that are worked out as soon as the tables are new.
USUAL = (
    ("outcome", "modality"),
    ("outcome", "level"),
    ("outcome", "constituent"),
    ("country", "level"),
)


@dataclass(frozen=True, slots=True)
class Question:
    """What a map shows. ``filters``: a facet, or group (of outcomes) or language, with a code."""

    rows: str = "outcome"
    columns: str = "modality"
    filters: Mapping[str, str] = field(default_factory=dict)
    accepted: bool = False  # count only what people accepted
    confidence: float = 0.0  # of a coding, at least

    @property
    def asks_capacity(self) -> bool:
        """Whether what is not capacity development counts too."""
        return "capacity" in (self.rows, self.columns)

    @property
    def is_filtered(self) -> bool:
        return bool(self.filters) or self.accepted or self.confidence > 0


class Maps:
    """The maps of one portfolio as one person sees it, at one revision."""

    def __init__(self, access: Access, shot: Snapshot | None = None) -> None:
        self.portfolio = access.portfolio
        self.shot = shot or snapshot.current(access.portfolio)
        self.holdings = holdings_of(access, self.shot)
        self.codebook: Codebook = codebook_of(access.portfolio)
        self.framework: Framework = framework_of(access.portfolio)
        self.countries = tuple(sorted(access.countries))
        self.tables = self.shot.tables(self.countries)
        self._celled: tuple[Question, pl.DataFrame] | None = None

    def coverage(self, question: Question) -> pl.DataFrame:
        """Return the coverage table, margins and all."""
        return self._answer("coverage", question, lambda: self._count(question))

    def groups(self, question: Question) -> pl.DataFrame:
        """Return the margin of each group of rows, as a coverage table of groups."""
        return self._answer("groups", question, lambda: self._count_groups(question))

    def budgets(self, question: Question) -> pl.DataFrame:
        """Return the budgets behind each cell by currency, never added across."""
        return self._answer(
            "budgets",
            question,
            lambda: add_budgets(
                self._cells(question),
                question.rows,
                question.columns,
                intervention_budgets(self.tables.interventions),
            ),
        )

    def gaps(self, question: Question) -> pl.DataFrame:
        """Return what is found nowhere, and how much that says."""
        return gaps(self.coverage(question))

    def by(self, question: Question, facet: str) -> pl.DataFrame:
        """Return the coverage table once for each code of ``facet``."""

        def work_out() -> pl.DataFrame:
            interventions, codings = self._narrowed(question)
            return coverage_by(
                interventions, codings, question.rows, question.columns, facet,
                row_codes=self.codes(question.rows),
                column_codes=self.codes(question.columns),
                capacity_only=not question.asks_capacity,
            )  # fmt: skip

        return self._answer(f"by {facet}", question, work_out)

    def passages(self, question: Question, row: str, column: str) -> pl.DataFrame:
        """Return the passages of a cell or margin: passage_id, intervention_id, doubtful."""

        def work_out() -> pl.DataFrame:
            cells = self._cells(question)
            for side, code in (("row", row), ("column", column)):
                if code != ALL:
                    cells = cells.filter(pl.col(side) == code)
            _, codings = self._narrowed(question)
            own = codings.select("passage_id", "intervention_id").unique()
            return (
                cells.group_by("passage_id")
                .agg(pl.col("doubtful").all(), pl.col("counted_as").first())
                .join(own, on="passage_id")
                .sort("passage_id")
                .collect()
            )

        return self._answer(f"cell {row}~{column}", question, work_out)

    def statements(self) -> pl.DataFrame:
        """Return the findings in plain sentences; of a million passages this takes long."""
        return self._statements(
            lambda: find_statements(
                self.tables,
                self.framework,
                self.codebook,
                population=self.population,
                method="coded" if self.population is None else "wilson",
            )
        )

    def statements_if_quick(self) -> pl.DataFrame | None:
        """Return the findings, or None where working them out would keep people waiting."""
        if self.holdings.count("passages") <= snapshot.ON_THE_SPOT:
            return self.statements()
        try:
            return self._statements(_not_now)
        except _NotNow:
            return None

    def _statements(self, work_out: Callable[[], pl.DataFrame]) -> pl.DataFrame:
        asked = {"about": "statements", "countries": self.countries}
        return self.shot.answer(asked | self._state(), work_out)

    @property
    def is_scoped(self) -> bool:
        return bool(self.countries)

    @property
    def population(self) -> int | None:
        """Return the size of the known body of which the portfolio is a sample, if it is."""
        stated = self.portfolio.population
        if stated is None or self.countries:
            return None
        return stated if stated >= self.holdings.count("interventions") else None

    def codes(self, facet: str) -> list[str]:
        """Return the codes of a facet of the codebook in order; none for others."""
        return codes_in_order(facet, self.framework, self.codebook)

    def group_of(self, facet: str) -> dict[str, str]:
        """Return the group of each code of a facet that has groups."""
        if facet == "outcome":
            return {
                outcome.code: group.group
                for group in self.framework.groups
                for outcome in group.outcomes
            }
        known = self.codebook.facets.get(facet)
        if known is None:
            return {}
        return {
            code.code: code.outcome or code.group
            for code in known.codes.values()
            if code.outcome or code.group
        }

    def _answer(
        self, about: str, question: Question, work_out: Callable[[], pl.DataFrame]
    ) -> pl.DataFrame:
        asked = {
            "about": about,
            "rows": question.rows,
            "columns": question.columns,
            "filters": dict(question.filters),
            "accepted": question.accepted,
            "confidence": question.confidence,
            "countries": self.countries,
            **self._state(),
        }
        return self.shot.answer(asked, work_out)

    def _state(self) -> dict[str, Any]:
        return {
            "codebook": self.codebook.version,
            "population": self.portfolio.population,
        }

    def _count(self, question: Question) -> pl.DataFrame:
        return count_cells(
            self._cells(question),
            question.rows,
            question.columns,
            self.codes(question.rows),
            self.codes(question.columns),
        )

    def _count_groups(self, question: Question) -> pl.DataFrame:
        groups = self.group_of(question.rows)
        cells = self._cells(question).with_columns(
            pl.col("row").replace_strict(groups, default=NONE),
            pl.lit(NONE).alias("column"),
        )
        return count_cells(cells, question.rows, question.columns)

    def _cells(self, question: Question) -> pl.LazyFrame:
        """Return the passages of each cell; counts, groups and budgets of a map share them."""
        if self._celled is None or self._celled[0] != question:
            self._celled = (question, self._cells_of(question))
        return self._celled[1].lazy()

    def cells(
        self, question: Question, codings: pl.LazyFrame | None = None
    ) -> pl.LazyFrame:
        """Return who stands in which cell: row, column, passage_id, counted_as.

        By the codings that count, or by others such as those of people alone.
        """
        if codings is None:
            return self._cells(question).select(*_PLACE)
        interventions, narrowed = self._narrowed(question, self._seen(codings))
        found = cell_passages(
            interventions, narrowed, question.rows, question.columns,
            capacity_only=not question.asks_capacity,
        )  # fmt: skip
        return found.select(*_PLACE)

    def codings(self) -> pl.LazyFrame:
        """Return the codings that count of passages with capacity development."""
        return self._codings(everything=False)

    def of_capacity(self, codings: pl.LazyFrame) -> pl.LazyFrame:
        """Keep codings of passages with capacity development, with counted_as."""
        seen = self._seen(codings)
        return seen.join(
            counted_passages(self.tables.interventions, seen).drop("intervention_id"),
            on="passage_id",
        )

    def _seen(self, codings: pl.LazyFrame) -> pl.LazyFrame:
        inside = self.tables.interventions.select("intervention_id")
        return codings.join(inside, on="intervention_id", how="semi")

    def _cells_of(self, question: Question) -> pl.DataFrame:
        interventions, codings = self._narrowed(question)
        cells = cell_passages(
            interventions, codings, question.rows, question.columns,
            capacity_only=not question.asks_capacity,
        ).collect()  # fmt: skip
        for side, facet in (("row", question.rows), ("column", question.columns)):
            if not self.codes(facet):
                cells = _most_frequent(cells, side)
        return cells

    def _narrowed(
        self, question: Question, codings: pl.LazyFrame | None = None
    ) -> tuple[pl.LazyFrame, pl.LazyFrame]:
        """Return interventions, and the codings of the passages that the filters keep."""
        interventions = self.tables.interventions
        if codings is None:
            codings = self._codings(question.asks_capacity)
        if question.confidence:
            codings = codings.filter(pl.col("confidence") >= question.confidence)
        if question.accepted:
            decided = samples.decided(self.portfolio, self.shot)
            accepted = decided.lazy().filter("accepted")
            codings = codings.join(
                accepted, on=["passage_id", "facet", "code"], how="semi"
            )
        for name, code in question.filters.items():
            # Collected at each step, or every later step would work it out again.
            passages = counted_passages(
                interventions, codings, capacity_only=not question.asks_capacity
            )
            kept = self._kept(name, code, passages, interventions, codings).collect()
            codings = codings.join(kept.lazy(), on="passage_id", how="semi")
            codings = codings.collect().lazy()
        return interventions, codings

    def _kept(
        self,
        name: str,
        code: str,
        passages: pl.LazyFrame,
        interventions: pl.LazyFrame,
        codings: pl.LazyFrame,
    ) -> pl.LazyFrame:
        if name == "language":
            texts = self.tables.passages.filter(pl.col("language") == code)
            return texts.select(pl.col("passage_id").cast(pl.Int64))
        if name == "group":
            groups = self.group_of("outcome")
            codes = [outcome for outcome, group in groups.items() if group == code]
            where = places("outcome", passages, interventions, codings)
            return where.filter(pl.col("code").is_in(codes)).select("passage_id")
        where = places(name, passages, interventions, codings)
        return where.filter(pl.col("code") == code).select("passage_id")

    def _codings(self, everything: bool) -> pl.LazyFrame:
        """Return the codings to count, kept apart where only capacity development counts.

        Every map asks for these again: with numbers for passages they join fast.
        """

        def slim() -> pl.DataFrame:
            found = self.tables.codings.select(
                pl.col("passage_id").cast(pl.Int64),
                "intervention_id", "facet", "code", "confidence", "doubtful",
            )  # fmt: skip
            if not everything:
                capacity = counted_passages(self.tables.interventions, found)
                found = found.join(capacity, on="passage_id", how="semi")
            return found.collect()

        return self.shot.answer(
            {"about": "codings", "all": everything, "countries": self.countries}, slim
        ).lazy()


_PLACE = ("row", "column", "passage_id", "counted_as")


class _NotNow(Exception):
    """An answer is not there, and is not to be worked out now."""


def _not_now() -> pl.DataFrame:
    raise _NotNow


def _most_frequent(cells: pl.DataFrame, side: str) -> pl.DataFrame:
    """Put the codes of an open facet beyond the most frequent under ``OTHERS``."""
    often = cells.filter(pl.col(side) != NONE)[side].value_counts(sort=True)
    if often.height <= MOST_CODES:
        return cells
    kept = [NONE, *often[side].head(MOST_CODES)]
    others = (
        pl.when(pl.col(side).is_in(kept)).then(pl.col(side)).otherwise(pl.lit(OTHERS))
    )
    return cells.with_columns(others.alias(side))


def prepare(portfolio: Portfolio) -> "Maps":
    """Work out what people look at first, so that nobody waits for it: overview and maps.

    Called when the tables are new. Those who see only some countries still ask anew.
    """
    from capmap.records.models import Role, User

    maps = Maps(Access(User(), portfolio, Role.VIEWER))
    maps.statements()
    for rows, columns in USUAL:
        question = Question(rows, columns)
        maps.coverage(question)
        maps.groups(question)
    return maps


#: Facets by which small multiples are drawn.
MULTIPLES = ("region", "year", "country", "kind")
