"""Parts of several inputs become one portfolio in which nothing is counted twice."""

from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from capmap.coding.suggestion import Suggestion
from capmap.pipeline.identifiers import Identifiers
from capmap.pipeline.merge import count_under_parents, merge
from capmap.pipeline.rows import PART_INTERVENTIONS, Rows, budget
from capmap.sources.activity import Activity, Budget, Passage
from capmap.tables import CODINGS, INTERVENTIONS, PASSAGES


def activity(identifier: str, text: str, **values: object) -> Activity:
    return Activity(
        identifier=identifier,
        title=text,
        source="a.xml",
        passages=[Passage("title", text)],
        **values,  # type: ignore[arg-type]
    )


def suggest(activity: Activity, passage: Passage) -> tuple[str, list[Suggestion]]:
    return "en", [Suggestion("capacity", "cd", 0.9, "words", "training", ((0, 2),))]


@pytest.fixture
def parts(tmp_path: Path) -> Path:
    folder = tmp_path / "parts"
    folder.mkdir()
    return folder


def write(parts: Path, prefix: str, *activities: Activity) -> None:
    rows = Rows(parts, prefix, coder="lexicon test")
    for one in activities:
        rows.add(one, one.identifier, suggest)
    rows.flush()


def test_tables_have_the_documented_columns(parts: Path, tmp_path: Path):
    write(parts, "00001", activity("X-1", "Training"))

    merge(parts, tmp_path)

    for name, schema in (
        ("interventions", INTERVENTIONS),
        ("passages", PASSAGES),
        ("codings", CODINGS),
    ):
        frame = pl.read_parquet(tmp_path / f"{name}.parquet")
        assert frame.schema == pl.Schema(schema), name
        assert frame.height == 1


def test_children_and_digests_are_kept_for_who_asks(parts: Path, tmp_path: Path):
    write(parts, "00001", activity("X-1", "Training", children=["X-2"]))

    merge(parts, tmp_path, PART_INTERVENTIONS)

    frame = pl.read_parquet(tmp_path / "interventions.parquet")
    assert frame.schema == pl.Schema(PART_INTERVENTIONS)
    assert frame["children"].to_list() == [["X-2"]]


def test_the_same_intervention_in_two_files_counts_once(parts: Path, tmp_path: Path):
    write(parts, "00001", activity("X-1", "Training"))
    write(parts, "00002", activity("X-1", "Training"), activity("X-2", "Advice"))

    remarks = merge(parts, tmp_path)

    ids = pl.read_parquet(tmp_path / "interventions.parquet")["intervention_id"]
    assert ids.to_list() == ["X-1", "X-2"]
    assert pl.read_parquet(tmp_path / "passages.parquet").height == 2
    assert [r.problem for r in remarks] == ["repeated_intervention"]


def test_an_identifier_with_other_content_is_kept_under_another_name(
    parts: Path, tmp_path: Path
):
    write(parts, "00001", activity("X-1", "Training"))
    write(parts, "00002", activity("X-1", "Quite another project"))

    remarks = merge(parts, tmp_path)

    passages = pl.read_parquet(tmp_path / "passages.parquet")
    assert passages["intervention_id"].to_list() == ["X-1", "X-1~2"]
    assert passages["passage_id"].to_list() == ["X-1#1", "X-1~2#1"]
    assert remarks[0].values == {"identifier": "X-1", "renamed": "X-1~2"}


def test_components_count_under_their_topmost_parent(parts: Path, tmp_path: Path):
    write(
        parts,
        "00001",
        activity("P", "Programme", children=["C-1"]),
        activity("C-1", "Component"),
        activity("C-2", "Part of the component", parents=["C-1", "not here"]),
        activity("S", "Stands alone", parents=["not here"]),
    )

    merge(parts, tmp_path)

    frame = pl.read_parquet(tmp_path / "interventions.parquet")
    counted = dict(frame.select("intervention_id", "counted_as").iter_rows())
    assert counted == {"P": "P", "C-1": "P", "C-2": "P", "S": "S"}


@given(st.lists(st.tuples(st.sampled_from("abcde"), st.sampled_from("abcde"))))
def test_every_intervention_of_a_circle_counts_under_the_same(pairs):
    parents = dict(pairs)
    frame = pl.DataFrame(
        {
            "intervention_id": list("abcde"),
            "parents": [[parents[i]] if i in parents else [] for i in "abcde"],
            "children": [[] for _ in "abcde"],
        },
        schema_overrides={
            "parents": pl.List(pl.String),
            "children": pl.List(pl.String),
        },
    )

    result = count_under_parents(frame)

    counted = dict(result.select("intervention_id", "counted_as").iter_rows())
    for child, parent in parents.items():
        if child != parent:
            assert counted[child] == counted[parent]


@given(st.lists(st.tuples(st.sampled_from(["x", "x~2", "y"]), st.sampled_from("ab"))))
def test_no_identifier_is_given_out_twice(uses):
    identifiers = Identifiers()

    given_out = [identifiers.settle(name, digest) for name, digest in uses]

    kept = [name for name in given_out if name is not None]
    assert len(kept) == len(set(kept))


def test_a_budget_is_summed_in_its_main_currency_and_nothing_is_none():
    assert budget(activity("X", "t")) == (None, None)
    budgets = [Budget(10, "EUR"), Budget(5, "USD"), Budget(20, "EUR")]
    assert budget(activity("X", "t", budgets=budgets)) == (30, "EUR")


def test_budgets_that_do_not_add_up_to_money_are_none():
    budgets = [Budget(10, "EUR"), Budget(-30, "EUR")]
    assert budget(activity("X", "t", budgets=budgets)) == (None, None)
