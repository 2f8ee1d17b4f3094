"""Weak terms yield, phrases hide what stands within them, gaps hide nothing."""

import pytest

from capmap.coding.capacity import judge
from capmap.coding.lexicon import LexiconCoder
from capmap.coding.reading import Reader
from capmap.frameworks.codebook import Code, Codebook, Facet, Term


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
