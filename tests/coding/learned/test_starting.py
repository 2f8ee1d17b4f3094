"""The coder before the first decision: which examples teach it, and how they join decisions."""

import json
from dataclasses import replace

import pytest
from learned_examples import examples

from capmap.coding.evaluation import Example
from capmap.coding.learned.decisions import decisions
from capmap.coding.learned.starting import as_example, taught, worked_examples
from capmap.coding.learned.training import TooFewDecisions, learn
from capmap.coding.lexicon import LexiconCoder
from capmap.frameworks.codebook import load_codebook, shipped
from capmap.frameworks.examples import load_examples

OUTCOME = """
facet: outcome
label: {en: Outcome, fr: Résultat, es: Resultado}
question: {en: "Which?", fr: "Lequel", es: "¿Cuál?"}
codes:
  - code: water-1
    label: {en: Utilities, fr: Services, es: Empresas}
    terms: {en: [water utility]}
"""
OWN = {
    "id": "own-1", "lang": "en", "text": "The plumbers of the utility learn from each other.",
    "codes": {
        "capacity": ["cd"], "outcome": ["water-1"], "modality": ["exchange"],
        "level": ["individual"],
    },
    "wording": "indirect",
}  # fmt: skip


@pytest.fixture
def water(tmp_path):
    """A framework of one's own: one outcome, one worked example."""
    for name, text in (
        ("codebook/outcome.yaml", OUTCOME), ("examples/own.en.jsonl", json.dumps(OWN)),
    ):  # fmt: skip
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


@pytest.fixture
def book(water):
    return load_codebook(water / "codebook", shipped("capacity"))


def test_the_shipped_framework_teaches_all_its_examples():
    assert worked_examples(None, load_codebook()) == load_examples()


def test_a_framework_of_ones_own_starts_with_what_the_shipped_examples_say_of_capacity(
    water, book
):
    own, *shown = worked_examples(water, book)

    assert own.codes["outcome"] == ("water-1",)
    assert own.facets is None
    assert len(shown) > 500
    for one in shown:
        assert "modality" in one.facets
        assert not {"outcome", "programme"} & {*one.codes, *one.facets}
        assert not any(facet == "outcome" for facet, _ in one.near)


def test_a_copy_of_the_shipped_framework_has_each_example_once(tmp_path):
    first = next(iter(sorted(shipped("ilo_2010_15", "examples").glob("*.jsonl"))))
    (tmp_path / "examples").mkdir()
    (tmp_path / "examples" / first.name).write_bytes(first.read_bytes())

    found = worked_examples(tmp_path, load_codebook())

    assert sorted(e.identifier for e in found) == sorted(
        e.identifier for e in load_examples()
    )


def test_nothing_is_learned_of_a_facet_that_was_not_looked_at(water, book):
    own, *shown = worked_examples(water, book)
    one = next(e for e in shown if e.has("capacity", "cd"))
    answered = Example("They read it.", "en", codes={"modality": frozenset()})

    data = decisions(taught([own, one], [answered]), LexiconCoder(book))

    counts = {key: list(data.weight[:, n] > 0) for n, key in enumerate(data.keys)}
    # In the order of their documents: the answer has none, then "worked ..." and its name.
    assert counts["outcome", "water-1"] == [False, False, True]
    assert counts["level", "individual"] == [False, True, True]


def test_in_a_folder_of_few_files_each_example_stands_alone(water, book):
    own, *shown = taught(worked_examples(water, book))

    assert own.document == "worked own-1"
    assert len({one.document for one in shown}) < len(shown) / 10


def test_worked_examples_weigh_less_the_more_people_decided():
    worked = load_examples()[:1]
    decided = [Example(f"Passage {n}", "en") for n in range(1000)]

    alone, beside_few, beside_many = (
        taught(worked, decided[:n])[-1].weight for n in (0, 10, 1000)
    )

    assert alone == 1.0
    assert 0.5 > beside_few > beside_many == 0.25
    assert as_example(worked[0]).worked


def test_the_report_speaks_of_decisions_alone_and_of_facets_that_were_looked_at():
    lexicon = LexiconCoder(load_codebook())
    decided = [
        replace(one, codes={"modality": one.codes.get("modality", frozenset())})
        for one in examples(4)
    ]

    learned = learn(taught(load_examples()[:120], decided), lexicon)

    assert learned.report.passages == learned.model.decisions == len(decided)
    assert learned.report.documents == len(decided)
    told = learned.report.codes["modality", "training"]
    assert told.decisions == sum("training" in e.codes["modality"] for e in decided)
    assert all(
        code.decisions == code.combined_f1 == 0
        for (facet, _), code in learned.report.codes.items()
        if facet == "level"
    )


def test_too_few_decisions_are_too_few_beside_any_number_of_examples():
    with pytest.raises(TooFewDecisions) as told:
        learn(taught(load_examples()[:60], examples(1)), LexiconCoder(load_codebook()))

    assert told.value.passages == len(examples(1))
