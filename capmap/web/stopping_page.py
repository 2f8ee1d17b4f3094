"""What the page says of a round that learns: found, unfound, whether one may stop, and why."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import floor

import polars as pl

from capmap.analysis.stopping import Stopping
from capmap.records.models import Passage, ReviewRound
from capmap.records.permissions import Access
from capmap.records.queries.review_standing import (
    BatchTold,
    Point,
    batches_of,
    units_told,
    way_of,
)
from capmap.web.review_picture import HEIGHT, WIDTH, Mark
from capmap.web.templatetags.capmap import said

_LEFT, _RIGHT, _TOP, _BOTTOM = 46.0, 380.0, 14.0, 196.0

#: Batches shown; all are in the files.
SHOWN = 8


@dataclass(frozen=True, slots=True)
class Finds:
    """Where a round stands, as it is said beside each passage; parts are of 1."""

    standing: Stopping
    unit: str

    @property
    def at_least(self) -> float:
        """What is found at the least, rounded down: it is a promise."""
        return floor(self.standing.recall_at_least * 100 + 1e-9) / 100

    @property
    def unfound(self) -> int:
        return floor(self.standing.unfound + 0.5)

    @property
    def is_all_read(self) -> bool:
        return self.standing.read >= self.standing.units

    @property
    def part_read(self) -> float:
        return self.standing.read / max(1, self.standing.units)

    @property
    def part_found(self) -> float:
        return self.standing.found / self._whole

    @property
    def part_unfound(self) -> float:
        return min(self.standing.unfound, self.standing.unfound_at_most) / self._whole

    @property
    def _whole(self) -> int:
        return max(1, self.standing.found + self.standing.unfound_at_most)


@dataclass(frozen=True, slots=True)
class StoppingPicture:
    """How the promise grew; places are text with a full stop in every language."""

    at_least: str
    estimate: str
    now: tuple[str, str]
    target: str
    across: list[Mark]
    up: list[Mark]
    width: int = WIDTH
    height: int = HEIGHT


def picture_of(way: Sequence[Point], standing: Stopping) -> StoppingPicture | None:
    """Lay out what is found at the least, and by the estimate, after each reading."""
    if not way:
        return None
    read = standing.read
    last = standing.units if standing.units <= 3 * read else round(read * 1.5)
    last = max(last, 1)

    def x(number: float) -> str:
        return f"{_LEFT + (_RIGHT - _LEFT) * number / last:.1f}"

    def y(part: float) -> str:
        return f"{_BOTTOM - (_BOTTOM - _TOP) * part:.1f}"

    def line(values: Iterable[tuple[int, float]]) -> str:
        return " ".join(f"{x(number)},{y(part)}" for number, part in values)

    marks: dict[int, str] = {}
    for number, kind in ((read, "now"), (last, ""), (0, "")):
        if all(abs(number - other) >= last * 0.1 for other in marks):
            marks[number] = kind
    return StoppingPicture(
        at_least=line((p.read, p.recall_at_least) for p in way),
        estimate=line((p.read, p.recall) for p in way),
        now=(x(way[-1].read), y(way[-1].recall_at_least)),
        target=y(standing.target),
        across=[
            Mark(x(number), number, kind) for number, kind in sorted(marks.items())
        ],
        up=[
            Mark(y(part / 100), part, "first" if part == 100 else "")
            for part in range(0, 101, 20)
        ],
    )


@dataclass(frozen=True, slots=True)
class BatchRow:
    """A batch in the table of the page: what was drawn, and what was put first."""

    number: int
    drawn: int
    chosen: int
    read: int
    found_drawn: int
    found_chosen: int


def batch_rows(told: Sequence[BatchTold]) -> list[BatchRow]:
    """Return the rows of the table, the first batch first."""
    return [
        BatchRow(
            number=one.number,
            drawn=one.dealt.get("random", 0),
            chosen=sum(one.dealt.values()) - one.dealt.get("random", 0),
            read=sum(one.read.values()),
            found_drawn=one.found.get("random", 0),
            found_chosen=sum(one.found.values()) - one.found.get("random", 0),
        )
        for one in told
    ]


def table_of(
    name: str, review_round: ReviewRound, access: Access
) -> pl.DataFrame | None:
    """Return a table of the page by its name; None for one that there is not."""
    if name == "batches":
        return _batches(batches_of(review_round))
    if name == "way":
        return pl.DataFrame(
            [
                (p.read, p.found, round(p.recall, 4), _at_least(p.recall_at_least))
                for p in way_of(review_round)
            ],
            schema={
                "read": pl.Int64, "found": pl.Int64, "found_share": pl.Float64,
                "found_share_at_least": pl.Float64,
            },
            orient="row",
        )  # fmt: skip
    if name == "draws":
        return _draws(review_round, access)
    return None


def _batches(told: Sequence[BatchTold]) -> pl.DataFrame:
    whys = ("random", "relevant", "uncertain")
    return pl.DataFrame(
        [
            {
                "batch": one.number,
                **{
                    f"{what}_{why}": counts.get(why, 0)
                    for what, counts in (
                        ("dealt", one.dealt),
                        ("read", one.read),
                        ("found", one.found),
                    )
                    for why in whys
                },
            }
            for one in told
        ],
        schema={
            "batch": pl.Int64,
            **{
                f"{what}_{why}": pl.Int64
                for what in ("dealt", "read", "found")
                for why in whys
            },
        },
    )


def _draws(review_round: ReviewRound, access: Access) -> pl.DataFrame:
    """One row a unit that was dealt, of those that the person may see."""
    seen = access.interventions()
    if review_round.of_interventions:
        known = set(seen.values_list("counted_as", flat=True))
        names: dict[int | str, str] = {name: name for name in known}
    else:
        items = Passage.objects.filter(
            review_items__round=review_round, review_items__turn__isnull=False,
            intervention__in=seen,
        )  # fmt: skip
        rows = items.values_list("pk", "intervention__identifier", "place")
        names = {pk: f"{identifier}, {place}" for pk, identifier, place in rows}
    return pl.DataFrame(
        [
            (unit.batch, names[key], unit.why, _yes_or_no(unit.found))
            for key, unit in units_told(review_round).items()
            if key in names
        ],
        schema={
            "batch": pl.Int64, "unit": pl.String, "why": pl.String, "found": pl.String,
        },
        orient="row",
    )  # fmt: skip


def _at_least(part: float) -> float:
    """Round down to four digits: it is a promise."""
    return floor(part * 10_000 + 1e-7) / 10_000


def _yes_or_no(found: bool | None) -> str | None:
    """Say in the reader's language whether a unit was found; None while it is unread."""
    if found is None:
        return None
    return said("history.yes" if found else "history.no")
