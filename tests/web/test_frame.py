"""The way in, the language, and the pages that say no."""

import pytest

pytestmark = pytest.mark.django_db


def test_a_person_with_two_portfolios_chooses(page, olga, portfolio):
    response = page(olga, "home")

    assert "Technical cooperation" in response.text


def test_a_stranger_is_told_that_there_is_no_such_page(page, stefan, portfolio):
    response = page(stefan, "portfolio", portfolio.slug)

    assert response.status_code == 404
    assert "There is no such page" in response.text


def test_a_visitor_is_asked_to_sign_in(page, portfolio):
    response = page(None, "portfolio", portfolio.slug)

    assert response.status_code == 302
    assert "/accounts/login/" in response.url


def test_the_language_is_chosen_and_kept(page, olga, client):
    page(olga, "language", post={"language": "fr", "next": "/"})

    assert "Vos portefeuilles" in client.get("/").text
    olga.refresh_from_db()
    assert olga.language == "fr"


def test_a_page_forbids_scripts_from_elsewhere(page, olga):
    policy = page(olga, "home").headers["Content-Security-Policy"]

    assert "default-src 'self'" in policy
    assert "script-src" not in policy
    assert "unsafe-eval" not in policy
