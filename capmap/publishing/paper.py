"""The paper in the Governing Body's form, written from what a portfolio shows.

Every sentence comes from a table of findings and a text of ``wording/paper.yaml``; what
only an author can know stands in square brackets until the cover file says it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import PurePath

import polars as pl
from babel.lists import format_list
from babel.numbers import format_currency

from capmap.frameworks.codebook import Codebook
from capmap.frameworks.framework import Framework
from capmap.publishing import paper_tables as tables
from capmap.publishing.charts import Chart
from capmap.publishing.paper_cover import CoverSettings, cover
from capmap.publishing.paper_examples import joining_levels
from capmap.publishing.paper_figures import unit_of
from capmap.publishing.report import (
    Block,
    Figure,
    Heading,
    Paragraph,
    Report,
    Table,
    literal,
)
from capmap.tables import ALL, NONE, Findings, Portfolio
from capmap.wording import Wording, place_in


@dataclass(frozen=True, slots=True)
class About:
    """What a paper says of the run it comes from."""

    title: str
    date: date
    version: str
    coder: str
    files: int


def write_paper(
    portfolio: Portfolio,
    findings: Findings,
    charts: Mapping[str, Chart],
    *,
    framework: Framework,
    codebook: Codebook,
    language: str,
    about: About,
    settings: CoverSettings,
) -> Report:
    """Compose the paper. ``charts`` are those of ``paper_figures.figures``."""
    writer = _Writer(portfolio, findings, charts, framework, codebook, language, about)
    blocks = tuple(writer.body())
    words = writer.words
    return Report(
        language=language,
        office=settings.office or words.say("office"),
        cover=cover(
            settings,
            words,
            title=about.title,
            summary=writer.summary(),
            decision_paragraph=writer.number,
        ),
        blocks=blocks,
        notes=writer.notes,
        place_and_date=settings.place_and_date
        or words.say("place_and_date", date=words.date(about.date)),
        point_for_decision=words.say("point_for_decision", number=writer.number),
        appendix=tuple(writer.appendices()),
        provenance=words.say(
            "provenance",
            version=about.version,
            date=words.date(about.date, "medium"),
            coder=about.coder,
        ),
    )


class _Writer:
    """Writes the blocks in order; holds the numbers of paragraphs, figures and tables."""

    def __init__(
        self,
        portfolio: Portfolio,
        findings: Findings,
        charts: Mapping[str, Chart],
        framework: Framework,
        codebook: Codebook,
        language: str,
        about: About,
    ) -> None:
        self.portfolio, self.findings, self.charts = portfolio, findings, charts
        self.framework, self.codebook = framework, codebook
        self.about = about
        self.words = Wording("paper", language)
        self.say = self.words.say
        self.number = 0  # of the last numbered paragraph
        self.figure_number = self.table_number = 0
        self.notes = {
            "codebook": self.say(
                "note_codebook",
                codebook=codebook.version,
                framework=framework.title[language],
            ),
            **{
                key: self.say(f"note_{key}")
                for key in ("capacity", "interval", "levels")
            },
        }
        texts = findings.statements.select("key", f"text_{language}")
        self.statements = {key: literal(text) for key, text in texts.iter_rows()}

    def body(self) -> Iterator[Block]:
        """The numbered paragraphs, with figures and tables where they are spoken of."""
        yield self._introduction()
        yield self._method()
        yield self._paragraph(self.say("trust"))
        yield Heading(self.say("heading_extent"))
        yield self._found(
            "finding_capacity", "finding_constituents", "finding_others_only"
        )
        yield from self._told("finding_constituent_leads")
        yield self._figure("constituents")
        yield Heading(self.say("heading_levels"))
        yield from self._levels()
        yield self._figure("levels")
        yield Heading(self.say("heading_forms"))
        yield self._found(
            "finding_modality_leads",
            "finding_modality_nowhere",
            "finding_modality_everywhere",
        )
        yield self._figure("modalities")
        yield Heading(self.say("heading_themes"))
        yield self._found(
            "finding_outcome_leads",
            "finding_outcome_nowhere",
            "finding_outcome_everywhere",
        )
        yield from self._not_named()
        yield self._table(
            tables.outcomes_table(
                self.findings, self.framework, self.codebook, self.words
            )
        )
        yield from self._budgets()
        yield Heading(self.say("heading_gaps"))
        yield from self._gaps()
        yield from self._examples()
        yield Heading(self.say("heading_limits"))
        yield self._limits()
        yield Heading(self.say("heading_decision"))
        yield self._decision()

    def appendices(self) -> Iterator[Block]:
        """Approaches by outcome and programme, shares, and what was set aside."""
        yield Heading(self.say("appendix_approaches"))
        yield tables.approaches_table(
            self.portfolio, self.framework, self.codebook, self.words
        )
        yield Heading(self.say("appendix_shares"))
        yield tables.shares_table(self.findings, self.codebook, self.words)
        aside = tables.aside_table(self.portfolio, self.words)
        if aside is not None:
            yield Heading(self.say("appendix_aside"))
            yield aside

    def summary(self) -> str:
        """The summary of the overview box: the findings that matter most, in sentences."""
        return self._joined(
            "finding_capacity",
            "finding_constituents",
            "finding_individual_alone",
            "finding_modality_leads",
            "finding_modality_nowhere",
            "finding_doubtful",
        )

    # Numbered things

    def _paragraph(self, text: str, *items: str, decision: bool = False) -> Paragraph:
        self.number += 1
        return Paragraph(text, self.number, items=items, decision=decision)

    def _figure(self, name: str) -> Figure:
        self.figure_number += 1
        chart = self.charts[name]
        return Figure(
            title=literal(chart.title),
            svg=chart.svg,
            png=chart.png,
            alt=chart.alt or chart.title,
            label=self.say("figure", number=self.figure_number),
            source=chart.source,
        )

    def _table(self, table: Table) -> Table:
        self.table_number += 1
        label = self.say("table", number=self.table_number)
        return Table(
            **{**{f: getattr(table, f) for f in table.__slots__}, "label": label}
        )

    def _joined(self, *keys: str) -> str:
        return " ".join(
            self.statements[key]
            for wanted in keys
            for key in (wanted, f"{wanted}_none")
            if key in self.statements
        )

    def _found(self, *keys: str) -> Paragraph:
        return self._paragraph(self._joined(*keys) or self.say("limits_silence"))

    def _told(self, *keys: str) -> Iterator[Paragraph]:
        text = self._joined(*keys)
        if text:
            yield self._paragraph(text)

    # Paragraphs

    def _introduction(self) -> Paragraph:
        table = self.portfolio.interventions
        documents = table.filter(kind="document").height
        counted = table.filter(pl.col("kind") != "document")["counted_as"].n_unique()
        read = [
            self.say(f"counted_{what}", count=count)
            for what, count in (
                ("interventions", counted),
                ("documents", documents),
                ("passages", self.portfolio.passages.height),
            )
            if count
        ]
        return self._paragraph(
            self.say(
                "introduction",
                title=literal(self.about.title),
                read=self._list(read),
                date=self.words.date(self.about.date),
                files=self.say("counted_files", count=self.about.files),
            )
        )

    def _method(self) -> Paragraph:
        facets = self.codebook.facets
        codes = sum(len(facet.codes) for facet in facets.values())
        return self._paragraph(self.say("method", facets=len(facets), codes=codes))

    def _levels(self) -> Iterator[Paragraph]:
        together = self.findings.shares.filter(
            question="levels_together", unit=unit_of(self.findings)
        ).filter(pl.col("numerator") > 0)
        sets = [
            self.say(
                "levels_set", count=count, levels=tables.levels_set(code, self.words)
            )
            for code, count in together.select("code", "numerator").iter_rows()
        ]
        if sets:
            yield self._paragraph(self.say("levels_lead", sets=self._list(sets)))
        yield self._found(
            "finding_individual_alone", "finding_levels_meet", "finding_environment"
        )

    def _budgets(self) -> Iterator[Paragraph]:
        totals = self.findings.budgets.filter(
            row_facet="outcome", column_facet="level", row=ALL, column=ALL
        ).sort("amount", descending=True)
        amounts = [
            self.say(
                "budget_amount",
                count=row["interventions"],
                amount=format_currency(
                    round(row["amount"]),
                    row["currency"],
                    format="¤¤ #,##0",
                    locale=self.words.locale,
                    currency_digits=False,
                ),
            )
            for row in totals.iter_rows(named=True)
        ]
        stood_in = self.portfolio.set_aside["problem"].is_in(
            ["budget_from_commitments"]
        )
        if amounts:
            text = self.say("budget_sentence", amounts=self._list(amounts))
            if stood_in.any():
                text += f" {self.say('commitments')}"
            yield self._paragraph(text)

    def _not_named(self) -> Iterator[Paragraph]:
        """Say how many name no outcome and no receiver: silence is a finding too."""
        unit = unit_of(self.findings)
        silent = self.findings.coverage.filter(
            row_facet="outcome", column_facet="level", row=NONE, column=ALL
        )[unit].sum()
        no_one = self.findings.shares.filter(
            question="no_one_named", unit=unit, among="capacity"
        )
        if not no_one.is_empty():
            whole = int(no_one["denominator"][0])
            unstated = int(no_one["numerator"][0])
            yield self._paragraph(
                self.say(
                    "none_named",
                    share=self.say("part_of", part=int(silent), whole=whole),
                    unstated=self.say("part_of", part=unstated, whole=whole),
                )
            )

    def _gaps(self) -> Iterator[Block]:
        figure = self.say("figure", number=self.figure_number + 1)
        yield self._paragraph(
            f"{self.say('map_lead', figure=figure)} {self._joined('finding_gap')}".strip()
        )
        yield self._figure("map")
        yield from self._told("finding_synergy")
        missing = tables.missing_table(
            self.findings, self.framework, self.codebook, self.words
        )
        if missing is not None:
            label = self.say("table", number=self.table_number + 1)
            yield self._paragraph(self.say("missing_lead", table=label))
            yield self._table(missing)

    def _examples(self) -> Iterator[Block]:
        examples = list(self._integrated())
        if examples:
            yield Heading(self.say("heading_examples"))
            yield self._paragraph(self.say("example_lead"), *examples)

    def _integrated(self) -> Iterator[str]:
        """Quote passages that join levels, each with a note of where it stands."""
        order = list(self.codebook.facets["level"].codes)
        for index, row in enumerate(joining_levels(self.portfolio), start=1):
            levels = "+".join(level for level in order if level in row["code"])
            key = f"quote-{index}"
            self.notes[key] = self.say(
                "note_quote",
                identifier=literal(row["intervention_id"]),
                place=literal(place_in(self.words.language, row["place"])),
                source=literal(PurePath(row["source"]).name),
            )
            yield self.say(
                "example_integrated",
                name=literal(row["title"]),
                levels=tables.levels_set(levels, self.words),
                quote=literal(tables.shortened(row["text"])),
                note=key,
            )

    def _limits(self) -> Paragraph:
        count = self.portfolio.set_aside.height
        aside = (
            self.say("limits_aside", count=count)
            if count
            else self.say("limits_no_aside")
        )
        texts = (self._joined("finding_doubtful"), aside, self.say("limits_silence"))
        return self._paragraph(" ".join(text for text in texts if text))

    def _decision(self) -> Paragraph:
        alone = self.findings.shares.filter(
            question="levels_together", code="individual", unit="interventions"
        )["numerator"].sum()
        items = [self.say("decision_review")]
        if alone:
            items.append(self.say("decision_pair", count=alone))
        items += [self.say("decision_gaps"), self.say("decision_report")]
        return self._paragraph(self.say("decision"), *items, decision=True)

    def _list(self, items: list[str]) -> str:
        return format_list(items, style="standard", locale=self.words.locale)
