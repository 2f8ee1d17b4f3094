"""What comes in, what changes, what stays: people's decisions outlive every import."""

from datetime import timedelta

import pytest
from django.utils import timezone
from incoming import activity, bring, finished, wait
from polars.testing import assert_frame_equal

from capmap.records import search
from capmap.records.actions import import_loading, imports
from capmap.records.models import Change, Intervention, Passage
from capmap.records.permissions import NotAllowed
from capmap.records.queries import tables
from capmap.tables import INTERVENTIONS

pytestmark = pytest.mark.django_db

A = activity("A-1", "Training courses", "Advice given", countries=["PE"], budget=10.0)


def decide(coding, by, status="accepted"):
    coding.status, coding.decided_by = status, by
    coding.decided_at = timezone.now()
    coding.save()


def only(identifier="A-1"):
    return Intervention.objects.get(identifier=identifier)


def test_what_a_source_says_comes_in_whole(portfolio):
    imported = bring(portfolio, [A, activity("A-2", "Workshops", parents=["A-1"])])

    assert imported.state == "done"
    assert imported.counts["new"] == 2
    assert imported.counts["passages_new"] == 3
    found = tables.interventions(portfolio)
    assert dict(found.schema) == INTERVENTIONS
    row = found.filter(found["intervention_id"] == "A-1").row(0, named=True)
    assert row["budget_amount"] == 10.0
    assert row["countries"] == [{"code": "PE", "percentage": None}]
    counted = dict(found.select("intervention_id", "counted_as").iter_rows())
    assert counted["A-2"] == "A-1"
    assert search.find("workshop") == [only("A-2").pk]


def test_the_same_again_changes_nothing(portfolio):
    bring(portfolio, [A])
    before = tables.tables_of(portfolio)

    again = bring(portfolio, [A])

    assert (again.counts["new"], again.counts["changed"], again.counts["same"]) == (
        0,
        0,
        1,
    )
    for name in ("interventions", "passages", "codings"):
        assert_frame_equal(
            getattr(tables.tables_of(portfolio), name), getattr(before, name)
        )


def test_a_change_is_told_field_by_field(portfolio, ana):
    bring(portfolio, [A])

    changed = activity("A-1", "Training courses", title="New title", countries=["BO"])
    imported = bring(portfolio, [changed], by=ana)

    note = imported.changes.get().before
    assert note["fields"]["title"] == "Project A-1"
    assert note["after"]["title"] == "New title"
    assert note["fields"]["budget_amount"] == 10.0
    assert note["after"]["countries"] == [{"code": "BO", "percentage": None}]
    assert imported.counts["passages_gone"] == 1
    assert [c.code for c in only().countries.all()] == ["BO"]
    change = Change.objects.get(record="intervention", action="imports.load")
    assert (change.by, change.before["title"]) == (ana, "Project A-1")


def test_decisions_stay_with_passages_that_come_again(portfolio, rita):
    bring(portfolio, [A])
    passage = Passage.objects.get(text="Training courses")
    first, second = passage.codings.order_by("pk")
    decide(first, rita)
    decide(second, rita, "rejected")

    bring(portfolio, [activity("A-1", "Quite new", "Training courses")], "lexicon new")

    passage.refresh_from_db()
    assert passage.is_current
    assert passage.position == 2
    kept = passage.codings.order_by("pk")
    assert [c.status for c in kept] == ["accepted", "rejected"]
    assert [c.decided_by for c in kept] == [rita, rita]


def test_a_new_coder_replaces_only_what_nobody_decided(portfolio, rita):
    bring(portfolio, [A])
    passage = Passage.objects.get(text="Training courses")
    decide(passage.codings.order_by("pk")[0], rita)

    bring(portfolio, [activity("A-1", "Training courses", "More")], "lexicon new")

    told = {c.code: (c.coder.name, c.status) for c in passage.codings.all()}
    assert told == {
        "training": ("lexicon test", "accepted"),
        "courses": ("lexicon new", "suggested"),
    }


def test_a_passage_that_a_person_read_gets_no_new_suggestions(portfolio):
    bring(portfolio, [A])
    passage = Passage.objects.get(text="Training courses")
    Passage.objects.filter(pk=passage.pk).update(is_read=True)
    before = set(passage.codings.values_list("pk", flat=True))

    bring(portfolio, [activity("A-1", "Training courses")], "lexicon new")

    assert set(passage.codings.values_list("pk", flat=True)) == before


def test_what_a_person_corrected_stays(portfolio):
    bring(portfolio, [A])
    one = only()
    one.title, one.budget_amount = "As Ana knows it", 99.0
    one.edited_fields = ["title", "budget_amount", "countries"]
    one.save()

    bring(
        portfolio,
        [activity("A-1", "Training courses", title="X", countries=["BO"], status="2")],
    )

    one = only()
    assert one.title == "As Ana knows it"
    assert (one.budget_amount, one.budget_currency) == (99.0, "USD")
    assert [c.code for c in one.countries.all()] == ["PE"]
    assert one.status == "2"


def test_the_same_text_twice_in_one_intervention_stays_two_passages(portfolio):
    twice = activity("A-1", "Training", "Training")
    bring(portfolio, [twice])
    numbers = set(Passage.objects.filter(text="Training").values_list("pk", flat=True))

    bring(portfolio, [activity("A-1", "Training", "Training", title="Other")])

    assert len(numbers) == 2
    current = Passage.objects.current().filter(text="Training")
    assert set(current.values_list("pk", flat=True)) == numbers


def test_a_version_counts_up_so_that_an_editor_is_told(portfolio):
    bring(portfolio, [A])
    before = only().version

    bring(portfolio, [activity("A-1", "Training courses")])

    assert only().version == before + 1


def test_a_load_that_breaks_leaves_nothing_behind(portfolio, monkeypatch):
    bring(portfolio, [activity("A-1", "Training")])
    before = tables.tables_of(portfolio)
    many = [activity(f"B-{n}", "Text") for n in range(4)]
    monkeypatch.setattr(import_loading, "_INTERVENTIONS", 2)
    real, calls = import_loading._bring_in, []

    def breaks(chunk, *rest):
        calls.append(chunk)
        if len(calls) == 3:
            raise RuntimeError("the disk is full")
        return real(chunk, *rest)

    monkeypatch.setattr(import_loading, "_bring_in", breaks)
    imported = bring(portfolio, [activity("A-1", "Other"), *many])

    assert imported.state == "failed"
    assert len(calls) == 3
    after = tables.tables_of(portfolio)
    assert_frame_equal(after.interventions, before.interventions)
    assert_frame_equal(after.passages, before.passages)
    assert search.find("Other") == []


def test_what_is_new_is_seen_only_when_all_of_it_is_there(portfolio, monkeypatch):
    seen = []
    monkeypatch.setattr(import_loading, "_INTERVENTIONS", 1)
    real = import_loading._bring_in

    def watched(*told):
        counts = real(*told)
        seen.append(Intervention.objects.current().filter(identifier__in="AB").count())
        return counts

    monkeypatch.setattr(import_loading, "_bring_in", watched)
    bring(portfolio, [activity("A", "One"), activity("B", "Two")])

    assert seen == [0, 0]
    assert Intervention.objects.current().filter(identifier__in="AB").count() == 2


def test_only_one_import_at_a_time_enters_a_portfolio(portfolio, ana):
    first, second = (wait(portfolio, [activity(i, "Text")]) for i in "AB")
    imports.confirm(imported=first, by=ana)

    with pytest.raises(imports.NotNow, match="busy"):
        imports.confirm(imported=second, by=ana)

    finished(first)
    imports.confirm(imported=second, by=ana)
    assert finished(second).state == "done"


def test_the_same_import_is_not_brought_in_twice(portfolio, ana):
    imported = bring(portfolio, [A], by=ana)

    with pytest.raises(imports.NotNow, match="state"):
        imports.confirm(imported=imported, by=ana)


@pytest.mark.parametrize("who", ["rita", "paul", "rosa", "vera", "stefan"])
def test_who_may_not_analyse_may_not_import(portfolio, request, who):
    person = request.getfixturevalue(who)
    imported = wait(portfolio, [A])

    for act in (imports.confirm, imports.discard, imports.undo):
        if act is imports.undo:
            imported.state = "done"
            imported.save()
        with pytest.raises(NotAllowed):
            act(imported=imported, by=person)
    imported.refresh_from_db()
    assert imported.job is None


def test_texts_that_a_database_refuses_are_stored_all_the_same(portfolio):
    hostile = activity(
        "H" * 900, "No\0ught and 😀", status="x" * 90, countries=["P" * 20, "PE", "PE"]
    )

    imported = bring(portfolio, [hostile])

    assert imported.state == "done", imported.job.error
    one = imported.changes.get().intervention
    assert len(one.identifier) == 400
    assert one.passages.get().text == "No\ufffdught and 😀"
    assert bring(portfolio, [hostile]).counts["same"] == 1


def test_a_worker_that_died_leaves_no_half_import(portfolio, monkeypatch):
    imported = wait(portfolio, [A])
    imports.confirm(imported=imported, by=None)
    imported.refresh_from_db()
    chunk = list(
        import_loading.read_incoming(import_loading.import_files.tables_of(imported))
    )
    import_loading._bring_in(chunk, imported, {}, import_loading.Coders())
    long_ago = timezone.now() - timedelta(hours=1)
    imported.job.state, imported.job.seen_at = "running", long_ago
    imported.job.save()

    assert imports.follow_lost() == 1

    imported.refresh_from_db()
    assert imported.state == "failed"
    assert not Intervention.objects.current().filter(identifier="A-1").exists()
