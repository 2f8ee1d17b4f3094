"""The appendix of a Governing Body paper: group > outcome > programme > activities."""

import re
from dataclasses import dataclass, field

from capmap.sources.blocks import Block, one_line
from capmap.sources.governing_body_cover import words
from capmap.sources.passages import statements


@dataclass(slots=True)
class Programme:
    """A programme or approach, with the sentences that tell its activities."""

    title: str
    sentences: list[str] = field(default_factory=list)


@dataclass(slots=True)
class PaperOutcome:
    number: int
    title: str
    programmes: list[Programme] = field(default_factory=list)


@dataclass(slots=True)
class OutcomeGroup:
    title: str
    outcomes: list[PaperOutcome] = field(default_factory=list)


@dataclass(slots=True)
class Appendix:
    title: str = ""
    columns: tuple[str, ...] = ()
    groups: list[OutcomeGroup] = field(default_factory=list)
    others: list[Block] = field(default_factory=list)  # what is not of this form


def read_appendix(blocks: list[Block]) -> Appendix:
    """Read the table of outcomes, programmes and examples of activities.

    A row names an outcome in its first cell ("Outcome 1: ..."), or leaves it empty and
    belongs to the outcome above; its second cell names the programme, or is empty and
    the row goes on with the one above. A row, or a line between rows, with one text
    alone names the group of the outcomes that follow.
    """
    appendix = Appendix()
    last_row = max(
        (i for i, block in enumerate(blocks) if block.kind == "table-row"), default=-1
    )
    for position, block in enumerate(blocks):
        if block.kind == "table-row":
            _add_row(appendix, block)
        elif position > last_row or block.kind == "footnote":
            appendix.others.append(block)
        elif appendix.columns or appendix.groups:
            appendix.groups.append(OutcomeGroup(block.text))
        else:
            appendix.title = f"{appendix.title} {block.text}".strip()
    appendix.groups = [group for group in appendix.groups if group.outcomes]
    if not appendix.groups:
        appendix.others = blocks  # of another form altogether
    return appendix


def _add_row(appendix: Appendix, block: Block) -> None:
    cells = [one_line(cell) for cell in block.cells]
    outcome = _outcome(cells[0])
    outcomes = [each for group in appendix.groups for each in group.outcomes]
    if not (outcome or outcomes or appendix.columns) and sum(map(bool, cells)) > 1:
        appendix.columns = tuple(cells)
    elif not outcome and cells[0] and not any(cells[1:]):
        appendix.groups.append(OutcomeGroup(cells[0]))
    elif tuple(cells) == appendix.columns:
        return  # the head of the table, repeated on a page
    elif len(cells) < 2 or not (outcome or outcomes):
        appendix.others.append(block)
    else:
        if outcome and (not outcomes or outcomes[-1].number != outcome.number):
            if not appendix.groups:
                appendix.groups.append(OutcomeGroup(""))
            appendix.groups[-1].outcomes.append(outcome)
            outcomes.append(outcome)
        _add_programme(outcomes[-1], block, cells)


def _add_programme(outcome: PaperOutcome, block: Block, cells: list[str]) -> None:
    title = cells[1] if len(cells) > 2 else ""
    programmes = outcome.programmes
    if not programmes or (title and title != programmes[-1].title):
        programmes.append(Programme(title or outcome.title))
    for cell in block.cells[2:] or block.cells[1:]:
        programmes[-1].sentences.extend(statements(cell))


def _outcome(text: str) -> PaperOutcome | None:
    names = [name for each in words()["outcome"].values() for name in each]
    found = re.match(
        rf"(?:{'|'.join(names)})\s+(\d{{1,3}})\s*[:.–—-]\s*(.+)", text, re.I
    )
    return PaperOutcome(int(found[1]), found[2]) if found else None
