"""The appendix's figures, the plain sentences, and that nothing is lost on the way."""

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from obvious import Read
from portfolios import appendix, intervention, portfolio, portfolios

from capmap import tables
from capmap.analysis.findings import find
from capmap.analysis.integration import integration
from capmap.analysis.sequences import sequences, trainers_unsupported
from capmap.frameworks.codebook import Code, Codebook, Facet, load_codebook
from capmap.frameworks.framework import Framework, Outcome, OutcomeGroup, load_framework
from capmap.wording import LANGUAGES


def facet(name, codes):
    made = {
        code: Code(name, code, {"en": code, "fr": code, "es": code}, {}, {}, {}, {})
        for code in codes
    }
    return Facet(name, {}, {}, True, made)


@pytest.fixture(scope="module")
def book():
    """A codebook and framework of a few codes, as the drawn portfolios use them."""
    facets = {
        "outcome": ["o0", "o1", "o2"],
        "modality": ["m0", "m1", "m2", "m3", "form-not-stated"],
        "level": ["individual", "institutional", "enabling-environment"],
        "constituent": ["government", "workers"],
        "target": ["youth"],
        "partner": ["university"],
    }
    outcomes = tuple(
        Outcome(code, n, {}, {}, ()) for n, code in enumerate(facets["outcome"])
    )
    return (
        Framework("made", {}, (OutcomeGroup("all", {}, outcomes),), ()),
        Codebook("1", {name: facet(name, codes) for name, codes in facets.items()}, {}),
    )


def told(findings, key):
    return findings.statements.row(by_predicate=pl.col("key") == key, named=True)


def test_the_appendix_gives_the_figures_of_its_hand_coding(data):
    found = find(appendix(data), load_framework(), load_codebook())

    def numerators(question, unit):
        rows = found.shares.filter(
            (pl.col("question") == question)
            & (pl.col("unit") == unit)
            & (pl.col("among") == "capacity")
        )
        return {c: n for c, n in rows.select("code", "numerator").iter_rows() if n}

    assert numerators("level", "passages") == {
        "individual": 59,
        "institutional": 35,
        "enabling-environment": 8,
    }
    assert numerators("levels_together", "passages") == {
        "individual": 46,
        "institutional": 18,
        "individual+institutional": 12,
        "institutional+enabling-environment": 5,
        "enabling-environment": 2,
        "individual+enabling-environment": 1,
    }
    assert numerators("levels_together", "interventions") == {
        "individual": 7,
        "individual+institutional": 19,
        "individual+institutional+enabling-environment": 6,
    }
    assert numerators("modality", "passages") == {
        "training": 32,
        "form-not-stated": 18,
        "package": 11,
        "advisory": 10,
        "organizational-development": 8,
        "academy": 7,
        "action-plan": 4,
        "distance-learning": 4,
        "capacity-assessment": 4,
        "training-of-trainers": 3,
        "on-the-job": 3,
        "academic-partnership": 3,
        "knowledge-sharing": 3,
        "network": 2,
        "peer-education": 2,
        "exchange": 2,
        "south-south": 1,
        "financial-support": 1,
        "law-and-policy": 1,
        "campaign": 1,
    }
    assert told(found, "finding_modality_nowhere")["codes"] == [
        "modality:certification",
        "modality:information-systems",
        "modality:dialogue",
    ]


def test_the_seven_programmes_that_train_individuals_only(data):
    made = appendix(data)
    profile = integration(made.interventions, made.codings, "programme")

    assert set(profile.filter("individual_alone")["unit"]) == {
        "employment-intensive-investment",
        "crisis-response",
        "wage-policies",
        "maternity-protection",
        "labour-migration",
        "non-discrimination",
        "indigenous-and-tribal-peoples",
    }


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(made=portfolios())
def test_findings_hold_on_any_portfolio(book, made):
    found = find(made, *book)

    for name in found.__slots__:
        assert getattr(found, name).schema == getattr(tables, name.upper())
    read = Read(made)
    assert found.languages["capacity_passages"].sum() == len(read.counted)
    assert found.sources["passages"].sum() == made.passages.height
    together = found.shares.filter(pl.col("question") == "levels_together")
    for unit in ("interventions", "passages"):
        sets = together.filter(pl.col("unit") == unit)
        assert sets["numerator"].sum() == sets["denominator"][0]
    for row in found.shares.iter_rows(named=True):
        assert (row["value"] is None) == (row["denominator"] == 0)
    for row in found.statements.iter_rows(named=True):
        for language in LANGUAGES:
            assert "{" not in row[f"text_{language}"]
        if row["with_all"] or row["with_any"]:
            check_the_evidence(read, row)


def check_the_evidence(read, row):
    """The filter of a statement finds as many units as its sentence says."""
    if row["numerator"] is None:
        return
    by = "intervention" if row["unit"] == "interventions" else "passage"
    hits = 0
    for passages in read.units(by).values():
        codes = {
            f"{c['facet']}:{c['code']}"
            for c in read.codings
            if c["passage_id"] in passages
        }
        hits += (
            codes >= set(row["with_all"])
            and (not row["with_any"] or bool(codes & set(row["with_any"])))
            and not codes & set(row["without"])
        )
    assert hits == row["numerator"]


def projects(*codes):
    return portfolio(
        [intervention(f"p{n}") for n in range(len(codes))],
        [(f"p{n}", list(held)) for n, held in enumerate(codes)],
    )


def test_nothing_read_and_nothing_found_are_told_apart(book):
    nothing = find(portfolio([], []), *book)
    no_capacity = find(projects(["capacity:not-cd"], ["capacity:unclear"]), *book)

    assert nothing.statements["key"].to_list() == ["finding_nothing_read"]
    assert no_capacity.statements["key"].to_list() == ["finding_capacity"]
    assert no_capacity.statements["text_fr"].item().replace("\xa0", " ") == (
        "On ne trouve de renforcement des capacités dans aucune intervention sur 2 "
        "(intervalle à 95 % de 0 à 66 pour cent)."
    )
    assert no_capacity.statements["text_es"].item().startswith("No hay desarrollo")


def test_forms_that_tie_lead_together_and_the_unstated_form_never_leads(book):
    unstated = "modality:form-not-stated"
    found = find(
        projects(["modality:m0", unstated], ["modality:m1", unstated], [unstated]),
        *book,
    )
    row = told(found, "finding_modality_leads")

    assert row["codes"] == ["modality:m0", "modality:m1"]
    assert row["text_en"].replace("\xa0", " ") == (
        "Where capacity is developed, the forms found most often are “m0” and “m1”, "
        "each in 1 of 3 interventions (33 per cent; 95% interval 6 to 79)."
    )
    assert "«\xa0m0\xa0» et «\xa0m1\xa0»" in row["text_fr"]
    assert "«m0» y «m1»" in row["text_es"]


def test_what_all_do_and_what_none_does_is_said_in_words(book):
    found = find(
        projects(*[["level:individual", "outcome:o0", "constituent:workers"]] * 3),
        *book,
    )

    alone, environment = (
        told(found, key)["text_en"].replace("\xa0", " ")
        for key in ("finding_individual_alone", "finding_environment")
    )
    assert "alone in all 3 interventions" in alone
    assert "in none of 3 interventions" in environment
    assert "ninguna de" in told(found, "finding_environment")["text_es"]


def test_documents_alone_are_counted_by_passages(book):
    found = find(
        portfolio(
            [intervention("paper", kind="document")],
            [("paper", ["modality:m0", "outcome:o0"]), ("paper", ["modality:m1"])],
        ),
        *book,
    )

    assert set(found.statements["unit"]) == {"passages"}
    assert set(found.gaps["unit"]) == {"passages"}
    assert found.sources.row(0) == ("made.csv", 0, 1, 2, 2, 0)
    assert (
        found.shares.filter(pl.col("unit") == "interventions")["value"].null_count()
        == found.shares.filter(pl.col("unit") == "interventions").height
    )


def test_a_known_portfolio_narrows_and_a_census_closes_all_intervals(book):
    made = projects(["level:individual"], ["level:individual"], ["capacity:not-cd"])

    census = find(made, *book, population=3).shares
    assert set(census.filter(pl.col("denominator") > 0)["method"]) == {"census"}
    with pytest.raises(ValueError, match="sample from 2"):
        find(made, *book, population=2)


def test_capacity_assessed_before_training_is_told_from_training_first():
    from datetime import date

    def verdict(*steps):
        rows = [
            intervention(f"p{n}", countries=["GH"], starts_on=day)
            for n, (_, day) in enumerate(steps)
        ]
        passages = [
            (f"p{n}", ["outcome:o", f"modality:{form}"])
            for n, (form, _) in enumerate(steps)
        ]
        made = portfolio(rows, passages)
        return sequences(made.interventions, made.codings)["verdict"].to_list()

    early, late = date(2009, 1, 1), date(2011, 1, 1)
    assert verdict(("capacity-assessment", early), ("training", late)) == [
        "assessed_first"
    ]
    assert verdict(("capacity-assessment", late), ("training", early)) == [
        "training_first"
    ]
    assert verdict(
        ("capacity-assessment", early), ("action-plan", late), ("training", early)
    ) == ["training_first"]
    assert verdict(("training", early)) == ["no_assessment"]
    assert verdict(("capacity-assessment", None), ("training", early)) == ["undated"]
    assert verdict(("campaign", early)) == []


def test_training_of_trainers_without_certificate_or_partner_is_flagged():
    made = projects(
        ["modality:training-of-trainers"],
        ["modality:training-of-trainers", "modality:certification"],
        ["modality:training-of-trainers", "partner:university"],
        ["modality:training"],
    )

    flagged = trainers_unsupported(made.interventions, made.codings)

    assert flagged["intervention_id"].to_list() == ["p0"]
    assert flagged["rule"].to_list() == ["trainers_unsupported"]


def test_a_doubt_counts_where_findings_rest_on_it(book):
    found = find(
        projects(["level:individual?"], ["chain:output?"], ["award:none"]), *book
    )

    row = told(found, "finding_doubtful")
    assert (row["numerator"], row["denominator"]) == (1, 3)
