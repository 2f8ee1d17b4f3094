"""Read a passage: what a person finds is kept, and settles what counts. Undo takes it back."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from django.db import transaction
from django.utils import timezone

from capmap.frameworks.codebook import Codebook
from capmap.records import review_dealing
from capmap.records.actions import history
from capmap.records.actions.review_rounds import make_round as make_round
from capmap.records.models import (
    Coder,
    Coding,
    Passage,
    Portfolio,
    Reading,
    ReadingCode,
    ReviewItem,
    ReviewRound,
    User,
)
from capmap.records.permissions import Access, granted, require
from capmap.records.queries import review as reads
from capmap.records.queries.codebook import codebook_of
from capmap.records.review_queue import may_read


class Given(NamedTuple):
    """A code that a person gives, with the words they marked for it, if any."""

    facet: str
    code: str
    doubtful: bool = False
    spans: Sequence[Sequence[int]] = ()


class Refused(Exception):
    """A reading cannot be kept or taken back; ``reason`` is a key of ``site_review.yaml``."""

    def __init__(self, reason: str, **values: object) -> None:
        super().__init__(reason)
        self.reason = reason
        self.values = values


class Overtaken(Exception):
    """Another person decided on the passage meanwhile: ``reading`` says what they found."""

    def __init__(self, reading: Reading | None) -> None:
        super().__init__("overtaken")
        self.reading = reading


@transaction.atomic
def finish(
    *,
    by: User,
    passage: Passage,
    item: ReviewItem | None = None,
    review_round: ReviewRound | None = None,
    codes: Iterable[tuple[str, str, bool, Sequence[Sequence[int]]]],
    note: str = "",
    seconds: int | None = None,
    version: int = 0,
) -> Reading:
    """Keep what a person found in a passage, and settle its codings.

    Where two read blind, nothing is settled before both have read: if they found the
    same codes, that is settled; else a third person decides. ``version`` is that of
    ``queries.review.version_of`` when the passage was opened: ``Overtaken`` if another
    decided since. A reading outside an item may still belong to a round.
    """
    portfolio = passage.intervention.portfolio
    allowed = granted(by, portfolio)
    require(allowed.can_review and allowed.sees(passage.intervention))
    Passage.objects.select_for_update().get(pk=passage.pk)
    if item is not None:
        item = _open_item(item, passage, allowed)
        review_round = item.round
    elif reads.blind_item(passage, by) is not None:
        raise Refused("read_it_blind")
    blind = item is not None and item.round.is_blind
    if not blind and reads.version_of(passage) != version:
        raise Overtaken(reads.last_settling(passage))
    given = _checked(codes, passage, portfolio)
    reading = Reading.objects.create(
        round=review_round, item=item, passage=passage, reader=by, note=note.strip(),
        seconds=seconds, read_at=timezone.now(),
    )  # fmt: skip
    ReadingCode.objects.bulk_create(
        ReadingCode(reading=reading, facet=g.facet, code=g.code, doubtful=g.doubtful,
                    spans=[list(span) for span in g.spans])
        for g in given
    )  # fmt: skip
    if item is not None:
        ReviewItem.objects.filter(pk=item.pk).update(state=ReviewItem.State.READ)
    if not blind or _both_found_the_same(reading):
        settle(reading, by=by)
    if review_round is not None and review_round.learns:
        review_dealing.settle_unit(review_round, passage.intervention.counted_as)
        review_dealing.start_if_few(review_round, by)
    _write_down(reading, "review.finish", given, portfolio, by, secret=blind)
    return reading


@transaction.atomic
def settle(reading: Reading, *, by: User) -> None:
    """Make the codings of a passage say what a reading found.

    What the reading holds is accepted, all else rejected. A code that no coder gave, or
    for which other words were marked, becomes a coding of the reader. How it was before
    is kept with the reading. Who calls this puts the reading on record.
    """
    passage = reading.passage
    portfolio = passage.intervention.portfolio
    allowed = granted(by, portfolio)
    require(allowed.can_review and allowed.sees(passage.intervention))
    given = {(code.facet, code.code): code for code in reading.codes.all()}
    codings = list(
        Coding.objects.select_for_update(of=("self",))
        .select_related("coder")
        .filter(passage=passage)
        .order_by("pk")
    )
    changed, before = [], []
    for coding in codings:
        was = history.fields_of(coding, _DECIDED)
        if _decide(coding, given, reading, by):
            changed.append(coding)
            before.append({"id": coding.pk, **was})
    Coding.objects.bulk_update(changed, [n.removesuffix("_id") for n in _DECIDED])
    made = Coding.objects.bulk_create(_own(codings, given, reading, by))
    reading.before = {
        "is_read": passage.is_read,
        "codings": before,
        "made": [coding.pk for coding in made],
    }
    reading.save(update_fields=["before"])
    Passage.objects.filter(pk=passage.pk).update(is_read=True)
    passage.is_read = True
    portfolio.touch()


@transaction.atomic
def undo(*, reading: Reading, by: User) -> ReviewItem | None:
    """Take one's own reading back: codings are as before it, and its item is open again.

    A decision between two readers may be taken back by any analyst. Refused where
    someone decided on the passage since. Gives the item, if it had one.
    """
    passage = reading.passage
    portfolio = passage.intervention.portfolio
    allowed = granted(by, portfolio)
    require(allowed.can_review)
    of_analysts = reading.is_adjudication and allowed.can_analyse
    require(reading.reader_id == by.pk or of_analysts)
    Passage.objects.select_for_update().get(pk=passage.pk)
    if (since := _decided_since(reading)) is not None:
        raise Refused("decided_since", name=str(since))
    secret = reading.round is not None and reading.round.is_blind
    codes = reading.codes.all()
    _write_down(reading, "review.undo", codes, portfolio, by, secret=secret, back=True)
    if reading.before:
        _bring_back(reading)
        portfolio.touch()
    item = reading.item
    reading.delete()
    if item is not None:
        item.state = ReviewItem.State.OPEN
        item.save(update_fields=["state"])
        review_dealing.settle_unit(item.round, passage.intervention.counted_as)
    return item


_DECIDED = ["status", "doubtful", "spans", "decided_by_id", "decided_at"]


def _open_item(item: ReviewItem, passage: Passage, allowed: Access) -> ReviewItem:
    item = (
        ReviewItem.objects.select_for_update(of=("self",))
        .select_related("round")
        .get(pk=item.pk)
    )
    require(item.passage_id == passage.pk and item.reader_id in (None, allowed.user.pk))
    require(may_read(item.round, allowed))
    if item.round.closed_at is not None:
        raise Refused("round_closed")
    if item.state == ReviewItem.State.READ:
        raise Overtaken(reads.reading_of(item))
    return item


def _checked(
    codes: Iterable[tuple[str, str, bool, Sequence[Sequence[int]]]],
    passage: Passage,
    portfolio: Portfolio,
) -> list[Given]:
    """Refuse codes that cannot be, and two of a facet that holds one; not-cd stands alone."""
    given = {(code[0], code[1]): Given(*code) for code in codes}
    if reads.NOT_CAPACITY in given:
        return [given[reads.NOT_CAPACITY]]
    codebook = codebook_of(portfolio)
    for one in given.values():
        if not _is_known(codebook, one, passage):
            raise Refused("unknown_code", code=f"{one.facet}:{one.code}")
        for span in one.spans:
            if len(span) != 2 or not 0 <= span[0] < span[1] <= len(passage.text):
                raise Refused("words_not_there")
        facet = codebook.facets.get(one.facet)
        if facet is not None and not facet.several:
            rivals = [other for other in given.values() if other.facet == one.facet]
            if len(rivals) > 1:
                raise Refused("one_code_only", facet=one.facet)
    return list(given.values())


def _is_known(codebook: Codebook, one: Given, passage: Passage) -> bool:
    facet = codebook.facets.get(one.facet)
    return (facet is not None and one.code in facet.codes) or Coding.objects.filter(
        passage=passage, facet=one.facet, code=one.code
    ).exists()


def _both_found_the_same(reading: Reading) -> bool:
    others = Reading.objects.filter(
        round=reading.round_id, passage=reading.passage_id, is_adjudication=False
    ).exclude(pk=reading.pk)
    found = [set(r.codes.values_list("facet", "code")) for r in (*others, reading)]
    return len(found) == 2 and found[0] == found[1]


def _decide(
    coding: Coding,
    given: dict[tuple[str, str], ReadingCode],
    reading: Reading,
    by: User,
) -> bool:
    """Accept or reject a coding as the reading says; true if that changes it."""
    code = given.get((coding.facet, coding.code))
    status = Coding.Status.ACCEPTED if code else Coding.Status.REJECTED
    doubtful = code.doubtful if code else coding.doubtful
    spans = coding.spans
    if code and code.spans and coding.coder.user_id == reading.reader_id:
        spans = code.spans
    if (coding.status, coding.doubtful, coding.spans) == (status, doubtful, spans):
        return False
    coding.status, coding.doubtful, coding.spans = status, doubtful, spans
    coding.decided_by, coding.decided_at = by, reading.read_at
    return True


def _own(
    codings: list[Coding],
    given: dict[tuple[str, str], ReadingCode],
    reading: Reading,
    by: User,
) -> list[Coding]:
    """Return the codings of the reader: what nobody gave, or with words marked anew."""
    there: dict[tuple[str, str], list[Coding]] = {}
    for coding in codings:
        there.setdefault((coding.facet, coding.code), []).append(coding)
    missing = []
    for key, code in given.items():
        same = there.get(key, [])
        is_mine = any(c.coder.user_id == reading.reader_id for c in same)
        marked_anew = bool(code.spans) and all(c.spans != code.spans for c in same)
        if not is_mine and (not same or marked_anew):
            missing.append(code)
    if not missing:
        return []
    coder, _ = Coder.objects.get_or_create(
        kind=Coder.Kind.PERSON,
        user=reading.reader,
        defaults={"name": str(reading.reader)},
    )
    return [
        Coding(
            passage=reading.passage, facet=code.facet, code=code.code, coder=coder,
            confidence=1.0, doubtful=code.doubtful, spans=code.spans,
            status=Coding.Status.ACCEPTED, decided_by=by, decided_at=reading.read_at,
        )
        for code in missing
    ]  # fmt: skip


def _decided_since(reading: Reading) -> User | None:
    """Return who decided on the passage after a reading, so that it cannot be undone."""
    later = Reading.objects.filter(
        passage=reading.passage_id, pk__gt=reading.pk
    ).select_related("reader")
    if reading.round is not None and reading.round.is_blind:
        later = later.filter(round=reading.round_id)
    else:
        later = later.exclude(before={})
    if (found := later.order_by("-pk").first()) is not None:
        return found.reader
    decided = Coding.objects.filter(
        passage=reading.passage_id, decided_at__gt=reading.read_at
    ).select_related("decided_by")
    coding = decided.first() if reading.before else None
    return coding.decided_by if coding is not None else None


def _bring_back(reading: Reading) -> None:
    before: dict[str, Any] = reading.before
    codings = {c.pk: c for c in Coding.objects.filter(passage=reading.passage_id)}
    restored = []
    for was in before["codings"]:
        # Machines replace only what nobody decided, so what was decided is still there.
        if (coding := codings.get(was["id"])) is not None:
            for name in _DECIDED:
                setattr(coding, name, was[name])
            coding.decided_at = Coding._meta.get_field("decided_at").to_python(
                was["decided_at"]
            )
            restored.append(coding)
    Coding.objects.bulk_update(restored, [n.removesuffix("_id") for n in _DECIDED])
    Coding.objects.filter(pk__in=before["made"]).delete()
    Passage.objects.filter(pk=reading.passage_id).update(is_read=before["is_read"])


def _write_down(
    reading: Reading,
    action: str,
    codes: "Iterable[Given | ReadingCode]",
    portfolio: Portfolio,
    by: User,
    *,
    secret: bool = False,
    back: bool = False,
) -> None:
    """Put a reading on record; without its codes where another must not see them yet."""
    found: dict[str, Any] = {"reading": reading.pk}
    if not secret:
        found["codes"] = sorted(f"{code.facet}:{code.code}" for code in codes)
    history.record(
        by=by,
        action=action,
        about=reading.passage,
        portfolio=portfolio,
        before=found if back else None,
        after=None if back else found,
    )
