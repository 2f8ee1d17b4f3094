"""Folding keeps every place; phrases are found as a person would read them."""

import pytest

from capmap.coding.phrases import Phrase, PhraseMatcher, fold


def found(text: str, *phrases: str, languages: int = 1) -> list[str]:
    matcher = PhraseMatcher([Phrase(p, n, 15) for n, p in enumerate(phrases)])
    folded = fold(text)
    return [
        text[slice(*folded.span(hit.start, hit.end))]
        for hit in matcher.find(folded, text, languages)
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Renforcement des CAPACITÉS", "CAPACITÉS"),
        ("les capa\u00adcités", "capa\u00adcités"),
        ("les capa-\ncités", "capa-\ncités"),
        ("les capa- cités", "capa- cités"),
        ("les cap\u0061cite\u0301s", "capacite\u0301s"),
        ("l’oubli «capacités»", "capacités"),
        ("capacités12 des", "capacités"),
    ],
)
def test_a_word_is_found_however_the_page_sets_it(text: str, words: str) -> None:
    assert found(text, "capacités") == [words]


def test_ligatures_and_curly_signs_do_not_count() -> None:
    assert found("haute intensité de main-d’œuvre", "main-d'oeuvre") == ["main-d’œuvre"]


def test_pre_and_post_is_not_joined() -> None:
    assert found("pre- and post-tests", "pre", "and") == ["pre", "and"]


def test_words_end_where_they_end() -> None:
    assert found("training, trainings, retraining", "training") == ["training"]
    assert found("inspectors' inspectorate", "inspector*") == [
        "inspectors",
        "inspectorate",
    ]


def test_endings_within_a_phrase() -> None:
    text = "the employers’ organizations of the region"
    assert found(text, "employer* organization*") == ["employers’ organizations"]


def test_gaps_stay_within_six_words_and_one_sentence() -> None:
    assert found("were taken clause by clause through it", "taken ... through") == [
        "taken clause by clause through"
    ]
    assert found("They were taken. It went through.", "taken ... through") == []
    assert (
        found("taken one two three four five six seven through", "taken ... through")
        == []
    )


def test_either_or() -> None:
    assert found("a bill was drafted, a law drafted", "(law|bill) (was |)drafted") == [
        "bill was drafted",
        "law drafted",
    ]


def test_capitals_mean_capitals() -> None:
    assert found("SCORE modules; the score was 3", "SCORE") == ["SCORE"]


def test_other_languages_are_left_out() -> None:
    matcher = PhraseMatcher([Phrase("formation", 0, 2)])
    assert matcher.find(fold("formation"), "formation", 1) == []
    assert len(matcher.find(fold("formation"), "formation", 2)) == 1


@pytest.mark.parametrize("phrase", ["", "*", "(a|b", "... with", "law)"])
def test_a_phrase_that_cannot_be_read_is_refused(phrase: str) -> None:
    with pytest.raises(ValueError, match=r"phrase|begin"):
        PhraseMatcher([Phrase(phrase, 0, 15)])


@pytest.mark.parametrize(
    ("text", "phrase", "words"),
    [
        ("the employers' organizations", "employer* organization*", "employers' organizations"),
        ("the employers' organizations", "employers' organizations", "employers' organizations"),
        ("the members’ (paid) services", "members' paid services", "members’ (paid) services"),
        ("l'« œuvre » des autres", "l'œuvre des autres", "l'« œuvre » des autres"),
        ("migrations de main-d'œuvre", "migration* de main-d'œuvre", "migrations de main-d'œuvre"),
        ("une migration de main d’oeuvre", "migration* de main-d'œuvre", "migration de main d’oeuvre"),
        ("\n  a (new)  law  ", "a new law", "a (new)  law"),
    ],
)  # fmt: skip
def test_signs_beside_a_space_make_no_second_one(
    text: str, phrase: str, words: str
) -> None:
    assert found(text, phrase) == [words]


@pytest.mark.parametrize("text", ["", " ", "''", "- -", " (a)  b ", "- œ'' \u00ad  x"])
def test_folded_texts_have_single_spaces_and_a_place_for_each(text: str) -> None:
    folded = fold(text)
    assert "  " not in folded.text.strip(" ")
    spans = [folded.span(i, i + 1) for i in range(1, len(folded.text) - 1)]
    for (start, end), sign in zip(spans, folded.text[1:-1], strict=True):
        assert sign in fold(text[start:end]).text


def test_endings_within_brackets() -> None:
    text = "insurance, benefits paid, old-age beneficiaries"
    assert found(text, "(insurance|benefit*)") == ["insurance", "benefits"]
    assert found(text, "old age (insurance|benefi*)") == ["old-age beneficiaries"]
    assert found("laws and bills drafted", "(law*|bill*) drafted") == ["bills drafted"]
