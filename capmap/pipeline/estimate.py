"""Shares and budgets of a portfolio that was mapped, from what people read at random."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from capmap.analysis.assisted import (
    Estimate,
    among_more,
    difference,
    estimated_share,
    estimated_sum,
)
from capmap.analysis.coverage import intervention_budgets
from capmap.analysis.facets import places
from capmap.coding.evaluation import Example
from capmap.frameworks.codebook import Codebook
from capmap.frameworks.framework import Framework
from capmap.pipeline.estimate_sample import (
    Drawn,
    Units,
    drawn_files,
    sample_of,
    units_of,
)
from capmap.pipeline.review_files import read_decisions
from capmap.pipeline.review_log import Unit
from capmap.pipeline.review_order import NoSuchQuestion
from capmap.publishing.code_names import CodeNames
from capmap.tables import ALL


class NothingDecided(Exception):
    """No unit of the portfolio is decided for any of the questions."""


class NoBudgetsOfPassages(Exception):
    """Budgets are stated of interventions, not of passages."""


@dataclass(frozen=True, slots=True)
class Row:
    """One estimate: of a code, among all or in one group, a share or a sum of budgets.

    ``group`` is ``tables.ALL`` for all; ``currency`` is empty for a share. ``found`` of the units read have the code. ``apart``:
    the share here minus that of all others, with its interval; None without a group.
    """

    facet: str
    code: str
    label: str
    group: str
    group_label: str
    currency: str
    found: int
    estimate: Estimate
    apart: tuple[float, float, float] | None = None


@dataclass(frozen=True, slots=True)
class Estimates:
    """All rows, and what the readings behind them are a sample of.

    ``drawn``: how the sample came about, the most doubtful of all questions; ``open``:
    how many units of it are not read whole, the most of all questions.
    """

    rows: tuple[Row, ...]
    unit: Unit
    by: str
    drawn: Drawn
    open: int


@dataclass(frozen=True, slots=True)
class _Read:
    """One question: what was found in the units read, and where the coder suggests it."""

    facet: str
    code: str
    found: Mapping[str, bool]
    suggested: frozenset[str]


def questions_of(named: Iterable[str], codebook: Codebook) -> list[str]:
    """Return the questions named, "facet:code" each; a facet alone stands for its codes.

    Raises ``NoSuchQuestion``.
    """
    found = []
    for name in named:
        facet, _, code = name.partition(":")
        codes = codebook.facets[facet].codes if facet in codebook.facets else {}
        if not codes or (code and code not in codes):
            raise NoSuchQuestion(name)
        found += [f"{facet}:{one}" for one in ([code] if code else codes)]
    return list(dict.fromkeys(found))


def estimates(
    folder: Path,
    questions: Sequence[str],
    framework: Framework,
    codebook: Codebook,
    *,
    decisions: Sequence[Path] = (),
    unit: Unit = "interventions",
    by: str = "",
    budgets: bool = False,
    language: str = "en",
) -> Estimates:
    """Estimate each question ("facet:code") among all units, and in each group of ``by``.

    ``by`` is one of ``facets.SAID_BY_SOURCE``. Answers in files of ``draw`` are read with
    ``decisions``. Raises ``NotAResult``, ``AnotherPortfolio``, ``NothingDecided``,
    ``NoBudgetsOfPassages``, and ``ValueError`` for a file that cannot be read.
    """
    if budgets and unit != "interventions":
        raise NoBudgetsOfPassages
    units = units_of(folder, unit)
    files = [*drawn_files(folder, unit), *decisions]
    known = {name: Example("") for name in units.table["passage_id"]}
    codings = pl.scan_parquet(folder / "codings.parquet")
    labels = CodeNames(framework, codebook, language)
    groups = _groups(folder, units, by) if by else {}
    money = _budgets(folder, units) if budgets else {}
    rows: list[Row] = []
    ways: list[Drawn] = []
    open_ = [0]
    for question in questions:
        facet, _, code = question.partition(":")
        _, found = read_decisions(files, question, known)
        sample, drawn = sample_of(folder, units, question)
        outcomes = units.outcomes(found)
        read = {name: outcomes[name] for name in sample if name in outcomes}
        if not read:
            continue
        ways.append(drawn)
        if drawn != "taken":
            open_.append(len(sample) - len(read))
        one = _Read(facet, code, read, _suggested(codings, units, facet, code))
        rows += _rows(one, units, groups, money, labels, by)
    if not rows:
        raise NothingDecided
    doubtful = max(ways, key=("draw", "review", "taken").index)
    return Estimates(tuple(rows), unit, by, doubtful, max(open_))


def _suggested(
    codings: pl.LazyFrame, units: Units, facet: str, code: str
) -> frozenset[str]:
    passages = codings.filter(pl.col("facet") == facet, pl.col("code") == code)
    found = passages.select("passage_id").unique().collect()
    return frozenset(units.table.join(found, on="passage_id", how="semi")["unit"])


def _groups(folder: Path, units: Units, by: str) -> dict[str, set[str]]:
    """Return the units of each group, those without a passage too; "" where none is said."""
    interventions = pl.read_parquet(folder / "interventions.parquet")
    empty = {name: list(units.empty) for name in ("unit", "intervention_id")}
    whole = pl.concat(
        [
            units.table.select("unit", "intervention_id", "passage_id"),
            pl.DataFrame(empty, schema=dict.fromkeys(empty, pl.String)).with_columns(
                passage_id="unit"
            ),
        ]
    ).join(
        interventions.select("intervention_id", "counted_as"),
        on="intervention_id",
        how="left",
    )
    codings = pl.read_parquet(folder / "codings.parquet")
    said = places(by, whole.lazy(), interventions, codings).collect()
    pairs = whole.join(said, on="passage_id").select("code", "unit").unique()
    groups: dict[str, set[str]] = {}
    for code, unit in pairs.sort("code").iter_rows():
        groups.setdefault(code, set()).add(unit)
    return groups


def _budgets(folder: Path, units: Units) -> dict[str, dict[str, float]]:
    """Return by currency the budget of each unit with a passage that states one."""
    interventions = pl.read_parquet(folder / "interventions.parquet")
    names = set(units.names)
    money: dict[str, dict[str, float]] = {}
    for unit, currency, amount in intervention_budgets(interventions).iter_rows():
        if unit in names and amount > 0:
            money.setdefault(currency or "", {})[unit] = amount
    return money


def _rows(
    read: _Read,
    units: Units,
    groups: Mapping[str, set[str]],
    money: Mapping[str, Mapping[str, float]],
    names: CodeNames,
    by: str,
) -> Iterator[Row]:
    """Yield the estimates of one question: among all first, then group by group."""
    everything, empty = set(units.names), set(units.empty)
    for group, members in {ALL: everything | empty, **groups}.items():
        estimate = _share(read, everything & members, len(empty & members))
        if estimate is None:
            continue
        apart = None
        if group != ALL:
            others = _share(read, everything - members, len(empty - members))
            apart = difference(others, estimate) if others else None
        row = Row(
            facet=read.facet,
            code=read.code,
            label=names.code(read.facet, read.code).label,
            group=group,
            group_label="" if group == ALL else names.code(by, group).label,
            currency="",
            found=sum(read.found.get(unit, False) for unit in members),
            estimate=estimate,
            apart=apart,
        )
        yield row
        for currency, amounts in sorted(money.items()):
            here = [unit for unit in amounts if unit in members]
            if here:
                sum_ = estimated_sum(
                    [amounts[unit] for unit in here],
                    [unit in read.suggested for unit in here],
                    [read.found.get(unit) for unit in here],
                )
                found = sum(read.found.get(unit, False) for unit in here)
                yield replace(
                    row, currency=currency, found=found, estimate=sum_, apart=None
                )


def _share(read: _Read, members: set[str], empty: int) -> Estimate | None:
    """Return the share among ``members`` and the empty; None where there is neither."""
    if not members:
        return None
    drawn = sorted(unit for unit in read.found if unit in members)
    estimate = estimated_share(
        [read.found[unit] for unit in drawn],
        [unit in read.suggested for unit in drawn],
        len(members & read.suggested),
        len(members),
    )
    return among_more(estimate, empty) if empty else estimate
