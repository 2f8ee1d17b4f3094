"""What people read because chance chose it, and what the coder had said of it.

Only rounds drawn at random from the whole portfolio count (``ReviewRound.drawn_up_to``).
Two such draws from the same units are one: by symmetry, any set of units as large is as
likely. A unit belongs to a draw if all its current passages were there when it was made;
what came or changed since could not be drawn, and no estimate speaks for it.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

from capmap.analysis.assisted import FEW
from capmap.records.models import Coder, Coding, Portfolio, Reading, ReviewRound
from capmap.records.queries.snapshot import Snapshot

#: What is drawn and counted, as ``ReviewRound.Unit`` has it.
UNITS = ("interventions", "passages")

_READ = {
    "unit": pl.String,
    "drawn_up_to": pl.Int64,
    "round": pl.Int64,
    "passage_id": pl.Int64,
}
_DECIDED = {
    "passage_id": pl.Int64, "intervention_id": pl.String, "facet": pl.String,
    "code": pl.String, "confidence": pl.Float64, "coder": pl.String,
    "by_person": pl.Boolean, "accepted": pl.Boolean,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sample:
    """How many units of a portfolio were read, of how many; as one person sees them."""

    unit: str
    read: int
    population: int
    later: int  # came or changed since: no reading speaks for them
    empty: int  # without a passage
    helped: bool  # whether the coder's suggestions can be corrected by these readings

    @property
    def is_few(self) -> bool:
        """Whether so little was read that no share has an interval yet."""
        return not self.read or self.read < min(FEW, self.population)


@dataclass(frozen=True, slots=True)
class Drawn:
    """The units of a draw: ``table`` has id and state (read, unread, later).

    ``later``: came or changed after the draw.
    """

    unit: str
    table: pl.DataFrame
    passages: pl.DataFrame  # id and passage_id of the units that were read


def drawn(portfolio: Portfolio, shot: Snapshot, unit: str) -> Drawn:
    """Return the draw of a portfolio that has most units read; without any, none is read."""

    def units() -> pl.DataFrame:
        readings = readings_of(portfolio, shot).filter(pl.col("unit") == unit)
        return _best(members(shot, unit).collect(), readings)

    def passages() -> pl.DataFrame:
        read = table.filter(pl.col("state") == "read").lazy().select("id")
        return members(shot, unit).join(read, on="id", how="semi").collect()

    table = shot.answer({"about": "drawn units", "unit": unit}, units)
    of_read = shot.answer({"about": "drawn passages", "unit": unit}, passages)
    return Drawn(unit, table, of_read)


def readings_of(portfolio: Portfolio, shot: Snapshot) -> pl.DataFrame:
    """Return the passages that are settled in a round drawn from the whole portfolio."""

    def ask() -> pl.DataFrame:
        rows = (
            Reading.objects.filter(
                round__portfolio=portfolio,
                round__order=ReviewRound.Order.RANDOM,
                round__drawn_up_to__isnull=False,
            )
            .exclude(before={})
            .order_by()
            .values_list("round__unit", "round__drawn_up_to", "round_id", "passage_id")
            .distinct()
        )
        return pl.DataFrame(list(rows), schema=_READ, orient="row")

    return shot.answer({"about": "readings drawn at random"}, ask)


def members(shot: Snapshot, unit: str) -> pl.LazyFrame:
    """Return to which unit each passage belongs: id, passage_id."""
    passages = shot.table("passages").select(
        "intervention_id", pl.col("passage_id").cast(pl.Int64)
    )
    if unit == "passages":
        return passages.select("passage_id", id=pl.col("passage_id").cast(pl.String))
    counted = (
        shot.table("interventions")
        .filter(pl.col("kind") != "document")
        .select("intervention_id", id="counted_as")
    )
    return passages.join(counted, on="intervention_id").select("passage_id", "id")


def _best(members: pl.DataFrame, readings: pl.DataFrame) -> pl.DataFrame:
    """Say of each unit how it stands in the draw of which most was read whole.

    A unit is read when all its passages are. A later draw speaks for the units of an
    earlier one too; of two with as many units read, the later one holds more.
    """
    held = members.group_by("id").agg(
        pl.len().alias("passages"), pl.col("passage_id").max().alias("newest")
    )
    most, best, line = -1, pl.Series("id", [], pl.String), 0
    for up_to in sorted(readings["drawn_up_to"].unique(), reverse=True):
        there = readings.filter(pl.col("drawn_up_to") >= up_to).select("passage_id")
        read = members.join(there.unique(), on="passage_id", how="semi")
        whole = (
            read.group_by("id")
            .agg(pl.len().alias("read"))
            .join(held.filter(pl.col("newest") <= up_to), on="id")
            .filter(pl.col("read") == pl.col("passages"))["id"]
        )
        if len(whole) > most:
            most, best, line = len(whole), whole, up_to
    return held.sort("id").select(
        "id",
        state=pl.when(pl.col("id").is_in(best.implode()))
        .then(pl.lit("read"))
        .when(pl.col("newest") <= line)
        .then(pl.lit("unread"))
        .otherwise(pl.lit("later")),
    )


def decided(portfolio: Portfolio, shot: Snapshot) -> pl.DataFrame:
    """Return the codings on which people decided, with the coder and the decision."""

    def ask() -> pl.DataFrame:
        rows = (
            Coding.objects.exclude(status=Coding.Status.SUGGESTED)
            .filter(
                passage__is_current=True,
                passage__intervention__is_current=True,
                passage__intervention__portfolio=portfolio,
            )
            .values_list(
                "passage_id", "passage__intervention__identifier", "facet", "code",
                "confidence", "coder__name", "coder__kind", "status",
            )
        )  # fmt: skip
        return pl.DataFrame(
            [
                (*row[:6], row[6] == "person", row[7] == "accepted")
                for row in rows.iterator(50_000)
            ],
            schema=_DECIDED,
            orient="row",
        )

    return shot.answer({"about": "decided codings"}, ask)


def found_by_people(
    portfolio: Portfolio, shot: Snapshot, passages: pl.DataFrame
) -> pl.LazyFrame:
    """Return what people found in ``passages``, as codings of the analysis."""
    accepted = decided(portfolio, shot).lazy().filter("accepted")
    inside = accepted.join(passages.lazy(), on="passage_id", how="semi")
    return _as_codings(inside).with_columns(confidence=pl.lit(1.0))


def said_by_coder(portfolio: Portfolio, shot: Snapshot) -> pl.LazyFrame:
    """Return what the coder says of passages on which people decided, as codings.

    Whatever people decided: read or not, a passage is looked at in the same way.
    """
    return _as_codings(decided(portfolio, shot).lazy().filter(~pl.col("by_person")))


def _as_codings(found: pl.LazyFrame) -> pl.LazyFrame:
    return found.select(
        "passage_id", "intervention_id", "facet", "code", "confidence",
        pl.lit(False).alias("doubtful"),
    ).unique(["passage_id", "facet", "code"])  # fmt: skip


def is_helped(portfolio: Portfolio, shot: Snapshot, passages: pl.DataFrame) -> bool:
    """Whether the coder that spoke of what was read also speaks of the rest.

    Once another version has coded the rest anew, or a model that learned from these
    very readings, its errors there are not those that the readers saw: the coder is then
    left out of the estimate.
    """

    def ask() -> pl.DataFrame:
        known = decided(portfolio, shot)
        seen = known.filter(~pl.col("by_person")).join(
            passages, on="passage_id", how="semi"
        )
        rest = _coders_of_the_rest(shot, known["passage_id"].unique())
        helped = set(seen["coder"].unique()) <= rest if rest else True
        return pl.DataFrame({"helped": [helped]})

    asked = {"about": "helped by the coder", "read": passages.height}
    return bool(shot.answer(asked, ask)["helped"].item())


def _coders_of_the_rest(shot: Snapshot, decided_on: pl.Series) -> set[str]:
    persons: Iterable[str] = Coder.objects.filter(kind="person").values_list(
        "name", flat=True
    )
    rest = (
        shot.table("codings")
        .select("coder", pl.col("passage_id").cast(pl.Int64))
        .filter(~pl.col("passage_id").is_in(decided_on.implode()))
        .select(pl.col("coder").unique())
        .collect()["coder"]
    )
    return set(rest) - set(persons)
