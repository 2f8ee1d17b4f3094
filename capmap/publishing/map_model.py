"""The map as plain values, from which page, list, CSV and workbook are all drawn."""

from dataclasses import dataclass, field
from itertools import groupby
from urllib.parse import quote

from capmap.publishing.code_names import CodeNames, Named
from capmap.tables import ALL, NONE

#: Stands for codes beyond the most frequent: counted in the margins, not drawn.
OTHERS = "\uffff"


def name_of(code: str) -> str:
    """Return how a code stands in an address: "*" for all, "-" for none."""
    if code == ALL:
        return "*"
    if code == NONE:
        return "-"
    if code in ("*", "-"):
        return "%" + format(ord(code), "X")
    return code.replace("%", "%25").replace("~", "%7E")


def address_of(code: str) -> str:
    """Return ``name_of`` as it is written in a link."""
    return quote(name_of(code), safe="*")


def code_named(name: str) -> str:
    """Return the code of ``name_of``."""
    if name in ("*", "-"):
        return ALL if name == "*" else NONE
    for sign in ("*", "-"):
        if name == "%" + format(ord(sign), "X"):
            return sign
    return name.replace("%7E", "~").replace("%25", "%")


@dataclass(slots=True)
class Count:
    """What one cell or margin counts."""

    interventions: int = 0
    passages: int = 0
    share: float | None = None
    doubtful: bool = False
    amount: float | None = None


@dataclass(slots=True)
class Cell:
    """One cell: ``kind`` is how it looks, ``words`` what it says to those who hear it."""

    name: str
    address: str
    kind: str
    shown: str
    words: str
    doubtful: bool
    value: float
    passages: int
    head: "Head"


@dataclass(slots=True)
class Head:
    """A column: ``named`` has its label; ``nowhere`` if no row has it."""

    named: Named
    name: str
    address: str
    count: Count
    shown: str = ""
    words: str = ""
    nowhere: bool = False
    reached: int = 0
    first: bool = False  # of its family
    upper: bool = False

    @property
    def is_code(self) -> bool:
        return self.named.code != NONE


@dataclass(slots=True)
class Line:
    """A row with its cells."""

    named: Named
    name: str
    address: str
    count: Count
    cells: list[Cell] = field(default_factory=list)
    shown: str = ""
    words: str = ""
    part: str = "0"  # of the largest row, 0 to 1, for the bar of the margin
    nowhere: bool = False
    found: int = 0
    missing: int = 0

    @property
    def dots(self) -> str:
        """Return a dot for each code that the row lacks."""
        return "·" * min(self.missing, 40)

    @property
    def is_code(self) -> bool:
        return self.named.code != NONE


@dataclass(slots=True)
class Group:
    """Rows that belong together, or a family of columns."""

    label: str
    members: list[Line]
    count: Count | None = None
    shown: str = ""


@dataclass(slots=True)
class MapModel:
    """A map in one language, ready to be drawn."""

    rows: str
    columns: str
    measure: str
    unit: str  # what the margins count
    speaks_of: str  # the unit of shares: interventions or passages
    names: CodeNames
    heads: list[Head]
    lines: list[Line]
    groups: list[Group]
    whole: Count
    whole_shown: str
    whole_words: str
    breaks: list[float]
    columns_left: int
    rows_left: int

    @property
    def real_cells(self) -> list[Cell]:
        """List the cells that have a row and a column of their own."""
        return [
            c for li in self.lines if li.is_code for c in li.cells if c.head.is_code
        ]

    @property
    def families(self) -> list[tuple[str, int]]:
        """Return each family of columns with the number of its columns."""
        runs = groupby(self.heads, lambda head: head.named.group)
        found = [(label, len(list(members))) for label, members in runs]
        return found if len(found) > 1 and any(label for label, _ in found) else []

    @property
    def codes_down(self) -> int:
        return sum(line.is_code for line in self.lines)

    @property
    def codes_across(self) -> int:
        return sum(head.is_code for head in self.heads)

    @property
    def empty(self) -> int:
        return sum(cell.passages == 0 for cell in self.real_cells)

    def find(self, row: str, column: str) -> tuple[Line | None, Head | None]:
        """Return the line and the head of two codes; None for a margin or what is not."""
        line = next((li for li in self.lines if li.named.code == row), None)
        head = next((h for h in self.heads if h.named.code == column), None)
        return line, head
