"""The pages of the history: find a change, see it field by field, undo it, take it home."""

import csv
import io
import json

import pytest
from django.utils import timezone

from capmap.records.actions import interventions, people, portfolios
from capmap.records.models import Change, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def corrected(portfolio, ana):
    """Ana corrects a title; gives the change."""
    one = portfolio.interventions.get(identifier="XX-1")
    title = {"title": "=Roads <script>alert(1)</script>"}
    interventions.correct(intervention=one, by=ana, version=1, fields=title)
    return Change.objects.get(action="interventions.correct")


def test_an_analyst_sees_each_change_before_and_after(page, ana, portfolio, corrected):
    text = page(ana, "portfolio_history", portfolio.slug).text

    assert "Corrected" in text
    assert "Labour inspection for Peru" in text
    assert "=Roads &lt;script&gt;" in text
    assert "<script>alert" not in text


def test_an_administrator_sees_the_changes_of_all_portfolios(
    page, olga, portfolio, corrected
):
    portfolios.create(by=olga, title="Other portfolio")

    text = page(olga, "history").text

    assert "Other portfolio" in text
    assert "Corrected" in text


def test_a_portfolio_shows_no_change_of_another(page, ana, olga, portfolio):
    portfolios.create(by=olga, title="Other portfolio")

    assert "Other portfolio" not in page(ana, "portfolio_history", portfolio.slug).text


def test_the_filter_stands_in_the_address(page, ana, rita, olga, portfolio, corrected):
    people.change_role(membership=rita.memberships.get(), role="viewer", by=olga)
    slug = portfolio.slug

    by_ana = page(ana, "portfolio_history", slug, query={"person": ana.pk}).text
    roles = page(ana, "portfolio_history", slug, query={"record": "membership"}).text
    future = page(ana, "portfolio_history", slug, query={"since": "2999-01-01"}).text

    assert "=Roads" in by_ana
    assert "Rita: viewer" not in by_ana
    assert "Rita: viewer" in roles
    assert "=Roads" not in roles
    assert "No change matches" in future


@pytest.mark.parametrize(
    "query",
    [{"since": "yesterday"}, {"person": "9999"}, {"action": "x"}, {"record": "x"}],
)
def test_a_wrong_filter_is_said_and_the_rest_shown(
    page, ana, portfolio, corrected, query
):
    response = page(ana, "portfolio_history", portfolio.slug, query=query)

    assert response.status_code == 200
    assert 'class="error"' in response.text
    assert "=Roads" in response.text


def test_a_longer_history_costs_no_more_queries(
    page, ana, olga, portfolio, django_assert_max_num_queries
):
    for number in range(40):
        portfolios.describe(
            portfolio=portfolio, by=olga, title=f"Title {number}", description="",
            population=None,
        )  # fmt: skip
    page(ana, "portfolio_history", portfolio.slug)

    with django_assert_max_num_queries(16):
        page(ana, "portfolio_history", portfolio.slug)


def test_changes_are_given_as_csv_without_formulas(page, ana, portfolio, corrected):
    response = page(ana, "portfolio_history_export", portfolio.slug)
    content = b"".join(response.streaming_content).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(content)))

    title = next(row for row in rows if row["Field"] == "Title" and row["By"] == "Ana")
    assert title["Before"] == "Labour inspection for Peru"
    assert title["After"].startswith("'=Roads")
    assert title["When"].startswith(str(timezone.now().year))


def test_a_change_is_undone_by_its_button(page, ana, portfolio, corrected, client):
    shown = page(ana, "portfolio_history", portfolio.slug).text
    answer = page(
        ana, "portfolio_history_restore", portfolio.slug, corrected.pk, post={}
    )

    assert f"/history/{corrected.pk}/restore/" in shown
    one = portfolio.interventions.get(identifier="XX-1")
    assert one.title == "Labour inspection for Peru"
    assert "Undid a change of" in client.get(answer.url).text


def test_what_changed_since_is_shown_before_it_is_overwritten(
    page, ana, olga, portfolio, corrected
):
    one = portfolio.interventions.get(identifier="XX-1")
    interventions.correct(
        intervention=one, by=olga, version=one.version, fields={"title": "Bridges"}
    )
    restore = ("portfolio_history_restore", portfolio.slug, corrected.pk)

    asked = page(ana, *restore, post={})
    seen = json.dumps(asked.context["since"].seen)
    done = page(ana, *restore, post={"seen": seen})

    assert asked.status_code == 409
    assert "Bridges" in asked.text
    assert done.status_code == 302
    one.refresh_from_db()
    assert one.title == "Labour inspection for Peru"


@pytest.mark.parametrize("seen", ["not json", "[]", "null", '{"title": "x"}'])
def test_a_broken_answer_overwrites_nothing(
    page, ana, olga, portfolio, corrected, seen
):
    one = portfolio.interventions.get(identifier="XX-1")
    interventions.correct(
        intervention=one, by=olga, version=one.version, fields={"title": "Bridges"}
    )

    answer = page(
        ana, "portfolio_history_restore", portfolio.slug, corrected.pk,
        post={"seen": seen},
    )  # fmt: skip

    assert answer.status_code == 409
    one.refresh_from_db()
    assert one.title == "Bridges"


def test_undoing_leads_back_to_no_other_site(page, ana, portfolio, corrected):
    answer = page(
        ana, "portfolio_history_restore", portfolio.slug, corrected.pk,
        post={"next": "https://evil.example/"},
    )  # fmt: skip

    assert answer.url == f"/portfolios/{portfolio.slug}/history/"


def test_what_an_analyst_may_not_undo_has_no_button(page, ana, olga, vera, portfolio):
    people.remove(membership=vera.memberships.get(), by=olga)
    change = Change.objects.get(action="people.remove")

    text = page(ana, "portfolio_history", portfolio.slug).text
    answer = page(ana, "portfolio_history_restore", portfolio.slug, change.pk, post={})

    assert f"/history/{change.pk}/restore/" not in text
    assert f"/history/{change.pk}/restore/" in page(olga, "history").text
    assert answer.status_code == 403
    assert not vera.memberships.exists()


def test_a_reason_is_given_where_a_change_cannot_be_undone(
    page, olga, portfolio, client
):
    made = Change.objects.get(action="portfolios.create")

    answer = page(olga, "history_restore", made.pk, post={})

    assert "cannot be undone here" in client.get(answer.url).text


@pytest.mark.parametrize(
    ("language", "word"), [("fr", "Correction de"), ("es", "Corrigió")]
)
def test_changes_are_told_in_the_language(
    page, ana, portfolio, corrected, language, word
):
    User.objects.filter(pk=ana.pk).update(language=language)

    assert word in page(ana, "portfolio_history", portfolio.slug).text
