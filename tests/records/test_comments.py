"""Comments, questions to colleagues, and answers that bring a passage back to review."""

import pytest
from site_fixtures import make_person, make_portfolio

from capmap.records.actions import comments
from capmap.records.models import Change, ReviewItem, ReviewRound
from capmap.records.permissions import NotAllowed
from capmap.records.queries.comments import people_to_ask, questions_for

pytestmark = pytest.mark.django_db


@pytest.fixture
def labour(portfolio):
    return portfolio.interventions.get(identifier="XX-1")


@pytest.fixture
def passage(labour):
    return labour.passages.first()


@pytest.fixture
def item(portfolio, passage):
    made = ReviewRound.objects.create(portfolio=portfolio, title="R", drawn_from=1)
    return ReviewItem.objects.create(round=made, passage=passage, position=1)


def ask(by, intervention, whom, **more):
    return comments.write(
        by=by, intervention=intervention, text="A course?", asked_of=whom, **more
    )


def test_a_comment_is_written_and_on_record(labour, paul):
    comment = comments.write(by=paul, intervention=labour, text="  See the annex. ")

    assert (comment.text, comment.written_by) == ("See the annex.", paul)
    change = Change.objects.get(record="comment", record_id=comment.pk)
    assert change.after["text"] == "See the annex."


def test_a_question_sets_its_passage_aside_until_it_is_answered(
    labour, passage, item, rita, ravi
):
    question = ask(rita, labour, ravi, passage=passage, item=item)
    item.refresh_from_db()
    assert item.state == "asked"

    answered = comments.answer(comment=question, by=ravi, answer="Yes.")

    item.refresh_from_db()
    assert item.state == "open"
    assert (answered.answer, answered.answered_by) == ("Yes.", ravi)
    assert answered.answered_at is not None


def test_an_answer_leaves_alone_what_was_read_meanwhile(
    labour, passage, item, rita, ravi
):
    question = ask(rita, labour, ravi, passage=passage, item=item)
    ReviewItem.objects.filter(pk=item.pk).update(state="read")

    comments.answer(comment=question, by=ravi, answer="Yes.")

    item.refresh_from_db()
    assert item.state == "read"


def test_the_second_answer_is_told_of_the_first(labour, rita, ravi, ana):
    question = ask(rita, labour, ravi)
    comments.answer(comment=question, by=ana, answer="Yes, I am sure.")

    with pytest.raises(comments.AlreadyAnswered) as late:
        comments.answer(comment=question, by=ravi, answer="No.")

    assert late.value.comment.answer == "Yes, I am sure."


def test_a_comment_that_asks_nobody_has_no_answer(labour, rita, ravi):
    comment = comments.write(by=rita, intervention=labour, text="Well.")

    with pytest.raises(NotAllowed):
        comments.answer(comment=comment, by=ravi, answer="Yes.")


@pytest.mark.parametrize("who", ["vera", "rosa", "stefan"])
def test_who_may_not_comment_is_refused(labour, who, request):
    with pytest.raises(NotAllowed):
        comments.write(
            by=request.getfixturevalue(who), intervention=labour, text="Hello"
        )


def test_an_officer_comments_but_answers_no_question_of_others(
    labour, rita, ravi, paul
):
    question = ask(paul, labour, rita)

    with pytest.raises(NotAllowed):
        comments.answer(comment=question, by=paul, answer="I know it myself.")


@pytest.mark.parametrize("text", ["", "  \n ", "x" * (comments.LONGEST + 1)])
def test_an_empty_or_endless_comment_is_refused(labour, rita, text):
    with pytest.raises(NotAllowed):
        comments.write(by=rita, intervention=labour, text=text)


def test_a_passage_of_another_intervention_is_refused(portfolio, labour, rita):
    other = portfolio.interventions.get(identifier="XX-2").passages.first()

    with pytest.raises(NotAllowed):
        comments.write(by=rita, intervention=labour, passage=other, text="Here")


def test_those_who_review_and_see_the_intervention_can_be_asked(
    portfolio, labour, olga, ana, rita, ravi, paul, rosa, vera, stefan
):
    make_person("piet@example.org", "Piet", "reviewer", portfolio, ["PE", "BO"])
    make_person("siv@example.org", "Siv", "reviewer", portfolio, ["SN"])
    make_person("oz@example.org", "Oz", "reviewer", make_portfolio("Elsewhere"))
    gone = make_person("gone@example.org", "Gone", "reviewer", portfolio)
    gone.is_active = False
    gone.save()

    names = [person.name for person in people_to_ask(labour, rita)]

    assert names == ["Ana", "Olga", "Piet", "Ravi"]


def test_the_role_in_the_portfolio_goes_before_the_role_in_all(portfolio, labour, rita):
    from capmap.records.models import Membership

    mixed = make_person("mixed@example.org", "Mixed", "viewer", portfolio)
    Membership.objects.create(user=mixed, role="administrator")

    assert mixed not in people_to_ask(labour, rita)


def test_who_cannot_be_asked_is_refused(labour, rita, vera):
    with pytest.raises(NotAllowed):
        ask(rita, labour, vera)
    with pytest.raises(NotAllowed):
        ask(rita, labour, rita)


def test_questions_are_sorted_by_whom_they_wait_for(portfolio, labour, rita, ravi):
    mine = ask(ravi, labour, rita)
    theirs = ask(rita, labour, ravi)
    done = ask(rita, labour, ravi)
    comments.answer(comment=done, by=ravi, answer="Yes.")

    found = questions_for(rita, portfolio)

    assert found.asked_of_you == [mine]
    assert found.asked_by_you == [theirs]
    assert found.answered == [done]


def test_questions_on_what_one_may_no_longer_see_are_left_out(
    portfolio, labour, ana, paul
):
    ask(paul, labour, ana)
    assert len(questions_for(paul, portfolio).asked_by_you) == 1
    labour.countries.update(code="BR")

    assert questions_for(paul, portfolio).asked_by_you == []


def test_who_has_no_part_has_no_questions(portfolio, stefan, vera):
    assert questions_for(stefan, portfolio).asked_of_you == []
    assert questions_for(vera, portfolio).asked_of_you == []
