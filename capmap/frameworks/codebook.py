"""The codebook: facets, their codes, and the terms that signal each code.

A term in YAML is a string of whole words, in which ``*`` stands for any ending of a
word (``employers* organization*``). Case, accents, hyphens and curly signs do not count.
Where a word alone would mislead, a term names the neighbours it needs or refuses in the
same sentence, and says ``weak: true`` if it yields to other evidence: a weak term counts
beside a strong one of its code, or where the facet has no strong one at all (a union that
takes part in a course on wages is no evidence of work on unions; alone it is)::

    - training course*
    - {term: train*, with: [<staff>, official*], without: [railway, <goods>]}
    - {term: school*, weak: true}

``<staff>`` stands for a list of ``cues.yaml``, so that a list is kept once. ``(a|b)`` in
a term stands for either, ``a ... b`` for up to six words between, and a term written in
capitals (``SCORE``) is found in capitals only, in whatever language.

Loading is strict about what cannot be used (``FrameworkError``) and patient with the
rest: what is wrong but harmless is kept as ``remarks`` for ``capmap.frameworks.check``.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path

from capmap.frameworks.findings import Finding, refuse
from capmap.frameworks.yaml_files import Block, read_yaml
from capmap.wording import LANGUAGES

_TEXTS = ("label", "definition", "include", "exclude")

#: Facets that every passage may carry; all others only one on capacity development.
OF_ANY_PASSAGE = ("capacity", "outcome", "programme", "chain")
#: Facets whose codes follow from others by rule: never written, never learned.
DERIVED = ("beneficiary",)
#: Sub-groups of government always bring the constituent; courts and parliament never do.
PARTS_OF_GOVERNMENT = (
    "labour-inspectors",
    "local-government",
    "statistical-services",
    "law-enforcement",
)

Texts = dict[str, str]
"""A text in every language: {"en": ..., "fr": ..., "es": ...}."""


@dataclass(frozen=True, slots=True)
class Term:
    """A phrase that signals a code. ``near`` and ``without`` are looked up in its sentence."""

    phrase: str
    near: tuple[
        str, ...
    ] = ()  # ``with`` in YAML: one of them must stand in the sentence
    without: tuple[str, ...] = ()  # none of them may
    weak: bool = False


@dataclass(frozen=True, slots=True)
class Code:
    """One code of a facet. ``terms`` by language; none where rules alone give the code."""

    facet: str
    code: str
    label: Texts
    definition: Texts
    include: Texts
    exclude: Texts
    terms: dict[str, tuple[Term, ...]]
    group: str = ""  # family that orders columns, such as the group of an outcome
    outcome: str = ""  # programmes only: the outcome under which it stands
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Facet:
    """A question asked of every passage. ``several``: more than one code may hold."""

    facet: str
    label: Texts
    question: Texts
    several: bool
    codes: dict[str, Code]
    file: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Codebook:
    """All facets in order, the cue lists that terms and rules share, and a version."""

    version: str
    facets: dict[str, Facet]
    cues: dict[str, dict[str, tuple[str, ...]]]  # name -> language -> phrases
    cue_files: dict[str, str] = field(default_factory=dict)  # name -> file
    remarks: tuple[Finding, ...] = ()

    def code(self, facet: str, code: str) -> Code:
        return self.facets[facet].codes[code]

    def codes(self) -> Iterator[Code]:
        """Every code, facet by facet."""
        for facet in self.facets.values():
            yield from facet.codes.values()


def shipped(*parts: str) -> Path:
    """Return the path of a folder that ships with capmap, such as ``ilo_2010_15``."""
    return Path(str(files("capmap.frameworks").joinpath(*parts)))


def load_codebook(*folders: Path) -> Codebook:
    """Load the facets of ``folders`` in order; by default the shared and the ILO's.

    A folder holds one YAML file a facet, ``cues.yaml`` where it has cue lists, and
    ``version.yaml``. A later folder replaces a facet of the same name, and a cue list of
    the same name. Raises ``FrameworkError``, which says where and what to do.
    """
    reading = _Reading()
    for folder in folders or (shipped("ilo_2010_15", "codebook"), shipped("capacity")):
        reading.folder(folder)
    return reading.codebook()


class _Reading:
    """What has been read so far, and what is remarkable about it."""

    def __init__(self) -> None:
        self.facets: dict[str, Facet] = {}
        self.cues: dict[str, dict[str, tuple[str, ...]]] = {}
        self.cue_files: dict[str, str] = {}
        self.versions: list[str] = []
        self.remarks: dict[str, list[Finding]] = {}  # by file

    def codebook(self) -> Codebook:
        kept = {facet.file for facet in self.facets.values()}
        kept.update(self.cue_files.values())
        return Codebook(
            version="+".join(self.versions),
            facets=self.facets,
            cues=self.cues,
            cue_files=self.cue_files,
            remarks=tuple(
                r for file in self.remarks if file in kept for r in self.remarks[file]
            ),
        )

    def folder(self, folder: Path) -> None:
        paths = sorted(folder.glob("*.yaml")) if folder.is_dir() else []
        if not paths:
            raise refuse(folder, "no_codebook" if folder.is_dir() else "no_folder")
        for path in paths:
            content = read_yaml(path)
            if not isinstance(content, Block):
                raise refuse(path, "file_not_a_mapping")
            if path.stem == "cues":
                self._cues(content)
            elif path.stem == "version":
                self.versions.append(content.text("version"))
            else:
                facet = _facet(content)
                self.facets[facet.facet] = facet
            self.remarks[str(path)] = content.remarks

    def _cues(self, content: Block) -> None:
        for name in content:
            by_language = content.block(name)
            by_language.expect_languages(name)
            self.cues[name] = {
                language: by_language.texts(language)
                for language in by_language
                if language in LANGUAGES
            }
            self.cue_files[name] = str(content.path)


def _facet(content: Block) -> Facet:
    name = content.text("facet")
    content.expect(name, "facet", "label", "question", "several", "codes")
    content.need("label")
    codes: dict[str, Code] = {}
    for block in content.blocks("codes"):
        code = _code(name, block)
        if code.code in codes:
            block.remark("code_twice", "code", name, code=code.code)
        codes[code.code] = code
    return Facet(
        facet=name,
        label=content.in_languages("label", name),
        question=content.in_languages("question", name),
        several=content.truth("several", True),
        codes=codes,
        file=str(content.path),
    )


def _code(facet: str, block: Block) -> Code:
    code = block.text("code")
    block.expect(code, "code", "group", "outcome", *_TEXTS, "terms")
    block.need("label")
    if not block.get("definition"):
        block.remark("no_definition", "code", code)
    terms = block.block("terms")
    if "terms" not in block:
        block.remark("no_terms", "code", code)
    elif terms:
        terms.expect_languages(f"{code}, terms")
    label, definition, include, exclude = (block.in_languages(k, code) for k in _TEXTS)
    return Code(
        facet=facet,
        code=code,
        label=label,
        definition=definition,
        include=include,
        exclude=exclude,
        terms={
            language: tuple(_terms(terms, language, code))
            for language in terms
            if language in LANGUAGES
        },
        group=block.text("group", ""),
        outcome=block.text("outcome", ""),
        line=block.line,
    )


def _terms(terms: Block, language: str, code: str) -> Iterator[Term]:
    listed = terms[language]
    if not isinstance(listed, list):
        raise terms.refuse("not_a_list_of_texts", language)
    for term in listed:
        if isinstance(term, Block):
            term.expect(f"{code}, terms, {language}", "term", "with", "without", "weak")
            yield Term(
                phrase=term.text("term"),
                near=term.texts("with"),
                without=term.texts("without"),
                weak=term.truth("weak", False),
            )
        elif isinstance(term, str | int) and not isinstance(term, bool):
            yield Term(str(term))
        else:
            raise terms.refuse("not_a_term", language)
