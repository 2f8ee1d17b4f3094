"""What every reader of documents gives: blocks in reading order, or the reason why not."""

import re
import unicodedata
from dataclasses import dataclass, field
from itertools import pairwise

BLOCK_KINDS = ("heading", "paragraph", "list-item", "table-row", "footnote")


@dataclass(slots=True)
class Block:
    """A heading, paragraph, list item, table row or footnote, as the document has it.

    ``page`` counts from 1 and is 0 where the format has no pages; ``table`` and ``row``
    count from 1 and are 0 outside tables. ``mark`` is the number or bullet that the
    format keeps apart from the text ("12.", "(a)", "•"), ``cells`` the texts of a
    table row in order, empty cells included; paragraphs within a cell end in ``\\n``.
    """

    kind: str
    text: str
    page: int = 0
    place: str = ""
    level: int = 0  # of a heading, from 1
    mark: str = ""
    table: int = 0
    row: int = 0
    cells: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Remark:
    """Something to tell of a document: a key of ``set_aside.yaml`` and its values."""

    problem: str
    place: str = ""
    values: dict[str, str] = field(default_factory=dict)


class UnreadableError(Exception):
    """A document cannot be read at all; ``remark`` says why."""

    def __init__(self, problem: str, **values: str) -> None:
        super().__init__(problem)
        self.remark = Remark(problem, values=values)


@dataclass(slots=True)
class Document:
    """A document's blocks in order, and what it says of itself in its metadata."""

    blocks: list[Block]
    title: str = ""  # from the metadata, unchecked
    language: str = ""  # ISO 639-1, where the document declares one
    remarks: list[Remark] = field(default_factory=list)


def table_row(cells: list[str], table: int, row: int, page: int = 0) -> Block:
    """Return a table row; its text is what its cells say, " | " between them."""
    text = " | ".join(folded for cell in cells if (folded := one_line(cell)))
    return Block("table-row", text, page, table=table, row=row, cells=tuple(cells))


_NOTE = re.compile(r"([⁰¹²³⁴-⁹]{1,3})\s*(?=\S)")
_DIGITS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")


def mended(blocks: list[Block]) -> list[Block]:
    """Clean blocks as every format needs it, and say of each where it stands.

    Contents pages go; paragraphs that begin with a raised number become footnotes; a
    paragraph that a footnote or the end of a page cut in two is joined again, with the
    place of its first half.
    """
    blocks = without_contents(blocks)
    for block in blocks:
        note = _NOTE.match(block.text) if block.kind == "paragraph" else None
        if note:
            block.kind, block.mark = "footnote", note[1].translate(_DIGITS)
            block.text = block.text[note.end() :]
    number_places(blocks)
    return _joined(blocks)


def _joined(blocks: list[Block]) -> list[Block]:
    kept: list[Block] = []
    open_paragraph: Block | None = None
    cut = False
    for block in blocks:
        if block.kind == "footnote":
            cut = True
        elif (
            open_paragraph
            and block.kind == "paragraph"
            and not block.mark
            and (cut or block.page != open_paragraph.page)
            and continues(open_paragraph.text, block.text)
        ):
            open_paragraph.text = f"{open_paragraph.text} {block.text}"
            continue
        else:
            cut = False
            open_paragraph = block if block.kind in ("paragraph", "list-item") else None
        kept.append(block)
    return kept


def continues(before: str, after: str) -> bool:
    """Tell whether ``after`` goes on with a sentence that ``before`` leaves open."""
    return after[:1].islower() and not ends_a_sentence(before)


def ends_a_sentence(text: str) -> bool:
    """Tell whether ``text`` is complete: nothing of it waits on the next page."""
    return re.search(r"[.!?…:;][\"”’»)\]*\s¹²³⁰⁴-⁹]*$", text) is not None


def tell_headings(blocks: list[Block]) -> list[Block]:
    """Make headings of short lines that only stand over a paragraph, list or table.

    Of several short lines in a row only the last is one: a list without bullets must
    not vanish into the context of what follows.
    """
    for block, following in pairwise(blocks):
        if _reads_as_heading(block) and not _reads_as_heading(following):
            block.kind, block.level = "heading", block.level or 3
    return blocks


def _reads_as_heading(block: Block) -> bool:
    text = block.text
    return block.kind == "heading" or (
        block.kind == "paragraph"
        and len(text) <= 110
        and text[:1].isupper()
        and not text.endswith((".", ";", ":", ",", "?", "!", "…"))
    )


def number_places(blocks: list[Block]) -> None:
    """Say of each block where it stands: "page 3, paragraph 14" or "table 1, row 7".

    Headings count as paragraphs, because who looks one up counts them too. Paragraphs
    are counted page by page where there are pages, tables through the document.
    """
    paragraph = page = 0
    for block in blocks:
        if block.page != page:
            page, paragraph = block.page, 0
        if block.kind == "table-row":
            place = f"table {block.table}, row {block.row}"
        elif block.kind == "footnote":
            place = f"footnote {block.mark}".strip()
        else:
            paragraph += 1
            place = f"paragraph {paragraph}"
        block.place = f"page {page}, {place}" if page else place


# Ligatures are letters that print alone knows; searching and quoting need them apart.
_LIGATURES = str.maketrans(
    {
        chr(code): unicodedata.normalize("NFKC", chr(code))
        for code in range(0xFB00, 0xFB07)
    }
)
_INVISIBLE = str.maketrans(
    dict.fromkeys(
        [0xAD, 0x200B, 0x2060, 0xFEFF, *range(0x00, 0x09), *range(0x0E, 0x20)]
    )
)


def one_line(text: str) -> str:
    """Fold white space to single spaces, part ligatures, drop signs nobody sees.

    A no-break space stays: it belongs to the text ("58 per cent", "« oui »").

    >>> one_line("  eﬃcient\\n and\\tef\\xadfective ")
    'efficient and effective'
    """
    text = text.translate(_INVISIBLE).translate(_LIGATURES)
    return " ".join(word for word in _plain_spaces(text).split(" ") if word)


def _plain_spaces(text: str) -> str:
    return "".join(
        " " if char.isspace() and char not in "\u00a0\u202f" else char for char in text
    )


_ENTRY = re.compile(r"(?:[.…·_]\s?){3,}\s*(?:\d{1,4}|[ivxlc]{1,6})$")
_LOOSE_ENTRY = re.compile(r"\S\s\d{1,4}$")
_CONTENTS = re.compile(
    r"(?:table of )?contents|table des matières|sommaire|índice(?: general)?|contenido",
    re.IGNORECASE,
)


def without_contents(blocks: list[Block]) -> list[Block]:
    """Leave a table of contents out: its entries repeat headings, they say nothing.

    An entry ends in a page number after dots. Three in a row make a contents page;
    under a heading "Contents" entries without dots count too, and the heading goes.
    """
    kept: list[Block] = []
    position = 0
    while position < len(blocks):
        block = blocks[position]
        headed = _CONTENTS.fullmatch(block.text.strip(" :.")) is not None
        entry = _LOOSE_ENTRY if headed else _ENTRY
        end = start = position + headed
        while end < len(blocks) and _is_entry(blocks[end], entry):
            end += 1
        if end - start >= 3:
            position = end
        else:
            kept.append(block)
            position += 1
    return kept


def is_contents_entry(text: str) -> bool:
    """Tell whether a line ends in dots and a page number."""
    return _ENTRY.search(text[-200:]) is not None


def _is_entry(block: Block, entry: re.Pattern[str]) -> bool:
    if block.kind == "table-row" or len(block.text) > 300:
        return False
    return entry.search(block.text) is not None
