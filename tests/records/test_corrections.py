"""What people correct wins over the source, and nobody overwrites another unseen."""

from datetime import date

import pytest

from capmap.records import search
from capmap.records.actions import interventions
from capmap.records.models import Change, Intervention
from capmap.records.permissions import NotAllowed

pytestmark = pytest.mark.django_db


@pytest.fixture
def labour(portfolio):
    return portfolio.interventions.get(identifier="XX-1")


def correct(intervention, by, **fields):
    return interventions.correct(
        intervention=intervention, by=by, version=intervention.version, fields=fields
    )


def test_a_corrected_fact_is_kept_apart_from_the_source(labour, ana):
    correct(labour, ana, title="Inspection of labour", status="2")

    labour.refresh_from_db()
    assert (labour.title, labour.status) == ("Inspection of labour", "2")
    assert labour.edited_fields == ["status", "title"]
    assert labour.version == 2


def test_a_fact_that_stays_as_it_was_is_not_corrected(labour, ana):
    correct(labour, ana, title=labour.title, kind="programme")

    labour.refresh_from_db()
    assert labour.edited_fields == ["kind"]


def test_saving_without_a_change_leaves_no_trace(labour, ana, portfolio):
    correct(labour, ana, title=labour.title)

    labour.refresh_from_db()
    portfolio.refresh_from_db()
    assert (labour.version, labour.edited_fields) == (1, [])
    assert portfolio.revision == 1
    assert not Change.objects.filter(record="intervention").exists()


def test_a_correction_is_on_record_with_before_and_after(labour, ana):
    correct(labour, ana, ends_on=date(2012, 6, 30))

    change = Change.objects.get(record="intervention", record_id=labour.pk)
    assert (change.by, change.action) == (ana, "interventions.correct")
    assert change.before["ends_on"] is None
    assert change.after["ends_on"] == "2012-06-30"


def test_countries_are_replaced_and_on_record(labour, ana):
    countries = [
        {"code": "PE", "percentage": 60.0},
        {"code": "BR", "percentage": None},
    ]

    correct(labour, ana, countries=countries)

    found = list(labour.countries.order_by("pk").values("code", "percentage"))
    assert found == countries
    change = Change.objects.get(record="intervention")
    assert change.before["countries"] == [{"code": "PE", "percentage": None}]
    assert change.after["countries"] == countries
    assert change.after["edited_fields"] == ["countries"]


def test_the_amount_and_the_currency_of_a_budget_are_corrected_together(labour, ana):
    correct(labour, ana, budget_amount=5.0, budget_currency="USD")

    labour.refresh_from_db()
    assert labour.edited_fields == ["budget_amount", "budget_currency"]


def test_who_comes_second_is_told_who_was_first_and_when(labour, ana, olga):
    stale = Intervention.objects.get(pk=labour.pk)
    correct(labour, ana, title="Hers")

    with pytest.raises(interventions.Conflict) as conflict:
        correct(stale, olga, title="His")

    assert conflict.value.by == ana
    assert conflict.value.at is not None
    assert conflict.value.current.title == "Hers"
    labour.refresh_from_db()
    assert (labour.title, labour.version) == ("Hers", 2)


def test_tables_and_search_learn_of_a_correction(labour, ana, portfolio):
    correct(labour, ana, title="Zeppelin works")

    portfolio.refresh_from_db()
    assert portfolio.revision == 2
    assert search.find("zeppelin") == [labour.pk]


def test_a_fact_given_back_is_again_what_the_source_says(labour, ana):
    labour.digest = "of-the-source"
    labour.save()
    correct(labour, ana, starts_on=date(2011, 1, 1))
    labour.refresh_from_db()
    correct(labour, ana, starts_on=date(2012, 1, 1))
    labour.refresh_from_db()

    interventions.give_back(
        intervention=labour, by=ana, version=labour.version, name="starts_on"
    )

    labour.refresh_from_db()
    assert labour.starts_on == date(2010, 1, 1)
    assert labour.edited_fields == []
    # The next import takes it as changed, so that what the source says by then comes in.
    assert labour.digest == ""


def test_countries_and_budget_can_be_given_back(labour, ana):
    correct(
        labour,
        ana,
        countries=[{"code": "BR", "percentage": 100.0}],
        budget_amount=None,
        budget_currency="",
    )
    for name in ("countries", "budget_amount"):
        labour.refresh_from_db()
        interventions.give_back(
            intervention=labour, by=ana, version=labour.version, name=name
        )

    labour.refresh_from_db()
    assert [c.code for c in labour.countries.all()] == ["PE"]
    assert (labour.budget_amount, labour.budget_currency) == (2_400_000.0, "USD")
    assert labour.edited_fields == []


def test_giving_back_meets_a_conflict_too(labour, ana):
    correct(labour, ana, title="Other")

    with pytest.raises(interventions.Conflict):
        interventions.give_back(intervention=labour, by=ana, version=1, name="title")


def test_what_nobody_corrected_cannot_be_given_back(labour, ana):
    with pytest.raises(NotAllowed):
        interventions.give_back(intervention=labour, by=ana, version=1, name="title")


@pytest.mark.parametrize("who", ["rita", "vera", "rosa", "stefan"])
def test_who_may_not_correct_is_refused(labour, who, request):
    with pytest.raises(NotAllowed):
        correct(labour, request.getfixturevalue(who), title="Mine")


def test_a_programme_officer_corrects_what_lies_in_their_country_only(
    portfolio, labour, paul
):
    correct(labour, paul, title="Ours")

    with pytest.raises(NotAllowed):
        correct(portfolio.interventions.get(identifier="XX-2"), paul, title="Not ours")


def test_an_officer_moves_nothing_out_of_their_sight_without_saying_so(labour, paul):
    brazil = [{"code": "BR", "percentage": None}]

    with pytest.raises(interventions.OutOfSight):
        correct(labour, paul, countries=brazil)

    labour.refresh_from_db()
    assert labour.version == 1
    interventions.correct(
        intervention=labour,
        by=paul,
        version=1,
        fields={"countries": brazil},
        out_of_sight=True,
    )
    assert [c.code for c in labour.countries.all()] == ["BR"]


def test_a_field_that_is_no_fact_is_left_alone(labour, ana):
    correct(labour, ana, identifier="stolen", portfolio_id=99, version=7, status="2")

    labour.refresh_from_db()
    assert (labour.identifier, labour.version) == ("XX-1", 2)
