"""Learning from 10,000 decisions, and coding with what was learned; peers beside.

    OPENBLAS_NUM_THREADS=1 .venv/bin/python benchmarks/speed/learned_coder.py [DECISIONS]

Passages are real ones of ``$CAPMAP_DATA`` (by default ../shared/data), two joined in each,
as there are not so many; decisions are what the shipped lexicon says of them, one in
twenty turned over. The coder that learns begins from a lexicon that lacks half of its
terms, so that there is something to learn. Peers, on the same passages and in the same
process: the lexicon alone, and scikit-learn's TF-IDF of words and pairs with a linear
support vector machine a code. For coding, the real passages are taken as they stand.
Seconds are those of the processor, on one core.
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
from capmap.coding.learned.training import learn
from capmap.coding.lexicon import LexiconCoder
from capmap.frameworks.codebook import Codebook, load_codebook
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


def main(arguments: Sequence[str]) -> None:
    count = int(arguments[0]) if arguments else 10_000
    codebook, framework = load_codebook(), load_framework()
    full = LexiconCoder(codebook, framework)
    half = LexiconCoder(halved(codebook), framework)
    examples = decided(full, passages(count))
    began = time.process_time()
    learned = learn(examples, half)
    seconds = time.process_time() - began
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

    again = 4 * [p for found in real_passages().values() for p in found]
    coder = CombinedCoder(half, learned.model)
    labels = MultiLabelBinarizer()
    table = labels.fit_transform(
        [
            sorted((f, c) for f, found in e.codes.items() for c in found)
            for e in examples
        ]
    )
    vectorizer = TfidfVectorizer(sublinear_tf=True, ngram_range=(1, 2), min_df=2)
    machine = OneVsRestClassifier(LinearSVC(class_weight="balanced"))
    machine.fit(vectorizer.fit_transform([e.text for e in examples]), table)
    ways = {
        "combined coder, together": lambda ps: coder.suggest_many(ps),
        "combined coder, one by one": lambda ps: [
            coder.suggest(p.text, language=p.language, context=p.context) for p in ps
        ],
        "lexicon alone": lambda ps: [
            half.suggest(p.text, language=p.language, context=p.context) for p in ps
        ],
        "TF-IDF and linear SVM": lambda ps: machine.predict(
            vectorizer.transform([p.text for p in ps])
        ),
    }
    gc.collect()
    gc.freeze()  # as the workers of capmap map do
    print(f"\npassages a second, the best of three, {len(again)} passages")
    for name, way in ways.items():
        way(again[:200])
        times = []
        for _ in range(3):
            began = time.process_time()
            way(again)
            times.append(time.process_time() - began)
        print(f"  {name:28}{len(again) / min(times):10,.0f}")


if __name__ == "__main__":
    main(sys.argv[1:])
