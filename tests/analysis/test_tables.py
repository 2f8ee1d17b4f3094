"""Each table against its slow and obvious second version, on drawn portfolios."""

import obvious
import polars as pl
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from portfolios import intervention, portfolio, portfolios

from capmap.analysis.coverage import budgets, coverage, intervention_budgets
from capmap.analysis.gaps import gaps
from capmap.analysis.integration import individual_alone, integration
from capmap.analysis.synergies import (
    COMMON_PLACES,
    COMMON_UNITS,
    missing_pairs,
    synergies,
)
from capmap.tables import (
    ALERTS,
    ALL,
    BUDGETS,
    COVERAGE,
    GAPS,
    INTEGRATION,
    MISSING_PAIRS,
    NONE,
    SYNERGIES,
)

FACETS = st.sampled_from(["outcome", "modality", "level", "country", "year", "partner"])
slowly = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)


@slowly
@given(portfolios(), FACETS, FACETS)
def test_coverage_counts_what_a_reader_would_count(made, rows, columns):
    assume(rows != columns)
    table = coverage(made.interventions, made.codings, rows, columns)
    read = obvious.Read(made)

    assert table.schema == COVERAGE
    for row in table.iter_rows(named=True):
        passages, wholes, doubtful = obvious.cell(
            read, rows, row["row"], columns, row["column"]
        )
        assert row["passages"] == len(passages)
        assert row["interventions"] == len(wholes)
        assert row["doubtful"] == doubtful


@slowly
@given(portfolios())
def test_every_passage_with_capacity_stands_in_a_cell_and_margins_count_once(made):
    table = coverage(made.interventions, made.codings, "outcome", "modality")
    whole = table.filter((pl.col("row") == ALL) & (pl.col("column") == ALL))
    cells = table.filter((pl.col("row") != ALL) & (pl.col("column") != ALL))

    assert whole["passages"].item() == len(obvious.Read(made).counted)
    assert cells["passages"].sum() >= whole["passages"].item()
    for side, other in (("row", "column"), ("column", "row")):
        margin = table.filter((pl.col(side) != ALL) & (pl.col(other) == ALL))
        sums = cells.group_by(side).agg(
            pl.col("passages").sum().alias("parts"),
            pl.col("passages").max().alias("most"),
        )
        both = margin.join(sums, on=side)
        assert both.height == margin.height
        assert both.select(
            pl.col("passages").is_between(pl.col("most"), pl.col("parts")).all()
        ).item() in (True, None)


@slowly
@given(portfolios(), FACETS)
def test_an_intervention_s_budget_stands_whole_in_cells_and_once_in_margins(made, rows):
    assume(rows != "modality")
    table = budgets(made.interventions, made.codings, rows, "modality")
    read = obvious.Read(made)
    codes = coverage(made.interventions, made.codings, rows, "modality")
    expected = {}
    for row, column in codes.select("row", "column").iter_rows():
        _, wholes, _ = obvious.cell(read, rows, row, "modality", column)
        for whole in wholes:
            for currency, amount in obvious.budget(read, whole):
                key = (row, column, currency)
                expected[key] = expected.get(key, 0) + amount
    found = {
        (r["row"], r["column"], r["currency"]): r["amount"]
        for r in table.iter_rows(named=True)
    }

    assert table.schema == BUDGETS
    assert found == pytest.approx(expected)


def test_components_budgets_count_before_the_whole_s_at_any_depth():
    def component(identifier, parent, amount):
        return intervention(
            identifier,
            counted_as="programme",
            parents=[parent],
            budget_amount=amount,
            budget_currency=None if amount is None else "USD",
        )

    whole = intervention("programme", budget_amount=100.0, budget_currency="EUR")
    silent = component("phase", "programme", None)
    deep = component("output", "phase", 30.0)
    rows = pl.DataFrame(
        [whole, silent, deep], schema=portfolio([], []).interventions.schema
    )

    table = intervention_budgets(rows)

    assert table.rows() == [("programme", "USD", 30.0)]


def test_parents_in_a_circle_neither_hang_nor_lose_the_money():
    rows = [
        intervention(
            name,
            counted_as="a",
            parents=[parent],
            budget_amount=10.0,
            budget_currency="USD",
        )
        for name, parent in (("a", "b"), ("b", "a"))
    ]

    table = intervention_budgets(portfolio(rows, []).interventions)

    assert table.rows() == [("a", "USD", 10.0)]


@slowly
@given(portfolios(), st.sampled_from(["intervention", "country", "outcome", "passage"]))
def test_the_integration_profile_is_that_of_a_reader(made, by):
    table = integration(made.interventions, made.codings, by)
    read = obvious.Read(made)
    units = read.units(by)

    assert table.schema == INTEGRATION
    assert table["unit"].to_list() == sorted(units)
    for row in table.iter_rows(named=True):
        levels = read.levels_of(units[row["unit"]])
        assert row["levels"] == "+".join(levels)
        assert row["score"] == len(levels)
        assert row["individual_alone"] == (levels == ["individual"])
        assert row["passages"] == len(set(units[row["unit"]]))
        assert row["individual"] == sum(
            "individual" in read.codes(p, "level") for p in set(units[row["unit"]])
        )


@slowly
@given(portfolios())
def test_individual_alone_looks_24_months_around(made):
    table = individual_alone(made.interventions, made.codings)

    assert table.schema == ALERTS
    assert set(
        table.select("country", "outcome").iter_rows()
    ) == obvious.individual_alone(obvious.Read(made))


def test_work_two_years_apart_is_company_and_three_years_is_not():
    from datetime import date

    def alone(other_starts):
        made = portfolio(
            [
                intervention(
                    "people",
                    countries=["GH"],
                    starts_on=date(2009, 1, 1),
                    ends_on=date(2010, 1, 1),
                ),
                intervention(
                    "rules",
                    countries=["GH"],
                    starts_on=other_starts,
                    ends_on=date(2015, 1, 1),
                ),
            ],
            [
                ("people", ["outcome:o", "level:individual"]),
                ("rules", ["outcome:o", "level:enabling-environment"]),
            ],
        )
        return individual_alone(made.interventions, made.codings).height

    assert alone(date(2012, 1, 1)) == 0
    assert alone(date(2012, 1, 2)) == 1
    assert alone(None) == 0


@slowly
@given(portfolios(), st.sampled_from(["intervention", "passage", "outcome", "country"]))
def test_synergies_are_those_of_a_reader(made, within):
    table = synergies(made.interventions, made.codings, within=within)
    read = obvious.Read(made)
    expected = obvious.pairs(read, "modality", within) if read.units(within) else {}

    assert table.schema == SYNERGIES
    columns = ["units", "with_first", "with_second", "together"]
    assert {
        (r["first"], r["second"]): tuple(r[c] for c in columns)
        for r in table.iter_rows(named=True)
    } == expected
    for row in table.iter_rows(named=True):
        chance = obvious.chance_of_at_least(
            row["together"], row["with_first"], row["with_second"], row["units"]
        )
        assert row["chance"] == pytest.approx(chance, abs=1e-9)
        assert row["lift"] * row["expected"] == pytest.approx(row["together"])


def meeting(pairs_by_outcome):
    """One intervention a list of modalities, under outcomes named by the keys."""
    rows, passages = [], []
    for outcome, forms in pairs_by_outcome.items():
        for number, codes in enumerate(forms):
            name = f"{outcome}-{number}"
            rows.append(intervention(name))
            passages.append(
                (name, [f"outcome:{outcome}", *(f"modality:{code}" for code in codes)])
            )
    return portfolio(rows, passages)


def test_a_pair_common_elsewhere_is_missed_where_only_one_of_it_stands():
    made = meeting(
        {
            "a": ["xy", "xy"],
            "b": ["xy", "z"],
            "here": ["x", "x", "z"],
            "empty-of-both": ["z"],
        }
    )

    table = missing_pairs(made.interventions, made.codings)

    assert table.schema == MISSING_PAIRS
    row = table.row(0, named=True)
    assert table.height == 1
    assert (row["here"], row["first"], row["second"]) == ("here", "x", "y")
    assert (row["here_units"], row["here_first"], row["here_second"]) == (3, 2, 0)
    assert (row["elsewhere_units"], row["elsewhere_together"]) == (5, 3)
    assert row["elsewhere_places"] == 2
    assert row["expected"] == pytest.approx(3 * 3 / 5)
    assert row["chance"] == pytest.approx(
        10 / 56
    )  # C(5,3) ways of C(8,3) miss all three


@slowly
@given(portfolios())
def test_missing_pairs_meet_elsewhere_often_enough_and_never_here(made):
    table = missing_pairs(made.interventions, made.codings)
    read = obvious.Read(made)
    for row in table.iter_rows(named=True):
        pair = {row["first"], row["second"]}
        met = {}
        for outcome, passages in read.units("outcome").items():
            held = {}
            for passage_id in passages:
                whole = read.whole(dict(read.counted)[passage_id])
                if whole:
                    held.setdefault(whole, set()).update(
                        read.codes(passage_id, "modality")
                    )
            met[outcome] = sum(pair <= codes for codes in held.values())
        assert met[row["here"]] == 0
        assert row["elsewhere_together"] == sum(met.values()) >= COMMON_UNITS
        assert row["elsewhere_places"] == sum(map(bool, met.values())) >= COMMON_PLACES


@slowly
@given(portfolios())
def test_gaps_are_the_empty_cells_and_lines_of_the_table(made):
    table = coverage(
        made.interventions,
        made.codings,
        "outcome",
        "modality",
        row_codes=["o0", "o1", "o2"],
        column_codes=["m0", "m1", "m2", "m3"],
    )
    found = gaps(table)
    unit = "interventions" if table["interventions"].sum() else "passages"
    count = {(r, c): n for r, c, n in table.select("row", "column", unit).iter_rows()}

    assert found.schema == GAPS
    if not count[ALL, ALL]:
        assert found.is_empty()
        return
    expected = {
        (row, column)
        for (row, column), n in count.items()
        if n == 0
        and NONE not in (row, column)
        and (row == ALL or column == ALL or (count[row, ALL] and count[ALL, column]))
    }
    assert set(found.select("row", "column").iter_rows()) == expected
    chances = found.filter(pl.col("kind") == "cell")["chance"].to_list()
    assert chances == sorted(chances)
    for row in found.filter(pl.col("kind") == "cell").iter_rows(named=True):
        down, across = count[row["row"], ALL], count[ALL, row["column"]]
        none = 1 - obvious.chance_of_at_least(1, across, down, count[ALL, ALL])
        assert row["chance"] == pytest.approx(none, abs=1e-9)


def test_a_lazy_scan_gives_what_the_frame_gives(tmp_path):
    made = meeting({"a": ["xy", "z"], "b": ["x"]})
    made.interventions.write_parquet(tmp_path / "interventions.parquet")
    made.codings.write_parquet(tmp_path / "codings.parquet")

    lazy = coverage(
        pl.scan_parquet(tmp_path / "interventions.parquet"),
        pl.scan_parquet(tmp_path / "codings.parquet"),
        "outcome",
        "modality",
    )

    assert lazy.equals(
        coverage(made.interventions, made.codings, "outcome", "modality")
    )
