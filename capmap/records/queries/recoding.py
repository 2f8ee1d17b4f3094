"""What a changed coder would say of passages, against what stands on them now.

Where terms changed, only passages in which a changed term stands, in the text or the headings above it, can get other codes; the rest is passed over, unless another version coded it.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from capmap.coding.learned.combined import CombinedCoder, suggest_all
from capmap.coding.learned.model import Passage as ToCode
from capmap.coding.phrases import Phrase, PhraseMatcher, fold
from capmap.coding.suggestion import Suggestion
from capmap.frameworks.changed import TermEdit, read_term
from capmap.records.models import Coder, Coding, Intervention, Passage, Portfolio
from capmap.records.queries.codebook import MachineCoder

#: Passages read and written together: a transaction stays short.
CHUNK = 500

Key = tuple[str, str]
"""Facet and code."""

_SUGGESTED = Coding.Status.SUGGESTED


@dataclass(slots=True)
class Weighed:
    """A passage, what stands on it, and what the changed coder says of it.

    ``wanted`` is None where nothing can differ.
    """

    passage: Passage
    stored: list[Coding]  # suggestions of machines on which nobody decided
    decided: dict[Key, str]  # codes on which a person decided, with the decision
    others: set[Key]  # codes that count whatever a machine says
    markers: list[tuple[str, int]]  # of the source, as far as they spoke
    standing: frozenset[
        tuple[int, str]
    ]  # its codings with their status, as they were seen
    wanted: list[Suggestion] | None = None

    @property
    def gained(self) -> list[Suggestion]:
        """Return suggestions for codes that did not count here and would now."""
        has = self.others | {(c.facet, c.code) for c in self.stored}
        return [s for s in self.suggestions if (s.facet, s.code) not in has]

    @property
    def lost(self) -> list[Coding]:
        """Return suggestions for codes that count here and would no longer."""
        wants = {(s.facet, s.code) for s in self.suggestions} | self.others
        return [c for c in self.stored if (c.facet, c.code) not in wants]

    @property
    def suggestions(self) -> list[Suggestion]:
        """Return what would be suggested: nothing on which a person decided."""
        return [s for s in self.wanted or () if (s.facet, s.code) not in self.decided]


def passages_to_code(
    portfolio: Portfolio, countries: Sequence[str] = ()
) -> "QuerySet[Passage]":
    """Return the current passages of a portfolio, in ``countries`` if any are named."""
    inside = Intervention.objects.seen_in(portfolio, countries)
    found: QuerySet[Passage] = Passage.objects.current().filter(
        intervention__in=inside.values("pk")
    )
    return found


def is_coded_by_another(portfolio: Portfolio, name: str) -> bool:
    """Whether a machine other than the coder of that name spoke last on an unread passage."""
    others = Coder.objects.exclude(kind=Coder.Kind.PERSON).exclude(name=name)
    found = Coding.objects.suggested().filter(
        coder__in=list(others.values_list("pk", flat=True)),
        passage__is_current=True,
        passage__is_read=False,
        passage__intervention__portfolio=portfolio,
        passage__intervention__is_current=True,
    )
    return bool(found.exists())


def can_differ(edits: Iterable[TermEdit]) -> Callable[[Passage], bool]:
    """Return the question whether one of ``edits`` can change the codes of a passage."""
    phrases = {read_term(edit.term).phrase for edit in edits}
    matcher = PhraseMatcher([Phrase(text, 0, 1) for text in sorted(phrases)])

    def stands_in(text: str) -> bool:
        return bool(text) and bool(matcher.find(fold(text), text, 1))

    return lambda passage: stands_in(passage.text) or stands_in(passage.context)


def everywhere(passage: Passage) -> bool:
    """Say that any passage can get other codes: another model codes."""
    return True


def weigh(
    numbers: Sequence[int],
    coder: MachineCoder,
    now: str,
    differs: Callable[[Passage], bool],
) -> Iterator[Weighed]:
    """Code the passages of some thousand at most that can differ from what coder ``now`` said.

    ``now`` is the name of the coder that holds. What others said is coded anew in any case.
    """
    codings = defaultdict[int, list[Coding]](list)
    for coding in (
        Coding.objects.filter(passage__in=numbers)
        .select_related("coder")
        .order_by("pk")
    ):
        codings[coding.passage_id].append(coding)
    passages = list(
        Passage.objects.filter(pk__in=numbers)
        .select_related("intervention")
        .order_by("pk")
    )
    markers = _markers(passages)
    weighed = [
        _standing(passage, codings[passage.pk], markers[passage.intervention_id])
        for passage in passages
    ]
    to_code = [one for one in weighed if _is_stale(one, now) or differs(one.passage)]
    coded = suggested(coder, [(one.passage, one.markers) for one in to_code])
    for one, suggestions in zip(to_code, coded, strict=True):
        one.wanted = suggestions
        if isinstance(coder, CombinedCoder):
            one.wanted += _of_markers(one, suggestions)
    yield from weighed


def _of_markers(one: Weighed, suggestions: Sequence[Suggestion]) -> list[Suggestion]:
    """Return what rests on a policy marker of the source and no model took up: it stays.

    Markers are not stored apart from what they led to, and the lexicon may code alone again.
    """
    wanted = {(s.facet, s.code) for s in suggestions}
    return [
        Suggestion(
            c.facet, c.code, c.confidence, c.basis, c.because, doubtful=c.doubtful
        )
        for c in one.stored
        if c.basis == "marker" and (c.facet, c.code) not in wanted
    ]


def _is_stale(one: Weighed, now: str) -> bool:
    """Whether another coder than the one that holds spoke last, or none did."""
    return not one.passage.is_read and (
        not one.stored or any(c.coder.name != now for c in one.stored)
    )


def suggested(
    coder: MachineCoder, passages: Sequence[tuple[Passage, Sequence[tuple[str, int]]]]
) -> list[list[Suggestion]]:
    """Code stored passages, each with its markers, as they were coded when they were read."""
    return suggest_all(coder, (as_seen(*passage) for passage in passages))


def as_seen(passage: Passage, markers: Sequence[tuple[str, int]] = ()) -> ToCode:
    """Return a stored passage as a coder sees it."""
    sectors = [sector["code"] for sector in passage.intervention.sectors]
    return ToCode(passage.text, passage.language, passage.context, sectors, markers)


def _standing(
    passage: Passage, codings: list[Coding], markers: list[tuple[str, int]]
) -> Weighed:
    person = Coder.Kind.PERSON
    return Weighed(
        passage=passage,
        stored=[
            c for c in codings if c.status == _SUGGESTED and c.coder.kind != person
        ],
        decided={
            (c.facet, c.code): c.status for c in codings if c.status != _SUGGESTED
        },
        others={
            (c.facet, c.code)
            for c in codings
            if c.status == Coding.Status.ACCEPTED
            or (c.status == _SUGGESTED and c.coder.kind == person)
        },
        markers=markers,
        standing=frozenset((c.pk, c.status) for c in codings),
    )


def standing_now(numbers: Sequence[int]) -> dict[int, frozenset[tuple[int, str]]]:
    """Return the codings of passages with their status, to see whether any changed."""
    found = defaultdict[int, set[tuple[int, str]]](set)
    codings = Coding.objects.filter(passage__in=numbers)
    for passage, pk, status in codings.values_list("passage_id", "pk", "status"):
        found[passage].add((pk, status))
    return {number: frozenset(found[number]) for number in numbers}


def _markers(passages: list[Passage]) -> dict[int, list[tuple[str, int]]]:
    """Return the policy markers that spoke for an intervention when it was read.

    They are not stored with it; what they led to is.
    """
    found = defaultdict[int, list[tuple[str, int]]](list)
    for intervention, marker in (
        Coding.objects.filter(
            basis="marker",
            passage__intervention__in={p.intervention_id for p in passages},
        )
        .order_by("because")
        .values_list("passage__intervention_id", "because")
        .distinct()
    ):
        found[intervention].append((marker, 2))
    return found
