"""A document of any kind -> one activity, or the activities of a Governing Body paper."""

import hashlib
import re
import unicodedata
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path, PurePosixPath

from capmap.sources.activity import Activity, Part, SetAside
from capmap.sources.blocks import Block, Document, Remark, UnreadableError
from capmap.sources.countries import country_code
from capmap.sources.document_kinds import ENDINGS, document_kind
from capmap.sources.docx import read_docx
from capmap.sources.governing_body import (
    is_governing_body_paper,
    read_governing_body,
    to_activities,
)
from capmap.sources.html import read_html
from capmap.sources.intervention_kinds import is_country_programme
from capmap.sources.odt import read_odt
from capmap.sources.passages import passages
from capmap.sources.pdf import read_pdf
from capmap.sources.plain_text import read_plain_text

_READERS: dict[str, Callable[[Path], Document]] = {
    "PDF": read_pdf,
    "DOCX": read_docx,
    "ODT": read_odt,
    "HTML": read_html,
    "TXT": read_plain_text,
}
_LINE = 200  # characters: what is longer on a first page is running text
_PERIOD = re.compile(r"\b((?:19|20)\d{2})\s?[-–—/]\s?((?:(?:19|20)\d{2}|\d{2}))\b")
_PROJECT = re.compile(
    r"\bprodoc\b|project document|document de projet|descriptif de projet"
    r"|documento de proyecto",
    re.IGNORECASE,
)
#: About programmes, and no programme itself.
_ABOUT = re.compile(
    r"evaluation|évaluation|evaluación|review|revue|examen|guide|guía|manual|manuel"
    r"|handbook|report\b|rapport|informe|lessons|leçons|lecciones|mapping|follow-up",
    re.IGNORECASE,
)
_NO_TITLE = re.compile(
    r"microsoft word|untitled|sans titre|sin título|^document ?\d*$|\.(?:docx?|pdf|indd|qxd|odt)$",
    re.IGNORECASE,
)


def read_document(path: Path, name: str) -> Iterator[Activity | SetAside]:
    """Yield what a document tells, and a remark for each thing that could not be read.

    ``name`` is the file as the user named it ("archive.zip/plan.pdf" inside an archive).
    A Governing Body paper gives an activity for each programme of its appendix, any
    other document one with all its passages.
    """
    try:
        document = read_blocks(path)
    except UnreadableError as error:
        yield _set_aside(error.remark, name, "file")
        return
    yield from (
        _set_aside(remark, name, "value")
        for remark in [*_ending(path, name), *document.remarks]
    )
    if is_governing_body_paper(document.blocks):
        yield from to_activities(read_governing_body(document.blocks), name)
    else:
        yield _activity(document, path, name)


def read_blocks(path: Path) -> Document:
    """Read a document by what it holds, whatever its name ends in."""
    document = _READERS[document_kind(path)](path)
    if not document.blocks:
        raise UnreadableError("document_no_text")
    return document


def _set_aside(remark: Remark, name: str, scope: str) -> SetAside:
    return SetAside(name, remark.problem, remark.place, scope, dict(remark.values))


def _ending(path: Path, name: str) -> Iterator[Remark]:
    """Remark on a name that promises another kind of file than it is."""
    ending = PurePosixPath(name).suffix.casefold()
    kind = document_kind(path)
    if ENDINGS.get(ending, kind) != kind:
        yield Remark("document_other_ending", values={"ending": ending, "kind": kind})


def _activity(document: Document, path: Path, name: str) -> Activity:
    title = _title(document)
    cover = _cover(document.blocks)
    kind = _kind(title, cover)
    starts_on, ends_on = _period(title)
    countries = countries_named(title)
    if kind == "country_programme":
        # Covers often set country and years on lines of their own.
        whole = " ; ".join(cover)
        countries = countries or countries_named(whole)
        if starts_on is None:
            starts_on, ends_on = _period(whole)
    return Activity(
        identifier=_identifier(path, name),
        title=title,
        kind=kind,
        source=name,
        language=document.language,
        starts_on=starts_on,
        ends_on=ends_on,
        countries=[Part(code) for code in countries],
        passages=passages(document.blocks, document.language),
    )


def _title(document: Document) -> str:
    """Return the title in the metadata if it is one, else the first heading or line."""
    stated = document.title
    if 10 <= len(stated) <= 250 and " " in stated and not _NO_TITLE.search(stated):
        return stated
    first = [block for block in document.blocks[:15] if len(block.text) <= 300]
    headings = [b for b in first if b.kind == "heading" and " " in b.text.strip()]
    top = min((block.level for block in headings), default=0)
    best = next((block for block in headings if block.level == top), None)
    best = best or next(iter(first), document.blocks[0])
    return (
        best.text if len(best.text) <= 300 else f"{best.text[:297].rsplit(' ', 1)[0]} …"
    )


def _cover(blocks: list[Block]) -> list[str]:
    """Return the short lines at the top of a document, down to its running text."""
    lines: list[str] = []
    for block in blocks[:25]:
        if len(block.text) > _LINE or block.page > 1 or block.kind == "table-row":
            break
        lines.append(block.text)
    return lines


def _kind(title: str, cover: list[str]) -> str:
    if _ABOUT.search(title):
        return "document"
    if any(is_country_programme(line) for line in (title, *cover)):
        return "country_programme"
    return "project" if any(map(_PROJECT.search, (title, *cover))) else "document"


def _period(text: str) -> tuple[date | None, date | None]:
    """Return the first and last day of a period such as "2012-2015" or "2012–15".

    >>> _period("Kenya: Decent Work Country Programme (2012-15)")
    (datetime.date(2012, 1, 1), datetime.date(2015, 12, 31))
    """
    for found in _PERIOD.finditer(text):
        start = int(found[1])
        end = (
            int(found[2]) if len(found[2]) == 4 else start // 100 * 100 + int(found[2])
        )
        if start <= end <= start + 30:
            return date(start, 1, 1), date(end, 12, 31)
    return None, None


def countries_named(text: str) -> list[str]:
    """Return the codes of the countries that a title names, in order, each once.

    The longest name counts ("Guinea-Bissau" is not Guinea). Names begin with a capital;
    two letters are no country, and "Réunion" is one only as "La Réunion".

    >>> countries_named("Programme par pays: Bénin et Côte d’Ivoire (Papua New Guinea)")
    ['BJ', 'CI', 'PG']
    """
    tokens = re.findall(r"[^\W\d_][\w'’.-]*|\S", text)
    found: list[str] = []
    position = 0
    while position < len(tokens):
        for length in range(min(7, len(tokens) - position), 0, -1):
            phrase = " ".join(tokens[position : position + length]).strip(".,;: ")
            code = _country(phrase.replace("( ", "(").replace(" )", ")"))
            if code:
                if code not in found:
                    found.append(code)
                position += length - 1
                break
        position += 1
    return found


def _country(phrase: str) -> str:
    # "l’Ouganda" and "d'Haïti" are written together.
    phrase = re.sub(r"^[dl]['’](?=[A-ZÀ-Ý])", "", phrase)
    named = phrase[:1].isupper() and (len(phrase) > 3 or phrase in ("UK", "USA", "DRC"))
    code = country_code(phrase) if named else ""
    return "" if code == "RE" and not phrase.casefold().startswith("la ") else code


def _identifier(path: Path, name: str) -> str:
    """Return the file's stem with a print of its content: unique, and stable if moved."""
    stem = unicodedata.normalize("NFKD", PurePosixPath(name).stem.casefold())
    bare = "".join(char for char in stem if not unicodedata.combining(char))
    slug = re.sub(r"[^\w.]+", "-", bare).strip("-.")[:80] or "document"
    with path.open("rb") as file:
        return f"{slug}-{hashlib.file_digest(file, 'sha256').hexdigest()[:8]}"
