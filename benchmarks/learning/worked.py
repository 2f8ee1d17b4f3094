"""How good the coder is that starts trained on worked examples, as Markdown.

    .venv/bin/python -m benchmarks.learning.worked [PART ...] [--seeds N] [--part-of N]

All figures of docs/explanation/accuracy.md, by parts: kinds, agreement, crossed, weakest,
families, curves; all unless some are named. Pictures go to docs/pictures/. ``--seeds``
orders are drawn for the curves (2); ``--part-of 8`` takes an eighth of each file of worked
examples, to try the command. From the root of the repository, with the group bench; what a
peer needs and is not installed is left out, and said so. Half an hour on one core.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before NumPy is imported
os.environ.setdefault("OMP_NUM_THREADS", "1")

import json
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from benchmarks.accuracy.run import FACETS, Codes, by_keywords
from benchmarks.learning import families, passages, pictures, worked_curves
from benchmarks.learning.coders import NO_EMBEDDINGS, Coder, Embeddings, by_tfidf
from benchmarks.learning.crossed import Crossed, coded_by, crossed
from benchmarks.learning.figures import MEAN, OTHERS, figures, gained, head, row
from benchmarks.learning.ours import Remembering, codes_of
from benchmarks.learning.ours import passages as seen
from benchmarks.learning.passages import of_language
from benchmarks.learning.quality import reliability
from capmap.coding.evaluation import Example
from capmap.coding.learned.combined import CombinedCoder, suggest_all
from capmap.coding.learned.starting import starting_model, taught
from capmap.frameworks.codebook import load_codebook
from capmap.frameworks.examples import WorkedExample, load_examples
from capmap.frameworks.framework import load_framework

PARTS = ("kinds", "agreement", "crossed", "weakest", "families", "curves")
SECOND = Path(__file__).parents[1] / "accuracy" / "second_coding" / "coded.jsonl"
ALL = (*FACETS, *OTHERS)
OURS, LEXICON, KEYWORDS = "**capmap**", "lexicon alone", "keyword list"
WORDS, LETTERS = "TF-IDF of words, SVM", "TF-IDF of letters, SVM"
ZERO_SHOT, EMBEDDED = "embeddings, zero-shot", "embeddings, SVM"
#: Two blind codings of 400 passages like the mixed and donors' ones, once; a ceiling.
CEILING = (0.95, 0.97, 0.96, 0.89, 0.95, 0.97, 0.99, 0.97)
LANGUAGES = {"en": "English", "fr": "French", "es": "Spanish"}
#: A code is among the weakest if so many worked examples carry it.
_LEAST_CARRIED = 10
#: Means nearer than this are alike: the simpler family is kept.
_ALIKE = 0.01


def show_kinds(
    kinds: dict[str, list[Example]], start: CombinedCoder, worked: list[Example]
) -> None:
    """Every coder on every kind of passage, and by language where there are three."""
    peers: dict[str, Coder] = {WORDS: by_tfidf(), LETTERS: by_tfidf(letters=True)}
    try:
        embeddings = Embeddings(start.codebook)
        peers |= {ZERO_SHOT: embeddings.zero_shot, EMBEDDED: embeddings.classified}
    except ImportError as error:
        print(NO_EMBEDDINGS.format(error=error), end="\n\n")
    everything = [example for kind in kinds.values() for example in kind]
    suggested = {
        OURS: start.suggest_many(seen(everything)),
        LEXICON: suggest_all(start.lexicon, seen(everything)),
    }
    coded: dict[str, list[Codes]] = {
        **{name: codes_of(given) for name, given in suggested.items()},
        KEYWORDS: by_keywords(start.codebook)(everything),
    }
    for name, coder in peers.items():
        coded[name] = coder(worked, everything)
        note(name)
    groups: dict[str, list[int]] = {}
    of_languages: dict[str, list[int]] = {}
    for kind, examples in kinds.items():
        begin = sum(map(len, groups.values()))
        groups[kind] = list(range(begin, begin + len(examples)))
        for language, said in LANGUAGES.items():
            here = [i for i in groups[kind] if everything[i].language == language]
            if 0 < len(here) < len(examples):
                of_languages[f"{kind}, {said}"] = here
    print("### By kind of passage\n")
    print(head(["passages", "coder"]))
    for group, places in groups.items():
        of = [everything[i] for i in places]
        first = f"{group} ({len(of)})"
        part = {name: [codes[i] for i in places] for name, codes in coded.items()}
        for name, codes in part.items():
            print(row([first, name], figures(of, codes)))
        gain = gained(of, part[LEXICON], part[OURS])
        print(row([first, "*capmap less lexicon*"], gain, signed=True))
    ceiling = " | ".join(f"{value:.2f}" for value in (*CEILING, np.mean(CEILING)))
    print(f"| 400 like mixed and donor | *two people* | {ceiling} |\n")
    print("### Are chances to be believed?\n")
    print("| passages | coder | suggestions | mean chance | right | error |")
    print("| --- | --- | ---: | ---: | ---: | ---: |")
    for group, places in groups.items():
        of = [everything[i] for i in places]
        for name, given in suggested.items():
            told = reliability(of, [given[i] for i in places])
            said, right = (
                np.average(share, weights=told.count)
                for share in (told.said, told.right)
            )
            cells = f"{sum(told.count)} | {said:.2f} | {right:.2f} | {told.error:.3f}"
            print(f"| {group} ({len(of)}) | {name} | {cells} |")
    print("\n### By language\n")
    print(head(["passages", "coder"]))
    for group, places in of_languages.items():
        of = [everything[i] for i in places]
        for name, codes in coded.items():
            by_facet = figures(of, [codes[i] for i in places])
            print(row([f"{group} ({len(of)})", name], by_facet, intervals=[MEAN]))
    print()


def show_agreement() -> None:
    """How far two blind codings of worked examples agree."""
    if not SECOND.exists():
        print(f"No second coding in {SECOND}.\n")
        return
    lines = SECOND.read_text(encoding="utf-8").splitlines()
    twice = [json.loads(line) for line in lines if line.strip()]
    print(f"### Two blind codings of {len(twice)} worked examples\n")
    print(head(["coded twice"], ALL))
    for language, said in {"": "all", **LANGUAGES}.items():
        part = [one for one in twice if not language or one["lang"] == language]
        first = [
            Example(
                one["text"], codes={f: frozenset(c) for f, c in one["first"].items()}
            )
            for one in part
        ]
        if part:
            told = figures(first, [one["second"] for one in part], ALL)
            print(row([f"{said} ({len(part)})"], told, ALL))
    same = np.mean(
        [
            all(
                set(one["first"].get(f, ())) == set(one["second"].get(f, ()))
                for f in FACETS
            )
            for one in twice
        ]
    )
    print(f"\nAll eight facets alike in {same:.0%} of the passages.\n")


def show_crossed(of: Crossed) -> None:
    """Coders on the worked examples, each file coded by what knows none of it."""
    given = of.given(of.combined)
    coded = {
        OURS: of.codes(given),
        "model without the lexicon": of.codes(of.given_by_words()),
        LEXICON: of.codes(of.by_lexicon()),
        WORDS: coded_by(by_tfidf(facets=ALL), of),
    }
    files = len({e.document for e in of.examples})
    print(
        f"### Cross-validated by file: {len(of.examples):,} worked examples, "
        f"{files} files, {len(of.parts)} parts\n"
    )
    print(head(["passages", "coder"], ALL))
    for language, said in {"": "all", **LANGUAGES}.items():
        places = [
            i
            for i, e in enumerate(of.examples)
            if not language or e.language == language
        ]
        part = [of.examples[i] for i in places]
        for name, codes in coded.items():
            told = figures(part, [codes[i] for i in places], ALL)
            print(row([f"{said} ({len(part):,})", name], told, ALL))
    print()


def show_weakest(of: Crossed, count: int = 10) -> None:
    """The codes told worst, and what is learned at all."""
    given, true = of.given(of.combined), of.data.true
    right = (given & true).sum(axis=0)
    said, there = given.sum(axis=0), true.sum(axis=0)
    f1 = 2 * right / np.maximum(said + there, 1)
    enough = np.flatnonzero(there >= _LEAST_CARRIED)
    worst = sorted(enough, key=lambda k: f1[k])[:count]
    print(f"### The {count} codes told worst, cross-validated by file\n")
    print("| facet | code | passages | suggested | precision | recall | F1 |")
    print("| --- | --- | ---: | ---: | ---: | ---: | ---: |")
    for k in worst:
        facet, code = of.data.keys[k]
        precision = f"{right[k] / said[k]:.2f}" if said[k] else "–"
        recall = f"{right[k] / there[k]:.2f}"
        cells = f"{there[k]} | {said[k]} | {precision} | {recall} | {f1[k]:.2f}"
        print(f"| {facet} | {code} | {cells} |")
    learned = of.model.is_learned.sum()
    print(
        f"\nOf {len(f1)} codes the model has a say in {learned}; "
        f"{(f1[enough] >= 0.7).sum()} of {len(enough)} have an F1 of 0.7 or more, "
        f"{(f1[enough] < 0.4).sum()} one below 0.4.\n"
    )
    is_cd = of.rules.is_cd
    print(
        f"Capacity development, yes or no: precision {right[is_cd] / said[is_cd]:.2f}, "
        f"recall {right[is_cd] / there[is_cd]:.2f}.\n"
    )


def show_families(of: Crossed) -> None:
    """Families of model and sets of features on the same folds."""
    print("### Families of model, same features, folds and rules\n")
    print(head(["family"], FACETS, "seconds"))
    means = {}
    for name, family in families.FAMILIES.items():
        began = time.process_time()
        codes = of.codes(of.given(family(of)))
        seconds = time.process_time() - began
        told = figures(of.examples, codes)
        means[name] = told[MEAN].at
        cells = row([name], told, FACETS, f"{seconds:.0f}", intervals=[MEAN])
        print(cells, flush=True)
    best = max(means.values())
    alike = [name for name, mean in means.items() if mean >= best - _ALIKE]
    print(f"\nWithin {_ALIKE} of the best: {'; '.join(alike)}.\n")
    print("### Features tried, the family that is kept\n")
    print("| features | mean | against what ships |\n| --- | ---: | ---: |")
    ships = of.mean(of.given(of.combined))
    print(f"| as shipped | {ships:.3f} | |")
    for name, z in families.tried_features(of):
        mean = of.mean(of.given(z))
        print(f"| {name} | {mean:.3f} | {mean - ships:+.3f} |", flush=True)
    print()


def show_curves(
    kinds: dict[str, list[Example]],
    worked: list[Example],
    shipped: Sequence[WorkedExample],
    start: CombinedCoder,
    seeds: int,
    draw: bool,
) -> None:
    """More worked examples, and people's own decisions; ``draw`` the picture of the first."""
    lexicon = start.lexicon
    tests = {name: kinds[name] for name in ("held out", "mixed") if name in kinds}
    points = worked_curves.by_number_crossed(worked, lexicon)
    points += worked_curves.by_number(worked, tests, lexicon, range(seeds))
    print("### More worked examples: mean of eight facets\n")
    for name in dict.fromkeys(p.tested for p in points):
        part = [p for p in points if p.tested == name]
        print(worked_curves.table(part), end="\n\n")
    if draw:
        pictures.of_worked_examples(points, "worked-examples")
    note("worked examples")
    print("### People's own decisions beside them: mean of eight facets\n")
    pools = {"held out": kinds["held out"]}
    if len(kinds) > 1:
        several = [
            e for kind, part in kinds.items() if kind != "appendix" for e in part
        ]
        pools["held out, mixed and donor"] = several
    for name, decided in pools.items():
        decided = [replace(e, document=e.identifier) for e in decided]
        found = worked_curves.by_decisions(name, decided, shipped, start, range(seeds))
        print(worked_curves.table(found), end="\n\n", flush=True)


def note(what: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {what}", file=sys.stderr, flush=True)


def option(arguments: Sequence[str], name: str, otherwise: int) -> int:
    if name not in arguments:
        return otherwise
    return int(arguments[arguments.index(name) + 1])


def main(arguments: Sequence[str]) -> None:
    named = {part for part in PARTS if part in arguments} or {*PARTS}
    began = time.perf_counter()
    lexicon = Remembering(load_codebook(), load_framework())
    model = starting_model()
    if model is None:
        raise SystemExit("No model is shipped: train it first with `capmap learn`.")
    start = CombinedCoder(lexicon, model)
    shipped = load_examples()
    worked = taught(shipped)  # a document is a file
    part_of = option(arguments, "--part-of", 1)
    if part_of > 1:
        worked = worked_curves.share_of(worked, 1 / part_of, 0)
    kinds = passages.by_kind()
    if len(kinds) == 1:
        print(f"No other passages in {passages.TUNING}: set CAPMAP_DATA.\n")
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True
    ).stdout.strip()
    counts = ", ".join(
        f"{len(of_language(worked, code))} {said}" for code, said in LANGUAGES.items()
    )
    print(
        f"Commit {commit}; {len(worked):,} worked examples ({counts}); "
        f"{model.version}, learned from {model.decisions:,}.\n"
    )
    if "kinds" in named:
        show_kinds(kinds, start, worked)
        note("kinds")
    if "agreement" in named:
        show_agreement()
    if {"crossed", "weakest", "families"} & named:
        of = crossed(worked, lexicon)
        note("cross-validation")
        if "crossed" in named:
            show_crossed(of)
        if "weakest" in named:
            show_weakest(of)
        if "families" in named:
            show_families(of)
        note("families")
    if "curves" in named:
        seeds = option(arguments, "--seeds", 2)
        show_curves(kinds, worked, shipped, start, seeds, draw=part_of == 1)
    print(f"{(time.perf_counter() - began) / 60:.0f} minutes.")


if __name__ == "__main__":
    main(sys.argv[1:])
