"""Single sign-on: who comes by the organization's own accounts."""

import runpy
from typing import ClassVar
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.socialaccount.models import SocialAccount
from django.core.exceptions import ImproperlyConfigured
from django.urls import reverse

from capmap.records.actions import people
from capmap.records.models import User
from capmap.web import settings as site_settings
from capmap.web.accounts_adapter import SocialAccountAdapter

pytestmark = pytest.mark.django_db


class Server:
    """The organization's server, as far as the site asks it. It says who someone is."""

    def __init__(self):
        self.says = {}

    def __enter__(self):
        return self

    def __exit__(self, *args):
        return None

    def request(self, method, url, **wanted):
        return self.get(url)

    def get(self, url, **wanted):
        at = "https://login.example.org"
        answers = {
            f"{at}/.well-known/openid-configuration": {
                "issuer": at,
                "authorization_endpoint": f"{at}/authorize",
                "token_endpoint": f"{at}/token",
                "userinfo_endpoint": f"{at}/who",
            },
            f"{at}/token": {"access_token": "t", "token_type": "Bearer"},
            f"{at}/who": self.says,
        }
        return Answer(answers[url])


class Answer:
    status_code = 200
    headers: ClassVar = {"content-type": "application/json"}

    def __init__(self, content):
        self.content = content

    def json(self):
        return self.content

    def raise_for_status(self):
        return None


@pytest.fixture
def single_sign_on(settings, monkeypatch):
    settings.SOCIALACCOUNT_PROVIDERS = {
        "openid_connect": {
            "APPS": [
                {
                    "provider_id": "sso", "name": "Our <b>account</b>",
                    "client_id": "x", "secret": "y",
                    "settings": {"server_url": "https://login.example.org"},
                }
            ]
        }
    }  # fmt: skip
    server = Server()
    monkeypatch.setattr(
        SocialAccountAdapter, "get_requests_session", lambda adapter: server
    )
    return server


@pytest.fixture
def come_back(client, single_sign_on):
    """Go to the organization's server and come back with an address; gives the answer."""

    def come(email, verified=True):
        single_sign_on.says = {
            "sub": email, "email": email, "email_verified": verified, "name": "Nia Okoye"
        }  # fmt: skip
        there = client.post(reverse("openid_connect_login", args=["sso"]))
        assert there.url.startswith("https://login.example.org/authorize?")
        state = parse_qs(urlsplit(there.url).query)["state"][0]
        back = reverse("openid_connect_callback", args=["sso"])
        return client.get(back, {"code": "c", "state": state})

    return come


def test_single_sign_on_finds_the_account_of_a_confirmed_address(
    come_back, rita, client
):
    answer = come_back("Rita@example.org")

    assert answer.url == "/"
    assert SocialAccount.objects.get().user == rita
    assert client.get(reverse("account")).context["user"] == rita


def test_an_address_that_is_not_confirmed_opens_no_account(come_back, rita, client):
    answer = come_back(rita.email, verified=False)

    assert answer.status_code == 403
    assert not SocialAccount.objects.exists()
    assert client.get(reverse("account")).status_code == 302


def test_single_sign_on_answers_an_invitation(come_back, olga, portfolio):
    people.invite(email="nia@example.org", role="analyst", by=olga, portfolio=portfolio)

    answer = come_back("nia@example.org")

    assert answer.url == "/"
    nia = User.objects.get(email="nia@example.org")
    assert nia.name == "Nia Okoye"
    assert not nia.has_usable_password()
    assert nia.memberships.get().role == "analyst"


def test_a_stranger_by_single_sign_on_is_told_to_ask(come_back):
    answer = come_back("who@example.org")

    assert answer.status_code == 403
    assert "There is no account for you here yet" in answer.text
    assert not User.objects.exists()


def test_a_closed_account_is_not_opened_by_single_sign_on(
    come_back, olga, rita, client
):
    come_back(rita.email)
    client.logout()
    people.deactivate(user=rita, by=olga)

    come_back(rita.email)

    assert client.get(reverse("account")).status_code == 302


def test_single_sign_on_that_fails_says_what_to_do(client, single_sign_on):
    back = reverse("openid_connect_callback", args=["sso"])

    answer = client.get(back, {"error": "server_error", "state": "x"})

    assert answer.status_code in (200, 401)
    assert "Signing in did not succeed" in answer.text


def test_the_button_stands_on_the_page_where_it_is_set_up(client, single_sign_on):
    text = client.get(reverse("account_login")).text

    assert 'action="/accounts/oidc/sso/login/' in text
    assert "Our &lt;b&gt;account&lt;/b&gt;" in text


def test_there_is_no_button_where_it_is_not_set_up(client):
    assert "/oidc/" not in client.get(reverse("account_login")).text


SETTINGS = {
    "CAPMAP_OIDC_NAME": "Ours",
    "CAPMAP_OIDC_ISSUER": "https://login.example.org",
    "CAPMAP_OIDC_CLIENT_ID": "x",
    "CAPMAP_OIDC_CLIENT_SECRET": "y",
}


def read_settings(monkeypatch, tmp_path, given):
    for name in SETTINGS:
        monkeypatch.delenv(name, raising=False)
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("CAPMAP_HOME", str(tmp_path))
    return runpy.run_path(site_settings.__file__)


@pytest.mark.parametrize("missing", sorted(SETTINGS))
def test_settings_of_single_sign_on_that_miss_one_are_refused_by_name(
    monkeypatch, tmp_path, missing
):
    given = {name: value for name, value in SETTINGS.items() if name != missing}

    with pytest.raises(ImproperlyConfigured, match=missing):
        read_settings(monkeypatch, tmp_path, given)


def test_an_issuer_that_is_no_address_is_refused(monkeypatch, tmp_path):
    given = SETTINGS | {"CAPMAP_OIDC_ISSUER": "login"}

    with pytest.raises(ImproperlyConfigured, match="CAPMAP_OIDC_ISSUER"):
        read_settings(monkeypatch, tmp_path, given)


def test_the_way_to_single_sign_on_is_open_to_forms(monkeypatch, tmp_path):
    found = read_settings(monkeypatch, tmp_path, SETTINGS)

    assert found["FORMS_LEAD_TO"] == ["https://login.example.org"]
