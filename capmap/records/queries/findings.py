"""Levels that meet, approaches that meet, order and gaps, as far as a person sees."""

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from capmap.analysis.integration import individual_alone, integration
from capmap.analysis.sequences import sequences as in_order
from capmap.analysis.sequences import trainers_unsupported
from capmap.analysis.synergies import missing_pairs, synergies
from capmap.records.permissions import Access
from capmap.records.queries import snapshot
from capmap.records.queries.codebook import codebook_of
from capmap.records.queries.snapshot import Snapshot
from capmap.tables import LazyPortfolio

#: By what the levels are looked at.
UNITS = ("intervention", "country", "outcome", "programme")


@dataclass(frozen=True, slots=True)
class Look:
    """One person's look at the tables of one revision: taken once for a page."""

    access: Access
    shot: Snapshot
    version: str  # of the codebook


def look(access: Access) -> Look:
    """Return what a person sees of a portfolio as it stands."""
    shot = snapshot.current(access.portfolio)
    return Look(access, shot, codebook_of(access.portfolio).version)


def answer(
    seen: Look, about: str, work_out: Callable[[LazyPortfolio], pl.DataFrame]
) -> pl.DataFrame:
    """Return a table of the library for what a person sees, worked out once a revision."""
    countries = tuple(sorted(seen.access.countries))
    question = {
        "about": f"findings: {about}",
        "countries": countries,
        "codebook": seen.version,
    }
    return seen.shot.answer(question, lambda: work_out(seen.shot.tables(countries)))


def levels(seen: Look, by: str) -> pl.DataFrame:
    """Return which levels meet in each unit of ``by``, as ``tables.INTEGRATION``."""
    found = answer(
        seen,
        f"integration by {by}",
        lambda t: integration(t.interventions, t.codings, by),
    )
    if by == "country" and seen.access.countries:
        found = found.filter(pl.col("unit").is_in(list(seen.access.countries)))
    return found.sort(["score", "passages"], descending=True, maintain_order=True)


def pairs(seen: Look) -> pl.DataFrame:
    """Return how often approaches meet in an intervention, as ``tables.SYNERGIES``."""
    return answer(seen, "pairs", lambda t: synergies(t.interventions, t.codings))


def missing(seen: Look) -> pl.DataFrame:
    """Return pairs that meet elsewhere and not here, as ``tables.MISSING_PAIRS``."""
    return answer(seen, "missing", lambda t: missing_pairs(t.interventions, t.codings))


def alerts(seen: Look) -> pl.DataFrame:
    """Return where a synergy rule says: look here, as ``tables.ALERTS``."""
    return _of_countries(
        seen,
        answer(
            seen,
            "alerts",
            lambda t: pl.concat(
                [
                    individual_alone(t.interventions, t.codings),
                    trainers_unsupported(t.interventions, t.codings),
                ]
            ),
        ),
    )


def sequences(seen: Look) -> pl.DataFrame:
    """Return in what order capacity was developed, as ``tables.SEQUENCES``."""
    found = answer(seen, "order", lambda t: in_order(t.interventions, t.codings))
    return _of_countries(seen, found)


def _of_countries(seen: Look, table: pl.DataFrame) -> pl.DataFrame:
    """Leave out countries that a person does not see: an intervention may have several."""
    if not seen.access.countries:
        return table
    own = pl.col("country").is_in(list(seen.access.countries))
    return table.filter(own | pl.col("country").is_null())
