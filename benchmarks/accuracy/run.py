"""The lexicon beside two baselines, on passages coded by hand, as a Markdown table.

    python benchmarks/accuracy/run.py [FOLDER] [--reliability]

FOLDER holds JSON lines as ``capmap evaluate`` takes them; by default
``$CAPMAP_DATA/evaluation``. Baselines: every term of the codebook as a keyword, no rules;
and TF-IDF with a linear support vector machine, cross-validated on the same passages.
``--reliability`` prints how often each kind of evidence was right instead.
"""

import os
import sys
import warnings
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.model_selection import KFold
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MultiLabelBinarizer
from sklearn.svm import LinearSVC

from capmap.coding.evaluation import Example, read_examples, score
from capmap.coding.languages import language_of
from capmap.coding.lexicon import LexiconCoder
from capmap.coding.reading import Reader
from capmap.frameworks.codebook import Codebook, load_codebook
from capmap.frameworks.framework import load_framework

FACETS = (
    "capacity",
    "outcome",
    "programme",
    "modality",
    "level",
    "constituent",
    "target",
    "partner",
)
Codes = dict[str, set[str]]
_FOLDS = 10


def by_lexicon(coder: LexiconCoder) -> Callable[[Sequence[Example]], list[Codes]]:
    def code(examples: Sequence[Example]) -> list[Codes]:
        coded = []
        for e in examples:
            codes: Codes = defaultdict(set)
            for s in coder.suggest(e.text, language=e.language, context=e.context):
                codes[s.facet].add(s.code)
            coded.append(codes)
        return coded

    return code


def by_keywords(codebook: Codebook) -> Callable[[Sequence[Example]], list[Codes]]:
    """Every code whose term stands in the text; capacity development if a form is named."""
    reader = Reader(codebook)

    def code(examples: Sequence[Example]) -> list[Codes]:
        coded = []
        for e in examples:
            codes: Codes = defaultdict(set)
            reading = reader.read(e.text, e.language or language_of(e.text))
            for facet, name in reading.codes:
                codes[facet].add(name)
            codes["capacity"] = {"cd" if codes["modality"] else "not-cd"}
            coded.append(codes)
        return coded

    return code


def classified(train: Sequence[Example], test: Sequence[Example]) -> list[Codes]:
    """TF-IDF of words and pairs, one linear machine a code, learned from ``train``.

    It reads the titles above a passage too, as the lexicon does.
    """
    coded: list[Codes] = [defaultdict(set) for _ in test]
    for facet in FACETS:
        labels = MultiLabelBinarizer()
        table = labels.fit_transform([sorted(e.codes.get(facet, ())) for e in train])
        if not len(labels.classes_):
            continue
        model = make_pipeline(
            TfidfVectorizer(sublinear_tf=True, ngram_range=(1, 2), min_df=2),
            OneVsRestClassifier(LinearSVC(class_weight="balanced")),
        )
        with warnings.catch_warnings():  # a code that every training passage carries
            warnings.simplefilter("ignore", UserWarning)
            model.fit([with_titles(e) for e in train], table)
        found = model.predict([with_titles(e) for e in test]).reshape(len(test), -1)
        for codes, row in zip(coded, found, strict=True):
            codes[facet] = set(labels.classes_[row.astype(bool)])
    return coded


def with_titles(example: Example) -> str:
    return f"{example.context}\n{example.text}".strip()


def by_classifier(examples: Sequence[Example]) -> list[Codes]:
    """The linear machine, each passage coded by one that has not seen it (ten folds)."""
    coded: list[Codes] = [{} for _ in examples]
    for train, test in KFold(_FOLDS, shuffle=True, random_state=312).split(examples):
        found = classified([examples[i] for i in train], [examples[i] for i in test])
        for i, codes in zip(test, found, strict=True):
            coded[i] = codes
    return coded


def table(groups: dict[str, list[Example]], coders: dict[str, Callable]) -> str:  # type: ignore[type-arg]
    """Macro F1 with its interval, a row for each group and coder."""
    lines = [
        f"| passages | coder | {' | '.join(FACETS)} |",
        f"| --- | --- | {' | '.join('---:' for _ in FACETS)} |",
    ]
    for group, examples in groups.items():
        for name, code in coders.items():
            facets = score(examples, code(examples))["facets"]
            cells = []
            for facet in FACETS:
                if facet not in facets:
                    cells.append("–")
                    continue
                low, high = facets[facet]["macro_f1_interval"]
                cells.append(f"{facets[facet]['macro_f1']:.2f} ({low:.2f}–{high:.2f})")
            lines.append(
                f"| {group} ({len(examples)}) | {name} | {' | '.join(cells)} |"
            )
    return "\n".join(lines)


def reliability(coder: LexiconCoder, examples: Sequence[Example]) -> str:
    """How often each kind of evidence was right, and what confidence it was given."""
    rows: dict[tuple[str, str, str], list[tuple[float, bool]]] = defaultdict(list)
    for e in examples:
        for s in coder.suggest(e.text, language=e.language, context=e.context):
            if s.facet in FACETS:
                kind = "doubtful" if s.doubtful else ""
                right = s.code in e.codes.get(s.facet, ())
                rows[s.facet, s.basis, kind].append((s.confidence, right))
    lines = [
        "| facet | evidence | | suggestions | right | confidence given |",
        "| --- | --- | --- | ---: | ---: | ---: |",
    ]
    for (facet, basis, kind), marks in sorted(rows.items()):
        right = sum(mark for _, mark in marks) / len(marks)
        given = sum(chance for chance, _ in marks) / len(marks)
        lines.append(
            f"| {facet} | {basis} | {kind} | {len(marks)} | {right:.2f} | {given:.2f} |"
        )
    return "\n".join(lines)


def main(arguments: Sequence[str]) -> None:
    named = [a for a in arguments if not a.startswith("--")]
    data = Path(os.environ.get("CAPMAP_DATA", "../shared/data")) / "evaluation"
    folder = Path(named[0]) if named else data
    files = {
        path.stem: read_examples([path]) for path in sorted(folder.glob("*.jsonl"))
    }
    if not files:
        raise SystemExit(f"No .jsonl in {folder}; name a folder or set CAPMAP_DATA.")
    everything = [example for examples in files.values() for example in examples]
    codebook = load_codebook()
    coder = LexiconCoder(codebook, load_framework())
    if "--reliability" in arguments:
        print(reliability(coder, everything))
        return
    groups = {"all": everything, **files}
    for language in ("en", "fr", "es"):
        groups[language] = [e for e in everything if e.language == language]
    print(
        table(
            {
                name: examples
                for name, examples in groups.items()
                if len(examples) >= 20
            },
            {
                "lexicon": by_lexicon(coder),
                "keywords": by_keywords(codebook),
                "TF-IDF, linear SVM": by_classifier,
            },
        )
    )


if __name__ == "__main__":
    main(sys.argv[1:])
