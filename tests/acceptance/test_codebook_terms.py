"""The codebook that ships: complete in three languages, unambiguous, and found in texts.

An evaluator edits these files by hand. What breaks silently (a language left out, a term
that no text can match, a term that points to two codes) is caught here.
"""

from collections import Counter
from collections.abc import Iterator
from itertools import product

import pytest

from capmap.coding.phrases import Phrase, PhraseMatcher, fold
from capmap.frameworks.codebook import Code, Facet, Term, load_codebook
from capmap.wording import LANGUAGES

CODEBOOK = load_codebook()
FACETS = pytest.mark.parametrize(
    "facet", CODEBOOK.facets.values(), ids=lambda f: f.facet
)
LEAST_TERMS = 9000  # some 13,500 ship; the rest is room for pruning
LEAST_SHARE = 0.8  # of the language with most terms, counted over all facets
EVERY_LANGUAGE = 15

_IN_NEARLY_EVERY_SENTENCE = """a an the of and or to in for on with by from at as is are be it its
    le la les un une des du de et ou à au aux en dans pour sur avec par ce se sa son
    el los las lo una unos unas del y o a al para con por que su sus"""
STOP_WORDS = frozenset(_IN_NEARLY_EVERY_SENTENCE.split())
"""As terms they would code everything."""


def terms(facet: Facet) -> Iterator[tuple[Code, str, Term]]:
    for code in facet.codes.values():
        for language, listed in code.terms.items():
            for term in listed:
                yield code, language, term


def words_of(phrase: str) -> str:
    """Return a phrase as it is found: folded, its signs kept apart from its words."""
    return " ".join(
        fold(
            phrase.replace("*", " * ").replace("...", " \N{HORIZONTAL ELLIPSIS} ")
        ).text.split()
    )


def spellings(phrase: str) -> Iterator[str]:
    """Write out a phrase as texts would hold it: each alternative, and nothing in gaps.

    >>> list(spellings("(law|bill)* ... drafted"))
    ['law drafted', 'bill drafted']
    """
    parts = phrase.replace("...", " ").replace("*", "").replace(")", "(").split("(")
    choices = [part.split("|") if n % 2 else [part] for n, part in enumerate(parts)]
    for chosen in product(*choices):
        yield " ".join("".join(chosen).split())


@FACETS
def test_every_code_says_what_it_is_in_three_languages(facet: Facet) -> None:
    for text in (facet.label, facet.question):
        assert all(text.get(language) for language in LANGUAGES), facet.facet
    for code in facet.codes.values():
        for name in ("label", "definition"):
            text = getattr(code, name)
            missing = [language for language in LANGUAGES if not text.get(language)]
            assert not missing, (
                f"{facet.facet}, {code.code}, {name}: no words in {missing}"
            )


def test_no_text_is_lent_by_another_language() -> None:
    """The loader lends a missing language another's words and remarks on it."""
    lent = [r for r in CODEBOOK.remarks if r.problem == "language_missing"]
    assert not lent, [(r.file, r.line, r.place) for r in lent]


def test_terms_are_many_and_balanced_over_the_languages() -> None:
    counts = Counter(
        language
        for facet in CODEBOOK.facets.values()
        for _, language, _ in terms(facet)
    )
    assert set(counts) == set(LANGUAGES)
    assert counts.total() >= LEAST_TERMS, counts
    assert min(counts.values()) >= LEAST_SHARE * max(counts.values()), counts


@pytest.mark.parametrize("name", ["constituent", "target", "partner"])
def test_every_group_and_partner_has_terms_in_each_language(name: str) -> None:
    for code in CODEBOOK.facets[name].codes.values():
        for language in LANGUAGES:
            assert len(code.terms.get(language, ())) >= 5, (code.code, language)


@FACETS
def test_no_term_points_to_two_codes(facet: Facet) -> None:
    """A weak term may: it only counts beside other evidence."""
    owners: dict[tuple[str, str], str] = {}
    for code, language, term in terms(facet):
        if term.weak:
            continue
        key = (language, words_of(term.phrase) + " | ".join(("", *term.near)))
        owner = owners.setdefault(key, code.code)
        assert owner == code.code, (
            f"{term.phrase!r} ({language}): {owner} and {code.code}"
        )


def test_every_cue_that_a_term_names_exists() -> None:
    for facet in CODEBOOK.facets.values():
        for code, _, term in terms(facet):
            for neighbour in (*term.near, *term.without):
                if neighbour.startswith("<"):
                    assert neighbour.strip("<>") in CODEBOOK.cues, (
                        code.code,
                        neighbour,
                    )


@FACETS
def test_no_term_is_empty_or_a_stop_word(facet: Facet) -> None:
    for code, language, term in terms(facet):
        for spelling in spellings(term.phrase):
            words = fold(spelling).text.split()
            place = f"{facet.facet}, {code.code}, {language}: {term.phrase!r}"
            assert words, f"{place} folds to nothing"
            assert len(words) > 1 or words[0] not in STOP_WORDS, (
                f"{place} is a stop word"
            )


@FACETS
def test_every_term_is_found_in_a_sentence_made_of_it(facet: Facet) -> None:
    """Each spelling of each term, put into a sentence, is found by the phrase matcher."""
    listed = list(terms(facet))
    matcher = PhraseMatcher(
        [
            Phrase(term.phrase, n, EVERY_LANGUAGE)
            for n, (_, _, term) in enumerate(listed)
        ]
    )
    lost = []
    for n, (code, language, term) in enumerate(listed):
        for spelling in spellings(term.phrase):
            sentence = f"2011: {spelling}, 2012."
            hits = matcher.find(fold(sentence), sentence, EVERY_LANGUAGE)
            if n not in {hit.phrase.signal for hit in hits}:
                lost.append((code.code, language, term.phrase, spelling))
    assert not lost, lost[:20]


@FACETS
def test_brackets_and_bars_are_well_placed(facet: Facet) -> None:
    """A bar outside brackets, or a bracket within brackets, would never match."""
    for code, language, term in terms(facet):
        for phrase in (term.phrase, *term.near, *term.without):
            depth = 0
            for sign in phrase:
                depth += (sign == "(") - (sign == ")")
                assert depth in (0, 1), (code.code, language, phrase)
                assert sign != "|" or depth, (code.code, language, phrase)
            assert depth == 0, (code.code, language, phrase)
