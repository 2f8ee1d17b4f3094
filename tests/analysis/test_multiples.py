"""The same table once for each code of a third facet; findings without their tables."""

import polars as pl
from portfolios import intervention, portfolio

from capmap.analysis.coverage import coverage
from capmap.analysis.findings import find, find_statements
from capmap.analysis.multiples import coverage_by
from capmap.frameworks.codebook import load_codebook
from capmap.frameworks.framework import load_framework
from capmap.tables import NONE


def made():
    return portfolio(
        [
            intervention("A", countries=["PE"]),
            intervention("B", countries=["PE", "SN"]),
            intervention("C"),
        ],
        [
            ("A", ["outcome:o1", "level:individual"]),
            ("B", ["outcome:o1", "level:institutional?"]),
            ("C", ["outcome:o2", "level:individual"]),
        ],
    )


def test_each_table_is_that_of_the_passages_with_its_code():
    tables = made()
    by = coverage_by(
        tables.interventions, tables.codings, "outcome", "level", "country"
    )

    assert by["by"].unique().sort().to_list() == [NONE, "PE", "SN"]
    for code, ids in (("PE", ["A", "B"]), ("SN", ["B"]), (NONE, ["C"])):
        here = tables.codings.filter(pl.col("intervention_id").is_in(ids))
        alone = coverage(tables.interventions, here, "outcome", "level")
        part = by.filter(pl.col("by") == code).drop("by")
        filled = part.filter(pl.col("passages") > 0)
        assert filled.equals(alone.filter(pl.col("passages") > 0))


def test_only_the_most_frequent_codes_stand():
    tables = made()
    by = coverage_by(
        tables.interventions, tables.codings, "outcome", "level", "country", most=1
    )

    assert set(by["by"]) == {"PE"}


def test_nothing_to_repeat_gives_an_empty_table():
    tables = portfolio([intervention("A")], [])

    assert coverage_by(
        tables.interventions, tables.codings, "outcome", "level", "country"
    ).is_empty()


def test_statements_alone_are_those_of_all_findings():
    tables, book, framework = made(), load_codebook(), load_framework()

    alone = find_statements(tables, framework, book)

    assert alone.equals(find(tables, framework, book).statements)
