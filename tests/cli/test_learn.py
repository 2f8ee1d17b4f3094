"""learn, and map and evaluate with what was learned, at the prompt."""

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


def test_what_is_learned_is_used_to_map_and_to_evaluate(capmap, tmp_path):
    decisions = written(tmp_path / "decisions.jsonl", examples(10))
    done = capmap("learn", decisions, "--out", "mine.capmap", CAPMAP_LANGUAGE="fr")

    assert done.returncode == 0, done.stderr
    assert "Appris de 90" in done.stdout
    assert "modality:organizational-development" in done.stdout
    version = done.stdout.splitlines()[0].split("model ")[1].strip()

    csv = tmp_path / "portfolio.csv"
    rows = [
        f'P-{n},"{KAIZEN["en"].format(place="Oslo", month="May")}"' for n in range(3)
    ]
    csv.write_text("\n".join(["identifier,title", *rows]), encoding="utf-8")
    assert capmap("map", csv, "--model", "mine.capmap", "--out", "map").returncode == 0
    told = json.loads((tmp_path / "map" / "provenance.json").read_text("utf-8"))
    assert told["coder"] == f"model {version}"
    codings = pl.read_parquet(tmp_path / "map" / "codings.parquet")
    learned = codings.filter(pl.col("basis") == "model")
    assert "organizational-development" in learned["code"].to_list()
    shown = capmap("explain", "P-1")
    assert "decisions; speaks for it: Kaizen" in " ".join(shown.stdout.split())

    scores = {}
    for name, more in (("lexicon", ()), ("both", ("--model", "mine.capmap"))):
        evaluated = capmap("evaluate", decisions, *more, "--json")
        facets = json.loads(evaluated.stdout)["facets"]
        scores[name] = facets["modality"]["macro_f1"]
    assert scores["both"] > scores["lexicon"]


def test_learn_says_what_is_wrong(capmap, tmp_path):
    few = written(tmp_path / "few.jsonl", examples(1))
    done = capmap("learn", few)

    assert done.returncode == 1
    assert "at least 20" in done.stderr
    assert not (tmp_path / "model.capmap").exists()
    done = capmap("map", few, "--model", few, "--out", "map")
    assert done.returncode == 2
    assert "few.jsonl is not a model" in done.stderr
    assert not (tmp_path / "map").exists()
