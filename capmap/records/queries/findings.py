"""Levels that meet, approaches that meet, order and gaps, as far as a person sees."""

from collections.abc import Callable

import polars as pl

from capmap.analysis.integration import individual_alone, integration
from capmap.analysis.sequences import sequences as in_order
from capmap.analysis.sequences import trainers_unsupported
from capmap.analysis.synergies import missing_pairs, synergies
from capmap.records.permissions import Access
from capmap.records.queries import snapshot
from capmap.records.queries.codebook import codebook_of
from capmap.tables import LazyPortfolio

#: By what the levels are looked at.
UNITS = ("intervention", "country", "outcome", "programme")


def answer(
    access: Access, about: str, work_out: Callable[[LazyPortfolio], pl.DataFrame]
) -> pl.DataFrame:
    """Return a table of the library for what a person sees, worked out once a revision."""
    shot = snapshot.current(access.portfolio)
    countries = tuple(sorted(access.countries))
    question = {
        "about": f"findings: {about}",
        "countries": countries,
        "codebook": codebook_of(access.portfolio).version,
    }
    return shot.answer(question, lambda: work_out(shot.tables(countries)))


def levels(access: Access, by: str) -> pl.DataFrame:
    """Return which levels meet in each unit of ``by``, as ``tables.INTEGRATION``."""
    found = answer(
        access,
        f"integration by {by}",
        lambda t: integration(t.interventions, t.codings, by),
    )
    if by == "country" and access.countries:
        found = found.filter(pl.col("unit").is_in(list(access.countries)))
    return found.sort(["score", "passages"], descending=True, maintain_order=True)


def pairs(access: Access) -> pl.DataFrame:
    """Return how often approaches meet in an intervention, as ``tables.SYNERGIES``."""
    return answer(access, "pairs", lambda t: synergies(t.interventions, t.codings))


def missing(access: Access) -> pl.DataFrame:
    """Return pairs that meet elsewhere and not here, as ``tables.MISSING_PAIRS``."""
    return answer(
        access, "missing", lambda t: missing_pairs(t.interventions, t.codings)
    )


def alerts(access: Access) -> pl.DataFrame:
    """Return where a synergy rule says: look here, as ``tables.ALERTS``."""
    return _of_countries(
        access,
        answer(
            access,
            "alerts",
            lambda t: pl.concat(
                [
                    individual_alone(t.interventions, t.codings),
                    trainers_unsupported(t.interventions, t.codings),
                ]
            ),
        ),
    )


def sequences(access: Access) -> pl.DataFrame:
    """Return in what order capacity was developed, as ``tables.SEQUENCES``."""
    found = answer(access, "order", lambda t: in_order(t.interventions, t.codings))
    return _of_countries(access, found)


def _of_countries(access: Access, table: pl.DataFrame) -> pl.DataFrame:
    """Leave out countries that a person does not see: an intervention may have several."""
    if not access.countries:
        return table
    own = pl.col("country").is_in(list(access.countries))
    return table.filter(own | pl.col("country").is_null())
