"""Small portfolios for tests: a few words a passage, made into the tables of capmap."""

import json
from datetime import date
from pathlib import Path

import polars as pl
from hypothesis import strategies as st

from capmap.tables import CODINGS, INTERVENTIONS, PASSAGES, SET_ASIDE, Portfolio, empty


def intervention(identifier, **said):
    row = {
        "intervention_id": identifier,
        "counted_as": identifier,
        "title": f"Title of {identifier}",
        "kind": "project",
        "source": "made.csv",
        "place": "",
        "language": "en",
        "status": "2",
        "starts_on": None,
        "ends_on": None,
        "countries": [],
        "regions": [],
        "sectors": [],
        "organisations": [],
        "parents": [],
        "budget_amount": None,
        "budget_currency": None,
    }
    countries = [{"code": c, "percentage": None} for c in said.pop("countries", [])]
    return row | said | {"countries": countries}


def portfolio(interventions, passages):
    """Make a portfolio of intervention rows and (intervention, codes) passages.

    Codes are "facet:code", with "?" after them if doubtful; capacity:cd is added unless
    a capacity code is given.
    """
    coded, told = [], []
    for number, (identifier, codes) in enumerate(passages, start=1):
        passage_id = f"{identifier}#{number}"
        told.append(
            {
                "passage_id": passage_id,
                "intervention_id": identifier,
                "position": number,
                "kind": "description",
                "place": f"description {number}",
                "language": "en",
                "context": "",
                "text": f"Words of passage {number}.",
            }
        )
        if not any(code.startswith("capacity:") for code in codes):
            codes = ["capacity:cd", *codes]
        for code in codes:
            facet, _, name = code.rstrip("?").partition(":")
            coded.append(
                {
                    "passage_id": passage_id,
                    "intervention_id": identifier,
                    "facet": facet,
                    "code": name,
                    "confidence": 0.5 if code.endswith("?") else 0.9,
                    "doubtful": code.endswith("?"),
                    "coder": "person",
                    "basis": "words",
                    "because": name,
                    "quote": "Words",
                    "spans": [{"start": 0, "end": 5}],
                }
            )
    return Portfolio(
        interventions=pl.DataFrame(interventions, schema=INTERVENTIONS),
        passages=pl.DataFrame(told, schema=PASSAGES),
        codings=pl.DataFrame(coded, schema=CODINGS),
        set_aside=empty(SET_ASIDE),
    )


def appendix(data: Path):
    """Make a portfolio of the hand-coded appendix: each programme row an intervention."""
    lines = (data / "evaluation" / "appendix.jsonl").read_text("utf-8").splitlines()
    rows, passages = {}, []
    for line in map(json.loads, lines):
        programme = line["id"].rsplit(".", 1)[0]
        rows[programme] = intervention(programme, kind="programme")
        doubtful = set(line["doubtful"])
        codes = [
            f"{facet}:{code}" + ("?" if f"{facet}:{code}" in doubtful else "")
            for facet, values in line["codes"].items()
            for code in values
        ]
        passages.append((programme, codes))
    return portfolio(list(rows.values()), passages)


LEVELS = ["individual", "institutional", "enabling-environment"]
CODES = st.lists(
    st.sampled_from(
        [f"level:{level}" for level in LEVELS]
        + [f"modality:m{i}" for i in range(4)]
        + [f"outcome:o{i}" for i in range(3)]
        + ["constituent:workers", "modality:m1?", "outcome:o2?", "capacity:not-cd"]
    ),
    unique_by=lambda code: code.rstrip("?"),
    max_size=5,
)
DAYS = st.none() | st.dates(date(2009, 1, 1), date(2015, 12, 31))


@st.composite
def portfolios(draw):
    """Draw a portfolio of up to six interventions, some of them components of others."""
    identifiers = [f"i{n}" for n in range(draw(st.integers(0, 6)))]
    rows = []
    for number, identifier in enumerate(identifiers):
        whole = draw(st.sampled_from(identifiers[: number + 1]))
        if number and rows[identifiers.index(whole) - len(rows)]["counted_as"] != whole:
            whole = identifier
        start, end = draw(DAYS), draw(DAYS)
        if start and end and end < start:
            start, end = end, start
        amount = draw(st.none() | st.integers(0, 1000).map(float))
        rows.append(
            intervention(
                identifier,
                counted_as=whole,
                parents=[] if whole == identifier else [whole],
                kind="project"
                if whole != identifier
                else draw(st.sampled_from(["project", "programme", "document"])),
                countries=draw(
                    st.lists(st.sampled_from(["GH", "MZ"]), unique=True, max_size=2)
                ),
                starts_on=start,
                ends_on=end,
                budget_amount=amount,
                budget_currency=None
                if amount is None
                else draw(st.sampled_from(["USD", "EUR"])),
            )
        )
    passages = draw(
        st.lists(st.tuples(st.sampled_from(identifiers), CODES), max_size=12)
        if identifiers
        else st.just([])
    )
    return portfolio(rows, passages)
