"""Comment on an intervention or passage, ask a colleague, answer."""

from django.db import transaction
from django.utils import timezone

from capmap.records.actions import history
from capmap.records.models import Comment, Intervention, Passage, ReviewItem, User
from capmap.records.permissions import Access, granted, require
from capmap.records.queries.comments import people_to_ask
from capmap.records.review_dealing import settle_unit

#: Characters of a comment or answer: a page of text, not a document.
LONGEST = 5_000


class AlreadyAnswered(Exception):
    """Another person answered meanwhile; ``comment`` holds what they said."""

    def __init__(self, comment: Comment) -> None:
        super().__init__("already answered")
        self.comment = comment


@transaction.atomic
def write(
    *,
    by: User,
    intervention: Intervention,
    passage: Passage | None = None,
    text: str,
    asked_of: User | None = None,
    item: ReviewItem | None = None,
) -> Comment:
    """Write a comment; with ``asked_of`` it is a question that waits for an answer.

    An ``item`` of a review round is set aside until the question is answered.
    """
    _allowed(intervention, by)
    require(0 < len(text.strip()) <= LONGEST)
    require(passage is None or passage.intervention_id == intervention.pk)
    require(item is None or (passage is not None and item.passage_id == passage.pk))
    require(asked_of is None or asked_of in people_to_ask(intervention, by))
    comment = Comment.objects.create(
        intervention=intervention,
        passage=passage,
        text=text.strip(),
        written_by=by,
        asked_of=asked_of,
        item=item,
    )
    if item is not None and asked_of is not None:
        ReviewItem.objects.filter(pk=item.pk, state=ReviewItem.State.OPEN).update(
            state=ReviewItem.State.ASKED
        )
    history.record(
        by=by,
        action="comments.write",
        about=comment,
        portfolio=intervention.portfolio,
        after=history.fields_of(comment),
    )
    return comment


@transaction.atomic
def answer(*, comment: Comment, by: User, answer: str) -> Comment:
    """Answer a question: the one who was asked may, and whoever reviews.

    The passage comes back to the review from which it was asked. ``AlreadyAnswered``
    where another was faster.
    """
    allowed = _allowed(comment.intervention, by)
    require(comment.asked_of_id is not None)
    require(allowed.can_review or comment.asked_of_id == by.pk)
    require(0 < len(answer.strip()) <= LONGEST)
    answered = Comment.objects.filter(pk=comment.pk, answered_at=None).update(
        answer=answer.strip(), answered_by=by, answered_at=timezone.now()
    )
    before = history.fields_of(comment)
    comment = Comment.objects.select_related(
        "intervention__portfolio", "item__round"
    ).get(pk=comment.pk)
    if not answered:
        raise AlreadyAnswered(comment)
    if comment.item_id is not None:
        ReviewItem.objects.filter(
            pk=comment.item_id, state=ReviewItem.State.ASKED
        ).update(state=ReviewItem.State.OPEN)
        assert comment.item is not None
        settle_unit(comment.item.round, comment.intervention.counted_as)
    history.record(
        by=by,
        action="comments.answer",
        about=comment,
        portfolio=comment.intervention.portfolio,
        before=before,
        after=history.fields_of(comment),
    )
    return comment


def _allowed(intervention: Intervention, by: User) -> Access:
    found = granted(by, intervention.portfolio)
    require(found.can_comment and found.sees(intervention))
    return found
