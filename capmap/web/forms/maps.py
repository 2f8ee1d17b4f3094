"""What the address of a map asks for; what it does not understand falls to the usual."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import QueryDict

from capmap.publishing.map_model import code_named
from capmap.records.queries.maps import Question

#: Least confidence of a coding, in per cent, as the address has it.
FLOORS = {"50": 0.5, "70": 0.7, "90": 0.9}

#: Filters beside those by a facet.
OTHERS = ("group", "language")


@dataclass(frozen=True, slots=True)
class Asked:
    """A map as its address asks for it."""

    question: Question
    measure: str
    usual_measure: str
    floor: str = ""
    cell: tuple[str, str] | None = None
    cell_name: str = ""
    page: int = 1
    by: str = ""

    def parts(self) -> dict[str, str]:
        """Return the parts of the address, without what is usual and without the cell."""
        question = self.question
        parts = {"rows": question.rows, "columns": question.columns}
        if self.measure != self.usual_measure:
            parts["measure"] = self.measure
        parts |= question.filters
        if self.floor:
            parts["confidence"] = self.floor
        if question.accepted:
            parts["codings"] = "accepted"
        return parts

    def query(self, **changes: str) -> str:
        """Return the address after "?" with some parts changed; "" takes one away."""
        parts = self.parts() | changes
        return urlencode({name: value for name, value in parts.items() if value})


def asked_for(
    query: QueryDict,
    *,
    facets: Sequence[str],
    currencies: Sequence[str],
    has_interventions: bool,
) -> Asked:
    """Read the address of a map. ``facets`` are those that the portfolio has."""
    rows = _one_of(query.get("rows", ""), facets, "outcome")
    columns = _one_of(query.get("columns", ""), facets, "modality")
    if columns == rows:
        columns = next((facet for facet in facets if facet != rows), columns)
    usual = "interventions" if has_interventions else "passages"
    measures = ["interventions", "passages", "share"]
    measures += [f"budget:{currency}" for currency in currencies]
    floor = query.get("confidence", "")
    filters = {
        name: str(query[name])[:200]
        for name in (*OTHERS, *facets)
        if query.get(name) and "\0" not in query[name]
    }
    cell_name = query.get("cell", "")[:400]
    row, is_cell, column = cell_name.partition("~")
    page = query.get("page", "1")
    return Asked(
        Question(
            rows,
            columns,
            filters,
            accepted=query.get("codings") == "accepted",
            confidence=FLOORS.get(floor, 0.0),
        ),
        measure=_one_of(query.get("measure", ""), measures, usual),
        usual_measure=usual,
        floor=floor if floor in FLOORS else "",
        cell=(code_named(row), code_named(column)) if is_cell else None,
        cell_name=cell_name if is_cell else "",
        page=int(page) if page.isascii() and page.isdigit() and len(page) < 6 else 1,
        by=query.get("by", ""),
    )


def _one_of(value: str, known: Sequence[str], otherwise: str) -> str:
    return value if value in known else otherwise
