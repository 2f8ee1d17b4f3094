"""learn, and map, explain and evaluate with what was learned, at the prompt."""

import json

import polars as pl
import pytest
from learned_examples import KAIZEN, examples

pytestmark = pytest.mark.slow


def written(path, made):
    lines = [
        json.dumps(
            {
                "text": e.text, "lang": e.language, "document": e.document, "id": e.identifier,
                "codes": {facet: sorted(codes) for facet, codes in e.codes.items()},
            }
        )
        for e in made
    ]  # fmt: skip
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


@pytest.fixture
def csv(tmp_path):
    """A portfolio of three titles whose words no lexicon knows."""
    path = tmp_path / "portfolio.csv"
    titles = [KAIZEN["en"].format(place="Oslo", month="May")] * 3
    rows = [f'P-{n},"{title}"' for n, title in enumerate(titles)]
    path.write_text("\n".join(["identifier,title", *rows]), encoding="utf-8")
    return path


def test_what_is_learned_is_used_to_map_explain_and_evaluate(capmap, tmp_path, csv):
    decisions = written(tmp_path / "decisions.jsonl", examples(10))
    done = capmap("learn", decisions, "--out", "mine.capmap", CAPMAP_LANGUAGE="fr")

    assert done.returncode == 0, done.stderr
    assert "exemples commentés et 90 décisions" in done.stdout
    version = done.stdout.splitlines()[0].split("model ")[1].strip()

    assert capmap("map", csv, "--model", "mine.capmap", "--out", "map").returncode == 0
    told = json.loads((tmp_path / "map" / "provenance.json").read_text("utf-8"))
    assert told["coder"].startswith(f"model {version} with lexicon ")
    assert told["model"]["version"] == f"model {version}"
    assert told["model"]["file"] == "mine.capmap"
    assert "modality:organizational-development" in told["model"]["codes"]
    codings = pl.read_parquet(tmp_path / "map" / "codings.parquet")
    learned = codings.filter(pl.col("basis") == "model")
    assert "organizational-development" in learned["code"].to_list()

    shown = " ".join(capmap("explain", "P-1", "--model", "mine.capmap").stdout.split())
    assert "words learned: " in shown
    assert "for: Kaizen ×" in shown
    asked = capmap("explain", "P-1", "--model", "mine.capmap", "--json")
    (passage,) = json.loads(asked.stdout)["passages"]
    found = {(c["facet"], c["code"]): c for c in passage["codings"]}
    mine = found["modality", "organizational-development"]
    assert mine["speaks"] == "model"
    assert mine["words"]["for"][0][0] == "Kaizen"
    assert mine["alike"]["likeness"] > 0
    other = capmap("explain", "P-1")
    assert "the coder at hand is" in " ".join(other.stdout.split())
    assert "for: Kaizen" not in other.stdout

    scored = capmap("evaluate", decisions, "--model", "mine.capmap", "--json")
    assert json.loads(scored.stdout)["facets"]["modality"]["macro_f1"] > 0.9


@pytest.mark.parametrize(
    "command", [["map", "few.jsonl", "--out", "map"], ["evaluate", "few.jsonl"]]
)
def test_a_file_that_is_no_model_is_said_and_never_passed_over(
    capmap, tmp_path, command
):
    few = written(tmp_path / "few.jsonl", examples(1))
    done = capmap(*command, "--model", few)

    assert done.returncode == 2
    assert "few.jsonl is not a model" in done.stderr
    assert "capmap learn" in done.stderr
    assert not (tmp_path / "map").exists()


def test_a_broken_model_beside_a_framework_is_said_and_never_passed_over(
    capmap, tmp_path, csv, water
):
    (water / "model.capmap").write_bytes(b"PK broken")

    done = capmap("map", csv, "--framework", water, "--out", "map")

    assert done.returncode == 2
    assert "model.capmap is not a model" in done.stderr
    assert not (tmp_path / "map").exists()


def test_a_framework_of_ones_own_is_trained_with_one_command(
    capmap, tmp_path, csv, water
):
    done = capmap("learn", "--framework", water)

    assert done.returncode == 0, done.stderr
    assert "Taught by" in done.stdout
    assert f"capmap map SOURCES --framework {water}" in done.stdout
    assert capmap("map", csv, "--framework", water, "--out", "map").returncode == 0
    told = json.loads((tmp_path / "map" / "provenance.json").read_text("utf-8"))
    assert told["model"]["version"] in done.stdout
    assert told["model"]["file"] is None
