"""Check worked examples: do their codes exist, do the codebook's rules hold, do they repeat?"""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence

from capmap.frameworks.codebook import (
    DERIVED,
    OF_ANY_PASSAGE,
    PARTS_OF_GOVERNMENT,
    Codebook,
)
from capmap.frameworks.examples import WORDINGS, Key, WorkedExample
from capmap.frameworks.findings import Finding
from capmap.wording import LANGUAGES

#: Words that two passages may share in a row, less one.
RUN = 8
#: Words of an opening, and how many passages may begin alike.
OPENING, MOST_ALIKE = 4, 3
_MOST_REASON = 240
_Problem = tuple[str, dict[str, str]]


def check_examples(
    examples: Sequence[WorkedExample],
    codebook: Codebook,
    others: Iterable[tuple[str, str]] = (),
) -> list[Finding]:
    """Return all that is wrong with ``examples``, file by file.

    ``others`` are texts that no example may repeat eight words of, each with its name.
    """
    found = [
        Finding(e.file, problem, e.line, e.identifier, values)
        for e in examples
        for problem, values in _of_one(e, codebook)
    ]
    found += _twice(examples)
    found += _alike(examples)
    found += _runs(examples, others)
    return sorted(found, key=lambda finding: (finding.file, finding.line))


def counts(
    examples: Iterable[WorkedExample], codebook: Codebook
) -> dict[Key, tuple[int, int]]:
    """Count for every code the examples that carry it and those that nearly do."""
    carry: Counter[Key] = Counter()
    nearly: Counter[Key] = Counter()
    for example in examples:
        carry.update((f, c) for f, codes in example.codes.items() for c in codes)
        nearly.update(list(example.near))
    keys = [(c.facet, c.code) for c in codebook.codes() if c.facet not in DERIVED]
    return {key: (carry[key], nearly[key]) for key in keys}


def words_of(text: str) -> list[str]:
    """Return the words of a text as comparing sees them: lower case, no accents, no signs.

    Words broken at the end of a line are joined.
    """
    joined = re.sub(r"(?<=\w)-\s+(?=\w)", "", text)
    plain = unicodedata.normalize("NFKD", joined.casefold())
    letters = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return re.findall(r"[^\W_]+", letters)


def _of_one(example: WorkedExample, codebook: Codebook) -> Iterator[_Problem]:
    if not example.identifier:
        yield "example_no_id", {}
    if example.language not in LANGUAGES:
        yield "example_language", {"known": ", ".join(LANGUAGES)}
    yield from _known(example, codebook)
    yield from _rules(example, codebook)
    verdict = example.codes.get("capacity", ())
    if (example.wording in WORDINGS) != (verdict == ("cd",)):
        yield "example_wording", {"known": ", ".join(WORDINGS)}


def _known(example: WorkedExample, codebook: Codebook) -> Iterator[_Problem]:
    """Find codes that are not in the codebook, twice, or too many of one facet."""
    named = [(f, c) for f, codes in example.codes.items() for c in codes]
    for facet, code in (*named, *example.near, *example.doubtful):
        known = codebook.facets.get(facet)
        if known is None or code not in known.codes or facet in DERIVED:
            yield "example_unknown_code", {"code": f"{facet}:{code}"}
    for facet, codes in example.codes.items():
        known = codebook.facets.get(facet)
        if len(set(codes)) < len(codes) or (
            known is not None and not known.several and len(codes) > 1
        ):
            yield "example_several", {"facet": facet, "codes": ", ".join(codes)}
    for key, why in example.near.items():
        if example.has(*key):
            yield "example_near_given", {"code": ":".join(key)}
        if not 0 < len(why.strip()) <= _MOST_REASON:
            yield "example_near_reason", {"code": ":".join(key), "most": str(_MOST_REASON)}  # fmt: skip
    for key in example.doubtful:
        if not example.has(*key):
            yield "example_doubt_not_given", {"code": ":".join(key)}


def _rules(example: WorkedExample, codebook: Codebook) -> Iterator[_Problem]:
    """Find what the codebook's rules do not allow."""
    verdict = example.codes.get("capacity", ())
    if len(verdict) != 1:
        yield "example_no_verdict", {}
    elif verdict != ("cd",):
        carried = [facet for facet in example.codes if facet not in OF_ANY_PASSAGE]
        if carried:
            yield "example_carries", {"verdict": verdict[0], "facets": ", ".join(carried)}  # fmt: skip
    else:
        for facet in ("modality", "level"):
            if not example.codes.get(facet):
                yield "example_empty", {"facet": facet}
    for part in PARTS_OF_GOVERNMENT:
        if example.has("target", part) and not example.has("constituent", "government"):
            yield "example_brings", {"code": part, "brought": "government"}
    programmes = codebook.facets.get("programme")
    for name in example.codes.get("programme", ()):
        code = programmes.codes.get(name) if programmes else None
        if code and code.outcome and not example.has("outcome", code.outcome):
            yield "example_brings", {"code": name, "brought": code.outcome}
    if example.outside and (
        example.codes.get("outcome") or example.codes.get("programme")
    ):
        yield "example_outside", {}


def _twice(examples: Sequence[WorkedExample]) -> Iterator[Finding]:
    first: dict[str, WorkedExample] = {}
    for example in examples:
        other = first.setdefault(example.identifier, example)
        if other is not example:
            values = {"other": f"{other.file}, {other.line}"}
            yield Finding(
                example.file, "example_id_twice", example.line, example.identifier, values
            )  # fmt: skip


def _alike(examples: Sequence[WorkedExample]) -> Iterator[Finding]:
    openings: dict[tuple[str, ...], list[WorkedExample]] = defaultdict(list)
    for example in examples:
        openings[tuple(words_of(example.text)[:OPENING])].append(example)
    for opening, alike in openings.items():
        for example in alike[MOST_ALIKE:]:
            values = {"opening": " ".join(opening), "most": str(MOST_ALIKE)}
            yield Finding(
                example.file, "example_opening", example.line, example.identifier, values
            )  # fmt: skip


def _runs(
    examples: Sequence[WorkedExample], others: Iterable[tuple[str, str]]
) -> Iterator[Finding]:
    """Find runs of eight words that two passages share, one for each pair."""
    owners: dict[tuple[str, ...], WorkedExample] = {}
    told: set[tuple[str, str]] = set()

    def finding(example: WorkedExample, run: tuple[str, ...], name: str) -> Finding:
        values = {"run": " ".join(run), "other": name}
        return Finding(
            example.file, "example_run", example.line, example.identifier, values
        )

    for example in examples:
        for run in _runs_of(example.text):
            owner = owners.setdefault(run, example)
            pair = example.identifier, owner.identifier
            if owner is not example and pair not in told:
                told.add(pair)
                yield finding(example, run, owner.identifier)
    for name, text in others:
        for run in _runs_of(text):
            if run in owners and (owners[run].identifier, name) not in told:
                told.add((owners[run].identifier, name))
                yield finding(owners[run], run, name)


def _runs_of(text: str) -> Iterator[tuple[str, ...]]:
    words = words_of(text)
    for start in range(len(words) - RUN + 1):
        yield tuple(words[start : start + RUN])
