"""Terms added and taken away: the codebook that comes out, and what would be wrong."""

import pytest

from capmap.coding.lexicon import LexiconCoder
from capmap.frameworks.changed import TermEdit, changed, has_term, read_term, wrong_with
from capmap.frameworks.codebook import load_codebook
from capmap.frameworks.export import written_term

BOOK = load_codebook()
ADD = TermEdit("modality", "training", "en", "brown bag lunch*")


def test_every_shipped_term_reads_back_as_it_is_written():
    for code in BOOK.codes():
        for terms in code.terms.values():
            for term in terms:
                assert read_term(written_term(term)) == term


def test_a_term_added_is_found_and_the_codebook_it_came_from_stays():
    book = changed(BOOK, [ADD], "next")
    text = "The project will hold brown bag lunches for labour inspectors."
    found = {(s.facet, s.code) for s in LexiconCoder(book).suggest(text, language="en")}
    before = {
        (s.facet, s.code) for s in LexiconCoder(BOOK).suggest(text, language="en")
    }
    assert ("modality", "training") in found - before
    assert book.version == "next"
    assert not has_term(BOOK, ADD)


def test_a_term_taken_away_is_gone_and_comes_back_with_the_reverse():
    term = written_term(BOOK.code("modality", "training").terms["en"][0])
    edit = TermEdit("modality", "training", "en", term, removes=True)
    without = changed(BOOK, [edit], "next")
    assert not has_term(without, edit)
    back = changed(without, [TermEdit("modality", "training", "en", term)], "again")
    assert set(back.code("modality", "training").terms["en"]) == set(
        BOOK.code("modality", "training").terms["en"]
    )


def test_adding_twice_is_adding_once_and_unknown_codes_change_nothing():
    lost = TermEdit("modality", "no-such-code", "en", "x")
    book = changed(BOOK, [ADD, ADD, lost], "next")
    phrases = [t.phrase for t in book.code("modality", "training").terms["en"]]
    assert phrases.count("brown bag lunch*") == 1


@pytest.mark.parametrize(
    ("term", "problem"),
    [
        ("", "unreadable_term"),
        ("* lunch", "unreadable_term"),
        ("(brown bag", "unreadable_term"),
        ("brown [+ bag", "unreadable_term"),
        ("<script>alert(1)</script>", "unreadable_term"),
        ("lunch* [+ <no-such-list>]", "unknown_cue"),
    ],
)
def test_what_cannot_be_read_is_named(term, problem):
    finding = wrong_with(BOOK, TermEdit("modality", "training", "en", term))
    assert finding is not None
    assert finding.problem == problem
    assert finding.reason("fr")


def test_a_term_that_stands_already_or_points_elsewhere_is_named():
    term = written_term(BOOK.code("modality", "training").terms["en"][0])
    assert (
        wrong_with(BOOK, TermEdit("modality", "training", "en", term)).problem
        == "term_twice"
    )
    assert (
        wrong_with(BOOK, TermEdit("modality", "certification", "en", term)).problem
        == "ambiguous_term"
    )
    gone = TermEdit("modality", "training", "en", "brown bag lunch*", removes=True)
    assert wrong_with(BOOK, gone).problem == "term_not_there"
    assert wrong_with(BOOK, ADD) is None
