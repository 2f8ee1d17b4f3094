"""What is wrong in a framework or codebook, where, and how to mend it."""

from dataclasses import dataclass, field
from pathlib import Path

from capmap.wording import Wording


@dataclass(frozen=True, slots=True)
class Finding:
    """A mistake in a file that a person wrote, told so that the person can mend it.

    ``problem`` is a key of ``capmap/wording/framework_check.yaml``; ``values`` fill its
    placeholders. ``line`` is 0 where the mistake has no single line.
    """

    file: str
    problem: str
    line: int = 0
    place: str = ""  # "spf-01, terms, fr"
    values: dict[str, str] = field(default_factory=dict)

    def where(self, language: str = "en") -> str:
        """Return file, line and place: ``outcome.yaml, line 12, spf-01``."""
        line = _words(language).say("line", number=str(self.line)) if self.line else ""
        return ", ".join(part for part in (self.file, line, self.place) if part)

    def reason(self, language: str = "en") -> str:
        return _words(language).say(f"{self.problem}_reason", **self.values)

    def remedy(self, language: str = "en") -> str:
        return _words(language).say(f"{self.problem}_remedy", **self.values)

    def sentence(self, language: str = "en") -> str:
        """Return the whole finding on one line."""
        colon = "\u00a0: " if language == "fr" else ": "
        return f"{self.where(language)}{colon}{self.reason(language)} {self.remedy(language)}"


class FrameworkError(ValueError):
    """A framework or codebook that cannot be used. Its text says where, why and what to do."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.sentence())
        self.finding = finding

    def __reduce__(self) -> tuple[type["FrameworkError"], tuple[Finding]]:
        return FrameworkError, (self.finding,)  # travels between processes


def refuse(
    path: Path, problem: str, line: int = 0, place: str = "", **values: str
) -> FrameworkError:
    """Return the error to raise for a mistake in ``path``."""
    return FrameworkError(Finding(str(path), problem, line, place, values))


def _words(language: str) -> Wording:
    return Wording("framework_check", language)
