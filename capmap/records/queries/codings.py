"""The codings of passages with all that a reader may ask of them, in one query."""

from collections.abc import Container, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import QuerySet

from capmap.frameworks.codebook import Codebook, Texts
from capmap.records.models import Coding, Passage

#: The facets that tell how, at which level, for whom and with whom come first.
FIRST = ("modality", "level", "constituent", "target", "partner")

_REJECTED = Coding.Status.REJECTED


@dataclass(slots=True)
class Coded:
    """A coding with all that a reader may ask of it.

    What stands below the line is filled in for the passages that are shown: of thousands
    of passages nobody reads every reason at once.
    """

    pk: int
    passage: int
    position: int
    facet: str
    code: str
    doubtful: bool
    basis: str
    status: str
    coder: str
    coder_kind: str
    label: Texts
    # ---
    confidence: float = 0.0
    because: str = ""
    spans: list[list[int]] = field(default_factory=list)
    decided_at: datetime | None = None
    decided_by: str | None = None
    is_blind: bool = False  # whoever sees it must not know what was decided

    @property
    def is_rejected(self) -> bool:
        return self.status == _REJECTED


@dataclass(frozen=True, slots=True)
class Found:
    """A code of the intervention with every coding that gives it, in the order of the text."""

    facet: str
    code: str
    label: Texts
    definition: Texts
    codings: list[Coded]

    @property
    def key(self) -> str:
        return f"{self.facet}:{self.code}"

    @property
    def passages(self) -> list[tuple[int, int]]:
        """Return number and position of its passages, each once."""
        return list(dict.fromkeys((c.passage, c.position) for c in self.codings))

    @property
    def best(self) -> Coded:
        """Return the first coding that stands on words, else the first."""
        on_words = (c for c in self.codings if c.basis in ("", "words"))
        return next(on_words, self.codings[0])

    @property
    def is_doubtful(self) -> bool:
        return all(c.doubtful for c in self.codings)

    @property
    def is_accepted(self) -> bool:
        return any(c.status == Coding.Status.ACCEPTED for c in self.codings)


@dataclass(frozen=True, slots=True)
class Codings:
    """The codings of an intervention, those that count apart from those rejected."""

    book: Codebook
    counted: list[Coded]
    rejected: list[Coded]
    of_passage: dict[int, list[Coded]] = field(default_factory=dict)

    def by_facet(self) -> list[tuple[Texts, list[Found]]]:
        """Return the codes that were found under the label of their facet."""
        found: dict[tuple[str, str], list[Coded]] = {}
        for one in self.counted:
            if one.facet != "capacity":
                found.setdefault((one.facet, one.code), []).append(one)
        order = {key: n for n, key in enumerate(self._order())}
        last = len(order)
        facets: dict[str, list[Found]] = {}
        for key in sorted(found, key=lambda k: (order.get(k, last), k)):
            facet, code = key
            known = self.book.facets.get(facet)
            definition = (
                known.codes[code].definition if known and code in known.codes else {}
            )
            label = found[key][0].label
            facets.setdefault(facet, []).append(
                Found(facet, code, label, definition, found[key])
            )
        return [(self.facet_label(facet), codes) for facet, codes in facets.items()]

    def _order(self) -> list[tuple[str, str]]:
        rank = [*FIRST, *(f for f in self.book.facets if f not in FIRST)]
        return [
            (facet, code)
            for facet in rank
            if facet in self.book.facets
            for code in self.book.facets[facet].codes
        ]

    def facet_label(self, facet: str) -> Texts:
        known = self.book.facets.get(facet)
        return known.label if known else {"en": facet}

    @property
    def on_capacity(self) -> list[int]:
        """Return the passages coded as capacity development, in their order."""
        return list(
            dict.fromkeys(
                c.passage
                for c in self.counted
                if (c.facet, c.code) == ("capacity", "cd")
            )
        )

    @property
    def says_unclear(self) -> bool:
        return any((c.facet, c.code) == ("capacity", "unclear") for c in self.counted)


def codings_of(
    passages: QuerySet[Passage], book: Codebook, *, blind: Container[int] = ()
) -> Codings:
    """Return the codings of ``passages`` in the order of the text, yet to be filled in.

    Of those that are ``blind``, only what machines suggested, as if nobody had decided.
    """
    rows = (
        Coding.objects.filter(passage__in=passages)
        .order_by("passage__position", "passage_id", "pk")
        .values_list(
            "pk", "passage_id", "passage__position", "facet", "code", "doubtful",
            "basis", "status", "coder__name", "coder__kind",
        )
    )  # fmt: skip
    labels: dict[tuple[str, str], Texts] = {}
    result = Codings(book, [], [])
    for row in rows:
        key = (row[3], row[4])
        if key not in labels:
            labels[key] = label_of(book, *key)
        one = Coded(*row, label=labels[key])
        if one.passage in blind:
            if one.coder_kind == "person":
                continue
            one.status, one.is_blind = Coding.Status.SUGGESTED, True
        if one.is_rejected:
            result.rejected.append(one)
        else:
            result.counted.append(one)
            result.of_passage.setdefault(one.passage, []).append(one)
    return result


def fill_in(codings: Codings, passages: Iterable[int]) -> None:
    """Add confidence, reason, words and decision to the codings of ``passages``."""
    wanted = set(passages)
    known = {
        one.pk: one
        for one in (*codings.counted, *codings.rejected)
        if one.passage in wanted
    }
    rows = Coding.objects.filter(passage__in=wanted).values_list(
        "pk", "confidence", "because", "spans", "decided_at", "decided_by__name"
    )
    for pk, *told in rows:
        if one := known.get(pk):
            (one.confidence, one.because, one.spans, one.decided_at, one.decided_by) = (
                told
            )
            if one.is_blind:
                one.decided_at = one.decided_by = None


def label_of(book: Codebook, facet: str, code: str) -> Texts:
    """Return the label of a code, or its name where the codebook has it no more."""
    known = book.facets.get(facet)
    return known.codes[code].label if known and code in known.codes else {"en": code}
