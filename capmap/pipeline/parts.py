"""Read and code one input, or one range of a large one: the unit of parallel work."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from capmap.coding.languages import language_of
from capmap.coding.learned.combined import CombinedCoder, suggest_all
from capmap.coding.learned.model import Key, Model, Passage
from capmap.coding.learned.starting import starting_model
from capmap.coding.lexicon import LexiconCoder
from capmap.coding.suggestion import Suggestion
from capmap.frameworks.codebook import Codebook, load_codebook, shipped
from capmap.frameworks.framework import load_framework
from capmap.pipeline.identifiers import Identifiers
from capmap.pipeline.merge import repetition
from capmap.pipeline.rows import Rows, budget, digest
from capmap.sources.activity import Activity, SetAside
from capmap.sources.intake import Input, read

#: Passages that are coded together.
_TOGETHER = 256

Coded = tuple[str, list[Suggestion]]
"""The language of a passage, and the codes suggested for it."""


@dataclass(frozen=True, slots=True)
class Task:
    """One input to read, or the bytes ``start`` to ``end`` of it. Plain, so it can travel."""

    number: int  # order in the portfolio; names the parts
    input: Input
    start: int = 0
    end: int | None = None

    @property
    def size(self) -> int:
        return (self.input.size if self.end is None else self.end) - self.start


@dataclass(slots=True)
class Done:
    """What came of a task: counts, and what was set aside or read with a remark."""

    task: Task
    interventions: int = 0
    passages: int = 0
    codings: int = 0
    languages: Counter[str] = field(default_factory=Counter)
    set_aside: list[SetAside] = field(default_factory=list)


def lexicon_coder(framework: Path | None, codebook: Path | None) -> LexiconCoder:
    """Build the coder from the folders a user named, or from what ships."""
    return LexiconCoder(
        load_codebook(*codebook_folders(framework, codebook)),
        load_framework(framework),
    )


def build_coder(
    framework: Path | None, codebook: Path | None, model: Path | None
) -> LexiconCoder | CombinedCoder:
    """Build the coder that combines lexicon and model.

    Raises ``BadModel`` for a file that is none.
    """
    lexicon = lexicon_coder(framework, codebook)
    return combined(lexicon, model_named(framework, model))


def model_named(framework: Path | None, model: Path | None) -> Model | None:
    """Return the model that codes: the file named, or what worked examples taught.

    None where there is no such file, so that the lexicon codes alone. Raises ``BadModel``.
    """
    return Model.load(model) if model else starting_model(framework)


def combined(
    lexicon: LexiconCoder, model: Model | None
) -> LexiconCoder | CombinedCoder:
    """Join lexicon and model; the name says both, since either may change alone."""
    if model is None:
        return lexicon
    coder = CombinedCoder(lexicon, model)
    coder.version = coder_name(lexicon.version, model)
    return coder


def coder_name(lexicon: str, model: Model | None) -> str:
    """Return the name of the coder that ``combined`` makes, without building it."""
    return f"{model.version} with {lexicon}" if model else lexicon


def learned_codes(model: Model | None, codebook: Codebook) -> list[Key]:
    """Return the codes in which the model has a say, in the order of the codebook."""
    if model is None:
        return []
    learned = {
        key for key, says in zip(model.keys, model.is_learned, strict=True) if says
    }
    keys = ((code.facet, code.code) for code in codebook.codes())
    return [key for key in keys if key in learned]


def codebook_folders(framework: Path | None, codebook: Path | None) -> list[Path]:
    """Return the folders whose facets make the codebook, later ones winning."""
    own = framework / "codebook" if framework else shipped("ilo_2010_15", "codebook")
    return [own, shipped("capacity"), *([codebook] if codebook else [])]


def code_task(
    task: Task,
    parts: Path,
    coder: LexiconCoder | CombinedCoder,
    told: Callable[[int], None] = lambda interventions: None,
) -> Done:
    """Read and code one task, leaving Parquet parts in ``parts``.

    ``told`` hears after each intervention how many there are so far.
    """
    done = Done(task)
    rows = Rows(parts, f"{task.number:06d}", coder.version)
    identifiers = Identifiers()

    for found, coded in _coded(read(task.input, task.start, task.end), coder):
        if isinstance(found, SetAside):
            done.set_aside.append(found)
            continue
        wanted = found.identifier or f"{found.source} {found.place}".strip()
        settled = identifiers.settle(wanted, digest(found))
        if settled != wanted:
            done.set_aside.append(
                repetition(wanted, settled, found.source, found.place)
            )
        if settled is not None:
            done.languages.update(language for language, _ in coded)
            left = iter(coded)
            rows.add(found, settled, lambda activity, passage, left=left: next(left))  # type: ignore[misc]
            told(rows.interventions)
            if found.budgets and budget(found) == (None, None):
                done.set_aside.append(
                    SetAside(
                        found.source, "budget_not_positive", found.place, "value",
                        {"amount": f"{sum(b.amount for b in found.budgets):,.0f}"},
                    )
                )  # fmt: skip
    rows.flush()
    done.interventions, done.passages, done.codings = (
        rows.interventions,
        rows.passages,
        rows.codings,
    )
    return done


def _coded(
    found: Iterable[Activity | SetAside], coder: LexiconCoder | CombinedCoder
) -> Iterator[tuple[Activity | SetAside, list[Coded]]]:
    """Give what was read with the codes of its passages; many passages are coded together."""
    waiting: list[Activity | SetAside] = []
    passages = 0
    for one in found:
        waiting.append(one)
        passages += 0 if isinstance(one, SetAside) else len(one.passages)
        if passages >= _TOGETHER:
            yield from _code(waiting, coder)
            waiting, passages = [], 0
    yield from _code(waiting, coder)


def _code(
    waiting: Sequence[Activity | SetAside], coder: LexiconCoder | CombinedCoder
) -> Iterator[tuple[Activity | SetAside, list[Coded]]]:
    asked = [
        Passage(
            passage.text,
            language_of(passage.text, passage.language),
            passage.context,
            sectors,
            markers,
        )
        for activity in waiting
        if not isinstance(activity, SetAside)
        for sectors, markers in [_said_of(activity)]
        for passage in activity.passages
    ]
    coded = zip((p.language for p in asked), suggest_all(coder, asked), strict=True)
    for one in waiting:
        count = 0 if isinstance(one, SetAside) else len(one.passages)
        yield one, list(islice(coded, count))


def _said_of(activity: Activity) -> tuple[list[str], list[tuple[str, int]]]:
    return (
        [sector.code for sector in activity.sectors],
        [(m.code, m.significance) for m in activity.markers],
    )
