"""What a reading does to codings, and how it is taken back."""

import pytest

from capmap.records.actions import review
from capmap.records.models import Change, Coding, Passage, Reading, ReviewItem
from capmap.records.permissions import NotAllowed
from capmap.records.queries import review as queries

pytestmark = pytest.mark.django_db

TRAINERS = ("modality", "training-of-trainers", False, [])
TURIN = ("partner", "turin-centre", False, [])


@pytest.fixture
def passage(portfolio):
    return Passage.objects.get(text__startswith="Training of trainers")


@pytest.fixture
def blind(portfolio, ana, rita, ravi, passage):
    return review.make_round(
        portfolio=portfolio, by=ana, title="Blind", readers=[rita, ravi],
        readers_per_passage=2, passages=Passage.objects.filter(pk=passage.pk),
    )  # fmt: skip


def finish(passage, by, codes=(TRAINERS,), **more):
    return review.finish(by=by, passage=passage, codes=codes, **more)


def state(passage):
    """Every coding of a passage as it stands, without its number."""
    passage.refresh_from_db()
    return passage.is_read, list(
        passage.codings.order_by("facet", "code", "coder").values_list(
            "facet", "code", "coder__name", "status", "doubtful", "decided_by__name"
        )
    )


def accepted(passage):
    return set(passage.codings.accepted().values_list("facet", "code"))


def test_what_is_given_is_accepted_and_the_rest_rejected(passage, rita):
    finish(passage, rita, [TRAINERS, TURIN])

    assert accepted(passage) == {TRAINERS[:2], TURIN[:2]}
    assert not passage.codings.suggested().exists()
    assert set(passage.codings.values_list("decided_by", flat=True)) == {rita.pk}
    passage.refresh_from_db()
    assert passage.is_read


def test_a_code_that_no_machine_gave_becomes_a_coding_of_the_reader(passage, rita):
    finish(passage, rita, [("modality", "academy", True, [[0, 8]])])

    coding = passage.codings.get(code="academy")
    assert (coding.coder.user, coding.quote, coding.doubtful) == (
        rita, "Training", True,
    )  # fmt: skip


def test_words_marked_anew_are_kept_beside_those_of_the_machine(passage, rita):
    finish(passage, rita, [("modality", "training-of-trainers", False, [[0, 8]])])

    both = passage.codings.filter(code="training-of-trainers")
    assert {c.coder.kind: c.quote for c in both} == {
        "lexicon": "Training of trainers", "person": "Training",
    }  # fmt: skip
    assert {c.status for c in both} == {"accepted"}


def test_undo_brings_back_what_was_before(passage, rita):
    before = state(passage)
    reading = finish(passage, rita, [TRAINERS, ("modality", "academy", False, [])])

    review.undo(reading=reading, by=rita)

    assert state(passage) == before
    assert not Reading.objects.exists()


def test_undo_goes_back_step_by_step(passage, rita):
    states = [state(passage)]
    readings = []
    for codes in ([TRAINERS], [TURIN], []):
        version = queries.version_of(passage)
        readings.append(finish(passage, rita, codes, version=version))
        states.append(state(passage))

    for reading, before in zip(readings[::-1], states[-2::-1], strict=True):
        review.undo(reading=reading, by=rita)
        assert state(passage) == before


def test_undo_is_refused_once_another_has_decided(passage, rita, ravi):
    first = finish(passage, rita)
    finish(passage, ravi, [TURIN], version=first.pk)

    with pytest.raises(review.Refused) as refused:
        review.undo(reading=first, by=rita)

    assert refused.value.values == {"name": "Ravi"}
    assert accepted(passage) == {TURIN[:2]}


def test_undo_is_refused_after_a_decision_outside_any_reading(passage, rita, ravi):
    from django.utils import timezone

    reading = finish(passage, rita)
    passage.codings.filter(code="turin-centre").update(
        status="accepted", decided_by=ravi, decided_at=timezone.now()
    )

    with pytest.raises(review.Refused):
        review.undo(reading=reading, by=rita)


def test_a_reading_is_undone_by_its_reader_alone(passage, rita, ana):
    reading = finish(passage, rita)

    with pytest.raises(NotAllowed):
        review.undo(reading=reading, by=ana)


def test_the_second_of_two_is_told_what_the_first_decided(passage, rita, ravi):
    opened = queries.version_of(passage)
    first = finish(passage, rita, version=opened)

    with pytest.raises(review.Overtaken) as told:
        finish(passage, ravi, [TURIN], version=opened)

    assert told.value.reading == first
    assert accepted(passage) == {TRAINERS[:2]}


def test_not_capacity_development_stands_alone(passage, rita):
    reading = finish(passage, rita, [TRAINERS, ("capacity", "not-cd", False, [])])

    assert [str(code) for code in reading.codes.all()] == ["capacity:not-cd"]
    assert accepted(passage) == {("capacity", "not-cd")}


@pytest.mark.parametrize(
    ("codes", "reason"),
    [
        ([("modality", "made-up", False, [])], "unknown_code"),
        ([("made-up", "x", False, [])], "unknown_code"),
        ([("modality", "academy", False, [[0, 4000]])], "words_not_there"),
        ([("modality", "academy", False, [[5, 5]])], "words_not_there"),
        ([("modality", "academy", False, [[-3, 5]])], "words_not_there"),
        ([("chain", "input", False, []), ("chain", "activity", False, [])], "one_code_only"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_and_changes_nothing(passage, rita, codes, reason):
    before = state(passage)

    with pytest.raises(review.Refused) as refused:
        finish(passage, rita, codes)

    assert refused.value.reason == reason
    assert state(passage) == before


@pytest.mark.parametrize("person", ["vera", "paul", "rosa", "stefan"])
def test_who_may_not_review_cannot_read(passage, person, request):
    with pytest.raises(NotAllowed):
        finish(passage, request.getfixturevalue(person))


def test_nobody_reads_what_lies_in_a_country_they_do_not_see(portfolio, passage):
    from site_fixtures import make_person

    sena = make_person("sena@example.org", "Sena", "reviewer", portfolio, ["SN"])

    with pytest.raises(NotAllowed):
        finish(passage, sena)


def test_a_reading_is_on_record_and_moves_the_tables_on(passage, rita, portfolio):
    revision = portfolio.revision

    finish(passage, rita, [TURIN, TRAINERS])

    change = Change.objects.get(action="review.finish")
    assert change.by == rita
    assert change.after["codes"] == [
        "modality:training-of-trainers", "partner:turin-centre",
    ]  # fmt: skip
    portfolio.refresh_from_db()
    assert portfolio.revision == revision + 1


def test_two_who_agree_settle_a_passage(passage, blind, rita, ravi):
    items = {item.reader: item for item in blind.items.all()}

    finish(passage, rita, item=items[rita])
    assert not passage.codings.accepted().exists()
    finish(passage, ravi, item=items[ravi])

    assert accepted(passage) == {TRAINERS[:2]}


def test_two_who_differ_leave_a_passage_to_a_third(passage, blind, rita, ravi):
    items = {item.reader: item for item in blind.items.all()}

    finish(passage, rita, item=items[rita])
    finish(passage, ravi, [TURIN], item=items[ravi])

    assert not passage.codings.accepted().exists()
    passage.refresh_from_db()
    assert not passage.is_read


def test_record_does_not_betray_a_blind_reading(passage, blind, rita):
    finish(passage, rita, item=blind.items.get(reader=rita))

    assert "codes" not in Change.objects.get(action="review.finish").after


def test_the_first_of_two_cannot_undo_once_both_have_read(passage, blind, rita, ravi):
    items = {item.reader: item for item in blind.items.all()}
    first = finish(passage, rita, item=items[rita])
    second = finish(passage, ravi, [TURIN], item=items[ravi])

    with pytest.raises(review.Refused):
        review.undo(reading=first, by=rita)
    assert review.undo(reading=second, by=ravi).state == ReviewItem.State.OPEN


def test_an_item_of_another_is_closed_to_a_reader(passage, blind, rita, ravi):
    with pytest.raises(NotAllowed):
        finish(passage, rita, item=blind.items.get(reader=ravi))


def test_a_passage_to_be_read_blind_is_not_read_beside(passage, blind, rita):
    with pytest.raises(review.Refused) as refused:
        finish(passage, rita)

    assert refused.value.reason == "read_it_blind"


def test_rows_of_a_blind_reader_hide_what_others_decided(passage, blind, ana, rita):
    from capmap.records.queries.codebook import codebook_of

    finish(passage, ana, [("modality", "academy", False, [])])
    codebook = codebook_of(blind.portfolio)

    rows = {row.name: row for row in queries.rows_of(passage, codebook, blind=True)}

    assert "modality:academy" not in rows
    assert rows["modality:training-of-trainers"].ticked
    assert queries.blind_passages([passage.pk], rita) == {passage.pk}
    assert queries.blind_passages([passage.pk], ana) == set()


def test_a_reading_settles_with_few_questions(
    passage, rita, django_assert_max_num_queries
):
    with django_assert_max_num_queries(26):
        finish(passage, rita, [TRAINERS, ("modality", "academy", False, [])])


def test_a_person_is_one_coder(passage, rita):
    other = Passage.objects.exclude(pk=passage.pk).first()
    finish(passage, rita, [("modality", "academy", False, [])])
    finish(other, rita, [("modality", "academy", False, [])])

    coders = Coding.objects.filter(code="academy").values("coder").distinct()
    assert coders.count() == 1


def test_codes_that_rest_on_an_unsure_verdict_bring_it_as_doubtful(passage, portfolio):
    from capmap.records.queries.codebook import codebook_of

    verdict = passage.codings.filter(facet="capacity", code="cd")
    assert verdict.update(doubtful=True) == 1
    rows = queries.rows_of(passage, codebook_of(portfolio))
    told = {row.name: (row.ticked, row.doubtful) for row in rows}
    assert told["modality:training-of-trainers"][0]
    assert told["capacity:cd"] == (True, True)

    # Where nothing else is ticked, the verdict is left to the reader.
    passage.codings.exclude(facet__in=["capacity", "outcome", "programme"]).delete()
    rows = queries.rows_of(passage, codebook_of(portfolio))
    told = {row.name: (row.ticked, row.doubtful) for row in rows}
    assert told["capacity:cd"] == (False, False)
