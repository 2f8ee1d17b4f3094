"""The tour: its steps by role, ticked by what people did, put away once."""

import pytest

from capmap.records.actions import tour
from capmap.records.models import Change, Import, Passage, Reading
from capmap.records.permissions import access
from capmap.records.queries.tour import READINGS, intervention_to_open, tour_of

pytestmark = pytest.mark.django_db

EVERYONE = ["map", "cell", "intervention"]


def steps(person, portfolio, followed=()):
    found = tour_of(access(person, portfolio), followed)
    return {step.name: step.is_done for step in found.steps}


def read(person, passage, times=1, **fields):
    for _ in range(times):
        Reading.objects.create(passage=passage, reader=person, **fields)


@pytest.mark.parametrize(
    ("who", "names"),
    [
        ("olga", [*EVERYONE, "review", "import", "file"]),
        ("ana", [*EVERYONE, "review", "import", "file"]),
        ("rita", [*EVERYONE, "review", "file"]),
        ("paul", [*EVERYONE, "file"]),
        ("vera", [*EVERYONE, "file"]),
        ("rosa", []),
    ],
)
def test_a_role_has_the_steps_that_it_allows(portfolio, request, who, names):
    assert list(steps(request.getfixturevalue(who), portfolio)) == names


def test_a_step_is_done_when_its_link_was_followed(portfolio, vera):
    assert steps(vera, portfolio, ["cell"]) == {
        "map": False,
        "cell": True,
        "intervention": False,
        "file": False,
    }


def test_links_alone_prove_neither_review_nor_import(portfolio, ana):
    found = steps(ana, portfolio, ["review", "import"])

    assert not found["review"]
    assert not found["import"]


def test_review_is_done_after_ten_readings_of_ones_own(portfolio, rita, ravi):
    passage = Passage.objects.first()
    read(ravi, passage, READINGS)
    read(rita, passage, READINGS - 1)
    read(rita, passage, is_adjudication=True)

    before = tour_of(access(rita, portfolio), []).steps[3]
    read(rita, passage)
    after = tour_of(access(rita, portfolio), []).steps[3]

    assert (before.name, before.count, before.is_done) == ("review", 9, False)
    assert (after.count, after.is_done) == (10, True)


def test_readings_in_another_portfolio_do_not_count(portfolio, olga):
    from site_fixtures import make_portfolio

    other = make_portfolio("Another")
    read(olga, Passage.objects.filter(intervention__portfolio=other).first(), READINGS)

    assert steps(olga, other)["review"]
    assert not steps(olga, portfolio)["review"]


def test_import_is_done_when_a_file_of_ones_own_was_brought_in(portfolio, ana, olga):
    made = Import.objects.create(portfolio=portfolio, state="ready", started_by=ana)
    assert not steps(ana, portfolio)["import"]

    made.loaded_at = "2026-11-24T12:00Z"
    made.save()

    assert steps(ana, portfolio)["import"]
    assert not steps(olga, portfolio)["import"]


def test_the_next_step_is_the_first_that_is_not_done(portfolio, vera):
    seen = access(vera, portfolio)

    assert tour_of(seen, ["map", "intervention"]).next == "cell"
    assert tour_of(seen, [*EVERYONE, "file"]).next == ""
    assert tour_of(seen, [*EVERYONE, "file"]).is_finished


def test_the_intervention_to_open_is_one_that_the_person_sees(portfolio, paul, vera):
    assert intervention_to_open(access(paul, portfolio)).identifier == "XX-1"

    portfolio.interventions.filter(identifier="XX-1").update(is_current=False)

    assert intervention_to_open(access(paul, portfolio)).identifier == "XX-4"
    assert intervention_to_open(access(vera, portfolio)).identifier != "XX-4"


def test_an_empty_portfolio_has_no_intervention_to_open(portfolio, vera):
    portfolio.interventions.update(is_current=False)

    assert intervention_to_open(access(vera, portfolio)) is None


def test_the_end_of_the_tour_is_put_on_record_once(vera):
    tour.finish_tour(by=vera)
    vera.refresh_from_db()
    first = vera.toured_at
    tour.finish_tour(by=vera)
    vera.refresh_from_db()

    assert first
    assert vera.toured_at == first
    change = Change.objects.get(action="tour.finish_tour")
    assert (change.by, change.record, change.record_id) == (vera, "user", vera.pk)
    assert change.before == {"toured_at": None}
    assert set(change.after) == {"toured_at"}
