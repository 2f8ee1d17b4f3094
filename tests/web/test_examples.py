"""The pages of worked examples: of a code, of the queue, of a passage; files; who sees what."""

import json

import pytest
from django.urls import reverse

from capmap.coding.learned.training import learn
from capmap.frameworks.examples import read_worked
from capmap.frameworks.examples_check import check_examples
from capmap.records.actions import codebook, examples, learning, review
from capmap.records.models import Change, Coding, Job, LearnedModel, OwnExample, Passage
from capmap.records.queries.codebook import (
    codebook_of,
    coder_name,
    coder_of,
    lexicon_of,
    model_at_start,
)
from tests.learned_examples import examples as made_up
from tests.learned_portfolio import add
from tests.records.test_examples import CODES, TEXT, blind_round, confirm, read
from tests.site_fixtures import make_person, shipped_lexicon

pytestmark = pytest.mark.django_db

CODE = ("modality", "on-the-job")


@pytest.fixture
def passage(portfolio, rita):
    (made,) = add(portfolio, "EX-1", [TEXT])
    read(made, rita, CODES)
    return made


@pytest.fixture
def starting(framework_folder):
    """A model beside the framework, as one that worked examples taught."""
    learn(made_up(8), shipped_lexicon()).model.save(framework_folder / "model.capmap")
    model_at_start.cache_clear()


def words(response):
    return " ".join(response.content.decode().split())


def test_the_page_of_a_code_shows_examples_near_misses_and_counts(
    page, portfolio, vera
):
    shown = words(page(vera, "codebook_code", portfolio.slug, "modality", "training"))
    assert shown.index("Evening classes in bookkeeping") < shown.index("The rule")
    assert shown.index("The rule") < shown.index("The training ship returned")
    assert 'Why not:</strong> <span lang="en">The word names a ship' in shown
    assert "5 worked examples of this code:" in shown
    for told in ("English 3", "French 1", "Spanish 1", "2 near misses"):
        assert told in shown
    vera.language = "fr"
    vera.save()
    french = words(page(vera, "codebook_code", portfolio.slug, "modality", "training"))
    assert "Une session de trois jours" in french
    assert "Procès-verbal" in french


def test_a_code_without_examples_and_one_given_by_rule_say_so(page, portfolio, vera):
    shown = words(page(vera, "codebook_code", portfolio.slug, "modality", "academy"))
    assert "No worked example carries this code yet." in shown
    book = codebook_of(portfolio)
    derived = next(iter(book.facets["beneficiary"].codes))
    shown = words(page(vera, "codebook_code", portfolio.slug, "beneficiary", derived))
    assert "follows from the others by a rule" in shown


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ({}, 5),
        ({"language": "en"}, 3),
        ({"genre": "minutes"}, 2),
        ({"wording": "indirect"}, 1),
        ({"kind": "near"}, 2),
        ({"kind": "near", "language": "fr"}, 0),
        ({"language": "<x>", "page": "999"}, 5),
    ],
)
def test_examples_of_a_code_are_filtered(page, portfolio, vera, query, count):
    args = (portfolio.slug, "modality", "training")
    shown = page(vera, "code_examples", *args, query=query)
    assert shown.context["count"] == count
    assert shown.content.decode().count("<article") == count
    file = page(vera, "code_examples_file", *args, "jsonl", query=query)
    assert len(file.content.decode().splitlines()) == count


def test_files_of_examples_are_read_again(page, portfolio, vera, tmp_path):
    args = (portfolio.slug, "modality", "training")
    jsonl = page(vera, "code_examples_file", *args, "jsonl")
    file = tmp_path / "evaluation.jsonl"
    file.write_bytes(jsonl.content)
    assert check_examples(read_worked([file]), codebook_of(portfolio)) == []
    csv = page(vera, "code_examples_file", *args, "csv")
    rows = b"".join(csv.streaming_content).decode("utf-8-sig").splitlines()
    assert rows[0].startswith("id,language,genre,context,text,")
    assert len(rows) == 6
    assert page(vera, "code_examples_file", *args, "exe").status_code == 404
    assert page(vera, "code_examples", *args[:2], "nothing").status_code == 404


def test_a_passage_goes_from_proposal_to_example_and_back(
    page, portfolio, passage, vera, ana
):
    slug = portfolio.slug
    of_passage = (slug, passage.intervention_id, passage.pk)
    assert "Propose as a worked example" in words(page(vera, "passage", *of_passage))
    page(vera, "example_propose", slug, passage.pk, post={"note": "No usual word."})
    seen = words(page(vera, "passage", *of_passage))
    assert "Proposed as a worked example by Vera." in seen
    queue = words(page(ana, "examples", slug))
    assert "1 passage could become a worked example" in queue
    assert "“No usual word.”" in queue
    form = words(page(ana, "example", slug, passage.pk))
    assert TEXT in form
    short = TEXT.partition("May. ")[2]
    post = {
        "text": short, "wording": "indirect",
        "near_code": ["modality:training", "modality:advisory"],
        "near_reason": ["No course is held.", ""],
    }  # fmt: skip
    done = page(ana, "example", slug, passage.pk, post=post)
    assert done.status_code == 302
    own = OwnExample.objects.get()
    assert (own.state, own.text) == ("confirmed", short)
    assert own.near == {"modality:training": "No course is held."}
    code = words(page(vera, "codebook_code", slug, *CODE))
    assert "From this portfolio" in code
    near = words(page(vera, "codebook_code", slug, "modality", "training"))
    assert "No course is held." in near
    assert "A worked example of this portfolio since" in words(
        page(vera, "passage", *of_passage)
    )
    (line,) = page(vera, "examples_file", slug, "jsonl").content.decode().splitlines()
    assert json.loads(line)["text"] == short
    page(ana, "example_take_back", slug, passage.pk, post={})
    assert "From this portfolio" not in words(page(vera, "codebook_code", slug, *CODE))


def test_what_is_not_sound_is_told_beside_the_form(page, portfolio, passage, ana):
    args = (portfolio.slug, passage.pk)
    post = {"text": "Other words.", "wording": "plain"}
    shown = words(page(ana, "example", *args, post=post))
    assert "The text must be a part of the passage" in shown
    assert "Other words." in shown
    near = {"text": TEXT, "wording": "plain", "near_code": [""], "near_reason": ["Why"]}
    assert "Choose a code beside each reason." in words(
        page(ana, "example", *args, post=near)
    )
    missing = page(ana, "example", *args, post={"text": TEXT})
    assert missing.context["form"].errors["wording"]
    hostile = {"text": "<script>x</script>", "wording": "y", "near_code": "a:b",
               "near_reason": "<b>"}  # fmt: skip
    assert "<script>x" not in words(page(ana, "example", *args, post=hostile))
    assert not OwnExample.objects.exists()


def test_codes_that_break_a_rule_lead_back_to_review(page, portfolio, rita, ana):
    (made,) = add(portfolio, "EX-2", ["Officers learn beside their elders."])
    read(made, rita, CODES[:2])
    shown = words(page(ana, "example", portfolio.slug, made.pk))
    assert "It cannot be an example as it stands" in shown
    assert reverse("review_passage", args=[portfolio.slug, made.pk]) in shown
    assert "disabled" in shown


def test_declining_leads_to_what_waits_next(page, portfolio, passage, rita, ana):
    (other,) = add(portfolio, "EX-2", ["Young clerks sit beside old ones until able."])
    read(other, rita, CODES)
    for one in (passage, other):
        examples.propose(passage=one, by=rita)
    args = (portfolio.slug, passage.pk)
    on = page(ana, "example_decline", *args, post={"next": "1", "answer": "Long."})
    assert on.url == reverse("example", args=[portfolio.slug, other.pk])
    assert "Long." in words(page(ana, "examples", portfolio.slug))
    assert "Declined as a worked example. Long." in words(
        page(rita, "passage", portfolio.slug, passage.intervention_id, passage.pk)
    )


def test_an_example_shows_that_people_decided_otherwise_since(
    page, portfolio, passage, rita, ana
):
    confirm(passage, ana)
    told = "People have decided otherwise since."
    assert told not in words(page(ana, "examples", portfolio.slug))
    review.undo(reading=passage.readings.get(), by=rita)
    assert told in words(page(ana, "examples", portfolio.slug))


def test_the_pages_hide_what_a_person_may_not_know(
    page, portfolio, passage, rita, ravi, ana, paul
):
    slug = portfolio.slug
    confirm(passage, ana)
    elsewhere = make_person("e@example.org", "Ema", "analyst", portfolio, ["SN"])
    blind_round(portfolio, passage, rita, ravi)
    for person in (elsewhere, ravi):
        for name, *args in (
            ("codebook_code", *CODE), ("code_examples", *CODE), ("examples",),
            ("examples_file", "jsonl"), ("code_examples_file", *CODE, "jsonl"),
        ):  # fmt: skip
            shown = page(person, name, slug, *args)
            assert shown.status_code == 200
            assert "quarry by quarry" not in words(shown), (person, name)
    assert "quarry by quarry" in words(page(paul, "examples", slug))
    of_passage = (slug, passage.intervention_id, passage.pk)
    assert (
        "worked example"
        not in words(page(ravi, "passage", *of_passage)).partition("<main")[2]
    )
    assert page(ravi, "example_propose", slug, passage.pk, post={}).status_code == 403
    assert (
        page(elsewhere, "example_propose", slug, passage.pk, post={}).status_code == 404
    )
    assert page(elsewhere, "example", slug, passage.pk).status_code == 403
    assert page(paul, "example_take_back", slug, passage.pk, post={}).status_code == 403


def test_the_history_tells_of_examples_and_brings_them_back(
    page, portfolio, passage, ana
):
    done = confirm(passage, ana)
    examples.take_back(example=done, by=ana)
    shown = words(page(ana, "portfolio_history", portfolio.slug))
    assert "Confirmed a worked example" in shown
    assert "modality: on-the-job" in shown
    change = Change.objects.get(action="examples.take_back")
    page(ana, "portfolio_history_restore", portfolio.slug, change.pk, post={})
    assert OwnExample.objects.get().state == "confirmed"


@pytest.mark.parametrize("language", ["en", "fr", "es"])
def test_every_page_speaks_each_language(page, portfolio, passage, ana, language):
    ana.language = language
    ana.save()
    (other,) = add(portfolio, "EX-2", ["Young clerks sit beside old ones until able."])
    confirm(passage, ana)
    read(other, ana, CODES)
    for name, *args in (
        ("examples",), ("example", other.pk), ("code_examples", *CODE),
        ("codebook_code", *CODE),
    ):  # fmt: skip
        assert page(ana, name, portfolio.slug, *args).status_code == 200


def test_pages_stay_within_few_queries(
    page, portfolio, passage, ana, django_assert_max_num_queries
):
    confirm(passage, ana)
    for name, *args in (
        ("examples",),
        ("codebook_code", *CODE),
        ("code_examples", *CODE),
    ):
        page(ana, name, portfolio.slug, *args)
        with django_assert_max_num_queries(28):
            page(ana, name, portfolio.slug, *args)


# ---- a coder that starts trained


def test_a_portfolio_starts_with_the_coder_that_worked_examples_taught(
    page, starting, portfolio, ana, do_jobs
):
    slug = portfolio.slug
    coder = coder_of(portfolio)
    assert coder.version == coder_name(portfolio)
    assert coder.model.version == model_at_start().version
    shown = words(page(ana, "learning", slug))
    assert "from the lexicon and what worked examples taught" in shown
    assert "Some suggestions were made by an earlier coder" in shown
    page(ana, "learning_anew", slug, post={})
    do_jobs()
    assert Job.objects.get().state == "done"
    assert "an earlier coder" not in words(page(ana, "learning", slug))
    undecided = Coding.objects.suggested().values_list("coder__name", flat=True)
    assert set(undecided) == {coder.version}


def test_going_back_leads_to_the_coder_as_it_started(
    page, starting, portfolio, ana, do_jobs
):
    slug = portfolio.slug
    start = coder_name(portfolio)
    other = learn(made_up(9), lexicon_of(portfolio)).model
    model = LearnedModel.objects.create(
        portfolio=portfolio, number=1, version=other.version, content=other.as_bytes(),
        codebook=other.codebook, decisions=27,
    )  # fmt: skip
    learning.adopt(model=model, by=ana)
    do_jobs()
    assert coder_name(portfolio) != start
    assert "Go back to the coder as it started" in words(page(ana, "learning", slug))
    page(ana, "learning_back", slug, post={"to": "0"})
    assert "again as it started" in words(page(ana, "learning", slug))
    do_jobs()
    assert coder_name(portfolio) == start == coder_of(portfolio).version


def test_terms_of_a_portfolio_stand_beside_the_starting_model(
    starting, portfolio, ana, rita, do_jobs
):
    change = codebook.propose(
        portfolio=portfolio, by=rita, facet="modality", code="academy", language="en",
        term="turin centre",
    )  # fmt: skip
    codebook.adopt(portfolio=portfolio, by=ana, base=0, changes=[change])
    do_jobs()
    coder = coder_of(portfolio)
    assert "rev 1" in coder.version
    assert coder.model.version == model_at_start().version
    found = Coding.objects.suggested().filter(code="academy").get()
    assert found.coder.name == coder.version


def test_why_says_who_speaks_and_shows_the_most_similar_example(
    page, starting, portfolio, ana
):
    passage = Passage.objects.get(text__startswith="Training of trainers")
    args = (portfolio.slug, passage.intervention_id, passage.pk)
    shown = words(page(ana, "passage_why", *args, "modality", "training-of-trainers"))
    assert "The lexicon alone speaks for it." in shown or "both speak for it" in shown
    assert "No worked example of this code has words in common" in shown
    shown = page(ana, "passage_why", *args, "modality", "training")
    (first, likeness), *_ = shown.context["why"].worked
    assert first.example.language == "en"
    assert 0 < likeness <= 1
    assert first.example.text in words(shown)
    assert "Likeness" in words(shown)


def test_why_compares_with_own_examples_that_the_person_may_see(
    page, starting, portfolio, passage, ana
):
    confirm(passage, ana)
    (like,) = add(portfolio, "EX-2", ["Old inspectors went through files with them."])
    args = (portfolio.slug, like.intervention_id, like.pk, *CODE)
    first = page(ana, "passage_why", *args).context["why"].worked[0][0]
    assert first.own.passage == passage
    same = (portfolio.slug, passage.intervention_id, passage.pk, *CODE)
    worked = page(ana, "passage_why", *same).context["why"].worked
    assert all(one.own is None for one, _ in worked)
    blind_round(portfolio, passage, ana)
    worked = page(ana, "passage_why", *args).context["why"].worked
    assert all(one.own is None for one, _ in worked)
