"""The check finds each kind of fault, and says in which file, where and what to do."""

import re
import shutil
from pathlib import Path

import pytest
from own_framework import write_water

from capmap.frameworks.check import SDG_TARGETS, check
from capmap.frameworks.codebook import load_codebook
from capmap.frameworks.export import codebook_markdown
from capmap.frameworks.framework import load_framework
from capmap.wording import LANGUAGES, topic


@pytest.fixture(scope="session")
def example(tmp_path_factory):
    return write_water(tmp_path_factory.mktemp("example"))


@pytest.fixture
def water(example, tmp_path):
    """A copy of the example to spoil."""
    return Path(shutil.copytree(example, tmp_path / "water"))


def change(path, old, new, count=1):
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, count), encoding="utf-8")


def findings(folder):
    return check(load_codebook(folder / "codebook"), load_framework(folder))


def only(folder):
    found = findings(folder)
    assert len(found) == 1, [f.sentence() for f in found]
    return found[0]


def test_the_example_of_the_how_to_is_whole_and_faultless(water):
    assert findings(water) == []
    framework = load_framework(water)
    assert framework.outcomes["water-1"].programmes == ("twinning",)
    assert [walk.code for walk in framework.crosswalks] == ["6.1", "6.b"]
    assert "(`twinning`)" in codebook_markdown(load_codebook(water / "codebook"), "fr")


# Each row: file, what stands there, what is put in its place, the problem, words of the sentence.
FAULTS = [
    ("codebook/outcome.yaml", 'fr: "Services des eaux", es', 'es', "language_missing", "fr"),
    ("codebook/outcome.yaml", "      fr:\n        - service* des eaux\n        - {term: compteur*, with: [<water>]}\n", "", "language_missing", "water-1, terms"),
    ("codebook/outcome.yaml", '      es: "Los organismos que llevan agua a los hogares están bien administrados."\n', "", "language_missing", "definition"),
    ("codebook/outcome.yaml", "definition:", "inclusion:", "unknown_key", "inclusion"),
    ("codebook/outcome.yaml", "with: [<water>], without", "with: [<wine>], without", "unknown_cue", "wine"),
    ("codebook/outcome.yaml", "        - water utilit*\n", "        - water utilit*\n        - Water-Utilit*\n", "term_twice", "Water-Utilit*"),
    ("codebook/outcome.yaml", "        - water utilit*\n", '        - "*utilit"\n', "unreadable_term", "*utilit"),
    ("codebook/outcome.yaml", "        - water utilit*\n", "        - water (utility|board\n", "unreadable_term", "(utility"),
    ("codebook/outcome.yaml", "        - water utilit*\n", "        - {term: water utilit*, near: [a]}\n", "unknown_key", "near"),
    ("codebook/programme.yaml", "    outcome: water-1\n", "", "programme", "twinning"),
    ("codebook/cues.yaml", "en: [water, leak*]", "en: [water, <water>]", "cue_in_a_ring", "water"),
    ("codebook/cues.yaml", "en: [water, leak*]", "en: [water, <leaks>]", "unknown_cue", "leaks"),
    ("codebook/cues.yaml", "  es:", "  pt:", "language", "water"),
    ("framework.yaml", "programmes: [twinning]", "programmes: [twining]", "programme", "twining"),
    ("framework.yaml", "fr: working", "fr: guessed", "unknown_status", "guessed"),
    ("framework.yaml", 'label: {en: "Utilities"', 'label: {en: "Utility"', "label_differs", "water-1"),
    ("framework.yaml", "        number: 1\n", "        number: 1\n        numbre: 1\n", "unknown_key", "numbre"),
    ("crosswalks.yaml", "water-1:", "water-9:", "crosswalk_unknown_outcome", "water-9"),
    ("crosswalks.yaml", "status: proposed", "status: likely", "unknown_status", "likely"),
    ("crosswalks.yaml", '  source: "Own reading of the targets"\n', "", "crosswalk_no_source", "source"),
    ("crosswalks.yaml", "[6.1, 6.b]", "[6.1, 6.z]", "crosswalk_unknown_code", "6.z"),
    ("crosswalks.yaml", "[6.1, 6.b]", "[6.1, 6.1]", "crosswalk_twice", "6.1"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("file", "old", "new", "problem", "words"),
    FAULTS,
    ids=[f"{fault[3]}-{number}" for number, fault in enumerate(FAULTS)],
)
def test_a_fault_is_found_where_it_stands(water, file, old, new, problem, words):
    change(water / file, old, new)
    found = findings(water)
    assert found
    assert any(
        finding.problem.startswith(problem) and words in finding.sentence()
        for finding in found
    ), [f.sentence() for f in found]
    assert any(finding.file == str(water / file) for finding in found)


def test_a_code_without_terms_is_a_fault_unless_it_says_so(water):
    path = water / "codebook" / "programme.yaml"
    text = path.read_text("utf-8")
    head = text[: text.index("    terms:")]
    path.write_text(head, encoding="utf-8")
    assert only(water).problem == "no_terms"
    path.write_text(head + "    terms: {}\n", encoding="utf-8")
    assert findings(water) == []


SECOND_CODE = """  - code: water-2
    label: {en: "Wells", fr: "Puits", es: "Pozos"}
    definition: {en: "Wells.", fr: "Puits.", es: "Pozos."}
    terms: {en: [%s], fr: [puits], es: [pozo*]}
"""


def second_code(water, term):
    path = water / "codebook" / "outcome.yaml"
    path.write_text(path.read_text("utf-8") + SECOND_CODE % term, encoding="utf-8")
    codebook = load_codebook(water / "codebook")
    return [finding.problem for finding in check(codebook)]


def test_a_term_under_two_codes_is_ambiguous(water):
    assert second_code(water, "Water utilit*") == ["ambiguous_term"]


def test_neighbours_tell_two_codes_apart(water):
    assert second_code(water, "{term: meter*, with: [well*]}") == []


def test_the_same_word_of_two_languages_is_not_ambiguous(water):
    assert second_code(water, '"service* des eaux"') == []


def test_a_name_in_capitals_is_ambiguous_in_every_language(water):
    change(water / "codebook" / "outcome.yaml", "- service* des eaux", "- ONEA")
    assert second_code(water, "ONEA") == ["ambiguous_term"]


def test_a_weak_term_may_stand_under_two_codes(water):
    assert second_code(water, "{term: water utilit*, weak: true}") == []


def test_words_that_coincide_within_one_code_are_no_fault(water):
    change(water / "codebook" / "outcome.yaml", "- empresa* de agua*", "- service* des eaux")  # fmt: skip
    assert findings(water) == []


def test_a_programme_that_no_outcome_lists_is_found(water):
    change(water / "framework.yaml", "programmes: [twinning]", "programmes: []")
    finding = only(water)
    assert finding.problem == "programme_without_outcome"
    assert finding.file == str(water / "codebook" / "programme.yaml")


def test_an_identifier_used_twice_is_found(water):
    second_code(water, "well*")
    assert "code_twice" in second_code(water, "borehole*")


def test_an_outcome_listed_twice_is_found(water):
    path = water / "framework.yaml"
    text = path.read_text("utf-8")
    outcome = text[text.index("      - code: water-1") :]
    path.write_text(text + outcome, encoding="utf-8")
    problems = {finding.problem for finding in findings(water)}
    assert {"outcome_twice", "number_twice"} <= problems


def test_an_outcome_of_the_codebook_alone_is_found(water):
    second_code(water, "well*")
    assert only(water).problem == "outcome_not_in_framework"


def test_a_programme_under_two_outcomes_is_found(water):
    second_code(water, "well*")
    path = water / "framework.yaml"
    text = path.read_text("utf-8")
    outcome = text[text.index("      - code: water-1") :]
    for old, new in (
        ("water-1", "water-2"),
        ("number: 1", "number: 2"),
        ('"Utilities", fr: "Services des eaux", es: "Empresas de agua"', '"Wells", fr: "Puits", es: "Pozos"'),
    ):  # fmt: skip
        outcome = outcome.replace(old, new)
    path.write_text(text + outcome, encoding="utf-8")
    assert only(water).problem == "programme_elsewhere"


def test_a_framework_without_crosswalks_or_programmes_is_whole(water):
    (water / "crosswalks.yaml").unlink()
    (water / "codebook" / "programme.yaml").unlink()
    change(water / "framework.yaml", "        programmes: [twinning]\n", "")
    assert findings(water) == []


def test_a_missing_language_is_lent_so_that_nothing_breaks(water):
    change(water / "codebook" / "outcome.yaml", 'fr: "Services des eaux", es', "es")
    label = load_codebook(water / "codebook").code("outcome", "water-1").label
    assert label == {"en": "Utilities", "fr": "Utilities", "es": "Empresas de agua"}


def test_every_problem_has_a_reason_and_a_remedy_in_three_languages():
    texts = topic("framework_check")
    source = Path(__file__).parents[2] / "capmap" / "frameworks"
    code = "".join(path.read_text("utf-8") for path in source.glob("*.py"))
    problems = {key.removesuffix("_reason") for key in texts if key.endswith("_reason")}
    for problem in problems:
        assert f'"{problem}"' in code, problem
        for key in (f"{problem}_reason", f"{problem}_remedy"):
            assert set(texts[key]) == set(LANGUAGES), key
    raised = set(re.findall(r'(?:refuse|remark)\(\s*(?:[\w.]+, )?"(\w+)"', code))
    assert raised <= problems


def test_there_are_169_targets():
    assert len(SDG_TARGETS) == 169
    assert {"1.a", "8.10", "14.c", "17.19"} <= SDG_TARGETS
    assert not {"1.0", "1.6", "8.c", "17.a", "18.1"} & SDG_TARGETS
