"""Worked examples of a portfolio: proposed, confirmed, taken back; who sees them; what they teach."""

import pytest

from capmap.frameworks.examples import as_line, read_worked
from capmap.frameworks.examples_check import check_examples
from capmap.records.actions import examples, restore, review
from capmap.records.models import Change, OwnExample, ReviewItem, ReviewRound
from capmap.records.permissions import NotAllowed, access
from capmap.records.queries.codebook import codebook_of
from capmap.records.queries.example_candidates import candidates
from capmap.records.queries.examples import (
    as_worked,
    of_code,
    of_framework,
    with_worked,
    worked_seen,
)
from capmap.records.queries.learning import examples_of
from capmap.records.queries.review import version_of
from tests.learned_portfolio import add
from tests.site_fixtures import make_person

pytestmark = pytest.mark.django_db

ON_THE_JOB = ("modality", "on-the-job")
CODES = [
    ("capacity", "cd"), ON_THE_JOB, ("level", "individual"), ("constituent", "government"),
    ("target", "labour-inspectors"), ("beneficiary", "government"), ("chain", "activity"),
]  # fmt: skip
TEXT = (
    "The budget was approved in May. Two old inspectors went through the files of the "
    "young ones with them, quarry by quarry, until they could do it alone."
)


def read(passage, by, codes):
    known = codebook_of(passage.intervention.portfolio).facets
    given = [(f, c, False, []) for f, c in codes if c in known[f].codes]
    return review.finish(by=by, passage=passage, codes=given)


@pytest.fixture
def passage(portfolio, rita):
    """A passage that Rita has read."""
    (made,) = add(portfolio, "EX-1", [TEXT])
    read(made, rita, CODES)
    return made


def confirm(passage, by, **given):
    return examples.confirm(
        passage=passage, by=by, **{"text": TEXT, "wording": "indirect"} | given
    )


def test_a_proposal_is_confirmed_with_the_codes_that_people_decided(
    portfolio, passage, rita, ana
):
    made = examples.propose(passage=passage, by=rita, note=" No usual word. ")
    assert (made.state, made.note, made.proposed_by) == (
        "proposed",
        "No usual word.",
        rita,
    )
    done = confirm(
        passage, ana, text=TEXT.partition("May. ")[2],
        near={("modality", "training"): "No course is held."},
    )  # fmt: skip
    assert (done.pk, done.state, done.decided_by) == (made.pk, "confirmed", ana)
    assert done.codes["modality"] == ["on-the-job"]
    assert "beneficiary" not in done.codes
    assert list(done.codes) == [
        facet for facet in codebook_of(portfolio).facets if facet in done.codes
    ]
    actions = Change.objects.filter(record="ownexample").values_list(
        "action", flat=True
    )
    assert list(actions) == ["examples.confirm", "examples.propose"]
    worked = as_worked(done)
    assert check_examples([worked], codebook_of(portfolio)) == []
    assert worked.near == {("modality", "training"): "No course is held."}


def test_what_is_exported_reads_as_worked_examples_do(passage, ana, tmp_path):
    done = as_worked(confirm(passage, ana))
    file = tmp_path / "portfolio.en.jsonl"
    file.write_text(as_line(done) + "\n", encoding="utf-8")
    assert read_worked([file]) == (done,)


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"text": "Two old inspectors went home."}, "not_of_passage"),
        ({"wording": ""}, "not_sound"),
        ({"near": {ON_THE_JOB: "It is given."}}, "not_sound"),
        ({"near": {("modality", "training"): "x" * 300}}, "not_sound"),
        ({"near": {("modality", "no-such-code"): "It is none."}}, "not_sound"),
        ({"text": ""}, "not_of_passage"),
    ],
)
def test_an_example_that_is_not_sound_is_refused(passage, ana, given, reason):
    with pytest.raises(examples.Refused) as refused:
        confirm(passage, ana, **given)
    assert refused.value.reason == reason
    assert not OwnExample.objects.exists()
    assert not Change.objects.filter(record="ownexample").exists()


def test_codes_that_break_a_rule_are_told(portfolio, rita, ana):
    (made,) = add(portfolio, "EX-2", ["Officers learn beside their elders."])
    read(made, rita, [("capacity", "cd"), ON_THE_JOB])
    with pytest.raises(examples.Refused) as refused:
        confirm(made, ana, text=made.text)
    assert [f.problem for f in refused.value.findings] == ["example_empty"]


def test_a_passage_that_repeats_an_example_is_refused(portfolio, rita, ana):
    shipped = of_framework().examples[0].text
    (made,) = add(portfolio, "EX-2", [shipped])
    read(made, rita, [*CODES[:3], ("chain", "activity")])
    with pytest.raises(examples.Refused) as refused:
        confirm(made, ana, text=shipped)
    assert "example_run" in {f.problem for f in refused.value.findings}


def test_only_what_people_decided_can_be_proposed(portfolio, passage, rita, ana):
    (unread,) = add(portfolio, "EX-2", ["Officers learn beside their elders."])
    for act in (lambda: examples.propose(passage=unread, by=rita),
                lambda: confirm(unread, ana, text=unread.text)):  # fmt: skip
        with pytest.raises(examples.Refused, match="not_decided"):
            act()
    reading = passage.readings.get()
    review.undo(reading=reading, by=rita)
    passage.refresh_from_db()
    with pytest.raises(examples.Refused, match="not_decided"):
        confirm(passage, ana)


def test_a_declined_passage_comes_again_only_if_somebody_proposes_it(
    portfolio, passage, rita, ana
):
    seen = access(ana, portfolio)
    assert [c.passage for c in candidates(seen)] == [passage]
    examples.decline(passage=passage, by=ana, answer="Too long.")
    assert candidates(seen) == []
    with pytest.raises(examples.Refused, match="declined_already"):
        examples.decline(passage=passage, by=ana)
    again = examples.propose(passage=passage, by=rita)
    assert (again.state, again.answer, again.decided_by) == ("proposed", "", None)
    with pytest.raises(examples.Refused, match="proposed_already"):
        examples.propose(passage=passage, by=rita)


def test_what_was_taken_back_teaches_nothing_and_can_be_brought_back(
    portfolio, passage, ana
):
    done = confirm(passage, ana)
    with pytest.raises(examples.Refused, match="confirmed_already"):
        confirm(passage, ana)
    examples.take_back(example=done, by=ana)
    assert worked_seen(access(ana, portfolio)).own == {}
    with pytest.raises(examples.Refused, match="taken_back_already"):
        examples.take_back(example=done, by=ana)
    change = Change.objects.get(action="examples.take_back")
    restore.restore(change=change, by=ana)
    assert len(worked_seen(access(ana, portfolio)).own) == 1


def test_who_may_do_what_with_examples(
    portfolio, passage, rita, ravi, paul, vera, stefan, ana
):
    scoped = make_person("s@example.org", "Sol", "analyst", portfolio, ["PE"])
    for person in (rita, paul, vera, scoped):
        with pytest.raises(NotAllowed):
            confirm(passage, person)
        with pytest.raises(NotAllowed):
            examples.decline(passage=passage, by=person)
    with pytest.raises(NotAllowed):
        examples.propose(passage=passage, by=stefan)
    elsewhere = make_person("e@example.org", "Ema", "reviewer", portfolio, ["SN"])
    with pytest.raises(NotAllowed):
        examples.propose(passage=passage, by=elsewhere)
    made = examples.propose(passage=passage, by=vera)
    with pytest.raises(NotAllowed):
        examples.take_back(example=made, by=ravi)
    examples.take_back(example=made, by=vera)
    confirmed = confirm(passage, ana)
    with pytest.raises(NotAllowed):
        examples.take_back(example=confirmed, by=vera)


def blind_round(portfolio, passage, *readers):
    made = ReviewRound.objects.create(
        portfolio=portfolio, title="Blind", drawn_from=1, readers_per_passage=2
    )
    made.readers.set(readers)
    for reader in readers:
        ReviewItem.objects.create(
            round=made, passage=passage, position=1, reader=reader
        )


def test_who_reads_a_passage_blind_does_not_meet_its_codes_as_an_example(
    portfolio, passage, ana, rita, ravi
):
    confirm(passage, ana)
    blind_round(portfolio, passage, rita, ravi)
    worked = worked_seen(access(ravi, portfolio))
    assert worked.own == {}
    shown, _ = of_code(worked, ON_THE_JOB, "en")
    assert all(one.own is None for one in shown)
    with pytest.raises(NotAllowed):
        examples.propose(passage=passage, by=ravi)
    assert len(worked_seen(access(ana, portfolio)).own) == 1


def test_examples_of_interventions_that_a_role_does_not_see_are_hidden(
    portfolio, passage, ana, paul
):
    confirm(passage, ana)
    elsewhere = make_person("e@example.org", "Ema", "viewer", portfolio, ["SN"])
    assert len(worked_seen(access(paul, portfolio)).own) == 1
    hidden = worked_seen(access(elsewhere, portfolio))
    assert hidden.own == {}
    assert hidden.counts(ON_THE_JOB)["en"] == (1, 0)
    assert worked_seen(access(paul, portfolio)).counts(ON_THE_JOB)["en"] == (2, 0)


def test_own_examples_stand_first_and_few_of_a_language_call_for_others(
    portfolio, passage, ana
):
    confirm(passage, ana)
    worked = worked_seen(access(ana, portfolio))
    shown, misses = of_code(worked, ON_THE_JOB, "en")
    assert [one.own is not None for one in shown] == [True, False]
    shown, misses = of_code(worked, ("modality", "training"), "fr")
    assert [one.example.language for one in shown] == ["fr", "en", "en"]
    assert len(misses) == 1
    assert misses[0].why_not


def test_examples_teach_beside_decisions_in_the_document_of_their_passage(
    portfolio, passage, ana
):
    decided = examples_of(portfolio)
    before = with_worked(portfolio, decided)
    assert len(before) == len(decided) + len(of_framework().examples)
    confirm(passage, ana)
    (own,) = [e for e in with_worked(portfolio, decided) if e not in before]
    assert (own.worked, own.document) == (True, "EX-1")
    assert own.weight < 1
    assert own.codes["modality"] == {"on-the-job"}


def test_candidates_are_those_that_teach_most(portfolio, rita, ana):
    first, second, doubtful, broken = add(
        portfolio, "EX-2",
        [
            "Training workshops on wage statistics for officers of the ministry.",
            "Young inspectors sit beside old ones until they can close a file.",
            "Perhaps an officer learned something from a visit.",
            "A course without anybody.",
        ],
    )  # fmt: skip
    plain = [("capacity", "cd"), ("modality", "training"), ("level", "individual")]
    read(first, rita, plain)
    read(second, rita, CODES)
    review.finish(
        by=rita, passage=doubtful,
        codes=[(f, c, True, []) for f, c in CODES[:3]],
    )  # fmt: skip
    read(broken, rita, plain[:2])
    found = candidates(access(ana, portfolio))
    assert [one.passage for one in found] == [second, first]
    told = found[0]
    assert dict(told.few)[ON_THE_JOB] == 1
    assert ("level", "individual") in dict(told.few)
    suggested = set(second.codings.values_list("facet", "code"))
    rejected = set(
        second.codings.filter(status="rejected").values_list("facet", "code")
    )
    assert set(told.refused) == {key for key in rejected if key[0] != "beneficiary"}
    assert set(told.missed) <= suggested
    assert len(candidates(access(ana, portfolio), most=1)) == 1


def test_of_like_passages_only_the_first_is_put_forward(portfolio, rita, ana):
    texts = [
        f"Young inspectors of {town} went with old ones until they could write a notice."
        for town in ("Lima", "Cusco", "Puno")
    ]
    for passage in add(portfolio, "EX-2", texts):
        read(passage, rita, CODES)
    assert len(candidates(access(ana, portfolio))) == 1


def test_a_passage_read_anew_keeps_the_example_as_it_was_confirmed(
    portfolio, passage, rita, ana
):
    done = confirm(passage, ana)
    review.finish(
        by=rita, passage=passage, codes=[("capacity", "not-cd", False, [])],
        version=version_of(passage),
    )  # fmt: skip
    done.refresh_from_db()
    assert done.codes["modality"] == ["on-the-job"]
