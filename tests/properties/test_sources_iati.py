"""The fast way of reading IATI and the slow one agree, whatever stands in the file.

The slow way parses the whole file as XML; the fast one finds activities in the bytes and
cuts out what is not needed. The first is the oracle of the second.
"""

import dataclasses
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from capmap.sources import iati_bytes
from capmap.sources.activity import Activity, SetAside
from capmap.sources.iati import read_iati

Found = list[Activity | SetAside]


def fast_and_slow(path: Path, monkeypatch) -> tuple[Found, Found]:
    with path.open("rb") as file:
        prolog = iati_bytes.read_prolog(file)
    assert prolog.is_searchable
    fast = list(read_iati(path, "file.xml"))
    with monkeypatch.context() as patch:
        unsearchable = dataclasses.replace(prolog, root=b"")
        patch.setattr(iati_bytes, "read_prolog", lambda _: unsearchable)
        slow = list(read_iati(path, "file.xml"))
    return fast, slow


def test_both_agree_on_every_real_file(data, monkeypatch):
    for path in sorted((data / "iati").glob("*.xml")):
        fast, slow = fast_and_slow(path, monkeypatch)

        assert fast == slow


def test_both_agree_on_the_sample(sample, monkeypatch):
    for path in sorted(sample.glob("*.xml")):
        fast, slow = fast_and_slow(path, monkeypatch)

        assert fast == slow


words = st.text(
    st.sampled_from(
        "abé ñ€-•.:;\n'\"=/0123&lt;&gt;&amp;\u2028".replace("&lt;&gt;&amp;", "")
    ),
    max_size=40,
).map(lambda text: text.replace("&", "&amp;"))
comments = st.sampled_from(
    [
        "<!-- </iati-activity> -->",
        "<!-- <transaction> -->",
        "<!---->",
        "<?php <transaction> ?>",
        "<![CDATA[</transaction><transaction></iati-activity>]]>",
        "<![CDATA[<budget>]]>",
    ]
)
texts = st.one_of(
    words, words, st.builds("".join, st.lists(st.one_of(words, comments), max_size=3))
)
attributes = st.sampled_from(
    ["", ' ref="1"', " ref='a>b'", ' ref="x/>"', '\n\tref="1"', ' xml:lang="fr"', ' type="2"', ' type = "2" ', " "]
)  # fmt: skip
codes = st.sampled_from(
    [
        'code="2"',
        'code="C"',
        "code='2'",
        'code="3"',
        'code="&#50;"',
        'code = "C"',
        'code="2 "',
        "x='2' code=\"4\"",
    ]
)


@st.composite
def elements(draw: st.DrawFn, name: str, content: st.SearchStrategy[str]) -> str:
    """An element, written as publishers do and as they might."""
    told = draw(attributes)
    if draw(st.integers(0, 7)) == 0:
        return f"<{name}{told}/>"
    end = draw(st.sampled_from(["", "", "", " ", "\n"]))
    return f"<{name}{told}>{draw(content)}</{name}{end}>"


def joined(*parts: st.SearchStrategy[str], most: int = 4) -> st.SearchStrategy[str]:
    return st.lists(st.one_of(*parts), max_size=most).map("".join)


narratives = st.one_of(texts, joined(elements("narrative", texts), comments, most=2))
values = st.builds('<value currency="EUR">{}</value>'.format, st.integers(-5, 10**6))
money = joined(
    values,
    st.builds("<transaction-type {}/>".format, codes),
    st.builds("<transaction-type {}>Commitment</transaction-type>".format, codes),
    elements("description", narratives),
    elements("transaction-date", texts),
    elements("period-start", texts),
)
targets = elements(
    "target", joined(elements("comment", narratives), elements("location", words))
)
indicators = joined(
    elements("title", narratives), elements("period", joined(targets, comments))
)
results = joined(elements("title", narratives), elements("indicator", indicators))
parts = st.one_of(
    elements("title", narratives),
    elements("description", narratives),
    elements("transaction", money),
    elements("transaction", money),
    elements("budget", money),
    elements("budget-item", narratives),
    elements("planned-disbursement", money),
    elements(
        "location",
        joined(elements("activity-description", narratives), elements("name", words)),
    ),
    elements("result", results),
    elements("document-link", joined(elements("title", narratives))),
    elements("iati-identifier", words),
    comments,
)
files = st.lists(
    st.builds("<iati-activity{}>{}</iati-activity>".format, attributes, st.lists(parts, max_size=12).map("".join)),
    max_size=4,
).map(lambda found: f'<iati-activities version="2.03">\n{"<!-- <iati-activity> -->".join(found)}</iati-activities>')  # fmt: skip


@settings(
    max_examples=300,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(files)
def test_both_agree_on_whatever_is_well_formed(tmp_path, monkeypatch, content):
    path = tmp_path / "file.xml"
    path.write_text(content, encoding="utf-8", newline="")

    fast, slow = fast_and_slow(path, monkeypatch)

    assert fast == slow


@settings(
    max_examples=200,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.binary(max_size=200), st.integers(0, 400), st.integers(0, 40))
def test_no_bytes_whatever_break_the_reader(tmp_path, noise, at, cut):
    activity = "<iati-activity><iati-identifier>A</iati-identifier><title>é</title></iati-activity>"
    whole = f'<?xml version="1.0"?><iati-activities>{activity * 3}</iati-activities>'.encode()
    path = tmp_path / "file.xml"
    path.write_bytes(whole[:at] + noise + whole[at + cut :])

    for found in read_iati(path, "file.xml"):
        assert isinstance(found, Activity | SetAside)


@pytest.mark.parametrize("seed", range(3))
def test_ranges_agree_with_the_whole(tmp_path, monkeypatch, seed):
    from capmap.sources import iati

    monkeypatch.setattr(iati, "SMALLEST_PART", 500)
    comment = "<!-- note! -->" * seed
    activities = (
        f"<iati-activity>{comment}<iati-identifier>{n}</iati-identifier><title>é{n}</title></iati-activity>"
        for n in range(60)
    )
    path = tmp_path / "file.xml"
    path.write_text(
        f"<iati-activities>{''.join(activities)}</iati-activities>", encoding="utf-8"
    )
    whole = list(read_iati(path, "x"))

    for parts in range(2, 9):
        pieces = iati.ranges(path, parts)
        assert len(pieces) == parts
        assert [a for s, e in pieces for a in read_iati(path, "x", s, e)] == whole
