"""What a person sees of a passage that they are to read."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet

from capmap.frameworks.codebook import OF_ANY_PASSAGE, Codebook
from capmap.records.models import (
    Coding,
    Comment,
    Passage,
    Reading,
    ReviewItem,
    ReviewRound,
    User,
)

#: The order in which codes are put to a reader: what the passage does, for whom, where
#: it belongs. Facets that are not named here follow in the order of the codebook.
_ORDER = (
    "capacity",
    "modality",
    "level",
    "constituent",
    "target",
    "beneficiary",
    "partner",
)

NOT_CAPACITY = ("capacity", "not-cd")


@dataclass(slots=True)
class Row:
    """A code put to a reader, with the words and the coders that speak for it."""

    facet: str
    code: str
    codings: list[Coding]
    spans: list[list[int]]
    marked: list[list[int]]  # by the reader, anew
    ticked: bool = False
    doubtful: bool = False  # as the reader says
    number: int = 0

    @property
    def name(self) -> str:
        return f"{self.facet}:{self.code}"

    @property
    def confidence(self) -> float:
        return max((c.confidence for c in self.codings), default=1.0)

    @property
    def is_suggested_in_doubt(self) -> bool:
        return bool(self.codings) and all(c.doubtful for c in self.codings)

    @property
    def because(self) -> str:
        return next((c.because for c in self.codings if c.because), "")


def rows_of(
    passage: Passage,
    codebook: Codebook,
    *,
    reading: Reading | None = None,
    blind: bool = False,
) -> list[Row]:
    """Return the codes to decide on, those ticked that stand so far.

    With ``reading``, ticked is what it gave. Blind, only machines speak, and as if
    nobody had decided yet.
    """
    codings = Coding.objects.filter(passage=passage).select_related("coder")
    rows: dict[tuple[str, str], Row] = {}
    for coding in codings.order_by("pk"):
        by_person = coding.coder.kind == "person"
        if by_person and (blind or coding.status == Coding.Status.REJECTED):
            continue
        key = (coding.facet, coding.code)
        row = rows.setdefault(key, Row(*key, [], [], []))
        row.codings.append(coding)
        row.spans = _joined([*row.spans, *coding.spans])
        if blind or coding.status == Coding.Status.SUGGESTED:
            row.ticked |= not coding.doubtful
        else:
            row.ticked |= coding.status == Coding.Status.ACCEPTED
            row.doubtful |= coding.doubtful
    if reading is None:
        _untick_rivals(list(rows.values()), codebook)
        _tick_what_is_carried(rows)
    else:
        _tick_as_read(rows, reading)
    return _in_order(rows.values(), codebook)


def version_of(passage: Passage) -> int:
    """Return the number of the last reading that settled a passage; 0 for none."""
    found = last_settling(passage)
    return found.pk if found else 0


def last_settling(passage: Passage) -> Reading | None:
    """Return the reading by which a passage stands as it does."""
    return (
        Reading.objects.filter(passage=passage)
        .exclude(before={})
        .select_related("reader")
        .order_by("-pk")
        .first()
    )


def reading_of(item: ReviewItem) -> Reading | None:
    """Return the reading that closed an item."""
    return (
        Reading.objects.filter(item=item)
        .select_related("reader", "round", "item", "passage__intervention__portfolio")
        .first()
    )


def last_reading(
    review_round: ReviewRound | None, user: User, *, of: Passage | None = None
) -> Reading | None:
    """Return what a person read last, in a round or in one passage: what undo takes back."""
    found = Reading.objects.filter(
        reader=user, round=review_round, is_adjudication=False
    )
    if of is not None:
        found = found.filter(passage=of)
    return (
        found.select_related("round", "item", "passage__intervention__portfolio")
        .order_by("-read_at", "-pk")
        .first()
    )


def blind_item(passage: Passage, user: User) -> ReviewItem | None:
    """Return the item by which a person reads a passage in an open blind round, if any."""
    return _read_blind(user).filter(passage=passage).select_related("round").first()


def blind_passages(passages: Iterable[int], user: User) -> set[int]:
    """Return those of some passages of which a person must not see decisions yet.

    They are in an open round that the person reads blind, of which something is left.
    """
    mine = _read_blind(user).filter(passage__in=list(passages))
    return set(mine.values_list("passage_id", flat=True))


def other_reading(item: ReviewItem) -> Reading | None:
    """Return what the other of two found, once both have read."""
    if not item.round.is_blind or item.state != ReviewItem.State.READ:
        return None
    return (
        Reading.objects.filter(
            round=item.round, passage=item.passage_id, is_adjudication=False
        )
        .exclude(item=item)
        .select_related("reader")
        .first()
    )


def talk_about(passage: Passage, user: User, *, blind: bool) -> list[Comment]:
    """Return questions and notes on a passage; blind, only one's own and the answers."""
    found = Comment.objects.filter(passage=passage).select_related(
        "written_by", "asked_of", "answered_by"
    )
    return list(found.filter(written_by=user) if blind else found)


def _read_blind(user: User) -> QuerySet[ReviewItem]:
    """Return what a person reads in blind rounds of which something is left to read."""
    left = ReviewItem.objects.filter(round=OuterRef("round")).exclude(state="read")
    return ReviewItem.objects.filter(
        Exists(left), round__readers_per_passage=2, round__closed_at=None, reader=user
    )


def _tick_as_read(rows: dict[tuple[str, str], Row], reading: Reading) -> None:
    for row in rows.values():
        row.ticked = row.doubtful = False
    for code in reading.codes.all():
        key = (code.facet, code.code)
        row = rows.setdefault(key, Row(*key, [], [], []))
        row.ticked, row.doubtful = True, code.doubtful
        row.marked = code.spans
        row.spans = code.spans or row.spans


def _untick_rivals(rows: list[Row], codebook: Codebook) -> None:
    """Leave one tick where a facet holds one code, and no other beside not-cd."""
    best: dict[str, Row] = {}
    for row in rows:
        facet = codebook.facets.get(row.facet)
        if not row.ticked or facet is None or facet.several:
            continue
        rival = best.setdefault(row.facet, row)
        weaker = min(row, rival, key=lambda one: one.confidence)
        if row is not rival:
            weaker.ticked = False
            best[row.facet] = rival if weaker is row else row
    if any(row.ticked and (row.facet, row.code) == NOT_CAPACITY for row in rows):
        for row in rows:
            row.ticked &= (row.facet, row.code) == NOT_CAPACITY


def _tick_what_is_carried(rows: dict[tuple[str, str], Row]) -> None:
    """Tick an unsure verdict of capacity development where codes are ticked that rest on it.

    Else the codes would be accepted and the passage would count as without capacity.
    """
    verdict = rows.get(("capacity", "cd"))
    ticked = {facet for (facet, _), row in rows.items() if row.ticked}
    if verdict and "capacity" not in ticked and ticked - set(OF_ANY_PASSAGE):
        verdict.ticked = verdict.doubtful = True


def _in_order(rows: Iterable[Row], codebook: Codebook) -> list[Row]:
    facets = [*_ORDER, *(f for f in codebook.facets if f not in _ORDER)]
    places = {facet: place for place, facet in enumerate(facets)}
    ordered = sorted(
        rows,
        key=lambda row: (
            places.get(row.facet, len(places)),
            row.spans[0][0] if row.spans else 1_000_000,
            -row.confidence,
            row.code,
        ),
    )
    for number, row in enumerate(ordered, start=1):
        row.number = number
    return ordered


def _joined(spans: list[list[int]]) -> list[list[int]]:
    return [list(span) for span in sorted({(start, end) for start, end in spans})]
