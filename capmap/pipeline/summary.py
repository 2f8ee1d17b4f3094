"""The closing summary of a run, fit to paste in a mail, and the same as plain values."""

from typing import Any

import polars as pl
from babel.lists import format_list

from capmap import __version__
from capmap.pipeline.portfolio_map import Mapped
from capmap.wording import Wording, general_reason

#: Findings that the summary tells, in this order where they are there.
TOLD = (
    "finding_capacity",
    "finding_constituents",
    "finding_individual_alone",
    "finding_levels_meet",
    "finding_modality_leads",
    "finding_modality_nowhere",
    "finding_outcome_nowhere",
    "finding_doubtful",
)

#: Reasons that the summary names; set-aside.csv has them all.
REASONS = 5


def summary(mapped: Mapped, language: str) -> str:
    """Return the summary as lines of plain text."""
    words = Wording("command_line", language)
    say = words.say
    lines = [
        say(
            "summary_head",
            version=__version__,
            date=words.date(mapped.day),
            title=mapped.title,
        ),
        _read(mapped, words),
        *(f"- {text}" for text in told(mapped, language)),
        _machine(mapped, words),
        *aside(mapped.portfolio.set_aside, words),
        say(
            "summary_took",
            seconds=words.number(round(mapped.seconds, 1)),
            page=mapped.out / "index.html",
        ),
    ]
    return "\n".join(lines)


def _machine(mapped: Mapped, words: Wording) -> str:
    if mapped.coder.startswith("model"):
        return words.say("summary_machine_learned", coder=mapped.coder)
    return words.say("summary_machine")


def told(mapped: Mapped, language: str) -> list[str]:
    """Return the findings that matter most, in sentences."""
    texts = dict(
        mapped.findings.statements.select("key", f"text_{language}").iter_rows()
    )
    keys = (key for wanted in TOLD for key in (wanted, f"{wanted}_none"))
    return [texts[key] for key in keys if key in texts]


def _read(mapped: Mapped, words: Wording) -> str:
    table = mapped.portfolio.interventions
    documents = table.filter(kind="document").height
    counted = table.filter(pl.col("kind") != "document")["counted_as"].n_unique()
    what = [words.say("interventions", count=counted)] if counted else []
    if documents:
        what.append(words.say("documents", count=documents))
    what.append(words.say("passages", count=mapped.portfolio.passages.height))
    languages = [
        f"{words.locale.languages.get(code, code) or words.say('undetermined')} {words.number(count)}"
        for code, count in mapped.reading.languages.most_common(6)
    ]
    return words.say(
        "summary_read",
        counted=format_list(what, locale=words.locale),
        files=words.say("files", count=len(mapped.reading.inputs)),
        languages=", ".join(languages),
    )


def aside(set_aside: pl.DataFrame, words: Wording) -> list[str]:
    """Return what was set aside: the first reasons, each with its place and remedy."""
    if set_aside.is_empty():
        return [words.say("summary_nothing_aside")]
    lines = [words.say("summary_aside", count=set_aside.height, file="set-aside.csv")]
    reasons = set_aside.group_by("problem", maintain_order=True).agg(
        pl.len(),
        pl.col("source", "place", "reason", "remedy").first(),
        distinct=pl.col("reason").n_unique(),
    )
    for row in reasons.head(REASONS).iter_rows(named=True):
        where = ", ".join(part for part in (row["source"], row["place"]) if part)
        more = (
            f" ({words.say('summary_more', count=row['len'] - 1)})"
            if row["len"] > 1
            else ""
        )
        reason = row["reason"]
        if row["distinct"] > 1:
            reason = general_reason(row["problem"], words.language)
        told = words.say("summary_reason", where=where, reason=reason)
        lines.append(f"  {told} {row['remedy']}{more}")
    hidden = reasons.height - REASONS
    if hidden > 0:
        lines.append(f"  … {words.say('summary_more', count=hidden)}")
    return lines


def as_values(mapped: Mapped, language: str) -> dict[str, Any]:
    """Return the summary as values, for ``--json``."""
    shares = mapped.findings.shares.select(
        "question", "facet", "code", "unit", "among", "numerator", "denominator",
        "value", "low", "high", "method",
    )  # fmt: skip
    return {
        "out": str(mapped.out),
        "title": mapped.title,
        "inputs": len(mapped.reading.inputs),
        "interventions": mapped.portfolio.interventions.height,
        "passages": mapped.portfolio.passages.height,
        "codings": mapped.portfolio.codings.height,
        "languages": dict(mapped.reading.languages.most_common()),
        "findings": told(mapped, language),
        "shares": shares.to_dicts(),
        "set_aside": mapped.portfolio.set_aside.to_dicts(),
        "seconds": round(mapped.seconds, 2),
    }
