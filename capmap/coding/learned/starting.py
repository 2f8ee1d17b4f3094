"""The coder before the first decision: trained on worked examples, and beside people's own."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from capmap.coding.evaluation import Example
from capmap.coding.learned.model import Model
from capmap.frameworks.codebook import Codebook, shipped
from capmap.frameworks.examples import WorkedExample, load_examples

#: The file beside a framework that holds the model trained on its worked examples.
MODEL = "model.capmap"
#: What a worked example counts beside a person's decision, and the number of decisions at
#: which it counts half of that.
_WORTH, _HALVED_AT = 0.5, 1000.0


def starting_model(framework: Path | None = None) -> Model | None:
    """Return the model that codes before anything was decided.

    It lies beside the framework; a framework without one is helped by the model that
    ships, as far as the codes are the same. Raises ``BadModel``.
    """
    for folder in (framework, shipped("ilo_2010_15")):
        if folder is not None and (path := folder / MODEL).is_file():
            return Model.load(path)
    return None


def worked_examples(
    framework: Path | None, codebook: Codebook
) -> tuple[WorkedExample, ...]:
    """Return the worked examples that speak of a codebook: its framework's, and those that ship.

    Of the shipped ones, beside a framework of one's own, only the codes of facets that
    the two share stand. Raises ``FrameworkError``.
    """
    if framework is None:
        return load_examples()
    raise NotImplementedError(codebook)


def taught(
    worked: Iterable[WorkedExample], decided: Sequence[Example] = ()
) -> list[Example]:
    """Return all to learn from: worked examples weigh less the more people decided."""
    weight = _WORTH / (1 + len(decided) / _HALVED_AT) if decided else 1.0
    return [*decided, *(as_example(one, weight) for one in worked)]


def as_example(one: WorkedExample, weight: float = 1.0) -> Example:
    """Return a worked example as learning and measuring see it."""
    return Example(
        text=one.text,
        language=one.language,
        context=one.context,
        codes={facet: frozenset(codes) for facet, codes in one.codes.items()},
        identifier=one.identifier,
        document=f"worked {Path(one.file).stem}",
        weight=weight,
        worked=True,
    )
