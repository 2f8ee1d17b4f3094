"""The pages of the codebook: read, propose, try out, adopt; who may do what."""

import pytest
from django.urls import reverse
from django.utils import timezone

from capmap.records.actions import codebook
from capmap.records.models import (
    CodebookVersion,
    Coder,
    Coding,
    Job,
    Passage,
    TermChange,
)
from capmap.records.queries.codebook import codebook_of
from tests.site_fixtures import make_person, make_portfolio

pytestmark = pytest.mark.django_db

PROPOSAL = {
    "key": "modality:academy", "language": "en", "term": "turin centre",
    "removes": "add", "reason": "It is the Academy’s home.",
}  # fmt: skip


@pytest.fixture
def proposal(portfolio, rita):
    return codebook.propose(
        portfolio=portfolio, by=rita, facet="modality", code="academy", language="en",
        term="turin centre",
    )  # fmt: skip


def trial_of(page, person, portfolio, proposal, do_jobs):
    page(person, "codebook_try", portfolio.slug, post={"changes": [proposal.pk]})
    do_jobs()
    return Job.objects.get(kind="trial")


def test_everybody_who_sees_the_portfolio_reads_the_codebook(
    page, portfolio, vera, rosa, stefan
):
    shown = page(vera, "codebook", portfolio.slug)
    assert shown.status_code == 200
    assert "Training of trainers" in shown.content.decode()
    assert page(vera, "codebook_code", portfolio.slug, "modality", "training")
    assert page(rosa, "codebook", portfolio.slug).status_code == 403
    assert page(stefan, "codebook", portfolio.slug).status_code == 404
    for name in ("codebook_propose", "codebook_versions"):
        allowed = page(vera, name, portfolio.slug).status_code
        assert allowed == (403 if name == "codebook_propose" else 200)


def test_the_search_looks_at_terms_in_all_languages(page, portfolio, vera):
    found = page(
        vera, "codebook", portfolio.slug, query={"q": "formación de formadores"}
    )
    codes = {c.code for _, rows in found.context["facets"] for c, *_ in rows}
    assert "training-of-trainers" in codes
    assert "law-and-policy" not in codes
    nothing = page(vera, "codebook", portfolio.slug, query={"q": "<script>x"})
    assert "<script>x" not in nothing.content.decode()


def test_counts_are_those_of_the_countries_that_a_person_sees(
    page, portfolio, paul, vera
):
    def passages(person):
        shown = page(person, "codebook_code", portfolio.slug, "capacity", "cd")
        return shown.context["passages"]

    assert 0 < passages(paul) < passages(vera)


def test_an_unknown_code_is_not_found(page, portfolio, vera):
    missing = page(vera, "codebook_code", portfolio.slug, "modality", "nothing")
    assert missing.status_code == 404
    assert page(vera, "codebook_code", portfolio.slug, "x", "y").status_code == 404


@pytest.mark.parametrize("language", ["en", "fr", "es"])
def test_every_code_has_its_page_in_each_language(page, portfolio, vera, language):
    vera.language = language
    vera.save()
    for facet in codebook_of(portfolio).facets.values():
        first = next(iter(facet.codes))
        shown = page(vera, "codebook_code", portfolio.slug, facet.facet, first)
        assert shown.status_code == 200


def test_the_codebook_can_be_taken_away(page, portfolio, vera):
    for form in ("csv", "xlsx", "md"):
        assert page(vera, "codebook_file", portfolio.slug, form).status_code == 200
    assert page(vera, "codebook_file", portfolio.slug, "exe").status_code == 404


def test_a_proposal_is_taken_and_a_wrong_one_told_beside_its_field(
    page, portfolio, rita
):
    done = page(rita, "codebook_propose", portfolio.slug, post=PROPOSAL)
    assert done.status_code == 302
    assert TermChange.objects.get().term == "turin centre"
    wrong = page(
        rita, "codebook_propose", portfolio.slug, post=PROPOSAL | {"term": "(open"}
    )
    assert wrong.context["form"].errors["term"]
    assert "(open" in wrong.content.decode()


def test_a_term_that_stands_nearly_everywhere_is_called_broad(page, portfolio, rita):
    broad = PROPOSAL | {"term": "labour inspectors"}
    page(rita, "codebook_propose", portfolio.slug, post=broad)
    shown = page(rita, "codebook_propose", portfolio.slug).content.decode()
    assert "Perhaps it needs a neighbour" in shown


def test_words_that_people_marked_become_a_proposal_with_one_click(
    page, portfolio, rita
):
    passage = Passage.objects.get(text__startswith="Gravel")
    person = Coder.objects.create(kind="person", name="Rita", user=rita)
    Coding.objects.create(
        passage=passage, facet="modality", code="advisory", coder=person,
        spans=[[0, 6]], status="accepted", decided_by=rita, decided_at=timezone.now(),
    )  # fmt: skip
    shown = page(rita, "codebook_propose", portfolio.slug)
    (one,) = shown.context["marked"]
    assert (one.code, one.term, len(one.passages)) == ("advisory", "gravel", 1)
    post = PROPOSAL | {"key": "modality:advisory", "term": one.term}
    page(rita, "codebook_propose", portfolio.slug, post=post)
    assert not page(rita, "codebook_propose", portfolio.slug).context["marked"]


def test_terms_whose_suggestions_are_rejected_are_listed(page, portfolio, rita):
    coding = Coding.objects.filter(basis="words").first()
    coding.status, coding.decided_by = "rejected", rita
    coding.decided_at = timezone.now()
    coding.save()
    refused = page(rita, "codebook_propose", portfolio.slug).context["refused"]
    assert [(c.code, c.rejected) for c in refused] == [(coding.code, 1)]


def test_a_trial_shows_what_would_change_and_can_be_adopted(
    page, portfolio, proposal, ana, do_jobs
):
    job = trial_of(page, ana, portfolio, proposal, do_jobs)
    shown = page(ana, "codebook_trial", portfolio.slug, job.pk).content.decode()
    assert "Turin Centre" in shown
    csv = page(ana, "codebook_trial_file", portfolio.slug, job.pk, "csv")
    assert b"academy" in b"".join(csv.streaming_content)
    post = {"trial": job.pk, "base": 0, "note": "First."}
    page(ana, "codebook_adopt", portfolio.slug, post=post)
    do_jobs()
    assert CodebookVersion.objects.get().note == "First."
    listed = page(ana, "codebook_versions", portfolio.slug).content.decode()
    assert "turin centre" in listed
    again = page(ana, "codebook_adopt", portfolio.slug, post=post)
    assert again.status_code == 302
    assert CodebookVersion.objects.count() == 1
    page(ana, "codebook_back", portfolio.slug, post={"to": "0", "base": "1"})
    assert CodebookVersion.objects.count() == 2


def test_only_analysts_adopt_and_only_reviewers_try(
    page, portfolio, proposal, rita, vera, do_jobs
):
    assert page(vera, "codebook_try", portfolio.slug, post={}).status_code == 403
    job = trial_of(page, rita, portfolio, proposal, do_jobs)
    post = {"trial": job.pk, "base": 0}
    assert page(rita, "codebook_adopt", portfolio.slug, post=post).status_code == 403
    back = page(rita, "codebook_back", portfolio.slug, post={"to": "0", "base": "0"})
    assert back.status_code == 403


def test_a_trial_of_all_countries_is_not_there_for_one_who_sees_some(
    page, portfolio, proposal, rita, do_jobs
):
    job = trial_of(page, rita, portfolio, proposal, do_jobs)
    scoped = make_person("s@example.org", "Sol", "reviewer", portfolio, ["PE"])
    assert page(scoped, "codebook_trial", portfolio.slug, job.pk).status_code == 404


def test_a_trial_or_proposal_of_another_portfolio_is_not_found(
    page, portfolio, proposal, olga, do_jobs
):
    other = make_portfolio("Another")
    job = trial_of(page, olga, portfolio, proposal, do_jobs)
    assert page(olga, "codebook_trial", other.slug, job.pk).status_code == 404
    gone = page(olga, "codebook_decline", other.slug, proposal.pk, post={})
    assert gone.status_code == 404


def test_a_wrong_line_of_ones_own_is_told_and_kept(page, portfolio, rita):
    wrong = page(rita, "codebook_try", portfolio.slug, post={"lines": "+ xx no"})
    assert wrong.context["trial_form"].errors["lines"]
    assert "+ xx no" in wrong.content.decode()
    assert not Job.objects.exists()


def test_declining_keeps_the_reason(page, portfolio, proposal, ana):
    page(ana, "codebook_decline", portfolio.slug, proposal.pk, post={"answer": "Broad"})
    proposal.refresh_from_db()
    assert (proposal.state, proposal.answer) == ("declined", "Broad")
    shown = page(ana, "codebook_propose", portfolio.slug).content.decode()
    assert "Broad" in shown


def test_pages_stay_within_few_queries(
    page, portfolio, vera, django_assert_max_num_queries
):
    page(vera, "codebook", portfolio.slug)
    assert reverse("codebook", args=[portfolio.slug])
    with django_assert_max_num_queries(16):
        page(vera, "codebook", portfolio.slug)
