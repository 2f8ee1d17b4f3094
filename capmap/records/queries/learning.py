"""What the coder can learn from, how far it has come, and why it believes what it does."""

import random
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet

from capmap.coding.evaluation import Example
from capmap.coding.learned.because import Because, Neighbours, because
from capmap.coding.learned.combined import CombinedCoder
from capmap.records.models import (
    Coding,
    LearnedModel,
    Passage,
    Portfolio,
    Reading,
    ReadingCode,
)
from capmap.records.permissions import Access
from capmap.records.queries.codebook import codebook_of, coder_of
from capmap.records.queries.codebook_use import codings_seen
from capmap.records.queries.recoding import as_seen, passages_to_code
from capmap.records.queries.review import blind_passages

#: Passages looked at to say what a model would change: a random part of a larger portfolio.
LOOKED_AT = 20_000

#: Accepted passages among which the most similar are sought, the newest first.
_COMPARED = 600

_SEED = 312


@dataclass(frozen=True, slots=True)
class Progress:
    """How much was read: passages, interventions, and passages since the model in use."""

    passages: int
    interventions: int
    since: int


@dataclass(frozen=True, slots=True)
class Why:
    """Why a code is suggested on a passage, or not: words and passages like it.

    ``because`` is None for a code that follows from others by rule.
    """

    because: Because | None
    is_suggested: bool
    alike: list[tuple[Passage, list[list[int]], float]]  # with its words, and likeness


def models_of(portfolio: Portfolio) -> "QuerySet[LearnedModel]":
    """Return the models of a portfolio, the newest first, without what they learned."""
    found: QuerySet[LearnedModel] = LearnedModel.objects.filter(portfolio=portfolio)
    return found.defer("content").select_related("made_by", "decided_by")


def progress_of(portfolio: Portfolio, in_use: LearnedModel | None) -> Progress:
    """Say how much there is to learn from, and how much of it is new to the model in use."""
    read = _read(portfolio)
    since = read
    if in_use is not None:
        newer = _settling().filter(read_at__gt=in_use.made_at)
        since = read.filter(Exists(newer.filter(passage=OuterRef("pk"))))
    interventions = read.values("intervention__counted_as").distinct().count()
    return Progress(read.count(), interventions, since.count())


def examples_of(portfolio: Portfolio) -> list[Example]:
    """Return the passages that people read, each with the codes that settled it.

    Codes that the codebook no longer has are left out. What is one intervention, in
    several records, is one document: it is never on both sides of cross-validation.
    """
    book = codebook_of(portfolio)
    settling = _settling().filter(passage__in=_read(portfolio).values("pk"))
    last = dict(settling.order_by("pk").values_list("passage_id", "pk"))
    codes: dict[int, dict[str, set[str]]] = {}
    for reading, facet, code in ReadingCode.objects.filter(
        reading__in=settling.order_by().values("pk")
    ).values_list("reading_id", "facet", "code"):
        known = book.facets.get(facet)
        if known is not None and code in known.codes:
            codes.setdefault(reading, {}).setdefault(facet, set()).add(code)
    return [
        Example(
            text=passage.text,
            language=passage.language,
            context=passage.context,
            # Where no code was given, none holds: that is decided too.
            codes={f: frozenset(c) for f, c in codes.get(last[passage.pk], {}).items()}
            or {"capacity": frozenset()},
            identifier=str(passage.pk),
            document=passage.intervention.counted_as,
        )
        for passage in _read(portfolio).select_related("intervention").order_by("pk")
    ]


def part_of(portfolio: Portfolio) -> list[int]:
    """Return the passages on which a model is tried: all, or a random part of many."""
    numbers = list(
        passages_to_code(portfolio).order_by("pk").values_list("pk", flat=True)
    )
    if len(numbers) > LOOKED_AT:
        numbers = sorted(random.Random(_SEED).sample(numbers, LOOKED_AT))
    return numbers


def why(access: Access, passage: Passage, facet: str, code: str) -> Why | None:
    """Say why the coder gives a code its chance on a passage; None for the lexicon alone.

    Similar passages are those that people accepted for the code, in what the person may
    see, and not those that they read blind.
    """
    coder = coder_of(access.portfolio)
    if not isinstance(coder, CombinedCoder):
        return None
    seen = as_seen(passage)
    suggested = {(s.facet, s.code) for s in coder.suggest_many([seen])[0]}
    try:
        told = because(coder, seen, facet, code)
    except KeyError:
        told = None
    return Why(
        because=told,
        is_suggested=(facet, code) in suggested,
        alike=_alike(access, coder, passage, (facet, code)),
    )


def _alike(
    access: Access, coder: CombinedCoder, passage: Passage, key: tuple[str, str]
) -> list[tuple[Passage, list[list[int]], float]]:
    accepted: dict[int, Coding] = {}
    for coding in (
        codings_seen(access)
        .accepted()
        .filter(facet=key[0], code=key[1])
        .exclude(passage=passage)
        .select_related("passage__intervention")
        .order_by("-decided_at", "pk")[:_COMPARED]
    ):
        held = accepted.setdefault(coding.passage_id, coding)
        if not held.spans:
            accepted[coding.passage_id] = coding
    for blind in blind_passages(accepted, access.user):
        del accepted[blind]
    examples = [
        Example(coding.passage.text, coding.passage.language, identifier=str(number))
        for number, coding in accepted.items()
    ]
    found = Neighbours(coder, examples).like(as_seen(passage))
    return [
        (accepted[number].passage, accepted[number].spans, likeness)
        for example, likeness in found
        for number in [int(example.identifier)]
        if likeness > 0
    ]


def _settling() -> "QuerySet[Reading]":
    """Return the readings by which passages stand as they do."""
    return Reading.objects.exclude(before={})


def _read(portfolio: Portfolio) -> "QuerySet[Passage]":
    """Return the current passages that a reading settled."""
    settled = _settling().filter(passage=OuterRef("pk"))
    return passages_to_code(portfolio).filter(Exists(settled))
