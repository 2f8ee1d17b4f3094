"""Codings in the reader's words: who coded, how sure, for what reason, on which words."""

import re
from collections.abc import Iterable

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from capmap.frameworks.codebook import Codebook
from capmap.records.models import Coding, Passage
from capmap.records.queries.codings import Coded, Found, label_of
from capmap.records.queries.profile import Level, Profile
from capmap.web.templatetags.capmap import language, rules, said, text
from capmap.web.templatetags.evidence import Marked, marked
from capmap.web.templatetags.facts import known, listed, said_or_plain
from capmap.wording import Wording

register = template.Library()

#: Characters of a quotation under a code; longer passages are cut around the words marked.
QUOTED = 900


@register.filter
def places(codings: Iterable[Coded] | None) -> list[Marked]:
    """Return the words to mark for codings."""
    return [
        Marked(start, end, one.facet, text(one.label))
        for one in codings or ()
        for start, end in one.spans
    ]


#: Facets that speak of the passage as a whole: named beside it, not marked in a list.
OF_WHOLE = ("capacity", "beneficiary", "chain")


@register.filter
def telling(codings: Iterable[Coded]) -> list[Coded]:
    """Leave out the facets that speak of the passage as a whole."""
    return [one for one in codings if one.facet not in OF_WHOLE]


@register.filter
def of_capacity(codings: Iterable[Coded]) -> list[Coded]:
    """Return whether the passage speaks of capacity development, each answer once."""
    return once([one for one in codings if one.facet == "capacity"])


@register.filter
def quotation(found: Found, passage: Passage) -> SafeString:
    """Return the passage on which a code stands best, its words marked, cut if it is long."""
    codings = [c for c in found.codings if c.passage == passage.pk]
    whole = passage.text
    start = 0
    if len(whole) > QUOTED:
        first = min((s for c in codings for s, _ in c.spans), default=0)
        start = _word_before(whole, max(0, first - QUOTED // 3))
    end = _word_before(whole, start + QUOTED) if len(whole) > start + QUOTED else None
    piece = whole[start:end]
    moved = [
        Marked(
            max(0, p.start - start), min(len(piece), p.end - start), p.facet, p.title
        )
        for p in places(codings)
        if p.end > start and p.start - start < len(piece)
    ]
    return format_html(
        "{}{}{}",
        "… " if start else "",
        marked(piece, moved),
        " …" if end is not None else "",
    )


def _word_before(whole: str, at: int) -> int:
    return whole.rfind(" ", 0, at) + 1 if at else 0


@register.filter
def quote(coded: Coded, texts: dict[int, Passage]) -> str:
    """Return the first words on which a coding stands."""
    passage = texts.get(coded.passage)
    if passage is None or not coded.spans:
        return ""
    start, end = coded.spans[0]
    return passage.text[start:end]


@register.filter
def quoted(words: str) -> SafeString | str:
    """Set words between the quotation marks of the language."""
    return said("intervention.quoted", text=words) if words else ""


@register.filter
def coder(coded: Coded) -> str:
    """Say who coded: a person by name, a machine by its kind and confidence."""
    if coded.coder_kind == "person":
        return coded.coder
    return str(
        said(
            "intervention.coder_machine",
            coder=said(f"intervention.coder_{coded.coder_kind}"),
            confidence=confidence(coded.confidence),
        )
    )


@register.filter
def confidence(value: float) -> str:
    """Write a confidence with two decimals, in the manner of the language."""
    shown = f"{value:.2f}"
    return shown if language() == "en" else shown.replace(".", ",")


@register.filter
def coders(found: Found) -> str:
    """Say who found a code, each once, and whether a person accepted it."""
    found_by = dict.fromkeys((c.coder_kind, c.coder) for c in found.codings)
    who = dict.fromkeys(
        name if kind == "person" else str(said(f"intervention.coder_{kind}"))
        for kind, name in found_by
    )
    names = ", ".join(who)
    return f"{names}, {said('intervention.accepted')}" if found.is_accepted else names


@register.filter
def decision(coded: Coded) -> SafeString:
    """Say what people decided on a coding: nothing yet, or who and when."""
    if coded.status == Coding.Status.SUGGESTED or coded.decided_at is None:
        return said("intervention.decision_suggested")
    day = Wording("site_intervention", language()).date(coded.decided_at.date())
    name = coded.decided_by or said("intervention.someone")
    return said(f"intervention.decision_{coded.status}", name=name, day=day)


@register.simple_tag
def reason(coded: Coded, texts: dict[int, Passage], book: Codebook) -> SafeString:
    """Say what led to a code: words of the text, a rule, another code, the source."""
    passage = texts.get(coded.passage)
    basis = said_or_plain("basis", coded.basis) if coded.basis else ""
    because = re.sub(
        r"^(term|rule|terme|règle|sector|marker|context|implied|cue)s?\s*:\s*",
        "",
        coded.because,
        flags=re.IGNORECASE,
    )
    shown = rules(because)
    if coded.basis == "implied":
        shown = next(
            (
                text(c.label)
                for c in book.codes()
                if because in (c.code, f"{c.facet}:{c.code}")
            ),
            shown,
        )
    elif re.search(r"[(|]|\.\.\.", because) and coded.spans and passage is not None:
        # A term with alternatives is a pattern: people read the words that it met.
        start, end = coded.spans[0]
        shown = passage.text[start:end]
    if not shown:
        return format_html("{}", basis)
    if not basis:
        return format_html('<span class="because">{}</span>', shown)
    colon = said("intervention.colon")
    return format_html('{}{}<span class="because">{}</span>', basis, colon, shown)


@register.filter
def label(key: str, book: Codebook) -> str:
    """Return the label of a code that stands as "facet:code"."""
    facet, _, code = key.partition(":")
    return text(label_of(book, facet, code))


def _named(levels: Iterable[Level]) -> str:
    """Name levels as a sentence names them: persons, institutions, the enabling environment."""
    return listed(
        said(f"intervention.level_{level.code}")
        if known(f"level_{level.code}")
        else text(level.label).lower()
        for level in levels
    )


@register.filter
def profile_title(profile: Profile) -> SafeString:
    """Say what the profile shows: how many passages join levels, and which none reaches."""
    key = "profile_title" if profile.joined else "profile_title_none"
    key += "_missing" if profile.missing else ""
    return said(
        f"intervention.{key}",
        count=profile.joined,
        of=profile.passages,
        levels=_named(profile.missing),
    )


@register.filter
def levels_reached(profile: Profile) -> SafeString | str:
    """Say which levels meet in the intervention and which are missing."""
    if not profile.reached:
        return said("intervention.lead_no_level")
    key = "lead_reaches" if profile.missing else "lead_reaches_all"
    parts = [
        said(
            f"intervention.{key}",
            levels=_named(profile.reached),
            missing=_named(profile.missing),
        )
    ]
    if profile.resting_on_doubt:
        doubt = _named(profile.resting_on_doubt)
        parts.append(said("intervention.lead_doubt", levels=doubt))
    return format_html(" ".join("{}" for _ in parts), *parts)


@register.filter
def drawn(
    profile: Profile,
) -> list[tuple[Level, list[tuple[int, int, str, bool, bool]]]]:
    """Return the rows of the profile: of each passage number, position, mark and lines."""
    rows = []
    above = [False] * len(profile.drawn)
    for level in profile.levels:
        cells = [
            (pk, position, mark, joins, line)
            for (pk, position), mark, joins, line in zip(
                profile.drawn, level.marks, level.joins, above, strict=True
            )
        ]
        rows.append((level, cells))
        above = level.joins
    return rows


@register.filter
def told_first(codings: list[Coded], count: int) -> list[Coded]:
    """Return the codings that are told; the rest stands with the passages."""
    return codings[:count]


@register.filter
def others(passages: list[tuple[int, int]], best: Coded) -> list[tuple[int, int]]:
    """Return some more passages beside the one that is quoted."""
    return [one for one in passages if one[0] != best.passage][:8]


@register.filter
def once(codings: list[Coded]) -> list[Coded]:
    """Return one coding for each code, a sure one before a doubtful one."""
    found: dict[tuple[str, str], Coded] = {}
    for one in sorted(codings, key=lambda c: c.doubtful):
        found.setdefault((one.facet, one.code), one)
    order = [(c.facet, c.code) for c in codings]
    return sorted(found.values(), key=lambda c: order.index((c.facet, c.code)))
