"""An undo sets back exactly what an import did, and loses nothing that people did."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from incoming import activity, bring, state_of, undo
from polars.testing import assert_frame_equal
from test_import_loading import decide, only

from capmap.records import search
from capmap.records.actions import imports, interventions, portfolios
from capmap.records.models import Change, Coding, Intervention, Passage
from capmap.records.queries.imports import at_stake

pytestmark = pytest.mark.django_db

OLD = activity("A-1", "Training courses", "Advice given", countries=["PE"], budget=10.0)
NEW = activity("A-1", "Workshops", "Training courses", title="New", countries=["BO"])


def assert_same(before, after):
    for one, other in zip(before, after, strict=True):
        assert_frame_equal(one, other)


def test_an_undo_brings_back_every_row_as_it_was(portfolio, ana):
    bring(portfolio, [OLD])
    before = state_of(portfolio)

    imported = bring(portfolio, [NEW, activity("B-1", "Roads")], "lexicon new")
    assert state_of(portfolio)[0].height == before[0].height + 1
    undone = undo(imported, ana)

    assert (undone.state, undone.undone_by) == ("undone", ana)
    assert_same(before, state_of(portfolio))
    assert search.find("workshops") == []
    assert search.find("advice") == [only().pk]
    assert Change.objects.filter(action="imports.undo", by=ana).count() == 2


def test_a_second_undo_is_refused(portfolio, ana):
    imported = undo(bring(portfolio, [OLD]), ana)

    with pytest.raises(imports.NotNow, match="state"):
        imports.undo(imported=imported, by=ana)


def test_an_undo_under_way_is_not_started_again(portfolio, ana):
    imported = bring(portfolio, [OLD])
    imports.undo(imported=imported, by=ana)

    with pytest.raises(imports.NotNow, match="state"):
        imports.undo(imported=imported, by=ana)


def test_a_later_import_of_the_same_has_to_be_undone_first(portfolio, ana):
    first = bring(portfolio, [OLD])
    second = bring(portfolio, [NEW])

    with pytest.raises(imports.NotNow, match="later"):
        imports.undo(imported=first, by=ana)

    undo(second, ana)
    assert undo(first, ana).state == "undone"


def test_the_same_files_bring_back_records_with_their_decisions(portfolio, ana, rita):
    imported = bring(portfolio, [OLD])
    pk = only().pk
    coding = Coding.objects.filter(facet="topic").order_by("pk").first()
    decide(coding, rita)
    before = state_of(portfolio)
    undo(imported, ana)
    assert not Intervention.objects.current().filter(identifier="A-1").exists()

    again = bring(portfolio, [OLD])

    assert (again.counts["new"], again.counts["same"]) == (1, 0)
    assert only().pk == pk
    coding.refresh_from_db()
    assert (coding.status, coding.decided_by) == ("accepted", rita)
    assert_same(before, state_of(portfolio))


def test_what_a_person_corrected_since_stays_and_is_told(portfolio, ana):
    bring(portfolio, [OLD])
    imported = bring(portfolio, [NEW])
    interventions.correct(
        intervention=only(), by=ana, version=only().version, fields={"title": "By Ana"}
    )

    undone = undo(imported, ana)

    assert only().title == "By Ana"
    assert [c.code for c in only().countries.all()] == ["PE"]
    assert undone.job.result["stayed"] == {"A-1": ["title"]}


def test_decisions_made_since_on_kept_passages_outlive_the_undo(portfolio, ana, rita):
    bring(portfolio, [OLD])
    imported = bring(portfolio, [NEW], "lexicon new")
    passage = Passage.objects.get(text="Training courses")
    coding = passage.codings.get(code="training")
    decide(coding, rita, "rejected")

    undo(imported, ana)

    told = {c.code: (c.coder.name, c.status) for c in passage.codings.all()}
    assert told["training"] == ("lexicon new", "rejected")
    assert told["courses"] == ("lexicon test", "suggested")


def test_the_warning_counts_what_people_did_on_what_would_go(portfolio, rita):
    bring(portfolio, [OLD])
    imported = bring(portfolio, [NEW, activity("B-1", "Roads built")])
    for text in ("Workshops", "Roads built", "Training courses"):
        decide(Coding.objects.filter(passage__text=text).first(), rita)

    stake = at_stake(imported)

    assert stake.leaving == 1
    assert stake.by_kind["codings"] == 2


TEXTS = st.lists(
    st.sampled_from(["Training", "Advice", "Workshops held", "Roads"]), max_size=3
)


@st.composite
def activities(draw):
    return [
        activity(
            identifier,
            *draw(TEXTS),
            title=draw(st.sampled_from(["One", "Two"])),
            countries=draw(st.sampled_from([(), ("PE",), ("PE", "BO"), ("BO", "PE")])),
            budget=draw(st.sampled_from([None, 5.0, 7.5])),
            parents=draw(st.sampled_from([[], ["a"], ["b"]])),
            children=draw(st.sampled_from([[], ["c"]])),
        )
        for identifier in draw(st.sets(st.sampled_from("abc")))
    ]


@settings(
    max_examples=40, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(
    first=activities(), second=activities(),
    coder=st.sampled_from(["lexicon test", "lexicon new"]), decides=st.booleans(),
)  # fmt: skip
def test_to_load_and_undo_is_as_if_it_had_not_been(olga, first, second, coder, decides):
    portfolio = portfolios.create(by=None, title="Random")
    bring(portfolio, first)
    if decides:
        for passage in Passage.objects.filter(intervention__portfolio=portfolio):
            decide(passage.codings.order_by("pk").first(), olga)
    before = state_of(portfolio)

    imported = bring(portfolio, second, coder)
    loaded = state_of(portfolio)
    undo(imported, olga)

    assert_same(before, state_of(portfolio))
    bring(portfolio, second, coder)
    assert_same(loaded, state_of(portfolio))
