"""The overview of a portfolio: what it holds, what it shows, what is to be done."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

import polars as pl
from babel.lists import format_list
from django.http import QueryDict

from capmap.publishing.map_model import MapModel, name_of
from capmap.publishing.map_words import whole_money
from capmap.records.models import Change, Import
from capmap.records.permissions import Access
from capmap.records.queries.portfolio_estimates import (
    AMONG_ALL,
    OF_THE_CODER,
    Backed,
    Estimates,
)
from capmap.records.queries.to_do import ToDo, to_do_of
from capmap.tables import ALL
from capmap.web.map_page import MapPage

#: The latest imports and changes that are told.
LATEST = 5

#: Where a finding that names no code leads.
COLUMNS = {
    "finding_constituents": "constituent",
    "finding_others_only": "target",
    "finding_individual_alone": "level",
    "finding_levels_meet": "level",
}


@dataclass(frozen=True, slots=True)
class Told:
    """A finding in a sentence, with the map that shows it and the list behind it."""

    text: str
    key: str
    share: Backed | None  # with its interval, where people read at random
    question: str  # "facet:code" that a round may ask
    map_query: str
    list_query: str


@dataclass(frozen=True, slots=True)
class Money:
    """The budget stated in one currency."""

    shown: str
    interventions: int


class OverviewPage:
    """The overview as one person sees it, in one language."""

    def __init__(self, access: Access, language: str) -> None:
        self.access = access
        self._language = language
        query = QueryDict(urlencode({"rows": "outcome", "columns": "level"}))
        self.map = MapPage(access, query, language)
        self.holdings = self.map.holdings

    @property
    def is_empty(self) -> bool:
        return self.map.is_empty

    @property
    def figures(self) -> list[tuple[str, int]]:
        """Return what the portfolio holds: the key of its words and how many."""
        held = self.holdings
        return [
            ("interventions", held.count("interventions")),
            ("documents", held.count("documents")),
            ("passages", held.count("passages")),
            ("capacity_passages", held.count("capacity_passages")),
            ("countries", len(held.by("country"))),
        ]

    @property
    def languages(self) -> list[tuple[str, int]]:
        """Return the languages of the passages with how many there are."""
        names = self.map.words.locale.languages
        return [
            (str(names.get(code, code)), count)
            for code, count in self.holdings.by("language")
            if code
        ][:6]

    @property
    def budgets(self) -> list[Money]:
        """Return the budgets by currency, never added across."""
        return [
            Money(whole_money(amount, currency, self.map.words), count)
            for currency, amount, count in self.holdings.budgets()
        ][:6]

    @property
    def countries_seen(self) -> str:
        """Name the countries to which the person is bound."""
        names = [self.map.names.code("country", c).label for c in self.access.countries]
        return str(format_list(sorted(names), locale=self.map.words.locale))

    @cached_property
    def model(self) -> MapModel:
        return self.map.model

    @cached_property
    def findings(self) -> list[Told] | None:
        """Return what the portfolio shows, or None where people would wait for it."""
        found = self.map.maps.statements_if_quick()
        return None if found is None else self._all_told(found)

    def findings_worked_out(self) -> list[Told]:
        """Return what the portfolio shows, however long it takes."""
        return self._all_told(self.map.maps.statements())

    def _all_told(self, table: pl.DataFrame) -> list[Told]:
        return [self._told(row) for row in table.to_dicts()]

    @cached_property
    def to_do(self) -> ToDo:
        return to_do_of(self.access)

    @property
    def imports(self) -> list[Import]:
        """Return the latest imports, for those who may bring something in."""
        found = Import.objects.filter(portfolio=self.access.portfolio)
        found = found.exclude(state="discarded").select_related("started_by")
        return list(found.order_by("-started_at")[:LATEST])

    @property
    def changes(self) -> list[Change]:
        """Return the latest changes, for those who may look at the history."""
        found = Change.objects.filter(portfolio=self.access.portfolio)
        return list(found.select_related("by").order_by("-at", "-pk")[:LATEST])

    @cached_property
    def estimates(self) -> Estimates:
        """Return the shares of what the findings speak of, with what they rest on."""
        return self.map.estimates

    def _told(self, row: dict[str, Any]) -> Told:
        named = [*row["with_all"], *row["with_any"]]
        return Told(
            row[f"text_{self._language}"], row["key"], self._share(row),
            named[0] if len(named) == 1 else "", _map_query(row), _list_query(row),
        )  # fmt: skip

    def _share(self, row: dict[str, Any]) -> Backed | None:
        if not row["denominator"] or row["key"] in OF_THE_CODER:
            return None
        among = "all" if row["key"] in AMONG_ALL else "capacity"
        return self.estimates.having(
            row["with_all"], row["with_any"], row["without"], among=among
        )


def _map_query(row: dict[str, Any]) -> str:
    """Return the map on which a finding is seen, the cell it speaks of open."""
    named = [*row["codes"], *row["with_all"], *row["with_any"]]
    facet, _, code = named[0].partition(":") if named else ("", "", "")
    if row["key"] == "finding_gap" or facet == "outcome":
        return urlencode({"rows": "outcome", "cell": f"{name_of(code)}~{name_of(ALL)}"})
    if row["key"] in COLUMNS:
        return urlencode({"columns": COLUMNS[row["key"]]})
    if facet and facet != "capacity":
        cell = f"{name_of(ALL)}~{name_of(code)}"
        return urlencode({"columns": facet, "cell": cell})
    return ""


def _list_query(row: dict[str, Any]) -> str:
    """Return the list of interventions behind a finding; "" where no list says as much."""
    if row["without"] or len(row["with_all"]) > 1 or not row["numerator"]:
        return ""
    named = [code.partition(":") for code in (*row["with_all"], *row["with_any"])]
    parts = [(facet, code) for facet, _, code in named]
    if parts and ("capacity", "cd") not in parts:
        parts.append(("capacity", "cd"))
    return urlencode(parts)
