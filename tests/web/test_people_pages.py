"""The pages of people: who is here, invitations, roles, closed accounts."""

import csv
import io

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend

from capmap.records.actions import people
from capmap.records.models import Invitation, Membership, User

pytestmark = pytest.mark.django_db


def link_in(text):
    return next(word for word in text.split() if "/start/" in word)


def invitation(**fields):
    return {"emails": "new@example.org", "role": "reviewer", "portfolio": ""} | fields


def test_everyone_is_listed_with_role_portfolio_and_countries(page, olga, paul):
    text = page(olga, "people").text

    assert "Paul" in text
    assert "Programme officer" in text
    assert "Technical cooperation" in text
    assert "Peru" in text


def test_a_name_with_script_is_shown_not_run(page, olga, stefan):
    User.objects.filter(pk=stefan.pk).update(name="<script>alert(1)</script>")

    for response in (page(olga, "people"), page(olga, "person", stefan.pk)):
        assert "<script>alert" not in response.text
        assert "&lt;script&gt;" in response.text


def test_the_list_is_found_by_name_and_role(page, olga, rita, vera):
    by_name = page(olga, "people", query={"q": "VERA"}).text
    by_role = page(olga, "people", query={"role": "reviewer"}).text

    assert "vera@example.org" in by_name
    assert "rita@example.org" not in by_name
    assert "rita@example.org" in by_role
    assert "vera@example.org" not in by_role


def test_a_list_that_is_empty_says_what_to_do(page, olga):
    assert "Take a filter away" in page(olga, "people", query={"q": "zzz"}).text


def test_a_longer_list_costs_no_more_queries(
    page, olga, portfolio, django_assert_max_num_queries
):
    for number in range(30):
        user = User.objects.create_user(f"p{number}@example.org", name=f"P {number}")
        Membership.objects.create(user=user, portfolio=portfolio, role="viewer")
    page(olga, "people")

    with django_assert_max_num_queries(18):
        page(olga, "people")


def test_the_list_is_given_as_csv_without_formulas(page, olga, stefan, paul):
    User.objects.filter(pk=stefan.pk).update(name="=HYPERLINK(1)")

    response = page(olga, "people_export")
    content = b"".join(response.streaming_content).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(content)))

    assert rows[0][:3] == ["Name", "E-mail address", "Role"]
    assert ["'=HYPERLINK(1)", "stefan@example.org"] in [row[:2] for row in rows]
    assert ["Programme officer", "Technical cooperation", "Peru"] in [
        row[2:5] for row in rows
    ]


def test_the_csv_speaks_the_language_of_the_page(page, olga):
    User.objects.filter(pk=olga.pk).update(language="fr")

    response = page(olga, "people_export")

    assert "Administrateur" in b"".join(response.streaming_content).decode()


def test_an_invitation_is_mailed_and_its_link_shown(page, olga, portfolio):
    response = page(
        olga,
        "people_invite",
        post=invitation(
            emails="New@Example.org\nother@example.org", portfolio=portfolio.pk,
            countries=["PE", "SN"],
        ),
    )  # fmt: skip

    assert [m.to for m in mail.outbox] == [["new@example.org"], ["other@example.org"]]
    assert link_in(mail.outbox[0].body) in response.text
    assert "Technical cooperation" in mail.outbox[0].subject
    made = Invitation.objects.get(email="new@example.org")
    assert (made.role, made.countries) == ("reviewer", ["PE", "SN"])


@pytest.mark.parametrize(
    ("language", "word"),
    [("en", "invites you"), ("fr", "vous invite"), ("es", "le invita")],
)
def test_the_mail_speaks_the_language_of_whoever_invites(page, olga, language, word):
    User.objects.filter(pk=olga.pk).update(language=language)

    page(olga, "people_invite", post=invitation())

    assert word in mail.outbox[0].body
    assert word in mail.outbox[0].subject


def test_a_title_cannot_add_a_head_to_the_mail(page, olga, portfolio):
    portfolio.title = "Title\nBcc: thief@example.org"
    portfolio.save()

    page(olga, "people_invite", post=invitation(portfolio=portfolio.pk))

    assert "\n" not in mail.outbox[0].subject
    assert mail.outbox[0].recipients() == ["new@example.org"]


def test_wrong_addresses_are_named_beside_the_field(page, olga):
    response = page(
        olga, "people_invite", post=invitation(emails="ok@example.org\n<b>@\nnobody")
    )

    assert "Not an e-mail address: &lt;b&gt;@, nobody" in response.text
    assert "ok@example.org" in response.text  # what was typed is kept
    assert not Invitation.objects.exists()


def test_an_unknown_role_portfolio_or_country_is_refused(page, olga):
    for wrong in ({"role": "king"}, {"portfolio": "99"}, {"countries": ["ZZ"]}):
        response = page(olga, "people_invite", post=invitation(**wrong))
        assert response.status_code == 200
        assert 'class="error"' in response.text
    assert not Invitation.objects.exists()


def test_who_has_a_role_there_is_not_invited_again(page, olga, rita, portfolio):
    response = page(
        olga, "people_invite",
        post=invitation(
            emails="rita@example.org\nnew@example.org", portfolio=portfolio.pk
        ),
    )  # fmt: skip

    assert "rita@example.org has a role there already" in response.text
    assert [m.to for m in mail.outbox] == [["new@example.org"]]


def test_a_mail_that_does_not_leave_is_said_and_the_link_shown(page, olga, monkeypatch):
    def fail(*args):
        raise ConnectionRefusedError

    monkeypatch.setattr(EmailBackend, "send_messages", fail)

    response = page(olga, "people_invite", post=invitation())

    assert "could not be sent" in response.text
    assert "/start/" in response.text


def test_an_invitation_is_sent_again_and_withdrawn(page, olga):
    page(olga, "people_invite", post=invitation())
    made = Invitation.objects.get()

    again = page(olga, "invitation_send", made.pk, post={})
    page(olga, "invitation_withdraw", made.pk, post={})

    assert link_in(mail.outbox[1].body) in again.text
    assert link_in(mail.outbox[0].body) not in again.text
    assert "No invitation is waiting" in page(olga, "people").text
    late = page(olga, "invitation_send", made.pk, post={})
    assert late.status_code == 302


def test_a_role_is_changed_on_its_page(page, olga, rita, portfolio):
    role = rita.memberships.get()

    shown = page(olga, "membership", role.pk)
    page(olga, "membership", role.pk, post={"role": "viewer", "countries": ["BO"]})

    assert 'value="reviewer"' in shown.text
    role.refresh_from_db()
    assert (role.role, role.countries) == ("viewer", ["BO"])


def test_a_role_is_given_and_taken_away(page, olga, stefan, portfolio):
    post = {"role": "viewer", "portfolio": portfolio.pk}
    page(olga, "membership_add", stefan.pk, post=post)
    role = stefan.memberships.get()
    twice = page(olga, "membership_add", stefan.pk, post=post)
    page(olga, "membership_remove", role.pk, post={})

    assert "has a role there already" in twice.text
    assert not stefan.memberships.exists()
    assert "Took a role away" in page(olga, "person", stefan.pk).text


def test_the_last_administrator_cannot_go(page, olga, client):
    role = olga.memberships.get()

    removed = page(olga, "membership_remove", role.pk, post={})
    demoted = page(olga, "membership", role.pk, post={"role": "viewer"})
    page(olga, "person_active", olga.pk, post={"active": "no"})

    assert "Someone must administer the site" in client.get(removed.url).text
    assert "Someone must administer the site" in demoted.text
    olga.refresh_from_db()
    assert olga.is_active


def test_two_who_close_an_account_do_not_open_it_again(page, olga, vera):
    page(olga, "person_active", vera.pk, post={"active": "no"})
    page(olga, "person_active", vera.pk, post={"active": "no"})

    vera.refresh_from_db()
    assert not vera.is_active


def test_a_person_who_is_not_there_is_not_found(page, olga):
    assert page(olga, "person", 9999).status_code == 404
    assert page(olga, "membership_remove", 9999, post={}).status_code == 404


def test_countries_of_a_role_stand_ticked(page, olga, paul):
    text = page(olga, "membership", paul.memberships.get().pk).text

    assert text.count(" checked") == 2  # the role and Peru


def test_a_person_keeps_their_place_in_two_portfolios(page, olga, paul):
    people.grant(user=paul, role="viewer", by=olga)

    text = page(olga, "person", paul.pk).text

    assert "All portfolios" in text
    assert "Programme officer" in text
