"""What a source says of one intervention, before anyone has reviewed it."""

from dataclasses import dataclass, field
from datetime import date

KINDS = ("country_programme", "programme", "project", "document")
"""``document``: a text that is not itself an intervention; mapped, but not counted as one."""

PASSAGE_KINDS = (
    "title",
    "description",
    "result",  # title or description of an outcome or output
    "indicator",
    "condition",
    "paragraph",
    "table-row",
    "list-item",
    "cell",  # free text in a spreadsheet
)


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of text of an activity: the unit that is coded.

    ``text`` stands as in the source, but for hyphenation and white space that only the
    page made; offsets of evidence count its characters.
    """

    kind: str
    text: str
    place: str = ""
    language: str = ""
    context: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """A country, region or sector with the per cent of the activity that it covers."""

    code: str
    percentage: float | None = None


@dataclass(frozen=True, slots=True)
class Organisation:
    """Who takes part. ``role``: funding, accountable, extending, implementing, reporting."""

    role: str
    name: str
    ref: str = ""


@dataclass(frozen=True, slots=True)
class Marker:
    """A DAC policy marker. ``significance``: 0 not targeted, 1 significant, 2 principal, 3-4 higher."""

    code: str
    significance: int


@dataclass(frozen=True, slots=True)
class Budget:
    amount: float
    currency: str
    starts_on: date | None = None
    ends_on: date | None = None


@dataclass(slots=True)
class Activity:
    """One intervention as a source tells it. Empty means that the source is silent."""

    identifier: str
    title: str
    kind: str = "project"
    source: str = ""
    place: str = ""
    language: str = ""
    status: str = ""
    starts_on: date | None = None
    ends_on: date | None = None
    countries: list[Part] = field(default_factory=list)
    regions: list[Part] = field(default_factory=list)
    sectors: list[Part] = field(default_factory=list)
    markers: list[Marker] = field(default_factory=list)
    organisations: list[Organisation] = field(default_factory=list)
    budgets: list[Budget] = field(default_factory=list)
    parents: list[str] = field(default_factory=list)
    children: list[str] = field(default_factory=list)
    passages: list[Passage] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class SetAside:
    """Something that was not read, or read with a remark: file, place, reason, remedy.

    ``problem`` is a key of ``capmap/wording/set_aside.yaml``, which holds reason and
    remedy in three languages; ``values`` fill their placeholders. ``scope`` says how
    much is missing: ``file``, ``intervention`` or ``value``.
    """

    source: str
    problem: str
    place: str = ""
    scope: str = "file"
    values: dict[str, str] = field(default_factory=dict)
