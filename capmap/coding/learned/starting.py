"""The coder before the first decision: trained on worked examples, and beside people's own."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from capmap.coding.evaluation import Example
from capmap.coding.learned.model import Model
from capmap.coding.learned.training import LEAST_DOCUMENTS
from capmap.frameworks.codebook import Codebook, load_codebook, shipped
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

    Of the shipped ones only the facets count whose codes the codebook shares with them:
    beside a framework of one's own, those of capacity development. Raises
    ``FrameworkError``.
    """
    own = load_examples(framework) if framework else ()
    known = {one.identifier for one in own}
    shared = _shared_facets(codebook)
    shown = (one for one in load_examples() if one.identifier not in known)
    return (*own, *(cut for one in shown if (cut := _of_facets(one, shared))))


def _shared_facets(codebook: Codebook) -> frozenset[str] | None:
    """Return the facets whose codes are those that ship; None for all of them."""
    ships = str(shipped())
    others = [f for f in codebook.facets.values() if not f.file.startswith(ships)]
    theirs = load_codebook().facets if others else codebook.facets
    shared = frozenset(
        name
        for name, facet in theirs.items()
        if name in codebook.facets
        and facet.codes.keys() == codebook.facets[name].codes.keys()
    )
    return None if shared == theirs.keys() else shared


def _of_facets(
    one: WorkedExample, facets: frozenset[str] | None
) -> WorkedExample | None:
    """Return what an example says of ``facets``; None where it says nothing."""
    if facets is None:
        return one
    codes = {facet: codes for facet, codes in one.codes.items() if facet in facets}
    near = {key: why for key, why in one.near.items() if key[0] in facets}
    if not codes and not near:
        return None
    doubtful = tuple(key for key in one.doubtful if key[0] in facets)
    return replace(one, codes=codes, near=near, doubtful=doubtful, facets=facets)


def taught(
    worked: Iterable[WorkedExample], decided: Sequence[Example] = ()
) -> list[Example]:
    """Return all to learn from: worked examples weigh less the more people decided.

    Of a facet that no decision names, people said nothing: there the examples speak alone.
    Examples of one file belong together; in a folder of a few files, each stands alone.
    """
    weight = _WORTH / (1 + len(decided) / _HALVED_AT) if decided else 1.0
    looked_at = frozenset(facet for one in decided for facet in one.codes)
    worked = list(worked)
    files: dict[Path, set[str]] = {}
    for one in worked:
        files.setdefault(Path(one.file).parent, set()).add(one.file)
    return [
        *(one if one.facets else replace(one, facets=looked_at) for one in decided),
        *(
            as_example(one, weight)
            if len(files[Path(one.file).parent]) >= LEAST_DOCUMENTS
            else replace(as_example(one, weight), document=f"worked {one.identifier}")
            for one in worked
        ),
    ]


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
        facets=one.facets,
    )
