"""What benchmarks.learning.worked computes, on small sets."""

import numpy as np
import pytest
from learned_examples import examples

from benchmarks.learning import families, passages, worked_curves
from benchmarks.learning.coders import by_tfidf
from benchmarks.learning.crossed import coded_by, crossed
from benchmarks.learning.figures import MEAN, figures, gained, head, row
from benchmarks.learning.ours import Remembering
from benchmarks.learning.worked_curves import share_of
from capmap.coding.evaluation import score
from capmap.coding.learned.combined import CombinedCoder
from capmap.coding.learned.model import Model
from capmap.frameworks.codebook import load_codebook
from capmap.frameworks.framework import load_framework


@pytest.fixture(scope="module")
def lexicon() -> Remembering:
    return Remembering(load_codebook(), load_framework())


@pytest.fixture(scope="module")
def taught(lexicon):
    return crossed(examples(9), lexicon)


def test_a_figure_is_that_of_capmap_evaluate(lexicon):
    written = passages.written()
    coded = worked_curves.lexicon_codes(written, lexicon)
    told, scores = figures(written, coded), score(written, coded)["facets"]

    for facet, scored in scores.items():
        assert told[facet].at == pytest.approx(scored["macro_f1"])
        assert told[facet][1:] == pytest.approx(scored["macro_f1_interval"], abs=0.04)
    mean = np.mean([scored["macro_f1"] for scored in scores.values()])
    assert told[MEAN].at == pytest.approx(mean)
    assert told[MEAN].low < told[MEAN].at < told[MEAN].high


def test_a_coder_gains_nothing_on_itself_and_something_on_silence(lexicon):
    written = passages.written()
    coded = worked_curves.lexicon_codes(written, lexicon)
    silent = [{} for _ in written]

    assert gained(written, coded, coded)[MEAN] == (0, 0, 0)
    assert gained(written, silent, coded)[MEAN].low > 0.4


def test_a_facet_of_which_nothing_is_known_is_a_dash_and_in_no_mean():
    told = figures(examples(2), [{"capacity": {"cd"}} for _ in examples(2)])
    line = row(["all"], told)

    assert line.count("| –") == 6
    assert told[MEAN].at == pytest.approx(
        (told["capacity"].at + told["modality"].at) / 2
    )
    assert head(["passages"]).splitlines()[0].count("|") == line.count("|")


def test_no_passage_is_coded_by_what_saw_its_document(taught):
    seen = []

    def watched(train, test):
        seen.append(({e.document for e in train}, {e.document for e in test}))
        return [{"capacity": {"cd"}} for _ in test]

    coded = coded_by(watched, taught)

    assert all(not learned & asked for learned, asked in seen)
    assert len(coded) == len(taught.examples) == 81
    assert all(codes["capacity"] == {"cd"} for codes in coded)


def test_the_lexicon_in_the_tables_is_the_lexicon(taught, lexicon):
    alone = worked_curves.lexicon_codes(taught.examples, lexicon)
    for codes, said in zip(taught.codes(taught.by_lexicon()), alone, strict=True):
        assert codes.get("capacity") == said["capacity"]
        assert codes.get("modality", set()) == said["modality"]


def test_every_family_gives_a_chance_to_every_code(taught):
    ours = taught.mean(taught.given(families.linear(taught)))
    quick = (families.nearest, families.factorised, families.of_each_language)
    for family in quick:
        z = family(taught)
        assert z.shape == taught.corrected.shape
        assert np.isfinite(z).all()
        assert taught.mean(taught.given(z)) >= ours - 0.5


def test_a_share_keeps_every_document():
    each = [e for e in examples(9) for _ in range(4)]
    half = share_of(each, 0.5, 0)

    assert len(half) == len(each) / 2
    assert {e.document for e in half} == {e.document for e in each}
    assert share_of(each, 1.0, 0) == sorted(each, key=lambda e: e.document)


@pytest.mark.parametrize("letters", [False, True])
def test_the_peer_gives_one_verdict_and_learns_what_a_word_means(letters):
    told = examples(9)
    coded = by_tfidf(letters)(told[::2], told[1::2])

    assert all(len(codes["capacity"]) == 1 for codes in coded)
    right = [
        codes["modality"] == set(e.codes["modality"])
        for codes, e in zip(coded, told[1::2], strict=True)
    ]
    assert np.mean(right) > 0.9


def test_more_worked_examples_are_tested_on_the_same_passages(lexicon):
    points = worked_curves.by_number_crossed(
        examples(9), lexicon, count=3, shares=(0.5, 1.0)
    )
    table = worked_curves.table(points)

    assert points[0].learned_from == 0
    assert table.count("\n") == 2
    assert points[-1].mean >= points[0].mean


def test_decisions_are_tested_on_what_was_not_learned_from(lexicon):
    start = CombinedCoder(lexicon, Model())
    points = worked_curves.by_decisions(
        "made up", examples(9), (), start, range(1), numbers=(0, 30)
    )

    assert [(p.learned_from, p.way) for p in points] == [
        (0, worked_curves.WITH), (0, worked_curves.WITHOUT),
        (30, worked_curves.WITH), (30, worked_curves.WITHOUT),
    ]  # fmt: skip
    assert points[0].mean == points[1].mean
