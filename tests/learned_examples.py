"""Decisions made up for tests of the coder that learns: a word that no term knows means a code."""

import random
from collections.abc import Sequence

from capmap.coding.evaluation import Example

#: What the lexicon does not know: kaizen circles are organizational development.
KAIZEN = {
    "en": "Kaizen circles with the staff of the {place} bureau, {month}",
    "fr": "Cercles kaizen avec le personnel du bureau de {place}, {month}",
    "es": "Círculos kaizen con el personal de la oficina de {place}, {month}",
}
TRAINING = {
    "en": "Training of labour inspectors of {place} on safety at work, {month}",
    "fr": "Formation des inspecteurs du travail de {place} à la sécurité, {month}",
    "es": "Capacitación de inspectores del trabajo de {place} en seguridad, {month}",
}
NOTHING = {
    "en": "Construction of a road of {place} to the harbour, {month}",
    "fr": "Construction d'une route de {place} au port, {month}",
    "es": "Construcción de una carretera de {place} al puerto, {month}",
}
_PLACES = ("Accra", "Lima", "Dakar", "Hanoi", "Quito", "Tunis", "Lomé", "Suva", "Riga")
_MONTHS = ("May", "juin", "julio", "2010", "2011", "2012", "March", "avril", "agosto")


def example(texts: dict[str, str], codes: dict[str, str], number: int, language: str):  # type: ignore[no-untyped-def]
    """Return the ``number``-th passage of a kind, in a language, in a document of its own."""
    draw = random.Random(f"{number} {language} {texts['en']}")
    told = {facet: frozenset(code.split()) for facet, code in codes.items()}
    text = texts[language].format(
        place=draw.choice(_PLACES), month=draw.choice(_MONTHS)
    )
    return Example(
        f"{text} ({number})", language, "", told, f"{language}-{number}-{texts['en'][:4]}",
        f"document {number} {language} {texts['en'][:4]}",
    )  # fmt: skip


def examples(each: int, languages: Sequence[str] = ("en", "fr", "es")) -> list[Example]:
    """Return ``each`` passages of three kinds in each language."""
    kinds = (
        (KAIZEN, {"capacity": "cd", "modality": "organizational-development"}),
        (TRAINING, {"capacity": "cd", "modality": "training"}),
        (NOTHING, {"capacity": "not-cd", "modality": ""}),
    )
    return [
        example(texts, codes, number, language)
        for texts, codes in kinds
        for language in languages
        for number in range(each)
    ]
