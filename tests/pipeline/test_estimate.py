"""Estimates from the command line: drawn, read whole, estimated, and honest of the draw."""

import csv
import json
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from capmap import tables
from capmap.cli import app
from capmap.frameworks.codebook import load_codebook
from capmap.frameworks.framework import load_framework
from capmap.pipeline import estimate_report
from capmap.pipeline.estimate import (
    NoBudgetsOfPassages,
    NothingDecided,
    estimates,
    questions_of,
)
from capmap.pipeline.estimate_sample import (
    AllDrawn,
    AnotherSeed,
    asked_before,
    draw,
    sample_of,
    units_of,
)
from capmap.pipeline.review_log import Dealt, open_log
from capmap.pipeline.review_order import NoSuchQuestion

CD = "capacity:cd"


@pytest.fixture(scope="module")
def book():
    return load_codebook()


@pytest.fixture
def folder(tmp_path):
    """Sixty interventions of two passages, two without any; the coder errs in every tenth."""
    interventions = [
        {"intervention_id": f"P-{n:02}", "counted_as": f"P-{n:02}",
         "title": f"=Project {n}", "kind": "project" if n % 2 else "programme",
         "budget_amount": 1000.0 * (n + 1), "budget_currency": "USD"}
        for n in range(62)
    ]  # fmt: skip
    passages = [
        {"passage_id": f"P-{n:02}#{k}", "intervention_id": f"P-{n:02}", "position": k,
         "kind": "description", "place": f"description {k}", "language": "en",
         "context": "", "text": f"=Text {n} {k}"}
        for n in range(60) for k in (1, 2)
    ]  # fmt: skip
    codings = [
        {"passage_id": f"P-{n:02}#2", "intervention_id": f"P-{n:02}",
         "facet": "capacity", "code": "cd", "confidence": 0.9, "doubtful": False}
        for n in range(60) if true(n) != (n % 10 == 0)
    ]  # fmt: skip
    for name, rows, schema in (
        ("interventions", interventions, tables.INTERVENTIONS),
        ("passages", passages, tables.PASSAGES),
        ("codings", codings, tables.CODINGS),
    ):
        whole = [dict.fromkeys(schema) | row for row in rows]
        pl.DataFrame(whole, schema=schema).write_parquet(tmp_path / f"{name}.parquet")
    return tmp_path


def true(number):
    return number % 3 == 0


def answer(path, leave=0):
    """Answer a file as a careful reader would, but for its last rows."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows[: len(rows) - leave]:
        number, _, passage = row["passage_id"].removeprefix("P-").partition("#")
        row[CD] = "yes" if true(int(number)) and passage == "2" else "no"
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)


def estimated(folder, book, **options):
    return estimates(folder, [CD], load_framework(), book, **options)


def test_what_was_drawn_and_read_gives_the_share_with_its_interval(folder, book):
    sample = draw(folder, "interventions", 20, [CD])
    answer(sample.path)

    found = estimated(folder, book)

    (row,) = found.rows
    assert (found.drawn, found.open) == ("draw", 0)
    assert (row.estimate.read, row.estimate.population) == (20, 62)
    assert row.estimate.method == "assisted"
    assert row.estimate.low < 20 / 62 < row.estimate.high
    assert "20 of 62" in estimate_report.as_text(found, "en")


def test_drawing_again_draws_on_and_all_read_is_a_census(folder, book):
    first = draw(folder, "interventions", 20, [CD])
    second = draw(folder, "interventions", 100, [CD])

    assert (second.new, second.drawn, second.population) == (40, 60, 60)
    with pytest.raises(AllDrawn):
        draw(folder, "interventions", 1, [CD])
    answer(first.path)
    answer(second.path)
    (row,) = estimated(folder, book).rows
    assert row.estimate.method == "census"
    assert row.estimate.value == pytest.approx(20 / 62)


def test_a_seed_is_kept_and_another_refused(folder):
    draw(folder, "interventions", 5, [CD], seed=3)

    draw(folder, "interventions", 5, [CD], seed=3)
    with pytest.raises(AnotherSeed, match="seed 3"):
        draw(folder, "interventions", 5, [CD], seed=4)


def test_the_codes_of_earlier_draws_are_asked_again(folder):
    def drawn(*options):
        command = ["estimate", str(folder), "--draw", "5", "--json", *options]
        done = CliRunner().invoke(app, command)
        path = Path(json.loads(done.stdout)["path"])
        with path.open(encoding="utf-8-sig", newline="") as file:
            return [head for head in next(csv.reader(file)) if ":" in head]

    first = drawn("--for", CD, "--for", "level")

    assert len(first) > 3
    assert drawn() == first
    assert drawn("--for", "modality:training") == ["modality:training"]
    assert drawn() == [*first, "modality:training"]
    assert drawn("--unit", "passages") == [CD]
    assert asked_before(folder, "interventions") == [*first, "modality:training"]


def test_an_intervention_counts_once_it_is_read_whole(folder, book):
    sample = draw(folder, "interventions", 20, [CD])
    answer(sample.path, leave=1)

    found = estimated(folder, book)

    assert found.open == 1
    assert found.rows[0].estimate.read == 19
    assert "not read yet" in estimate_report.as_text(found, "en")


def test_decisions_without_a_draw_are_said_to_be_taken_for_random(folder, book):
    file = folder / "decisions.jsonl"
    file.write_text(
        "".join(
            f'{{"id": "P-{n:02}", "text": "x", "codes": {{"capacity": ["{code}"]}}}}\n'
            for n, code in ((n, "cd" if true(n) else "not-cd") for n in range(15, 30))
        )
    )

    found = estimated(folder, book, decisions=[file])

    assert (found.drawn, found.rows[0].estimate.read) == ("taken", 15)
    assert "simple random sample" in estimate_report.as_text(found, "en")
    with pytest.raises(NothingDecided):
        estimated(folder, book)


def test_of_a_ranked_review_only_the_beginning_of_its_permutation_counts(folder):
    units = units_of(folder, "interventions")
    log = open_log(folder, CD, "interventions", units.names)
    log.add([Dealt("P-00", "random", 0.5), Dealt("P-01", "relevant", 0.9)])

    sample, drawn = sample_of(folder, units, CD)

    assert drawn == "review"
    assert sample[-1] == "P-00"
    assert sample_of(folder, units, "level:individual")[1] == "taken"


def test_groups_stand_beside_all_others_and_budgets_beside_shares(folder, book):
    answer(draw(folder, "interventions", 40, [CD]).path)

    found = estimated(folder, book, by="kind", budgets=True)

    shares = [row for row in found.rows if not row.currency]
    sums = [row for row in found.rows if row.currency]
    assert [row.group for row in shares] == ["*", "programme", "project"]
    assert shares[0].apart is None
    assert shares[1].apart[0] == pytest.approx(-shares[2].apart[0])
    everything = sum(1000.0 * (n + 1) for n in range(60) if true(n))
    assert sums[0].estimate.low <= everything <= sums[0].estimate.high
    with pytest.raises(NoBudgetsOfPassages):
        estimated(folder, book, unit="passages", budgets=True)


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_the_table_is_written_and_no_text_acts_as_a_formula(folder, book, ending):
    sample = draw(folder, "interventions", 20, [CD], out=folder / f"read.{ending}")
    if ending == "csv":
        assert "\n=" not in sample.path.read_text(encoding="utf-8")
        assert ",'=Text" in sample.path.read_text(encoding="utf-8")
        answer(sample.path)
        out = folder / "table.csv"

        estimate_report.write(
            estimated(folder, book, decisions=[sample.path]), out, "en"
        )

        assert pl.read_csv(out).columns == list(estimate_report.COLUMNS)
    assert sample.path.stat().st_size > 100


def test_a_facet_stands_for_its_codes_and_what_is_none_is_refused(book):
    assert len(questions_of(["level"], book)) >= 3
    for name in ("nothing", "level:nothing"):
        with pytest.raises(NoSuchQuestion):
            questions_of([name], book)
