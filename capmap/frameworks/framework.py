"""A results framework: outcomes in groups, the approach programmes under them, crosswalks."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from capmap.frameworks.codebook import Texts, read_yaml, shipped


@dataclass(frozen=True, slots=True)
class Outcome:
    """``code`` is the identifier in the codebook (``spf-01``), ``number`` the one people say."""

    code: str
    number: int
    title: Texts  # the full title; ``title_status`` says where it comes from
    label: Texts  # the short one
    programmes: tuple[str, ...]  # codes of the approach programmes


@dataclass(frozen=True, slots=True)
class OutcomeGroup:
    group: str
    label: Texts
    outcomes: tuple[Outcome, ...]


@dataclass(frozen=True, slots=True)
class Crosswalk:
    """An outcome met with a code of another scheme; ``status``: official or proposed."""

    outcome: str
    scheme: str  # "sdg-target", "dac-purpose", "pb-2016-19", ...
    code: str
    status: str


@dataclass(frozen=True, slots=True)
class Framework:
    framework: str
    title: Texts
    groups: tuple[OutcomeGroup, ...]
    crosswalks: tuple[Crosswalk, ...]

    @property
    def outcomes(self) -> dict[str, Outcome]:
        return {o.code: o for group in self.groups for o in group.outcomes}


def load_framework(folder: Path | None = None) -> Framework:
    """Load ``framework.yaml`` and ``crosswalks.yaml`` of a folder; by default the ILO's 2010-15."""
    folder = folder or shipped("ilo_2010_15")
    content = read_yaml(folder / "framework.yaml")
    return Framework(
        framework=content["framework"],
        title=content["title"],
        groups=tuple(_group(group) for group in content["groups"]),
        crosswalks=tuple(
            Crosswalk(
                outcome=row["outcome"],
                scheme=row["scheme"],
                code=str(code),
                status=row["status"],
            )
            for row in read_yaml(folder / "crosswalks.yaml")
            for code in row["codes"]
        ),
    )


def _group(content: dict[str, Any]) -> OutcomeGroup:
    return OutcomeGroup(
        group=content["group"],
        label=content["label"],
        outcomes=tuple(
            Outcome(
                code=o["code"],
                number=o["number"],
                title=o["title"],
                label=o["label"],
                programmes=tuple(o["programmes"]),
            )
            for o in content["outcomes"]
        ),
    )
