"""How fast the shipped coder codes, and how long learning takes; peers beside.

    OPENBLAS_NUM_THREADS=1 .venv/bin/python benchmarks/speed/learned_coder.py [DECISIONS]

The model that ships codes the real passages of ``$CAPMAP_DATA`` (by default
../shared/data), the lexicon included. Peers, on the same passages and in the same process:
the lexicon alone, and scikit-learn's TF-IDF of words and pairs with a linear support vector
machine a code, learned from the same worked examples. It is trained again too, to see how
long that takes and whether the same model comes out. Seconds are those of the processor,
on one core.

With a number of DECISIONS, learning from so many is simulated instead: two real passages
joined in each, as there are not so many; decisions are what the shipped lexicon says of
them, one in twenty turned over; and the coder begins from a lexicon that lacks half of its
terms, so that there is something to learn.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before NumPy is imported

import gc
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.multiclass import OneVsRestClassifier
from sklearn.preprocessing import MultiLabelBinarizer
from sklearn.svm import LinearSVC

from capmap.coding.evaluation import Example
from capmap.coding.learned.combined import CombinedCoder
from capmap.coding.learned.model import Passage
from capmap.coding.learned.starting import starting_model, taught
from capmap.coding.learned.training import Learned, learn
from capmap.coding.lexicon import LexiconCoder
from capmap.frameworks.codebook import Codebook, load_codebook
from capmap.frameworks.examples import load_examples
from capmap.frameworks.framework import load_framework
from capmap.sources.activity import SetAside
from capmap.sources.intake import inputs, read

_SEED = 312
FACETS = (
    "capacity", "outcome", "programme", "modality", "level", "constituent", "target",
    "partner",
)  # fmt: skip


def real_passages() -> dict[str, list[Passage]]:
    """Return the passages there are, by language."""
    data = Path(os.environ.get("CAPMAP_DATA", "../shared/data"))
    roots = [path for path in (data / "iati", data / "papers") if path.is_dir()]
    real: dict[str, list[Passage]] = {}
    with tempfile.TemporaryDirectory() as unpacked:
        for found in inputs([*roots, Path("sample")], Path(unpacked)):
            if isinstance(found, SetAside):
                continue
            for activity in read(found):
                if not isinstance(activity, SetAside):
                    for p in activity.passages:
                        language = p.language or "en"
                        real.setdefault(language, []).append(
                            Passage(p.text, language, p.context)
                        )
    return real


def passages(count: int) -> list[Passage]:
    """Return ``count`` passages, each two real ones joined; headings kept."""
    real = real_passages()
    chance = random.Random(_SEED)
    languages = sorted(real)
    sizes = [len(real[language]) for language in languages]
    drawn = []
    for _ in range(count):
        language = chance.choices(languages, sizes)[0]
        one, two = chance.choice(real[language]), chance.choice(real[language])
        drawn.append(replace(one, text=f"{one.text} {two.text}"))
    return drawn


def decided(coder: LexiconCoder, passages: Sequence[Passage]) -> list[Example]:
    """Return passages with the codes of ``coder``, one in twenty turned over."""
    chance = random.Random(_SEED)
    examples = []
    for number, p in enumerate(passages):
        codes: dict[str, set[str]] = {facet: set() for facet in FACETS}
        for s in coder.suggest(p.text, language=p.language, context=p.context):
            if s.facet in codes and (s.facet == "capacity" or chance.random() > 0.05):
                codes[s.facet].add(s.code)
        examples.append(
            Example(
                p.text, p.language, p.context,
                {facet: frozenset(found) for facet, found in codes.items()},
                str(number), str(number),
            )
        )  # fmt: skip
    return examples


def halved(codebook: Codebook) -> Codebook:
    """Return the codebook with half of the terms of each code taken away."""
    chance = random.Random(_SEED)
    facets = {}
    for name, facet in codebook.facets.items():
        codes = {}
        for code in facet.codes.values():
            kept = {
                language: tuple(t for t in terms if chance.random() < 0.5)
                for language, terms in code.terms.items()
            }
            codes[code.code] = replace(code, terms=kept)
        facets[name] = replace(facet, codes=codes)
    return replace(codebook, facets=facets, version="half of the terms")


def shipped() -> None:
    """Measure the model that ships, and train it again."""
    lexicon = LexiconCoder(load_codebook(), load_framework())
    model = starting_model()
    if model is None:
        raise SystemExit("No model is shipped: train it first with `capmap learn`.")
    worked = taught(load_examples())
    learned, seconds = timed_learning(worked, lexicon)
    alike = "the same" if learned.model.as_bytes() == model.as_bytes() else "another"
    print(f"learn from {len(worked):,} worked examples: {seconds:.1f} s; {alike} model")
    began = time.process_time()
    coder = CombinedCoder(lexicon, model)
    size, opened = len(model.as_bytes()) / 1e6, time.process_time() - began
    print(f"the model: {size:.1f} MB, {len(model.features):,} features; ", end="")
    print(f"made ready in {opened:.2f} s")
    compare(coder, worked)


def simulated(count: int) -> None:
    """Learn from ``count`` decisions on real passages with half of the terms."""
    codebook, framework = load_codebook(), load_framework()
    full = LexiconCoder(codebook, framework)
    half = LexiconCoder(halved(codebook), framework)
    examples = decided(full, passages(count))
    learned, seconds = timed_learning(examples, half)
    size = len(learned.model.as_bytes()) / 1e6
    print(f"learn from {count} decisions, cross-validation included: {seconds:.1f} s")
    print(f"the model: {size:.1f} MB, {len(learned.model.features)} features")
    codes = learned.report.codes.values()
    print(f"codes learned: {sum(c.is_learned for c in codes)} of {len(codes)}")
    for facet, figures in learned.report.facets.items():
        told = ", ".join(f"{name} {f1:.2f}" for name, (f1, _, _) in figures.items())
        print(f"  {facet:12} macro F1: {told}")
    before, after = learned.report.error_before, learned.report.error_after
    print(f"  calibration error {before:.3f} before, {after:.3f} after")
    compare(CombinedCoder(half, learned.model), examples)


def timed_learning(
    examples: Sequence[Example], lexicon: LexiconCoder
) -> tuple[Learned, float]:
    began = time.process_time()
    learned = learn(examples, lexicon)
    return learned, time.process_time() - began


def compare(coder: CombinedCoder, examples: Sequence[Example]) -> None:
    """Print passages a second of ``coder``, its lexicon, and a peer taught the same."""
    again = 4 * [p for found in real_passages().values() for p in found]
    labels = MultiLabelBinarizer()
    table = labels.fit_transform(
        [
            sorted((f, c) for f, found in e.codes.items() for c in found)
            for e in examples
        ]
    )
    vectorizer = TfidfVectorizer(sublinear_tf=True, ngram_range=(1, 2), min_df=2)
    machine = OneVsRestClassifier(LinearSVC(class_weight="balanced"))
    began = time.process_time()
    machine.fit(vectorizer.fit_transform([e.text for e in examples]), table)
    print(f"TF-IDF and linear SVM learn in {time.process_time() - began:.1f} s")
    lexicon = coder.lexicon
    ways = {
        "combined coder, together": lambda ps: coder.suggest_many(ps),
        "combined coder, one by one": lambda ps: [
            coder.suggest(p.text, language=p.language, context=p.context) for p in ps
        ],
        "lexicon alone": lambda ps: [
            lexicon.suggest(p.text, language=p.language, context=p.context) for p in ps
        ],
        "TF-IDF and linear SVM": lambda ps: machine.predict(
            vectorizer.transform([p.text for p in ps])
        ),
    }
    gc.collect()
    gc.freeze()  # as the workers of capmap map do
    signs = sum(len(p.text) for p in again) / len(again)
    print(
        f"\n{len(again):,} passages of {signs:.0f} signs: passages a second, best of 3"
    )
    best = dict.fromkeys(ways, float("inf"))
    for _ in range(3):  # in turns, so that a busy moment of the machine hits all
        for name, way in ways.items():
            began = time.process_time()
            way(again)
            best[name] = min(best[name], time.process_time() - began)
    for name, seconds in best.items():
        print(f"  {name:28}{len(again) / seconds:10,.0f}")


def main(arguments: Sequence[str]) -> None:
    if arguments:
        simulated(int(arguments[0]))
    else:
        shipped()


if __name__ == "__main__":
    main(sys.argv[1:])
