"""What the page holds of a portfolio: every count, and as much text as a browser bears.

Codes are numbers into one list. A row is a set of codes within one intervention, with
the number of passages that carry exactly these; the first rows are the passages whose
text is in the page, one each, so that text is left out and no count ever changes.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from capmap.frameworks.codebook import Codebook
from capmap.frameworks.framework import Framework
from capmap.publishing.explorer_codes import CodeList
from capmap.tables import Portfolio
from capmap.wording import place_in, rules_in

#: Passages on capacity development whose text is in the page; more slows a browser.
CAPACITY_TEXTS = 20_000
#: Other passages whose text is in the page, a sample beyond that.
OTHER_TEXTS = 4_000
#: Characters of text in the page, whatever the number of passages.
CHARACTERS = 12_000_000
#: The confidences that can be asked for in the page; a code keeps only its step.
CONFIDENCE_STEPS = (0.5, 0.7, 0.9)


class Pool:
    """Texts that recur, each kept once and named by its number."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self._numbers: dict[str, int] = {}

    def number(self, text: str | None) -> int:
        text = text or ""
        if text not in self._numbers:
            self._numbers[text] = len(self.texts)
            self.texts.append(text)
        return self._numbers[text]


@dataclass
class Coded:
    """The codings of one passage: (code, confidence, doubtful, coder, basis, because, spans)."""

    capacity: str = ""
    codings: list[list[Any]] = field(default_factory=list)

    def packed(self) -> tuple[int, ...]:
        """Return each code once: number * 8 + confidence step * 2 + doubtful.

        Where coders differ the highest confidence stands, and a code is doubtful only
        if every coder doubts.
        """
        best: dict[int, tuple[int, int]] = {}
        for code, confidence, doubtful, *_ in self.codings:
            step = sum(confidence >= floor for floor in CONFIDENCE_STEPS)
            known = best.get(code, (0, 1))
            best[code] = (max(step, known[0]), min(int(doubtful), known[1]))
        return tuple(
            code * 8 + step * 2 + doubtful
            for code, (step, doubtful) in sorted(best.items())
        )


def explorer_data(
    portfolio: Portfolio,
    framework: Framework,
    codebook: Codebook,
    language: str,
    learned: Sequence[tuple[str, str]] = (),
) -> dict[str, Any]:
    """Return all that the page shows of a portfolio, ready for JSON."""
    codes = CodeList(framework, codebook, language)
    pool = Pool()
    interventions = _interventions(_places_in(language, portfolio.interventions), codes)
    coded = _coded(portfolio.codings, codes, pool, language)
    passages = _places_in(language, portfolio.passages)
    rows = _rows(passages, interventions.get("id", []), coded, pool)
    said = [codes.number(facet, code) for facet, code in learned]
    # Codes are numbered as they are met, so they are listed last.
    return {
        "interventions": interventions,
        **rows,
        **codes.listed(),
        "learned": said,
        "texts": pool.texts,
        "setAside": [
            [row[column] for column in ("scope", "source", "place", "reason", "remedy")]
            for row in portfolio.set_aside.iter_rows(named=True)
        ],
    }


def _places_in(language: str, table: pl.DataFrame) -> pl.DataFrame:
    """Say the places of a table in the language of the page."""
    places = table["place"].unique().drop_nulls()
    said = {place: place_in(language, place) for place in places}
    return table.with_columns(pl.col("place").replace(said))


def _interventions(table: pl.DataFrame, codes: CodeList) -> dict[str, list[Any]]:
    """Return the interventions by column, with what the source says of them as codes."""
    columns: dict[str, list[Any]] = defaultdict(list)
    number = {name: i for i, name in enumerate(table["intervention_id"])}
    found = table.to_dicts()
    for i, row in enumerate(found):
        columns["id"].append(row["intervention_id"])
        columns["title"].append(row["title"] or row["intervention_id"])
        columns["language"].append(row["language"] or "")
        # A document is read and mapped, but it is not counted as an intervention.
        top = number.get(row["counted_as"], i)
        columns["top"].append(-1 if row["kind"] == "document" else top)
        columns["place"].append(row["place"] or "")
        columns["starts"].append(_day(row["starts_on"]))
        columns["ends"].append(_day(row["ends_on"]))
        columns["budget"].append(row["budget_amount"])
        columns["currency"].append(row["budget_currency"])
        columns["parents"].append(
            [number[p] for p in row["parents"] or () if p in number]
        )
        columns["organisations"].append(
            [[o["role"], o["name"] or o["ref"]] for o in row["organisations"] or ()]
        )
        columns["sectors"].append([s["code"] for s in row["sectors"] or ()])
        columns["codes"].append(
            codes.of_intervention(row, row if row["kind"] == "document" else found[top])
        )
    return dict(columns)


def _day(value: Any) -> str:
    return value.isoformat() if value else ""


def _coded(
    table: pl.DataFrame, codes: CodeList, pool: Pool, language: str
) -> dict[str, Coded]:
    """Return the codings of every passage that has any."""
    coded: dict[str, Coded] = defaultdict(Coded)
    columns = (
        "passage_id", "facet", "code", "confidence", "doubtful",
        "coder", "basis", "because", "spans",
    )  # fmt: skip
    for row in table.select(columns).iter_rows():
        passage, facet, code, confidence, doubtful, coder, basis, because, spans = row
        entry = coded[passage]
        if facet == "capacity":
            entry.capacity = code
        entry.codings.append(
            [
                codes.number(facet, code),
                round(confidence or 0, 2),
                int(bool(doubtful)),
                pool.number(coder),
                pool.number(basis),
                pool.number(
                    rules_in(language, because or "") if basis == "rule" else because
                ),
                [end for span in spans or () for end in (span["start"], span["end"])],
            ]
        )
    return coded


def _rows(
    table: pl.DataFrame,
    interventions: Sequence[str],
    coded: dict[str, Coded],
    pool: Pool,
) -> dict[str, Any]:
    """Return the passages with text, then the rest as rows with a count."""
    number = {name: i for i, name in enumerate(interventions)}
    known = table.filter(pl.col("intervention_id").is_in(list(interventions)))
    chosen = _chosen(known, coded)
    passages: list[list[Any]] = []
    rows: list[list[Any]] = []
    rest: Counter[tuple[int, tuple[int, ...]]] = Counter()
    nothing = Coded()
    for row in known.iter_rows(named=True):
        intervention = number[row["intervention_id"]]
        entry = coded.get(row["passage_id"], nothing)
        packed = entry.packed()
        if row["passage_id"] not in chosen:
            rest[intervention, packed] += 1
            continue
        rows.append([intervention, 1, list(packed)])
        passages.append(
            [
                row["passage_id"],
                row["kind"],
                pool.number(row["place"]),
                row["language"] or "",
                pool.number(row["context"]),
                row["text"],
                entry.codings,
            ]
        )
    rows += [[i, count, list(packed)] for (i, packed), count in rest.items()]
    return {"rows": rows, "passages": passages, "passagesRead": known.height}


def _chosen(table: pl.DataFrame, coded: dict[str, Coded]) -> set[str]:
    """Return the passages whose text is in the page, the first of every intervention first.

    Where nothing says whether a passage is capacity development, every one counts as such.
    """
    asked = any(entry.capacity for entry in coded.values())
    left = {True: CAPACITY_TEXTS, False: OTHER_TEXTS}
    characters = CHARACTERS
    chosen = set()
    for passage, length, capacity in _in_turn(table, coded, asked):
        if left[capacity] and length <= characters:
            left[capacity] -= 1
            characters -= length
            chosen.add(passage)
    return chosen


def _in_turn(
    table: pl.DataFrame, coded: dict[str, Coded], asked: bool
) -> Iterator[tuple[str, int, bool]]:
    """Yield (passage, characters, capacity development): capacity first, then in turn."""
    seen: Counter[tuple[str, bool]] = Counter()
    queue: list[tuple[bool, int, int, str, int]] = []
    for passage, intervention, text in table.select(
        "passage_id", "intervention_id", "text"
    ).iter_rows():
        capacity = not asked or (passage in coded and coded[passage].capacity == "cd")
        seen[intervention, capacity] += 1
        turn = seen[intervention, capacity]
        queue.append((not capacity, turn, len(queue), passage, len(text or "")))
    for other, _, _, passage, length in sorted(queue):
        yield passage, length, not other
