"""The tree that every writer of a paper takes: cover, blocks, notes, appendix.

Text may carry light marks, the only ones: ``*italic*``, ``**bold**`` and ``[^key]`` for
a footnote; ``literal`` protects text in which such signs mean nothing. Paragraph numbers
are computed by the writer of the tree, never typed.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

_MARKS = re.compile(
    r"\\(?P<sign>[\\*\[])"
    r"|\*\*(?P<bold>(?:\\.|[^*\\])+)\*\*"
    r"|\*(?P<italic>(?:\\.|[^*\\])+)\*"
    r"|\[\^(?P<note>[\w-]+)\]"
)


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text in one style, or a footnote of which ``note`` is the key."""

    text: str
    bold: bool = False
    italic: bool = False
    note: str = ""


def literal(text: str) -> str:
    """Protect the signs in ``text`` that would be marks: for quotations and titles."""
    return re.sub(r"([\\*\[])", r"\\\1", text)


def runs(text: str) -> Iterator[Run]:
    """Cut marked text into runs.

    >>> [(r.text, r.italic) for r in runs("a *b* 2 " + literal("* 3 [^x]"))]
    [('a ', False), ('b', True), (' 2 * 3 [^x]', False)]
    """
    plain = ""
    end = 0
    for mark in _MARKS.finditer(text):
        plain += text[end : mark.start()] + (mark["sign"] or "")
        end = mark.end()
        if mark["sign"]:
            continue
        if plain:
            yield Run(plain)
            plain = ""
        inner = re.sub(r"\\(.)", r"\1", mark["bold"] or mark["italic"] or "")
        yield Run(
            inner,
            bold=bool(mark["bold"]),
            italic=bool(mark["italic"]),
            note=mark["note"] or "",
        )
    plain += text[end:]
    if plain:
        yield Run(plain)


@dataclass(frozen=True, slots=True)
class CoverField:
    """A row of the overview box: its heading and one or more paragraphs."""

    label: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cover:
    """The first page of a Governing Body paper."""

    body: str  # "Governing Body"
    session: str  # "312th Session, Geneva, November 2011"
    symbol: str  # "GB.312/POL/9"
    section: tuple[
        str, ...
    ]  # ("Policy Development Section", "Technical Cooperation Segment")
    section_mark: str  # "POL"
    item: str  # "NINTH ITEM ON THE AGENDA"
    title: str
    overview_label: str
    overview: tuple[CoverField, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    text: str
    level: int = 1


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A numbered paragraph (``number`` 1, 2, ...) or an unnumbered one (``None``)."""

    text: str
    number: int | None = None
    items: tuple[str, ...] = ()  # a lettered sublist: (a), (b), ...
    decision: bool = False  # the point for decision, set in italics


@dataclass(frozen=True, slots=True)
class Table:
    """A table with a title that states the finding; numeric columns align right."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    label: str = ""  # "Table 1"
    numeric: frozenset[int] = frozenset()
    widths: tuple[float, ...] = ()  # relative; equal if empty
    source: str = ""
    group_rows: frozenset[int] = frozenset()  # rows that head a group: first cell spans


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart: the same Vega-Lite picture as SVG and PNG, with words for who cannot see it."""

    title: str
    svg: str
    png: bytes
    alt: str
    label: str = ""  # "Figure 1"
    source: str = ""


Block = Heading | Paragraph | Table | Figure


@dataclass(frozen=True, slots=True)
class Report:
    """A whole paper in one language."""

    language: str
    office: str  # who publishes: "International Labour Office"
    cover: Cover
    blocks: tuple[Block, ...]
    notes: dict[str, str] = field(default_factory=dict)  # footnotes by key
    place_and_date: str = ""
    point_for_decision: str = ""  # "Point for decision: Paragraph 14"
    appendix: tuple[Block, ...] = ()
    provenance: str = ""  # one line: made with capmap <version>, from what, when
