"""Learn from decisions: one calibrated linear model a code, beside the lexicon."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from capmap.coding.evaluation import Example
from capmap.coding.learned.model import Key, Model
from capmap.coding.lexicon import LexiconCoder

Progress = Callable[[float], None]
"""Told the part that is done, 0 to 1."""


@dataclass(frozen=True, slots=True)
class Bin:
    """A group of suggestions of like chance: ``said`` on average, ``right`` of ``count``."""

    said: float
    right: int
    count: int


@dataclass(frozen=True, slots=True)
class CodeReport:
    """How a code is told, all figures from cross-validation by document."""

    decisions: int  # passages that carry it
    lexicon_f1: float
    learned_f1: float  # of the model without the lexicon
    combined_f1: float
    is_learned: bool  # false: left to the lexicon, for ``why``
    why: str = ""  # few (too little read), no_better (than the lexicon), or ""
    threshold: float = 0.5
    for_it: tuple[tuple[str, float], ...] = ()  # words with the greatest weights
    against: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """What learning found: per code, per facet, and how far its chances can be believed."""

    passages: int
    documents: int
    folds: int
    codes: dict[Key, CodeReport] = field(default_factory=dict)
    #: facet -> coder (lexicon, learned, combined) -> macro F1 with its interval
    facets: dict[str, dict[str, tuple[float, float, float]]] = field(
        default_factory=dict
    )
    #: Before: the chances that the lexicon states. After: those of the combined coder.
    reliability_before: tuple[Bin, ...] = ()
    reliability_after: tuple[Bin, ...] = ()
    error_before: float = 0.0  # expected calibration error, 0 to 1
    error_after: float = 0.0

    def as_values(self) -> dict[str, object]:
        """Return the report as plain values, for JSON."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Learned:
    """A model and the report on it."""

    model: Model
    report: Report


class TooFewDecisions(ValueError):
    """There is nothing to learn from yet: ``passages`` were read, ``needed`` is the least."""

    def __init__(self, passages: int, needed: int) -> None:
        super().__init__(
            f"{passages} passages were read; {needed} are needed to learn."
        )
        self.passages, self.needed = passages, needed


def learn(
    examples: Sequence[Example],
    lexicon: LexiconCoder,
    *,
    progress: Progress = lambda part: None,
) -> Learned:
    """Learn from passages that people coded. The same examples give the same model.

    Cross-validation parts by ``Example.document``, so that no document is on both sides.
    ``Example.weight`` says how much a passage counts. Raises ``TooFewDecisions``.
    """
    raise NotImplementedError
