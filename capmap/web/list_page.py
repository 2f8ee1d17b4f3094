"""The list of interventions as its page shows it: facets with counts, chips, order, files."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from babel import Locale
from django.utils.safestring import SafeString

from capmap.publishing.code_names import CodeNames
from capmap.records.permissions import Access
from capmap.records.queries.facet_index import OF_INTERVENTION, SORTS
from capmap.records.queries.interventions import Listing, Row
from capmap.tables import NONE
from capmap.web.list_files import FILES
from capmap.web.map_page import names_of
from capmap.web.templatetags.capmap import language, said
from capmap.wording import topic

#: Values of a facet that are shown before "more", and at most after it.
SHOWN, MOST = 8, 300

#: Facets open from the start on a desk.
OPEN = ("outcome", "country", "level")

#: Facets in their order; others of the codebook follow the first.
FIRST = (
    "outcome", "country", "level", "modality", "constituent", "programme", "target",
    "partner",
)  # fmt: skip

#: Facets whose values keep their own order instead of the most frequent first.
IN_ORDER = ("level", "capacity", "verdict", "read", "decisions", "status")


@dataclass(frozen=True, slots=True)
class Value:
    """One value of a facet as a link that chooses it, or lets go of it."""

    id: str
    label: str
    number: str
    count: int
    query: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Facet:
    facet: str
    label: str
    values: list[Value]
    is_open: bool
    more: int
    has_all: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the table, worded."""

    row: Row
    countries: list[str]
    countries_more: int
    outcomes: list[tuple[str, str]]  # number, name
    outcomes_more: int
    levels: list[tuple[str, bool]]
    levels_said: str


class ListPage:
    """What the template asks of a listing."""

    def __init__(self, access: Access, listing: Listing, more: str) -> None:
        self.listing, self.asked = listing, listing.asked
        self.access = access
        self.more = more
        self._names: CodeNames = names_of(access.portfolio, language())
        self._languages = Locale.parse(language()).languages

    def facets(self) -> list[Facet]:
        """List facets that have something to choose, with what each value would give."""
        known = self.listing.selection.counts
        coded = [f for f in known if f not in OF_INTERVENTION]
        first = [f for f in FIRST if f in known]
        rest = [f for f in self._names.facets() if f in coded and f not in first]
        order = [*first, "capacity", *rest, *(f for f in OF_INTERVENTION if f not in (*first, "capacity"))]  # fmt: skip
        found = (self._facet(facet, known[facet]) for facet in order if facet in known)
        return [facet for facet in found if facet is not None]

    def chips(self) -> list[Value]:
        """List what is chosen, each as a link that removes it."""
        chips = []
        if self.asked.words:
            label = said("interventions.words", words=self.asked.words)
            query = self.asked.without("q").query()
            chips.append(Value("chip-q", label, "", 0, query, True))
        for facet, values in self.asked.filters:
            for value in values:
                label = said(
                    "interventions.facet_and_value",
                    facet=self.facet_label(facet),
                    value=self.label(facet, value),
                )
                query = self.asked.turned(facet, value).query()
                chips.append(Value(f"chip-{facet}-{value}", label, "", 0, query, True))
        return chips

    def relief(self) -> list[tuple[str, int, str]]:
        """Say what the list would hold without one filter: label, count, query."""
        return [
            (
                said("interventions.words", words=self.asked.words)
                if name == "q"
                else self.facet_label(name),
                count,
                self.asked.without(name).query(),
            )
            for name, count in self.listing.relief
        ]

    def lines(self) -> list[Line]:
        """Return the rows of the page, worded."""
        order = self._order("level")
        return [self._line(row, order) for row in self.listing.rows]

    @cached_property
    def sorts(self) -> list[tuple[str, str, str]]:
        """List the orders: key, query, and "up" or "down" for the one that holds."""
        current = self.asked.sort.removeprefix("-")
        is_turned = self.asked.sort.startswith("-")
        sorts = []
        for sort in SORTS:
            state = ""
            query = self.asked.query(sort=sort)
            if sort == current:
                starts_up = sort in ("title", "identifier")
                state = "up" if starts_up != is_turned else "down"
                query = self.asked.query(sort=sort if is_turned else f"-{sort}")
            sorts.append((sort, query, state))
        return sorts

    @cached_property
    def heads(self) -> dict[str, str]:
        """Return the ``aria-sort`` of the column by which the list is sorted."""
        state = {sort: state for sort, _, state in self.sorts if state}
        words = {"up": "ascending", "down": "descending"}
        return {sort: words[held] for sort, held in state.items()}

    @property
    def files(self) -> list[tuple[str, str]]:
        return [(name, f"interventions.file_{key}") for name, (key, _) in FILES.items()]

    @property
    def hidden(self) -> list[tuple[str, str]]:
        """Return the filters and the order, which a new search keeps."""
        held = [(f, v or "none") for f, values in self.asked.filters for v in values]
        return [*held, *([("sort", self.asked.sort)] if self.asked.sort != "title" else [])]  # fmt: skip

    @cached_property
    def here(self) -> str:
        return self.asked.query(page=self.asked.page)

    @cached_property
    def all_files(self) -> str:
        return self.asked.query(page=1)

    @property
    def previous(self) -> str:
        return self.asked.query(page=self.asked.page - 1) if self.asked.page > 1 else ""

    @property
    def next(self) -> str:
        is_last = self.asked.page >= self.listing.pages
        return "" if is_last else self.asked.query(page=self.asked.page + 1)

    @property
    def chosen_count(self) -> int:
        return sum(len(values) for _, values in self.asked.filters)

    @cached_property
    def is_alike(self) -> bool:
        """Whether every row counts as an intervention of its own."""
        return self.listing.found == self.listing.counted

    @cached_property
    def counted_said(self) -> SafeString:
        return said("interventions.interventions", count=self.listing.counted)

    @property
    def countries(self) -> str:
        """Name the countries to which the reader's sight is limited."""
        return ", ".join(self.label("country", c) for c in self.access.countries)

    def facet_label(self, facet: str) -> str:
        """Return what a facet is called."""
        own = f"facet_{facet}"
        if own in topic("site_interventions"):
            return str(said(f"interventions.{own}"))
        return self._names.label(facet)

    def label(self, facet: str, value: str) -> str:
        """Return what a value is called."""
        own = f"code_{facet}_{value or 'none'}"
        if own in topic("site_interventions"):
            return str(said(f"interventions.{own}"))
        if facet in OF_INTERVENTION and value == NONE:
            return str(said("interventions.not_stated"))
        if facet == "language":
            named = str(self._languages.get(value, value))
            return named[:1].upper() + named[1:]
        return self._names.code(facet, value).label

    def _facet(self, facet: str, counts: dict[str, int]) -> Facet | None:
        chosen = dict(self.asked.filters).get(facet, ())
        if len(counts) < 2 and not chosen:
            return None
        offered = self._offered(facet, counts, chosen)
        has_all = self.more == facet
        shown = offered[: MOST if has_all else max(SHOWN, len(chosen))]
        if len(offered) == len(shown) + 1:  # "1 more" takes the room of that one
            shown = offered
        return Facet(
            facet=facet,
            label=self.facet_label(facet),
            values=[self._value(facet, v, counts, v in chosen) for v in shown],
            is_open=bool(chosen) or has_all or facet in OPEN,
            more=0 if has_all else len(offered) - len(shown),
            has_all=has_all and len(shown) > SHOWN,
        )

    def _offered(self, facet: str, counts: dict[str, int], chosen: Any) -> list[str]:
        rest = [value for value in counts if value not in chosen]
        if facet in IN_ORDER:
            order = self._order(facet)
            rest.sort(key=lambda v: order.index(v) if v in order else len(order))
        elif facet == "year":
            rest.sort(reverse=True)
        else:
            rest.sort(key=lambda value: -counts[value])
        rest.sort(key=lambda value: value == NONE)
        return [*chosen, *rest]

    def _order(self, facet: str) -> list[str]:
        orders = {
            "capacity": ["yes", "unclear", "no"],
            "verdict": ["yes", "unclear", "no"],
            "read": ["all", "part", "none"],
            "level": ["individual", "institutional", "enabling-environment"],
        }
        return orders.get(facet, [])

    def _value(
        self, facet: str, value: str, counts: dict[str, int], chosen: bool
    ) -> Value:
        return Value(
            id=f"f-{facet}-{value}",
            label=self.label(facet, value),
            number=self._number(facet, value),
            count=counts.get(value, 0),
            query=self.asked.turned(facet, value).query(),
            chosen=chosen,
        )

    def _number(self, facet: str, value: str) -> str:
        return self._names.code(facet, value).number if facet == "outcome" else ""

    def _line(self, row: Row, order: list[str]) -> Line:
        countries = [self.label("country", code) for code in row.countries]
        outcomes = [
            (self._number("outcome", code), self.label("outcome", code))
            for code in row.outcomes
        ]
        held = [self.label("level", level) for level in order if level in row.levels]
        return Line(
            row=row,
            countries=countries[:3],
            countries_more=len(countries[3:]),
            outcomes=outcomes[:2],
            outcomes_more=len(outcomes[2:]),
            levels=[(self.label("level", lev), lev in row.levels) for lev in order],
            levels_said=", ".join(held) or str(said("interventions.no_level")),
        )
