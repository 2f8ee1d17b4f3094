"""The records of a portfolio as the library's tables."""

import pytest

from capmap.analysis.coverage import coverage
from capmap.records.models import Coding
from capmap.records.queries import snapshot, tables
from capmap.tables import CODINGS, INTERVENTIONS, PASSAGES

pytestmark = pytest.mark.django_db


def test_the_tables_have_the_columns_of_the_library(portfolio):
    found = tables.tables_of(portfolio)

    assert dict(found.interventions.schema) == INTERVENTIONS
    assert dict(found.passages.schema) == PASSAGES
    assert dict(found.codings.schema) == CODINGS
    assert found.interventions.height == 5


def test_a_rejected_coding_is_not_counted(portfolio, rita):
    from django.utils import timezone

    before = tables.codings(portfolio).height
    coding = Coding.objects.first()
    coding.status, coding.decided_by = "rejected", rita
    coding.decided_at = timezone.now()
    coding.save()

    assert tables.codings(portfolio).height == before - 1


def test_the_library_counts_from_a_snapshot(portfolio):
    snap = snapshot.current(portfolio)
    table = snap.tables()

    counted = coverage(table.interventions, table.codings, "modality", "level")

    assert counted["interventions"].max() >= 3
    assert snapshot.current(portfolio).folder == snap.folder


def test_a_change_makes_a_new_snapshot(portfolio):
    first = snapshot.current(portfolio)
    portfolio.touch()

    second = snapshot.current(portfolio)

    assert second.revision == first.revision + 1
    assert not second.is_behind


def test_a_scope_keeps_other_countries_out(portfolio):
    table = snapshot.current(portfolio).tables(("PE",))

    seen = table.interventions.collect()["intervention_id"].to_list()
    assert sorted(seen) == ["XX-1", "XX-4"]
    assert set(table.codings.collect()["intervention_id"]) == {"XX-1", "XX-4"}


def test_a_quote_is_the_words_of_the_first_span(portfolio):
    found = tables.codings(portfolio)

    texts = dict(tables.passages(portfolio).select("passage_id", "text").iter_rows())
    assert found.filter(found["quote"] != "").height > 5
    for row in found.iter_rows(named=True):
        spans = [(s["start"], s["end"]) for s in row["spans"]]
        stored = Coding.objects.get(
            passage=row["passage_id"], facet=row["facet"], code=row["code"]
        )
        assert [list(span) for span in spans] == stored.spans
        start, end = spans[0] if spans else (0, 0)
        assert row["quote"] == texts[row["passage_id"]][start:end]
        assert row["doubtful"] == stored.doubtful
