"""Correcting facts on a page, alone and at once with another; comments and questions."""

import json

import pytest

from capmap.records.actions import comments
from capmap.records.models import Comment

pytestmark = pytest.mark.django_db


@pytest.fixture
def labour(portfolio):
    return portfolio.interventions.get(identifier="XX-1")


@pytest.fixture
def opened(page, portfolio, labour):
    """Open the form as a person and return what it would send."""

    def open_as(person):
        response = page(person, "intervention_edit", portfolio.slug, labour.pk)
        form = response.context["form"]
        sent = {}
        for field in form:
            value = field.value()
            if isinstance(value, list):
                for number, row in enumerate(value):
                    for column, cell in row.items():
                        sent[f"{field.name}-{number}-{column}"] = cell
            elif value not in (None, False):
                sent[field.name] = str(value)
        return sent

    return open_as


@pytest.fixture
def save(page, portfolio, labour):
    def save_as(person, sent):
        return page(person, "intervention_edit", portfolio.slug, labour.pk, post=sent)

    return save_as


def text(response):
    return response.content.decode()


def test_a_form_sent_as_it_was_opened_changes_nothing(opened, save, ana, labour):
    response = save(ana, opened(ana))

    assert response.status_code == 302
    labour.refresh_from_db()
    assert labour.edited_fields == []


def test_facts_are_corrected_as_people_write_them(opened, save, ana, labour):
    sent = opened(ana) | {
        "title": "Inspection",
        "status": "2",
        "ends_on": "2012-06-30",
        "countries-0-country": "Pérou",
        "countries-0-percentage": "60",
        "countries-1-country": "br",
        "countries-1-percentage": "40 %",
        "sectors-0-code": "16070",
        "sectors-0-percentage": "",
        "budget_amount": "1,500,000",
        "budget_currency": "eur",
    }

    save(ana, sent)

    labour.refresh_from_db()
    assert (labour.title, labour.status) == ("Inspection", "2")
    assert [(c.code, c.percentage) for c in labour.countries.order_by("pk")] == [
        ("PE", 60.0),
        ("BR", 40.0),
    ]
    assert labour.sectors == [{"code": "16070", "percentage": None}]
    assert (labour.budget_amount, labour.budget_currency) == (1_500_000.0, "EUR")


def test_an_emptied_row_is_taken_away(opened, save, ana, labour):
    save(
        ana,
        opened(ana)
        | {
            "organisations-0-role": "",
            "organisations-0-name": "",
            "organisations-0-ref": "",
        },
    )

    labour.refresh_from_db()
    assert labour.organisations == []


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"title": ""}, "title"),
        ({"kind": "nonsense"}, "kind"),
        ({"starts_on": "2012-02-31"}, "starts_on"),
        ({"ends_on": "2001-01-01"}, "ends_on"),
        ({"countries-0-country": "Narnia"}, "countries"),
        ({"countries-0-percentage": "120"}, "countries"),
        ({"countries-1-country": "Peru", "countries-1-percentage": ""}, "countries"),
        ({"countries-0-percentage": "70", "countries-1-country": "BR",
          "countries-1-percentage": "70"}, "countries"),
        ({"organisations-0-name": ""}, "organisations"),
        ({"sectors-0-code": "", "sectors-0-percentage": "10"}, "sectors"),
        ({"sectors-0-code": "a\0b", "sectors-0-percentage": ""}, "sectors"),
        ({"budget_amount": "a lot"}, "budget_amount"),
        ({"budget_amount": "-5"}, "budget_amount"),
        ({"budget_amount": ""}, "budget_amount"),
        ({"budget_currency": "EURO"}, "budget_currency"),
        ({"budget_currency": ""}, "budget_currency"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_beside_its_field_and_kept(
    opened, save, ana, labour, sent, field
):
    response = save(ana, opened(ana) | sent)

    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    for value in sent.values():
        if value and "\0" not in value:
            assert value in text(response)
    labour.refresh_from_db()
    assert labour.version == 1


def test_a_source_whose_percentages_do_not_add_up_can_still_be_corrected(
    opened, save, ana, labour
):
    labour.countries.create(code="BR", percentage=80)
    labour.countries.filter(code="PE").update(percentage=80)

    response = save(ana, opened(ana) | {"title": "Other"})

    assert response.status_code == 302


def test_the_second_to_save_sees_theirs_yours_and_as_it_was(
    opened, save, ana, paul, labour
):
    hers, his = opened(ana), opened(paul)
    save(ana, hers | {"title": "Hers", "countries-0-percentage": "90"})

    response = save(paul, his | {"title": "His", "budget_amount": "7"})

    assert response.status_code == 409
    shown = {d.name: d for d in response.context["differences"]}
    assert set(shown) == {"title", "countries", "budget"}
    assert (shown["title"].was, shown["title"].theirs, shown["title"].yours) == (
        "Labour inspection for Peru",
        "Hers",
        "His",
    )
    assert shown["title"].is_contested
    # What only one of them touched stands as that one has it.
    assert (shown["countries"].choice, shown["budget"].choice) == ("theirs", "yours")
    assert "Ana saved this intervention" in text(response)
    labour.refresh_from_db()
    assert labour.title == "Hers"


def test_either_can_be_taken_field_by_field_and_nothing_is_lost(
    opened, save, ana, paul, labour
):
    hers, his = opened(ana), opened(paul)
    save(ana, hers | {"title": "Hers", "countries-0-percentage": "90"})
    typed = his | {"title": "His", "budget_amount": "7"}
    form = save(paul, typed).context["form"]

    response = save(
        paul,
        typed
        | {
            "version": form["version"].value(),
            "was": form["was"].value(),
            "take-title": "theirs",
            "take-countries": "theirs",
            "take-budget": "yours",
        },
    )

    assert response.status_code == 302
    labour.refresh_from_db()
    assert (labour.title, labour.budget_amount) == ("Hers", 7.0)
    assert labour.countries.get().percentage == 90
    assert labour.version == 3


def test_a_third_person_who_saves_between_is_told_of_too(
    opened, save, ana, olga, paul, labour
):
    hers, olgas, his = opened(ana), opened(olga), opened(paul)
    save(ana, hers | {"title": "Hers"})
    form = save(paul, his | {"title": "His"}).context["form"]
    olgas |= {"version": "2", "was": form["was"].value(), "title": "Olga’s"}
    save(olga, olgas)

    again = his | {
        "title": "His",
        "version": form["version"].value(),
        "was": form["was"].value(),
        "take-title": "theirs",
    }
    response = save(paul, again)

    assert response.status_code == 409
    (title,) = response.context["differences"]
    assert (title.was, title.theirs, title.yours) == ("Hers", "Olga’s", "His")
    assert title.choice == "theirs"


def test_two_who_save_the_same_have_nothing_to_choose(opened, save, ana, paul, labour):
    hers, his = opened(ana), opened(paul)
    save(ana, hers | {"title": "The same"})

    assert save(paul, his | {"title": "The same"}).status_code == 302


@pytest.mark.parametrize(
    "was", ["", "{", "[]", "null", '"x"', json.dumps({"title": 1})]
)
def test_a_form_that_lost_how_it_was_still_shows_the_difference(
    opened, save, ana, paul, was
):
    hers, his = opened(ana), opened(paul)
    save(ana, hers | {"title": "Hers"})

    response = save(paul, his | {"title": "<script>His", "was": was})

    assert response.status_code == 409
    assert "<script>His" not in text(response)
    assert "&lt;script&gt;His" in text(response)


def test_an_officer_is_told_before_an_intervention_leaves_their_sight(
    opened, save, paul, labour
):
    sent = opened(paul) | {"countries-0-country": "Brazil"}

    response = save(paul, sent)
    assert "you would no longer see this intervention" in text(response)
    assert 'name="out_of_sight"' in text(response)

    assert save(paul, sent | {"out_of_sight": "on"}).status_code == 302
    assert labour.countries.get().code == "BR"


def test_a_corrected_fact_is_given_back(page, opened, save, ana, portfolio, labour):
    save(ana, opened(ana) | {"budget_amount": "7"})
    shown = text(page(ana, "intervention_edit", portfolio.slug, labour.pk))
    assert "Give “Budget” back to the source" in shown

    args = ("intervention_give_back", portfolio.slug, labour.pk)
    page(ana, *args, post={"name": "budget", "version": "2"})

    labour.refresh_from_db()
    assert labour.budget_amount == 2_400_000.0
    assert page(ana, *args, post={"name": "budget", "version": "3"}).status_code == 404
    assert page(ana, *args, post={"name": "portfolio_id"}).status_code == 404


def test_giving_back_what_another_changed_meanwhile_is_told(
    page, opened, save, ana, portfolio, labour
):
    save(ana, opened(ana) | {"title": "Other"})

    page(
        ana, "intervention_give_back", portfolio.slug, labour.pk,
        post={"name": "title", "version": "1"},
    )  # fmt: skip

    labour.refresh_from_db()
    assert labour.title == "Other"


@pytest.mark.parametrize("name", ["intervention_edit", "intervention_give_back"])
@pytest.mark.parametrize(
    ("who", "status"), [("rita", 403), ("vera", 403), ("rosa", 403), ("stefan", 404)]
)
def test_who_may_not_correct_sees_no_form(
    page, request, portfolio, labour, name, who, status
):
    person = request.getfixturevalue(who)

    answer = page(person, name, portfolio.slug, labour.pk, post={"title": "Mine"})

    assert answer.status_code == status


def test_an_officer_edits_nothing_of_another_country(page, paul, portfolio):
    senegal = portfolio.interventions.get(identifier="XX-2")

    answer = page(paul, "intervention_edit", portfolio.slug, senegal.pk)

    assert answer.status_code == 404


def test_a_comment_stands_on_the_page_as_plain_text(page, paul, portfolio, labour):
    args = (portfolio.slug, labour.pk)
    page(
        paul, "comment_write", *args,
        post={"text": "<script>alert(3)</script>\nSecond line"},
    )  # fmt: skip

    shown = text(page(paul, "intervention", *args))

    assert "&lt;script&gt;alert(3)&lt;/script&gt;<br>Second line" in shown
    assert "<script>alert(3)" not in shown


def test_a_question_on_a_passage_reaches_its_reader_and_is_answered(
    page, rita, ravi, portfolio, labour
):
    passage = labour.passages.first()
    args = (portfolio.slug, labour.pk)
    page(
        rita, "comment_write", *args,
        post={"text": "A course?", "asked_of": ravi.pk, "passage": passage.pk},
    )  # fmt: skip
    question = Comment.objects.get()
    assert (question.passage, question.asked_of) == (passage, ravi)
    assert "A course?" in text(page(ravi, "questions", portfolio.slug))
    assert "A course?" in text(page(rita, "questions", portfolio.slug))
    assert "A course?" in text(page(rita, "passage", *args, passage.pk))

    page(ravi, "comment_answer", *args, question.pk, post={"answer": "Yes."})

    assert "Yes." in text(page(rita, "passage", *args, passage.pk))
    assert "No question waits" in text(page(ravi, "questions", portfolio.slug))


def test_a_late_answer_is_not_lost(page, rita, ravi, ana, portfolio, labour):
    question = comments.write(
        by=rita, intervention=labour, text="A course?", asked_of=ravi
    )
    comments.answer(comment=question, by=ana, answer="Yes.")
    args = (portfolio.slug, labour.pk)

    page(ravi, "comment_answer", *args, question.pk, post={"answer": "No, never"})

    shown = text(page(ravi, "intervention", *args))
    assert "Ana answered while you wrote" in shown
    assert "No, never" in shown
    question.refresh_from_db()
    assert question.answer == "Yes."


@pytest.mark.parametrize(
    "post",
    [{"text": ""}, {"text": "x" * 5001}, {"text": "a", "asked_of": "999999"},
     {"text": "a", "asked_of": "'"}],
)  # fmt: skip
def test_a_comment_that_cannot_be_is_told_beside_its_field(
    page, rita, portfolio, labour, post
):
    response = page(rita, "comment_write", portfolio.slug, labour.pk, post=post)

    assert response.context["comment_form"].errors
    assert not Comment.objects.exists()


@pytest.mark.parametrize("passage", ["x", "999999", "1" * 30])
def test_a_comment_on_a_passage_that_is_not_there_is_refused(
    page, rita, portfolio, labour, passage
):
    post = {"text": "a", "passage": passage}

    answer = page(rita, "comment_write", portfolio.slug, labour.pk, post=post)

    assert answer.status_code == 404


@pytest.mark.parametrize(
    ("who", "status"), [("vera", 403), ("rosa", 403), ("stefan", 404)]
)
def test_who_may_not_comment_is_refused_on_every_page(
    page, request, portfolio, labour, rita, ravi, who, status
):
    question = comments.write(by=rita, intervention=labour, text="?", asked_of=ravi)
    person = request.getfixturevalue(who)
    args = (portfolio.slug, labour.pk)

    for answer in (
        page(person, "comment_write", *args, post={"text": "a"}),
        page(person, "comment_answer", *args, question.pk, post={"answer": "a"}),
        page(person, "questions", portfolio.slug),
    ):
        assert answer.status_code == status
    assert Comment.objects.count() == 1


def test_an_answer_leads_back_to_this_site_only(page, rita, ravi, portfolio, labour):
    question = comments.write(by=rita, intervention=labour, text="?", asked_of=ravi)

    response = page(
        ravi, "comment_answer", portfolio.slug, labour.pk, question.pk,
        post={"answer": "Yes.", "next": "https://evil.example/"},
    )  # fmt: skip

    assert response.url.startswith("/portfolios/")
