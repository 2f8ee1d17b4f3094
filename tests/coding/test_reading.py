"""Weak terms yield, phrases hide what stands within them, gaps hide nothing."""

import pytest

from capmap.coding.capacity import judge
from capmap.coding.lexicon import LexiconCoder
from capmap.coding.reading import Reader
from capmap.frameworks.codebook import Code, Codebook, Facet, Term, load_codebook


def codebook(
    facets: dict[str, dict[str, list[Term]]], **cues: tuple[str, ...]
) -> Codebook:
    """Return a codebook of English terms: facet -> code -> terms."""
    return Codebook(
        version="test 1",
        facets={
            facet: Facet(
                facet,
                {},
                {},
                several=True,
                codes={
                    code: Code(facet, code, {}, {}, {}, {}, {"en": tuple(terms)})
                    for code, terms in codes.items()
                },
            )
            for facet, codes in facets.items()
        },
        cues={name: {"en": phrases} for name, phrases in cues.items()},
    )


WEAK = codebook(
    {
        "outcome": {
            "wages": [Term("minimum wage*"), Term("pay", weak=True)],
            "unions": [Term("union*", weak=True)],
        },
        "programme": {"safety": [Term("safety")]},
        "modality": {"training": [Term("workshop*"), Term("course*", weak=True)]},
    },
    **{"capacity-words": ("capacity",), "works": ("dredged",)},
)


@pytest.mark.parametrize(
    ("text", "themes"),
    [
        ("The union met.", {"unions"}),
        ("The union met on pay.", {"unions", "wages"}),
        ("The union met on minimum wages.", {"wages"}),
        ("The union met on safety.", {"safety"}),
        ("Minimum wages are low pay.", {"wages"}),
    ],
)
def test_a_weak_theme_yields_to_strong_ones(text: str, themes: set[str]) -> None:
    reading = Reader(WEAK).read(text, "en")
    assert {code for _, code in reading.codes} == themes


def test_a_weak_term_counts_beside_a_strong_one_of_its_code() -> None:
    reading = Reader(WEAK).read("Minimum wages are low pay.", "en")
    assert len(reading.codes["outcome", "wages"]) == 2


@pytest.mark.parametrize(
    ("text", "capacity"),
    [
        ("A workshop.", "cd"),
        ("A course.", "unclear"),
        ("The course was dredged.", "not-cd"),
        ("A course for the capacity of the board.", "cd"),
    ],
)
def test_a_weak_form_alone_is_no_capacity_development(text: str, capacity: str) -> None:
    assert judge(Reader(WEAK).read(text, "en")).code == capacity


def test_a_weak_form_is_named_where_something_else_tells() -> None:
    found = LexiconCoder(WEAK).suggest("A course for the capacity of it", language="en")
    assert ("modality", "training") in {(s.facet, s.code) for s in found}
    weighty = next(s for s in found if s.facet == "capacity")
    alone = judge(Reader(WEAK).read("The capacity of it", "en"))
    assert weighty.confidence > alone.confidence


def codes_read(phrases: dict[str, str], text: str) -> dict[str, int]:
    """Return how often each code of one facet is found, its one term given."""
    facet = {code: [Term(phrase)] for code, phrase in phrases.items()}
    reading = Reader(codebook({"partner": facet})).read(text, "en")
    return {code: len(hits) for (_, code), hits in reading.codes.items()}


def test_the_longer_phrase_hides_the_shorter() -> None:
    phrases = {"trainers": "training of trainers", "training": "training"}
    assert codes_read(phrases, "Training of trainers.") == {"trainers": 1}
    text = "Training of trainers; training of clerks."
    assert codes_read(phrases, text) == {"trainers": 1, "training": 1}


def test_a_phrase_with_a_gap_hides_no_other_code() -> None:
    phrases = {"university": "with ... university", "centre": "Turin Centre"}
    text = "In collaboration with the Turin Centre and a university."
    assert codes_read(phrases, text) == {"university": 1, "centre": 1}


def test_a_partner_named_in_the_gap_of_another_is_found() -> None:
    text = "A workshop for trade unions in collaboration with the Turin Centre and a university."
    found = LexiconCoder(load_codebook()).suggest(text, language="en")
    partners = {s.code for s in found if s.facet == "partner"}
    assert {"turin-centre", "university"} <= partners


def test_a_neighbour_is_no_cue_of_the_same_name() -> None:
    terms = {"fund": [Term("fund", near=("services",))]}
    book = codebook({"partner": terms}, services=("served meals",))
    reading = Reader(book).read("A fund for services.", "en")
    assert ("partner", "fund") in reading.codes
    assert not reading("services")


def test_a_list_as_neighbour_means_its_phrases() -> None:
    terms = {"fund": [Term("fund", without=("<services>",))]}
    book = codebook({"partner": terms}, services=("served meals",))
    reader = Reader(book)
    assert reader.read("A fund for services.", "en").codes
    assert not reader.read("A fund that served meals.", "en").codes
    assert reader.read("A fund. It served meals.", "en").codes
