"""The cover of a paper: what its author states in a file, and what is left to complete."""

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import yaml

from capmap.publishing.report import Cover, CoverField, literal
from capmap.wording import Wording


@dataclass(frozen=True, slots=True)
class CoverSettings:
    """What ``--cover FILE`` may say; empty means the default, which the author completes.

    The names are those of the YAML file; see docs/how-to/write-the-paper.md.
    """

    office: str = ""
    body: str = ""
    session: str = ""
    symbol: str = ""
    section: tuple[str, ...] = ()
    section_mark: str = ""
    item: str = ""
    title: str = ""
    policy_implications: str = ""
    legal_implications: str = ""
    financial_implications: str = ""
    follow_up: str = ""
    author_unit: str = ""
    references: str = ""
    place_and_date: str = ""


class CoverFault(Exception):
    """A cover file that cannot be used; the message says where and what to do."""


def read_cover(path: Path) -> CoverSettings:
    """Read a cover file. Raises ``CoverFault`` on an unknown or misshapen entry."""
    try:
        content: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise CoverFault(f"{path}: {error}") from error
    known = {field.name for field in fields(CoverSettings)}
    if not isinstance(content, dict):
        raise CoverFault(f"{path}: expected lines like 'symbol: GB.312/POL/9'.")
    for key, value in content.items():
        if key not in known:
            raise CoverFault(
                f"{path}: {key!r} is not an entry of a cover. "
                f"Known are: {', '.join(sorted(known))}."
            )
        if key == "section" and isinstance(value, list):
            content[key] = tuple(str(line) for line in value)
        elif key == "section":
            content[key] = (str(value),)
        else:
            content[key] = "" if value is None else str(value)
    return CoverSettings(**content)


def cover(
    settings: CoverSettings,
    words: Wording,
    *,
    title: str,
    summary: str,
    decision_paragraph: int,
) -> Cover:
    """Return the cover, its overview box last. ``summary`` may carry marks."""
    say = words.say
    reference = say("paragraph_reference", number=decision_paragraph)
    complete = say("to_complete")
    overview = (
        ("summary", summary),
        ("policy_implications", settings.policy_implications or say("policy_text")),
        ("legal_implications", settings.legal_implications or say("none_or_complete")),
        (
            "financial_implications",
            settings.financial_implications or say("none_or_complete"),
        ),
        ("decision_required", reference),
        ("follow_up", settings.follow_up or say("follow_up_text")),
        ("author_unit", settings.author_unit or complete),
        (
            "references",
            settings.references or "GB.309/TC/1, GB.310/TC/1, GB.312/POL/9.",
        ),
    )
    return Cover(
        body=settings.body or say("body"),
        session=settings.session or say("session"),
        symbol=settings.symbol or say("symbol"),
        section=settings.section or (say("section"), say("segment")),
        section_mark=settings.section_mark or say("section_mark"),
        item=settings.item or say("item"),
        title=settings.title or say("paper_title", title=title),
        overview_label=say("overview"),
        overview=tuple(
            CoverField(say(key), (text if key == "summary" else literal(text),))
            for key, text in overview
        ),
    )
