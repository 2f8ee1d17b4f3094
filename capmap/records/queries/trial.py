"""What another coder would change: counts before and after, examples, decisions."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from capmap.records.models import Coding, Intervention, Passage, Portfolio
from capmap.records.queries.codebook import MachineCoder
from capmap.records.queries.recoding import Key, Weighed, suggested

#: Gained and lost codings shown for each code.
EXAMPLES = 20


@dataclass(slots=True)
class Effect:
    """Gathers what would change, passage by passage.

    Counts before and after are those of the portfolio; where only a part of it is looked
    at (``of_part``), of the passages that were added here.
    """

    before: MachineCoder  # the coder that holds now
    of_part: bool = False
    gained: dict[Key, list[tuple[int, str]]] = field(default_factory=dict)
    lost: dict[Key, list[tuple[int, str]]] = field(default_factory=dict)
    examples: dict[str, dict[str, list[dict[str, Any]]]] = field(default_factory=dict)
    decisions: Counter[str] = field(default_factory=Counter)
    holds: dict[Key, dict[str, set[int]]] = field(default_factory=dict)
    interventions: set[str] = field(default_factory=set)  # those of the part
    passages: int = 0
    coded: int = 0

    def add(self, weighed: Sequence[Weighed]) -> None:
        """Take some passages, read and coded together."""
        self.passages += len(weighed)
        coded = [one for one in weighed if one.wanted is not None]
        self.coded += len(coded)
        self._decisions([one for one in coded if one.decided])
        if self.of_part:
            self._hold(weighed)
        for one in coded:
            if one.passage.is_read:
                continue
            for suggestion in one.gained:
                self._note("gained", one.passage, suggestion)
            for coding in one.lost:
                self._note("lost", one.passage, coding)

    def _hold(self, weighed: Sequence[Weighed]) -> None:
        for one in weighed:
            counted_as = one.passage.intervention.counted_as
            self.interventions.add(counted_as)
            for key in one.others | {(c.facet, c.code) for c in one.stored}:
                passages = self.holds.setdefault(key, {}).setdefault(counted_as, set())
                passages.add(one.passage.pk)

    def _note(self, side: str, passage: Passage, coded: Any) -> None:
        key = (coded.facet, coded.code)
        counted_as = passage.intervention.counted_as
        getattr(self, side).setdefault(key, []).append((passage.pk, counted_as))
        shown = self.examples.setdefault(":".join(key), {"gained": [], "lost": []})
        if len(shown[side]) < EXAMPLES:
            spans = [list(span) for span in coded.spans]
            shown[side].append({"passage": passage.pk, "spans": spans})

    def _decisions(self, weighed: Sequence[Weighed]) -> None:
        """Count what people decided that would now be met, or missed."""
        coded = suggested(self.before, [(one.passage, one.markers) for one in weighed])
        for one, suggestions in zip(weighed, coded, strict=True):
            before = {(s.facet, s.code) for s in suggestions}
            after = {(s.facet, s.code) for s in one.wanted or ()}
            for key, status in one.decided.items():
                if (key in before) != (key in after):
                    way = "found" if key in after else "missed"
                    self.decisions[f"{status}_{way}"] += 1

    def result(self, portfolio: Portfolio, countries: Sequence[str]) -> dict[str, Any]:
        """Return all of it as plain values, for the record of the job."""
        keys = sorted(self.gained.keys() | self.lost.keys())
        documents = frozenset(
            Intervention.objects.current()
            .filter(portfolio=portfolio, kind="document")
            .values_list("counted_as", flat=True)
        )
        return {
            "codes": [
                self._row(key, self._holding(key, portfolio, countries), documents)
                for key in keys
            ],
            "examples": self.examples,
            "decisions": dict(self.decisions),
            "passages": self.passages,
            "coded": self.coded,
            "interventions": len(self.interventions - documents)
            if self.of_part
            else _interventions(portfolio, countries),
        }

    def _holding(
        self, key: Key, portfolio: Portfolio, countries: Sequence[str]
    ) -> defaultdict[str, set[int]]:
        if self.of_part:
            return defaultdict(set, self.holds.get(key, {}))
        return _holding(key, portfolio, countries)

    def _row(
        self, key: Key, holds: defaultdict[str, set[int]], documents: frozenset[str]
    ) -> dict[str, Any]:
        """Count a code before and after; documents are read, but no interventions."""
        gained, lost = self.gained.get(key, []), self.lost.get(key, [])
        before = {passage for passages in holds.values() for passage in passages}
        for passage, counted_as in gained:
            holds[counted_as].add(passage)
        after = _without(holds, lost)
        return {
            "facet": key[0],
            "code": key[1],
            "gained": len(gained),
            "lost": len(lost),
            "passages_before": len(before),
            "passages_after": len(before) + len(gained) - len(lost),
            "interventions_before": len(_without(holds, gained).keys() - documents),
            "interventions_after": len(after.keys() - documents),
        }


def _holding(
    key: Key, portfolio: Portfolio, countries: Sequence[str]
) -> defaultdict[str, set[int]]:
    """Return the passages on which a code counts now, by what they are counted as."""
    inside = Intervention.objects.seen_in(portfolio, countries)
    found = defaultdict[str, set[int]](set)
    for counted_as, passage in (
        Coding.objects.counted()
        .filter(facet=key[0], code=key[1], passage__is_current=True)
        .filter(passage__intervention__in=inside.values("pk"))
        .values_list("passage__intervention__counted_as", "passage_id")
        .iterator()
    ):
        found[counted_as].add(passage)
    return found


def _without(
    holds: dict[str, set[int]], gone: Iterable[tuple[int, str]]
) -> dict[str, set[int]]:
    out = defaultdict[str, set[int]](set)
    for passage, counted_as in gone:
        out[counted_as].add(passage)
    left = {name: passages - out[name] for name, passages in holds.items()}
    return {name: passages for name, passages in left.items() if passages}


def _interventions(portfolio: Portfolio, countries: Sequence[str]) -> int:
    inside = Intervention.objects.seen_in(portfolio, countries)
    counted = inside.exclude(kind="document")
    return int(counted.values("counted_as").distinct().count())
