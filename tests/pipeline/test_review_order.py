"""A review from the command line: what is dealt, kept, answered and dealt again."""

import csv
import json

import polars as pl
import pytest

from capmap import tables
from capmap.coding.learned.model import Model
from capmap.frameworks.examples import load_examples
from capmap.pipeline.parts import lexicon_coder
from capmap.pipeline.review_log import AnotherPortfolio
from capmap.pipeline.review_order import (
    FileExists,
    NoSuchQuestion,
    as_text,
    review_order,
)
from capmap.pipeline.run import whole_result

TRAINING = (
    "Training of labour inspectors of the Ministry of Labour in district {number}."
)
ROAD = "Paving of the road to village {number}."


@pytest.fixture(scope="module")
def lexicon():
    return lexicon_coder(None, None)


@pytest.fixture
def folder(tmp_path):
    """Twenty interventions of three passages; every fourth trains in its second."""
    return write(tmp_path / "map", 20)


def write(folder, count):
    folder.mkdir(exist_ok=True)
    interventions = [
        {"intervention_id": f"P-{n}", "counted_as": f"P-{n}", "title": f"=Project {n}",
         "kind": "project", "sectors": [{"code": "11330", "percentage": 100.0}]}
        for n in range(count)
    ]  # fmt: skip
    passages = [
        {"passage_id": f"P-{n}#{k}", "intervention_id": f"P-{n}", "position": k,
         "kind": "description", "place": f"description {k}", "language": "en",
         "context": "",
         "text": (TRAINING if k == 2 and n % 4 == 0 else ROAD).format(number=3 * n + k)}
        for n in range(count) for k in (1, 2, 3)
    ]  # fmt: skip
    for name, rows, schema in (
        ("interventions", interventions, tables.INTERVENTIONS),
        ("passages", passages, tables.PASSAGES),
    ):
        whole = [dict.fromkeys(schema) | row for row in rows]
        pl.DataFrame(whole, schema=schema).write_parquet(folder / f"{name}.parquet")
    (folder / "provenance.json").write_text("{}")
    return folder


def rows_of(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def answer(path, say=lambda row: "yes" if "Training" in row["text"] else "no"):
    rows = [row | {"answer": say(row)} for row in rows_of(path)]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)


@pytest.mark.slow
def test_a_review_runs_to_its_end_by_filling_in_the_batches(folder, lexicon):
    seen, ranked = [], []
    for _ in range(10):
        order = review_order(folder, "capacity:cd", lexicon, size=15, readers=2)
        for path in order.files:
            seen += [row["passage_id"] for row in rows_of(path)]
            answer(path)
        if not order.files:
            break
        ranked.append(order.ranked_by)

    assert order.standing.may_stop
    assert order.standing.found == 5
    assert ranked[0] == "lexicon"
    assert ranked[-1] == "decisions"
    assert len(seen) == len(set(seen)) == order.standing.read
    assert "You may stop" in as_text(
        order, "en", named=False
    ) or "All is read" in as_text(order, "en", named=False)


def test_the_likely_come_first_each_with_why_and_some_are_drawn(folder, lexicon):
    order = review_order(folder, "capacity:cd", lexicon, size=10)

    rows = rows_of(order.files[0])
    assert [row["why"] for row in rows].count("drawn at random") == 1
    assert sum("Training" in row["text"] for row in rows) == 5
    assert all(row["title"].startswith("'=Project") for row in rows)
    assert "chance" not in rows[0]
    assert order.ranked_by == "lexicon"
    assert order.standing.read == 0


def test_worked_examples_rank_before_decisions_and_teach_beside_them(folder, lexicon):
    asked = {"starting": Model(), "worked": load_examples()[:80]}

    first = review_order(folder, "capacity:cd", lexicon, size=24, **asked)
    answer(first.files[0])
    second = review_order(folder, "capacity:cd", lexicon, size=6, **asked)

    assert (first.ranked_by, second.ranked_by) == ("examples", "decisions")
    assert "which worked examples taught" in as_text(first, "en", named=False)
    assert second.decisions == 24  # examples are none


def test_what_is_unread_comes_again_before_new_ones(folder, lexicon):
    first = review_order(folder, "capacity:cd", lexicon, size=10)
    same = review_order(folder, "capacity:cd", lexicon, size=10)
    before = rows_of(first.files[0])
    answer(first.files[0], lambda row: "" if row == before[0] else "No")
    second = review_order(folder, "capacity:cd", lexicon, size=10)

    assert same.files == first.files
    assert same.again == 10
    assert (second.dealt, second.again, second.standing.read) == (10, 1, 9)
    assert rows_of(second.files[0])[0]["passage_id"] == before[0]["passage_id"]
    assert "1 of them was dealt before" in as_text(second, "en", named=False)


def test_an_intervention_is_found_by_one_passage_and_missed_only_when_all_are_read(
    folder, lexicon, tmp_path
):
    def decided(codes):
        path = tmp_path / "decisions.jsonl"
        lines = [
            {"id": key, "text": "…", "codes": {"capacity": [code]}}
            for key, code in codes.items()
        ]
        path.write_text("\n".join(map(json.dumps, lines)))
        order = review_order(
            folder, "capacity:cd", lexicon, decisions=[path], unit="interventions",
            out=tmp_path / f"{len(codes)}.csv",
        )  # fmt: skip
        return order.standing.read, order.standing.found

    assert decided({"P-0#2": "cd"}) == (1, 1)
    assert decided({"P-0#2": "cd", "P-1#1": "not-cd"}) == (1, 1)
    assert decided({"P-0#2": "cd", "P-1": "not-cd", "P-2": "cd"}) == (3, 2)


def test_decisions_that_do_not_speak_of_the_question_do_not_count(
    folder, lexicon, tmp_path
):
    path = tmp_path / "decisions.jsonl"
    lines = [
        {"id": "P-0#1", "text": "…", "codes": {"level": ["individual"]}},
        {"id": "P-0#2", "text": "…", "codes": {"capacity": ["not-cd"]}},
        {"id": "P-0#3", "text": "…", "codes": {"modality": ["training"]}},
    ]
    path.write_text("\n".join(map(json.dumps, lines)))

    order = review_order(folder, "modality:training", lexicon, decisions=[path])
    assert (order.standing.read, order.standing.found) == (2, 1)
    assert order.standing.drawn == 0


def test_answers_in_a_workbook_are_read_and_no_file_with_answers_is_replaced(
    folder, lexicon, tmp_path
):
    openpyxl = pytest.importorskip("openpyxl")
    out = tmp_path / "batch.xlsx"
    review_order(folder, "capacity:cd", lexicon, out=out, size=10)
    book = openpyxl.load_workbook(out)
    for row in book.active.iter_rows(min_row=2):
        row[7].value = "sí"
    book.save(out)

    with pytest.raises(FileExists):
        review_order(folder, "capacity:cd", lexicon, decisions=[out], out=out, size=10)
    order = review_order(folder, "capacity:cd", lexicon, decisions=[out], size=10)
    assert (order.standing.read, order.standing.found) == (10, 10)


def test_an_answer_that_is_neither_yes_nor_no_is_named(folder, lexicon):
    order = review_order(folder, "capacity:cd", lexicon, size=5)
    answer(order.files[0], lambda row: "perhaps")

    with pytest.raises(ValueError, match="row 2: 'perhaps' is neither"):
        review_order(folder, "capacity:cd", lexicon)


def test_a_review_outlives_a_new_map_but_not_a_changed_portfolio(folder, lexicon):
    order = review_order(folder, "capacity:cd", lexicon, size=5)
    with whole_result(folder) as work:
        write(work, 20)
    again = review_order(folder, "capacity:cd", lexicon, size=5)
    write(folder, 21)

    assert again.files == order.files
    assert again.files[0].is_file()
    with pytest.raises(AnotherPortfolio, match=r"capacity-cd\.jsonl"):
        review_order(folder, "capacity:cd", lexicon)


def test_a_question_that_is_no_code_is_refused(folder, lexicon):
    with pytest.raises(NoSuchQuestion):
        review_order(folder, "capacity:nothing", lexicon)
