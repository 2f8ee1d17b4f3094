"""A Governing Body paper, in any of its forms -> its structure, and the activities it tells."""

from collections.abc import Iterator
from dataclasses import dataclass

from capmap.sources.activity import Activity, Passage
from capmap.sources.blocks import Block
from capmap.sources.governing_body_appendix import (
    Appendix,
    OutcomeGroup,
    PaperOutcome,
    Programme,
    read_appendix,
)
from capmap.sources.governing_body_cover import PaperCover, read_cover, symbol_of, words
from capmap.sources.governing_body_paragraphs import (
    NumberedParagraph,
    PaperText,
    appendix_start,
    first_paragraph,
    read_text,
)
from capmap.sources.passages import in_pieces, passages

__all__ = [
    "GoverningBodyPaper",
    "NumberedParagraph",
    "OutcomeGroup",
    "PaperOutcome",
    "Programme",
    "is_governing_body_paper",
    "read_governing_body",
    "to_activities",
]


@dataclass(frozen=True, slots=True)
class GoverningBodyPaper:
    """A paper as its parts: cover, numbered text with notes, appendix."""

    cover: PaperCover
    text: PaperText
    appendix: Appendix

    @property
    def outcomes(self) -> list[PaperOutcome]:
        return [each for group in self.appendix.groups for each in group.outcomes]

    @property
    def decision(self) -> NumberedParagraph | None:
        """The paragraph that holds the point for decision."""
        numbered = {each.number: each for each in self.text.paragraphs}
        return numbered.get(self.text.decision or 0)


def is_governing_body_paper(blocks: list[Block]) -> bool:
    return bool(symbol_of(blocks)) and first_paragraph(blocks) is not None


def read_governing_body(blocks: list[Block]) -> GoverningBodyPaper:
    """Read a paper from the blocks that any reader of documents gives.

    A ``ValueError`` says that the document is no Governing Body paper.
    """
    start = first_paragraph(blocks)
    if start is None or not symbol_of(blocks):
        raise ValueError("No symbol of the Governing Body or no paragraph 1 was found.")
    end = start + appendix_start(blocks[start:])
    return GoverningBodyPaper(
        read_cover(blocks[:start]),
        read_text(blocks[start:end]),
        read_appendix(blocks[end + 1 :]),
    )


def to_activities(paper: GoverningBodyPaper, name: str) -> Iterator[Activity]:
    """Yield an activity for each programme of the appendix, then the paper's own text.

    ``name`` is the file as the user named it. The text is of kind "document": it tells
    of programmes but is none, so it is mapped and not counted.
    """
    for outcome in paper.outcomes:
        for row, programme in enumerate(outcome.programmes, 1):
            yield _programme(paper, outcome, row, programme, name)
    language = paper.cover.language
    yield Activity(
        identifier=paper.cover.symbol,
        title=paper.cover.title,
        kind="document",
        source=name,
        language=language,
        passages=[
            *_paragraphs(paper),
            *_notes(paper),
            *passages([*paper.text.tables, *paper.appendix.others], language),
        ],
    )


def _programme(
    paper: GoverningBodyPaper,
    outcome: PaperOutcome,
    row: int,
    programme: Programme,
    name: str,
) -> Activity:
    language = paper.cover.language
    place = f"appendix, outcome {outcome.number}, {programme.title}"
    context = _context(outcome, programme, language)
    return Activity(
        identifier=f"{paper.cover.symbol}#{outcome.number}.{row}",
        title=programme.title,
        kind="programme",
        source=name,
        place=place,
        language=language,
        passages=[
            Passage("table-row", text, f"{place}, sentence {number}", language, context)
            for number, text in enumerate(programme.sentences, 1)
        ],
    )


def _context(outcome: PaperOutcome, programme: Programme, language: str) -> str:
    said = words()
    label, kind = said["outcome"][language][0], said["programme"][language][0]
    space = "\u00a0" if language == "fr" else ""
    return (
        f"{label} {outcome.number}{space}: {outcome.title}{space}; "
        f"{kind}{space}: {programme.title}"
    )


def _paragraphs(paper: GoverningBodyPaper) -> Iterator[Passage]:
    language = paper.cover.language
    for each in paper.text.paragraphs:
        place = f"paragraph {each.number}"
        pieces = in_pieces(each.text)
        for part, piece in enumerate(pieces, 1):
            where = f"{place}, part {part}" if len(pieces) > 1 else place
            yield Passage("paragraph", piece, where, language, each.heading)
        context = " › ".join(filter(None, (each.heading, each.text)))
        for letter, text in each.items:
            yield Passage("list-item", text, f"{place}({letter})", language, context)


def _notes(paper: GoverningBodyPaper) -> Iterator[Passage]:
    for number, text in paper.text.notes.items():
        yield Passage("paragraph", text, f"footnote {number}", paper.cover.language)
