"""Joining, signing in and out, one's own account, and all that guards it."""

import re
import time

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret, hotp_value
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from site_fixtures import PASSWORD

from capmap.records.actions import people
from capmap.records.models import User

pytestmark = pytest.mark.django_db

LANGUAGES = ("en", "fr", "es")


@pytest.fixture(autouse=True)
def fresh_limits():
    cache.clear()
    yield
    cache.clear()


def joining(**fields):
    return {
        "name": "Nia",
        "email": "nia@example.org",
        "language": "fr",
        "password": PASSWORD,
    } | fields


def invite(olga, email="new@example.org", **wanted):
    _, token = people.invite(email=email, role="reviewer", by=olga, **wanted)
    return token


# Joining


def test_the_first_administrator_sets_up_the_site(client):
    link = people.first_link()

    shown = client.get(link)
    done = client.post(link, joining())

    assert "Set up this site" in shown.text
    assert done.url == "/"
    nia = User.objects.get()
    assert nia.check_password(PASSWORD)
    assert nia.language == "fr"
    assert client.get(reverse("people")).status_code == 200


def test_a_link_opens_once(client, olga, portfolio):
    link = reverse("start", args=[invite(olga, portfolio=portfolio)])
    client.post(link, joining())

    again = Client().post(link, joining(name="Thief"))

    assert again.status_code == 410
    assert "no longer works" in again.text
    assert not User.objects.filter(name="Thief").exists()


def test_the_address_of_an_invitation_cannot_be_changed(client, olga):
    link = reverse("start", args=[invite(olga)])

    client.post(link, joining(email="thief@example.org"))

    assert User.objects.get(name="Nia").email == "new@example.org"
    assert EmailAddress.objects.get(user__name="Nia").verified


def test_an_address_that_the_first_administrator_typed_is_not_taken_as_confirmed(
    client,
):
    client.post(people.first_link(), joining())

    assert not EmailAddress.objects.get().verified


@pytest.mark.parametrize(
    ("password", "said"),
    [("short", "12 characters"), ("123456789012345", "numeric"), ("", "required")],
)
def test_a_weak_password_is_refused_beside_its_field(client, olga, password, said):
    link = reverse("start", args=[invite(olga)])

    response = client.post(link, joining(password=password))

    assert said in response.text
    assert 'value="Nia"' in response.text
    assert not User.objects.filter(name="Nia").exists()


def test_nobody_takes_the_address_of_another(client, stefan):
    link = people.first_link()

    response = client.post(link, joining(email="STEFAN@example.org"))

    assert "has an account already" in response.text
    assert User.objects.count() == 1


def test_an_unknown_token_is_not_found(client):
    assert client.get(reverse("start", args=["x"])).status_code == 404


def test_a_page_with_a_token_is_kept_by_no_cache(client):
    assert "no-store" in client.get(people.first_link()).headers["Cache-Control"]


def test_someone_with_an_account_signs_in_and_takes_the_role(
    client, olga, stefan, portfolio
):
    link = reverse("start", args=[invite(olga, stefan.email, portfolio=portfolio)])

    before = client.get(link)
    client.force_login(stefan)
    client.post(link)

    assert "You have an account already" in before.text
    assert f"next={link}" in before.text
    assert stefan.memberships.get().portfolio == portfolio


def test_whoever_is_signed_in_as_another_is_told(client, olga, vera):
    link = reverse("start", args=[invite(olga)])
    client.force_login(vera)

    shown = client.get(link)
    client.post(link)

    assert "This invitation is for new@example.org" in shown.text
    assert vera.memberships.count() == 1


# Signing in


def test_a_person_signs_in_and_out(client, rita):
    login = reverse("account_login")
    done = client.post(login, {"login": "Rita@Example.org", "password": PASSWORD})
    out = client.post(reverse("account_logout"))

    assert done.url == "/"
    assert out.url == login
    assert client.get("/").status_code == 302


@pytest.mark.parametrize("email", ["rita@example.org", "nobody@example.org"])
def test_a_wrong_password_tells_nothing_of_who_is_here(client, rita, email):
    response = client.post(
        reverse("account_login"), {"login": email, "password": "wrong"}
    )

    assert "Address and password do not match" in response.text


def test_nobody_signs_up_without_an_invitation(client):
    data = {"email": "x@example.org", "password1": PASSWORD}
    for response in (
        client.get(reverse("account_signup")),
        client.post(reverse("account_signup"), data),
    ):
        assert "needs an invitation" in response.text
    assert not User.objects.exists()


def test_a_closed_account_does_not_get_in(client, olga, rita):
    people.deactivate(user=rita, by=olga)

    client.post(reverse("account_login"), {"login": rita.email, "password": PASSWORD})

    assert client.get("/").status_code == 302


def test_who_fails_too_often_is_told_when_to_try_again(client, rita):
    login = reverse("account_login")
    for _ in range(5):
        wrong = client.post(login, {"login": rita.email, "password": "wrong"})
        assert wrong.status_code == 200

    right = client.post(login, {"login": rita.email, "password": PASSWORD})

    assert right.status_code == 429
    assert right.headers["Retry-After"] == "300"
    assert "Wait five minutes" in right.text


def test_a_sign_in_leads_to_no_other_site(client, rita):
    data = {"login": rita.email, "password": PASSWORD, "next": "https://evil.example"}

    assert client.post(reverse("account_login"), data).url == "/"


def test_a_forgotten_password_is_set_by_mail(client, rita):
    client.post(reverse("account_reset_password"), {"email": rita.email})
    link = re.search(r"https?://\S+", mail.outbox[0].body)[0]
    form = client.get(link, follow=True)
    new = "another horse battery staple"
    client.post(form.redirect_chain[-1][0], {"password1": new, "password2": new})

    rita.refresh_from_db()
    assert "Set a new password" in mail.outbox[0].subject
    assert rita.check_password(new)


def test_an_address_without_account_is_told_so_by_mail_alone(client, rita):
    known = client.post(reverse("account_reset_password"), {"email": rita.email})
    unknown = client.post(
        reverse("account_reset_password"), {"email": "who@example.org"}
    )

    assert known.url == unknown.url
    assert "no account on capmap" in mail.outbox[1].body


# One's own account


def test_name_language_and_keys_are_kept(page, rita, client):
    client.cookies["django_language"] = "en"
    page(rita, "account", post={"name": "Rita W.", "language": "es"})

    rita.refresh_from_db()
    assert (rita.name, rita.language, rita.uses_keys) == ("Rita W.", "es", False)
    assert "Su cuenta" in client.get(reverse("account")).text


def test_a_name_is_needed_and_what_was_typed_is_kept(page, rita):
    response = page(rita, "account", post={"name": " ", "language": "es"})

    assert 'class="error"' in response.text
    rita.refresh_from_db()
    assert rita.name == "Rita"


def test_a_new_address_counts_once_its_link_is_opened(client, rita):
    EmailAddress.objects.create(
        user=rita, email=rita.email, primary=True, verified=True
    )
    client.post(reverse("account_login"), {"login": rita.email, "password": PASSWORD})
    post = {"email": "rita@new.example", "action_add": "yes"}
    client.post(reverse("account_email"), post)
    rita.refresh_from_db()
    assert rita.email == "rita@example.org"
    assert "on its way to rita@new.example" in client.get(reverse("account_email")).text

    sent = next(m for m in mail.outbox if m.to == ["rita@new.example"])
    link = re.search(r"https?://testserver(\S+)", sent.body)[1]
    client.post(link)

    rita.refresh_from_db()
    assert rita.email == "rita@new.example"


def code_for(secret):
    step = int(time.time()) // 30
    return f"{hotp_value(secret, step):06d}"


def test_a_second_factor_is_asked_for(client, rita):
    secret = generate_totp_secret()
    TOTP.activate(rita, secret)
    login = reverse("account_login")

    half = client.post(login, {"login": rita.email, "password": PASSWORD})
    outside = client.get("/")
    page = client.get(half.url)
    wrong = client.post(half.url, {"code": "000000"})
    done = client.post(half.url, {"code": code_for(secret)})

    assert half.url == reverse("mfa_authenticate")
    assert outside.status_code == 302
    assert "Second factor" in page.text
    assert 'class="error"' in wrong.text
    assert done.url == "/"


def test_other_sessions_are_ended(client, rita):
    login = {"login": rita.email, "password": PASSWORD}
    elsewhere = Client(HTTP_USER_AGENT="Old browser")
    elsewhere.post(reverse("account_login"), login)
    client.post(reverse("account_login"), login)

    shown = client.get(reverse("usersessions_list"))
    client.post(reverse("usersessions_list"))

    assert "Old browser" in shown.text
    assert elsewhere.get("/").status_code == 302
    assert client.get(reverse("account")).status_code == 200


# Every page of signing in, in every language


ENTRANCE = [
    "account_login", "account_signup", "account_reset_password",
    "account_reset_password_done", "account_reset_password_from_key_done",
    "account_inactive", "account_email_verification_sent",
    "socialaccount_login_cancelled",
]  # fmt: skip
INSIDE = [
    "account", "account_change_password", "account_email", "account_logout",
    "account_reauthenticate", "mfa_index",  "usersessions_list",
    "socialaccount_connections",
]  # fmt: skip

#: English that would show that a text was left untranslated.
_ENGLISH = re.compile(
    r"\b(the|your|with|password|sign|please|enter|address(es)? (is|are)|session)\b",
    re.I,
)


def words_of(html):
    main = re.search(r"<main.*?</main>", html, re.S)[0]
    main = re.sub(r"<(script|style).*?</\1>", "", main, flags=re.S)
    return re.sub(r"<[^>]+>", " ", main)


@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_of_signing_in_wear_the_frame_and_speak_the_language(
    client, rita, language
):
    client.cookies["django_language"] = language
    answers = {name: client.get(reverse(name)) for name in ENTRANCE}
    client.post(reverse("account_login"), {"login": rita.email, "password": PASSWORD})
    answers |= {name: client.get(reverse(name)) for name in INSIDE}
    answers["secret"] = client.get(
        reverse("account_reset_password_from_key", args=["1", "x-y"]), follow=True
    )

    for name, answer in answers.items():
        assert answer.status_code == 200, name
        assert 'class="masthead"' in answer.text, name
        assert f'<html lang="{language}">' in answer.text
        assert len(re.findall("<h1", answer.text)) == 1, name
        if language != "en":
            assert _ENGLISH.findall(words_of(answer.text)) == [], name


@pytest.mark.parametrize("language", ["fr", "es"])
def test_what_is_wrong_is_said_in_the_language(client, rita, language):
    client.cookies["django_language"] = language
    empty = client.post(reverse("account_login"), {})
    wrong = client.post(
        reverse("account_login"), {"login": rita.email, "password": "x"}
    )
    client.force_login(rita)
    post = {"oldpassword": "x", "password1": "12345", "password2": "123"}
    change = client.post(reverse("account_change_password"), post)

    for answer in (empty, wrong, change):
        assert _ENGLISH.findall(words_of(answer.text)) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_second_factor_is_set_up_and_gives_recovery_codes(client, rita, language):
    client.cookies["django_language"] = language
    client.post(reverse("account_login"), {"login": rita.email, "password": PASSWORD})
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    pages = [client.get(reverse("mfa_activate_totp"))]
    secret = pages[0].context["form"].secret

    codes = client.post(reverse("mfa_activate_totp"), {"code": code_for(secret)})
    pages += [client.get(codes.url), client.get(reverse("mfa_index"))]
    for name in ("mfa_generate_recovery_codes", "mfa_deactivate_totp"):
        pages.append(client.get(reverse(name)))

    assert 'src="data:image/svg' in pages[0].text
    assert len(re.findall("<li><code>", pages[1].text)) == 10
    for page in pages:
        assert page.status_code == 200
        if language != "en":
            assert _ENGLISH.findall(words_of(page.text)) == []
