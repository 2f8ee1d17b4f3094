"""Terms proposed, tried and adopted: what changes, and what people decided stays."""

import pytest
from django.utils import timezone

from capmap.frameworks.changed import TermEdit
from capmap.records.actions import codebook
from capmap.records.models import (
    Change,
    CodebookVersion,
    Coder,
    Coding,
    Job,
    Passage,
    TermChange,
)
from capmap.records.permissions import NotAllowed
from capmap.records.queries.codebook import codebook_of, coder_of, newest_number
from capmap.records.queries.recoding import can_differ, passages_to_code, suggested
from tests.site_fixtures import make_person, make_portfolio

pytestmark = pytest.mark.django_db

ADD = {
    "facet": "modality",
    "code": "training",
    "language": "en",
    "term": "register of cases",
}
ADD_TRAINERS = TermEdit("modality", "academy", "en", "turin centre")


@pytest.fixture
def proposal(portfolio, rita):
    return codebook.propose(portfolio=portfolio, by=rita, **ADD, reason="It is one.")


def machine(portfolio):
    """All suggestions that stand, as a set of what they say."""
    return {
        (c.passage_id, c.facet, c.code, c.because, str(c.spans))
        for c in Coding.objects.suggested().filter(
            passage__intervention__portfolio=portfolio
        )
    }


def by_hand(portfolio, coder):
    """What coding every passage anew would give, without any short cut."""
    return {
        (p.pk, s.facet, s.code, s.because, str([list(span) for span in s.spans]))
        for p in passages_to_code(portfolio).select_related("intervention")
        for s in suggested(coder, [(p, [])])[0]
    }


def test_a_proposal_waits_and_changes_nothing(portfolio, proposal):
    assert proposal.state == "proposed"
    assert newest_number(portfolio) == 0
    assert codebook_of(portfolio).version.endswith("2026.11")
    change = Change.objects.get(action="codebook.propose")
    assert change.after["term"] == "register of cases"


def test_who_may_propose_decline_and_adopt(portfolio, proposal, rita, ravi, vera, paul):
    for person in (vera, paul):
        with pytest.raises(NotAllowed):
            codebook.propose(portfolio=portfolio, by=person, **ADD)
    with pytest.raises(NotAllowed):
        codebook.decline(change=proposal, by=ravi)
    with pytest.raises(NotAllowed):
        codebook.adopt(portfolio=portfolio, by=rita, base=0, changes=[proposal])
    scoped = make_person("s@example.org", "Sol", "analyst", portfolio, ["PE"])
    with pytest.raises(NotAllowed):
        codebook.adopt(portfolio=portfolio, by=scoped, base=0, changes=[proposal])
    assert codebook.decline(change=proposal, by=rita, answer="No.").answer == "No."


def test_the_same_proposal_twice_and_a_wrong_term_are_refused(
    portfolio, proposal, ravi
):
    with pytest.raises(codebook.Refused, match="already_proposed"):
        codebook.propose(portfolio=portfolio, by=ravi, **ADD)
    with pytest.raises(codebook.Refused) as refused:
        codebook.propose(portfolio=portfolio, by=ravi, **(ADD | {"term": "(open"}))
    assert refused.value.finding.problem == "unreadable_term"
    assert TermChange.objects.count() == 1


def test_a_declined_proposal_cannot_be_adopted(portfolio, proposal, ana):
    codebook.decline(change=proposal, by=ana, answer="Too broad.")
    with pytest.raises(codebook.Refused, match="already_decided"):
        codebook.adopt(portfolio=portfolio, by=ana, base=0, changes=[proposal])


def test_proposals_of_another_portfolio_are_refused(proposal, olga):
    other = make_portfolio("Another")
    with pytest.raises(codebook.Refused):
        codebook.adopt(portfolio=other, by=olga, base=0, changes=[proposal])


def test_adopting_codes_all_passages_as_if_from_the_start(
    portfolio, proposal, ana, do_jobs
):
    edits = [ADD_TRAINERS, TermEdit("modality", "training", "fr", "réseau*")]
    codebook.adopt(portfolio=portfolio, by=ana, base=0, changes=[proposal], edits=edits)
    do_jobs()
    coder = coder_of(portfolio)
    assert Job.objects.get(kind="recode").state == "done"
    assert machine(portfolio) == by_hand(portfolio, coder)
    assert "rev 1" in coder.version
    names = set(Coding.objects.values_list("coder__name", flat=True))
    assert names == {coder.version}
    proposal.refresh_from_db()
    assert (proposal.state, proposal.version.number) == ("adopted", 1)


def test_what_people_decided_is_never_touched(portfolio, ana, rita, do_jobs):
    passage = Passage.objects.get(text__startswith="Training of trainers")
    now = timezone.now()
    Coding.objects.filter(passage=passage).update(
        status="rejected", decided_by=rita, decided_at=now
    )
    Passage.objects.filter(pk=passage.pk).update(is_read=True)
    other = Coding.objects.filter(passage__text__startswith="Talleres").first()
    other.status, other.decided_by, other.decided_at = "accepted", rita, now
    other.save()
    held = list(Coding.objects.exclude(status="suggested").order_by("pk").values())
    codebook.adopt(portfolio=portfolio, by=ana, base=0, edits=[ADD_TRAINERS])
    do_jobs()
    kept = Coding.objects.exclude(status="suggested").order_by("pk").values()
    assert list(kept) == held
    assert not Coding.objects.suggested().filter(passage=passage).exists()


def test_a_trial_tells_what_adopting_then_does(portfolio, proposal, ana, do_jobs):
    job = codebook.start_trial(
        portfolio=portfolio, by=ana, changes=[proposal], edits=[ADD_TRAINERS]
    )
    before = machine(portfolio)
    do_jobs()
    job.refresh_from_db()
    assert job.state == "done", job.error
    assert machine(portfolio) == before
    rows = {(r["facet"], r["code"]): r for r in job.result["codes"]}
    codebook.adopt(
        portfolio=portfolio, by=ana, base=0, changes=[proposal], edits=[ADD_TRAINERS]
    )
    do_jobs()
    assert rows
    for (facet, code), row in rows.items():
        now = Coding.objects.counted().filter(facet=facet, code=code)
        passages = set(now.values_list("passage", flat=True))
        counted = set(now.values_list("passage__intervention__counted_as", flat=True))
        assert row["passages_after"] == len(passages), row
        assert row["interventions_after"] == len(counted)
        assert row["passages_after"] - row["passages_before"] == (
            row["gained"] - row["lost"]
        )
    academy = rows["modality", "academy"]
    assert (academy["passages_before"], academy["passages_after"]) == (0, 1)
    assert job.result["examples"]["modality:academy"]["gained"]


def test_a_trial_counts_decisions_met_and_missed(portfolio, ana, rita, do_jobs):
    passage = Passage.objects.get(text__startswith="Training of trainers")
    person = Coder.objects.create(kind="person", name="Rita", user=rita)
    decided = {"decided_by": rita, "decided_at": timezone.now()}
    Coding.objects.filter(passage=passage).update(status="rejected", **decided)
    Coding.objects.create(
        passage=passage, facet="modality", code="academy", coder=person,
        status="accepted", **decided,
    )  # fmt: skip
    Passage.objects.filter(pk=passage.pk).update(is_read=True)
    job = codebook.start_trial(portfolio=portfolio, by=ana, edits=[ADD_TRAINERS])
    do_jobs()
    job.refresh_from_db()
    assert job.result["decisions"] == {"accepted_found": 1}
    assert job.result["codes"] == []


def test_the_quick_look_leaves_no_passage_out(portfolio):
    edits = [ADD_TRAINERS, TermEdit("modality", "training", "es", "(red|redes) de ...")]
    differs = can_differ(edits[:1])
    found = [p.text for p in passages_to_code(portfolio) if differs(p)]
    assert found == [
        "Training of trainers for labour inspectors, with the Turin Centre."
    ]


def test_a_trial_of_one_who_sees_some_countries_counts_those(portfolio, do_jobs):
    scoped = make_person("s@example.org", "Sol", "reviewer", portfolio, ["PY"])
    job = codebook.start_trial(portfolio=portfolio, by=scoped, edits=[ADD_TRAINERS])
    do_jobs()
    job.refresh_from_db()
    assert (job.result["passages"], job.result["interventions"]) == (2, 1)
    assert job.result["codes"] == []


def test_the_second_of_two_who_adopt_at_once_is_told(portfolio, proposal, ana, olga):
    codebook.adopt(portfolio=portfolio, by=olga, base=0, edits=[ADD_TRAINERS])
    with pytest.raises(codebook.Overtaken) as overtaken:
        codebook.adopt(portfolio=portfolio, by=ana, base=0, changes=[proposal])
    assert overtaken.value.version.made_by == olga
    assert CodebookVersion.objects.count() == 1


def test_going_back_brings_the_same_codes_again_and_is_on_record(
    portfolio, proposal, ana, do_jobs
):
    before = {row[:3] for row in machine(portfolio)}
    codebook.adopt(portfolio=portfolio, by=ana, base=0, changes=[proposal])
    do_jobs()
    assert {row[:3] for row in machine(portfolio)} != before
    codebook.revert(portfolio=portfolio, by=ana, base=1, to=0)
    do_jobs()
    assert {row[:3] for row in machine(portfolio)} == before
    assert newest_number(portfolio) == 2
    assert Change.objects.filter(action="codebook.revert", by=ana).count() == 1
    with pytest.raises(codebook.Refused, match="nothing_to_adopt"):
        codebook.revert(portfolio=portfolio, by=ana, base=2, to=0)


def test_two_portfolios_keep_codebooks_of_their_own(portfolio, olga):
    other = make_portfolio("Another")
    codebook.adopt(portfolio=portfolio, by=olga, base=0, edits=[ADD_TRAINERS])
    assert codebook_of(portfolio).version != codebook_of(other).version
    codebook.adopt(portfolio=other, by=olga, base=0, edits=[ADD_TRAINERS])
    assert codebook_of(portfolio).version != codebook_of(other).version
