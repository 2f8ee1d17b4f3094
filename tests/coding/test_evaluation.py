"""Scores on small sets whose figures can be worked out by hand."""

import json
from pathlib import Path

import pytest

from capmap.coding.evaluation import Example, as_text, evaluate, read_examples, score
from capmap.coding.lexicon import LexiconCoder
from capmap.frameworks.codebook import load_codebook


def example(*codes: str) -> Example:
    return Example(text="x", codes={"modality": frozenset(codes)})


def test_precision_recall_and_f1() -> None:
    examples = [example("a"), example("a"), example("a", "b"), example()]
    suggested = [{"modality": ["a"]}, {}, {"modality": ["a"]}, {"modality": ["a", "b"]}]
    facet = score(examples, suggested)["facets"]["modality"]
    assert facet["codes"]["a"] == {
        "precision": pytest.approx(2 / 3),
        "recall": pytest.approx(2 / 3),
        "f1": pytest.approx(2 / 3),
        "support": 3,
    }
    assert facet["macro_f1"] == pytest.approx(2 / 3)  # b has too few passages to count
    assert facet["micro_f1"] == pytest.approx(2 * 2 / (2 * 2 + 2 + 2))


def test_the_interval_holds_the_value_and_repeats() -> None:
    examples = [example("a") if n % 2 else example() for n in range(40)]
    suggested = [{"modality": ["a"]} if n % 3 else {} for n in range(40)]
    first = score(examples, suggested)["facets"]["modality"]
    low, high = first["macro_f1_interval"]
    assert low < first["macro_f1"] < high
    assert first == score(examples, suggested)["facets"]["modality"]


def test_perfect_coding_has_no_doubt() -> None:
    examples = [example("a") for _ in range(5)]
    facet = score(examples, [{"modality": ["a"]}] * 5)["facets"]["modality"]
    assert facet["macro_f1_interval"] == [1.0, 1.0]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "not JSON"),
        ("[]", "no text"),
        ('{"text": 3}', "no text"),
        ('{"text": "x"}', "codes must be lists"),
        ('{"text": "x", "codes": {"level": "individual"}}', "codes must be lists"),
    ],
)
def test_a_broken_line_is_named(tmp_path: Path, line: str, reason: str) -> None:
    file = tmp_path / "coded.jsonl"
    file.write_text('{"text": "x", "codes": {}}\n' + line + "\n", encoding="utf-8")
    with pytest.raises(ValueError, match=f"line 2: {reason}"):
        read_examples([file])


def test_a_byte_order_mark_and_empty_lines_do_not_count(tmp_path: Path) -> None:
    file = tmp_path / "coded.jsonl"
    file.write_text('\ufeff{"text": "x", "codes": {}}\n\n', encoding="utf-8")
    assert len(read_examples([file])) == 1


def test_the_lexicon_is_scored(tmp_path: Path) -> None:
    file = tmp_path / "coded.jsonl"
    rows = [
        {"text": t, "lang": "en", "codes": {"capacity": [c]}}
        for t, c in [
            ("A course for labour inspectors.", "cd"),
            ("A workshop for trade unions.", "cd"),
            ("Purchase of ten vehicles.", "not-cd"),
        ]
    ]
    file.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    scores = evaluate(LexiconCoder(load_codebook()), read_examples([file]))
    assert scores["passages"] == 3
    assert scores["facets"]["capacity"]["micro_f1"] == 1.0
    assert "capacity" in as_text(scores)


#: Far below what the docs report: a guard against breakage, not a boast.
FLOORS = {"capacity": 0.8, "outcome": 0.75, "programme": 0.75, "modality": 0.6,
          "level": 0.75, "constituent": 0.8, "target": 0.7}  # fmt: skip


def test_the_hand_coded_passages_are_well_matched(data: Path) -> None:
    examples = read_examples([data / "evaluation" / "mixed.jsonl"])
    scores = evaluate(LexiconCoder(load_codebook()), examples)["facets"]
    below = {
        f: scores[f]["macro_f1"]
        for f, least in FLOORS.items()
        if scores[f]["macro_f1"] < least
    }
    assert not below
