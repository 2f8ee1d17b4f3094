"""The map of the world: every country is there, shaded by its count, and nothing breaks out."""

import json
from importlib.resources import files
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capmap.publishing.world.drawing import classes, world_map
from capmap.publishing.world.make_world import equal_earth, simplified
from capmap.sources.countries import country_code

PATH = files("capmap.publishing.world").joinpath("countries.json")
COUNTRIES = json.loads(PATH.read_text())["countries"]


def test_the_file_is_small_and_holds_the_members_of_the_united_nations():
    assert len(PATH.read_bytes()) < 150_000
    members = "AF AR BD BR CD CI CN CV DM EG ET FJ FM FR GB GD HT ID IN KE KI KM LC MH ML MT MU MV MX NA NG NR PE PG PK PS PY SB SC SG SN SS ST TL TN TO TR TT TV UA US VC VN VU WS XK ZA ZW"
    assert not set(members.split()) - set(COUNTRIES)


def test_every_code_is_one_that_sources_may_name():
    unknown = {c for c in COUNTRIES if c and country_code(c) != c}
    assert unknown <= {"XK"}


def test_every_country_has_an_outline_or_a_point():
    for entry in COUNTRIES.values():
        assert entry.get("path", "").startswith("M") or len(entry.get("point", [])) == 2


def test_equal_earth_at_known_places():
    # Width to height of the whole map is 2.05458 (Savric, Patterson and Jenny 2018).
    width = 2 * equal_earth(180, 0)[0]
    height = 2 * equal_earth(0, 90)[1]
    assert width / height == pytest.approx(2.05458, abs=1e-4)


def test_a_simplified_line_stays_near():
    line = [(0.0, 0.0), (1.0, 0.05), (2.0, 0.0), (3.0, 2.0), (4.0, 0.0)]
    assert simplified(line, 0.1) == [(0.0, 0.0), (2.0, 0.0), (3.0, 2.0), (4.0, 0.0)]


@given(st.dictionaries(st.sampled_from(sorted(COUNTRIES)), st.integers(0, 10**6)))
def test_each_count_falls_into_one_class(counts):
    steps = classes(counts)
    for count in filter(None, counts.values()):
        assert sum(low <= count <= high for _, low, high in steps) == 1
    assert [shade for shade, _, _ in steps] == sorted({shade for shade, _, _ in steps})


def test_more_is_darker_and_a_small_state_is_a_dot():
    drawn = world_map({"PE": 9, "SN": 1, "MV": 3}, {"PE": "Peru: 9"}, "Map")
    root = ElementTree.fromstring(drawn)
    titled = [e for e in root.iter("path") if e.findtext("title") == "Peru: 9"]
    assert titled[0].get("class") == "q6"
    assert [e.get("class") for e in root.iter("circle")] == ["q3"]


@pytest.mark.parametrize("alone", [True, False])
def test_titles_links_and_labels_stay_text(alone):
    bad = '"><script>alert(1)</script>'
    drawn = world_map({"PE": 1}, {"PE": bad}, bad, links={"PE": bad}, alone=alone)
    assert "<script" not in drawn
    ElementTree.fromstring(drawn)


def test_without_counts_there_is_land_and_no_legend():
    assert classes({}) == []
    assert 'class="q' not in world_map({}, {}, "Empty")
