"""Full-text search over interventions, the same on SQLite and PostgreSQL.

Words are reduced to their stems before they reach the database, each text by its own
language, accents and case aside. A query is stemmed in all three languages, so that
"training" finds "trained", and "formación" finds "formaciones", in one search box. The
database only stores and finds stems: FTS5 on SQLite, a tsvector on PostgreSQL.
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

import snowballstemmer
from django.db import connection

from capmap.records.models import Intervention, Passage

_ALGORITHMS = {"en": "english", "fr": "french", "es": "spanish"}
_WORD = re.compile(r"\w+", re.UNICODE)
_CHUNK = 500


@lru_cache(maxsize=200_000)
def stem(word: str, language: str) -> str:
    """Return the stem of a word, without accents: ("formación", "es") gives "formacion".

    >>> stem("trained", "en"), stem("ateliers", "fr")
    ('train', 'ateli')
    """
    stemmer = _stemmer(_ALGORITHMS.get(language, "english"))
    return _plain(stemmer.stemWord(word.casefold()))


@lru_cache
def _stemmer(algorithm: str) -> "snowballstemmer.basestemmer.BaseStemmer":
    return snowballstemmer.stemmer(algorithm)


def _plain(word: str) -> str:
    parts = unicodedata.normalize("NFKD", word)
    return "".join(c for c in parts if not unicodedata.combining(c))


def stems(text: str, language: str) -> str:
    """Return the stems of a text, in its order."""
    return " ".join(stem(word, language) for word in _WORD.findall(text))


def index(interventions: Iterable[int]) -> None:
    """Index interventions anew by title, identifier and current passages."""
    wanted = list(interventions)
    for start in range(0, len(wanted), _CHUNK):
        _index_chunk(wanted[start : start + _CHUNK])


def _index_chunk(wanted: list[int]) -> None:
    words: dict[int, list[str]] = {}
    for pk, identifier, title, language in Intervention.objects.filter(
        pk__in=wanted, is_current=True
    ).values_list("pk", "identifier", "title", "language"):
        words[pk] = [stems(title, language), stems(identifier, "")]
    for pk, language, text in (
        Passage.objects.current()
        .filter(intervention__in=list(words))
        .values_list("intervention_id", "language", "text")
    ):
        words[pk].append(stems(text, language))
    forget(wanted)
    insert = (
        "INSERT INTO records_search (rowid, words) VALUES (%s, to_tsvector('simple', %s))"
        if connection.vendor == "postgresql"
        else "INSERT INTO records_search (rowid, words) VALUES (%s, %s)"
    )
    with connection.cursor() as cursor:
        cursor.executemany(
            insert, [(pk, " ".join(parts)) for pk, parts in words.items()]
        )


def forget(interventions: Iterable[int]) -> None:
    """Take interventions out of the index."""
    numbers = [(pk,) for pk in interventions]
    with connection.cursor() as cursor:
        cursor.executemany("DELETE FROM records_search WHERE rowid = %s", numbers)


def find(query: str) -> list[int] | None:
    """Return the interventions that hold every word of ``query``; None for no words.

    The last word may be unfinished: "train" finds "training".
    """
    found = _WORD.findall(query)
    if not found:
        return None
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT string_agg(rowid::text, ',') FROM records_search"
                " WHERE words @@ to_tsquery('simple', %s)",
                [_asked(found, "{}", "{}:*", "|", "&")],
            )
        else:
            cursor.execute(
                "SELECT group_concat(rowid) FROM records_search"
                " WHERE records_search MATCH %s",
                [_asked(found, '"{}"', '"{}"*', " OR ", " AND ")],
            )
        # One text: a hundred thousand rows would take twice as long to fetch.
        (joined,) = cursor.fetchone()
    return [int(number) for number in joined.split(",")] if joined else []


def _asked(found: list[str], whole: str, start: str, either: str, both: str) -> str:
    """Write a query of stems: each word in any of the languages, the last as a beginning."""
    asked = []
    for number, word in enumerate(found, start=1):
        forms = {whole.format(stem(word, language)) for language in _ALGORITHMS}
        if number == len(found):
            forms.add(start.format(_plain(word.casefold())))
        asked.append(f"({either.join(sorted(forms))})")
    return both.join(asked)
