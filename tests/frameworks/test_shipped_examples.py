"""The worked examples that ship: enough of each kind, by the codebook's rules, no echo."""

import json
import re
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from capmap.coding.learned.combined import CombinedCoder
from capmap.coding.learned.starting import MODEL, as_example, starting_model
from capmap.coding.learned.training import learn
from capmap.coding.lexicon import LexiconCoder
from capmap.frameworks.codebook import load_codebook, shipped
from capmap.frameworks.examples import as_line, load_examples, read_worked
from capmap.frameworks.examples_check import check_examples, counts
from capmap.frameworks.framework import load_framework
from capmap.wording import LANGUAGES

GENRES = {
    "country-programme", "project-document", "progress-report", "evaluation",
    "results-matrix", "donor-description", "course-catalogue", "social-partner-report",
    "ministry-plan", "un-framework", "minutes",
}  # fmt: skip
WRITTEN = Path(__file__).parents[2] / "benchmarks" / "accuracy" / "written"


@pytest.fixture(scope="module")
def book():
    return load_codebook()


@pytest.fixture(scope="module")
def examples():
    return load_examples()


def test_no_rule_of_the_codebook_is_broken_and_no_passage_echoes_another(
    examples, book
):
    held_out = [
        (path.name, json.loads(line)["text"])
        for path in sorted(WRITTEN.glob("*.jsonl"))
        for line in path.read_text("utf-8").splitlines()
    ]

    found = check_examples(examples, book, held_out)

    assert len(held_out) == 150
    assert [finding.sentence() for finding in found] == []


def test_no_passage_echoes_the_real_input(examples, book, data):
    real = []
    for path in sorted(data.rglob("*")):
        if path.suffix in (".xml", ".txt", ".jsonl"):
            text = path.read_text("utf-8", errors="replace")
            real.append((path.name, re.sub(r"<[^>]+>", " ", text)))

    found = check_examples(examples, book, real)

    assert len(real) > 10
    assert [finding.sentence() for finding in found] == []


def test_an_echo_would_be_found(examples, book):
    found = check_examples(examples, book, [("copy", examples[0].text * 2)])

    assert [finding.problem for finding in found] == ["example_run"]


def test_there_are_enough_in_each_language_and_genre(examples):
    of_language = Counter(e.language for e in examples)
    of_genre = Counter((e.genre, e.language) for e in examples)

    assert len(examples) >= 2400
    assert all(of_language[language] >= 800 for language in LANGUAGES)
    assert {genre for genre, _ in of_genre} == GENRES
    assert all(of_genre[g, language] >= 60 for g in GENRES for language in LANGUAGES)


def test_every_code_has_examples_and_the_codes_of_form_near_misses(examples, book):
    told = counts(examples, book)

    few = {key for key, (carry, _) in told.items() if carry < 25}
    assert few == set()
    near = [key for key in told if key[0] in ("modality", "level", "capacity")]
    assert {key for key in near if told[key][1] < 25} == set()


def test_other_verdicts_other_worlds_and_other_words_have_their_share(examples):
    verdicts = Counter(e.codes["capacity"][0] for e in examples)
    wording = Counter(e.wording for e in examples if e.wording)
    of = len(examples)

    assert 0.26 < verdicts["not-cd"] / of < 0.4
    assert 0.08 < verdicts["unclear"] / of < 0.15
    assert 0.18 < sum(e.outside for e in examples) / of < 0.35
    assert 0.4 < wording["indirect"] / wording.total() < 0.6


def test_lengths_run_from_a_fragment_to_a_paragraph_in_every_verdict(examples):
    for verdict in ("cd", "not-cd", "unclear"):
        words = [len(e.text.split()) for e in examples if e.has("capacity", verdict)]
        assert min(words) < 8
        assert max(words) > 60


def test_an_example_is_written_as_it_is_read(examples, tmp_path):
    path = tmp_path / "all.jsonl"
    path.write_text("\n".join(map(as_line, examples)), encoding="utf-8")

    assert read_worked([path]) == examples


@pytest.mark.slow
def test_the_model_that_ships_is_what_its_examples_teach_now(examples, book):
    """If this fails, a worked example, a term or a rule has changed: ``make coder``."""
    ships = starting_model()
    assert ships is not None
    lexicon = LexiconCoder(book, load_framework())

    now = learn([as_example(e) for e in reversed(examples)], lexicon).model

    assert ships.decisions == len(examples)
    assert ships.codebook == now.codebook
    if ships.version != now.version:  # another processor rounds otherwise
        assert ships.keys == now.keys
        assert ships.features == now.features
        assert np.mean(ships.is_learned != now.is_learned) < 0.03
        assert np.quantile(np.abs(ships.calibration - now.calibration), 0.95) < 0.02
        difference = _weights(ships) - _weights(now)
        assert abs(difference).max() < 0.02


def _weights(model):
    ends = np.concatenate([[0], model.row_ends])
    shape = (len(model.features), len(model.keys))
    return csr_matrix((model.weights, model.weight_codes, ends), shape=shape)


def test_the_model_that_ships_is_small_and_codes_in_other_words():
    model = starting_model()
    assert model is not None
    assert (shipped("ilo_2010_15") / MODEL).stat().st_size < 30_000_000
    lexicon = LexiconCoder(load_codebook(), load_framework())
    text = (
        "For two weeks she sat in the cellar with the registry clerk, file after file, "
        "until the clerk needed nobody."
    )

    def verdict(coder):
        return [s.code for s in coder.suggest(text) if s.facet == "capacity"]

    assert verdict(CombinedCoder(lexicon, model)) == ["cd"]
