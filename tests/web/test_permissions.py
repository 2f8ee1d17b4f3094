"""Every address of the site, opened by every role: who may see it stands in one table.

A new address needs a line in ``SEES``; the groups below say who that lets in.
"""

from dataclasses import dataclass

import pytest
from django.test import Client
from django.urls import get_resolver, reverse
from django.views.generic.base import RedirectView

from capmap.records.models import (
    Change,
    Coder,
    Comment,
    Import,
    Invitation,
    Job,
    LearnedModel,
    Reading,
    ReviewItem,
    ReviewRound,
    SavedView,
)
from capmap.records.queries.codebook import codebook_of
from tests.learned_portfolio import A_REPORT, AN_EFFECT

pytestmark = pytest.mark.django_db

PEOPLE = ("olga", "ana", "rita", "paul", "vera", "rosa", "stefan", None)

#: Who is let in by a group. Stefan has no part in the portfolio: for him it is not there.
GROUPS = {
    "public": set(PEOPLE),
    "signed in": set(PEOPLE) - {None},
    "part": {"olga", "ana", "rita", "paul", "vera", "rosa"},
    "see": {"olga", "ana", "rita", "paul", "vera"},
    "see whole": {"olga", "ana", "rita", "vera"},  # in all countries
    "comment": {"olga", "ana", "rita", "paul"},
    "decide": {"olga", "ana", "rita", "paul"},  # whoever reviews or corrects
    "review": {"olga", "ana", "rita"},
    "correct": {"olga", "ana", "paul"},
    "analyse": {"olga", "ana"},
    "audit": {"olga", "ana"},
    "people": {"olga"},
}

SEES = {
    # The frame
    "home": "signed in",
    "language": "public",
    "alive": "public",
    "help": "public",
    "help_page": "public",
    # Signing in: allauth's addresses
    "account_login": "public",
    "account_logout": "public",
    "account_inactive": "public",
    "account_signup": "public",
    "account_reauthenticate": "signed in",
    "account_email": "signed in",
    "account_email_verification_sent": "public",
    "account_confirm_email": "public",
    "account_change_password": "signed in",
    "account_set_password": "signed in",
    "account_reset_password": "public",
    "account_confirm_login_code": "public",
    "account_reset_password_from_key": "public",
    "account_reset_password_from_key_done": "public",
    "account_reset_password_done": "public",
    "mfa_index": "signed in",
    "mfa_authenticate": "public",  # in the middle of signing in
    "mfa_reauthenticate": "signed in",
    "mfa_activate_totp": "signed in",
    "mfa_deactivate_totp": "signed in",
    "mfa_view_recovery_codes": "signed in",
    "mfa_generate_recovery_codes": "signed in",
    "mfa_download_recovery_codes": "signed in",
    "socialaccount_login_cancelled": "public",
    "socialaccount_login_error": "public",
    "socialaccount_signup": "public",
    "socialaccount_connections": "signed in",
    "openid_connect_login": "public",
    "openid_connect_callback": "public",
    "usersessions_list": "signed in",
    # People and the history of the site
    "account": "signed in",
    "start": "public",
    "people": "people",
    "people_export": "people",
    "people_invite": "people",
    "person": "people",
    "person_active": "people",
    "membership": "people",
    "membership_add": "people",
    "membership_remove": "people",
    "invitation_send": "people",
    "invitation_withdraw": "people",
    "history": "people",
    "history_export": "people",
    "history_restore": "people",
    "portfolio_new": "people",
    # A portfolio
    "portfolio": "part",
    "portfolio_settings": "analyse",
    "portfolio_history": "audit",
    "portfolio_history_export": "audit",
    "portfolio_history_restore": "audit",
    "job": "see",
    # Imports
    "imports": "analyse",
    "import_new": "analyse",
    "import_from_server": "analyse",
    "import": "analyse",
    "import_columns": "analyse",
    "import_confirm": "analyse",
    "import_discard": "analyse",
    "import_undo": "analyse",
    "import_list": "analyse",
    # Interventions
    "interventions": "see",
    "interventions_file": "see",
    "intervention": "see",
    "intervention_edit": "correct",
    "intervention_give_back": "correct",
    "intervention_verdict": "decide",
    "intervention_codings": "see",
    "passage": "see",
    "passage_why": "see",
    "comment_write": "comment",
    "comment_answer": "comment",
    "questions": "comment",
    # The map
    "map": "see",
    "map_multiples": "see",
    "map_file": "see",
    "countries": "see",
    "countries_file": "see",
    "country": "see",
    "findings_file": "see",
    "integration": "see",
    "gaps": "see",
    # Review
    "rounds": "review",
    "round_new": "review",
    "round": "review",
    "round_readings": "review",
    "round_stopping": "review",
    "round_stopping_file": "review",
    "round_close": "review",
    "round_reopen": "review",
    "round_assign": "analyse",
    "review": "review",
    "review_item": "review",
    "review_ask": "review",
    "review_undo": "review",
    "review_passage": "review",
    "review_passage_ask": "review",
    "review_keys": "review",
    "agreement": "review",
    "agreement_download": "review",
    "decided": "review",
    "adjudicate": "review",
    "adjudicate_passage": "review",
    "adjudicate_undo": "analyse",
    # Codebook and saved views
    "codebook": "see",
    "codebook_code": "see",
    "codebook_file": "see",
    "code_examples": "see",
    "code_examples_file": "see",
    "examples": "see",
    "examples_file": "see",
    "example": "analyse",
    "example_propose": "see",
    "example_decline": "analyse",
    "example_take_back": "see",
    "codebook_versions": "see",
    "codebook_propose": "review",
    "codebook_decline": "review",
    "codebook_try": "review",
    "codebook_trial": "review",
    "codebook_trial_file": "review",
    "codebook_adopt": "analyse",
    "codebook_back": "analyse",
    "learning": "see",
    "learning_start": "analyse",
    "learning_back": "analyse",
    "learning_anew": "analyse",
    "learned_model": "see",
    "learned_model_code": "see whole",
    "learned_model_file": "see",
    "learned_model_adopt": "analyse",
    "learned_model_dismiss": "analyse",
    "views": "see",
    "view_save": "see",
    "view_rename": "see",
    "view_share": "analyse",
    "view_delete": "see",
    # The tour
    "tour": "see",
    "tour_close": "see",
}

#: Addresses that only act, by POST: nobody opens them.
POST_ONLY = {
    "language",
    "person_active",
    "membership_remove",
    "invitation_send",
    "invitation_withdraw",
    "history_restore",
    "portfolio_history_restore",
    "import_columns",
    "import_confirm",
    "import_discard",
    "intervention_give_back",
    "intervention_verdict",
    "comment_write",
    "comment_answer",
    "round_close",
    "round_reopen",
    "round_assign",
    "review_undo",
    "review_keys",
    "adjudicate_undo",
    "codebook_decline",
    "codebook_try",
    "codebook_adopt",
    "codebook_back",
    "learning_start",
    "learning_back",
    "learning_anew",
    "example_propose",
    "example_decline",
    "example_take_back",
    "learned_model_adopt",
    "learned_model_dismiss",
    "view_save",
    "view_rename",
    "view_share",
    "view_delete",
    "tour_close",
}

#: Addresses that are there only in the middle of something, or once something is set up:
#: who is let in may also be told that there is nothing, or be sent elsewhere.
MAY_BE_EMPTY = {
    "account_confirm_login_code",
    "codebook_trial_file",
    "mfa_authenticate",
    "mfa_deactivate_totp",
    "mfa_view_recovery_codes",
    "mfa_generate_recovery_codes",
    "mfa_download_recovery_codes",
    "mfa_reauthenticate",
    "openid_connect_login",
    "openid_connect_callback",
    "socialaccount_login_error",
    "socialaccount_signup",
    "start",
}


@dataclass(frozen=True)
class Address:
    name: str
    arguments: tuple[str, ...]


def addresses():
    """Every named address of the site with what it takes; allauth's old ones have no name."""

    def walk(patterns, taken=()):
        for one in patterns:
            arguments = (*taken, *one.pattern.regex.groupindex)
            if hasattr(one, "url_patterns"):
                yield from walk(one.url_patterns, arguments)
            elif getattr(one.callback, "view_class", None) is not RedirectView:
                yield Address(one.name, arguments)

    return {one.name: one for one in walk(get_resolver().url_patterns)}


ADDRESSES = addresses()


def make_round(portfolio, passages, readers=()):
    """A round that is open; with two readers it is blind, and both have read."""
    made = ReviewRound.objects.create(
        portfolio=portfolio, title="Round", drawn_from=5,
        readers_per_passage=2 if readers else 1,
    )  # fmt: skip
    made.readers.set(readers)
    for position, passage in enumerate(passages, start=1):
        for reader in readers or (None,):
            item = ReviewItem.objects.create(
                round=made, passage=passage, position=position, reader=reader,
                state="read" if readers else "open",
            )  # fmt: skip
            if reader:
                reading = Reading.objects.create(
                    round=made, item=item, passage=passage, reader=reader
                )
                reading.codes.create(facet="modality", code=f"of-{reader.name}")
    return made


@pytest.fixture
def world(portfolio, olga, ana, rita, ravi, paul, vera, rosa, stefan):
    """One record of each kind, and what each address takes."""
    intervention = portfolio.interventions.get(identifier="XX-1")
    passages = list(intervention.passages.all())
    Coder.objects.create(kind="person", name="Rita", user=rita)
    single = make_round(portfolio, passages)
    blind = make_round(portfolio, passages, [rita, ravi])
    learning = ReviewRound.objects.create(
        portfolio=portfolio, title="Learning", order="learning", drawn_from=5,
        question="capacity:cd",
    )  # fmt: skip
    counts = ("new", "changed", "same", "passages_new", "passages_gone", "codings")
    imported = Import.objects.create(
        portfolio=portfolio, state="done", title="a.xml",
        counts=dict.fromkeys((*counts, "set_aside"), 0),
    )  # fmt: skip
    job = Job.objects.create(portfolio=portfolio, kind="recode", state="done")
    trial = Job.objects.create(
        portfolio=portfolio, kind="trial", state="waiting", about={"countries": []}
    )
    a_code = next(iter(codebook_of(portfolio).facets["modality"].codes))
    model = LearnedModel.objects.create(
        portfolio=portfolio, number=1, decisions=20, report=A_REPORT, effect=AN_EFFECT
    )
    view = SavedView.objects.create(
        portfolio=portfolio, owner=ana, title="View", page="map", is_shared=True
    )
    comment = Comment.objects.create(
        intervention=intervention, text="Why?", written_by=ana, asked_of=rita
    )
    invitation = Invitation.objects.create(
        email="new@example.org", token_hash="0" * 64, role="viewer",
        portfolio=portfolio, expires_at="2099-01-01T00:00Z",
    )  # fmt: skip
    of_name = {
        "account_reset_password_from_key": {"uidb36": "1", "key": "x-y"},
        "account_confirm_email": {"key": "x"},
        "agreement": {"pk": blind.pk},
        "agreement_download": {"pk": blind.pk, "form": "csv"},
        "decided": {"pk": blind.pk},
        "adjudicate": {"pk": blind.pk},
        "adjudicate_passage": {"pk": blind.pk, "passage": passages[0].pk},
        "adjudicate_undo": {"pk": blind.pk, "passage": passages[0].pk},
        "codebook_file": {"form": "csv"},
        "codebook_code": {"facet": "modality", "code": a_code},
        "code_examples": {"facet": "modality", "code": a_code},
        "code_examples_file": {"facet": "modality", "code": a_code, "form": "jsonl"},
        "examples_file": {"form": "csv"},
        "codebook_decline": {"pk": 1},
        "codebook_trial": {"pk": trial.pk},
        "codebook_trial_file": {"pk": trial.pk, "form": "csv"},
        "comment_answer": {"number": comment.pk},
        "learned_model": {"number": model.number},
        "learned_model_adopt": {"number": model.number},
        "learned_model_code": {
            "number": model.number,
            "facet": "modality",
            "code": "training",
        },
        "learned_model_dismiss": {"number": model.number},
        "learned_model_file": {"number": model.number, "name": "codes", "form": "csv"},
        "passage_why": {"facet": "modality", "code": a_code},
        "countries_file": {"name": "countries.csv"},
        "findings_file": {"name": "gaps.csv"},
        "history_restore": {"pk": Change.objects.first().pk},
        "portfolio_history_restore": {"pk": Change.objects.first().pk},
        "import_list": {"what": "files", "form": "csv"},
        "interventions_file": {"name": "interventions.csv"},
        "map_file": {"name": "map.csv"},
        "review_passage": {"pk": passages[0].pk},
        "round_stopping": {"pk": learning.pk},
        "round_stopping_file": {"pk": learning.pk, "name": "batches.csv"},
        "review_passage_ask": {"pk": passages[0].pk},
    }
    of_prefix = {
        "import": imported.pk,
        "intervention": intervention.pk,
        "passage": intervention.pk,
        "comment": intervention.pk,
        "invitation": invitation.pk,
        "membership_add": vera.pk,
        "membership": vera.memberships.get().pk,
        "person": vera.pk,
        "job": job.pk,
        "round": single.pk,
        "review": single.pk,
        "view": view.pk,
    }
    of_all = {
        "slug": portfolio.slug,
        "number": passages[0].pk,
        "item": single.items.first().pk,
        "code": "PE",
        "token": "nobody-has-this-token",
        "provider_id": "sso",
        "page": "counting",
        "step": "map",
    }

    def arguments(address):
        given = of_all | of_name.get(address.name, {})
        fitting = [p for p in of_prefix if address.name.startswith(p)]
        if fitting and "pk" not in given:
            given["pk"] = of_prefix[max(fitting, key=len)]
        return {name: given[name] for name in address.arguments}

    return arguments


def is_refused(response, person):
    """Whether someone was kept out: sent to sign in, or told 403, 404 or 405."""
    if person is None:
        return response.status_code in (302, 405) and (
            response.status_code == 405 or "/accounts/login/" in response.url
        )
    return response.status_code in (403, 404, 405)


def problem(name, person, got, posted):
    """Say what is wrong with how an address answered a person, or nothing."""
    allowed = person in GROUPS[SEES[name]]
    if not allowed:
        return next(
            (
                f"{name}: {person} got {one.status_code} by {method}"
                for method, one in (("GET", got), ("POST", posted))
                if not is_refused(one, person)
            ),
            "",
        )
    if name in POST_ONLY:
        good = got.status_code == 405
    elif name in MAY_BE_EMPTY:
        good = got.status_code in (200, 302, 401, 404)
    else:
        good = got.status_code == 200 or (
            got.status_code == 302 and (person is None or "/login/" not in got.url)
        )
    return "" if good else f"{name}: {person} got {got.status_code}"


@pytest.mark.parametrize("name", sorted(ADDRESSES, key=str))
def test_every_address_says_who_may_see_it(name):
    assert name, "an address without a name cannot be checked"
    assert name in SEES, f"say in SEES who may see {name!r}"
    assert SEES[name] in GROUPS


def test_the_table_names_no_address_that_is_gone():
    assert not SEES.keys() - ADDRESSES.keys()
    assert not (POST_ONLY | MAY_BE_EMPTY) - SEES.keys()


@pytest.mark.parametrize("person", PEOPLE)
def test_an_address_opens_to_those_alone_whose_role_allows(person, world, request):
    client = Client(raise_request_exception=False)
    if person:
        client.force_login(request.getfixturevalue(person))
    problems = []

    for name, address in ADDRESSES.items():
        if name not in SEES:
            continue
        path = reverse(name, kwargs=world(address))
        got = client.get(path)
        allowed = person in GROUPS[SEES[name]]
        posted = None if allowed else client.post(path)
        problems.append(problem(name, person, got, posted))
        if got.streaming:
            got.getvalue()  # to the end, so that its file is closed

    assert "\n".join(filter(None, problems)) == ""
