"""Whatever the text, suggestions mark words that stand in it, and nothing breaks."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from capmap.coding.languages import language_of
from capmap.coding.lexicon import LexiconCoder
from capmap.coding.phrases import fold
from capmap.coding.sentences import sentences
from capmap.coding.suggestion import BASES
from capmap.frameworks.codebook import load_codebook
from capmap.wording import topic

CODEBOOK = load_codebook()
CODER = LexiconCoder(CODEBOOK)
WORDS = st.sampled_from(
    [
        "training",
        "of",
        "labour",
        "inspectors",
        "workshop",
        "was",
        "cancelled",
        "ministry",
        "trade",
        "unions",
        "manual",
        "drafted",
        "capa-\ncités",
        "formation",
        "des",
        "inspecteurs",
        "n'a",
        "pas",
        "eu",
        "lieu",
        "syndicats",
        "l’État",
        "œuvre",
        "talleres",
        "para",
        "jueces",
        "y",
        "fiscales",
        "no",
        "se",
        "realizó",
        "¿ciudad?",
        "«ley»",
        "•",
        ";",
        ".",
        "\n",
        "3.2",
        "İ",
        "ﬁn",
        "\xad",
        "SCORE",
        "état",
        "GERME",
        "now",
        "keep",
        "their",
        "own",
        "register",
        "southern",
    ]
)
TEXTS = st.text(max_size=200) | st.lists(WORDS, max_size=40).map(" ".join)


@settings(max_examples=300, deadline=None)
@given(TEXTS, st.sampled_from(["", "en", "fr", "es", "pt", "x"]))
def test_every_span_stands_in_the_text(text: str, language: str) -> None:
    suggestions = CODER.suggest(text, language=language)
    for s in suggestions:
        assert s.basis in BASES
        assert 0 <= s.confidence <= 1
        assert s.code in CODEBOOK.facets[s.facet].codes
        if s.basis == "rule" and s.because:
            assert set(s.because.split(", ")) <= topic("rules").keys()
        for start, end in s.spans:
            assert 0 <= start < end <= len(text)
            assert text[start:end].strip()
    assert [s.facet for s in suggestions].count("capacity") == 1
    assert len({(s.facet, s.code) for s in suggestions}) == len(suggestions)


@settings(max_examples=100, deadline=None)
@given(st.lists(WORDS, max_size=30).map(" ".join))
def test_the_same_text_gets_the_same_codes(text: str) -> None:
    assert CODER.suggest(text, language="fr") == CODER.suggest(text, language="fr")


@settings(max_examples=200, deadline=None)
@given(TEXTS)
def test_folding_keeps_places_in_order_and_within_the_text(text: str) -> None:
    folded = fold(text)
    places = [folded.span(i, i + 1) for i in range(1, len(folded.text) - 1)]
    assert all(0 <= a < b <= len(text) for a, b in places)
    assert places == sorted(places)


@settings(max_examples=200, deadline=None)
@given(TEXTS)
def test_sentences_cover_any_text(text: str) -> None:
    assert "".join(text[a:b] for a, b in sentences(text)) == text


@settings(max_examples=100, deadline=None)
@given(TEXTS, st.text(max_size=5))
def test_a_language_is_found_for_any_text_and_hint(text: str, hint: str) -> None:
    assert isinstance(language_of(text, hint), str)


@pytest.mark.parametrize(
    "text",
    [
        "Formation des délégués de l'État à l'œuvre",
        "Capacitación de los jóvenes en Perú",
        "Training of labour inspectors",
    ],
)
def test_capitals_and_accents_do_not_change_the_codes(text: str) -> None:
    language = language_of(text)
    plain = text.translate(str.maketrans("éèàœóíúñ", "eea\u0153oiun"))
    expected = {(s.facet, s.code) for s in CODER.suggest(text, language=language)}
    for written in (plain, text.upper()):
        given_codes = {
            (s.facet, s.code) for s in CODER.suggest(written, language=language)
        }
        assert given_codes == expected
