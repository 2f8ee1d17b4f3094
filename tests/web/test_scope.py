"""Records of another country or portfolio, closed accounts, forms from elsewhere."""

import pytest
from django.test import Client
from django.urls import reverse
from site_fixtures import PASSWORD, make_portfolio

from capmap.records.models import Change

pytestmark = pytest.mark.django_db


def test_a_programme_officer_opens_no_intervention_of_another_country(
    page, paul, portfolio
):
    peru = portfolio.interventions.get(identifier="XX-1")
    senegal = portfolio.interventions.get(identifier="XX-2")

    for name in ("intervention", "intervention_edit", "intervention_codings"):
        assert page(paul, name, portfolio.slug, peru.pk).status_code == 200
        assert page(paul, name, portfolio.slug, senegal.pk).status_code == 404
    passage = senegal.passages.get().pk
    found = page(paul, "passage", portfolio.slug, senegal.pk, passage)
    assert found.status_code == 404
    told = page(
        paul, "comment_write", portfolio.slug, senegal.pk, post={"text": "Hello"}
    )
    assert told.status_code == 404


def test_a_reviewer_reaches_nothing_of_another_portfolio(page, rita, portfolio):
    other = make_portfolio("Other")
    theirs = other.interventions.get(identifier="XX-1")

    assert page(rita, "portfolio", other.slug).status_code == 404
    assert page(rita, "map", other.slug).status_code == 404
    # Nor by the number of a record under the address of their own portfolio.
    assert page(rita, "intervention", portfolio.slug, theirs.pk).status_code == 404


def test_an_analyst_undoes_no_change_of_another_portfolio(page, ana, portfolio):
    other = make_portfolio("Other")
    change = Change.objects.get(portfolio=other)

    told = page(ana, "portfolio_history_restore", portfolio.slug, change.pk, post={})

    assert told.status_code == 404


def test_an_analyst_who_sees_some_countries_does_not_see_all_changes(
    page, ana, portfolio
):
    ana.memberships.update(countries=["PE"])

    assert page(ana, "portfolio_history", portfolio.slug).status_code == 403
    assert page(ana, "portfolio_history_export", portfolio.slug).status_code == 403


def test_a_closed_account_ends_its_sessions_at_once(page, olga, rita, portfolio):
    at_work = Client()
    at_work.post(reverse("account_login"), {"login": rita.email, "password": PASSWORD})
    assert at_work.get(reverse("rounds", args=[portfolio.slug])).status_code == 200

    page(olga, "person_active", rita.pk, post={"active": "no"})

    answer = at_work.get(reverse("rounds", args=[portfolio.slug]))
    assert answer.status_code == 302
    assert "/accounts/login/" in answer.url
    # Opened again, the account needs a new sign-in: the old session is gone.
    page(olga, "person_active", rita.pk, post={"active": "yes"})
    assert at_work.get(reverse("rounds", args=[portfolio.slug])).status_code == 302


def test_a_form_from_elsewhere_changes_nothing(olga, vera):
    forged = Client(enforce_csrf_checks=True)
    forged.force_login(olga)

    answer = forged.post(reverse("person_active", args=[vera.pk]), {"active": "no"})

    assert answer.status_code == 403
    vera.refresh_from_db()
    assert vera.is_active
