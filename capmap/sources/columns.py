"""Which column of a sheet is which field: by its name, or by a mapping file."""

import re
import unicodedata
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml

from capmap.sources.remarks import Remarks

#: Fields whose cells are running text, and the kind of passage that each becomes.
TEXT_FIELDS = {
    "title": "title",
    "description": "description",
    "objective": "description",
    "outcome": "result",
    "output": "result",
    "indicator": "indicator",
    "activities": "cell",
    "text": "cell",
}

#: Columns may have one of these fields only once; of the others there may be several.
_SINGLE = {
    "identifier",
    "title",
    "kind",
    "start",
    "end",
    "currency",
    "status",
    "language",
    "parent",
}

#: In a mapping: the column has no field, whatever its heading seems to say.
NONE = "none"

_HEADER_WITHIN = 40
#: A cell of a column without a known name is prose from this many words on.
_PROSE_WORDS = 5
_CURRENCY_SIGNS = {"us$": "USD", "€": "EUR", "£": "GBP", "$": "USD", "fcfa": "XOF"}


@dataclass(slots=True)
class Columns:
    """The fields of a sheet by column number, from 0; a column without field is ""."""

    headings: list[str]
    fields: list[str]
    currencies: dict[int, str] = field(default_factory=dict)  # named in the heading

    def __contains__(self, name: str) -> bool:
        return name in self.fields

    @property
    def is_table_of_interventions(self) -> bool:
        return "title" in self.fields or "identifier" in self.fields


def recognised(headings: list[str], mapping: dict[str, str] | None = None) -> Columns:
    """Return the field of each heading, by the words of ``columns.yaml``.

    ``mapping`` (plain heading -> field) goes before the words.

    >>> recognised(["Código", "Título del proyecto", "Presupuesto (USD)", "Notas"]).fields
    ['identifier', 'title', 'budget', '']
    """
    found = [_field(heading, mapping or {}) for heading in headings]
    for name in _SINGLE:
        # Of two columns for one field the first is taken; the other is text, if any.
        first = True
        for number, told in enumerate(found):
            if told == name:
                found[number] = name if first else ""
                first = False
    if "title" not in found and "identifier" in found:
        # "Project" alone names the title unless another column does.
        for number, heading in enumerate(headings):
            if found[number] == "identifier" and plain(heading) in _names()["title"]:
                found[number] = "title"
    currencies = {n: code for n, h in enumerate(headings) if (code := currency_in(h))}
    return Columns(headings, found, currencies)


def header(
    rows: list[tuple[int, list[str]]], mapping: dict[str, str] | None = None
) -> tuple[int, Columns] | None:
    """Return where among the first rows the headings stand, and what they are.

    The row with most recognised columns is the one, so that titles and notes above it
    do no harm; None if no row names a title or an identifier.
    """
    best: tuple[int, int, Columns] | None = None
    for index, (_, cells) in enumerate(rows[:_HEADER_WITHIN]):
        columns = recognised(cells, mapping)
        told = sum(map(bool, columns.fields))
        # One recognised word may be any text, or the head of a list of names.
        is_enough = told > 1 or bool(mapping) or _is_prose_below(rows[index + 1 :])
        is_best = best is None or told > best[0]
        if columns.is_table_of_interventions and is_enough and is_best:
            best = (told, index, columns)
    return (best[1], best[2]) if best else None


def _is_prose_below(rows: list[tuple[int, list[str]]]) -> bool:
    return any(is_prose(cell) for _, cells in rows for cell in cells)


def is_prose(text: str) -> bool:
    """Whether a cell says something in words: no number, date, address or name.

    >>> is_prose("Training alone did not change practice."), is_prose("Ministry of Labour")
    (True, False)
    """
    if "@" in text or text.startswith(("http://", "https://")):
        return False
    words = [word for word in text.split() if any(c.isalpha() for c in word)]
    return len(words) >= _PROSE_WORDS


def is_total(text: str) -> bool:
    """Whether a row that begins with ``text`` sums up the others.

    >>> is_total("TOTAL :"), is_total("Total factory audit")
    (True, False)
    """
    return plain(text) in _words()["totals"]


def read_mapping(path: Path, remarks: Remarks) -> dict[str, str]:
    """Read a mapping file: our field to the heading, or headings, of the sheet.

    Returns the plain heading to our field; an unusable file is a remark, no mapping.
    """
    try:
        content = yaml.load(
            path.read_text(encoding="utf-8-sig"), Loader=yaml.CSafeLoader
        )
        if not isinstance(content, dict):
            raise ValueError("not a list of fields")
        mapping: dict[str, str] = {}
        for name, headings in content.items():
            if name not in field_names() and name != NONE:
                raise ValueError(f"unknown field {str(name)[:40]!r}")
            for heading in headings if isinstance(headings, list) else [headings]:
                mapping[plain(str(heading))] = "" if name == NONE else str(name)
    except (yaml.YAMLError, ValueError, OSError) as error:
        reason = " ".join(str(error).split())[:160]
        remarks.add("mapping_wrong", path.name, error=reason)
        return {}
    return mapping


def field_names() -> list[str]:
    """Return the fields that a column can have, in the order of ``columns.yaml``."""
    return [*(name for name in _names() if name != "text"), "text"]


def currency_in(text: str) -> str:
    """Return the currency that a heading or amount names, or ``""``.

    >>> currency_in("Budget (USD)"), currency_in("Montant en €"), currency_in("Budget")
    ('USD', 'EUR', '')
    """
    for code in re.findall(r"(?<![A-Za-z])[A-Z]{3}(?![A-Za-z])", text):
        if code in _currencies():
            return str(code)
    lowered = text.casefold()
    return next((code for sign, code in _CURRENCY_SIGNS.items() if sign in lowered), "")


def plain(heading: str) -> str:
    """Take off case, accents, brackets and what they hold, signs, numbers at the end."""
    letters = unicodedata.normalize(
        "NFKD", re.sub(r"[(\[].*?[)\]]", " ", heading.casefold())
    )
    bare = "".join(c for c in letters if not unicodedata.combining(c))
    words = re.sub(r"[^a-z0-9]+", " ", bare).split()
    while len(words) > 1 and words[-1].isdigit():
        words.pop()
    return " ".join(words)


def _field(heading: str, mapping: dict[str, str]) -> str:
    name = plain(heading)
    if not name or name in mapping:
        return mapping.get(name, "")
    if len(heading) > 80:
        return ""
    for candidate in (name, _without_noise(name), _without_currency(name)):
        if candidate in _fields():
            return _fields()[candidate]
    return ""


def _without_noise(name: str) -> str:
    noise = _words()["noise"]
    return " ".join(word for word in name.split() if word not in noise)


def _without_currency(name: str) -> str:
    known = {code.lower() for code in _currencies()} | {"us", "in", "en"}
    return _without_noise(" ".join(w for w in name.split() if w not in known))


@cache
def _words() -> dict[str, Any]:
    path = files("capmap.sources") / "columns.yaml"
    content = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return {
        "columns": content["columns"],
        "noise": frozenset(content["noise"]),
        "totals": frozenset(content["totals"]),
    }


@cache
def _names() -> dict[str, frozenset[str]]:
    return {
        name: frozenset(plain(word) for language in languages for word in language)
        for name, languages in _words()["columns"].items()
    }


@cache
def _fields() -> dict[str, str]:
    """Every name to its field, with and without the words that say nothing."""
    found: dict[str, str] = {}
    for name, words in _names().items():
        for word in words:
            found.setdefault(word, name)
    for name, words in _names().items():
        for word in words:
            if bare := _without_noise(word):
                found.setdefault(bare, name)
    return found


@cache
def _currencies() -> frozenset[str]:
    from babel import Locale

    return frozenset(Locale.parse("en").currencies)
