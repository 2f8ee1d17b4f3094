"""Check the worked examples of a framework, and add more: nothing that is wrong gets in."""

import os
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from capmap.coding.learned.starting import worked_examples
from capmap.frameworks.codebook import Codebook, shipped
from capmap.frameworks.examples import (
    FOLDER,
    Key,
    WorkedExample,
    as_line,
    load_examples,
    read_all,
)
from capmap.frameworks.examples_check import check_examples, counts
from capmap.frameworks.findings import Finding, FrameworkError
from capmap.wording import LANGUAGES, Wording

#: Examples below which a code is thin; of programmes and targets, which are rarer, fewer do.
ENOUGH, ENOUGH_OF_RARE, RARE = 25, 12, ("programme", "target")
#: Facets whose codes are easily taken for each other, and should each have near misses.
CONFUSED = ("modality", "level", "capacity")
_GENRE = re.compile(r"[^\W_][\w-]{0,59}")


class NoGenre(Exception):
    """The name of a file does not say the genre of its examples."""


class ThereAlready(Exception):
    """A file to add lies among the examples of the framework."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What is wrong with examples, and how many there are of what.

    ``examples`` are those checked; ``codes`` counts, with the shipped ones that teach
    beside them, examples and near misses of each code.
    """

    folder: Path
    findings: tuple[Finding, ...]
    examples: tuple[WorkedExample, ...]
    taught_by: int
    codes: dict[Key, tuple[int, int]]

    @property
    def languages(self) -> dict[str, int]:
        found = Counter(one.language for one in self.examples)
        return {language: found[language] for language in LANGUAGES}

    def thin(self) -> dict[Key, int]:
        """Return the codes of which there are few examples, with their number."""
        return {
            key: carried
            for key, (carried, _) in self.codes.items()
            if carried < (ENOUGH_OF_RARE if key[0] in RARE else ENOUGH)
        }

    def seldom_missed(self) -> dict[Key, int]:
        """Return the codes that are easily confused and have few near misses."""
        return {
            key: missed
            for key, (_, missed) in self.codes.items()
            if key[0] in CONFUSED and missed < ENOUGH
        }

    def as_values(self, language: str) -> dict[str, Any]:
        """Return the same as plain values, findings in words."""
        return {
            "findings": told(self.findings, language),
            "examples": len(self.examples),
            "languages": self.languages,
            "taught_by": self.taught_by,
            "codes": {
                ":".join(key): {"examples": carried, "near_misses": missed}
                for key, (carried, missed) in self.codes.items()
            },
            "thin": [":".join(key) for key in self.thin()],
            "few_near_misses": [":".join(key) for key in self.seldom_missed()],
        }


@dataclass(frozen=True, slots=True)
class Added:
    """What was added, by file; or what is wrong, and then nothing was."""

    findings: tuple[Finding, ...]
    files: dict[Path, int]

    def as_values(self, language: str) -> dict[str, Any]:
        """Return the same as plain values, findings in words."""
        files = {str(path): count for path, count in self.files.items()}
        return {"findings": told(self.findings, language), "added": files}


def told(findings: Sequence[Finding], language: str) -> list[dict[str, Any]]:
    """Return findings as plain values, in words."""
    return [
        asdict(finding)
        | {"reason": finding.reason(language), "remedy": finding.remedy(language)}
        for finding in findings
    ]


def check_files(
    framework: Path | None, codebook: Codebook, files: Sequence[Path] = ()
) -> Checked:
    """Check the examples of a framework, or ``files`` together with those.

    What is told is wrong in ``files`` where they are named. Raises ``FrameworkError`` if
    the examples that ship cannot be read.
    """
    named = {path.resolve() for path in files}
    there = _files_of(framework)
    mine = _each_once(files) or there
    before, unread_before = read_all(p for p in there if p.resolve() not in named)
    if mine is there:
        before, unread_before = [], []
    checked, unread = read_all(mine)
    beside = [*_that_ship(framework, [*before, *checked]), *before]
    asked = {str(path) for path in mine}
    wrong = check_examples([*beside, *checked], codebook)
    findings = [*unread, *unread_before, *(f for f in wrong if f.file in asked)]
    teaching = _teaching(framework, codebook, checked if files else ())
    return Checked(
        folder=_folder(framework),
        findings=tuple(sorted(findings, key=lambda f: (f.file, f.line))),
        examples=tuple(checked),
        taught_by=len(teaching),
        codes=counts(teaching, codebook),
    )


def add_files(
    framework: Path | None, codebook: Codebook, files: Sequence[Path], genre: str = ""
) -> Added:
    """Add the examples of ``files`` to a framework, all of them or, if one is wrong, none.

    They are appended to the file of their genre and language: ``genre``, or what the name
    of their file says. Raises ``NoGenre``, ``ThereAlready``, ``FrameworkError`` and
    ``OSError``; then nothing was added.
    """
    folder = _folder(framework)
    files = _each_once(files)
    for path in files:
        if path.resolve().parent == folder.resolve():
            raise ThereAlready(path)
        if not _GENRE.fullmatch(genre or _genre_of(path)):
            raise NoGenre(genre or path.name)
    checked = check_files(framework, codebook, files)
    if checked.findings:
        return Added(checked.findings, {})
    lines: dict[Path, list[str]] = {}
    for one in checked.examples:
        name = f"{genre or _genre_of(Path(one.file))}.{one.language}.jsonl"
        lines.setdefault(folder / name, []).append(as_line(one))
    folder.mkdir(exist_ok=True)
    _append(lines)
    return Added((), {path: len(added) for path, added in lines.items()})


def _append(lines: dict[Path, list[str]]) -> None:
    """Append lines to files; where one cannot be written, all are as they were."""
    before = {path: path.stat().st_size if path.exists() else -1 for path in lines}
    try:
        for path, added in lines.items():
            with path.open("ab+") as file:
                if file.tell() and _ends_within_a_line(path):
                    file.write(b"\n")
                file.write("".join(f"{line}\n" for line in added).encode())
    except OSError:
        for path, size in before.items():
            if size < 0:
                path.unlink(missing_ok=True)
            else:
                os.truncate(path, size)
        raise


def _ends_within_a_line(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read(1) != b"\n"


def _folder(framework: Path | None) -> Path:
    return (framework or shipped("ilo_2010_15")) / FOLDER


def _files_of(framework: Path | None) -> list[Path]:
    return sorted(_folder(framework).glob("*.jsonl"))


def _each_once(files: Sequence[Path]) -> list[Path]:
    return list({path.resolve(): path for path in files}.values())


def _genre_of(path: Path) -> str:
    return path.name.partition(".")[0].lower()


def _that_ship(
    framework: Path | None, own: Sequence[WorkedExample]
) -> list[WorkedExample]:
    """Return the examples that ship beside a framework of one's own, but for copies."""
    if framework is None or _folder(framework).resolve() == _folder(None).resolve():
        return []
    copies = {(one.identifier, one.text) for one in own}
    return [e for e in load_examples() if (e.identifier, e.text) not in copies]


def _teaching(
    framework: Path | None, codebook: Codebook, new: Sequence[WorkedExample]
) -> list[WorkedExample]:
    """Return all that a model would learn from, with ``new`` examples that are not there."""
    try:
        known = worked_examples(framework, codebook)
    except FrameworkError:  # told as a finding
        known = worked_examples(None, codebook) if framework else ()
    names = {one.identifier for one in known}
    return [*known, *(one for one in new if one.identifier not in names)]


def checked_text(checked: Checked, language: str) -> str:
    """Say what is wrong line by line, then how many examples there are of what."""
    words = Wording("command_line", language)
    lines = [finding.sentence(language) for finding in checked.findings]
    if lines:
        lines += ["", words.say("examples_wrong", count=len(lines)), ""]
    if not checked.examples:
        return "\n".join([*lines, words.say("examples_none", folder=checked.folder)])
    names = words.locale.languages
    by_language = ", ".join(
        words.say("examples_in_language", language=names[key], number=count)
        for key, count in checked.languages.items()
        if count
    )
    lines.append(
        words.say(
            "examples_counted", count=len(checked.examples), languages=by_language
        )
    )
    if checked.taught_by > len(checked.examples):
        lines.append(words.say("examples_teach", count=checked.taught_by))
    verdicts = [
        f"{key[1]} {words.number(carried)}"
        for key, (carried, _) in checked.codes.items()
        if key[0] == "capacity"
    ]
    lines.append(words.say("examples_verdicts", verdicts=", ".join(verdicts)))
    missed = sum(missed for _, missed in checked.codes.values())
    lines.append(words.say("examples_near", count=missed))
    if thin := checked.thin():
        lines.append(
            words.say("examples_thin", least=ENOUGH, least_of_rare=ENOUGH_OF_RARE)
        )
        lines += _by_facet(thin, words)
    if seldom := checked.seldom_missed():
        lines.append(words.say("examples_few_near", least=ENOUGH))
        lines += _by_facet(seldom, words)
    if not checked.findings:
        lines.append(words.say("examples_clean"))
    return "\n".join(lines)


def _by_facet(codes: dict[Key, int], words: Wording) -> list[str]:
    facets: dict[str, list[str]] = {}
    for (facet, code), count in sorted(codes.items(), key=lambda one: one[1]):
        facets.setdefault(facet, []).append(f"{code} {words.number(count)}")
    return [f"  {facet}: {', '.join(named)}" for facet, named in facets.items()]


def added_text(added: Added, language: str, framework: Path | None) -> str:
    """Say what was added and what to do next; or what is wrong."""
    words = Wording("command_line", language)
    if added.findings:
        lines = [finding.sentence(language) for finding in added.findings]
        return "\n".join([*lines, "", words.say("examples_none_added")])
    lines = [
        words.say("examples_added", count=count, file=path)
        for path, count in added.files.items()
    ]
    if not lines:
        return words.say("examples_nothing_in_them")
    where = f" --framework {framework}" if framework else ""
    return "\n".join([*lines, words.say("examples_next", where=where)])
