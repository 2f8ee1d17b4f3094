"""Worked examples at the prompt: checked, added, and none lost."""

import json

import pytest

pytestmark = pytest.mark.slow

NEW = {
    "id": "en-note-001", "lang": "en", "wording": "indirect",
    "text": "Two plumbers of the utility shadow an older one until they mend pumps alone.",
    "codes": {
        "capacity": ["cd"], "outcome": ["water-1"], "modality": ["on-the-job"],
        "level": ["individual"],
    },
    "near": {"modality:training": "Nobody holds a course."},
}  # fmt: skip


def written(path, *rows):
    lines = [row if isinstance(row, str) else json.dumps(row) for row in rows]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_examples_are_added_and_the_next_command_named(capmap, tmp_path, water):
    new = written(tmp_path / "field-note.jsonl", NEW, NEW | {
        "id": "es-note-001", "lang": "es", "text": "Dos fontaneros acompañan a otro.",
    })  # fmt: skip

    done = capmap("examples", "add", new, "--framework", water)

    assert done.returncode == 0, done.stderr
    added = water / "examples" / "field-note.en.jsonl"
    assert f"1 example added to {added}" in done.stdout
    assert f"capmap learn --framework {water}" in done.stdout
    assert json.loads(added.read_text("utf-8")) == NEW
    checked = capmap("examples", "check", "--framework", water)
    assert checked.returncode == 0, checked.stdout
    assert "3 worked examples: English 2, Spanish 1." in checked.stdout
    assert "water-1 3" in checked.stdout
    assert "training-of-trainers" not in checked.stdout  # the shipped ones are enough


def test_all_that_is_wrong_is_told_and_nothing_is_added(capmap, tmp_path, water):
    new = written(
        tmp_path / "note.jsonl",
        NEW,
        "{nope",
        NEW | {"id": "en-report-001"},
        NEW | {"id": "n4", "codes": NEW["codes"] | {"outcome": ["spf-01"]}},
        NEW | {"id": "n5", "text": "shadow \x1b[2J an older one"},
    )
    before = sorted((water / "examples").iterdir())

    done = capmap("examples", "add", new, "--framework", water, "--language", "fr")

    assert done.returncode == 1
    for line in (2, 3, 4, 5):
        assert f"note.jsonl, ligne {line}" in done.stdout
    assert "même identifiant" in done.stdout
    assert "outcome:spf-01" in done.stdout
    assert "Rien n’a été ajouté" in done.stdout
    assert "\x1b" not in done.stdout
    assert sorted((water / "examples").iterdir()) == before


def test_the_check_says_what_is_wrong_in_the_files_named(capmap, tmp_path, water):
    new = written(tmp_path / "note.jsonl", NEW | {"wording": ""})
    (tmp_path / "latin.jsonl").write_bytes("Größe".encode("latin-1"))

    done = capmap(
        "examples", "check", new, "latin.jsonl", "--framework", water, "--json"
    )

    assert done.returncode == 1
    told = json.loads(done.stdout)
    assert [one["problem"] for one in told["findings"]] == [
        "example_wording", "not_utf8",
    ]  # fmt: skip
    assert told["findings"][0]["line"] == 1
    assert told["codes"]["outcome:water-1"]["examples"] == 2


def test_the_shipped_examples_pass_their_check(capmap):
    done = capmap("examples", "check")

    assert done.returncode == 0, done.stdout
    assert "Nothing is wrong" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["water/examples/report.en.jsonl"], "lies among the examples"),
        (["my notes!.jsonl"], "names no genre"),
        (["note.jsonl", "--genre", "../outside"], "names no genre"),
    ],
)
def test_add_says_what_is_wrong_with_a_call(capmap, tmp_path, water, arguments, said):
    for name in ("my notes!.jsonl", "note.jsonl"):
        written(tmp_path / name, NEW)

    done = capmap("examples", "add", *arguments, "--framework", "water")

    assert done.returncode == 2
    assert said in done.stderr
