"""The framework and codebook that ship: whole, in three languages, without a fault."""

import json
import re
from collections import Counter

import pytest

from capmap.frameworks.check import CROSSWALK_STATUSES, check
from capmap.frameworks.codebook import load_codebook, shipped
from capmap.frameworks.export import codebook_markdown, codebook_table
from capmap.frameworks.framework import load_framework
from capmap.wording import LANGUAGES

OURS = shipped("ilo_2010_15", "codebook")


@pytest.fixture(scope="module")
def framework():
    return load_framework()


@pytest.fixture(scope="module")
def codebook():
    return load_codebook()


def test_five_groups_with_nineteen_outcomes(framework):
    assert [(g.group, [o.number for o in g.outcomes]) for g in framework.groups] == [
        ("employment", [1, 2, 3]),
        ("social-protection", [4, 5, 6, 7, 8]),
        ("social-dialogue", [9, 10, 11, 12, 13]),
        ("fundamental-principles-and-rights-at-work", [14, 15, 16, 17, 18]),
        ("policy-coherence", [19]),
    ]


def test_thirty_two_programmes_under_the_outcomes_of_the_paper(framework):
    counts = [len(o.programmes) for o in framework.outcomes.values()]
    assert counts == [4, 3, 4, 1, 3, 1, 1, 1, 1, 1, 1, 1, 2, 1, 1, 1, 2, 2, 1]
    assert sum(counts) == 32


def test_programmes_of_the_hand_coded_appendix_stand_under_its_outcomes(
    framework, data
):
    path = data / "evaluation" / "appendix.jsonl"
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    for row in rows:
        number = int(row["context"].split(";")[0].removeprefix("Outcome "))
        outcome = next(o for o in framework.outcomes.values() if o.number == number)
        assert set(row["codes"]["programme"]) <= set(outcome.programmes), row["id"]


def test_nothing_is_wrong_with_what_ships(codebook, framework):
    found = check(codebook, framework)
    assert [finding.sentence() for finding in found] == []


def test_every_text_is_written_in_each_language_not_lent():
    book = load_codebook(OURS)
    same = Counter()
    for code in book.codes():
        for texts in (code.definition, code.include, code.exclude):
            assert len(set(texts.values())) == 3, code.code
            assert all(texts.values()), code.code
        same[len(set(code.label.values()))] += 1
    assert same[1] <= 1  # Better Work keeps its name


def test_terms_are_many_and_of_equal_number_in_each_language():
    book = load_codebook(OURS)
    counts = Counter()
    for code in book.codes():
        for language, terms in code.terms.items():
            counts[language] += len(terms)
    assert sum(counts.values()) >= 900
    assert set(counts) == set(LANGUAGES)
    assert min(counts.values()) > 0.75 * max(counts.values())


def test_other_codes_named_in_rules_exist():
    book = load_codebook(OURS)
    known = {code.code for code in book.codes()}
    for code in book.codes():
        for texts in (code.include, code.exclude):
            named = [set(re.findall(r"`([^`]+)`", texts[k])) for k in LANGUAGES]
            assert named[0] == named[1] == named[2], code.code
            assert named[0] <= known, code.code


def test_each_crosswalk_has_a_status_and_a_source(framework):
    assert {walk.status for walk in framework.crosswalks} <= set(CROSSWALK_STATUSES)
    assert all(walk.source for walk in framework.crosswalks)
    by_scheme = Counter(walk.scheme for walk in framework.crosswalks)
    assert {"sdg-target", "dac-purpose"} <= set(by_scheme)
    with_targets = {w.outcome for w in framework.crosswalks if w.scheme == "sdg-target"}
    assert with_targets == set(framework.outcomes)


def test_a_target_that_looks_like_a_decimal_keeps_its_zero(framework):
    assert "16.10" in {walk.code for walk in framework.crosswalks}


def test_the_table_holds_every_code_once_with_its_terms(codebook):
    table = codebook_table(codebook)
    codes = list(codebook.codes())
    assert table.select("facet", "code").rows() == [(c.facet, c.code) for c in codes]
    row = next(row for row in table.to_dicts() if row["code"] == "score")
    assert row["outcome"] == "spf-03"
    assert "SCORE" in row["terms_fr"].split("\n")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_reference_text_names_every_code(codebook, language):
    text = codebook_markdown(codebook, language)
    for code in codebook.codes():
        assert f"(`{code.code}`)" in text
    assert "{" not in text
