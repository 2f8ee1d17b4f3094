"""Invitations, roles and accounts: who may, what is refused, what stays true."""

from datetime import timedelta
from hashlib import sha256

import pytest
from django.utils import timezone

from capmap.records.actions import people
from capmap.records.models import Change, Invitation, Membership, User
from capmap.records.permissions import NotAllowed, access
from capmap.records.queries.people import (
    administrators,
    invitation_of,
    open_invitation_for,
)
from capmap.records.queries.people import people as find_people

pytestmark = pytest.mark.django_db

PASSWORD = "correct horse battery staple"


def token_of(link):
    return link.strip("/").split("/")[-1]


def test_the_first_link_makes_an_administrator():
    link = people.first_link()
    invitation = invitation_of(token_of(link))

    user = people.join(
        invitation=invitation, name="Olga", email="Olga@Example.org", password=PASSWORD
    )

    assert link.startswith("/start/")
    assert user.email == "olga@example.org"
    assert administrators().get().user == user
    assert Change.objects.filter(action="people.join", by=user).exists()


def test_only_the_fingerprint_of_a_token_is_stored():
    token = token_of(people.first_link())

    stored = Invitation.objects.get()

    assert stored.token_hash == sha256(token.encode()).hexdigest()
    assert token not in str(Change.objects.values())
    assert stored.expires_at - timezone.now() > timedelta(days=6, hours=23)


def test_a_new_first_link_closes_the_one_before():
    old = token_of(people.first_link())
    new = token_of(people.first_link())

    assert not invitation_of(old).is_open
    assert invitation_of(new).is_open


def test_there_is_no_first_link_where_someone_administers(olga):
    assert people.first_link() is None


def test_a_first_link_is_worth_nothing_once_someone_administers(olga, stefan):
    Membership.objects.all().delete()
    invitation = invitation_of(token_of(people.first_link()))
    Membership.objects.create(user=olga, role="administrator")

    with pytest.raises(people.Refused, match="link_not_open"):
        people.accept(invitation=invitation, by=stefan)


def test_an_invitation_works_once(olga, portfolio):
    invitation, _ = people.invite(
        email="new@example.org", role="reviewer", by=olga, portfolio=portfolio
    )
    people.join(invitation=invitation, name="New", password=PASSWORD)

    with pytest.raises(people.Refused, match="link_not_open"):
        people.join(invitation=invitation, name="Thief", password=PASSWORD)
    assert User.objects.filter(name="Thief").count() == 0


@pytest.mark.parametrize(
    "spoil",
    [
        {"withdrawn_at": timezone.now()},
        {"expires_at": timezone.now() - timedelta(seconds=1)},
    ],
)
def test_a_withdrawn_or_late_invitation_lets_no_one_in(olga, portfolio, spoil):
    invitation, _ = people.invite(
        email="new@example.org", role="reviewer", by=olga, portfolio=portfolio
    )
    Invitation.objects.filter(pk=invitation.pk).update(**spoil)

    with pytest.raises(people.Refused, match="link_not_open"):
        people.join(invitation=invitation, name="New", password=PASSWORD)
    assert not User.objects.filter(email="new@example.org").exists()


def test_sending_again_closes_the_link_sent_before(olga, portfolio):
    invitation, old = people.invite(
        email="new@example.org", role="viewer", by=olga, portfolio=portfolio
    )

    new = people.send_again(invitation=invitation, by=olga)

    assert invitation_of(old) is None
    assert invitation_of(new) == invitation


def test_someone_who_opened_the_page_before_it_was_sent_again_is_refused(
    olga, portfolio
):
    opened, _ = people.invite(
        email="new@example.org", role="viewer", by=olga, portfolio=portfolio
    )
    people.send_again(invitation=Invitation.objects.get(pk=opened.pk), by=olga)

    with pytest.raises(people.Refused, match="link_not_open"):
        people.join(invitation=opened, name="New", password=PASSWORD)


def test_inviting_again_replaces_the_open_invitation(olga, portfolio):
    first, _ = people.invite(
        email="new@example.org", role="viewer", by=olga, portfolio=portfolio
    )
    people.invite(
        email="NEW@example.org ", role="analyst", by=olga, portfolio=portfolio
    )

    first.refresh_from_db()
    assert first.withdrawn_at is not None
    assert open_invitation_for(["New@Example.org"]).role == "analyst"


def test_a_person_with_an_account_takes_the_role(olga, stefan, portfolio):
    invitation, _ = people.invite(
        email=stefan.email, role="reviewer", by=olga, portfolio=portfolio,
        countries=["SN", "PE", "PE"],
    )  # fmt: skip

    people.accept(invitation=invitation, by=stefan)

    assert access(stefan, portfolio).countries == ("PE", "SN")
    assert stefan.memberships.get().granted_by == olga


def test_an_invitation_is_for_its_address_alone(olga, stefan, vera, portfolio):
    invitation, _ = people.invite(
        email=vera.email, role="analyst", by=olga, portfolio=None
    )

    with pytest.raises(people.Refused, match="invited_is_another"):
        people.accept(invitation=invitation, by=stefan)
    assert not stefan.memberships.exists()


def test_only_those_who_manage_people_invite(ana, portfolio):
    with pytest.raises(NotAllowed):
        people.invite(email="x@example.org", role="viewer", by=ana, portfolio=portfolio)


def test_an_administrator_of_one_portfolio_does_not_manage_people(portfolio, stefan):
    people_of_one = Membership.objects.create(
        user=stefan, role="administrator", portfolio=portfolio
    )

    with pytest.raises(NotAllowed):
        people.grant(user=people_of_one.user, role="administrator", by=stefan)


@pytest.mark.parametrize("how", ["remove", "demote", "deactivate"])
def test_the_last_administrator_stays(olga, how):
    membership = olga.memberships.get()
    acts = {
        "remove": lambda: people.remove(membership=membership, by=olga),
        "demote": lambda: people.change_role(
            membership=membership, role="viewer", by=olga
        ),
        "deactivate": lambda: people.deactivate(user=olga, by=olga),
    }
    changes = Change.objects.count()

    with pytest.raises(people.Refused, match="last_administrator"):
        acts[how]()

    assert administrators().get().user == olga
    assert Change.objects.count() == changes


def test_an_administrator_whose_account_is_closed_does_not_count(olga, stefan):
    other = people.grant(user=stefan, role="administrator", by=olga)
    people.deactivate(user=stefan, by=olga)

    with pytest.raises(people.Refused, match="last_administrator"):
        people.remove(membership=olga.memberships.get(), by=olga)
    assert other.user == stefan


def test_a_role_is_changed_and_on_record(olga, rita, portfolio):
    people.change_role(
        membership=rita.memberships.get(), role="analyst", by=olga, countries=["PE"]
    )

    change = Change.objects.get(action="people.change_role")
    assert change.before == {"role": "reviewer", "countries": []}
    assert change.after == {"role": "analyst", "countries": ["PE"]}
    assert (change.by, change.portfolio) == (olga, portfolio)


def test_a_second_role_in_the_same_portfolio_is_refused(olga, rita, portfolio):
    with pytest.raises(people.Refused, match="has_a_role_already"):
        people.grant(user=rita, role="viewer", by=olga, portfolio=portfolio)


def test_an_administrator_sees_all_countries(olga, stefan):
    granted = people.grant(user=stefan, role="administrator", by=olga, countries=["PE"])

    assert granted.countries == []


def test_nobody_describes_another(olga, rita):
    with pytest.raises(NotAllowed):
        people.describe(user=rita, name="X", language="", uses_keys=True, by=olga)


def test_people_are_found_by_words_role_and_portfolio(olga, rita, vera, portfolio):
    assert list(find_people(search="rita example")) == [rita]
    assert list(find_people(role="viewer")) == [vera]
    assert set(find_people(slug=portfolio.slug)) == {olga, rita, vera}
    assert list(find_people(role="viewer", slug="elsewhere")) == []
