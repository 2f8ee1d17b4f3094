"""Deal the next batch of a round that learns."""

from typing import Any

from capmap.records.models import Job, ReviewRound
from capmap.records.review_dealing import deal_batch, wants_more
from capmap.records.review_ranking import ranking_of
from capmap.records.tasks import Progress


def deal(job: Job, progress: Progress) -> dict[str, Any]:
    """Learn from what was decided, and put the next units of a round before readers."""
    review_round = ReviewRound.objects.filter(pk=job.about["round"]).first()
    if review_round is None or not wants_more(review_round):
        return {"dealt": 0}
    ranking = ranking_of(review_round, progress)
    dealt = deal_batch(review_round, ranking.chances)
    return {"dealt": dealt, "learned_from": ranking.learned_from}
