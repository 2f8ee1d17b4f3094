"""Findings in plain sentences, in the order in which to tell them, in three languages.

A sentence says no more than its numbers: what ties leads together, what is found nowhere
carries the bound of what that still allows, and what chance would often bring is not
told as a finding.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl
from babel.lists import format_list

from capmap.analysis.facets import NOT_AN_APPROACH
from capmap.analysis.integration import LEVELS
from capmap.frameworks.codebook import Codebook
from capmap.tables import STATEMENTS
from capmap.wording import LANGUAGES, Wording

#: So many names stand in a sentence; of the others it says how many there are.
NAMES = 6

#: Gaps and synergies are told only if chance alone would bring them more seldom than
#: this; for synergies divided by the number of pairs looked at (Bonferroni).
SELDOM = 0.05


@dataclass(frozen=True, slots=True)
class Statement:
    """A finding before it is worded: a key, the share it states, what it is about.

    ``values`` fill the other placeholders; one that is a "facet:code" becomes its label.
    """

    key: str
    share: dict[str, Any] | None = None
    codes: Sequence[str] = ()
    with_any: Sequence[str] = ()
    with_all: Sequence[str] = ()
    without: Sequence[str] = ()
    values: dict[str, Any] = field(default_factory=dict)

    def text(self, language: str, codebook: Codebook) -> str:
        """Word the finding in one language."""
        words = Wording("analysis", language)
        values: dict[str, Any] = {"count": len(self.codes)}
        for name, value in self.values.items():
            if isinstance(value, dict):  # a text in each language
                values[name] = value[language]
            elif isinstance(value, str) and ":" in value:
                values[name] = _quoted([value], words, codebook)
            else:
                values[name] = value
        if self.codes:
            values["names"] = _quoted(self.codes, words, codebook)
        key = self.key
        if self.share:
            values["share"] = self.share[f"sentence_{language}"]
            key += "_none" if self.share["numerator"] == 0 else ""
        return words.say(key, **values)


def _quoted(codes: Sequence[str], words: Wording, codebook: Codebook) -> str:
    """Return the labels of codes in quotation marks, joined in the manner of the language."""
    names = []
    for code in codes[:NAMES]:
        facet, _, name = code.partition(":")
        label = codebook.code(facet, name).label
        names.append(words.say("quoted", name=label[words.language] or label["en"]))
    if len(codes) > NAMES:
        names.append(words.say("more_names", count=len(codes) - NAMES))
    return format_list(names, locale=words.locale)


def statements(
    shares: pl.DataFrame,
    gaps: pl.DataFrame,
    synergies: pl.DataFrame,
    doubtful: dict[str, Any],
    codebook: Codebook,
) -> pl.DataFrame:
    """Return the findings of ``tables.STATEMENTS``, first what matters most.

    They speak of interventions, or of passages where the portfolio has only documents.
    ``shares``, ``gaps`` (of outcome by modality) and ``synergies`` (of modality) are
    those of the same portfolio; ``doubtful`` is the share of passages with a doubtful
    code, as a row of shares.
    """
    total = shares.filter(
        (pl.col("question") == "capacity") & (pl.col("unit") == "interventions")
    )["denominator"].sum()
    unit = "interventions" if total else "passages"
    told = Told(shares.filter(pl.col("unit") == unit), codebook)
    rows = []
    for statement in told.all(gaps, synergies, doubtful):
        share = statement.share or {}
        rows.append(
            {
                "key": statement.key,
                "unit": share.get("unit", unit),
                "numerator": share.get("numerator"),
                "denominator": share.get("denominator"),
                "codes": list(statement.codes),
                "with_any": list(statement.with_any),
                "with_all": list(statement.with_all),
                "without": list(statement.without),
                **{
                    f"text_{language}": statement.text(language, codebook)
                    for language in LANGUAGES
                },
            }
        )
    return pl.DataFrame(rows, schema=STATEMENTS)


class Told:
    """The shares of one unit, from which the findings are told one after the other."""

    def __init__(self, shares: pl.DataFrame, codebook: Codebook) -> None:
        self._rows = shares.rows(named=True)
        self._codebook = codebook

    def all(
        self, gaps: pl.DataFrame, synergies: pl.DataFrame, doubtful: dict[str, Any]
    ) -> Iterator[Statement]:
        capacity = self._share("capacity")
        if capacity["denominator"] == 0:
            yield Statement("finding_nothing_read")
            return
        yield Statement("finding_capacity", capacity, with_all=["capacity:cd"])
        if capacity["numerator"] == 0:
            return
        yield from self._for_whom()
        yield from self._leading("modality")
        yield from self._nowhere("modality", gaps)
        yield from self._levels()
        yield from self._leading("constituent")
        yield from self._leading("outcome")
        yield from self._nowhere("outcome", gaps)
        yield from _gap(gaps)
        yield from _synergy(synergies)
        yield Statement("finding_doubtful", doubtful)

    def _share(self, question: str, code: str | None = None) -> dict[str, Any]:
        """Return the first share of a question (of all, where it is asked among all)."""
        return next(
            row
            for row in self._rows
            if row["question"] == question and code in (None, row["code"])
        )

    def _codes(self, facet: str) -> list[str]:
        codes = (
            self._codebook.facets[facet].codes if facet in self._codebook.facets else ()
        )
        return [f"{facet}:{code}" for code in codes]

    def _for_whom(self) -> Iterator[Statement]:
        constituents = self._codes("constituent")
        yield Statement(
            "finding_constituents", self._share("constituents"), with_any=constituents
        )
        yield Statement(
            "finding_others_only",
            self._share("others_only"),
            with_any=self._codes("target"),
            without=constituents,
        )

    def _leading(self, facet: str) -> Iterator[Statement]:
        """Tell the code found most often, or all that tie."""
        rows = [
            row
            for row in self._rows
            if row["question"] == facet and row["code"] != NOT_AN_APPROACH
        ]
        most = max((row["numerator"] for row in rows), default=0)
        leaders = [row for row in rows if row["numerator"] == most]
        if most:
            codes = [f"{facet}:{row['code']}" for row in leaders]
            yield Statement(
                f"finding_{facet}_leads", leaders[0], codes, with_any=codes[:1]
            )

    def _nowhere(self, facet: str, gaps: pl.DataFrame) -> Iterator[Statement]:
        """Tell the codes found nowhere, or that each is found."""
        codes = [code for code in self._codes(facet) if NOT_AN_APPROACH not in code]
        found = {f"{r['facet']}:{r['code']}" for r in self._rows if r["numerator"]}
        missing = [code for code in codes if code not in found]
        if not missing:
            yield Statement(f"finding_{facet}_everywhere", values={"whole": len(codes)})
            return
        empty = gaps.filter(
            pl.col("kind") == ("column" if facet == "modality" else "row")
        )
        yield Statement(
            f"finding_{facet}_nowhere",
            codes=missing,
            values={"whole": len(codes), "bound": _bound(empty.row(0, named=True))},
        )

    def _levels(self) -> Iterator[Statement]:
        levels = [f"level:{level}" for level in LEVELS]
        individual, *others = levels
        yield Statement(
            "finding_individual_alone",
            self._set("individual"),
            with_all=[individual],
            without=others,
        )
        yield Statement(
            "finding_levels_meet", self._set("+".join(LEVELS)), with_all=levels
        )
        yield Statement(
            "finding_environment",
            self._share("level", "enabling-environment"),
            with_all=["level:enabling-environment"],
        )

    def _set(self, levels: str) -> dict[str, Any]:
        return self._share("levels_together", levels)


def _bound(gap: dict[str, Any]) -> dict[str, str]:
    return {language: gap[f"sentence_{language}"] for language in LANGUAGES}


def _gap(gaps: pl.DataFrame) -> Iterator[Statement]:
    """Tell the empty cell that chance would leave most seldom."""
    cells = gaps.filter((pl.col("kind") == "cell") & (pl.col("chance") < SELDOM))
    for gap in cells.head(1).iter_rows(named=True):
        row = f"{gap['row_facet']}:{gap['row']}"
        column = f"{gap['column_facet']}:{gap['column']}"
        yield Statement(
            "finding_gap",
            values={"row": row, "column": column, "bound": _bound(gap)},
            with_any=[row],
        )


def _synergy(synergies: pl.DataFrame) -> Iterator[Statement]:
    """Tell the pair that meets most beyond what chance would bring."""
    seldom = synergies.filter(pl.col("chance") < SELDOM / max(synergies.height, 1))
    for pair in seldom.sort("chance", "first", "second").head(1).iter_rows(named=True):
        both = [f"{pair['facet']}:{pair[side]}" for side in ("first", "second")]
        yield Statement(
            "finding_synergy",
            with_all=both,
            values={
                "first": both[0],
                "second": both[1],
                "together": pair["together"],
                "expected": {
                    language: Wording("analysis", language).number(
                        round(pair["expected"], 1)
                    )
                    for language in LANGUAGES
                },
            },
        )
