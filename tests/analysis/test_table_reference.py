"""The reference of tables is current, and a million codings are answered in time."""

import runpy
import subprocess
import sys
import time
from pathlib import Path

import polars as pl
import pytest

from capmap import tables
from capmap.analysis.findings import find
from capmap.frameworks.codebook import load_codebook
from capmap.frameworks.framework import load_framework

ROOT = Path(__file__).parents[2]


def test_the_reference_of_tables_is_current():
    made = runpy.run_path(str(ROOT / "docs/reference/make_tables.py"))
    page = made["PAGE"].read_text(encoding="utf-8")

    assert page == made["page"](), "Run docs/reference/make_tables.py"
    for name in tables.Findings.__slots__:
        assert f"## {name.upper()}" in page
        for column in getattr(tables, name.upper()):
            assert f"| `{column}` |" in page


def test_the_tables_need_no_scipy_at_run_time():
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys, capmap.analysis.findings; sys.exit('scipy' in sys.modules)",
        ],
        check=False,
    )

    assert done.returncode == 0


@pytest.mark.slow
def test_a_million_codings_are_answered_in_seconds():
    many, forms = 200_000, ["training", "advisory", "network", "package"]
    number = pl.int_range(many, eager=True)
    names = "p" + (number % 20_000).cast(pl.String)
    codes = {
        "capacity": pl.Series(["cd"] * many),
        "outcome": "spf-" + (1 + number % 19).cast(pl.String).str.zfill(2),
        "modality": (number // 7 % 4).replace_strict(dict(enumerate(forms))),
        "level": (number // 3 % 3).replace_strict(
            dict(enumerate(["individual", "institutional", "enabling-environment"]))
        ),
        "constituent": (number // 11 % 2).replace_strict(
            {0: "workers", 1: "government"}
        ),
    }
    passages = pl.DataFrame(
        {
            "passage_id": names + "#" + number.cast(pl.String),
            "intervention_id": names,
            "language": ["en"] * many,
        }
    )
    codings = pl.concat(
        passages.select(
            "passage_id",
            "intervention_id",
            pl.lit(facet).alias("facet"),
            code.alias("code"),
            pl.lit(0.9).alias("confidence"),
            pl.lit(False).alias("doubtful"),
        )
        for facet, code in codes.items()
    )
    identifiers = passages["intervention_id"].unique(maintain_order=True)
    interventions = pl.DataFrame(
        {
            "intervention_id": identifiers,
            "counted_as": identifiers,
            "kind": ["project"] * len(identifiers),
            "source": ["made.xml"] * len(identifiers),
            "countries": [[{"code": "GH", "percentage": None}]] * len(identifiers),
            "parents": [[]] * len(identifiers),
        },
        schema_overrides={"parents": pl.List(pl.String)},
    ).with_columns(
        pl.lit(None, pl.Date).alias("starts_on"),
        pl.lit(None, pl.Date).alias("ends_on"),
        pl.lit(1.0).alias("budget_amount"),
        pl.lit("USD").alias("budget_currency"),
    )
    assert codings.height == 1_000_000
    portfolio = tables.Portfolio(
        interventions, passages, codings, tables.empty(tables.SET_ASIDE)
    )

    begun = time.perf_counter()
    found = find(portfolio, load_framework(), load_codebook())

    assert time.perf_counter() - begun < 60  # 3 to 7 s on two idle cores
    capacity = found.shares.row(0, named=True)
    assert (capacity["numerator"], capacity["denominator"]) == (20_000, 20_000)
