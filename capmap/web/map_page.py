"""The page of a map: its model, its finding, its controls and its addresses."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

import polars as pl
from babel.lists import format_list
from django.http import QueryDict
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from capmap.publishing.code_names import CodeNames
from capmap.publishing.map_model import Count, Head, MapModel
from capmap.publishing.map_words import legend_of, measure_label
from capmap.records.models import Portfolio
from capmap.records.permissions import Access
from capmap.records.queries.codebook import codebook_of, framework_of
from capmap.records.queries.maps import Maps, Question
from capmap.records.queries.portfolio_estimates import Backed, Estimates
from capmap.tables import ALL
from capmap.web.forms.maps import FLOORS, Asked, asked_for
from capmap.web.map_drawing import counts_of, map_model
from capmap.web.map_finding import Finding, finding_of
from capmap.web.map_kept import Drawn, drawn_once
from capmap.web.templatetags.capmap import said
from capmap.wording import Wording

#: Filters that stand on every map, after the group of outcomes.
OFFERED = ("country", "year", "level", "constituent", "partner", "kind")

#: Columns up to which the evidence stands beside the matrix, not beneath it.
FEW = 9


@dataclass(frozen=True, slots=True)
class Option:
    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Choice:
    """A select of the controls."""

    name: str
    label: str
    options: list[Option]
    chosen: str
    has_all: bool = True


def names_of(portfolio: Portfolio, language: str) -> CodeNames:
    """Return what codes are called in a portfolio."""
    return _names(portfolio.pk, codebook_of(portfolio).version, language)


@lru_cache(maxsize=24)
def _names(portfolio: int, version: str, language: str) -> CodeNames:
    found = Portfolio.objects.get(pk=portfolio)
    return CodeNames(framework_of(found), codebook_of(found), language)


class MapPage:
    """A map as one person asks for it, in one language."""

    def __init__(self, access: Access, query: QueryDict, language: str) -> None:
        self.access = access
        self.maps = Maps(access)
        self.holdings = self.maps.holdings
        self.names = names_of(access.portfolio, language)
        self.words = Wording("explorer", language)
        self.facets = [
            facet
            for facet in self.names.facets()
            if facet in self.maps.codebook.facets or self.holdings.by(facet)
        ]
        self.currencies = [currency for currency, _, _ in self.holdings.budgets()]
        self.has_interventions = self.holdings.count("interventions") > 0
        self.asked: Asked = asked_for(
            query,
            facets=self.facets,
            currencies=self.currencies,
            has_interventions=self.has_interventions,
        )
        self.question: Question = self.asked.question

    @cached_property
    def _drawn(self) -> Drawn:
        """Return model, finding and matrix, drawn once a revision and address."""
        shot, seen = self.maps.shot, tuple(sorted(self.access.countries))
        return drawn_once(
            (
                str(shot.folder), shot.made_at, seen, self.scale,
                self.maps.codebook.version, self.names.language, self.base,
            ),
            self._draw,
        )  # fmt: skip

    def _draw(self) -> Drawn:
        model = self._model()
        told = finding_of(model, scale=self.scale, estimated=self.estimated)
        return Drawn(model, told)

    @cached_property
    def estimates(self) -> Estimates:
        """Return what people who read at random found of what the map counts."""
        of_passages = self.asked.measure == "passages" or not self.has_interventions
        return Estimates(self.maps, "passages" if of_passages else "interventions")

    @property
    def has_intervals(self) -> bool:
        return self.estimates.sample.read > 0 and not self.question.accepted

    def estimated(self, head: Head) -> Backed:
        """Return the share of a column among what the map counts."""
        return self.estimates.part(self.question, ALL, head.named.code)

    @property
    def model(self) -> MapModel:
        return self._drawn.model

    @property
    def finding(self) -> Finding:
        return self._drawn.finding

    @property
    def matrix(self) -> SafeString:
        """Return the table of the map; it says nothing of the person who looks."""
        drawn = self._drawn
        if drawn.matrix is None:
            drawn.matrix = render_to_string(
                "map/_matrix.html", {"page": self, "model": drawn.model}
            )
        return drawn.matrix

    def _model(self) -> MapModel:
        asked, question = self.asked, self.question
        groups = self.maps.group_of(question.rows)
        only: tuple[str, ...] = ()
        chosen = question.filters.get("group")
        if chosen and question.rows == "outcome":
            only = tuple(code for code, group in groups.items() if group == chosen)
        money = None
        if asked.measure.startswith("budget:"):
            currency = asked.measure.partition(":")[2]
            money = self.maps.budgets(question).filter(pl.col("currency") == currency)
        return map_model(
            self.maps.coverage(question),
            self.names,
            measure=asked.measure,
            money=money,
            groups=self._group_counts(groups) if groups and money is None else {},
            only_rows=only,
        )

    def _group_counts(self, groups: dict[str, str]) -> dict[str, Count]:
        counts = counts_of(self.maps.groups(self.question))
        return {
            code: counts[group, ALL]
            for code, group in groups.items()
            if (group, ALL) in counts
        }

    @property
    def scale(self) -> float | None:
        """Return how many times larger the body is from which these were drawn."""
        population = self.maps.population
        if population is None:
            return None
        return population / max(1, self.holdings.count("interventions"))

    # Addresses

    @cached_property
    def base(self) -> str:
        """Return the address of the map after "?", without a cell."""
        return self.asked.query()

    @property
    def cell_query(self) -> str:
        return self.asked.query(cell=self.asked.cell_name)

    @property
    def leading_query(self) -> str:
        return self.asked.query(cell=f"*~{self.finding.leads_to}")

    @property
    def swapped_query(self) -> str:
        question = self.question
        return self.asked.query(rows=question.columns, columns=question.rows)

    @property
    def unfiltered_query(self) -> str:
        taken = dict.fromkeys((*self.question.filters, "confidence", "codings"), "")
        return self.asked.query(**taken)

    @property
    def kept(self) -> list[tuple[str, str]]:
        """Return the parts of the address beside rows and columns."""
        parts = self.asked.parts()
        return [(k, v) for k, v in parts.items() if k not in ("rows", "columns")]

    @property
    def filters_active(self) -> int:
        question = self.question
        return len(question.filters) + question.accepted + bool(question.confidence)

    # Words

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to map, whatever is asked for."""
        held = self.holdings
        return not held.count("interventions") and not held.count("documents")

    @property
    def held(self) -> dict[str, int]:
        names = "interventions", "passages", "capacity_passages"
        return {name: self.holdings.count(name) for name in names}

    @property
    def bars_caption(self) -> str:
        return self.words.say(
            "bars_caption", facet=self.names.label(self.question.columns)
        )

    @property
    def speaks_label(self) -> str:
        return measure_label(self.model.speaks_of, self.words)

    @property
    def down_label(self) -> str:
        return self.names.label(self.question.rows)

    @property
    def plural_down(self) -> str:
        return self.names.plural(self.question.rows)

    @property
    def plural_across(self) -> str:
        return self.names.plural(self.question.columns)

    @property
    def group_span(self) -> int:
        return len(self.model.heads) + 1

    @property
    def all_rows_label(self) -> str:
        return self.words.say("all_rows", measure=self.unit_label.lower())

    @property
    def legend(self) -> list[str]:
        return legend_of(self.model.breaks, self.asked.measure, self.words)

    @property
    def kicker(self) -> str:
        return self.words.say(
            "figure_kicker",
            measure=measure_label(self.asked.measure, self.words),
            down=self.names.label(self.question.rows).lower(),
            across=self.names.label(self.question.columns).lower(),
        )

    @property
    def unit_label(self) -> str:
        return measure_label(self.model.unit, self.words)

    @property
    def measure_is_money(self) -> bool:
        return self.asked.measure.startswith("budget:")

    @property
    def is_few(self) -> bool:
        """Whether columns are wide enough for heads on one level."""
        return len(self.model.heads) <= 7

    @property
    def stands_beside(self) -> bool:
        """Whether there is room for the evidence beside the matrix."""
        return len(self.model.heads) <= FEW

    @property
    def coders(self) -> str:
        names = [name for name, _ in self.holdings.by("coder")[:4]]
        return format_list(names, locale=self.words.locale) if names else "–"

    @property
    def signs(self) -> set[str]:
        """Name the signs that the legend must explain."""
        model = self.model
        cells = [cell for line in model.lines for cell in line.cells]
        found = set()
        if any(cell.kind == "none nowhere" for cell in cells):
            found.add("nowhere")
        if any(cell.kind == "told" and cell.shown != "–" for cell in cells):
            found.add("documents")
        if any(cell.kind == "told" and cell.shown == "–" for cell in cells):
            found.add("unstated")
        if any(cell.doubtful for cell in cells):
            found.add("doubtful")
        return found

    @property
    def passages_asked(self) -> int:
        return self.model.whole.passages

    @property
    def passages_of(self) -> int:
        """Return among how many passages the filters chose."""
        if self.question.asks_capacity:
            return self.holdings.count("passages")
        return self.holdings.count("capacity_passages")

    def axes(self) -> Iterator[Choice]:
        """Yield the selects of rows, columns and measure."""
        options = [Option(facet, self.names.label(facet)) for facet in self.facets]
        say = self.words.say
        yield Choice("rows", say("rows"), options, self.question.rows, False)
        yield Choice("columns", say("columns"), options, self.question.columns, False)

    def measures(self) -> Choice:
        """Return the select of the measure, one currency each."""
        found = ["interventions", "passages", "share"] if self.has_interventions else []
        found = found or ["passages"]
        found += [f"budget:{currency}" for currency in self.currencies]
        options = [Option(m, measure_label(m, self.words)) for m in found]
        say = self.words.say
        return Choice("measure", say("measure"), options, self.asked.measure, False)

    def filters(self) -> Iterator[Choice]:
        """Yield the selects that narrow the map, those in use always among them."""
        chosen, say = self.question.filters, self.words.say
        groups = self.maps.framework.groups
        if len(groups) > 1:
            options = [Option(g.group, self._text(g.label)) for g in groups]
            yield Choice("group", say("group"), options, chosen.get("group", ""))
        for facet in [f for f in self.facets if f in OFFERED or f in chosen]:
            options = self._options(facet)
            if len(options) > 1 or facet in chosen:
                label = self.names.label(facet)
                yield Choice(facet, label, options, chosen.get(facet, ""))
        yield self._languages()
        floors = [
            Option(key, say("at_least", value=self.words.number(floor)))
            for key, floor in FLOORS.items()
        ]
        yield Choice("confidence", say("confidence"), floors, self.asked.floor)

    def _options(self, facet: str) -> list[Option]:
        codes = self.maps.codes(facet) or [c for c, _ in self.holdings.by(facet)]
        options = [Option(c, self.names.code(facet, c).label) for c in codes]
        if not self.maps.codes(facet):
            options.sort(key=lambda option: option.label)
        chosen = self.question.filters.get(facet)
        if chosen and chosen not in codes:
            options.append(Option(chosen, self.names.code(facet, chosen).label))
        return options

    def _languages(self) -> Choice:
        names = self.words.locale.languages
        options = [
            Option(code, str(names.get(code, code)))
            for code, _ in self.holdings.by("language")
            if code
        ]
        chosen = self.question.filters.get("language", "")
        if chosen and chosen not in [option.value for option in options]:
            options.append(Option(chosen, chosen))
        return Choice("language", said("map.language"), options, chosen)

    def _text(self, texts: dict[str, str]) -> str:
        return texts.get(self.names.language) or texts.get("en") or ""
