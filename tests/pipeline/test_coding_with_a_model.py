"""Workers code with a model as one process does."""

import polars as pl
import pytest
from learned_examples import examples

from capmap.coding.learned.training import learn
from capmap.coding.lexicon import LexiconCoder
from capmap.frameworks.codebook import load_codebook
from capmap.pipeline import run
from capmap.pipeline.merge import merge


@pytest.mark.slow
def test_several_processes_give_what_one_gives(tmp_path, monkeypatch):
    monkeypatch.setattr(run, "POOL_FROM_BYTES", 0)
    model = learn(examples(8), LexiconCoder(load_codebook())).model
    model.save(tmp_path / "model.capmap")
    sources = tmp_path / "sources"
    sources.mkdir()
    for name, made in (("a", examples(3, ["en"])), ("b", examples(3, ["es"]))):
        rows = [f'{name}-{n},"{e.text}"' for n, e in enumerate(made)]
        text = "\n".join(["identifier,title", *rows])
        (sources / f"{name}.csv").write_text(text, encoding="utf-8")
    tables = []
    for jobs in (1, 2):
        parts = tmp_path / f"parts-{jobs}"
        parts.mkdir()
        run.read_and_code(
            [sources],
            parts,
            jobs=jobs,
            framework=None,
            codebook=None,
            model=tmp_path / "model.capmap",
            progress=lambda stage, done, total, detail: None,
        )
        out = tmp_path / f"out-{jobs}"
        out.mkdir()
        merge(parts, out)
        tables.append(pl.read_parquet(out / "codings.parquet"))

    assert (
        tables[0]
        .sort("passage_id", "facet", "code")
        .equals(tables[1].sort("passage_id", "facet", "code"))
    )
    (coder,) = tables[0]["coder"].unique()
    assert coder.startswith(f"{model.version} with lexicon ")
    assert "model" in tables[0]["basis"].to_list()
