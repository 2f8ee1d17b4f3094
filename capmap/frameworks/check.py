"""Check a codebook and a framework: what is incomplete, ambiguous or unknown, and where.

Loading has already refused what cannot be used. What remains is what an evaluator would
want to know before trusting a map: a language left out, a term that points to two codes,
a programme that stands nowhere.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from itertools import chain

from capmap.frameworks.codebook import Code, Codebook, Facet, Term
from capmap.frameworks.findings import Finding
from capmap.frameworks.framework import Crosswalk, Framework
from capmap.wording import LANGUAGES

CROSSWALK_STATUSES = ("official", "proposed")
TITLE_STATUSES = ("official", "working")

#: Targets of each Sustainable Development Goal: how many are numbered, and how many bear
#: a letter (A/RES/70/1).
_TARGETS = (
    (5, 2), (5, 3), (9, 4), (7, 3), (6, 3), (6, 2), (3, 2), (10, 2), (5, 3),
    (7, 3), (7, 3), (8, 3), (3, 2), (7, 3), (9, 3), (10, 2), (19, 0),
)  # fmt: skip
SDG_TARGETS = frozenset(
    f"{goal}.{part}"
    for goal, (numbered, lettered) in enumerate(_TARGETS, 1)
    for part in (*range(1, numbered + 1), *"abcd"[:lettered])
)


def check(codebook: Codebook, framework: Framework | None = None) -> list[Finding]:
    """Return all that is wrong in ``codebook`` and ``framework``, file by file.

    With a framework the facets ``outcome`` and ``programme`` must agree with it.
    """
    findings = [
        *codebook.remarks,
        *chain.from_iterable(_check_terms(f) for f in codebook.facets.values()),
        *_check_cues(codebook),
    ]
    if framework is not None:
        findings += [
            *framework.remarks,
            *_check_outcomes(codebook, framework),
            *_check_programmes(codebook, framework),
            *_check_crosswalks(framework),
        ]
    return sorted(findings, key=lambda finding: (finding.file, finding.line))


def _check_terms(facet: Facet) -> Iterator[Finding]:
    """Find terms that cannot be read, stand twice, or point to two codes."""
    owners: dict[tuple[str, ...], Code] = {}
    for code in facet.codes.values():
        seen: set[tuple[str, ...]] = set()
        for language, term in _terms(code):
            place = f"{code.code}, terms, {language}"
            if not _readable(term.phrase):
                yield Finding(
                    facet.file, "unreadable_term", code.line, place, {"term": term.phrase}
                )  # fmt: skip
                continue
            identity = _identity(language, term)
            if (language, *identity) in seen:
                yield Finding(
                    facet.file, "term_twice", code.line, place, {"term": term.phrase}
                )
            seen.add((language, *identity))
            owner = owners.setdefault(identity, code)
            if owner is not code and not term.weak:
                values = {"term": term.phrase, "other": owner.code}
                yield Finding(facet.file, "ambiguous_term", code.line, place, values)


def _terms(code: Code) -> Iterator[tuple[str, Term]]:
    for language, terms in code.terms.items():
        for term in terms:
            yield language, term


def _identity(language: str, term: Term) -> tuple[str, ...]:
    """Return what makes two terms the same to a reader: words, neighbours, and language.

    A name in capitals counts in every language. A weak term never decides alone, so it
    may stand under two codes.
    """
    phrase = " ".join(_plain(term.phrase).split())
    name = _is_name(term.phrase)
    return (
        "name" if name else language,
        phrase,
        *sorted(_plain(n) for n in term.near),
        "without" if term.without else "",
        "weak" if term.weak else "",
    )


def _plain(phrase: str) -> str:
    """Fold what does not count in a phrase: case, accents, hyphens and apostrophes."""
    decomposed = unicodedata.normalize("NFKD", phrase.replace("œ", "oe"))
    letters = (sign for sign in decomposed if not unicodedata.combining(sign))
    return re.sub(r"[-'’]", " ", "".join(letters)).casefold()


def _is_name(phrase: str) -> bool:
    letters = [sign for sign in phrase if sign.isalpha()]
    return len(letters) > 1 and all(sign.isupper() for sign in letters)


def _readable(phrase: str) -> bool:
    """Tell whether a phrase begins with a word and closes its brackets."""
    begins = re.match(r"\s*\(?[^\W_][\w\s'’.&/°º-]", phrase)
    brackets = re.sub(r"[^()]", "", phrase)
    return bool(begins) and brackets == "()" * (len(brackets) // 2)


def _check_cues(codebook: Codebook) -> Iterator[Finding]:
    """Find names of lists that do not exist, and lists that lead back to themselves."""
    for facet in codebook.facets.values():
        for code in facet.codes.values():
            for language, term in _terms(code):
                for cue in _named((*term.near, *term.without)):
                    if cue not in codebook.cues:
                        place = f"{code.code}, terms, {language}, {term.phrase}"
                        yield Finding(
                            facet.file, "unknown_cue", code.line, place, {"cue": cue}
                        )
    links = {
        name: {cue for phrases in by_language.values() for cue in _named(phrases)}
        for name, by_language in codebook.cues.items()
    }
    for name, linked in links.items():
        for cue in sorted(linked - links.keys()):
            yield Finding(
                codebook.cue_files[name], "unknown_cue", place=name, values={"cue": cue}
            )
        if _leads_to(name, name, links):
            yield Finding(
                codebook.cue_files[name], "cue_in_a_ring", values={"cue": name}
            )


def _named(phrases: Iterable[str]) -> Iterator[str]:
    for phrase in phrases:
        if phrase.startswith("<") and phrase.endswith(">"):
            yield phrase.strip("<>")


def _leads_to(start: str, goal: str, links: dict[str, set[str]]) -> bool:
    waiting, met = set(links[start]), set[str]()
    while waiting:
        name = waiting.pop()
        if name == goal:
            return True
        met.add(name)
        waiting |= links.get(name, set()) - met
    return False


def _check_outcomes(codebook: Codebook, framework: Framework) -> Iterator[Finding]:
    """Find outcomes that framework and codebook do not share, or name differently."""
    facet = codebook.facets.get("outcome")
    codes = facet.codes if facet else {}
    met: set[str] = set()
    numbers: set[int] = set()
    for outcome in (o for group in framework.groups for o in group.outcomes):
        code = outcome.code
        problems: list[tuple[str, dict[str, str]]] = []
        if code in met:
            problems.append(("outcome_twice", {"code": code}))
        if outcome.number in numbers:
            problems.append(("number_twice", {"number": str(outcome.number)}))
        if code not in codes:
            problems.append(("outcome_not_in_codebook", {"code": code}))
        else:
            theirs = codes[code].label
            differing = [k for k in LANGUAGES if outcome.label[k] != theirs[k]]
            if differing:
                values = {"code": code, "languages": ", ".join(differing)}
                problems.append(("label_differs", values))
        for status in outcome.title_status.values():
            if status not in TITLE_STATUSES:
                values = {"status": status, "known": ", ".join(TITLE_STATUSES)}
                problems.append(("unknown_status", values))
        met.add(code)
        numbers.add(outcome.number)
        for problem, values in problems:
            yield Finding(framework.file, problem, outcome.line, code, values)
    if facet:
        for name in codes.keys() - met:
            yield Finding(
                facet.file, "outcome_not_in_framework", codes[name].line, name, {"code": name}
            )  # fmt: skip


def _check_programmes(codebook: Codebook, framework: Framework) -> Iterator[Finding]:
    """Find programmes that stand under no outcome, under two, or in one place only."""
    facet = codebook.facets.get("programme")
    codes = facet.codes if facet else {}
    listed: dict[str, str] = {}
    for outcome in (o for group in framework.groups for o in group.outcomes):
        for programme in outcome.programmes:
            values = {"code": programme}
            if programme not in codes:
                yield Finding(
                    framework.file, "programme_not_in_codebook", outcome.line, outcome.code, values
                )  # fmt: skip
            elif listed.get(programme, codes[programme].outcome) != outcome.code:
                values |= {
                    "framework": outcome.code,
                    "codebook": listed.get(programme)
                    or codes[programme].outcome
                    or "—",
                }
                yield Finding(
                    framework.file, "programme_elsewhere", outcome.line, outcome.code, values
                )  # fmt: skip
            listed[programme] = outcome.code
    if facet:
        for name, code in codes.items():
            if not code.outcome or name not in listed:
                yield Finding(
                    facet.file, "programme_without_outcome", code.line, name, {"code": name}
                )  # fmt: skip


def _check_crosswalks(framework: Framework) -> Iterator[Finding]:
    """Find crosswalks from or to nothing, without a status or source, or told twice."""
    met: set[tuple[str, str, str]] = set()
    for walk in framework.crosswalks:
        for problem, values in _crosswalk_problems(walk, framework):
            yield Finding(
                framework.crosswalk_file, problem, walk.line, walk.scheme, values
            )
        key = (walk.outcome, walk.scheme, walk.code)
        if key in met:
            values = {"outcome": key[0], "scheme": key[1], "code": key[2]}
            yield Finding(
                framework.crosswalk_file, "crosswalk_twice", walk.line, walk.scheme, values
            )  # fmt: skip
        met.add(key)


def _crosswalk_problems(
    walk: Crosswalk, framework: Framework
) -> Iterator[tuple[str, dict[str, str]]]:
    if walk.outcome not in framework.outcomes:
        yield "crosswalk_unknown_outcome", {"code": walk.outcome}
    if walk.status not in CROSSWALK_STATUSES:
        known = ", ".join(CROSSWALK_STATUSES)
        yield "unknown_status", {"status": walk.status, "known": known}
    if not walk.source:
        yield "crosswalk_no_source", {}
    known_code = {
        "sdg-target": walk.code in SDG_TARGETS,
        "dac-purpose": bool(re.fullmatch(r"[1-9]\d{4}", walk.code)),
    }
    if not known_code.get(walk.scheme, True):
        yield "crosswalk_unknown_code", {"code": walk.code, "scheme": walk.scheme}
