"""The history of changes, and how a change is undone."""

from datetime import timedelta

import pytest
from django.utils import timezone

from capmap.records.actions import (
    comments,
    interventions,
    people,
    portfolios,
    restore,
    verdicts,
)
from capmap.records.models import Change, Membership, Verdict
from capmap.records.permissions import NotAllowed
from capmap.records.queries import history

pytestmark = pytest.mark.django_db


def last(record):
    return Change.objects.filter(record=record).first()


def correct(portfolio, by, **fields):
    one = portfolio.interventions.get(identifier="XX-1")
    return interventions.correct(
        intervention=one, by=by, version=one.version, fields=fields
    )


def test_a_corrected_title_is_set_back(portfolio, ana):
    correct(portfolio, ana, title="Roads for Peru")
    revision = portfolio.__class__.objects.get().revision

    written = restore.restore(change=last("intervention"), by=ana)

    one = portfolio.interventions.get(identifier="XX-1")
    assert one.title == "Labour inspection for Peru"
    assert one.version == 3
    assert one.edited_fields == []
    assert written.restores.action == "interventions.correct"
    assert written.after["title"] == "Labour inspection for Peru"
    assert portfolio.__class__.objects.get().revision > revision


def test_a_restored_change_can_be_undone_too(portfolio, ana):
    correct(portfolio, ana, title="Roads for Peru")
    written = restore.restore(change=last("intervention"), by=ana)

    restore.restore(change=written, by=ana)

    assert portfolio.interventions.get(identifier="XX-1").title == "Roads for Peru"


def test_countries_come_back(portfolio, ana):
    correct(portfolio, ana, countries=[{"code": "SN", "percentage": 100.0}])
    change = next(
        c
        for c in Change.objects.filter(record="intervention")
        if "countries" in c.before
    )

    restore.restore(change=change, by=ana)

    one = portfolio.interventions.get(identifier="XX-1")
    assert [c.code for c in one.countries.all()] == ["PE"]


def test_dates_and_amounts_come_back_as_what_they_were(portfolio, ana):
    correct(portfolio, ana, starts_on=None, budget_amount=1.0)

    restore.restore(change=last("intervention"), by=ana)

    one = portfolio.interventions.get(identifier="XX-1")
    assert one.starts_on.isoformat() == "2010-01-01"
    assert one.budget_amount == 2_400_000.0


def test_who_changed_it_since_is_not_overwritten_unseen(portfolio, ana, olga):
    correct(portfolio, ana, title="Roads")
    change = last("intervention")
    correct(portfolio, olga, title="Bridges")

    with pytest.raises(restore.ChangedSince) as since:
        restore.restore(change=change, by=ana)

    shown = next(d for d in since.value.differences if d.name == "title")
    assert (shown.was_left, shown.is_now) == ("Roads", "Bridges")
    assert portfolio.interventions.get(identifier="XX-1").title == "Bridges"


def test_what_was_seen_is_overwritten_when_asked_again(portfolio, ana, olga):
    correct(portfolio, ana, title="Roads")
    change = last("intervention")
    correct(portfolio, olga, title="Bridges")
    with pytest.raises(restore.ChangedSince) as since:
        restore.restore(change=change, by=ana)

    correct(portfolio, olga, title="Tunnels")
    with pytest.raises(restore.ChangedSince) as again:
        restore.restore(change=change, by=ana, seen=since.value.seen)
    restore.restore(change=change, by=ana, seen=again.value.seen)

    one = portfolio.interventions.get(identifier="XX-1")
    assert one.title == "Labour inspection for Peru"


def test_a_role_that_was_taken_away_is_given_again(portfolio, olga, vera):
    membership = vera.memberships.get()
    pk = membership.pk
    people.remove(membership=membership, by=olga)

    restore.restore(change=last("membership"), by=olga)

    again = vera.memberships.get()
    assert (again.pk, again.role, again.portfolio) == (pk, "viewer", portfolio)


def test_a_role_is_not_given_twice(portfolio, olga, vera):
    people.remove(membership=vera.memberships.get(), by=olga)
    change = last("membership")
    people.grant(user=vera, role="analyst", by=olga, portfolio=portfolio)

    with pytest.raises(restore.Refused, match="breaks_a_rule"):
        restore.restore(change=change, by=olga)
    assert vera.memberships.get().role == "analyst"


def test_undoing_does_not_take_the_last_administrator(olga, stefan):
    people.grant(user=stefan, role="administrator", by=olga)
    granted = last("membership")
    people.remove(membership=olga.memberships.get(), by=stefan)

    with pytest.raises(restore.Refused, match="last_administrator"):
        restore.restore(change=granted, by=stefan)
    assert Membership.objects.get().user == stefan


def test_an_analyst_undoes_no_change_of_people(portfolio, olga, ana, vera):
    people.change_role(membership=vera.memberships.get(), role="reviewer", by=olga)

    with pytest.raises(NotAllowed):
        restore.restore(change=last("membership"), by=ana)


def test_a_reviewer_undoes_nothing(portfolio, ana, rita):
    correct(portfolio, ana, title="Roads")

    with pytest.raises(NotAllowed):
        restore.restore(change=last("intervention"), by=rita)


def test_who_sees_only_some_countries_undoes_nothing(portfolio, ana):
    correct(portfolio, ana, title="Roads")
    ana.memberships.update(countries=["PE"])

    with pytest.raises(NotAllowed):
        restore.restore(change=last("intervention"), by=ana)


def test_a_verdict_goes_when_it_is_undone_and_comes_back(portfolio, ana):
    one = portfolio.interventions.get(identifier="XX-1")
    verdicts.decide(intervention=one, by=ana, answer="yes", note="Two passages.")

    undone = restore.restore(change=last("verdict"), by=ana)
    assert not Verdict.objects.exists()
    restore.restore(change=undone, by=ana)

    assert Verdict.objects.get().answer == "yes"
    assert Verdict.objects.get().decided_by == ana


def test_what_is_so_already_is_said(portfolio, ana):
    portfolios.describe(
        portfolio=portfolio, by=ana, title="Other", description="", population=9
    )
    change = last("portfolio")
    restore.restore(change=change, by=ana)

    with pytest.raises(restore.Refused, match="already_so"):
        restore.restore(change=change, by=ana)


def test_a_portfolio_is_not_removed_by_undoing_that_it_was_made(portfolio, olga):
    made = Change.objects.get(action="portfolios.create")

    assert not restore.is_restorable(made)
    with pytest.raises(restore.Refused, match="not_restorable"):
        restore.restore(change=made, by=olga)


@pytest.mark.parametrize(
    "before",
    [{"password": "x"}, {"email": "thief@example.org"}, {"no_such_field": 1}, {}],
)
def test_fields_that_nobody_may_set_are_not_set_by_a_change(olga, rita, before):
    forged = Change.objects.create(
        action="x", record="user", record_id=rita.pk, before=before, after={}
    )

    with pytest.raises(restore.Refused, match="not_restorable"):
        restore.restore(change=forged, by=olga)


def test_a_rule_of_the_database_is_told_as_reason(portfolio, ana):
    one = portfolio.interventions.get(identifier="XX-1")
    broken = Change.objects.create(
        action="x", record="intervention", record_id=one.pk, portfolio=portfolio,
        before={"budget_currency": ""}, after={"budget_currency": "USD"},
    )  # fmt: skip

    with pytest.raises(restore.Refused, match="breaks_a_rule") as refused:
        restore.restore(change=broken, by=ana)

    assert "budget" in refused.value.values["rule"]


def test_changes_are_found_by_person_kind_action_and_day(portfolio, olga, ana):
    correct(portfolio, ana, title="Roads")
    one = portfolio.interventions.get(identifier="XX-2")
    comments.write(intervention=one, by=olga, text="Why?")
    Change.objects.filter(record="comment").update(
        at=timezone.now() - timedelta(days=30)
    )
    today = timezone.now().date()

    def found(**wanted):
        return {c.record for c in history.changes(portfolio=portfolio, **wanted)}

    assert found() == {"portfolio", "intervention", "comment"}
    assert found(person=ana.pk) == {"intervention"}
    assert found(record="comment") == {"comment"}
    assert found(action="interventions.correct") == {"intervention"}
    assert found(until=today - timedelta(days=1)) == {"comment"}
    assert found(since=today - timedelta(days=1)) == {"portfolio", "intervention"}


def test_people_in_a_change_stand_with_their_names(portfolio, olga, vera):
    people.remove(membership=vera.memberships.get(), by=olga)

    (told,) = history.told(history.changes(record="membership"))

    fields = {f.name: f.before for f in told.fields}
    assert fields["user_id"] == "Vera"
    assert fields["portfolio_id"] == "Technical cooperation"
    assert "id" not in fields


def test_the_changes_of_a_person_include_roles_taken_away(portfolio, olga, vera, rita):
    people.change_role(membership=vera.memberships.get(), role="reviewer", by=olga)
    people.remove(membership=vera.memberships.get(), by=olga)
    people.change_role(membership=rita.memberships.get(), role="viewer", by=olga)

    actions = [one.change.action for one in history.of_person(vera)]

    assert actions == ["people.remove", "people.change_role"]


def test_the_history_of_a_record_costs_no_query_a_change(
    portfolio, ana, django_assert_max_num_queries
):
    one = portfolio.interventions.get(identifier="XX-1")
    for number in range(8):
        correct(portfolio, ana, title=f"Title {number}")

    with django_assert_max_num_queries(3):
        assert len(history.of_record(one)) == 8
