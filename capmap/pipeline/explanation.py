"""An explanation as text for a terminal: passages with their words marked, code by code."""

import math
from collections.abc import Iterator
from typing import Any

import polars as pl
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from capmap.coding.learned.because import Because
from capmap.frameworks.codebook import Codebook
from capmap.pipeline.explain import Explanation, Reason
from capmap.wording import Wording, place_in, rules_in

#: Facets whose words are marked alike, as on the map.
_STYLES = {
    "modality": "underline blue",
    "level": "underline green",
    "constituent": "underline yellow",
    "target": "underline yellow",
    "partner": "underline magenta",
}
#: Words shown for a code and against it, and the least that is worth telling (log odds).
_WORDS, _LEAST = 3, 0.15
#: Signs of a worked example that are shown.
_SHOWN = 110


def explanation_text(
    explanation: Explanation, codebook: Codebook, language: str
) -> RenderableType:
    """Return title and facts, then each passage with its codes and why."""
    intervention = explanation.intervention
    words = Wording("command_line", language)
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
    coders = ", ".join(explanation.coders)
    if not explanation.is_same_coder:
        told = words.say("explain_other_coder", run=coders, now=explanation.coder)
        parts.append(Text(told, style="yellow"))
    elif explanation.reasons:
        parts.append(Text(words.say("explain_coder", coder=coders), style="dim"))
    for passage in explanation.passages.iter_rows(named=True):
        codings = explanation.codings.filter(passage_id=passage["passage_id"])
        parts += ["", _marked(passage, codings)]
        parts.append(
            Text(
                f"{passage['passage_id']}  {place_in(language, passage['place'])}",
                style="dim",
            )
        )
        parts += _codes(codings, explanation, codebook, words)
    return Group(*parts)


def _marked(passage: dict[str, Any], codings: pl.DataFrame) -> Text:
    text = Text(passage["text"])
    for facet, spans in codings.select("facet", "spans").iter_rows():
        for span in spans:
            text.stylize(_STYLES.get(facet, "underline"), span["start"], span["end"])
    return text


def _codes(
    codings: pl.DataFrame, explanation: Explanation, codebook: Codebook, words: Wording
) -> Iterator[RenderableType]:
    """Yield a line for each code, and below it what led to it."""
    shown: set[str] = set()
    for row in codings.iter_rows(named=True):
        yield Padding(
            _head(row, explanation.speaks(row), codebook, words), (0, 0, 0, 2)
        )
        reason = explanation.reasons.get((row["passage_id"], row["facet"], row["code"]))
        told = [
            _because(row, codebook, words),
            *(_learned(reason, shown, words) if reason else ()),
        ]
        yield Padding(Text("\n").join(line for line in told if line), (0, 0, 0, 6))


def _learned(reason: Reason, shown: set[str], words: Wording) -> Iterator[Text]:
    """Yield the words for and against, and the worked example most like the passage.

    An example that was ``shown`` for a code of the passage is only named again.
    """
    if reason.because and (moves := _moves(reason.because, words)):
        yield Text(moves, style="dim")
    if reason.alike:
        name = reason.alike.identifier
        key = "explain_alike_again" if name in shown else "explain_alike"
        shown.add(name)
        told = words.say(
            key,
            example=name,
            likeness=words.percent(reason.likeness),
            text=shortened(reason.alike.text, _SHOWN),
        )
        yield Text(told, style="dim")


def shortened(text: str, most: int) -> str:
    """Return a text on one line, cut at a word where it is longer than ``most`` signs."""
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[:most].rsplit(' ', 1)[0]} …"


def _moves(because: Because, words: Wording) -> str:
    """Say what moves the odds of a code, and by how much: "for: coached ×3.3"."""
    lexicon = (words.say("learn_lexicon"), because.lexicon)
    parts = []
    for key, sign, found in (
        ("explain_for", 1, because.for_it), ("explain_against", -1, because.against),
    ):  # fmt: skip
        told = [(word.text, word.weight) for word in found[:_WORDS]]
        told += [lexicon] if lexicon[1] * sign > 0 else []
        told = [one for one in told if abs(one[1]) >= _LEAST]
        if told:
            moved = ", ".join(_moved(*one, words) for one in told)
            parts.append(words.say(key, words=moved))
    return "; ".join(parts)


def _moved(text: str, weight: float, words: Wording) -> str:
    times = math.exp(abs(weight))
    said = words.number(round(times) if times >= 10 else round(times, 1))
    sign = "×" if weight > 0 else "÷"
    return f"{text} {sign}{said if times < 100 else '100+'}"


def _head(row: dict[str, Any], speaks: str, codebook: Codebook, words: Wording) -> Text:
    language = words.language
    facet = codebook.facets.get(row["facet"])
    known = facet.codes.get(row["code"]) if facet else None
    doubt = [words.say("doubtful")] if row["doubtful"] else []
    told = [words.percent(row["confidence"]), *doubt, words.say(f"speaks_{speaks}")]
    return Text.assemble(
        (facet.label[language] if facet else row["facet"], "dim"),
        "  ",
        (known.label[language] if known else row["code"], "bold"),
        "  ",
        ", ".join(told),
    )


def _because(row: dict[str, Any], codebook: Codebook, words: Wording) -> Text:
    led_by = _led_by(row, codebook, words.language)
    because = words.say(f"because_{row['basis']}", because=led_by) if led_by else ""
    shown = row["quote"] if row["basis"] != "model" else ""  # one of the words learned
    quote = words.say("quoted", quote=shown) if shown else ""
    return Text(" ".join(part for part in (quote, because) if part))


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
