"""What to read next of a portfolio that was mapped, and when enough has been read."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from capmap.analysis.reading_order import (
    Mix,
    mix_for,
    next_batch,
    permutation,
    shared_out,
)
from capmap.analysis.stopping import Stopping, stopping
from capmap.coding.evaluation import Example
from capmap.coding.learned.combined import CombinedCoder
from capmap.coding.learned.model import Key, Model, Passage
from capmap.coding.learned.starting import taught
from capmap.coding.learned.training import LEAST_PASSAGES, learn
from capmap.coding.lexicon import LexiconCoder
from capmap.frameworks.examples import WorkedExample
from capmap.pipeline.explain import NotAResult
from capmap.pipeline.review_files import ENDINGS, read_decisions, write_batch
from capmap.pipeline.review_log import Dealt, ReviewLog, Unit, open_log
from capmap.wording import Wording

RankedBy = Literal["lexicon", "examples", "decisions", "model"]


class NoSuchQuestion(Exception):
    """The question names no facet and code of the codebook."""


class FileExists(Exception):
    """A file of a batch is there already, perhaps with answers."""


@dataclass(frozen=True, slots=True)
class ReviewOrder:
    """Where a review stands, and what was put before readers now.

    ``files``: one a reader; none when the review may stop. Of the units ``dealt`` now,
    ``again`` were dealt earlier and are unread still; ``ranked_by``: what put the others
    in order, if there are any.
    """

    question: str
    unit: Unit
    batch: int
    files: tuple[Path, ...]
    dealt: int
    again: int
    ranked_by: RankedBy | None
    decisions: int
    standing: Stopping

    def as_values(self) -> dict[str, Any]:
        """Return the same as plain values."""
        return asdict(self) | {"files": [str(path) for path in self.files]}


def review_order(
    folder: Path,
    question: str,
    lexicon: LexiconCoder,
    *,
    decisions: Sequence[Path] = (),
    unit: Unit = "passages",
    size: int = 20,
    readers: int = 1,
    out: Path | None = None,
    model: Model | None = None,
    starting: Model | None = None,
    worked: Sequence[WorkedExample] = (),
    target: float = 0.95,
    confidence: float = 0.95,
    language: str = "en",
) -> ReviewOrder:
    """Say where the review of ``question`` ("facet:code") stands, and deal what is next.

    What is dealt is kept in ``folder/review``; answers in files there are read with
    ``decisions``. Units dealt and unread come again before new ones. With ``model`` it
    ranks, else what is learned from the decisions beside ``worked`` examples, before
    there are enough the ``starting`` model, else the lexicon. Raises
    ``NotAResult``, ``NoSuchQuestion``, ``AnotherPortfolio``, ``FileExists`` before
    anything is dealt, and ``ValueError`` for a file that cannot be read.
    """
    facet, _, code = question.partition(":")
    told = lexicon.codebook.facets.get(facet)
    if told is None or code not in told.codes:
        raise NoSuchQuestion(question)
    passages = _passages(folder, unit)
    units = passages["unit"].unique(maintain_order=True).to_list()
    log = open_log(folder, question, unit, units)
    texts = _examples(passages)
    examples, found = read_decisions([*_files_of(log), *decisions], question, texts)
    outcomes = _outcomes(passages, found)
    log = _with_known(log, units, outcomes)
    batches, by_rank = log.outcomes(outcomes)
    standing = stopping(batches, len(units), target=target, confidence=confidence)
    again: list[Dealt] = []
    new: list[Dealt] = []
    ranked_by: RankedBy | None = None
    if not standing.may_stop:
        again = [one for one in log.dealt() if one.unit not in outcomes][:size]
        share = standing.drawn_found / standing.drawn if standing.drawn else 0.0
        mix = mix_for(by_rank, share, len(units) - len(log.dealt()))
        if len(again) < size:
            coder, ranked_by = (
                (CombinedCoder(lexicon, model), "model")
                if model
                else _coder(lexicon, starting, _of_facets(worked, facet), examples)
            )
            chances = _chances(coder, passages, units, (facet, code))
            new = _new(log, units, chances, size - len(again), mix)
    number = len(log.batches) + bool(new)
    files = _names(log, number, readers, out) if again or new else ()
    if new:
        if taken := [path for path in files if path.exists()]:
            raise FileExists(taken[0])
        log.add(new)
    _write(files, [*again, *new], passages, found, language)
    return ReviewOrder(
        question=question,
        unit=unit,
        batch=number,
        files=files,
        dealt=len(again) + len(new),
        again=len(again),
        ranked_by=ranked_by,
        decisions=len(examples),
        standing=standing,
    )


def _passages(folder: Path, unit: Unit) -> pl.DataFrame:
    """Return the passages with their titles and sectors, and the ``unit`` of each.

    Interventions are units as they are counted: with their components, and without
    documents.
    """
    if not (folder / "interventions.parquet").is_file():
        raise NotAResult(folder)
    interventions = pl.read_parquet(folder / "interventions.parquet").select(
        "intervention_id", "counted_as", "title", "kind", "sectors"
    )
    passages = pl.read_parquet(folder / "passages.parquet").join(
        interventions, on="intervention_id", how="left", maintain_order="left",
        suffix="_of_it",
    )  # fmt: skip
    if unit == "passages":
        return passages.with_columns(unit="passage_id")
    counted = passages.filter(pl.col("kind_of_it") != "document")
    return counted.with_columns(unit="counted_as").sort("unit", maintain_order=True)


def _examples(passages: pl.DataFrame) -> dict[str, Example]:
    return {
        row["passage_id"]: Example(
            row["text"], row["language"], row["context"],
            identifier=row["passage_id"], document=row["counted_as"],
        )
        for row in passages.iter_rows(named=True)
    }  # fmt: skip


def _outcomes(passages: pl.DataFrame, found: Mapping[str, bool]) -> dict[str, bool]:
    """Return which units are read, and whether the code was found in them.

    A unit is found when one of its passages is, and not when all of them were read; a
    decision that names the unit itself holds for all of it.
    """
    outcomes: dict[str, bool] = {}
    unread = set()
    for unit, passage in passages.select("unit", "passage_id").iter_rows():
        answer = found.get(unit, found.get(passage))
        if answer is None:
            unread.add(unit)
        else:
            outcomes[unit] = outcomes.get(unit, False) or answer
    return {unit: hit for unit, hit in outcomes.items() if hit or unit not in unread}


def _coder(
    lexicon: LexiconCoder,
    starting: Model | None,
    worked: Sequence[WorkedExample],
    examples: Sequence[Example],
) -> tuple[CombinedCoder, RankedBy]:
    if len(examples) >= LEAST_PASSAGES:
        learned = learn(taught(worked, examples), lexicon)
        return CombinedCoder(lexicon, learned.model), "decisions"
    if starting is not None:
        return CombinedCoder(lexicon, starting), "examples"
    return CombinedCoder(lexicon, Model()), "lexicon"


def _of_facets(worked: Iterable[WorkedExample], facet: str) -> list[WorkedExample]:
    """Return what examples say of a facet and of capacity: the rest would only take time."""
    facets = frozenset((facet, "capacity"))
    return [
        replace(
            one,
            codes={name: codes for name, codes in one.codes.items() if name in facets},
            facets=facets if one.facets is None else one.facets & facets,
        )
        for one in worked
    ]


def _with_known(
    log: ReviewLog, units: Sequence[str], outcomes: Mapping[str, bool]
) -> ReviewLog:
    """Take what was decided without being dealt as chosen by something else than chance."""
    dealt = {one.unit for one in log.dealt()}
    known = [unit for unit in units if unit in outcomes and unit not in dealt]
    return log.add([Dealt(unit, "known", 0.0) for unit in known]) if known else log


def _chances(
    coder: CombinedCoder, passages: pl.DataFrame, units: Sequence[str], key: Key
) -> NDArray[np.float64]:
    """Return the chance of each unit: that of its likeliest passage."""
    seen = (
        Passage(
            row["text"], row["language"], row["context"],
            [sector["code"] for sector in row["sectors"] or ()],
        )
        for row in passages.iter_rows(named=True)
    )  # fmt: skip
    chances = coder.chances(seen, [key])[:, 0]
    numbers = {unit: number for number, unit in enumerate(units)}
    best = np.zeros(len(units))
    np.maximum.at(best, [numbers[unit] for unit in passages["unit"]], chances)
    return best


def _new(
    log: ReviewLog,
    units: Sequence[str],
    chances: NDArray[np.float64],
    size: int,
    mix: Mix,
) -> list[Dealt]:
    earlier = {one.unit for one in log.dealt()}
    dealt = np.array([unit in earlier for unit in units], bool)
    order = permutation(len(units), log.seed)
    return [
        Dealt(units[number], why, round(float(chances[number]), 3))
        for number, why in next_batch(chances, dealt, order, size, mix)
    ]


def _files_of(log: ReviewLog) -> list[Path]:
    """Return the batches that lie beside the log, perhaps with answers."""
    found = log.path.parent.glob(f"{log.path.stem}-batch-*")
    return sorted(path for path in found if path.suffix in ENDINGS)


def _names(
    log: ReviewLog, batch: int, readers: int, out: Path | None
) -> tuple[Path, ...]:
    path = out or log.path.parent / f"{log.path.stem}-batch-{batch:03d}.csv"
    if readers == 1:
        return (path,)
    return tuple(
        path.with_name(f"{path.stem}-reader-{number}{path.suffix}")
        for number in range(1, readers + 1)
    )


def _write(
    files: Sequence[Path],
    batch: Sequence[Dealt],
    passages: pl.DataFrame,
    found: Mapping[str, bool],
    language: str,
) -> None:
    """Write for each reader the unread passages of the units that are theirs."""
    words = Wording("review_order", language)
    wanted = [one.unit for one in batch]
    rows = passages.filter(pl.col("unit").is_in(wanted)).partition_by(
        "unit", as_dict=True
    )
    shares = shared_out(range(len(batch)), max(1, len(files)))
    for path, share in zip(files, shares, strict=False):
        if path.exists():
            continue
        lines = [
            row | {"why": words.say(f"why_{one.why}"), "answer": ""}
            for one in (batch[number] for number in share)
            for row in rows[one.unit,].to_dicts()
            if row["passage_id"] not in found
        ]
        write_batch(path, lines)


def as_text(order: ReviewOrder, language: str, *, named: bool) -> str:
    """Say in a few lines where the review stands and what to do next.

    ``named``: the user chose where the batch is written, and must name it with the
    answers.
    """
    words = Wording("review_order", language)
    standing = order.standing
    share = {
        "target": words.percent(standing.target),
        "confidence": words.percent(standing.confidence),
    }
    lines = [
        words.say(
            f"standing_{order.unit}" if standing.read else f"not_begun_{order.unit}",
            question=order.question,
            read=standing.read,
            units=standing.units,
            found=standing.found,
            unfound=round(standing.unfound),
            most=standing.unfound_at_most,
        )
    ]
    if not standing.read:
        pass
    elif standing.read == standing.units:
        lines.append(words.say("stop_all_read"))
    elif standing.may_stop:
        lines.append(words.say("stop_may", **share))
    elif standing.more_draws is None:
        lines.append(words.say("stop_only_by_reading_all", **share))
    else:
        at_least = words.percent(standing.recall_at_least)
        lines.append(
            words.say(
                "stop_not_yet", count=standing.more_draws, at_least=at_least, **share
            )
        )
    if standing.drawn:
        lines.append(
            words.say("stop_why", count=standing.drawn, found=standing.drawn_found)
        )
    if order.files:
        if order.ranked_by:
            lines.append(words.say(f"ranked_{order.ranked_by}", count=order.decisions))
        lines.append(
            words.say(f"dealt_{order.unit}", batch=order.batch, count=order.dealt)
        )
        lines += [f"  {path}" for path in order.files]
        if order.again:
            lines.append(words.say("dealt_again", count=order.again))
        lines.append(words.say("answer_how_named" if named else "answer_how"))
    return "\n".join(lines)
