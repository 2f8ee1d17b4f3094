"""The codebook: facets, their codes, and the terms that signal each code.

A term in YAML is a string of whole words, in which ``*`` stands for any ending of a
word (``employers* organization*``). Case, accents, hyphens and curly signs do not count.
Where a word alone would mislead, a term names the neighbours it needs or refuses in the
same sentence, and says ``weak: true`` if it only counts beside other evidence::

    - training course*
    - {term: train*, with: [<staff>, official*], without: [railway, <goods>]}
    - {term: school*, weak: true}

``<staff>`` stands for a list of ``cues.yaml``, so that a list is kept once.
"""

from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml

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
    """One code of a facet. ``terms`` by language."""

    facet: str
    code: str
    label: Texts
    definition: Texts
    include: Texts
    exclude: Texts
    terms: dict[str, tuple[Term, ...]]
    group: str = ""  # family that orders columns, or the outcome that owns a programme
    outcome: str = ""  # programmes only: the outcome under which it stands


@dataclass(frozen=True, slots=True)
class Facet:
    """A question asked of every passage. ``several``: more than one code may hold."""

    facet: str
    label: Texts
    question: Texts
    several: bool
    codes: dict[str, Code]


@dataclass(frozen=True, slots=True)
class Codebook:
    """All facets in order, the cue lists that terms and rules share, and a version."""

    version: str
    facets: dict[str, Facet]
    cues: dict[str, dict[str, tuple[str, ...]]]  # name -> language -> phrases

    def code(self, facet: str, code: str) -> Code:
        return self.facets[facet].codes[code]


def shipped(*parts: str) -> Path:
    """Return the path of a folder that ships with capmap, such as ``ilo_2010_15``."""
    return Path(str(files("capmap.frameworks").joinpath(*parts)))


def read_yaml(path: Path) -> Any:
    return yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)


def load_codebook(*folders: Path) -> Codebook:
    """Load the facets of ``folders`` in order; by default the shared and the ILO's.

    A folder holds one YAML file a facet, ``cues.yaml`` where it has cue lists, and
    ``version.yaml``. A later folder replaces a facet of the same name.
    """
    folders = folders or (shipped("ilo_2010_15", "codebook"), shipped("capacity"))
    facets: dict[str, Facet] = {}
    cues: dict[str, dict[str, tuple[str, ...]]] = {}
    versions = []
    for folder in folders:
        for path in sorted(folder.glob("*.yaml")):
            content = read_yaml(path)
            if path.stem == "cues":
                for name, by_language in content.items():
                    cues[name] = {k: tuple(v) for k, v in by_language.items()}
            elif path.stem == "version":
                versions.append(str(content["version"]))
            else:
                facet = _facet(content)
                facets[facet.facet] = facet
    return Codebook(version="+".join(versions), facets=facets, cues=cues)


def _facet(content: dict[str, Any]) -> Facet:
    name = content["facet"]
    return Facet(
        facet=name,
        label=content["label"],
        question=content["question"],
        several=content["several"],
        codes={code["code"]: _code(name, code) for code in content["codes"]},
    )


def _code(facet: str, content: dict[str, Any]) -> Code:
    return Code(
        facet=facet,
        code=content["code"],
        label=content["label"],
        definition=content["definition"],
        include=content.get("include", {}),
        exclude=content.get("exclude", {}),
        terms={
            language: tuple(_term(term) for term in terms)
            for language, terms in content.get("terms", {}).items()
        },
        group=content.get("group", ""),
        outcome=content.get("outcome", ""),
    )


def _term(content: str | dict[str, Any]) -> Term:
    if isinstance(content, str):
        return Term(content)
    return Term(
        phrase=content["term"],
        near=tuple(content.get("with", ())),
        without=tuple(content.get("without", ())),
        weak=content.get("weak", False),
    )
