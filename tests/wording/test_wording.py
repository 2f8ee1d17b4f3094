"""Every text that people read stands in three languages with the same placeholders."""

import re
from pathlib import Path
from string import Formatter
from typing import Any

import pytest

from capmap.wording import LANGUAGES, Wording, place_in, rules_in, topic

TOPICS = sorted(
    path.stem for path in (Path(__file__).parents[2] / "capmap/wording").glob("*.yaml")
)


def texts(content: Any, path: str = "") -> list[tuple[str, dict[str, Any]]]:
    """The leaves of a topic: each a mapping of languages to text or plural forms."""
    if set(content) & set(LANGUAGES):
        return [(path, content)]
    return [
        leaf for key, value in content.items() for leaf in texts(value, f"{path}/{key}")
    ]


def forms(text: Any) -> list[str]:
    return list(text.values()) if isinstance(text, dict) else [text]


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("name", TOPICS)
def test_a_text_is_whole_in_every_language(name):
    for key, content in texts(topic(name)):
        assert set(content) == set(LANGUAGES), f"{name}{key}"
        for language in LANGUAGES:
            for form in forms(content[language]):
                assert form.strip(), f"{name}{key} is empty in {language}"


@pytest.mark.parametrize("name", TOPICS)
def test_translations_keep_their_placeholders(name):
    # A form of the plural may leave the number out ("no passage", "one passage").
    for key, content in texts(topic(name)):
        named = {
            language: set().union(*(placeholders(f) for f in forms(content[language])))
            for language in LANGUAGES
        }
        assert named["en"] == named["fr"] == named["es"], f"{name}{key}"


@pytest.mark.parametrize("name", TOPICS)
def test_french_sets_its_double_signs_apart(name):
    for key, content in texts(topic(name)):
        for form in forms(content["fr"]):
            # Addresses, placeholders and entries of YAML keep their signs.
            bare = re.sub(
                r"https?://\S+|\{[^}]*\}|\b(en|fr|es|terms?|title):", "", form
            )
            wrong = re.search(
                r"[^\s\xa0\u202f?!(«`][:;?!»](?=\s|$)|[ ][:;?!»](?=\s|$)", bare
            )
            assert wrong is None, f"{name}{key}: no-break space missing in {form!r}"


def test_plural_and_number_follow_the_language():
    assert Wording("analysis", "es").number(12345) == "12.345"
    assert Wording("analysis", "fr").number(12345).replace("\u202f", " ") == "12 345"


def test_an_unknown_language_is_refused_with_the_choice():
    with pytest.raises(ValueError, match="en, fr, es"):
        Wording("analysis", "de")


@pytest.mark.parametrize(
    ("place", "french"),
    [
        ("result 1, indicator 2", "résultat 1, indicateur 2"),
        ("sheet row 3, row 7, column table", "feuille row 3, ligne 7, colonne table"),
        ("title and description", "titre et description"),
        ("Salt and Pepper", "Salt and Pepper"),
        (
            "and 3 more, the last: activity 9",
            "et 3 de plus, le dernier\xa0: activité 9",
        ),
    ],
)
def test_a_place_is_said_in_the_readers_language(place, french):
    assert place_in("fr", place) == french
    assert place_in("en", place) == place


def test_rules_are_said_and_other_notes_stay():
    assert rules_in("en", "acts-on-a-body") == "acts on a body or its functions"
    assert rules_in("es", "tools, my own note") == "herramientas, my own note"
    assert rules_in("fr", "") == ""
