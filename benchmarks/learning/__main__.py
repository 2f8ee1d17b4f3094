"""Coding that learns, with the peers beside, as Markdown; pictures go to docs/pictures/.

    .venv/bin/python -m benchmarks.learning [quality] [curves] [effort] [SET ...] [--seeds N]

All parts and sets (written, tuning, both) unless some are named; ``--seeds`` reviews are
played for each question (20) and half as many learning curves drawn. From the root of the
repository, with the group bench: ``make bench``, or ``uv sync --extra web --group bench``.
What a peer needs and is not installed is left out, and said so. An hour on one core.
"""

import sys
import time
from collections.abc import Sequence

from benchmarks.accuracy.run import by_keywords, by_lexicon, classified
from benchmarks.learning import effort, orders, passages, pictures, quality
from benchmarks.learning.coders import NO_EMBEDDINGS, Coder, Embeddings, crossed
from benchmarks.learning.ours import Remembering, by_both, codes_of, learned_from
from benchmarks.learning.ours import passages as seen
from capmap.coding.evaluation import Example
from capmap.coding.suggestion import Suggestion
from capmap.frameworks.codebook import load_codebook
from capmap.frameworks.framework import load_framework

Sets = dict[str, list[Example]]
RANKING, AUDITED, ASREVIEW = "capmap, ranking alone", "capmap, with audit", "ASReview"


def show_quality(
    sets: Sets, lexicon: Remembering, embeddings: Embeddings | None
) -> None:
    """Every coder on every set, each passage coded by one that knows none of its document."""
    for name, examples in sets.items():
        both = crossed_suggestions(examples, lexicon)
        coded = {
            "lexicon": by_lexicon(lexicon)(examples),
            "lexicon and model": codes_of(both),
            "keywords": by_keywords(lexicon.codebook)(examples),
            "TF-IDF, linear SVM": crossed(classified, examples),
        }
        if embeddings:
            coded["embeddings, zero-shot"] = crossed(embeddings.zero_shot, examples)
            coded["embeddings, linear SVM"] = crossed(embeddings.classified, examples)
        print(f"### {name} ({len(examples)} passages), cross-validated by document\n")
        print(quality.table(examples, coded))
        print(quality.reported_row("model without the lexicon", examples, lexicon))
        moved = quality.gain(examples, coded["lexicon"], coded["lexicon and model"])
        print(f"| *gained by learning* | {moved} |\n")
        before = [
            lexicon.suggest(e.text, language=e.language, context=e.context)
            for e in examples
        ]
        parts = {
            "lexicon": quality.reliability(examples, before),
            "lexicon and model": quality.reliability(examples, both),
        }
        for coder, suggested in (("lexicon", before), ("lexicon and model", both)):
            print(
                f"Calibration, {coder}: error {parts[coder].error:.3f} over "
                f"{sum(parts[coder].count)} suggestions; Brier score "
                f"{quality.brier(examples, suggested):.3f}"
            )
        print()
        if name == "both":
            pictures.reliabilities(parts, "reliability")
    if {"tuning", "written"} <= {*sets}:
        written, tuning = sets["written"], sets["tuning"]
        print("### Learned from the tuning passages, tested on the written ones\n")
        coders: dict[str, Coder] = {
            "lexicon and model": by_both(lexicon),
            "TF-IDF, linear SVM": classified,
        }
        if embeddings:
            coders["embeddings, linear SVM"] = embeddings.classified
        coded = {"lexicon": by_lexicon(lexicon)(written)}
        coded |= {name: coder(tuning, written) for name, coder in coders.items()}
        print(quality.table(written, coded), end="\n\n")


def crossed_suggestions(
    examples: Sequence[Example], lexicon: Remembering
) -> list[list[Suggestion]]:
    suggested: list[list[Suggestion]] = [[] for _ in examples]
    for train, test in passages.folds(examples):
        coder = learned_from([examples[i] for i in train], lexicon)
        found = coder.suggest_many(seen([examples[i] for i in test]))
        for i, suggestions in zip(test, found, strict=True):
            suggested[i] = suggestions
    return suggested


def show_curves(
    sets: Sets, lexicon: Remembering, embeddings: Embeddings | None, seeds: int
) -> None:
    """Quality after few and many decisions, on passages never learned from."""
    coders: dict[str, Coder] = {
        "lexicon and model": by_both(lexicon),
        "TF-IDF, linear SVM": from_something(classified),
    }
    if embeddings:
        coders["embeddings, linear SVM"] = from_something(embeddings.classified)
    for name, examples in sets.items():
        if name == "tuning":
            continue
        points = quality.curves(examples, coders, range(seeds))
        print(f"### Learning curves, {name}: mean of {seeds} random orders\n")
        print(quality.curve_table(points), end="\n\n")
        if name == "written":
            pictures.learning_curves(points, "learning-curves")


def from_something(coder: Coder) -> Coder:
    """A coder that finds nothing before it has learned anything."""
    return lambda train, test: coder(train, test) if train else [{} for _ in test]


def show_effort(sets: Sets, lexicon: Remembering, seeds: int) -> None:
    """Reviews played through, for questions of every prevalence."""
    played: dict[str, orders.Order] = {
        RANKING: orders.by_capmap(lexicon, audit=False),
        AUDITED: orders.by_capmap(lexicon, audit=True),
        "lexicon alone": orders.by_lexicon(lexicon),
        "at random": orders.by_chance,
    }
    try:
        import asreview  # noqa: F401

        played[ASREVIEW] = orders.by_asreview
    except ImportError as error:
        print(f"ASReview is left out: {error}. It comes with the group bench.\n")
    for name, examples in sets.items():
        if name == "tuning":
            continue
        keys = effort.most_common(effort.questions(examples), examples)
        if name == "both":  # a review takes three times as long
            keys = keys[:4]
        runs = effort.play(examples, keys, played, range(seeds))
        print(
            f"### Work saved (WSS@95, per cent), {name}: {seeds} reviews a question\n"
        )
        print(effort.table(runs), end="\n\n")
        for ours in (RANKING, AUDITED):
            if ASREVIEW in played:
                print(effort.compared(runs, ours, ASREVIEW), end="\n\n")
        print(effort.compared(runs, RANKING, "lexicon alone"), end="\n\n")
        pictures.recall_curves(runs, f"review-effort-{name}", (RANKING, ASREVIEW))


def main(arguments: Sequence[str]) -> None:
    named = [a for a in arguments if a in ("quality", "curves", "effort")]
    seeds = 20
    if "--seeds" in arguments:
        seeds = int(arguments[arguments.index("--seeds") + 1])
    started = time.perf_counter()
    lexicon = Remembering(load_codebook(), load_framework())
    sets, tuning = {"written": passages.written()}, passages.tuning()
    if tuning:
        sets |= {"tuning": tuning, "both": [*tuning, *sets["written"]]}
    else:
        print(f"No tuning passages in {passages.TUNING}: set CAPMAP_DATA.\n")
    sets = {
        n: e for n, e in sets.items() if n in arguments or not {*sets} & {*arguments}
    }
    embeddings = None
    if named != ["effort"]:
        try:
            embeddings = Embeddings(lexicon.codebook)
        except ImportError as error:
            print(NO_EMBEDDINGS.format(error=error), end="\n\n")
    if "quality" in named or not named:
        show_quality(sets, lexicon, embeddings)
    if "curves" in named or not named:
        show_curves(sets, lexicon, embeddings, max(1, seeds // 2))
    if "effort" in named or not named:
        show_effort(sets, lexicon, seeds)
    print(f"{(time.perf_counter() - started) / 60:.0f} minutes.")


if __name__ == "__main__":
    main(sys.argv[1:])
