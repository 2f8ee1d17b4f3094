"""The language of short passages, with no hint, a good one and a wrong one."""

import pytest

from capmap.coding.languages import language_of

PASSAGES = {
    "en": "Training of labour inspectors in the northern provinces",
    "fr": "Formation des inspecteurs du travail dans les provinces du nord",
    "es": "Formación de los inspectores del trabajo en las provincias del norte",
    "pt": "Formação dos inspetores do trabalho nas províncias do norte, com o apoio da OIT",
}


@pytest.mark.parametrize("hint", ["", "en", "fr", "es"])
@pytest.mark.parametrize("language", PASSAGES)
def test_the_text_decides_where_it_is_clear(language: str, hint: str) -> None:
    assert language_of(PASSAGES[language], hint) == language


@pytest.mark.parametrize("text", ["", "42", "ILO/AIDS", "Ukraine"])
def test_the_hint_decides_where_there_is_nothing_to_go_by(text: str) -> None:
    assert language_of(text, "fr") == "fr"
    assert language_of(text) == ""


def test_a_hint_with_a_region_is_read() -> None:
    assert language_of("Ukraine", "fr-CA") == "fr"


def test_an_unknown_hint_does_not_break() -> None:
    assert language_of("Bidragets syfte oklart, annars planerat senare", "xx")
