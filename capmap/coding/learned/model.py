"""What was learned, as plain arrays: nothing in it can execute."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from capmap.coding.suggestion import Suggestion

Key = tuple[str, str]
"""Facet and code."""


class BadModel(ValueError):
    """A file is not a model of capmap, is damaged, or is of a version not known here."""


@dataclass(frozen=True)
class Model:
    """Weights and calibration of every code that is learned.

    ``version`` is "model " and the first characters of the digest of its content: the
    same decisions give the same version. ``codebook`` is the version of the codebook
    whose lexicon it was trained beside; ``decisions`` how many passages it learned from.
    """

    version: str
    codebook: str
    decisions: int

    def save(self, path: Path) -> None:
        """Write the model to one file (NumPy's ``.npz``, no pickled objects)."""
        raise NotImplementedError

    @staticmethod
    def load(path: Path) -> "Model":
        """Read a model. Raises ``BadModel`` with file and reason."""
        raise NotImplementedError

    def as_bytes(self) -> bytes:
        """Return what ``save`` writes."""
        raise NotImplementedError

    @staticmethod
    def from_bytes(content: bytes, name: str = "model") -> "Model":
        """Read what ``as_bytes`` gave."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Passage:
    """What the coder sees of a passage: its text and what the source says beside it."""

    text: str
    language: str = ""
    context: str = ""
    sectors: Sequence[str] = ()
    markers: Sequence[tuple[str, int]] = ()


Suggestions = list[Suggestion]
