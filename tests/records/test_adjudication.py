"""Decisions between two readers: settled, on record, taken back."""

import pytest

from capmap.records.actions import adjudication, review
from capmap.records.models import Change, Coding, Passage, Reading
from capmap.records.permissions import NotAllowed

COURSE, NETWORK = ("modality", "training"), ("modality", "network")


@pytest.fixture
def differing(portfolio, ana, rita, ravi):
    """A blind round of one passage, read through the review actions."""
    passage = Passage.objects.filter(intervention__portfolio=portfolio).first()
    made = review.make_round(
        portfolio=portfolio, by=ana, title="Pilot", readers=[rita, ravi],
        passages=Passage.objects.filter(pk=passage.pk), readers_per_passage=2,
    )  # fmt: skip
    for reader, code in ((rita, COURSE), (ravi, NETWORK)):
        item = made.items.get(reader=reader)
        codes = [(*code, False, [[0, 8]])]
        review.finish(by=reader, passage=passage, item=item, codes=codes)
    return made, passage


def settle(differing, by, *codes, **more):
    review_round, passage = differing
    values = {"note": "It names a course.", **more}
    return adjudication.settle(
        review_round=review_round, passage=passage, by=by, codes=codes, **values
    )


def test_nothing_is_settled_before_the_decision(differing):
    assert not Coding.objects.accepted().exists()


def test_a_decision_settles_with_the_words_that_readers_marked(
    differing, ana, portfolio
):
    revision = portfolio.revision
    reading = settle(differing, ana, COURSE)
    accepted = Coding.objects.accepted().filter(passage=differing[1])
    assert {(c.facet, c.code) for c in accepted} == {COURSE}
    assert reading.is_adjudication
    assert reading.codes.get().spans == [[0, 8]]
    portfolio.refresh_from_db()
    assert portfolio.revision > revision


def test_a_decision_is_on_record_with_its_reason(differing, ana):
    settle(differing, ana, COURSE)
    change = Change.objects.get(action="adjudication.settle")
    assert change.by == ana
    assert change.after == {
        "codes": ["modality:training"],
        "note": "It names a course.",
    }


def test_undo_brings_back_what_was_and_is_on_record(differing, ana):
    before = list(Coding.objects.order_by("pk").values())
    settle(differing, ana, COURSE, NETWORK)
    adjudication.undo(review_round=differing[0], passage=differing[1], by=ana)
    assert list(Coding.objects.order_by("pk").values()) == before
    assert not Reading.objects.filter(is_adjudication=True).exists()
    assert Change.objects.get(action="adjudication.undo").before["codes"] == [
        "modality:network", "modality:training",
    ]  # fmt: skip


def test_deciding_anew_replaces_the_decision_that_was_seen(differing, ana, olga):
    first = settle(differing, ana, COURSE)
    with pytest.raises(adjudication.Refused, match="decided_meanwhile"):
        settle(differing, olga, NETWORK)
    settle(differing, olga, NETWORK, instead_of=first.pk)
    assert Reading.objects.get(is_adjudication=True).reader == olga
    accepted = Coding.objects.accepted().filter(passage=differing[1])
    assert {(c.facet, c.code) for c in accepted} == {NETWORK}


def test_taking_back_what_is_not_there_does_nothing(differing, ana):
    review_round, passage = differing
    assert adjudication.undo(review_round=review_round, passage=passage, by=ana) is None


@pytest.mark.parametrize("who", ["rita", "vera", "paul", "stefan"])
def test_who_does_not_analyse_does_not_decide(request, differing, who):
    with pytest.raises(NotAllowed):
        settle(differing, request.getfixturevalue(who), COURSE)


def test_two_codes_of_a_facet_that_holds_one_are_refused(differing, ana):
    with pytest.raises(adjudication.Refused, match="only_one"):
        settle(differing, ana, ("capacity", "cd"), ("capacity", "not-cd"))


def test_what_the_codebook_does_not_know_is_refused(differing, ana):
    with pytest.raises(adjudication.Refused, match="unknown_code"):
        settle(differing, ana, ("modality", "dancing"))


def test_a_passage_that_one_has_read_is_not_decided(differing, ana, ravi):
    Reading.objects.get(reader=ravi).delete()
    with pytest.raises(adjudication.Refused, match="not_read_by_both"):
        settle(differing, ana, COURSE)
