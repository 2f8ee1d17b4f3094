"""Which passage a person reads next, found without looking through those of others.

Where readers are named, each has a queue of their own. Where nobody is, whoever comes
takes the first open passage that no other has before them: opening it is a claim that
lapses after some minutes. A claim decides nothing, so it is not put on record.

A round that learns is read in the order in which it is dealt; where nothing is open, a
unit is drawn on the spot.
"""

from datetime import timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from capmap.records.models import (
    Intervention,
    ReviewItem,
    ReviewRound,
    User,
)
from capmap.records.permissions import Access
from capmap.records.review_dealing import draw_now

#: How long an opened passage is left to the one who opened it.
CLAIMED_FOR = timedelta(minutes=10)

#: Passages looked at together: those that an import replaced are passed over.
_AT_A_TIME = 8


def may_read(review_round: ReviewRound, access: Access) -> bool:
    """Whether a round is open to a person: none is named, or they are among the named."""
    if not access.can_review or review_round.portfolio_id != access.portfolio.pk:
        return False
    readers = {reader.pk for reader in review_round.readers.all()}
    return not readers or access.user.pk in readers


def items_for(review_round: ReviewRound, access: Access) -> QuerySet[ReviewItem]:
    """Return the items of a round that a person may open: theirs, and those of nobody."""
    mine = Q(reader=access.user) | Q(reader=None)
    return _seen(ReviewItem.objects.filter(mine, round=review_round), access)


def next_item(
    review_round: ReviewRound, access: Access, *, after: int = 0
) -> ReviewItem | None:
    """Return the open item after a number; from the start again where none is left.

    What another has open is left to them, unless nothing else remains.
    """
    found = _next_open(review_round, access, after, spares_others=True)
    if found is None and review_round.learns and draw_now(review_round, access):
        found = _next_open(review_round, access, after, spares_others=True)
    return found or _next_open(review_round, access, after, spares_others=False)


def _next_open(
    review_round: ReviewRound, access: Access, after: int, *, spares_others: bool
) -> ReviewItem | None:
    still_claimed = Q(claimed_at__gt=timezone.now() - CLAIMED_FOR) & ~Q(
        claimed_by=access.user
    )
    of_nobody = Q(reader=None)
    for wanted, but in (
        (Q(reader=access.user), None),
        (of_nobody, still_claimed if spares_others else None),
    ):
        items = _seen(
            ReviewItem.objects.filter(wanted, round=review_round, state="open"), access
        )
        if but is not None:
            items = items.exclude(but)
        by = review_round.numbered_by
        found = _first(items, after, by) or (_first(items, 0, by) if after else None)
        if found is not None:
            return found
    return None


def item_before(item: ReviewItem, access: Access) -> ReviewItem | None:
    """Return the item before this one, read or not."""
    by = item.round.numbered_by
    return (
        items_for(item.round, access)
        .filter(**{f"{by}__lt": item.number})
        .exclude(state=ReviewItem.State.SPARED)
        .order_by(f"-{by}")
        .first()
    )


def claim(item: ReviewItem, user: User) -> None:
    """Say that a person has an item of nobody open, so that others start elsewhere."""
    if item.reader_id is None and item.state == ReviewItem.State.OPEN:
        lapsed = timezone.now() - CLAIMED_FOR
        free = Q(claimed_by=None) | Q(claimed_by=user) | Q(claimed_at__lt=lapsed)
        ReviewItem.objects.filter(free, pk=item.pk).update(
            claimed_by=user, claimed_at=timezone.now()
        )


def _seen(items: QuerySet[ReviewItem], access: Access) -> QuerySet[ReviewItem]:
    if access.countries:
        inside = Intervention.objects.within(list(access.countries))
        items = items.filter(passage__intervention__in=inside)
    return items.select_related("passage__intervention")


def _first(items: QuerySet[ReviewItem], after: int, by: str) -> ReviewItem | None:
    while True:
        following = items.filter(**{f"{by}__gt": after}).order_by(by)
        some = list(following[:_AT_A_TIME])
        for item in some:
            if item.passage.is_current and item.passage.intervention.is_current:
                return item
        if len(some) < _AT_A_TIME:
            return None
        after = some[-1].number
