"""The cover of a Governing Body paper: who meets, about what, and the overview box."""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, cast

import yaml

from capmap.sources.blocks import Block, one_line

SYMBOL = re.compile(
    r"GB\.\d{3}(?:/[A-Z]{2,})*(?:/[A-Z]?\d+)+(?:/[A-Z]?\d+)*(?:\([A-Za-z.0-9]+\))?"
)
LANGUAGES = ("en", "fr", "es")
Words = dict[str, dict[str, list[str]]]


@dataclass(frozen=True, slots=True)
class OverviewField:
    """A row of the overview box. ``field`` is its key in ``governing_body.yaml``."""

    field: str
    label: str
    text: str


@dataclass(frozen=True, slots=True)
class PaperCover:
    language: str
    symbol: str  # "GB.312/POL/9"
    body: str = ""
    session: str = ""  # "312th Session, Geneva, November 2011"
    section: tuple[str, ...] = ()  # ("Policy Development Section", "... Segment")
    section_mark: str = ""  # "POL"
    item: str = ""  # "NINTH ITEM ON THE AGENDA"
    title: str = ""
    overview: tuple[OverviewField, ...] = ()


@cache
def words() -> dict[str, Any]:
    text = files("capmap.sources").joinpath("governing_body.yaml")
    return cast(
        "dict[str, Any]",
        yaml.load(text.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader),
    )


def folded(text: str) -> str:
    """Return ``text`` without case, accents, curly apostrophes and a final colon.

    >>> folded("Incidences  financières\\u00a0:")
    'incidences financieres'
    """
    text = unicodedata.normalize("NFKD", text.replace("’", "'").replace("\u2011", "-"))
    bare = "".join(char for char in text if not unicodedata.combining(char))
    return " ".join(bare.casefold().split()).rstrip(": ")


def said(key: str, language: str = "") -> list[str]:
    """Return the folded words of ``key`` in one language, or in all."""
    by_language = words()[key]
    return [
        folded(word)
        for each in ((language,) if language else LANGUAGES)
        for word in by_language[each]
    ]


def symbol_of(blocks: list[Block]) -> str:
    """Return the symbol that stands alone near the top of a paper, or ``""``.

    Any report may cite a paper; only the paper itself has its symbol on a line of its
    own among the first lines, with the Governing Body named beside it.
    """
    lines = _lines(blocks[:20])
    named = any(folded(line) in said("body") for line in lines)
    alone = (line for line in lines if SYMBOL.fullmatch(line))
    return next(alone, "") if named else ""


def read_cover(blocks: list[Block]) -> PaperCover:
    """Read the blocks that stand before the first numbered paragraph."""
    lines = _lines(blocks)
    language = _language(lines)
    overview = next(
        (i for i, line in enumerate(lines) if _is_box(line, language)), len(lines)
    )
    head = lines[:overview]
    symbol = next((line for line in head if SYMBOL.fullmatch(line)), "")
    marks = set(re.findall(r"/([A-Z]{2,})", symbol))
    item = next(
        (i for i, line in enumerate(head) if _says("item", line, language)), None
    )
    body = next((line for line in head if folded(line) in said("body", language)), "")
    session = next((line for line in head if _is_session(line, language)), "")
    mark = next((line for line in head if line in marks), "")
    known = {body, session, symbol, mark}
    others = [line for line in head[:item] if line not in known]
    section = [line for line in others if _says("section", line, language)]
    if item is None:
        rest = [line for line in others if line not in section]
        title = max(rest, key=len, default="")
    else:
        title = " ".join(line for line in head[item + 1 :] if line not in known)
    return PaperCover(
        language=language,
        symbol=symbol,
        body=body,
        session=session,
        section=tuple(
            part for line in section for part in _section_parts(line, language)
        ),
        section_mark=mark,
        item="" if item is None else head[item],
        title=title,
        overview=tuple(_fields(lines[overview:], language)),
    )


def _lines(blocks: list[Block]) -> list[str]:
    """Return the lines of a cover; its box may be typed as a table or as paragraphs."""
    return [
        line
        for block in blocks
        for cell in (block.cells or (block.text,))
        for part in cell.split("\n")
        if (line := one_line(part))
    ]


def _language(lines: list[str]) -> str:
    """Return the language in which most lines of the cover are known."""
    known = {
        language: {
            *said("body", language),
            *said("overview", language),
            *(folded(w) for f in words()["fields"].values() for w in f[language]),
        }
        for language in LANGUAGES
    }
    found = [folded(line) for line in lines]
    return max(LANGUAGES, key=lambda each: sum(line in known[each] for line in found))


def _says(key: str, line: str, language: str) -> bool:
    return any(word in folded(line) for word in said(key, language))


def _is_session(line: str, language: str) -> bool:
    return re.match(r"\d{3}", line) is not None and _says("session", line, language)


def _is_box(line: str, language: str) -> bool:
    return (
        folded(line) in said("overview", language) or _label(line, language) is not None
    )


def _section_parts(line: str, language: str) -> list[str]:
    """Part "Policy Development Section Technical Cooperation Segment" into its two."""
    word = words()["section"][language][1]
    if language == "en":
        parts = re.split(rf"(?<=\bSection)\s+(?=.*\b{word}\b)", line)
    else:
        parts = re.split(rf"\s*[,;–-]?\s+(?={word}\b)", line)
    return [part for part in parts if part]


def _label(line: str, language: str) -> tuple[str, str, str] | None:
    """Return (field, label, text after it) if a line is or begins with a field's label."""
    head, colon, rest = line.partition(":")
    for name, labels in words()["fields"].items():
        known = [folded(label) for label in labels[language]]
        if folded(line) in known:
            return name, line.rstrip(" :\u00a0\u202f"), ""
        if colon and folded(head) in known:
            return name, head.rstrip(" \u00a0\u202f"), rest.strip()
    return None


def _fields(lines: list[str], language: str) -> list[OverviewField]:
    fields: list[OverviewField] = []
    for line in lines:
        if (found := _label(line, language)) is not None:
            fields.append(OverviewField(*found))
        elif folded(line) in said("overview", language):
            fields.append(OverviewField("overview", line, ""))
        elif fields:
            last = fields[-1]
            text = f"{last.text}\n{line}".strip()
            fields[-1] = OverviewField(last.field, last.label, text)
    return [each for each in fields if each.text]
