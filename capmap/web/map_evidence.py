"""What stands behind a cell of the map: quotations; behind a gap, what was read."""

from dataclasses import dataclass
from functools import cached_property

import polars as pl
from django.db.models import Prefetch

from capmap.analysis.intervals import upper_bound_of_none
from capmap.analysis.shares import rounded_per_cent
from capmap.publishing.code_names import CodeNames, Named
from capmap.publishing.map_model import address_of
from capmap.records.models import Coding, Intervention, Passage
from capmap.records.queries.portfolio_estimates import Backed
from capmap.tables import ALL, NONE
from capmap.web.map_page import MapPage
from capmap.web.templatetags.evidence import Marked, mark_of
from capmap.wording import rules_in

#: Quotations shown at a time, and interventions named beside them.
AT_ONCE = 20
NAMED = 15

#: Facets whose codes stand under a quotation beside those of the map's axes.
TOLD = ("modality", "level", "constituent", "target", "partner")


@dataclass(frozen=True, slots=True)
class CodeGiven:
    """A code of a quotation: who gave it, why, and what a person decided."""

    facet: str
    label: str
    mark: str
    is_chosen: bool
    because: str
    coding: Coding


@dataclass(frozen=True, slots=True)
class Quotation:
    """A passage with the words marked, and its codes."""

    passage: Passage
    marks: list[Marked]
    codes: list[CodeGiven]

    @property
    def coders(self) -> list[str]:
        """Return who coded; one coder is named once, several have a column."""
        return list(dict.fromkeys(given.coding.coder.name for given in self.codes))

    @property
    def place(self) -> str:
        """Return where it stands, unless that only repeats what kind of text it is."""
        passage = self.passage
        return "" if passage.place.lower() == passage.kind else passage.place


class Evidence:
    """The opened cell of a map; ``is_known`` is False for one that is not in it."""

    def __init__(self, page: MapPage) -> None:
        self._page = page
        self._question = page.question
        self.row, self.column = page.asked.cell or (ALL, ALL)
        table = page.maps.coverage(page.question)
        self._table = table
        self.is_known = self._count(self.row, self.column) is not None

    def _count(self, row: str, column: str) -> dict[str, int] | None:
        found = self._table.filter(
            (pl.col("row") == row) & (pl.col("column") == column)
        )
        return found.row(0, named=True) if found.height else None

    @cached_property
    def count(self) -> dict[str, int]:
        return self._count(self.row, self.column) or {"interventions": 0, "passages": 0}

    @cached_property
    def shares(self) -> list[Backed]:
        """Return the share that the cell has of all, and of what develops capacity."""
        question, estimates = self._question, self._page.estimates
        shares = [estimates.cell(question, self.row, self.column)]
        if not (question.is_filtered or question.asks_capacity) and self.is_part:
            shares.append(estimates.part(question, self.row, self.column))
        return shares

    @property
    def is_part(self) -> bool:
        return (self.row, self.column) != (ALL, ALL)

    @property
    def is_gap(self) -> bool:
        return self.count["passages"] == 0

    @cached_property
    def of_row(self) -> dict[str, int]:
        """Return what was read in the row of a gap."""
        return self._count(self.row, ALL) or {"interventions": 0, "passages": 0}

    @cached_property
    def of_column(self) -> dict[str, int]:
        """Return what elsewhere speaks of the column of a gap."""
        return self._count(ALL, self.column) or {"interventions": 0, "passages": 0}

    @property
    def of_all(self) -> dict[str, int]:
        return self._count(ALL, ALL) or {"interventions": 0, "passages": 0}

    def named(self, facet: str, code: str) -> Named | None:
        return None if code == ALL else self._page.names.code(facet, code)

    @property
    def row_named(self) -> Named | None:
        return self.named(self._question.rows, self.row)

    @property
    def column_named(self) -> Named | None:
        return self.named(self._question.columns, self.column)

    @property
    def titles(self) -> list[str]:
        found = [self.row_named, self.column_named]
        return [named.label for named in found if named]

    @property
    def explained(self) -> Named | None:
        """Return the code whose definition stands beside the quotations."""
        for named in (self.column_named, self.row_named):
            if named and named.definition:
                return named
        return None

    @property
    def upper(self) -> int:
        """Return up to how many per cent of such passages could still speak of it."""
        return int(
            rounded_per_cent(upper_bound_of_none(max(1, self.of_row["passages"])))
        )

    @property
    def upper_of_all(self) -> int:
        return int(
            rounded_per_cent(upper_bound_of_none(max(1, self.of_all["passages"])))
        )

    @cached_property
    def gap(self) -> dict[str, object] | None:
        """Return the gap as the analysis tells it, with what would be expected."""
        if NONE in (self.row, self.column):
            return None
        found = self._page.maps.gaps(self._question).filter(
            (pl.col("row") == self.row) & (pl.col("column") == self.column)
        )
        return found.row(0, named=True) if found.height else None

    @property
    def row_label(self) -> str:
        named = self.row_named
        return named.label if named else self._page.words.say("everything")

    @property
    def column_label(self) -> str:
        named = self.column_named
        return named.label if named else self._page.words.say("everything")

    @property
    def expected(self) -> str:
        """Return how many would be expected in the gap."""
        value = float(str((self.gap or {}).get("expected") or 0))
        return self._page.words.number(round(value, 1 if value < 10 else 0))

    @property
    def chance(self) -> str:
        """Return how often chance alone would leave the gap."""
        value = float(str((self.gap or {}).get("chance") or 0))
        key = "per_cent_under_1" if value < 0.01 else "per_cent"
        return self._page.words.say(key, value=int(rounded_per_cent(value)))

    @property
    def bound(self) -> str:
        return str((self.gap or {}).get(f"sentence_{self._page.names.language}", ""))

    @property
    def column_cell(self) -> str:
        return f"*~{address_of(self.column)}"

    @cached_property
    def read(self) -> pl.DataFrame:
        """Return the passages to show: those of the cell, or of the row of a gap."""
        column = ALL if self.is_gap else self.column
        return self._page.maps.passages(self._question, self.row, column)

    @property
    def total(self) -> int:
        return self.read.height

    @property
    def page(self) -> int:
        return max(1, self._page.asked.page)

    @property
    def left(self) -> int:
        return max(0, self.total - self.page * AT_ONCE)

    @property
    def more(self) -> int:
        return min(AT_ONCE, self.left)

    @property
    def next_query(self) -> str:
        asked = self._page.asked
        return asked.query(cell=asked.cell_name, page=str(self.page + 1))

    def quotations(self) -> list[Quotation]:
        """Return the quotations of this page with the codes that count."""
        first = (self.page - 1) * AT_ONCE
        ids = self.read["passage_id"].slice(first, AT_ONCE).to_list()
        access = self._page.access
        found = (
            Passage.objects.current()
            .filter(pk__in=ids, intervention__in=access.interventions())
            .select_related("intervention")
            .prefetch_related(
                Prefetch(
                    "codings",
                    Coding.objects.counted()
                    .filter(facet__in=self.facets)
                    .select_related("coder", "decided_by")
                    .order_by("pk"),
                    to_attr="codes_that_count",
                )
            )
        )
        by_id = {passage.pk: passage for passage in found}
        return [self._quotation(by_id[pk]) for pk in ids if pk in by_id]

    @property
    def facets(self) -> list[str]:
        return list({*TOLD, self._question.rows, self._question.columns})

    def _quotation(self, passage: Passage) -> Quotation:
        codings: list[Coding] = passage.codes_that_count  # type: ignore[attr-defined]
        for coding in codings:
            coding.passage = passage
        given = [self._given(coding) for coding in codings]
        given.sort(key=lambda code: not code.is_chosen)
        marks = [
            Marked(start, end, code.facet, code.label)
            for code in given
            for start, end in code.coding.spans
        ]
        return Quotation(passage, marks, given)

    def _given(self, coding: Coding) -> CodeGiven:
        chosen = {
            (self._question.rows, self.row),
            (self._question.columns, self.column),
        }
        return CodeGiven(
            coding.facet,
            self._page.names.code(coding.facet, coding.code).label,
            mark_of(coding.facet),
            (coding.facet, coding.code) in chosen,
            self._because(coding),
            coding,
        )

    def _because(self, coding: Coding) -> str:
        """Say what led to a code: the implying code by its label, a pattern by its words."""
        if coding.basis == "implied":
            for facet, known in self._page.maps.codebook.facets.items():
                if coding.because in known.codes:
                    return self._page.names.code(facet, coding.because).label
        if any(sign in coding.because for sign in ("(", "|", "...")) and coding.quote:
            return coding.quote
        return rules_in(self._page.names.language, coding.because)

    @cached_property
    def _behind(self) -> pl.DataFrame:
        return self.read["intervention_id"].value_counts(sort=True)

    @property
    def interventions_count(self) -> int:
        return self._behind.height

    def interventions(self) -> list[tuple[Intervention, int]]:
        """Return the interventions with most passages here, and how many."""
        top = dict(self._behind.head(NAMED).iter_rows())
        access = self._page.access
        found = {
            intervention.identifier: intervention
            for intervention in access.interventions().filter(identifier__in=list(top))
        }
        return [(found[key], n) for key, n in top.items() if key in found]

    @property
    def interventions_left(self) -> int:
        return max(0, self.interventions_count - NAMED)

    def table(self, names: CodeNames) -> pl.DataFrame:
        """Return every code of every passage behind the cell, with the words it rests on."""
        tables = self._page.maps.tables
        ids = self.read.select(pl.col("passage_id").cast(pl.String)).lazy()
        found = (
            tables.codings.join(ids, on="passage_id", how="semi")
            .join(
                tables.passages.select("passage_id", "place", "language", "text"),
                on="passage_id",
            )
            .join(
                tables.interventions.select("intervention_id", "title"),
                on="intervention_id",
                how="left",
            )
            .select(
                "intervention_id", "title", "passage_id", "place", "language", "facet",
                "code", "confidence", "doubtful", "coder", "basis", "because", "quote",
                "text",
            )
            .collect()
        )  # fmt: skip
        labels = [names.code(f, c).label for f, c in found["facet", "code"].iter_rows()]
        return found.with_columns(pl.Series("label", labels, pl.String))
