"""The text of a Governing Body paper: numbered paragraphs, their lists, the notes."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from capmap.sources.blocks import Block, continues, ends_a_sentence
from capmap.sources.governing_body_cover import folded, said
from capmap.sources.plain_text import without_emphasis

_ENDS = r"""[.?!:;*"”’»)\]⁰¹²³⁴-⁹]"""
_LETTER = re.compile(r"(?:^|\s)(?:[-–—•]\s+)?\(?([a-z])\)\s+(?=\S)")
_DATE = re.compile(
    r"[A-ZÀ-Ý][\w' .-]+,\s+(?:le\s+)?(?:\d{1,2}|1er)\.?\s+(?:de\s+)?[A-Za-zÀ-ÿ]+\s+(?:de\s+)?\d{4}\.?"
)


@dataclass(frozen=True, slots=True)
class NumberedParagraph:
    """``text`` is what stands before a lettered list, ``items`` are its letters and texts."""

    number: int
    text: str
    heading: str = ""
    items: tuple[tuple[str, str], ...] = ()


@dataclass(slots=True)
class PaperText:
    paragraphs: list[NumberedParagraph] = field(default_factory=list)
    notes: dict[str, str] = field(default_factory=dict)  # footnotes by number
    tables: list[Block] = field(default_factory=list)  # rows of tables in the text
    place_and_date: str = ""
    decision: int | None = None  # the paragraph that holds the point for decision


def first_paragraph(blocks: list[Block]) -> int | None:
    """Return where paragraph 1 begins: there the cover ends."""
    return next(
        (
            position
            for position, block in enumerate(blocks)
            if block.kind in ("paragraph", "list-item") and _starts(block, 1)
        ),
        None,
    )


def appendix_start(blocks: list[Block]) -> int:
    """Return where the heading of the appendix stands, or the end of the paper."""
    found = (
        position
        for position, block in enumerate(blocks)
        if block.kind != "table-row"
        and re.fullmatch(
            rf"(?:{'|'.join(said('appendix'))})(?: [ivx\d]{{1,4}}|)", folded(block.text)
        )
    )
    return next(found, len(blocks))


def read_text(blocks: list[Block]) -> PaperText:
    """Read from paragraph 1 to the appendix.

    Numbers must follow one another: "2. Following up" begins paragraph 2 after
    paragraph 1 only, wherever on the line it stands, so that a text whose line breaks
    were lost is read all the same, and "in 2010. The" begins nothing.
    """
    paper = PaperText()
    texts: list[list[str]] = []  # heading and text of each paragraph, from number 1
    heading = ""
    for position, block in enumerate(blocks):
        text = _whole(block)
        if block.kind == "footnote":
            paper.notes[block.mark] = block.text
        elif block.kind == "table-row":
            paper.tables.append(block)
        elif _DATE.fullmatch(block.text):
            paper.place_and_date = block.text
        elif (decision := _decision(block.text)) is not None:
            paper.decision = decision
        elif _is_heading(block, texts, blocks[position + 1 :]):
            heading = block.text
        else:
            begun = len(texts)
            for before, after in _numbered(text, begun + 1):
                if before and texts:
                    texts[-1][1] = f"{texts[-1][1]} {before}".strip()
                if after is not None:
                    texts.append([heading, after])
    paper.paragraphs = [
        _paragraph(number, head, text) for number, (head, text) in enumerate(texts, 1)
    ]
    return paper


def _whole(block: Block) -> str:
    mark = block.mark if block.mark.strip("().").isalnum() else ""
    return f"{mark} {block.text}" if mark and block.kind != "footnote" else block.text


def _starts(block: Block, number: int) -> bool:
    return re.match(rf"{number}\.\s+\S", _whole(block)) is not None


def _numbered(text: str, expected: int) -> Iterator[tuple[str, str | None]]:
    """Yield (rest of the paragraph before, beginning of the next one) through ``text``."""
    while True:
        start = re.search(
            rf"""(?:^|(?<={_ENDS})\s+){expected}\.\s+(?=["“«*(¿¡]*[A-ZÀ-Ý])""", text
        )
        if start is None:
            yield text, None
            return
        yield text[: start.start()], ""
        text = text[start.end() :]
        expected += 1


def _decision(text: str) -> int | None:
    labels, paragraph = (
        "|".join(said("point_for_decision")),
        "|".join(said("paragraph")),
    )
    found = re.fullmatch(
        rf"(?:{labels})\s*:\s*(?:{paragraph})s?\s+(\d+)\.?", folded(text)
    )
    return int(found[1]) if found else None


def _is_heading(block: Block, texts: list[list[str]], following: list[Block]) -> bool:
    """Tell a heading by its style, or as a line without stop before the next number."""
    if block.kind == "heading":
        return True
    if block.mark or len(block.text) > 150 or ends_a_sentence(block.text):
        return False
    after = next((each for each in following if each.kind != "footnote"), None)
    return (
        after is not None
        and _starts(after, len(texts) + 1)
        and not _starts(block, len(texts) + 1)
        and not (texts and continues(texts[-1][1], block.text))
    )


def _paragraph(number: int, heading: str, text: str) -> NumberedParagraph:
    text = without_emphasis(text)
    starts: list[re.Match[str]] = []
    for found in _LETTER.finditer(text):
        if found[1] == chr(ord("a") + len(starts)):
            starts.append(found)
    if len(starts) < 2:
        return NumberedParagraph(number, text, heading)
    ends = [found.start() for found in starts[1:]] + [len(text)]
    items = tuple(
        (found[1], text[found.end() : end].strip())
        for found, end in zip(starts, ends, strict=True)
    )
    return NumberedParagraph(number, text[: starts[0].start()].strip(), heading, items)
