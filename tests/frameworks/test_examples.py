"""Worked examples: read as they are written, and refused with line, reason and remedy."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capmap.frameworks.examples import (
    WorkedExample,
    as_line,
    load_examples,
    read_all,
    read_worked,
    shown,
)
from capmap.frameworks.findings import FrameworkError

CODED = {
    "id": "en-report-001", "lang": "en", "wording": "indirect",
    "text": "She goes through the files of the week with the new clerk.",
    "codes": {"capacity": ["cd"], "modality": ["on-the-job"], "level": ["individual"]},
    "near": {"modality:training": "No course is held."},
}  # fmt: skip


def written(path, *rows):
    lines = [row if isinstance(row, str) else json.dumps(row) for row in rows]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_an_example_is_read_with_the_genre_of_its_file(tmp_path):
    (one,) = read_worked([written(tmp_path / "report.en.jsonl", CODED)])

    assert one.genre == "report"
    assert one.has("modality", "on-the-job")
    assert one.near["modality", "training"] == "No course is held."
    assert one.line == 1


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{nope", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ('{"text": ' + "1" * 5000 + "}", "not JSON"),
        ("[]", "not an object"),
        ('{"text": "a", "text": "b", "codes": {}}', "“text” stands twice"),
        (CODED | {"colour": "red"}, "“colour” is no part"),
        (CODED | {"text": "  "}, "no text"),
        (CODED | {"text": "long " * 2000}, "longer than 5000"),
        (CODED | {"codes": {"capacity": "cd"}}, "set of lists"),
        (CODED | {"codes": {"modality": ["x"] * 1000}}, "set of lists"),
        (CODED | {"near": {"modality:training": 1}}, "reason for each"),
        (CODED | {"near": {"training": "No."}}, "a facet and a code"),
        (CODED | {"doubtful": "all"}, "list of codes"),
        (CODED | {"id": 7}, "not a text"),
        (CODED | {"id": "x" * 81}, "longer than 80"),
        (CODED | {"outside": "yes"}, "neither true nor false"),
        (CODED | {"text": "red \x1b[31m"}, "nobody sees (U+001B)"),
        (CODED | {"text": "half \ud800"}, "nobody sees (U+D800)"),
        (CODED | {"near": {"level:individual": "turned \u202e"}}, "(U+202E)"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_line(tmp_path, line, said):
    path = written(tmp_path / "a.jsonl", CODED, line, CODED | {"id": "b"})

    examples, (finding,) = read_all([path])

    assert [one.line for one in examples] == [1, 3]
    for language in ("en", "fr", "es"):
        finding.sentence(language).encode()  # can be shown
    assert "a.jsonl, line 2" in finding.sentence()
    assert said in finding.sentence()
    with pytest.raises(FrameworkError, match="line 2"):
        read_worked([path])


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("Größe".encode("latin-1"), "not encoded in UTF-8"),
        (b"x\n" * 3000, "1000 lines are wrong"),
        (b" " * 20_000_001, "larger than 20 MB"),
    ],
)
def test_a_file_that_is_none_is_told_and_the_others_read(tmp_path, content, said):
    bad = tmp_path / "a.jsonl"
    bad.write_bytes(content)

    examples, findings = read_all([bad, written(tmp_path / "b.jsonl", CODED)])

    assert len(examples) == 1
    assert said in findings[-1].sentence()


def test_a_framework_without_the_folder_has_no_examples(tmp_path):
    assert load_examples(tmp_path) == ()


def test_names_of_a_finding_hide_what_would_move_the_cursor(tmp_path):
    path = written(tmp_path / "a.jsonl", CODED | {"id": "a\x1b[2J", "a\x07": 1})

    _, (finding,) = read_all([path])

    assert "\x1b" not in finding.sentence()
    assert "\x07" not in finding.sentence()


SEEN = st.text(
    st.characters(exclude_categories=("C", "Zl", "Zp")), min_size=1, max_size=40
).filter(str.strip)
NAME = SEEN.filter(lambda name: ":" not in name)


@given(
    st.builds(
        WorkedExample,
        identifier=SEEN,
        language=st.sampled_from(("en", "fr", "es")),
        text=SEEN,
        codes=st.dictionaries(NAME, st.lists(NAME, min_size=1).map(tuple)),
        near=st.dictionaries(st.tuples(NAME, NAME), SEEN),
        context=st.one_of(st.just(""), SEEN),
        wording=st.sampled_from(("plain", "indirect", "")),
        outside=st.booleans(),
        doubtful=st.lists(st.tuples(NAME, NAME)).map(tuple),
    )
)
def test_what_is_written_is_read_again(tmp_path_factory, example):
    path = tmp_path_factory.mktemp("round") / "a.en.jsonl"
    path.write_text(as_line(example), encoding="utf-8")

    assert read_worked([path]) == (example,)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@given(
    st.dictionaries(
        st.sampled_from([*CODED, "context", "outside", "doubtful", "more"]), JSON
    )
)
def test_any_object_is_read_or_told(tmp_path_factory, row):
    path = tmp_path_factory.mktemp("any") / "a.jsonl"
    path.write_text(json.dumps(CODED | row), encoding="utf-8")

    examples, findings = read_all([path])

    assert len(examples) + len(findings) == 1
    for finding in findings:
        finding.sentence("fr").encode()
    for example in examples:
        as_line(example).encode()


def example(number, *, modality="training", wording="plain", near=(), **more):
    codes = {"capacity": ("cd",), "modality": (modality,), "level": ("individual",)}
    return WorkedExample(
        f"en-{number}", "en", f"Passage {number} on a course." + "x" * number, codes,
        dict.fromkeys(near, "why"), wording=wording, **more,
    )  # fmt: skip


def test_plain_and_indirect_take_turns_and_genres_change():
    examples = [
        example(1, file="a.en.jsonl"),
        example(2, file="a.en.jsonl"),
        example(3, file="b.en.jsonl"),
        example(4, wording="indirect", file="b.en.jsonl"),
        example(5, modality="network", near=[("modality", "training")]),
        example(6, file="a.fr.jsonl"),
    ]
    key = ("modality", "training")

    given_it, near = shown(examples[:-1], key, "en", limit=3)

    assert [e.identifier for e in given_it] == ["en-1", "en-4", "en-3"]
    assert [e.identifier for e in near] == ["en-5"]
    assert shown(examples, key, "fr") == ([], [])
