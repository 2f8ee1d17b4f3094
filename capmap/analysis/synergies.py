"""Which approaches meet, and which would be expected to and do not.

"Approaches are diffracted and need synergy" (GB.312/POL/9, paragraphs 7 and 8). A count
of meetings alone misleads: two common approaches meet by chance. So each pair stands
with the meetings to expect if the two had nothing to do with each other, and with the
hypergeometric chance of what was found (Fisher's exact test, one-sided). Many pairs are
looked at: a single chance of 0.01 proves nothing among 250.
"""

from itertools import combinations

import polars as pl

from capmap.analysis.facets import (
    NOT_AN_APPROACH,
    Frame,
    counted_passages,
    places,
)
from capmap.analysis.integration import units
from capmap.analysis.intervals import hypergeometric_tail
from capmap.tables import MISSING_PAIRS, NONE, SYNERGIES

#: A pair counts as common elsewhere if it meets in so many units and other places.
COMMON_UNITS = 3
COMMON_PLACES = 2


def synergies(
    interventions: Frame,
    codings: Frame,
    *,
    facet: str = "modality",
    within: str = "intervention",
) -> pl.DataFrame:
    """Return how often approaches meet within a unit, as in ``tables.SYNERGIES``.

    ``within`` is intervention, passage or any facet (country, outcome, ...). All pairs of
    codes found stand, also those that never meet; the most frequent come first.
    """
    passages = counted_passages(interventions, codings)
    where = units(within, passages, interventions, codings).select("passage_id", "unit")
    total = int(where.select(pl.col("unit").n_unique()).collect().item())
    held = _approaches(facet, where, passages, interventions, codings).collect()
    alone = dict(held.group_by("code").len().iter_rows())
    together = _pairs(held, ["unit"]).group_by("first", "second").len()
    met = {(first, second): n for first, second, n in together.iter_rows()}
    rows = []
    for first, second in combinations(sorted(alone), 2):
        found = met.get((first, second), 0)
        expected = alone[first] * alone[second] / total
        rows.append(
            {
                "within": within,
                "facet": facet,
                "first": first,
                "second": second,
                "units": total,
                "with_first": alone[first],
                "with_second": alone[second],
                "together": found,
                "expected": expected,
                "lift": found / expected,
                "chance": hypergeometric_tail(
                    found, alone[first], alone[second], total
                ),
            }
        )
    order = ["together", "lift", "first", "second"]
    return pl.DataFrame(rows, schema=SYNERGIES).sort(
        order, descending=[True, True, False, False]
    )


def _approaches(
    facet: str,
    where: pl.LazyFrame,
    passages: pl.LazyFrame,
    interventions: Frame,
    codings: Frame,
) -> pl.LazyFrame:
    """Return the distinct codes in each unit, without those that are no approach."""
    return (
        where.join(places(facet, passages, interventions, codings), on="passage_id")
        .filter(~pl.col("code").is_in([NONE, NOT_AN_APPROACH]))
        .select(pl.exclude("passage_id", "doubtful", "confidence"))
        .unique()
    )


def _pairs(held: pl.DataFrame, unit: list[str]) -> pl.DataFrame:
    return (
        held.join(held, on=unit, suffix="_second")
        .filter(pl.col("code") < pl.col("code_second"))
        .rename({"code": "first", "code_second": "second"})
    )


def missing_pairs(
    interventions: Frame,
    codings: Frame,
    *,
    facet: str = "modality",
    by: str = "outcome",
    unit: str = "intervention",
) -> pl.DataFrame:
    """Return pairs that meet elsewhere and not here, as in ``tables.MISSING_PAIRS``.

    "Here" is each code of ``by`` in turn. A pair is listed if it meets in at least
    ``COMMON_UNITS`` units in ``COMMON_PLACES`` other places, never here, and one of the
    two is found here, so that only the other is wanting. An intervention that works in
    two outcomes counts in each. ``chance`` is that of no meeting here if the units here
    had been drawn at random from all; the smallest come first.
    """
    passages = counted_passages(interventions, codings)
    where = units(unit, passages, interventions, codings).select("passage_id", "unit")
    here = units(by, passages, interventions, codings).select("passage_id", here="unit")
    where = where.join(here, on="passage_id")
    sizes = dict(
        where.group_by("here").agg(pl.col("unit").n_unique()).collect().iter_rows()
    )
    held = _approaches(facet, where, passages, interventions, codings).collect()
    counts = {
        (place, code): n
        for place, code, n in held.group_by("here", "code").len().iter_rows()
    }
    rows = []
    for (first, second), there in _common_pairs(held).items():
        for place in sizes:
            one, other = counts.get((place, first), 0), counts.get((place, second), 0)
            if place not in there and one + other:
                rows.append(
                    {
                        "by": by,
                        "facet": facet,
                        "first": first,
                        "second": second,
                        "here_first": one,
                        "here_second": other,
                        **_against_elsewhere(place, sizes, there),
                    }
                )
    return pl.DataFrame(rows, schema=MISSING_PAIRS).sort(
        "chance", "here", "first", "second"
    )


def _common_pairs(held: pl.DataFrame) -> dict[tuple[str, str], dict[str, int]]:
    """Return pairs that are common, with the places where they meet and how often."""
    met = _pairs(held, ["here", "unit"]).group_by("first", "second", "here").len()
    common: dict[tuple[str, str], dict[str, int]] = {}
    for first, second, place, found in met.iter_rows():
        common.setdefault((first, second), {})[place] = found
    return {
        pair: there
        for pair, there in common.items()
        if len(there) >= COMMON_PLACES and sum(there.values()) >= COMMON_UNITS
    }


def _against_elsewhere(
    place: str, sizes: dict[str, int], there: dict[str, int]
) -> dict[str, str | int | float]:
    """Compare a place where a pair never meets with all others, where it does."""
    total, here, together = sum(sizes.values()), sizes[place], sum(there.values())
    return {
        "here": place,
        "here_units": here,
        "elsewhere_units": total - here,
        "elsewhere_together": together,
        "elsewhere_places": len(there),
        "expected": here * together / (total - here),
        "chance": 1 - hypergeometric_tail(1, together, here, total),
    }
