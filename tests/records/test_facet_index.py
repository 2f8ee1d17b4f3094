"""The index of facets against an obvious, slow count, on random portfolios."""

from datetime import date

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from capmap.records.queries import facet_build
from capmap.records.queries.facet_index import SORTS
from capmap.tables import (
    CODINGS,
    INTERVENTIONS,
    PASSAGES,
    SET_ASIDE,
    LazyPortfolio,
    empty,
)

COUNTRIES = ("PE", "SN", "KE")
CODES = {
    "outcome": ("o1", "o2"),
    "modality": ("training", "network"),
    "capacity": ("cd", "not-cd", "unclear"),
}

interventions = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(("project", "programme", "document")),
        "countries": st.lists(st.sampled_from(COUNTRIES), unique=True, max_size=2),
        "under": st.integers(0, 9),
        "year": st.sampled_from((None, 2009, 2010)),
        "funding": st.lists(st.sampled_from(("Norway", "Spain")), unique=True, max_size=2),
        "budget": st.sampled_from((None, (5.0, "USD"), (7.0, "EUR"), (9.0, "USD"))),
        "title": st.sampled_from(("", "Ábaco", "abacus", "Zebra", "«eau»")),
        "verdict": st.sampled_from(("", "yes", "no")),
        "passages": st.lists(
            st.sets(
                st.sampled_from([(f, c) for f, codes in CODES.items() for c in codes])
            ),
            max_size=3,
        ),
    }
)  # fmt: skip
portfolios = st.lists(interventions, min_size=1, max_size=8)
filters = st.fixed_dictionaries(
    {},
    optional={
        "country": st.lists(st.sampled_from((*COUNTRIES, "", "XX")), min_size=1, max_size=2),
        "year": st.sampled_from((["2009"], ["2010", ""])),
        "kind": st.sampled_from((["document"], ["project", "programme"])),
        "funding": st.sampled_from((["Norway"], ["", "Spain"])),
        "verdict": st.sampled_from((["yes"], [""])),
        "capacity": st.sampled_from((["yes"], ["no", "unclear"])),
        "outcome": st.sampled_from((["o1"], ["o1", "o2"], [""], ["", "o2"], ["unknown"])),
        "modality": st.sampled_from((["training"], ["network", ""])),
    },
)  # fmt: skip


class Obvious:
    """The rules of the list, said the slow way."""

    def __init__(self, said):
        self.said = said
        for number, one in enumerate(said):
            top = said[self._top(number)]
            one["said"] = {
                "country": one["countries"] or top["countries"],
                "funding": one["funding"] or top["funding"],
                "year": [str(top["year"])] if top["year"] else [],
                "kind": [top["kind"]],
                "verdict": [one["verdict"]] if one["verdict"] else [],
                "capacity": [self._answer(number)],
            }
            one["developing"] = [p for p in one["passages"] if ("capacity", "cd") in p]

    def _top(self, number):
        one = self.said[number]
        if one["kind"] == "document":
            return number
        return one["under"] if one["under"] < len(self.said) else number

    def _answer(self, number):
        parts = [number, *(n for n in range(len(self.said)) if self._top(n) == number)]
        codes = {c for n in parts for p in self.said[n]["passages"] for _, c in p}
        return "yes" if "cd" in codes else "unclear" if "unclear" in codes else "no"

    def finds(self, one, asked):
        texts = {
            f: values for f, values in asked.items() if f in ("outcome", "modality")
        }
        for facet, values in asked.items():
            if facet not in texts and not self._holds(one["said"][facet], values):
                return False
        return not texts or any(
            all(
                self._holds([c for f, c in passage if f == facet], values)
                for facet, values in texts.items()
            )
            for passage in one["developing"]
        )

    def _holds(self, codes, values):
        return bool(set(codes) & set(values)) or (not codes and "" in values)

    def count(self, facet, value, asked):
        others = {f: values for f, values in asked.items() if f != facet}
        return sum(self.finds(one, {**others, facet: [value]}) for one in self.said)

    def counted(self, found):
        names = {
            self.said[n]["under"] for n in found if self.said[n]["kind"] != "document"
        }
        return len(names)


def tables_of(said):
    rows, codings, records = [], [], []
    for number, one in enumerate(said):
        name = f"XX-{number}"
        rows.append(
            {
                "intervention_id": name, "counted_as": f"XX-{one['under']}", "title": one["title"],
                "kind": one["kind"], "source": "a.xml", "place": "", "language": "en", "status": "2",
                "starts_on": date(one["year"], 1, 1) if one["year"] else None, "ends_on": None,
                "countries": [{"code": c, "percentage": None} for c in one["countries"]],
                "regions": [], "sectors": [],
                "organisations": [
                    *({"role": "funding", "name": f, "ref": ""} for f in one["funding"]),
                    {"role": "implementing", "name": "ILO", "ref": ""},
                ],
                "parents": [],
                "budget_amount": one["budget"][0] if one["budget"] else None,
                "budget_currency": one["budget"][1] if one["budget"] else None,
            }
        )  # fmt: skip
        records.append((name, 100 + number, [], "none", one["verdict"]))
        for position, codes in enumerate(one["passages"]):
            for facet, code in codes:
                for coder in ("lexicon", "Rita"):  # both give it: counted once
                    codings.append(
                        {
                            "passage_id": f"{number}/{position}", "intervention_id": name,
                            "facet": facet, "code": code, "confidence": 1.0, "doubtful": False,
                            "coder": coder, "basis": "", "because": "", "quote": "", "spans": [],
                        }
                    )  # fmt: skip
    portfolio = LazyPortfolio(
        pl.LazyFrame(rows, schema=INTERVENTIONS),
        empty(PASSAGES).lazy(),
        pl.LazyFrame(codings, schema=CODINGS),
        empty(SET_ASIDE).lazy(),
    )
    return portfolio, pl.DataFrame(
        records,
        schema={
            "intervention_id": pl.String, "key": pl.Int64,
            "decisions": pl.List(pl.String), "read": pl.String, "verdict": pl.String,
        },
        orient="row",
    )  # fmt: skip


def index_of(said):
    return facet_build.build(*tables_of(said), ["capacity", "outcome", "modality"])


@settings(max_examples=100, deadline=None)
@given(portfolios, filters)
def test_the_index_agrees_with_an_obvious_count(said, asked):
    obvious = Obvious(said)
    index = index_of(said)

    selection = index.select(asked)

    found = [n for n, one in enumerate(said) if obvious.finds(one, asked)]
    assert np.flatnonzero(selection.rows).tolist() == found
    assert index.counted_interventions(selection.rows) == obvious.counted(found)
    for facet in ("country", "year", "kind", "funding", "verdict", "capacity"):
        values = index.facets[facet].codes
        wanted = {v: obvious.count(facet, v, asked) for v in values}
        assert selection.counts[facet] == {v: n for v, n in wanted.items() if n}
    for facet, values in index.codes.items():
        wanted = {v: obvious.count(facet, v, asked) for v in values.codes}
        assert selection.counts[facet] == {v: n for v, n in wanted.items() if n}


@settings(max_examples=15, deadline=None)
@given(portfolios, filters, st.sampled_from(("country", "outcome", "kind")))
def test_without_one_filter_the_list_is_what_the_others_leave(said, asked, dropped):
    index = index_of(said)
    rest = {facet: values for facet, values in asked.items() if facet != dropped}

    number = index.number_without(asked, {}, dropped=dropped)

    assert number == index.select(rest).rows.sum()


@settings(max_examples=15, deadline=None)
@given(portfolios)
def test_an_order_holds_every_row_once_and_puts_the_unknown_last(said):
    index = index_of(said)
    everything = index.select({}).rows

    for sort in (*SORTS, *(f"-{sort}" for sort in SORTS)):
        order = index.ordered(everything, sort).tolist()
        assert sorted(order) == list(range(len(said)))
        if sort.endswith(("budget", "starts")):
            key = sort.removeprefix("-").replace("starts", "year")
            known = [said[n][key] is not None for n in order]
            assert known == sorted(known, reverse=True)


@settings(max_examples=15, deadline=None)
@given(portfolios, filters)
def test_an_index_comes_back_from_disk_as_it_was(tmp_path_factory, said, asked):
    folder = tmp_path_factory.mktemp("index") / "facets"
    index = index_of(said)

    facet_build.save(index, folder)
    back = facet_build.load(folder)

    assert (back.select(asked).rows == index.select(asked).rows).all()
    assert back.select(asked).counts == index.select(asked).counts
    assert back.orders["title"].tolist() == index.orders["title"].tolist()


def test_two_processes_may_keep_the_same_index(tmp_path):
    index = index_of([])

    facet_build.save(index, tmp_path / "facets")
    facet_build.save(index, tmp_path / "facets")

    assert facet_build.load(tmp_path / "facets").size == 0
    assert [path.name for path in tmp_path.iterdir()] == ["facets"]


@pytest.mark.parametrize(
    ("keys", "rows"), [([101], [1]), ([], []), ([7, 999], []), ([100, 102, 5], [0, 2])]
)
def test_records_are_found_in_the_index_and_strangers_are_not(keys, rows):
    one = {
        "kind": "project", "countries": [], "under": 0, "year": None, "funding": [],
        "budget": None, "title": "", "verdict": "", "passages": [],
    }  # fmt: skip
    index = index_of([dict(one) for _ in range(3)])

    mask = index.rows_of(np.array(keys, dtype=np.int64))

    assert np.flatnonzero(mask).tolist() == rows
