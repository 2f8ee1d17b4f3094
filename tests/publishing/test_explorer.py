"""index.html as a file: one that needs nothing, runs nothing foreign, counts everything."""

import base64
import hashlib
import json
import re
from collections import Counter
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from lxml import html

from capmap.frameworks.codebook import load_codebook
from capmap.frameworks.framework import load_framework
from capmap.publishing import explorer_data
from capmap.publishing.explorer import SCRIPTS, STYLES, as_json, explorer_page
from capmap.tables import CODINGS, INTERVENTIONS, PASSAGES, SET_ASIDE, Portfolio
from capmap.wording import LANGUAGES, topic

FOLDER = Path(explorer_data.__file__).parent / "explorer"
HOSTILE = "</script><script>hacked()</script><!-- <img src=x onerror=hacked()> ' \" &"


def intervention(identifier, **values):
    row = dict.fromkeys(INTERVENTIONS) | {
        "intervention_id": identifier,
        "counted_as": identifier,
        "title": f"Title of {identifier}",
        "kind": "project",
        "source": "portfolio.xml",
        "place": "activity 1",
        "language": "en",
        "countries": [],
        "regions": [],
        "sectors": [],
        "organisations": [],
        "parents": [],
    }
    return row | values


def passage(identifier, position, text, **values):
    row = {
        "passage_id": f"{identifier}#{position}",
        "intervention_id": identifier,
        "position": position,
        "kind": "description",
        "place": f"description {position}",
        "language": "en",
        "context": "",
        "text": text,
    }
    return row | values


def coding(passage_id, facet, code, quote="", text="", **values):
    start = text.find(quote) if quote else -1
    row = {
        "passage_id": passage_id,
        "intervention_id": passage_id.split("#")[0],
        "facet": facet,
        "code": code,
        "confidence": 0.8,
        "doubtful": False,
        "coder": "lexicon 1",
        "basis": "words",
        "because": "term: x",
        "quote": quote,
        "spans": [{"start": start, "end": start + len(quote)}] if start >= 0 else [],
    }
    return row | values


def portfolio(interventions, passages, codings, set_aside=()):
    return Portfolio(
        pl.DataFrame(interventions, schema=INTERVENTIONS),
        pl.DataFrame(passages, schema=PASSAGES),
        pl.DataFrame(codings, schema=CODINGS),
        pl.DataFrame(list(set_aside), schema=SET_ASIDE),
    )


@pytest.fixture(scope="module")
def frames():
    return load_framework(), load_codebook()


def page(tables, frames, language="en", **about):
    framework, codebook = frames
    return explorer_page(
        tables,
        framework=framework,
        codebook=codebook,
        language=language,
        about={"title": "Sample", "when": "24 November 2026"} | about,
        downloads=[("paper_docx", "paper.docx"), ("other", "other.bin")],
    )


def data_of(text):
    return json.loads(html.fromstring(text).get_element_by_id("data").text)


def many(number):
    """Interventions with a passage on capacity and one that is not, coded in turn."""
    codes = ["training", "network", "advisory"]
    interventions = [intervention(f"P-{i}") for i in range(number)]
    passages, codings = [], []
    for i in range(number):
        for position in (1, 2, 3):
            passages.append(passage(f"P-{i}", position, f"text {i} {position}"))
        for position in (1, 2):
            name = f"P-{i}#{position}"
            codings.append(coding(name, "capacity", "cd"))
            codings.append(coding(name, "modality", codes[i % 3]))
            codings.append(coding(name, "outcome", "spf-01", doubtful=i % 2 == 0))
        codings.append(coding(f"P-{i}#3", "capacity", "not-cd"))
    return portfolio(interventions, passages, codings)


def counts(data):
    """Passages by code, and of how many every code is in doubt."""
    found = Counter()
    for _, count, packed in data["rows"]:
        for value in packed:
            facet, code = data["codes"][value >> 3][:2]
            name = data["facets"][facet]["id"]
            found[name, code, bool(value & 1)] += count
    return found


@pytest.fixture(scope="module")
def hostile_page(frames):
    tables = portfolio(
        [intervention(HOSTILE, title=HOSTILE, source=HOSTILE, place=HOSTILE)],
        [passage(HOSTILE, 1, HOSTILE, place=HOSTILE, context=HOSTILE)],
        [
            coding(f"{HOSTILE}#1", "capacity", "cd", because=HOSTILE, coder=HOSTILE),
            coding(f"{HOSTILE}#1", "modality", HOSTILE),
        ],
        [dict.fromkeys(SET_ASIDE, HOSTILE)],
    )
    return page(tables, frames, title=HOSTILE, remark=HOSTILE)


def test_no_text_of_a_source_becomes_markup(hostile_page):
    document = html.fromstring(hostile_page)

    scripts = document.xpath("//script")
    assert [s.get("type") for s in scripts] == ["application/json", None]
    assert not document.xpath("//img")
    assert "<" not in scripts[0].text
    assert data_of(hostile_page)["interventions"]["title"] == [HOSTILE]


def test_only_the_pages_own_script_and_style_may_run(hostile_page):
    document = html.fromstring(hostile_page)
    policy = document.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")

    def digest(text):
        return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()

    assert len(policy) == 1
    assert policy[0].startswith("default-src 'none'")
    assert "unsafe" not in policy[0]
    assert digest(document.xpath("//script[not(@type)]")[0].text) in policy[0]
    assert digest(document.xpath("//style")[0].text) in policy[0]


def test_the_page_names_nothing_to_fetch():
    for path in FOLDER.iterdir():
        text = path.read_text(encoding="utf-8")
        found = re.findall(r"https?://[^\s\"']+", text)
        assert set(found) <= {"http://www.w3.org/2000/svg"}, path.name
        assert not re.search(r"\bfetch\(|XMLHttpRequest|@import|url\(", text), path.name
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|eval\(", text)


def test_every_part_of_the_page_is_in_it():
    written = {path.name for path in FOLDER.iterdir()}
    assert written == {
        "page.html",
        *(f"{name}.js" for name in SCRIPTS),
        *(f"{name}.css" for name in STYLES),
    }


def test_every_text_that_the_script_says_is_worded():
    texts = topic("explorer")
    for path in FOLDER.glob("*.js"):
        script = path.read_text(encoding="utf-8")
        for key in re.findall(r"\b(?:say|phrase)\(\"([a-z_0-9-]+)\"[,)]", script):
            assert key in texts, f"{path.name}: {key}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_is_written_in_the_language_asked(frames, language):
    document = html.fromstring(page(many(1), frames, language))

    assert document.get("lang") == language
    words = data_of(html.tostring(document, encoding="unicode"))["words"]
    assert words["rows"] == topic("explorer")["rows"][language]


def test_texts_beyond_the_limit_are_left_out_and_no_count_changes(frames, monkeypatch):
    tables = many(30)
    whole = data_of(page(tables, frames))
    monkeypatch.setattr(explorer_data, "CAPACITY_TEXTS", 35)
    monkeypatch.setattr(explorer_data, "OTHER_TEXTS", 4)

    cut = data_of(page(tables, frames))

    assert len(whole["passages"]) == 90
    assert len(cut["passages"]) == 35 + 4
    assert sum(count for _, count, _ in cut["rows"]) == 90
    assert counts(cut) == counts(whole)
    # Every intervention keeps a passage on capacity before any has a second.
    assert {p[0] for p in cut["passages"]} >= {f"P-{i}#1" for i in range(30)}


def test_characters_are_bounded_too(frames, monkeypatch):
    monkeypatch.setattr(explorer_data, "CHARACTERS", 100)

    data = data_of(page(many(30), frames))

    assert 0 < sum(len(p[5]) for p in data["passages"]) <= 100
    assert sum(count for _, count, _ in data["rows"]) == 90


def test_where_coders_differ_the_surest_stands_and_doubt_needs_all(frames):
    tables = portfolio(
        [intervention("P")],
        [passage("P", 1, "training")],
        [
            coding("P#1", "modality", "training", confidence=0.4, doubtful=True),
            coding("P#1", "modality", "training", confidence=0.95, coder="person"),
            coding("P#1", "modality", "network", confidence=0.6, doubtful=True),
        ],
    )

    data = data_of(page(tables, frames))

    ((_, _, packed),) = data["rows"]
    named = {data["codes"][v >> 3][1]: ((v >> 1) & 3, v & 1) for v in packed}
    assert named == {"training": (3, 0), "network": (1, 1)}
    assert len(data["passages"][0][6]) == 3


def test_a_component_stands_under_its_whole_and_a_document_under_none(frames):
    tables = portfolio(
        [
            intervention(
                "W",
                kind="programme",
                starts_on=date(2010, 5, 1),
                countries=[{"code": "KE", "percentage": 100.0}],
            ),
            intervention("C", counted_as="W", parents=["W"]),
            intervention("D", kind="document"),
        ],
        [],
        [],
    )

    data = data_of(page(tables, frames))

    def said(number):
        return {
            data["facets"][data["codes"][c][0]]["id"]: data["codes"][c][2]
            for c in data["interventions"]["codes"][number]
        }

    assert data["interventions"]["top"] == [0, 0, -1]
    assert data["interventions"]["parents"] == [[], [0], []]
    assert said(1) == said(0) | {"source": "portfolio.xml"}
    assert said(1)["country"] == "Kenya"
    assert said(1)["year"] == "2010"
    assert said(2)["kind"] == "Document"


def test_a_code_that_the_codebook_lacks_is_shown_by_its_identifier(frames):
    tables = portfolio(
        [intervention("P")],
        [passage("P", 1, "x")],
        [coding("P#1", "weather", "rain")],
    )

    data = data_of(page(tables, frames))

    assert ["rain", "rain"] in [code[1:3] for code in data["codes"]]
    assert "weather" in [facet["label"] for facet in data["facets"]]


def test_outcomes_stand_in_their_groups_with_their_numbers(frames):
    framework, _ = frames

    data = data_of(page(many(1), frames))

    outcomes = [
        code for code in data["codes"] if data["facets"][code[0]]["id"] == "outcome"
    ]
    numbers = [str(o.number) for g in framework.groups for o in g.outcomes]
    groups = [g.label["en"] for g in framework.groups for _ in g.outcomes]
    assert [code[6] for code in outcomes] == numbers
    assert [data["groups"][code[5]] for code in outcomes] == groups


def test_files_beside_the_page_and_inputs_are_named(frames):
    data = data_of(page(many(1), frames, **{"input:a.xml": "10 bytes"}))

    assert data["inputs"] == [["a.xml", "10 bytes"]]
    assert data["downloads"] == [
        ["Paper (DOCX)", "paper.docx"],
        ["other.bin", "other.bin"],
    ]


def test_an_empty_portfolio_has_a_page(frames):
    data = data_of(page(portfolio([], [], []), frames))

    assert data["rows"] == []
    assert data["passages"] == []


def test_numbers_that_json_does_not_know_are_refused():
    with pytest.raises(ValueError):
        as_json({"budget": float("nan")})
