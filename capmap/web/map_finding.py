"""What a map shows, in words and as interval bars: numerator, denominator, interval."""

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl
from babel.lists import format_list

from capmap.analysis.shares import (
    Share,
    per_cent,
    rounded_ends,
    rounded_per_cent,
    share,
)
from capmap.publishing.map_model import Head, MapModel
from capmap.publishing.map_words import percent_sign
from capmap.records.queries.portfolio_estimates import Backed
from capmap.web.share_columns import share_columns
from capmap.wording import Wording

#: Bars at each end: most found, then found nowhere or least found.
BARS = 3
Estimated = Callable[[Head], Backed | None]
"""What people who read at random found of a column, among what the map counts."""

#: Names told of what is found nowhere; of the others it says how many there are.
NAMES = 3


@dataclass(frozen=True, slots=True)
class Bar:
    """One share with its interval, placed on the axis in per cent of its width."""

    label: str
    address: str  # of the column, in a link
    share: Share
    shown: str
    interval: str
    mark: (
        tuple[str, str] | None
    )  # from and to, in per cent of the axis, as a style takes it
    at: str
    is_warm: bool
    backed: Backed | None


@dataclass(frozen=True, slots=True)
class Finding:
    """The finding of a map: a heading, the sentence under it in parts, and its bars."""

    headline: str
    leads: tuple[str, str, str] | None  # before the number, the number, after it
    leads_to: str  # the name of its column
    sentences: list[str]
    most: list[Bar]
    rest: list[Bar]
    rest_is_nowhere: bool
    ticks: list[tuple[int, str]]
    figure_title: str


def finding_of(
    model: MapModel, *, scale: float | None = None, estimated: Estimated | None = None
) -> Finding:
    """Tell what a map shows. ``scale``: how many times larger the known population is.

    Without it the sentence counts all there is, and chance has no part in that; the bars
    have the intervals of what people read at random, where they did.
    """
    return _Told(model, scale, estimated).finding()


class _Told:
    def __init__(
        self, model: MapModel, scale: float | None, estimated: Estimated | None = None
    ) -> None:
        self._model = model
        self._scale = scale
        self._estimated: Estimated = estimated or (lambda head: None)
        self._words = Wording("explorer", model.names.language)
        self._unit = model.speaks_of
        self._n = self._of(model.whole)
        self._real = [head for head in model.heads if head.is_code]
        self._sorted = sorted(self._real, key=lambda h: -self._of(h.count))
        self._nowhere = [head for head in self._real if head.nowhere]

    def finding(self) -> Finding:
        say = self._words.say
        first = self._sorted[0] if self._sorted else None
        if first is None or not self._of(first.count):
            return Finding(
                say("headline_nothing"), None, "", [say("lead_nothing")], [], [],
                False, [], say("figure_nothing"),
            )  # fmt: skip
        most = [h for h in self._sorted if not h.nowhere][:BARS]
        rest = self._nowhere[:BARS] or self._sorted[BARS:][-BARS:]
        told = [(h, self._share(h), self._estimated(h)) for h in (*most, *rest)]
        ends = [backed.estimate if backed else None for _, _, backed in told]
        top = axis_top([
            max(found.value or 0.0, end.high if end else 0.0)
            for (_, found, _), end in zip(told, ends, strict=True)
        ])  # fmt: skip
        bars = [self._bar(head, found, backed, top) for head, found, backed in told]
        return Finding(
            self._headline(first), self._leads(first), first.name,
            self._sentences(), bars[: len(most)], bars[len(most) :],
            bool(self._nowhere), ticks(top, self._words), self._figure_title(),
        )  # fmt: skip

    def _of(self, count: object) -> int:
        return int(getattr(count, self._unit))

    def _share(self, head: Head) -> Share:
        return share(
            self._of(head.count),
            self._n,
            population=round(self._n * (self._scale or 1)),
        )

    def _headline(self, first: Head) -> str:
        say, model = self._words.say, self._model
        if self._nowhere:
            count = len(self._nowhere)
            plural = (
                model.names.label(model.columns).lower()
                if count == 1
                else model.names.plural(model.columns)
            )
            return say(
                "headline_leads_nowhere",
                label=first.named.short, count=count, plural=plural,
            )  # fmt: skip
        return say(
            "headline_leads",
            label=first.named.short,
            share=per_cent(self._of(first.count), self._n, self._words.language),
            unit=say(f"unit_{self._unit}"),
        )

    def _leads(self, first: Head) -> tuple[str, str, str]:
        found = self._share(first)
        number = self._words.number(found.numerator)
        text = self._words.say(
            f"lead_first_{self._unit}", link="\0", label=first.named.label, of=self._n,
            words=share_in_words(found, self._words),
        )  # fmt: skip
        before, _, after = text.partition("\0")
        return before, number, after

    def _sentences(self) -> list[str]:
        say, told = self._words.say, []
        if self._nowhere:
            names = [head.named.label for head in self._nowhere[:NAMES]]
            if len(self._nowhere) > NAMES:
                names.append(say("and_more", count=len(self._nowhere) - NAMES))
            told.append(
                say("lead_nowhere", names=format_list(names, locale=self._words.locale))
            )
        told.append(
            say("lead_empty", count=self._model.empty, of=len(self._model.real_cells))
        )
        return told

    def _bar(self, head: Head, found: Share, backed: Backed | None, top: float) -> Bar:
        estimate = backed.estimate if backed else None
        value = estimate.value if estimate else found.value or 0.0
        mark, interval = None, ""
        if estimate and estimate.method != "census":
            mark = (
                f"{100 * estimate.low / top:.2f}",
                f"{100 * estimate.high / top:.2f}",
            )
            low, high = rounded_ends(estimate.low, estimate.high)
            interval = f"({self._words.number(low)}–{self._words.number(high)})"
        return Bar(
            label=head.named.short, address=head.address, share=found,
            shown=percent_sign(value, self._words), interval=interval, mark=mark,
            at=f"{100 * value / top:.2f}", is_warm=head.nowhere, backed=backed,
        )  # fmt: skip

    def _figure_title(self) -> str:
        model, say = self._model, self._words.say
        groups = [group for group in model.groups if group.label and group.count]
        lines = [line for line in model.lines if line.is_code]
        candidates = (
            [(group.label, self._of(group.count)) for group in groups]
            if len(groups) > 1
            else [(line.named.label, self._of(line.count)) for line in lines]
        )
        label, most = max(candidates, key=lambda c: c[1], default=("", 0))
        if not most:
            return say("figure_nothing")
        return say(
            "figure_title",
            label=label,
            share=per_cent(most, self._n, self._words.language),
            unit=say(f"unit_{self._unit}"),
            count=model.empty,
            of=len(model.real_cells),
        )


def share_in_words(found: Share, words: Wording) -> str:
    """Say "38 per cent, 95% interval 28 to 49"; a census has no interval."""
    value = per_cent(found.numerator, found.denominator, words.language)
    if found.method == "census":
        return value
    low, high = rounded_ends(found.low or 0.0, found.high or 0.0)
    return words.say(
        "share_in_words",
        share=value,
        low=words.number(low),
        high=words.number(high),
    )


def axis_top(ends: list[float]) -> float:
    """Return the end of an axis of five equal steps of 2, 5, 10 or 20 per cent.

    >>> axis_top([0.38, 0.49]), axis_top([0.04])
    (0.5, 0.1)
    """
    most = max(ends, default=0.0)
    return 5 * next((step for step in (0.02, 0.05, 0.1) if 5 * step >= most), 0.2)


def ticks(top: float, words: Wording) -> list[tuple[int, str]]:
    """Return where the marks of an axis stand, in per cent of it, with their words."""
    shown = []
    for step in range(6):
        value = top * step / 5
        text = words.number(rounded_per_cent(value))
        shown.append((step * 20, percent_sign(value, words) if step == 5 else text))
    return shown


def bars_table(
    model: MapModel, *, scale: float | None = None, estimated: Estimated | None = None
) -> pl.DataFrame:
    """Return every column with its share by the coder and its estimate, most found first."""
    told = _Told(model, scale, estimated)
    rows = []
    for head in told._sorted:
        found = told._share(head)
        rows.append(
            (
                head.named.code, head.named.label, found.numerator, found.denominator,
                found.value,
            )
        )  # fmt: skip
    counted = pl.DataFrame(
        rows,
        schema={
            "code": pl.String, "label": pl.String, "numerator": pl.Int64,
            "denominator": pl.Int64, "value": pl.Float64,
        },
        orient="row",
    )  # fmt: skip
    columns = share_columns(told._estimated(head) for head in told._sorted)
    return counted.hstack(columns)
