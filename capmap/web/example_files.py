"""Worked examples as files: JSON Lines that capmap reads, and CSV for a spreadsheet."""

from collections.abc import Iterable, Iterator

from django.http import Http404, HttpResponse

from capmap.frameworks.codebook import DERIVED, Codebook
from capmap.frameworks.examples import WorkedExample, as_line
from capmap.web.csv_answer import csv_answer


def answer(
    examples: Iterable[WorkedExample], name: str, form: str, book: Codebook
) -> HttpResponse:
    """Answer with examples as ``form``, jsonl or csv; any other is not found."""
    if form == "csv":
        facets = [facet for facet in book.facets if facet not in DERIVED]
        heads = [
            "id", "language", "genre", "context", "text", *facets, "near", "wording",
        ]  # fmt: skip
        return csv_answer(name, heads, _rows(examples, facets))
    if form != "jsonl":
        raise Http404
    lines = "".join(f"{as_line(example)}\n" for example in examples)
    found = HttpResponse(lines, content_type="application/x-ndjson; charset=utf-8")
    found["Content-Disposition"] = f'attachment; filename="{name}.jsonl"'
    found["X-Content-Type-Options"] = "nosniff"
    return found


def _rows(
    examples: Iterable[WorkedExample], facets: list[str]
) -> Iterator[tuple[str, ...]]:
    for one in examples:
        codes = ("; ".join(one.codes.get(facet, ())) for facet in facets)
        near = "; ".join(f"{':'.join(key)}: {why}" for key, why in one.near.items())
        yield (
            one.identifier, one.language, one.genre, one.context, one.text, *codes, near,
            one.wording,
        )  # fmt: skip
