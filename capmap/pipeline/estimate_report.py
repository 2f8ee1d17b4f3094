"""Estimates as text, as plain values and as a table."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl

from capmap.analysis.shares import rounded_ends, rounded_per_cent
from capmap.pipeline.estimate import Estimates, Row
from capmap.pipeline.publish import safe_csv
from capmap.publishing.list_file import write_list
from capmap.tables import ALL, Schema
from capmap.wording import Wording

#: Columns of the table, one row an estimate. Shares are 0 to 1, sums in the currency.
COLUMNS: Schema = {
    "facet": pl.String,
    "code": pl.String,
    "label": pl.String,
    "by": pl.String,
    "group": pl.String,
    "group_label": pl.String,
    "unit": pl.String,
    "currency": pl.String,
    "population": pl.Int64,
    "coder": pl.Float64,
    "estimate": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "alone": pl.Float64,
    "alone_low": pl.Float64,
    "alone_high": pl.Float64,
    "read": pl.Int64,
    "found": pl.Int64,
    "method": pl.String,
    "to_halve": pl.Int64,
    "difference": pl.Float64,
    "difference_low": pl.Float64,
    "difference_high": pl.Float64,
    "sentence": pl.String,
}


def as_table(found: Estimates, language: str) -> pl.DataFrame:
    """Return one row an estimate, with ``COLUMNS``."""
    return pl.DataFrame(list(_values(found, language)), schema=COLUMNS)


def as_values(found: Estimates, language: str) -> dict[str, Any]:
    """Return the same as plain values, with what the readings are a sample of."""
    return {
        "unit": found.unit,
        "drawn": found.drawn,
        "open": found.open,
        "assumption": _assumption(found, Wording("estimates", language)),
        "estimates": list(_values(found, language)),
    }


def write(found: Estimates, path: Path, language: str) -> None:
    """Write the table as CSV or as a workbook. No text becomes a formula."""
    table = as_table(found, language)
    if path.suffix == ".xlsx":
        write_list(path, table.columns, table.iter_rows())
    else:
        safe_csv(table.lazy(), path)


def _values(found: Estimates, language: str) -> Iterator[dict[str, Any]]:
    for row in found.rows:
        estimate = row.estimate
        difference, low, high = row.apart or (None, None, None)
        yield {
            "facet": row.facet,
            "code": row.code,
            "label": row.label,
            "by": "" if row.group == ALL else found.by,
            "group": row.group,
            "group_label": row.group_label,
            "unit": found.unit,
            "currency": row.currency,
            "population": estimate.population,
            "coder": estimate.machine,
            "estimate": estimate.value,
            "low": estimate.low,
            "high": estimate.high,
            "alone": estimate.random_value,
            "alone_low": estimate.random_low,
            "alone_high": estimate.random_high,
            "read": estimate.read,
            "found": row.found,
            "method": estimate.method,
            "to_halve": estimate.to_halve,
            "difference": difference,
            "difference_low": low,
            "difference_high": high,
            "sentence": _sentence(row, found, language),
        }


def as_text(found: Estimates, language: str) -> str:
    """Say each estimate in words, then how it was made and what it rests on."""
    words = Wording("estimates", language)
    lines: list[str] = []
    last = ""
    for row in found.rows:
        about = f"{row.label} ({row.facet}:{row.code})"
        if about != last:
            lines += ["", about] if lines else [about]
            last = about
        name = "" if row.group == ALL else f"{row.group_label}\u00a0: "
        if language != "fr":
            name = name.replace("\u00a0", "")
        lines.append(f"  {name}{_sentence(row, found, language)}")
        lines += [f"    {said}" for said in _beside(row, language) if said]
    lines += ["", *_methods(found, language), _assumption(found, words)]
    if found.open:
        lines.append(words.say("left_open", count=found.open))
    return "\n".join(lines)


def _sentence(row: Row, found: Estimates, language: str) -> str:
    if row.currency:
        return row.estimate.sum_sentence(row.currency, language)
    return row.estimate.sentence(found.unit, language)


def _beside(row: Row, language: str) -> Iterator[str]:
    """Yield what stands beside an estimate: the coder, the readings alone, what is next."""
    words, estimate = Wording("estimates", language), row.estimate
    if not row.currency:
        low, high = rounded_ends(estimate.random_low, estimate.random_high)
        yield words.say(
            "beside",
            coder=round(estimate.machine * estimate.population),
            found=row.found,
            read=estimate.read,
            low=words.number(low),
            high=words.number(high),
        )
    if row.apart:
        low, high = rounded_ends(*row.apart[1:])
        yield words.say(
            "apart",
            value=_signed(rounded_per_cent(row.apart[0]), words),
            low=_signed(low, words),
            high=_signed(high, words),
        )
    if row.group == ALL:
        yield estimate.more(language)


def _signed(value: float, words: Wording) -> str:
    sign = "+" if value > 0 else "−" if value < 0 else ""
    return sign + words.number(abs(value))


def _methods(found: Estimates, language: str) -> list[str]:
    """Say each method once, of the estimate that rests on the most readings."""
    rows = [row for row in found.rows if not row.currency]
    rows.sort(key=lambda row: -row.estimate.read)
    best: dict[str, str] = {}
    for row in rows:
        best.setdefault(row.estimate.method, row.estimate.how(found.unit, language))
    return list(best.values())


def _assumption(found: Estimates, words: Wording) -> str:
    return words.say(f"sample_{found.drawn}")
