"""Review as people meet it: passages one after another, rounds, and who may see what."""

import re

import pytest
from django.urls import reverse

from capmap.records.actions import review, review_rounds
from capmap.records.models import Comment, Passage, Reading, ReviewItem
from capmap.records.queries import review as queries

pytestmark = pytest.mark.django_db

SWAP = {"HX-Request": "true"}


@pytest.fixture
def made(portfolio, ana):
    """Every passage, in the order of the documents, for whoever comes."""
    return review.make_round(
        portfolio=portfolio,
        by=ana,
        title="All",
        order="document",
        question="capacity:cd",
    )


def items(made):
    return list(made.items.order_by("position"))


def form(page, user, made, item):
    """The fields of the form as a browser would send them."""
    text = page(user, "review_item", made.portfolio.slug, made.pk, item.pk).text
    fields = {
        name: re.search(rf'name="{name}" value="(\d+)"', text)[1]
        for name in ("version", "opened")
    }
    fields["code"] = re.findall(r'name="code" value="([^"]+)"[^>]* checked', text)
    return fields


def accept(page, user, made, item, **changes):
    fields = {**form(page, user, made, item), **changes}
    return page(user, "review_item", made.portfolio.slug, made.pk, item.pk, post=fields)


def accept_swap(page, user, made, item, **changes):
    fields = {**form(page, user, made, item), **changes}
    address = ("review_item", made.portfolio.slug, made.pk, item.pk)
    return page(user, *address, post=fields, **SWAP)


def test_the_next_passage_stands_there_with_its_codes(page, rita, made):
    text = page(rita, "review", made.portfolio.slug, made.pk).text

    assert "Passage 1" in text
    assert re.search(r'value="modality:training-of-trainers"[^>]* checked', text)
    assert '<mark class="mod">' in text


def test_accepting_leads_to_the_next_and_says_what_was_saved(page, rita, made, client):
    first, second = items(made)[:2]

    answer = accept(page, rita, made, first)

    assert answer.status_code == 302
    text = client.get(answer.url).text
    assert f"Passage {second.position}" in text
    assert "codes accepted" in text
    first.refresh_from_db()
    assert (first.state, first.reading.reader) == ("read", rita)
    assert 0 <= first.reading.seconds < 60


def test_with_script_the_next_passage_comes_in_the_same_answer(page, rita, made):
    first, second = items(made)[:2]

    answer = accept_swap(page, rita, made, first)

    assert answer.status_code == 200
    assert answer.text.lstrip().startswith('<div id="step"')
    address = reverse("review_item", args=(made.portfolio.slug, made.pk, second.pk))
    assert answer["HX-Push-Url"] == address


def test_a_step_of_review_asks_the_database_little(
    page, rita, made, django_assert_max_num_queries
):
    first, second = items(made)[:2]
    accept_swap(page, rita, made, first)
    fields = form(page, rita, made, second)
    address = ("review_item", made.portfolio.slug, made.pk, second.pk)

    with django_assert_max_num_queries(60):
        page(rita, *address, post=fields, **SWAP)


def test_back_and_skip_move_without_deciding(page, rita, made):
    first, second = items(made)[:2]
    slug = made.portfolio.slug

    skipped = page(rita, "review", slug, made.pk, query={"after": first.position}).text
    back = page(rita, "review", slug, made.pk, query={"before": second.pk}).text

    assert "Passage 2" in skipped
    assert "Passage 1" in back
    assert not Reading.objects.exists()


def test_undo_opens_the_passage_again(page, rita, made, client):
    first, second = items(made)[:2]
    accept(page, rita, made, first)

    answer = page(
        rita,
        "review_item",
        made.portfolio.slug,
        made.pk,
        second.pk,
        post={"do": "undo"},
    )

    assert "Passage 1" in client.get(answer.url).text
    first.refresh_from_db()
    assert first.state == "open"
    assert not Reading.objects.exists()


def test_undo_with_nothing_to_undo_says_so(page, rita, made):
    first = items(made)[0]
    answer = page(
        rita, "review_item", made.portfolio.slug, made.pk, first.pk, post={"do": "undo"}
    )

    assert "nothing of yours to undo" in answer.text


def test_not_capacity_development_is_one_button(page, rita, made):
    first = items(made)[0]

    accept(page, rita, made, first, do="not-cd")

    assert [str(code) for code in first.reading.codes.all()] == ["capacity:not-cd"]


def test_words_marked_and_doubt_are_kept(page, rita, made):
    first = items(made)[0]

    accept(
        page, rita, made, first, code=["modality:academy"], doubtful=["modality:academy"],
        spans=["modality:academy 0-8,12-20"], note=" Which academy? ",
    )  # fmt: skip

    code = first.reading.codes.get()
    assert (code.doubtful, code.spans) == (True, [[0, 8], [12, 20]])
    assert first.reading.note == "Which academy?"


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"code": ["modality:<script>x</script>"]}, "no code modality:&lt;script"),
        ({"code": ["nonsense"]}, "no code nonsense"),
        ({"spans": ["modality:training-of-trainers 5-99999"]}, "do not stand in"),
        ({"spans": ["modality:training-of-trainers x-y"]}, "do not stand in"),
        ({"code": ["chain:input", "chain:activity"]}, "Only one code of “Place in"),
    ],
)
def test_what_cannot_be_is_refused_and_what_was_ticked_stays(
    page, rita, made, changes, told
):
    first = items(made)[0]

    answer = accept(page, rita, made, first, note="Kept?", **changes)

    assert told in answer.text
    assert "<script>x" not in answer.text
    assert "Kept?" in answer.text
    assert not Reading.objects.exists()


def test_a_form_sent_twice_changes_nothing(page, rita, made):
    first = items(made)[0]
    accept(page, rita, made, first)

    answer = page(
        rita,
        "review_item",
        made.portfolio.slug,
        made.pk,
        first.pk,
        post={"version": "0"},
    )

    assert answer.status_code == 302
    assert Reading.objects.count() == 1


def test_the_second_of_two_is_told_and_loses_nothing(page, rita, ravi, made, client):
    first = items(made)[0]
    of_ravi = form(page, ravi, made, first)
    accept(page, rita, made, first)
    address = ("review_item", made.portfolio.slug, made.pk, first.pk)

    answer = page(
        ravi, *address, post={**of_ravi, "code": ["modality:academy"], "note": "Mine"}
    )

    assert "Rita decided on this passage while you had it open" in answer.text
    assert re.search(r'value="modality:academy"[^>]* checked', answer.text)
    assert "Mine" in answer.text
    fields = {
        "version": re.search(r'name="version" value="(\d+)"', answer.text)[1],
        "round": re.search(r'name="round" value="(\d+)"', answer.text)[1],
        "code": ["modality:academy"],
    }
    went = page(
        ravi, "review_passage", made.portfolio.slug, first.passage_id, post=fields
    )
    assert went.url == reverse("review", args=(made.portfolio.slug, made.pk))
    accepted = first.passage.codings.accepted().values_list("code", flat=True)
    assert list(accepted) == ["academy"]
    assert Reading.objects.filter(round=made).count() == 2


def test_two_at_once_do_not_get_the_same_passage(page, rita, ravi, made):
    slug = made.portfolio.slug

    for_rita = page(rita, "review", slug, made.pk).text
    for_ravi = page(ravi, "review", slug, made.pk).text

    assert "Passage 1" in for_rita
    assert "Passage 2" in for_ravi
    assert "Passage 1" in page(rita, "review", slug, made.pk).text


def test_a_passage_left_open_goes_to_another_after_a_while(page, rita, ravi, made):
    from datetime import timedelta

    page(rita, "review", made.portfolio.slug, made.pk)
    for item in made.items.exclude(claimed_at=None):
        item.claimed_at -= timedelta(hours=1)
        item.save()

    assert "Passage 1" in page(ravi, "review", made.portfolio.slug, made.pk).text


def test_unclear_asks_a_colleague_and_sets_the_passage_aside(page, rita, ravi, made):
    first = items(made)[0]
    address = (made.portfolio.slug, made.pk, first.pk)
    asked = page(rita, "review_ask", *address).text
    assert "Ravi" in asked

    answer = page(
        rita,
        "review_ask",
        *address,
        post={"asked_of": ravi.pk, "text": "Is it training?"},
    )

    assert answer.status_code == 302
    question = Comment.objects.get()
    assert (question.asked_of, question.item) == (ravi, first)
    first.refresh_from_db()
    assert first.state == "asked"
    assert "Is it training?" in page(rita, "review_item", *address).text


def test_a_question_without_words_is_asked_for_again(page, rita, ravi, made):
    first = items(made)[0]

    answer = page(
        rita, "review_ask", made.portfolio.slug, made.pk, first.pk,
        post={"asked_of": ravi.pk, "text": " "},
    )  # fmt: skip

    assert "write the question" in answer.text
    assert not Comment.objects.exists()


def test_at_the_end_the_page_says_what_is_left_and_lets_undo(page, rita, made):
    slug = made.portfolio.slug
    for item in items(made):
        accept(page, rita, made, item)

    text = page(rita, "review", slug, made.pk).text
    assert "All passages of this round are read" in text
    assert "Your pace" in text

    page(rita, "review_undo", slug, made.pk, post={})
    assert made.items.filter(state="open").count() == 1


def test_a_closed_round_takes_no_reading_and_opens_again(page, ana, rita, made):
    slug, first = made.portfolio.slug, items(made)[0]
    fields = form(page, rita, made, first)
    page(ana, "round_close", slug, made.pk, post={})

    assert "This round is closed" in page(rita, "review", slug, made.pk).text
    answer = page(rita, "review_item", slug, made.pk, first.pk, post=fields)
    assert "closed meanwhile" in answer.text
    assert not Reading.objects.exists()

    page(ana, "round_reopen", slug, made.pk, post={})
    assert "Passage 1" in page(rita, "review", slug, made.pk).text


def test_a_passage_is_reviewed_from_its_intervention(page, rita, portfolio, client):
    passage = Passage.objects.get(text__startswith="Training of trainers")
    address = ("review_passage", portfolio.slug, passage.pk)
    text = page(rita, *address).text
    assert "Training of trainers or training course" not in text

    answer = page(rita, *address, post={"version": "0", "code": ["modality:academy"]})

    where = reverse("intervention", args=(portfolio.slug, passage.intervention_id))
    assert answer.url == where
    assert "as read by Rita" in page(rita, *address).text
    assert "nothing of yours" not in page(rita, *address, post={"do": "undo"}).text
    assert not Reading.objects.exists()


@pytest.fixture
def blind(portfolio, ana, rita, ravi):
    return review.make_round(
        portfolio=portfolio, by=ana, title="Blind", order="document",
        readers=[rita, ravi], readers_per_passage=2,
    )  # fmt: skip


def test_a_blind_reader_does_not_see_the_other_before_the_round_is_over(
    page, ana, rita, ravi, blind
):
    slug = blind.portfolio.slug
    of = {i.reader: i for i in blind.items.filter(position=1)}
    accept(page, rita, blind, of[rita], code=["modality:academy"], note="Secret note")

    for text in (
        page(ravi, "review_item", slug, blind.pk, of[ravi].pk).text,
        page(ravi, "review_passage", slug, of[ravi].passage_id, **SWAP).text,
        b"".join(page(ravi, "round_readings", slug, blind.pk)).decode(),
    ):
        assert not re.search(r'class="code-row" data-code="modality:academy"', text)
        assert "Secret note" not in text
    assert page(ravi, "review_item", slug, blind.pk, of[rita].pk).status_code == 404

    accept(page, ravi, blind, of[ravi], code=["modality:training"])
    intervention, passage = of[rita].passage.intervention_id, of[rita].passage_id
    for text in (
        page(ravi, "review_item", slug, blind.pk, of[ravi].pk).text,
        page(ravi, "review_passage", slug, passage, **SWAP).text,
        page(ravi, "passage", slug, intervention, passage).text,
        b"".join(page(ravi, "round_readings", slug, blind.pk)).decode(),
    ):
        assert "Rita read it too" not in text
        assert "Secret note" not in text
    assert (
        reverse("agreement", args=[slug, blind.pk])
        not in page(ravi, "round", slug, blind.pk).text
    )

    review_rounds.close_round(review_round=blind, by=ana)
    both = page(ravi, "review_item", slug, blind.pk, of[ravi].pk).text
    assert "Rita read it too" in both
    assert b"Secret note" in b"".join(page(ravi, "round_readings", slug, blind.pk))


def test_what_blind_readers_agree_on_is_told_once_the_round_is_over(
    page, ana, rita, ravi, blind
):
    slug = blind.portfolio.slug
    of = {i.reader: i for i in blind.items.filter(position=1)}
    passage = of[rita].passage
    for reader in (rita, ravi):
        accept(page, reader, blind, of[reader], code=["modality:academy"])
    pages = [
        ("passage", [slug, passage.intervention_id, passage.pk]),
        ("intervention", [slug, passage.intervention_id]),
        ("intervention_codings", [slug, passage.intervention_id]),
    ]

    for name, args in pages:
        for person, told in ((rita, False), (ana, True)):
            answer = page(person, name, *args)
            text = (
                answer.text
                if name != "intervention_codings"
                else b"".join(answer).decode()
            )
            assert ("Academy" in text.split('id="marking"')[0]) == told, (name, person)


@pytest.mark.parametrize("language", ["fr", "es"])
def test_every_page_of_review_speaks_the_readers_language(
    page, rita, made, language, client
):
    client.cookies["django_language"] = language
    slug = made.portfolio.slug
    accept(page, rita, made, items(made)[0])
    for name, args in (
        ("rounds", [slug]), ("round_new", [slug]), ("review", [slug, made.pk]),
        ("round", [slug, made.pk]), ("review_item", [slug, made.pk, items(made)[0].pk]),
        ("review_ask", [slug, made.pk, items(made)[1].pk]),
    ):  # fmt: skip
        text = page(rita, name, *args).text
        assert f'<html lang="{language}">' in text
        assert "Suggested codes" not in text


def addresses(made):
    slug, item = made.portfolio.slug, items(made)[0]
    return [
        ("rounds", [slug], None), ("round_new", [slug], None),
        ("review", [slug, made.pk], None), ("review_item", [slug, made.pk, item.pk], None),
        ("review_item", [slug, made.pk, item.pk], {"version": "0"}),
        ("review_ask", [slug, made.pk, item.pk], None),
        ("review_passage", [slug, item.passage_id], None),
        ("review_passage_ask", [slug, item.passage_id], None),
        ("round", [slug, made.pk], None), ("round_readings", [slug, made.pk], None),
        ("round_close", [slug, made.pk], {}), ("round_reopen", [slug, made.pk], {}),
        ("round_assign", [slug, made.pk], {}), ("review_undo", [slug, made.pk], {}),
        ("review_keys", [slug], {}),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("person", "status"), [("vera", 403), ("paul", 403), ("rosa", 403), ("stefan", 404)]
)
def test_review_is_closed_to_who_may_not_review(page, made, person, status, request):
    user = request.getfixturevalue(person)

    for name, args, post in addresses(made):
        assert page(user, name, *args, post=post).status_code == status, name
    assert not Reading.objects.exists()


def test_review_of_another_portfolio_is_not_there(page, made):
    from site_fixtures import make_person, make_portfolio

    other = make_portfolio("Other")
    otto = make_person("otto@example.org", "Otto", "analyst", other)

    for name, args, post in addresses(made):
        assert page(otto, name, *args, post=post).status_code == 404, name
        if len(args) > 1:
            there = [other.slug, *args[1:]]
            assert page(otto, name, *there, post=post).status_code == 404, name


def test_a_person_of_one_country_gets_its_passages_only(page, made, portfolio):
    from site_fixtures import make_person

    sena = make_person("sena@example.org", "Sena", "reviewer", portfolio, ["SN"])
    slug = portfolio.slug
    of_senegal = made.items.get(passage__intervention__identifier="XX-2")

    assert "Ateliers de formation" in page(sena, "review", slug, made.pk).text
    for item in made.items.exclude(pk=of_senegal.pk):
        for name, args in (
            ("review_item", [slug, made.pk, item.pk]),
            ("review_ask", [slug, made.pk, item.pk]),
            ("review_passage", [slug, item.passage_id]),
        ):
            assert page(sena, name, *args).status_code == 404
    accept(page, sena, made, of_senegal)
    assert "Nothing is left for you here" in page(sena, "review", slug, made.pk).text


def test_a_code_without_marked_words_or_reason_says_no_more(page, rita, made):
    item = items(made)[0]
    item.passage.codings.update(spans=[], because="")
    text = page(rita, "review_item", made.portfolio.slug, made.pk, item.pk).text

    assert ">no words marked</span>" in text
    assert "no words marked;" not in text


def test_hostile_text_is_shown_not_run(page, rita, made):
    item = made.items.get(passage__intervention__identifier="XX-5")
    text = page(rita, "review_item", made.portfolio.slug, made.pk, item.pk).text

    assert "<script>alert" not in text
    assert "<img src=x" not in text
    assert "&lt;img src=x" in text


def test_a_reviewer_does_not_close_the_round_of_another(page, rita, made):
    slug = made.portfolio.slug

    assert page(rita, "round_close", slug, made.pk, post={}).status_code == 403
    assert page(rita, "round_assign", slug, made.pk, post={}).status_code == 403
    assert ReviewItem.objects.filter(round__closed_at=None).exists()
    assert queries.last_settling(items(made)[0].passage) is None
