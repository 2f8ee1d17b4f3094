"""What is learned from decisions, and what is left to the lexicon."""

import json
import random
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from learned_examples import KAIZEN, NOTHING, TRAINING, example, examples

from capmap.coding.learned.combined import CombinedCoder
from capmap.coding.learned.decisions import decisions, folds
from capmap.coding.learned.training import Learned, TooFewDecisions, learn
from capmap.coding.lexicon import LexiconCoder
from capmap.frameworks.codebook import load_codebook


@pytest.fixture(scope="module")
def lexicon() -> LexiconCoder:
    return LexiconCoder(load_codebook())


@pytest.fixture(scope="module")
def learned(lexicon: LexiconCoder) -> Learned:
    return learn(examples(12), lexicon)


def codes(coder: CombinedCoder | LexiconCoder, text: str) -> set[tuple[str, str]]:
    return {(s.facet, s.code) for s in coder.suggest(text)}


@pytest.mark.parametrize("language", ["en", "fr", "es"])
def test_a_word_that_no_term_knows_is_learned(lexicon, learned, language):
    coder = CombinedCoder(lexicon, learned.model)
    text = KAIZEN[language].format(place="Oslo", month="May")

    assert ("modality", "organizational-development") not in codes(lexicon, text)
    found = {(s.facet, s.code): s for s in coder.suggest(text, language=language)}
    new = found["modality", "organizational-development"]
    assert new.basis == "model"
    marked = {text[start:end].lower() for start, end in new.spans}
    assert "kaizen" in marked
    assert new.because.lower().count("kaizen") == 1
    assert found["capacity", "cd"].confidence > 0.5
    assert 0.3 < new.confidence <= found["capacity", "cd"].confidence


def test_capacity_is_learned_where_nobody_ever_said_unclear(lexicon):
    indirect = {"en": "Mornings beside the cashier in {place}, {month}"}
    kinds = ((indirect, "cd"), (NOTHING, "not-cd"))
    told = [
        example(texts, {"capacity": verdict}, number, "en")
        for texts, verdict in kinds
        for number in range(30)
    ]
    text = indirect["en"].format(place="Oslo", month="May")
    coder = CombinedCoder(lexicon, learn(told, lexicon).model)

    assert ("capacity", "cd") not in codes(lexicon, text)
    assert ("capacity", "cd") in codes(coder, text)
    assert ("capacity", "not-cd") in codes(
        coder, NOTHING["en"].format(place="Oslo", month="May")
    )


def test_what_is_learned_in_two_languages_is_known_in_the_third(lexicon):
    coder = CombinedCoder(lexicon, learn(examples(15, ["en", "fr"]), lexicon).model)
    text = KAIZEN["es"].format(place="Oslo", month="enero")

    assert ("modality", "organizational-development") in codes(coder, text)


def test_what_the_lexicon_knew_stands_with_its_evidence(lexicon, learned):
    coder = CombinedCoder(lexicon, learned.model)
    text = TRAINING["en"].format(place="Oslo", month="May")
    theirs = {(s.facet, s.code): s for s in lexicon.suggest(text)}
    ours = {(s.facet, s.code): s for s in coder.suggest(text)}

    assert ours.keys() == theirs.keys()
    for key, suggestion in theirs.items():
        assert ours[key].spans == suggestion.spans
        assert ours[key].because == suggestion.because
    assert ours["modality", "training"].confidence > 0.8  # the base rate is 0.62


def test_the_report_tells_what_is_learned_and_what_is_not(learned):
    told = learned.report.codes["modality", "organizational-development"]

    assert told.is_learned
    assert told.combined_f1 > 0.9 > told.lexicon_f1
    assert "kaizen" in [word for word, _ in told.for_it]
    assert learned.report.codes["modality", "dialogue"].why == "few"
    assert learned.report.error_after < learned.report.error_before
    facet = learned.report.facets["modality"]
    assert facet["combined"][0] > facet["lexicon"][0]
    for value, low, high in facet.values():
        assert low <= value <= high or value == pytest.approx(low)
    values = json.loads(json.dumps(learned.report.as_values()))
    assert values["codes"]["modality"]["training"]["decisions"] == 36


def test_few_decisions_change_no_suggestion(lexicon):
    known = [one for one in examples(8) if "aizen" not in one.text]
    new = [one for one in examples(4, ["en"]) if "aizen" in one.text]
    coder = CombinedCoder(lexicon, learn(known + new, lexicon).model)

    for one in new:
        assert codes(coder, one.text) == codes(lexicon, one.text)


def test_too_few_decisions_are_refused(lexicon):
    with pytest.raises(TooFewDecisions) as refused:
        learn(examples(1), lexicon)

    assert (refused.value.passages, refused.value.needed) == (9, 20)


def test_the_same_decisions_give_the_same_bytes_in_any_order(lexicon, learned):
    shuffled = examples(12)
    random.Random(1).shuffle(shuffled)

    assert learn(shuffled, lexicon).model.as_bytes() == learned.model.as_bytes()


@pytest.mark.slow
def test_the_same_bytes_come_from_another_process():
    """Neither the order of sets nor the seed of hashes may show."""
    program = (
        "from learned_examples import examples;"
        "from capmap.coding.learned.training import learn;"
        "from capmap.coding.lexicon import LexiconCoder;"
        "from capmap.frameworks.codebook import load_codebook;"
        "print(learn(examples(8), LexiconCoder(load_codebook())).model.version)"
    )
    versions = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(Path(__file__).parents[2])},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(versions) == 1


def test_what_weighs_nothing_is_not_learned_from(lexicon, learned):
    contrary = [
        replace(one, weight=0.0, codes={"capacity": frozenset(["unclear"])})
        for one in examples(6)
    ]
    assert (
        learn(examples(12) + contrary, lexicon).model.version == learned.model.version
    )


def test_what_weighs_less_counts_less(lexicon):
    """Worked examples say one thing, people's own decisions another."""
    text = KAIZEN["en"].format(place="Oslo", month="May")
    key = ("modality", "organizational-development")
    chances = []
    for weight in (0.1, 1.0):
        contrary = [
            replace(
                one, weight=weight, document=f"other {one.document}",
                text=f"{one.text}.", codes={**one.codes, "modality": frozenset()},
            )
            for one in examples(8)
            if "aizen" in one.text
        ]  # fmt: skip
        model = learn(examples(8) + contrary, lexicon).model
        coder = CombinedCoder(lexicon, model)
        chances.append(coder.code([_passage(text)]).chance[0, coder.columns[key]])

    assert chances[0] > chances[1] + 0.1


def _passage(text: str):  # type: ignore[no-untyped-def]
    from capmap.coding.learned.model import Passage

    return Passage(text, "en")


def test_a_document_is_never_on_both_sides(lexicon):
    made = examples(6)
    parted = [replace(one, document=f"d{n % 11}") for n, one in enumerate(made)]
    parted.append(replace(made[0], document="d10", identifier="the same text again"))
    data = decisions(parted, lexicon)

    where = {}
    for number, part in enumerate(folds(data.documents, 5)):
        for row in part:
            assert where.setdefault(int(data.documents[row]), number) == number
    assert len(where) == 10  # the equal text joins two of the eleven
    assert sorted(np.concatenate(folds(data.documents, 5))) == list(range(len(parted)))


@pytest.mark.slow
def test_where_there_is_nothing_to_learn_nothing_gets_worse(lexicon):
    """Decisions that depart from the lexicon at random: held out, both do alike."""
    gains = []
    for seed in range(4):
        draw = random.Random(seed)
        made = []
        for one in examples(20):
            real = {f: set(c) for f, c in one.codes.items()}
            real["modality"] = {
                c for f, c in codes(lexicon, one.text) if f == "modality"
            } if "cd" in real["capacity"] else set()  # fmt: skip
            if "cd" in real["capacity"] and draw.random() < 0.3:
                real["modality"] ^= {draw.choice(["training", "advisory", "exchange"])}
            told = {f: frozenset(c) for f, c in real.items()}
            made.append(replace(one, codes=told))
        draw.shuffle(made)
        train, test = made[:120], made[120:]
        coder = CombinedCoder(lexicon, learn(train, lexicon).model)
        right = []
        for which in (coder, lexicon):
            both = total = 0
            for one in test:
                found = {c for f, c in codes(which, one.text) if f == "modality"}
                real = one.codes["modality"]
                both += len(found & real)
                total += len(found) + len(real)
            right.append(2 * both / total)
        gains.append(right[0] - right[1])

    assert np.mean(gains) > -0.01, gains


def test_nothing_to_see_is_coded_as_the_lexicon_does(lexicon, learned):
    coder = CombinedCoder(lexicon, learned.model)

    assert [(s.facet, s.code) for s in coder.suggest("")] == [
        (s.facet, s.code) for s in lexicon.suggest("")
    ]
    assert codes(coder, NOTHING["fr"].format(place="Rome", month="mai")) == codes(
        lexicon, NOTHING["fr"].format(place="Rome", month="mai")
    )
