"""Keep the index of facets beside the tables of a portfolio, with what people decided."""

from pathlib import Path
from typing import Any

import polars as pl

from capmap.records.models import Coding, Intervention, Passage, Portfolio, Verdict
from capmap.records.queries import facet_build
from capmap.records.queries.codebook import codebook_of
from capmap.tables import LazyPortfolio


def keep(folder: Path, portfolio: Portfolio) -> None:
    """Build the index of the tables in ``folder`` and keep it beside them."""
    names = ("interventions", "passages", "codings", "set_aside")
    tables = LazyPortfolio(*(pl.scan_parquet(folder / f"{n}.parquet") for n in names))
    coded = list(codebook_of(portfolio).facets)
    index = facet_build.build(tables, records_of(portfolio), coded)
    facet_build.save(index, folder / "facets")


def records_of(portfolio: Portfolio) -> pl.DataFrame:
    """Say of each intervention its record, its review and its verdict."""
    listed = Intervention.objects.current().filter(portfolio=portfolio)
    keys = dict(listed.values_list("pk", "identifier").iterator(50_000))
    codings = Coding.objects.filter(
        passage__is_current=True, passage__intervention__in=listed.values("pk")
    )
    passages = Passage.objects.current().filter(intervention__in=listed.values("pk"))

    def having(codings_or_passages: Any, path: str) -> set[int]:
        return set(codings_or_passages.values_list(path, flat=True).distinct())

    by = "passage__intervention_id"
    sets = {
        "decided": having(codings.exclude(status=Coding.Status.SUGGESTED), by),
        "undecided": having(codings.suggested(), by),
        "doubtful": having(codings.counted().filter(doubtful=True), by),
    }
    some_read = having(passages.filter(is_read=True), "intervention_id")
    some_not = having(passages.filter(is_read=False), "intervention_id")
    verdicts = dict(
        Verdict.objects.filter(intervention__in=listed.values("pk")).values_list(
            "intervention_id", "answer"
        )
    )
    return pl.DataFrame(
        [
            (
                identifier,
                pk,
                [name for name, held in sets.items() if pk in held],
                "none" if pk not in some_read else "part" if pk in some_not else "all",
                verdicts.get(pk, ""),
            )
            for pk, identifier in keys.items()
        ],
        schema={
            "intervention_id": pl.String, "key": pl.Int64,
            "decisions": pl.List(pl.String), "read": pl.String, "verdict": pl.String,
        },
        orient="row",
    )  # fmt: skip
