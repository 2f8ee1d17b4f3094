"""The files of a review from the command line: batches to read, and answers in them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from capmap.coding.evaluation import Example, read_examples
from capmap.frameworks.codebook import OF_ANY_PASSAGE
from capmap.pipeline.publish import safe_csv
from capmap.publishing.list_file import write_list
from capmap.sources.remarks import Remarks
from capmap.sources.sheets import WorkbookError, opened
from capmap.wording import topic

#: Columns of a batch; the reader writes yes or no into the last. How likely the coder
#: takes the code to be is not among them: readers would lean on it.
COLUMNS = (
    "passage_id", "intervention_id", "title", "place", "language", "text", "why",
    "answer",
)  # fmt: skip
ENDINGS = (".csv", ".xlsx")


def write_batch(path: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write rows with ``COLUMNS`` as CSV or as a workbook. No text becomes a formula."""
    if path.suffix == ".xlsx":
        write_list(path, COLUMNS, ([row[name] for name in COLUMNS] for row in rows))
    else:
        rows = [{name: row[name] for name in COLUMNS} for row in rows]
        schema = dict.fromkeys(COLUMNS, pl.String)
        safe_csv(pl.LazyFrame(rows, schema=schema), path)


def read_decisions(
    paths: Iterable[Path], question: str, texts: Mapping[str, Example]
) -> tuple[list[Example], dict[str, bool]]:
    """Return decisions to learn from, and by id whether the question's code was given.

    JSON lines are those of ``capmap evaluate`` with ``id``; a CSV file or workbook is a
    batch with answers. Of two decisions on one id the later holds. ``texts``: what is
    known of each id. Raises ``ValueError`` that names file, line and fault.
    """
    examples: dict[str, Example] = {}
    found: dict[str, bool] = {}
    for path in paths:
        if path.suffix.lower() in ENDINGS:
            for identifier, answer in _answers(path, question):
                known = identifier if identifier in texts else identifier.lstrip("'")
                found[known] = answer
                if known in texts:
                    examples[known] = _as_example(texts[known], question, answer)
        else:
            for number, example in enumerate(read_examples([path])):
                known = example.identifier or f"{path} {number}"
                examples[known] = example
                says = _says(example, question)
                if says is not None and example.identifier:
                    found[known] = says
    return list(examples.values()), found


def _says(example: Example, question: str) -> bool | None:
    """Tell whether a decision gives the code asked for; None if it does not speak of it."""
    facet, _, code = question.partition(":")
    if facet in example.codes:
        return code in example.codes[facet]
    capacity = example.codes.get("capacity", frozenset(["cd"]))
    return False if facet not in OF_ANY_PASSAGE and "cd" not in capacity else None


def _as_example(told: Example, question: str, answer: bool) -> Example:
    facet, _, code = question.partition(":")
    given = frozenset([code] if answer else ["not-cd"] if facet == "capacity" else [])
    return Example(
        told.text, told.language, told.context, {facet: given},
        told.identifier, told.document,
    )  # fmt: skip


def _answers(path: Path, question: str) -> Iterator[tuple[str, bool]]:
    """Yield id and answer of the rows that are answered.

    A batch has its answers in the column ``answer``; a sample of ``capmap estimate
    --draw`` has a column for each question it asks.
    """
    yes, no = (_said(key) for key in ("answer_yes", "answer_no"))
    rows = _rows(path)
    heads = next(rows, (0, []))[1]
    column = question if question in heads else "answer"
    if column not in heads and any(":" in head for head in heads):
        return
    if not {"passage_id", column} <= set(heads):
        raise ValueError(f"{path}: no column passage_id or answer.")
    for number, cells in rows:
        row = dict(zip(heads, cells, strict=False))
        answer = row.get(column, "").casefold()
        if answer not in {*yes, *no, ""}:
            raise ValueError(f"{path}, row {number}: {answer!r} is neither yes nor no.")
        if answer:
            yield row["passage_id"], answer in yes


def _rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows of the first sheet with their numbers, as texts."""
    try:
        with opened(path, path.suffix[1:].lower(), Remarks(path.name)) as sheets:
            rows = list(next(sheets).rows)
    except WorkbookError as fault:
        raise ValueError(f"{path}: {fault}") from fault
    for number, cells in rows:
        yield number, ["" if cell is None else str(cell).strip() for cell in cells]


def _said(key: str) -> set[str]:
    """Return a word in every language, and its first letter."""
    words = set(topic("review_order")[key].values())
    return words | {word[0] for word in words}
