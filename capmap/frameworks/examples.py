"""Worked examples: passages with their codes, which teach the coder and show what a code means.

They lie in the folder ``examples`` of a framework as JSON Lines, one file a genre and
language (``evaluation.fr.jsonl``). A line is an object::

    {"id": "fr-evaluation-001", "lang": "fr", "text": "...",
     "codes": {"capacity": ["cd"], "modality": ["on-the-job"], "level": ["individual"]},
     "near": {"modality:training": "why a hasty reader is wrong here"},
     "wording": "indirect"}

Every facet is coded: one that is left out was looked at and does not apply. ``near``
names codes that nearly hold, with the reason why not, in the language of the passage.
``wording`` says of capacity development whether the usual words tell it (``plain``) or
not (``indirect``). ``outside`` marks passages outside the world of work, ``context`` the
headings above a passage, ``doubtful`` codes that are given but unsure.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path
from typing import Any

from capmap.frameworks.codebook import shipped
from capmap.frameworks.findings import Finding, FrameworkError, refuse

FOLDER = "examples"
WORDINGS = ("plain", "indirect")
_KEYS = frozenset(
    ("id", "lang", "text", "context", "codes", "near", "wording", "outside", "doubtful")
)
_MOST_BYTES = 20_000_000
_MOST_SIGNS = 5_000
_MOST_OF_NAME = 80
_MOST_NAMES = 500
#: Lines that may be wrong before the rest of a file is no longer read.
_MOST_WRONG = 1_000
#: Signs that nobody sees: controls other than tabs and ends of lines, halves of signs, and
#: those that turn the direction of reading.
_HIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069]"
)
#: Signs of a passage that shows a code at a glance.
_READABLE = 160
#: Marks of an extract that was damaged: a broken word, a stray number, cells.
_NOISE = re.compile(r"\w- \w|[^\W\d]\d+\b|\( |  |\|")

Key = tuple[str, str]
"""A code with its facet: ("modality", "training")."""


@dataclass(frozen=True, slots=True)
class WorkedExample:
    """One passage with all its codes. ``near`` says why a code does not hold that seems to.

    ``facets``: those that were looked at, where it comes from another framework.
    """

    identifier: str
    language: str
    text: str
    codes: Mapping[str, tuple[str, ...]]
    near: Mapping[Key, str] = field(default_factory=dict)
    context: str = ""
    wording: str = ""
    outside: bool = False
    doubtful: tuple[Key, ...] = ()
    facets: frozenset[str] | None = None
    file: str = field(default="", compare=False)
    line: int = field(default=0, compare=False)

    @property
    def genre(self) -> str:
        """The kind of document, as the name of the file says it."""
        return Path(self.file).name.partition(".")[0]

    def has(self, facet: str, code: str) -> bool:
        return code in self.codes.get(facet, ())


def load_examples(framework: Path | None = None) -> tuple[WorkedExample, ...]:
    """Read the worked examples of a framework, by default of the one that ships.

    A framework without the folder has none. Raises ``FrameworkError``, which says file,
    line, reason and remedy.
    """
    folder = (framework or shipped("ilo_2010_15")) / FOLDER
    return read_worked(sorted(folder.glob("*.jsonl")))


def read_worked(paths: Iterable[Path]) -> tuple[WorkedExample, ...]:
    """Read worked examples from files. Raises ``FrameworkError`` at the first mistake."""
    examples, findings = read_all(paths)
    if findings:
        raise FrameworkError(findings[0])
    return tuple(examples)


def read_all(paths: Iterable[Path]) -> tuple[list[WorkedExample], list[Finding]]:
    """Read all examples that can be read, and say of each other line what is wrong."""
    examples: list[WorkedExample] = []
    findings: list[Finding] = []
    for path in paths:
        try:
            lines = _lines(path)
        except FrameworkError as error:
            findings.append(error.finding)
            continue
        wrong = 0
        for number, line in enumerate(lines, 1):
            try:
                if line.strip():
                    examples.append(_example(line, path, number))
            except FrameworkError as error:
                findings.append(error.finding)
                wrong += 1
            if wrong == _MOST_WRONG:
                values = {"most": str(_MOST_WRONG)}
                findings.append(
                    Finding(str(path), "example_much_wrong", number, "", values)
                )
                break
    return examples, findings


def as_line(example: WorkedExample) -> str:
    """Write an example as the line that ``read_worked`` reads."""
    row: dict[str, Any] = {
        "id": example.identifier,
        "lang": example.language,
        "context": example.context,
        "text": example.text,
        "codes": {facet: list(codes) for facet, codes in example.codes.items()},
        "near": {":".join(key): why for key, why in example.near.items()},
        "wording": example.wording,
        "outside": example.outside,
        "doubtful": [":".join(key) for key in example.doubtful],
    }
    return json.dumps(
        {k: value for k, value in row.items() if value or k == "codes"},
        ensure_ascii=False,
    )


def shown(
    examples: Iterable[WorkedExample], key: Key, language: str, limit: int = 6
) -> tuple[list[WorkedExample], list[WorkedExample]]:
    """Return examples that show a code, and near misses of it, in one language.

    Short and sure ones first, no two of one genre while others are left; plain and
    indirect wording take turns. At most ``limit`` and half as many near misses.
    """
    examples = [e for e in examples if e.language == language]
    carrying = [e for e in examples if e.has(*key)]
    missing = [e for e in examples if key in e.near]
    by_wording = [
        _first([e for e in carrying if e.wording == wording], key, limit)
        for wording in (*WORDINGS, "")
    ]
    turns = [e for turn in zip_longest(*by_wording) for e in turn if e is not None]
    return turns[:limit], _first(missing, key, limit // 2)


def _first(examples: list[WorkedExample], key: Key, limit: int) -> list[WorkedExample]:
    """Return the clearest examples: sure, of one code in the facet, of readable length."""
    genres: Counter[str] = Counter()
    ranked: list[tuple[int, int, WorkedExample]] = []
    for example in sorted(examples, key=lambda e: _unclear(e, key)):
        ranked.append((genres[example.genre], len(ranked), example))
        genres[example.genre] += 1
    return [example for _, _, example in sorted(ranked, key=lambda r: r[:2])[:limit]]


def _unclear(example: WorkedExample, key: Key) -> tuple[bool, bool, int, int, str]:
    others = len(example.codes.get(key[0], ()))
    far = abs(len(example.text) - _READABLE) // _READABLE
    # What is capacity development too, in another form, sets a code apart best.
    elsewhere = key[0] != "capacity" and not example.has("capacity", "cd")
    unsure = key in example.doubtful or _is_noisy(example)
    return unsure, elsewhere, others, far, example.identifier


def _is_noisy(example: WorkedExample) -> bool:
    """Tell a text as extraction left it, French or Spanish without accents too."""
    bare = (
        example.language != "en" and example.text.isascii() and len(example.text) > 80
    )
    return bare or bool(_NOISE.search(example.text))


def _lines(path: Path) -> list[str]:
    try:
        with path.open("rb") as file:
            content = file.read(_MOST_BYTES + 1)  # a pipe or a device tells no size
        if len(content) > _MOST_BYTES:
            raise refuse(path, "too_large", megabytes=str(_MOST_BYTES // 1_000_000))
        return content.decode("utf-8-sig").split("\n")
    except UnicodeDecodeError:
        raise refuse(path, "not_utf8") from None
    except OSError as error:
        why = error.strerror or str(error)
        raise refuse(path, "not_readable", why=why) from None


def _example(line: str, path: Path, number: int) -> WorkedExample:
    def wrong(problem: str, **values: str) -> FrameworkError:
        return refuse(path, problem, number, place, **values)

    place = ""
    try:
        row = json.loads(line, object_pairs_hook=_once)
    except _Twice as twice:
        raise wrong("key_twice", name=_told(str(twice))) from None
    except (ValueError, RecursionError) as error:
        why = getattr(error, "msg", "") or type(error).__name__
        raise wrong("example_not_json", why=why) from None
    if not isinstance(row, dict):
        raise wrong("example_not_object")
    place = _told(row["id"]) if isinstance(row.get("id"), str) else ""
    for name in sorted(row.keys() - _KEYS):
        raise wrong("example_unknown_key", name=_told(name))
    text, codes, near = row.get("text"), row.get("codes"), row.get("near", {})
    if not isinstance(text, str) or not text.strip():
        raise wrong("example_no_text")
    if not isinstance(codes, dict) or not all(map(_is_texts, codes.values())):
        raise wrong("example_codes")
    if not isinstance(near, dict) or not _is_texts(list(near.values())):
        raise wrong("example_near")
    doubtful = row.get("doubtful", [])
    if not _is_texts(doubtful):
        raise wrong("example_doubtful")
    plain = {name: row.get(name, "") for name in ("id", "lang", "context", "wording")}
    if not _is_texts(list(plain.values())):
        raise wrong("example_not_text", names=", ".join(plain))
    if max(len(text), len(plain["context"])) > _MOST_SIGNS:
        raise wrong("example_too_long", most=str(_MOST_SIGNS))
    if not isinstance(row.get("outside", False), bool):
        raise wrong("example_not_truth", name="outside")
    for name in (*near, *doubtful):
        if name.count(":") != 1:
            raise wrong("example_key", name=_told(name))
    names = (*codes, *(c for held in codes.values() for c in held), *near, *doubtful)
    if len(names) > _MOST_NAMES:
        raise wrong("example_codes")
    for name in (plain["id"], plain["lang"], *names):
        if len(name) > _MOST_OF_NAME:
            raise wrong("example_long_name", name=_told(name), most=str(_MOST_OF_NAME))
    for part in (text, *plain.values(), *names, *near.values()):
        if hidden := _HIDDEN.search(part):
            raise wrong("example_hidden", sign=f"U+{ord(hidden[0]):04X}")
    return WorkedExample(
        identifier=plain["id"],
        language=plain["lang"],
        text=text,
        codes={facet: tuple(values) for facet, values in codes.items() if values},
        near={key_of(name): why for name, why in near.items()},
        context=plain["context"],
        wording=plain["wording"],
        outside=row.get("outside", False),
        doubtful=tuple(map(key_of, doubtful)),
        file=str(path),
        line=number,
    )


class _Twice(Exception):
    """A name stands twice in one object, so that one of the two would be lost."""


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    row: dict[str, Any] = {}
    for name, value in pairs:
        if name in row:
            raise _Twice(name)
        row[name] = value
    return row


def _told(name: str) -> str:
    """Return a name from a file as it can be shown: short, no sign that is not seen."""
    return _HIDDEN.sub("\N{REPLACEMENT CHARACTER}", name[:_MOST_OF_NAME])


def key_of(name: str) -> Key:
    """Return the code that is written "facet:code"."""
    facet, _, code = name.partition(":")
    return facet, code


def _is_texts(values: object) -> bool:
    return isinstance(values, list) and all(isinstance(value, str) for value in values)
