"""A results framework: outcomes in groups, the approach programmes under them, crosswalks."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from capmap.frameworks.codebook import Texts, shipped
from capmap.frameworks.findings import Finding, refuse
from capmap.frameworks.yaml_files import Block, read_yaml


@dataclass(frozen=True, slots=True)
class Outcome:
    """``code`` is the identifier in the codebook (``spf-01``), ``number`` the one people say."""

    code: str
    number: int
    title: Texts  # the full title
    label: Texts  # the short one
    programmes: tuple[str, ...]  # codes of the approach programmes
    title_status: Texts = field(default_factory=dict)
    """By language, ``official`` or ``working``: a translation that awaits the official one."""
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class OutcomeGroup:
    group: str
    label: Texts
    outcomes: tuple[Outcome, ...]


@dataclass(frozen=True, slots=True)
class Crosswalk:
    """An outcome met with a code of another scheme.

    ``status``: ``official`` where an organization that owns one of the two published it,
    ``proposed`` where capmap suggests it. ``source`` says on what it rests.
    """

    outcome: str
    scheme: str  # "sdg-target", "dac-purpose", "pb-2016-19", ...
    code: str
    status: str
    source: str = ""
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Framework:
    framework: str
    title: Texts
    groups: tuple[OutcomeGroup, ...]
    crosswalks: tuple[Crosswalk, ...]
    title_source: Texts = field(default_factory=dict)  # where the titles come from
    file: str = field(default="", compare=False)
    crosswalk_file: str = field(default="", compare=False)
    remarks: tuple[Finding, ...] = ()

    @property
    def outcomes(self) -> dict[str, Outcome]:
        return {o.code: o for group in self.groups for o in group.outcomes}


def load_framework(folder: Path | None = None) -> Framework:
    """Load ``framework.yaml`` and ``crosswalks.yaml`` of a folder; by default the ILO's 2010-15.

    ``crosswalks.yaml`` may be left out. Raises ``FrameworkError``, which says where and
    what to do.
    """
    folder = folder or shipped("ilo_2010_15")
    path, crosswalk_path = folder / "framework.yaml", folder / "crosswalks.yaml"
    if not folder.is_dir():
        raise refuse(folder, "no_folder")
    if not path.is_file():
        raise refuse(folder, "no_framework")
    content = read_yaml(path)
    if not isinstance(content, Block):
        raise refuse(path, "file_not_a_mapping")
    content.expect("", "framework", "title", "title_source", "groups")
    content.need("title", "groups")
    crosswalks = _crosswalk_blocks(crosswalk_path)
    return Framework(
        framework=content.text("framework"),
        title=content.in_languages("title", ""),
        groups=tuple(_group(group) for group in content.blocks("groups")),
        crosswalks=tuple(c for block in crosswalks for c in _crosswalks(block)),
        title_source=_by_language(content, "title_source"),
        file=str(path),
        crosswalk_file=str(crosswalk_path),
        remarks=(*content.remarks, *(crosswalks[0].remarks if crosswalks else ())),
    )


def _group(content: Block) -> OutcomeGroup:
    name = content.text("group")
    content.expect(name, "group", "label", "outcomes")
    content.need("label")
    return OutcomeGroup(
        group=name,
        label=content.in_languages("label", name),
        outcomes=tuple(_outcome(o) for o in content.blocks("outcomes")),
    )


def _outcome(content: Block) -> Outcome:
    code = content.text("code")
    content.expect(
        code, "code", "number", "title", "title_status", "label", "programmes"
    )
    content.need("title", "label")
    return Outcome(
        code=code,
        number=content.number("number"),
        title=content.in_languages("title", code),
        label=content.in_languages("label", code),
        programmes=content.texts("programmes"),
        title_status=_by_language(content, "title_status"),
        line=content.line,
    )


def _by_language(block: Block, key: str) -> Texts:
    by_language = block.block(key)
    return {language: by_language.text(language) for language in by_language}


def _crosswalk_blocks(path: Path) -> list[Block]:
    """Read a list of mappings, one for each scheme and status; none where there is no file."""
    if not path.is_file():
        return []
    content = read_yaml(path)
    if not isinstance(content, list) or not all(isinstance(b, Block) for b in content):
        raise refuse(path, "file_not_a_list")
    return content


def _crosswalks(block: Block) -> Iterator[Crosswalk]:
    scheme = block.text("scheme")
    block.expect(scheme, "scheme", "status", "source", "outcomes")
    by_outcome = block.block("outcomes")
    for outcome in by_outcome:
        for code in by_outcome.texts(outcome):
            yield Crosswalk(
                outcome=outcome,
                scheme=scheme,
                code=code,
                status=block.text("status"),
                source=block.text("source", ""),
                line=by_outcome.line_of(outcome),
            )
