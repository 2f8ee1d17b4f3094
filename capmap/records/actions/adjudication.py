"""A third person decides where two readers differ; and takes that back."""

from collections.abc import Collection

from django.db import transaction

from capmap.records.actions import history, review
from capmap.records.models import Passage, Reading, ReadingCode, ReviewRound, User
from capmap.records.permissions import Access, granted, require
from capmap.records.queries import agreement
from capmap.records.queries.agreement import Code, Pair
from capmap.records.queries.codebook import codebook_of


class Refused(Exception):
    """A decision cannot be kept; ``reason`` is a key of ``site_agreement.yaml``."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@transaction.atomic
def settle(
    *,
    review_round: ReviewRound,
    passage: Passage,
    by: User,
    codes: Collection[Code],
    note: str,
    instead_of: int | None = None,
) -> Reading:
    """Keep what an adjudicator decided for a passage; the passage's codings follow.

    ``instead_of`` is the earlier decision that the adjudicator had before them, if any:
    another one in its place is refused as "decided_meanwhile".
    """
    allowed = _adjudicator(review_round, by)
    # One decision at a time in a round.
    ReviewRound.objects.select_for_update().get(pk=review_round.pk)
    pair = _pair(allowed, review_round, passage)
    if (pair.decided.pk if pair.decided else None) != instead_of:
        raise Refused("decided_meanwhile")
    _check(allowed, codes)
    if pair.decided is not None:
        review.undo(reading=pair.decided, by=by)
    reading = Reading.objects.create(
        round=review_round, passage=passage, reader=by, note=note, is_adjudication=True
    )
    ReadingCode.objects.bulk_create(
        ReadingCode(
            reading=reading, facet=facet, code=code, spans=_words(pair, (facet, code))
        )
        for facet, code in sorted(set(codes))
    )
    review.settle(reading, by=by)
    history.record(
        by=by,
        action="adjudication.settle",
        about=reading,
        portfolio=review_round.portfolio,
        after={"codes": sorted(":".join(code) for code in set(codes)), "note": note},
    )
    return reading


@transaction.atomic
def undo(*, review_round: ReviewRound, passage: Passage, by: User) -> Reading | None:
    """Take the decision on a passage back, with what it did to the passage's codings.

    Return the decision that was taken back, if there was one.
    """
    allowed = _adjudicator(review_round, by)
    pair = _pair(allowed, review_round, passage)
    if pair.decided is None:
        return None
    codes = sorted(":".join(code) for code in pair.given(pair.decided))
    history.record(
        by=by,
        action="adjudication.undo",
        about=pair.decided,
        portfolio=review_round.portfolio,
        before={"codes": codes, "note": pair.decided.note},
    )
    review.undo(reading=pair.decided, by=by)
    return pair.decided


def _adjudicator(review_round: ReviewRound, by: User) -> Access:
    allowed = granted(by, review_round.portfolio)
    require(agreement.may_adjudicate(allowed, review_round))
    return allowed


def _pair(allowed: Access, review_round: ReviewRound, passage: Passage) -> Pair:
    found = agreement.pairs(allowed, review_round, passage=passage)
    if not found:
        raise Refused("not_read_by_both")
    return found[0]


def _check(allowed: Access, codes: Collection[Code]) -> None:
    """Refuse codes that the codebook does not know, and two where a facet takes one."""
    book = codebook_of(allowed.portfolio)
    seen: set[str] = set()
    for facet, code in set(codes):
        known = book.facets.get(facet)
        if known is None or code not in known.codes:
            raise Refused("unknown_code")
        if not known.several and facet in seen:
            raise Refused("only_one")
        seen.add(facet)


def _words(pair: Pair, code: Code) -> list[list[int]]:
    """Return the words that either reader marked for a code."""
    marked = {
        (start, end)
        for reading in (pair.first, pair.second)
        if code in pair.given(reading)
        for start, end in pair.given(reading)[code].spans
    }
    return [list(span) for span in sorted(marked)]
