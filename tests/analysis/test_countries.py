"""The table of countries, against what a reader would count by hand."""

import polars as pl

from capmap.analysis.countries import countries
from capmap.tables import CODINGS, COUNTRIES, INTERVENTIONS


def intervention(identifier, *codes, counted_as="", kind="project"):
    return {
        "intervention_id": identifier, "counted_as": counted_as or identifier, "kind": kind,
        "countries": [{"code": code, "percentage": None} for code in codes],
    }  # fmt: skip


def given(identifier, number, *codes):
    for code in ("capacity:cd", *codes):
        facet, _, name = code.partition(":")
        yield {
            "passage_id": f"{identifier}#{number}", "intervention_id": identifier,
            "facet": facet, "code": name, "confidence": 1.0, "doubtful": False,
        }  # fmt: skip


def tables(interventions, codings):
    return (
        pl.DataFrame(interventions, schema=INTERVENTIONS),
        pl.DataFrame(list(codings), schema=CODINGS),
    )


def test_counts_by_hand():
    found = countries(
        *tables(
            [
                intervention("a", "PE", "SN"),
                intervention("b", "PE"),
                intervention("c", "PE", counted_as="b"),
                intervention("d", "TN"),
                intervention("e", "TN", kind="document"),
            ],
            [
                *given("a", 1, "level:individual", "outcome:skills"),
                *given("a", 2, "level:institutional"),
                *given("c", 1, "level:enabling-environment", "outcome:youth"),
            ],
        )
    )
    assert found.schema == pl.Schema(COUNTRIES)
    rows = {row.pop("country"): row for row in found.to_dicts()}
    assert rows["PE"] == {
        "interventions": 2, "capacity_interventions": 2, "passages": 3, "individual": 1,
        "institutional": 1, "enabling_environment": 1, "score": 3, "outcomes": 2,
        "levels": "individual+institutional+enabling-environment",
    }  # fmt: skip
    assert (rows["SN"]["interventions"], rows["SN"]["score"]) == (1, 2)
    assert rows["TN"]["interventions"] == 1
    assert rows["TN"]["passages"] == rows["TN"]["outcomes"] == 0
    assert rows["TN"]["levels"] == ""


def test_no_country_named_gives_no_rows():
    found = countries(*tables([intervention("a")], given("a", 1, "level:individual")))
    assert found.is_empty()
