"""`capmap map`: the main job on the sample, on real input, and on bad input."""

import json
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import docx
import polars as pl
import pytest
from lxml import etree

pytestmark = pytest.mark.slow

FILES = {
    "index.html",
    "paper.docx",
    "paper.pdf",
    "mapping.xlsx",
    "codings.parquet",
    "codings.csv",
    "passages.parquet",
    "interventions.parquet",
    "set-aside.csv",
    "provenance.json",
    "charts",
}


def test_the_sample_becomes_a_map_with_all_its_files(capmap, sample, tmp_path):
    done = capmap("map", sample, "--out", "map")

    assert done.returncode == 0, done.stderr
    assert "46 interventions" in done.stdout
    assert "index.html" in done.stdout
    assert {path.name for path in (tmp_path / "map").iterdir()} == FILES
    names = {path.name for path in (tmp_path / "map" / "charts").iterdir()}
    assert {"map.svg", "map.png", "levels.svg", "levels.png"} <= names


def test_provenance_traces_every_input_and_output(capmap, sample, tmp_path):
    capmap("map", sample, "--out", "map", "--quiet")

    told = json.loads((tmp_path / "map" / "provenance.json").read_text("utf-8"))

    assert {Path(one["name"]).name for one in told["inputs"]} == {
        path.name for path in sample.iterdir()
    }
    assert all(len(one["sha256"]) == 64 for one in told["inputs"])
    assert (
        sum(one["passages"] for one in told["inputs"])
        == pl.read_parquet(tmp_path / "map" / "passages.parquet").height
    )
    assert "codings.parquet" in told["outputs"]


def test_two_runs_give_the_same_codings(capmap, sample, tmp_path):
    capmap("map", sample, "--out", "one", "--quiet", "--jobs", 1)
    capmap("map", sample, "--out", "two", "--quiet", "--jobs", 2)

    first, second = (
        pl.read_parquet(tmp_path / out / "codings.parquet") for out in ("one", "two")
    )
    assert first.equals(second)


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("fr", "On trouve du renforcement des capacités"),
        ("es", "Hay desarrollo de capacidades"),
    ],
)
def test_everything_speaks_the_language_asked_for(
    capmap, sample, tmp_path, language, sentence
):
    done = capmap("map", sample, "--out", "map", "--language", language)

    assert sentence in done.stdout
    paper = docx.Document(str(tmp_path / "map" / "paper.docx"))
    assert any(sentence in paragraph.text for paragraph in paper.paragraphs)
    assert f'lang="{language}"' in (tmp_path / "map/index.html").read_text("utf-8")


def test_json_is_for_other_programs(capmap, sample):
    done = capmap("map", sample, "--json")

    told = json.loads(done.stdout)
    assert told["passages"] > 200
    capacity = next(s for s in told["shares"] if s["question"] == "capacity")
    assert 0 < capacity["low"] < capacity["value"] < capacity["high"] < 1


def test_the_real_input_is_read_whole(capmap, data, tmp_path):
    done = capmap(
        "map", data / "iati", data / "papers/GB.312-POL-9.docx", "--out", "map"
    )

    assert done.returncode == 0, done.stderr
    table = pl.read_parquet(tmp_path / "map" / "interventions.parquet")
    # 480 of DFID, 83 of Spain, 8 of Albania, the standard's example, 32 approach
    # programmes and the paper itself.
    assert table.height == 480 + 83 + 8 + 1 + 32 + 1
    assert table.filter(kind="document").height == 1


def test_bad_files_are_told_and_the_rest_goes_on(capmap, sample, tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    good = (sample / "approaches-and-initiatives.xml").read_bytes()
    (folder / "good.xml").write_bytes(good)
    (folder / "cut.xml").write_bytes(good[: len(good) // 2])
    (folder / "empty.csv").write_bytes(b"")
    (folder / "bomb.xml").write_text(
        '<!DOCTYPE a [<!ENTITY x "x"><!ENTITY y "&x;&x;">]><iati-activities>'
        "<iati-activity><title>&y;</title></iati-activity></iati-activities>"
    )
    (folder / "not-really.pdf").write_bytes(b"\x00\x01\x02 nothing that anyone reads")
    with zipfile.ZipFile(folder / "path.zip", "w") as archive:
        archive.writestr("../../outside.txt", "out")

    done = capmap("map", folder, "--out", "map")

    assert done.returncode == 0, done.stderr
    aside = pl.read_csv(tmp_path / "map" / "set-aside.csv")
    told = {Path(source.split("/..")[0]).name for source in aside["source"]}
    assert {"cut.xml", "empty.csv", "bomb.xml", "not-really.pdf"} <= told
    assert any("path.zip" in source for source in aside["source"])
    assert aside["reason"].is_not_null().all()
    assert aside["remedy"].is_not_null().all()
    assert not (tmp_path.parent / "outside.txt").exists()


def test_a_run_that_read_nothing_fails_and_writes_nothing(capmap, tmp_path):
    (tmp_path / "empty.xml").write_bytes(b"")

    done = capmap("map", "empty.xml", "--out", "map")

    assert done.returncode == 1
    assert "empty.xml" in done.stderr
    assert not (tmp_path / "map").exists()
    assert [path.name for path in tmp_path.iterdir() if "map" in path.name] == []


def test_a_folder_of_the_users_is_never_replaced(capmap, sample, tmp_path):
    (tmp_path / "map").mkdir()
    (tmp_path / "map" / "thesis.txt").write_text("years of work")

    done = capmap("map", sample, "--out", "map")

    assert done.returncode == 2
    assert "not made by capmap" in done.stderr
    assert (tmp_path / "map" / "thesis.txt").read_text() == "years of work"


def test_a_source_that_is_not_there_is_named(capmap):
    done = capmap("map", "nowhere.xml")

    assert done.returncode == 2
    assert "nowhere.xml" in done.stderr


def test_formulas_in_a_title_do_not_reach_a_spreadsheet(capmap, tmp_path):
    root = etree.Element("iati-activities", version="2.03")
    activity = etree.SubElement(root, "iati-activity")
    etree.SubElement(activity, "iati-identifier").text = "X-1"
    title = etree.SubElement(activity, "title")
    etree.SubElement(
        title, "narrative"
    ).text = '=HYPERLINK("http://x","Training of inspectors")'
    (tmp_path / "a.xml").write_bytes(etree.tostring(root))

    done = capmap("map", "a.xml", "--out", "map")

    assert done.returncode == 0, done.stderr
    rows = (tmp_path / "map" / "codings.csv").read_text("utf-8-sig")
    assert "\"'=HYPERLINK" in rows


def test_an_interrupted_run_leaves_nothing_behind(sample, tmp_path):
    command = [Path(sys.executable).parent / "capmap", "map", sample, "--out", "map"]
    run = subprocess.Popen(
        command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    deadline = time.monotonic() + 60
    while not list(tmp_path.glob(".map-*")) and time.monotonic() < deadline:
        time.sleep(0.02)

    run.send_signal(signal.SIGINT)
    _, said = run.communicate(timeout=60)

    assert run.returncode == 130, said
    assert "Interrupted" in said
    assert list(tmp_path.iterdir()) == []
