"""What the combined coder suggests, and that its reasons add up."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from learned_examples import KAIZEN, TRAINING, examples
from scipy.special import expit

from capmap.coding.evaluation import Example
from capmap.coding.learned import runtime
from capmap.coding.learned.because import Neighbours, because
from capmap.coding.learned.combined import CombinedCoder
from capmap.coding.learned.model import Model, Passage
from capmap.coding.learned.rules import Rules
from capmap.coding.learned.training import learn
from capmap.coding.lexicon import LexiconCoder
from capmap.coding.suggestion import Suggestion
from capmap.frameworks.codebook import load_codebook
from capmap.frameworks.framework import load_framework

BOOK = load_codebook()
LEXICON = LexiconCoder(BOOK, load_framework())
MODEL = learn(examples(10), LEXICON).model
CODER = CombinedCoder(LEXICON, MODEL)
PASSAGES = [Passage(e.text, e.language, "Outcome 1: work") for e in examples(3)] + [
    Passage(
        "Asesoramiento a los sindicatos y a los inspectores del trabajo sobre salarios"
    ),
    Passage(
        "Training of judges and of local councils", "en", "", ["16020"], [("1", 2)]
    ),
    Passage("Cercles kaizen avec les inspecteurs; la formation est annulée.", "fr"),
    Passage(""),
    Passage("?!—\n12 %"),
]
WORDS = st.sampled_from(
    [
        "kaizen",
        "circles",
        "training",
        "of",
        "labour",
        "inspectors",
        "unions",
        "cancelled",
        "the",
        "ministry",
        "formación",
        "sécurité",
        "wages",
        "and",
        ".",
        ",",
        "construction",
        "Kaizen-Kreis",
        "workshop",
        "2010",
        "advice",
        "İstanbul",
        "ŒUVRE",
        "ﬁnance",
        "ß",
    ]
)


def test_together_and_one_by_one_are_the_same():
    apart = [
        CODER.suggest(
            p.text, language=p.language, context=p.context, sectors=p.sectors,
            markers=p.markers,
        )
        for p in PASSAGES
    ]  # fmt: skip
    assert CODER.suggest_many(PASSAGES) == apart
    assert CODER.suggest_many([]) == []


def test_an_empty_model_is_the_lexicon():
    coder = CombinedCoder(LEXICON, Model())
    for passage in PASSAGES:
        theirs = LEXICON.suggest(
            passage.text, language=passage.language, context=passage.context,
            sectors=passage.sectors, markers=passage.markers,
        )  # fmt: skip
        ours = coder.suggest_many([passage])[0]
        assert {evidence(s) for s in ours} == {evidence(s) for s in theirs}


def evidence(s: Suggestion) -> tuple[object, ...]:
    """What a suggestion says, but for the group that stands for all who gain."""
    return (s.facet, s.code, s.basis, s.spans if s.facet != "beneficiary" else ())


@given(st.lists(WORDS, max_size=25).map(" ".join))
@settings(max_examples=80, deadline=None)
def test_rules_between_facets_hold_whatever_the_text(text):
    found = {(s.facet, s.code): s for s in CODER.suggest(text)}
    verdict = [code for facet, code in found if facet == "capacity"]

    assert len(verdict) == 1
    if verdict != ["cd"]:
        assert {f for f, _ in found} <= {"capacity", "outcome", "programme", "chain"}
    for part in ("labour-inspectors", "local-government", "law-enforcement"):
        if ("target", part) in found:
            assert ("constituent", "government") in found
    for suggestion in found.values():
        assert 0 <= suggestion.confidence <= 1
        assert isinstance(suggestion.confidence, float)
        for start, end in suggestion.spans:
            assert text[start:end].strip()
        if suggestion.facet == "programme":
            assert ("outcome", BOOK.code("programme", suggestion.code).outcome) in found


RULES = Rules(CODER.keys, BOOK)


@given(
    arrays(bool, (3, len(CODER.keys))),
    st.lists(st.sampled_from(RULES.verdicts), min_size=3, max_size=3),
)
@settings(max_examples=60, deadline=None)
def test_rules_hold_whatever_was_given(given_codes, verdicts):
    kept = RULES.apply(given_codes, np.array(verdicts))

    assert (kept[:, RULES.verdicts].sum(axis=1) == 1).all()
    assert not kept[np.array(verdicts) != RULES.is_cd][:, RULES.of_cd].any()
    for code, brought in RULES.brings:
        assert (kept[:, brought] >= kept[:, code]).all()
    assert np.array_equal(RULES.apply(kept, np.array(verdicts)), kept)


@pytest.mark.parametrize(("facet", "code"), [
    ("modality", "organizational-development"), ("modality", "training"),
    ("capacity", "cd"), ("outcome", "spf-01"), ("modality", "dialogue"),
])  # fmt: skip
def test_reasons_add_up_to_the_log_odds(facet, code):
    column = CODER.columns[facet, code]
    for passage in PASSAGES:
        why = because(CODER, passage, facet, code)
        expected = calibrated(passage, (facet, code))
        if facet == "capacity":  # one verdict: the three add up to 1
            expected /= sum(calibrated(passage, CODER.keys[n]) for n in RULES.verdicts)
        coded = CODER.code([passage])
        assert coded.chance[0, column] == pytest.approx(expected, abs=1e-5)
        assert why.chance == pytest.approx(
            CODER.chances([passage], [(facet, code)])[0, 0], abs=1e-6
        )
        strength = [abs(word.weight) for word in why.for_it]
        assert strength == sorted(strength, reverse=True)
        for word in (*why.for_it, *why.against):
            for start, end in word.spans:
                assert passage.text[start:end].strip()


def calibrated(passage, key):
    """Return the chance that the parts of the reasons make, calibrated."""
    why = because(CODER, passage, *key)
    a, b = CODER.tables.calibration[CODER.columns[key]]
    weights = [word.weight for word in (*why.for_it, *why.against)]
    return expit(a + b * (why.start + why.lexicon + sum(weights)))


def test_the_word_that_was_learned_is_the_reason():
    text = KAIZEN["fr"].format(place="Oslo", month="mai")
    why = because(CODER, Passage(text, "fr"), "modality", "organizational-development")

    assert "kaizen" in [word.text for word in why.for_it[:3]]
    assert because(CODER, Passage(text), "modality", "dialogue").for_it == ()
    with pytest.raises(KeyError):
        because(CODER, Passage(text), "modality", "no-such-code")


def test_similar_passages_are_found_across_languages():
    made = examples(2, ["en", "es"])
    asked = Passage(KAIZEN["fr"].format(place="Oslo", month="mai"))
    found = Neighbours(CODER, made).like(asked, limit=4)

    assert all("aizen" in one.text for one, _ in found)
    assert [likeness for _, likeness in found] == sorted((x for _, x in found))[::-1]
    assert all(0 < likeness <= 1 for _, likeness in found)
    same = Neighbours(CODER, made).like(Passage(made[0].text), limit=1)[0]
    assert same[0] == made[0]
    assert same[1] == pytest.approx(1)
    assert Neighbours(CODER, [Example("Roads")]).like(Passage(""), limit=1)[0][1] <= 1
    assert Neighbours(CODER, []).like(Passage("anything")) == []


def test_codes_that_the_codebook_no_longer_has_are_left_out():
    facet = BOOK.facets["modality"]
    fewer = {c: v for c, v in facet.codes.items() if c != "organizational-development"}
    changed = replace(
        BOOK, facets={**BOOK.facets, "modality": replace(facet, codes=fewer)}
    )
    coder = CombinedCoder(LexiconCoder(changed), MODEL)
    key = ("modality", "organizational-development")

    found = coder.suggest_many(PASSAGES)
    assert key not in {(s.facet, s.code) for one in found for s in one}
    assert coder.chances(PASSAGES, [key]).tolist() == [[0.0]] * len(PASSAGES)
    of_training = coder.chances(PASSAGES, [("modality", "training")])
    assert np.allclose(of_training, CODER.chances(PASSAGES, [("modality", "training")]))


def test_codes_that_the_model_does_not_know_are_the_lexicons():
    text = "Training of trainers on wages for unions"
    fewer = learn(
        [replace(e, codes={"capacity": e.codes["capacity"]}) for e in examples(8)],
        LEXICON,
    ).model
    found = {(s.facet, s.code) for s in CombinedCoder(LEXICON, fewer).suggest(text)}

    assert found == {(s.facet, s.code) for s in LEXICON.suggest(text)}


def test_chances_are_there_where_nothing_is_suggested():
    keys = [
        ("capacity", "cd"),
        ("modality", "training"),
        ("chain", "activity"),
        ("x", "y"),
    ]
    chances = CODER.chances(PASSAGES, keys)

    assert chances.shape == (len(PASSAGES), 4)
    assert (chances[:, :2] > 0).all()
    assert (chances[:, 1] <= chances[:, 0] + 1e-9).all()  # only capacity carries a form
    assert (chances[:, 3] == 0).all()
    assert CODER.chances([], keys).shape == (0, 4)


def test_threads_may_share_a_coder(monkeypatch):
    """Also while the store of words begins anew under them."""
    monkeypatch.setattr(runtime, "_MOST_TOKENS", 40)
    many = [
        Passage(
            f"{TRAINING['en'].format(place=f'place{n}', month='May')} kaizen{n}", "en"
        )
        for n in range(60)
    ]
    expected = CODER.suggest_many(many)
    coder = CombinedCoder(LEXICON, MODEL)
    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(lambda _: coder.suggest_many(many), range(16)))

    assert all(result == expected for result in results)
