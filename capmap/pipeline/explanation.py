"""An explanation as text for a terminal: passages with their words marked, code by code."""

from collections.abc import Iterator
from typing import Any

import polars as pl
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from capmap.frameworks.codebook import Codebook
from capmap.pipeline.explain import Explanation
from capmap.wording import Wording, place_in, rules_in

#: Facets whose words are marked alike, as on the map.
_STYLES = {
    "modality": "underline blue",
    "level": "underline green",
    "constituent": "underline yellow",
    "target": "underline yellow",
    "partner": "underline magenta",
}


def explanation_text(
    explanation: Explanation, codebook: Codebook, language: str
) -> RenderableType:
    """Return title and facts, then each passage with its codes and why."""
    intervention = explanation.intervention
    where = ", ".join(
        part
        for part in (
            intervention["source"],
            place_in(language, intervention["place"]),
        )
        if part
    )
    parts: list[RenderableType] = [
        Text(intervention["title"], style="bold"),
        Text(f"{intervention['intervention_id']}  {where}", style="dim"),
    ]
    for passage in explanation.passages.iter_rows(named=True):
        codings = explanation.codings.filter(passage_id=passage["passage_id"])
        parts += ["", _marked(passage, codings)]
        parts.append(
            Text(
                f"{passage['passage_id']}  {place_in(language, passage['place'])}",
                style="dim",
            )
        )
        parts.append(_codes(codings, codebook, Wording("command_line", language)))
    return Group(*parts)


def _marked(passage: dict[str, Any], codings: pl.DataFrame) -> Text:
    text = Text(passage["text"])
    for facet, spans in codings.select("facet", "spans").iter_rows():
        for span in spans:
            text.stylize(_STYLES.get(facet, "underline"), span["start"], span["end"])
    return text


def _codes(codings: pl.DataFrame, codebook: Codebook, words: Wording) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 2), show_header=False)
    for row in codings.iter_rows(named=True):
        table.add_row(*_row(row, codebook, words))
    return table


def _row(row: dict[str, Any], codebook: Codebook, words: Wording) -> Iterator[Text]:
    language = words.language
    facet = codebook.facets.get(row["facet"])
    known = facet.codes.get(row["code"]) if facet else None
    yield Text(facet.label[language] if facet else row["facet"], style="dim")
    yield Text(known.label[language] if known else row["code"], style="bold")
    yield Text(words.percent(row["confidence"]))
    because = words.say(
        f"because_{row['basis']}", because=_led_by(row, codebook, language)
    )
    quote = words.say("quoted", quote=row["quote"]) if row["quote"] else ""
    doubt = f" ({words.say('doubtful')})" if row["doubtful"] else ""
    yield Text(" ".join(part for part in (quote, because) if part) + doubt)


def _led_by(row: dict[str, Any], codebook: Codebook, language: str) -> str:
    """Return what led to a code: a rule in words, another code by its label, else as is."""
    because: str = row["because"] or ""
    if row["basis"] == "rule":
        return rules_in(language, because)
    if row["basis"] == "implied":
        for code in codebook.codes():
            if code.code == because:
                return code.label[language]
    return because
