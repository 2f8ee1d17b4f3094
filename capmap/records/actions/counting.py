"""Say anew under which intervention each is counted: itself, or its topmost parent."""

import polars as pl

from capmap.pipeline.merge import count_under_parents
from capmap.records.models import Intervention, Portfolio

_CHUNK = 500


def recount(portfolio: Portfolio) -> int:
    """Set ``counted_as`` of all current interventions; return how many changed."""
    rows = list(
        Intervention.objects.current()
        .filter(portfolio=portfolio)
        .order_by("pk")
        .values_list("pk", "identifier", "parents", "children", "counted_as")
    )
    frame = pl.DataFrame(
        [row[1:4] for row in rows],
        schema={
            "intervention_id": pl.String,
            "parents": pl.List(pl.String),
            "children": pl.List(pl.String),
        },
        orient="row",
    )
    changed = [
        Intervention(pk=row[0], counted_as=top)
        for row, top in zip(rows, count_under_parents(frame)["counted_as"], strict=True)
        if top != row[4]
    ]
    Intervention.objects.bulk_update(changed, ["counted_as"], batch_size=_CHUNK)
    return len(changed)
