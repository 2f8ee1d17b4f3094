"""A person's word on a whole intervention: given, changed, withdrawn, on record."""

import pytest

from capmap.records.actions import verdicts
from capmap.records.models import Change, Verdict
from capmap.records.permissions import NotAllowed

pytestmark = pytest.mark.django_db


@pytest.fixture
def labour(portfolio):
    return portfolio.interventions.get(identifier="XX-1")


def test_a_verdict_stands_with_its_person_and_note(labour, rita):
    verdict = verdicts.decide(intervention=labour, by=rita, answer="yes", note="P1")

    assert (verdict.answer, verdict.note, verdict.decided_by) == ("yes", "P1", rita)
    change = Change.objects.get(record="verdict", record_id=verdict.pk)
    assert change.before is None
    assert change.after["answer"] == "yes"


def test_a_later_verdict_takes_the_place_of_the_first(labour, rita, paul):
    first = verdicts.decide(intervention=labour, by=rita, answer="yes")

    second = verdicts.decide(intervention=labour, by=paul, answer="unclear")

    assert second.pk == first.pk
    assert Verdict.objects.get().decided_by == paul
    change = Change.objects.filter(record="verdict").first()
    assert change.before["answer"] == "yes"
    assert change.before["decided_by_id"] == rita.pk


def test_the_same_verdict_again_keeps_who_gave_it_first(labour, rita, ravi):
    verdicts.decide(intervention=labour, by=rita, answer="no")

    verdict = verdicts.decide(intervention=labour, by=ravi, answer="no")

    assert verdict.decided_by == rita
    assert Change.objects.filter(record="verdict").count() == 1


def test_a_withdrawn_verdict_stays_on_record(labour, rita):
    verdicts.decide(intervention=labour, by=rita, answer="yes", note="hasty")

    verdicts.withdraw(intervention=labour, by=rita)

    assert not Verdict.objects.exists()
    change = Change.objects.filter(record="verdict").first()
    assert (change.action, change.after) == ("verdicts.withdraw", None)
    assert change.before["note"] == "hasty"


def test_withdrawing_nothing_changes_nothing(labour, rita):
    verdicts.withdraw(intervention=labour, by=rita)

    assert not Change.objects.filter(record="verdict").exists()


@pytest.mark.parametrize("who", ["vera", "rosa", "stefan"])
def test_who_neither_reviews_nor_corrects_is_refused(labour, who, request):
    person = request.getfixturevalue(who)

    with pytest.raises(NotAllowed):
        verdicts.decide(intervention=labour, by=person, answer="yes")
    with pytest.raises(NotAllowed):
        verdicts.withdraw(intervention=labour, by=person)


def test_an_officer_answers_for_their_country_only(portfolio, paul):
    with pytest.raises(NotAllowed):
        verdicts.decide(
            intervention=portfolio.interventions.get(identifier="XX-2"),
            by=paul,
            answer="yes",
        )


def test_an_answer_that_does_not_exist_is_refused(labour, rita):
    with pytest.raises(NotAllowed):
        verdicts.decide(intervention=labour, by=rita, answer="perhaps")
