"""One step of review as its page shows it: passage, codes, progress, estimate."""

import time
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict
from django.urls import reverse

from capmap.analysis.precision import HALF_WIDTH, widest
from capmap.analysis.shares import rounded_ends, rounded_per_cent
from capmap.records.actions.review import Given, Refused
from capmap.records.models import Passage, Portfolio, Reading, ReviewItem, ReviewRound
from capmap.records.permissions import Access
from capmap.records.queries import review as queries
from capmap.records.queries.agreement import may_compare
from capmap.records.queries.codebook import codebook_of
from capmap.records.queries.estimates import Estimate, estimate_of, units_of
from capmap.records.queries.review_rounds import Progress, progress_of
from capmap.records.queries.review_standing import standing_of
from capmap.records.review_queue import may_read
from capmap.web.review_picture import Picture, picture_of
from capmap.web.stopping_page import Finds
from capmap.web.templatetags.capmap import language, said, text

#: Seconds after which a passage was rather left open than read.
_LONGEST = 30 * 60


@dataclass
class Side:
    """What stands beside every step: how far the round is, and its estimate."""

    review_round: ReviewRound
    progress: Progress
    estimate: Estimate | None
    picture: Picture | None
    units: int = 0
    finds: Finds | None = None  # of a round that learns
    label: dict[str, str] = field(default_factory=dict)
    asks: dict[str, str] = field(default_factory=dict)

    @property
    def read(self) -> int:
        return self.estimate.standing.share.denominator if self.estimate else 0

    @property
    def more_to_read(self) -> int:
        """How many more must be read until it is enough; 0 when it is."""
        enough = self.estimate.enough if self.estimate else None
        return max(0, enough - self.read) if enough else 0

    @property
    def half_width(self) -> int:
        return int(rounded_per_cent(HALF_WIDTH))

    @property
    def ends_at(self) -> int:
        """Points either side, at most, when all of a small round is read."""
        assert self.estimate is not None
        population = self.estimate.standing.share.population or 1
        return int(rounded_per_cent(widest(self.estimate.to_read, population)))

    @property
    def enough_part(self) -> float:
        """Where on the bar of progress enough is read, 0 to 1."""
        enough = self.estimate.enough if self.estimate else None
        return min(1.0, (enough or 0) / max(1, self.units))

    @property
    def ends(self) -> tuple[float, float]:
        """The ends of the interval, in per cent."""
        share = self.estimate.standing.share if self.estimate else None
        return rounded_ends(
            (share.low if share else None) or 0.0,
            (share.high if share else None) or 0.0,
        )

    @property
    def sentence(self) -> str:
        """State the estimate in words."""
        assert self.estimate is not None
        return self.estimate.standing.share.sentence(self.estimate.unit, language())

    @property
    def give_or_take(self) -> int:
        """Points to the further end of the interval."""
        share = self.estimate.standing.share if self.estimate else None
        if share is None or share.value is None:
            return 0
        low, high = share.low or 0.0, share.high or 0.0
        return int(rounded_per_cent(max(share.value - low, high - share.value)))


@dataclass
class Step:
    """A passage before a person: to be decided on, or read already."""

    passage: Passage
    rows: list[queries.Row]
    version: int
    opened: int
    address: str
    item: ReviewItem | None = None
    side: Side | None = None
    reading: Reading | None = None  # what closed the item
    is_mine: bool = True
    other: Reading | None = None  # of the other, where two read blind
    last: Reading | None = None  # what undo takes back
    standing: Reading | None = None  # by which the passage stands, outside a round
    talk: list[Any] = field(default_factory=list)
    note: str = ""
    refused: str = ""
    overtaken: Reading | None = None

    @property
    def ticked(self) -> int:
        return sum(row.ticked for row in self.rows)

    @property
    def is_open(self) -> bool:
        return self.reading is None


def side_of(review_round: ReviewRound) -> Side:
    """Work out progress and estimate of a round."""
    progress = progress_of(review_round)
    estimate = estimate_of(review_round, progress.passages)
    facet, _, code = review_round.question.partition(":")
    known = codebook_of(review_round.portfolio).facets.get(facet)
    standing = standing_of(review_round)
    return Side(
        review_round=review_round,
        progress=progress,
        estimate=estimate,
        picture=picture_of(estimate) if estimate else None,
        units=standing.units if standing else units_of(review_round, progress.passages),
        finds=Finds(standing, review_round.unit) if standing else None,
        label=known.codes[code].label
        if known and code in known.codes
        else {"en": code},
        asks=known.label if known else {"en": facet},
    )


def step_of_item(item: ReviewItem, access: Access) -> Step:
    """Put an item of a round before a person."""
    review_round, passage = item.round, item.passage
    reading = queries.reading_of(item) if item.state == ReviewItem.State.READ else None
    is_mine = reading is None or reading.reader_id == access.user.pk
    blind = review_round.is_blind
    tells_other = is_mine and reading is not None and may_compare(access, review_round)
    return Step(
        passage=passage,
        rows=queries.rows_of(
            passage, codebook_of(access.portfolio), reading=reading, blind=blind
        ),
        version=0 if blind else queries.version_of(passage),
        opened=int(time.time()),
        address=reverse(
            "review_item", args=(access.portfolio.slug, review_round.pk, item.pk)
        ),
        item=item,
        side=side_of(review_round),
        reading=reading,
        is_mine=is_mine,
        other=queries.other_reading(item) if tells_other else None,
        last=queries.last_reading(review_round, access.user),
        talk=queries.talk_about(passage, access.user, blind=blind),
    )


def step_of_passage(passage: Passage, access: Access) -> Step:
    """Put a passage before a person outside any round."""
    standing = queries.last_settling(passage)
    return Step(
        passage=passage,
        rows=queries.rows_of(passage, codebook_of(access.portfolio)),
        version=standing.pk if standing else 0,
        opened=int(time.time()),
        address=reverse("review_passage", args=(access.portfolio.slug, passage.pk)),
        last=queries.last_reading(None, access.user, of=passage),
        standing=standing,
        talk=queries.talk_about(passage, access.user, blind=False),
    )


def is_open_to(review_round: ReviewRound, access: Access) -> bool:
    """Whether a person reads in a round now."""
    return review_round.closed_at is None and may_read(review_round, access)


@dataclass(frozen=True, slots=True)
class Sent:
    """What a person sent: codes, note, how long it took, and what they had before them."""

    codes: list[Given]
    note: str
    seconds: int | None
    version: int


def sent_in(form: QueryDict) -> Sent:
    """Read the form of a step; what is not understood is left out or refused later."""
    doubtful = set(form.getlist("doubtful"))
    marked = dict(_marked(value) for value in form.getlist("spans"))
    names = dict.fromkeys(form.getlist("code"))
    if form.get("do") == "not-cd":
        names = {"capacity:not-cd": None}
    opened, version = _number(form.get("opened")), _number(form.get("version"))
    seconds = int(time.time()) - opened if opened else None
    return Sent(
        codes=[
            Given(*name.partition(":")[::2], name in doubtful, marked.get(name, []))
            for name in names
        ],
        note=form.get("note", "")[:5000],
        seconds=seconds if seconds is not None and 0 <= seconds <= _LONGEST else None,
        version=version or 0,
    )


def keep_what_was_sent(step: Step, sent: Sent) -> Step:
    """Show a step again with what the person had ticked, marked and written."""
    rows = {row.name: row for row in step.rows}
    for row in step.rows:
        row.ticked = row.doubtful = False
    for given in sent.codes:
        name = f"{given.facet}:{given.code}"
        if name not in rows:
            rows[name] = queries.Row(given.facet, given.code, [], [], [])
            rows[name].number = len(rows)
            step.rows.append(rows[name])
        row = rows[name]
        row.ticked, row.doubtful = True, given.doubtful
        row.marked = [list(span) for span in given.spans]
        row.spans = row.marked or row.spans
    step.note = sent.note
    return step


def reason_of(refused: Refused, portfolio: Portfolio) -> str:
    """Say why something was refused, in the reader's language."""
    values = dict(refused.values)
    known = codebook_of(portfolio).facets.get(str(values.get("facet")))
    if known is not None:
        values["facet"] = text(known.label)
    return said(f"review.refused_{refused.reason}", **values)


def _marked(value: str) -> tuple[str, list[list[int]]]:
    """Read "modality:training 0-8,10-12"."""
    name, _, places = value.partition(" ")
    spans = []
    for place in filter(None, places.split(",")):
        start, _, end = place.partition("-")
        # What is no number lies outside every passage, and is refused there.
        spans.append([_number(start) or 0, _number(end) or 0])
    return name, spans


def _number(value: str | None) -> int | None:
    return int(value) if value and value.isascii() and value.isdigit() else None
