"""Blocks of a document -> passages, the units that are coded."""

import re
from collections.abc import Iterator
from itertools import pairwise, zip_longest

from capmap.sources.activity import Passage
from capmap.sources.blocks import Block, one_line

PIECE_CHARACTERS = 1500
"""About this long are the pieces of a long paragraph; half as much again stays whole."""

#: After these words a stop ends no sentence, whatever follows ...
_ABBREVIATIONS = re.compile(
    r"e\.?g|i\.?e|cf|vs|approx|aprox|incl|resp|c\.-à-d|p\. ?ex|p\.? ?ej|ee\. ?uu"
    r"|m|mm|mme|mlle|mr|mrs|ms|dr|dra|prof|sr|sra|sres|lic|ing|st"
)
#: ... and after these if a number follows.
_BEFORE_NUMBERS = re.compile(
    r"nos?|n[°º]|núms?|arts?|paras?|párrs?|pp?|págs?|vols?|ch|chap|sec|figs?|rev|éd|ed"
)
_STOP = re.compile(
    r"""(?<![.!?…])[.!?…]++(?:["”’)\]]|\s?»)*[⁰¹²³⁴-⁹]*(?=\s+(?:["“‘(¿¡\[]|«\s?)*[\w*])"""
)
_BULLET = r"(?:[–—•▪‣*-]|\(?[a-z0-9ivx]{1,4}\))"
_LEADING_BULLET = re.compile(rf"^{_BULLET}\s+")
_LIST = re.compile(rf":\s+(?={_BULLET}\s)")
#: Items of one list stand on lines of their own.
_LIST_BREAK = re.compile(
    rf"(?<=[:;,])(?P<join>\s(?:and|or|et|ou|y|e|o|u))?\n(?={_BULLET}\s)"
)
_NEXT_ITEM = re.compile(
    rf"(?<=[;:.,])(?:\s+(?:and|or|et|ou|y|e|o|u))?\s+(?={_BULLET}\s)"
)
_ITEM_END = re.compile(r"[\s;,]*(?:[;,]\s*(?:and|or|et|ou|y|e|o|u))?$")


def sentences(text: str) -> list[str]:
    """Return the sentences of ``text`` in order, without the white space between them.

    A stop ends a sentence where a capital, a number or a sign of quotation follows, but
    not after an abbreviation or an initial. A line break ends one always.

    >>> sentences("Roads, etc. Training (No. 169) in Turin. It (e.g. this) helps.")
    ['Roads, etc.', 'Training (No. 169) in Turin.', 'It (e.g. this) helps.']
    """
    return [
        sentence
        for line in text.split("\n")
        for start, end in pairwise([0, *_cuts(line), len(line)])
        if (sentence := one_line(line[start:end]))
    ]


def _cuts(line: str) -> Iterator[int]:
    for stop in _STOP.finditer(line):
        following = line[stop.end() : stop.end() + 20].lstrip(' "“‘«(¿¡[*\u00a0\u202f')
        if following[:1].islower():
            continue
        words = line[max(0, stop.start() - 40) : stop.start()].split()
        word = words[-1].lstrip("(«“\"'").casefold() if words else ""
        initial = len(word) == 1 and word.isalpha()
        abbreviated = initial or _ABBREVIATIONS.fullmatch(word)
        if following[:1].isdigit():
            abbreviated = abbreviated or _BEFORE_NUMBERS.fullmatch(word)
        if not (abbreviated and stop.group() == "."):
            yield stop.end()


def statements(text: str) -> list[str]:
    """Return sentences, with a list in a sentence parted into its items.

    Each item gets the words that open the list, so that it can be read alone, and a
    stop in place of the semicolon.

    >>> statements("The Office gives: – a course; and – a guide. It helps.")
    ['The Office gives: a course.', 'The Office gives: a guide.', 'It helps.']
    """
    text = _LIST_BREAK.sub(r"\g<join> ", text)
    return [statement for sentence in sentences(text) for statement in _items(sentence)]


def _items(sentence: str) -> list[str]:
    opening = _LIST.search(sentence)
    if opening is None:
        return [sentence]
    items = _NEXT_ITEM.split(sentence[opening.end() :])
    if len(items) < 2:
        return [sentence]
    lead = sentence[: opening.end()].rstrip()
    return [f"{lead} {_closed(_LEADING_BULLET.sub('', item))}" for item in items]


def _closed(item: str) -> str:
    item = _ITEM_END.sub("", item)
    return item if item.endswith((".", "!", "?", "…")) else f"{item}."


def passages(blocks: list[Block], language: str = "") -> list[Passage]:
    """Return a passage for each paragraph, list item, table row and footnote.

    Headings are no passages; they become the ``context`` of what follows, the path of
    headings joined with " › ". The first row of a table is the context of the others
    where it reads as column headings. Very long paragraphs come in pieces, each with
    its part in its place: "paragraph 3, part 2".
    """
    found: list[Passage] = []
    path: list[tuple[int, str]] = []
    columns: tuple[int, str] = (0, "")
    for block, following in zip_longest(blocks, blocks[1:]):
        if block.kind == "heading":
            path = [h for h in path if h[0] < block.level] + [(block.level, block.text)]
            continue
        context = " › ".join(text for _, text in path)
        if block.kind == "table-row":
            goes_on = following is not None and following.table == block.table
            if block.row == 1 and goes_on and _heads_columns(block):
                columns = (block.table, block.text)
                continue
            if block.table == columns[0]:
                context = " › ".join(filter(None, (context, columns[1])))
        kind = "paragraph" if block.kind == "footnote" else block.kind
        pieces = in_pieces(block.text)
        for number, piece in enumerate(pieces, 1):
            part = f", part {number}" if len(pieces) > 1 else ""
            found.append(Passage(kind, piece, block.place + part, language, context))
    return found


def _heads_columns(block: Block) -> bool:
    """Tell whether a first row names the columns: several short cells, none a sentence."""
    texts = [cell.strip() for cell in block.cells]
    return (
        len(texts) > 1
        and all(texts)
        and all(len(text) <= 80 and not text.endswith((".", ";")) for text in texts)
    )


def in_pieces(text: str) -> list[str]:
    """Part a long text at ends of sentences into pieces of about ``PIECE_CHARACTERS``.

    A sentence that is itself longer is parted at a space, so that no input, however
    odd, makes a passage without end.
    """
    if len(text) <= PIECE_CHARACTERS * 3 // 2:
        return [text] if text else []
    pieces: list[str] = []
    start = 0
    cuts = [*_cuts(text), len(text)]
    for cut, following in zip(
        cuts, [*cuts[1:], len(text) + PIECE_CHARACTERS], strict=True
    ):
        while cut - start > PIECE_CHARACTERS * 3 // 2:
            space = text.rfind(" ", start + 1, start + PIECE_CHARACTERS)
            end = space if space > start else start + PIECE_CHARACTERS
            pieces.append(text[start:end].strip())
            start = end
        if following - start > PIECE_CHARACTERS:
            pieces.append(text[start:cut].strip())
            start = cut
    return [piece for piece in pieces if piece]
