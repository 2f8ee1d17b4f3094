"""Adding worked examples leaves all files whole, whatever happens."""

import json
from pathlib import Path

import pytest
from own_framework import write_water

from capmap.frameworks.codebook import load_codebook
from capmap.frameworks.examples import load_examples
from capmap.pipeline.example_files import add_files, check_files
from capmap.pipeline.parts import codebook_folders


@pytest.fixture
def water(tmp_path):
    return write_water(tmp_path)


@pytest.fixture
def book(water):
    return load_codebook(*codebook_folders(water, None))


def new(path, *identifiers):
    rows = [
        {"id": name, "lang": name[:2], "text": f"Pumps for {name}.",
         "codes": {"capacity": ["not-cd"]}}
        for name in identifiers
    ]  # fmt: skip
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    return path


def test_a_file_that_ends_within_a_line_is_not_spoiled(tmp_path, water, book):
    there = water / "examples" / "report.en.jsonl"
    there.write_text(there.read_text("utf-8").rstrip("\n"), encoding="utf-8")

    add_files(water, book, [new(tmp_path / "a.jsonl", "en-1")], "report")
    add_files(water, book, [new(tmp_path / "b.jsonl", "en-2")], "report")

    names = [one.identifier for one in load_examples(water)]
    assert names == ["en-report-001", "en-1", "en-2"]


def test_a_disk_that_is_full_leaves_every_file_as_it_was(
    tmp_path, water, book, monkeypatch
):
    add_files(water, book, [new(tmp_path / "a.jsonl", "en-1")], "note")
    before = (water / "examples" / "note.en.jsonl").read_bytes()
    opened = Path.open

    def full(path, mode="r", *rest, **more):
        if path.name == "note.fr.jsonl" and "a" in mode:
            raise OSError(28, "No space left on device", str(path))
        return opened(path, mode, *rest, **more)

    monkeypatch.setattr(Path, "open", full)
    with pytest.raises(OSError, match="No space"):
        add_files(water, book, [new(tmp_path / "b.jsonl", "en-2", "fr-2")], "note")

    assert (water / "examples" / "note.en.jsonl").read_bytes() == before
    assert sorted(p.name for p in (water / "examples").iterdir()) == [
        "note.en.jsonl", "report.en.jsonl",
    ]  # fmt: skip


def test_the_same_file_named_twice_is_added_once(tmp_path, water, book):
    path = new(tmp_path / "a.jsonl", "en-1")

    added = add_files(water, book, [path, tmp_path / "." / "a.jsonl"])

    assert added.files == {water / "examples" / "a.en.jsonl": 1}


def test_a_copy_of_the_shipped_examples_is_not_told_as_repeated(tmp_path):
    book = load_codebook()
    shipped = load_examples()[0]
    (tmp_path / "examples").mkdir()
    copy = tmp_path / "examples" / Path(shipped.file).name
    copy.write_bytes(Path(shipped.file).read_bytes())

    assert check_files(tmp_path, book).findings == ()

    text = copy.read_text("utf-8").replace(shipped.text[:20], "Otherwise said, ", 1)
    copy.write_text(text, encoding="utf-8")
    problems = {finding.problem for finding in check_files(tmp_path, book).findings}
    assert "example_id_twice" in problems


def test_a_framework_whose_examples_cannot_be_read_is_told_not_added_to(
    tmp_path, water, book
):
    (water / "examples" / "old.en.jsonl").write_text("{broken\n", encoding="utf-8")

    added = add_files(water, book, [new(tmp_path / "a.jsonl", "en-1")])

    assert [finding.problem for finding in added.findings] == ["example_not_json"]
    assert added.files == {}
