"""How likely each passage of a round that learns carries the code it asks for.

The coder learns from all decisions of the portfolio, beside its lexicon. What it learns
here only puts passages in order: nothing is coded by it, so that nobody need adopt it.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from django.core.cache import cache
from django.db.models import Max, QuerySet

from capmap.coding.learned.training import TooFewDecisions, learn
from capmap.records.models import Coding, Passage, ReviewItem, ReviewRound
from capmap.records.queries.codebook import combined, lexicon_of
from capmap.records.queries.learning import examples_of
from capmap.records.queries.learning import progress_of as decisions_of
from capmap.records.queries.recoding import CHUNK, as_seen
from capmap.records.tasks import Progress

#: The coder learns anew after so many more decisions: at least, and as a part of all.
_MORE, _MORE_PART = 20, 0.05

_KEPT_FOR = 30 * 86_400

Chances = Mapping[int, float]
"""Of each passage, 0 to 1."""


class Ranking(NamedTuple):
    """How likely each passage has the code, learned from so many decisions; 0 for none."""

    chances: Chances
    learned_from: int


def ranking_of(review_round: ReviewRound, progress: Progress) -> Ranking:
    """Return the chance of each passage that is not dealt; learns anew where it pays.

    Between two lessons the chances stay as they were, so that dealing again costs
    little. As long as too little is decided, the lexicon's confidences stand instead.
    """
    key = f"ranking-{review_round.pk}"
    decisions = decisions_of(review_round.portfolio, None).passages
    known: Ranking | None = cache.get(key)
    if known is not None:
        told = known.learned_from
        if decisions < told + max(_MORE, _MORE_PART * told):
            return known
    try:
        found = Ranking(_learned(review_round, progress), decisions)
    except TooFewDecisions:
        return Ranking(confidences(review_round), 0)
    cache.set(key, found, timeout=_KEPT_FOR)
    return found


def confidences(
    review_round: ReviewRound, passages: Sequence[int] | None = None
) -> Chances:
    """Return what was said of the code, of some passages or of all that are not dealt.

    A passage that is left out was not suggested for it, or a person rejected that.
    """
    facet, _, code = review_round.question.partition(":")
    codings = Coding.objects.filter(facet=facet, code=code)
    if passages is None:
        waiting = _waiting(review_round)
        codings = codings.filter(passage__in=waiting.values("passage"))
    else:
        codings = codings.filter(passage__in=passages)
    codings = codings.exclude(status=Coding.Status.REJECTED)
    best = codings.order_by().values_list("passage").annotate(Max("confidence"))
    return dict(best)


def _learned(review_round: ReviewRound, progress: Progress) -> Chances:
    facet, _, code = review_round.question.partition(":")
    portfolio = review_round.portfolio
    lexicon = lexicon_of(portfolio)
    learned = learn(
        examples_of(portfolio), lexicon,
        progress=lambda part: progress("learning", part, 2, ""),
    )  # fmt: skip
    coder = combined(lexicon, learned.model)
    waiting = list(_waiting(review_round).values_list("passage", flat=True))
    found: dict[int, float] = {}
    for passages in _in_chunks(waiting):
        rows = coder.chances([as_seen(one) for one in passages], [(facet, code)])
        for passage, chance in zip(passages, rows[:, 0], strict=True):
            found[passage.pk] = float(chance)
        progress("learning", 1 + len(found) / max(1, len(waiting)), 2, "")
    return found


def _in_chunks(numbers: list[int]) -> Iterator[list[Passage]]:
    for start in range(0, len(numbers), CHUNK):
        some = Passage.objects.filter(pk__in=numbers[start : start + CHUNK])
        yield list(some.select_related("intervention"))


def _waiting(review_round: ReviewRound) -> "QuerySet[ReviewItem]":
    return ReviewItem.objects.filter(
        round=review_round, state=ReviewItem.State.WAITS, passage__is_current=True
    )
