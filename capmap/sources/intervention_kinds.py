"""Which kind of intervention it is, by the words of its title or of a column."""

import re
import unicodedata

#: Words for a country programme in three languages: the ILO's Decent Work Country
#: Programmes (PPTD in French, PTDP in Spanish) and those of other organizations.
_COUNTRY_PROGRAMME = re.compile(
    r"\b(?:dwcps?|pptd|ptdp"
    r"|(?:decent work )?country program(?:me)?s?(?! (?:office|manager|director|staff))"
    r"|programme(?: par)? pays"
    r"|programme de promotion du travail d[ée]cent"
    r"|programa (?:de |por )?pa[ií]s"
    r"|programa de trabajo decente por pa[ií]s)\b"
)

_KINDS = {
    "country_programme": re.compile(r"country|pays|pa[ií]s|dwcp|pptd|ptdp"),
    "programme": re.compile(r"program"),
    "document": re.compile(r"document"),
    "project": re.compile(r"proje|proye|activi"),
}


def is_country_programme(title: str) -> bool:
    """Whether a title names a country programme.

    >>> is_country_programme("Programme par pays de promotion du travail décent: Bénin")
    True
    >>> is_country_programme("Vocational training, Zimbabwe")
    False
    """
    return _COUNTRY_PROGRAMME.search(_plain(title)) is not None


def kind_of(text: str) -> str:
    """Return the kind that the cell of a column names, or ``""``.

    >>> kind_of("Programa de País"), kind_of("Projet")
    ('country_programme', 'project')
    """
    plain = _plain(text)
    return next((kind for kind, word in _KINDS.items() if word.search(plain)), "")


def _plain(text: str) -> str:
    return " ".join(
        unicodedata.normalize("NFC", text).casefold().replace("-", " ").split()
    )
