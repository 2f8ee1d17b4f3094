"""The coder learns from readings; people adopt it, dismiss it and go back."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from capmap.coding.learned.combined import CombinedCoder
from capmap.frameworks.changed import TermEdit
from capmap.records.actions import codebook, imports, learning, recoding, review
from capmap.records.models import (
    Change,
    Coding,
    Job,
    LearnedModel,
    Passage,
    Reading,
)
from capmap.records.permissions import NotAllowed, access
from capmap.records.queries import term_candidates
from capmap.records.queries.codebook import coder_name, coder_of, lexicon_of, machine
from capmap.records.queries.learning import examples_of, part_of, progress_of, why
from capmap.records.queries.review import version_of
from tests.learned_portfolio import UNREAD, make_readings
from tests.site_fixtures import make_person, make_portfolio

pytestmark = pytest.mark.django_db


@pytest.fixture
def unread(portfolio, rita):
    return make_readings(portfolio, rita)


@pytest.fixture
def proposed(portfolio, unread, ana, do_jobs):
    learning.learn(portfolio=portfolio, by=ana)
    do_jobs()
    job = Job.objects.get(kind="learn")
    assert job.state == "done", job.error
    return LearnedModel.objects.get()


def suggestions(portfolio):
    """What machines say of passages on which nobody decided."""
    return {
        (c.passage_id, c.facet, c.code, c.because, str(c.spans))
        for c in Coding.objects.suggested().filter(
            passage__intervention__portfolio=portfolio
        )
    }


def decided(portfolio):
    return list(
        Coding.objects.exclude(status="suggested")
        .filter(passage__intervention__portfolio=portfolio)
        .order_by("pk")
        .values()
    )


def adopt(model, by, do_jobs):
    learning.adopt(model=model, by=by)
    do_jobs()
    assert Job.objects.filter(kind="recode").latest("pk").state == "done"


def test_examples_are_the_readings_that_settled(portfolio, unread, rita):
    examples = examples_of(portfolio)

    assert len(examples) == 72 == progress_of(portfolio, None).passages
    one = next(e for e in examples if e.text.startswith("A brown bag"))
    assert one.codes == {"capacity": {"cd"}, "modality": {"training"}}
    assert one.document == "LL-0"
    new = portfolio.interventions.get(identifier="LL-unread").passages.first()
    review.finish(by=rita, passage=new, codes=[("capacity", "not-cd", False, [])])
    first = next(e for e in examples if e.text.startswith("Gravel, cement"))
    again = Passage.objects.get(pk=first.identifier)
    review.finish(
        by=rita, passage=again, codes=[("capacity", "unclear", False, [])],
        version=version_of(again),
    )  # fmt: skip
    told = {e.identifier: e.codes for e in examples_of(portfolio)}
    assert len(told) == 73
    assert told[str(new.pk)] == {"capacity": {"not-cd"}}
    assert told[first.identifier] == {"capacity": {"unclear"}}


def test_learning_proposes_a_model_and_changes_nothing(portfolio, unread, ana, do_jobs):
    before = suggestions(portfolio)
    learning.learn(portfolio=portfolio, by=ana)
    with pytest.raises(learning.Refused, match="learning_already"):
        learning.learn(portfolio=portfolio, by=ana)
    do_jobs()
    model = LearnedModel.objects.get()
    assert (model.state, model.number, model.decisions) == ("proposed", 1, 72)
    assert suggestions(portfolio) == before
    training = model.report["codes"]["modality"]["training"]
    assert training["is_learned"]
    assert training["combined_f1"] > training["lexicon_f1"]
    rows = {(r["facet"], r["code"]): r for r in model.effect["codes"]}
    row = rows["modality", "training"]
    assert row["passages_after"] > row["passages_before"]
    assert model.effect["decisions"]["accepted_found"] == 24


def test_words_of_weight_become_candidates_with_their_effect(portfolio, proposed, rita):
    found = term_candidates.weighty(access(rita, portfolio))
    words = {(c.facet, c.code, c.term): c for c in found}
    lunch = next(c for key, c in words.items() if key[2] in ("brown", "lunch"))
    before, after = lunch.f1
    assert after > before
    assert (lunch.facet, lunch.code, lunch.language) == ("modality", "training", "en")
    assert len(lunch.passages) == 24
    passage, spans = lunch.quotes[0]
    start, end = spans[0]
    assert passage.text[start:end] == lunch.term


def test_an_adopted_model_codes_what_nobody_decided_and_only_that(
    portfolio, proposed, unread, ana, do_jobs
):
    held = decided(portfolio)
    rows = {(r["facet"], r["code"]): r for r in proposed.effect["codes"]}
    adopt(proposed, ana, do_jobs)
    coder = coder_of(portfolio)
    assert isinstance(coder, CombinedCoder)
    assert coder_name(portfolio) == coder.version
    lunch = unread[0].codings.suggested().get(facet="modality", code="training")
    assert (lunch.basis, lunch.coder.kind) == ("model", "model")
    assert lunch.coder.name == coder.version
    assert lunch.quote
    assert decided(portfolio) == held
    undecided = Coding.objects.suggested().values_list("coder__name", flat=True)
    assert set(undecided) == {coder.version}
    for (facet, code), row in rows.items():
        now = Coding.objects.counted().filter(facet=facet, code=code)
        assert row["passages_after"] == now.values("passage").distinct().count(), row
    assert Change.objects.filter(action="learning.adopt", by=ana).count() == 1
    in_use = LearnedModel.objects.get(state="in_use")
    assert progress_of(portfolio, in_use).since == 0
    Reading.objects.filter(passage=examples_of(portfolio)[0].identifier).update(
        read_at=in_use.made_at + timedelta(seconds=1)
    )
    assert progress_of(portfolio, in_use).since == 1


def test_going_back_brings_the_lexicon_again_and_the_model_again(
    portfolio, proposed, ana, do_jobs
):
    lexicon = lexicon_of(portfolio)
    gravel = Passage.objects.get(text__startswith="Gravel for rural")
    for s in lexicon.suggest(gravel.text, language="en", markers=[("1", 2)]):
        if s.basis == "marker":
            gravel.codings.create(
                facet=s.facet, code=s.code, basis=s.basis, because=s.because,
                coder=machine(lexicon.version), confidence=s.confidence, doubtful=True,
            )  # fmt: skip
    before = suggestions(portfolio)
    adopt(proposed, ana, do_jobs)
    learned = suggestions(portfolio)
    assert gravel.codings.filter(basis="marker").exists()
    learning.go_back(portfolio=portfolio, by=ana, to=None)
    do_jobs()
    assert suggestions(portfolio) == before != learned
    assert coder_of(portfolio) is lexicon_of(portfolio)
    proposed.refresh_from_db()
    assert proposed.state == "retired"
    learning.go_back(portfolio=portfolio, by=ana, to=proposed)
    do_jobs()
    assert suggestions(portfolio) == learned
    assert Change.objects.filter(action="learning.go_back").count() == 2


def test_what_is_imported_is_coded_by_the_model_in_use(
    portfolio, proposed, ana, do_jobs
):
    adopt(proposed, ana, do_jobs)
    text = UNREAD[0].replace("Iquitos", "Kolda")
    file = SimpleUploadedFile("a.csv", f"Code;Title\nKK-1;{text}\n".encode())
    imported = imports.start(portfolio=portfolio, by=ana, uploads=[file])
    do_jobs()
    imports.confirm(imported=imported, by=ana)
    do_jobs()
    training = Coding.objects.get(
        passage__intervention__identifier="KK-1", facet="modality", code="training"
    )
    assert (training.basis, training.coder.kind) == ("model", "model")
    assert training.coder.name == coder_of(portfolio).version


def test_a_newer_model_takes_the_place_of_one_that_waits(
    portfolio, proposed, ana, do_jobs
):
    learning.learn(portfolio=portfolio, by=ana)
    do_jobs()
    proposed.refresh_from_db()
    newer = LearnedModel.objects.get(state="proposed")
    assert (newer.number, newer.version) == (2, proposed.version)
    assert (proposed.state, bytes(proposed.content)) == ("dismissed", b"")
    with pytest.raises(learning.Refused, match="decided_already"):
        learning.adopt(model=proposed, by=ana)
    learning.dismiss(model=newer, by=ana)
    with pytest.raises(learning.Refused, match="decided_already"):
        learning.dismiss(model=newer, by=ana)
    with pytest.raises(learning.Refused, match="start_already"):
        learning.go_back(portfolio=portfolio, by=ana, to=None)


def test_with_too_little_read_the_job_says_how_much_is_needed(
    portfolio, rita, ana, do_jobs
):
    ana.language = "fr"
    ana.save()
    make_readings(portfolio, rita, documents=1)
    job = learning.learn(portfolio=portfolio, by=ana)
    do_jobs()
    job.refresh_from_db()
    assert (job.state, LearnedModel.objects.count()) == ("failed", 0)
    assert job.error.startswith("3 passages ont été lus")


def test_worked_examples_alone_are_not_learned_anew(portfolio, ana, do_jobs):
    job = learning.learn(portfolio=portfolio, by=ana)
    do_jobs()
    job.refresh_from_db()
    assert (job.state, LearnedModel.objects.count()) == ("failed", 0)
    assert job.error.startswith("0 passages were read")


def test_who_may_have_the_coder_learn(portfolio, rita, paul, olga):
    proposed = LearnedModel.objects.create(portfolio=portfolio, number=1, decisions=0)
    scoped = make_person("s@example.org", "Sol", "analyst", portfolio, ["PE"])
    for person in (rita, paul, scoped):
        for act in (
            lambda by: learning.learn(portfolio=portfolio, by=by),
            lambda by: learning.adopt(model=proposed, by=by),
            lambda by: learning.dismiss(model=proposed, by=by),
            lambda by: learning.go_back(portfolio=portfolio, by=by, to=None),
        ):
            with pytest.raises(NotAllowed):
                act(person)
    other = make_portfolio("Another")
    with pytest.raises(NotAllowed):
        learning.go_back(portfolio=other, by=olga, to=proposed)


def test_a_trial_of_terms_compares_with_the_model_in_use(
    portfolio, proposed, unread, ana, do_jobs
):
    adopt(proposed, ana, do_jobs)
    edit = TermEdit("modality", "academy", "en", "brown bag")
    job = codebook.start_trial(portfolio=portfolio, by=ana, edits=[edit])
    do_jobs()
    job.refresh_from_db()
    assert job.state == "done", job.error
    rows = {(r["facet"], r["code"]): r for r in job.result["codes"]}
    codebook.adopt(portfolio=portfolio, by=ana, base=0, edits=[edit])
    do_jobs()
    coder = coder_of(portfolio)
    assert isinstance(coder, CombinedCoder)
    assert "rev 1" in coder.version
    for (facet, code), row in rows.items():
        now = Coding.objects.counted().filter(facet=facet, code=code)
        assert row["passages_after"] == now.values("passage").distinct().count(), row
    assert unread[0].codings.filter(code="training", basis="model").exists()


def test_why_tells_words_and_similar_passages_that_the_person_may_see(
    portfolio, proposed, unread, ana, do_jobs
):
    lunch = unread[0]
    assert why(access(ana, portfolio), lunch, "modality", "training") is None
    adopt(proposed, ana, do_jobs)
    told = why(access(ana, portfolio), lunch, "modality", "training")
    assert told.is_suggested
    assert {"Brown", "bag", "lunch"} & {w.text for w in told.because.for_it}
    assert told.alike[0][0].text.startswith("A brown bag lunch")
    elsewhere = make_person("e@example.org", "Ema", "viewer", portfolio, ["SN"])
    assert why(access(elsewhere, portfolio), lunch, "modality", "training").alike == []


def test_a_large_portfolio_is_looked_at_in_part(portfolio, unread, monkeypatch):
    monkeypatch.setattr("capmap.records.queries.learning.LOOKED_AT", 10)
    part = part_of(portfolio)
    assert len(part) == 10 == len(set(part))
    assert part == part_of(portfolio)
    assert set(part) <= set(Passage.objects.values_list("pk", flat=True))


def test_what_a_person_reads_while_it_is_coded_anew_stays_as_they_read_it(
    portfolio, rita, ana, do_jobs, monkeypatch
):
    passage = Passage.objects.get(text__startswith="Training of trainers")
    weigh = recoding.weigh

    def read_meanwhile(*args):
        yield from weigh(*args)
        if not Passage.objects.get(pk=passage.pk).is_read:
            review.finish(
                by=rita, passage=passage, codes=[("capacity", "cd", False, [])]
            )

    monkeypatch.setattr(recoding, "weigh", read_meanwhile)
    edit = TermEdit("modality", "academy", "en", "turin centre")
    codebook.adopt(portfolio=portfolio, by=ana, base=0, edits=[edit])
    do_jobs()
    assert not passage.codings.suggested().exists()
    accepted = passage.codings.accepted().values_list("facet", "code")
    assert list(accepted) == [("capacity", "cd")]
