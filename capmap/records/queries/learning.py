"""What the coder can learn from, how far it has come, and why it believes what it does."""

import random
from dataclasses import dataclass
from functools import lru_cache

from django.db.models import Exists, OuterRef, QuerySet

from capmap.coding.evaluation import Example
from capmap.coding.learned.because import Because, Neighbours, because
from capmap.coding.learned.combined import CombinedCoder, suggest_all
from capmap.coding.learned.model import Passage as ToCode
from capmap.coding.learned.starting import as_example
from capmap.frameworks.examples import WorkedExample
from capmap.records.models import (
    Coding,
    LearnedModel,
    Passage,
    Portfolio,
)
from capmap.records.permissions import Access
from capmap.records.queries.codebook import coder_of
from capmap.records.queries.codebook_use import codings_seen
from capmap.records.queries.decided import decided_on, passages_read, settling
from capmap.records.queries.examples import (
    Shown,
    Worked,
    as_shown,
    of_framework,
    own_seen,
)
from capmap.records.queries.recoding import Key, as_seen, passages_to_code
from capmap.records.queries.review import blind_passages

#: Passages looked at to say what a model would change: a random part of a larger portfolio.
LOOKED_AT = 20_000

#: Accepted passages among which the most similar are sought, the newest first.
_COMPARED = 600

#: Worked examples shown beside a passage: the most similar ones.
_LIKE = 2

_SEED = 312


@dataclass(frozen=True, slots=True)
class Progress:
    """How much was read: passages, interventions, and passages since the model in use."""

    passages: int
    interventions: int
    since: int


@dataclass(frozen=True, slots=True)
class Why:
    """Why a code is suggested on a passage, or not: who speaks, words, examples like it.

    ``because`` is None for a code that follows from others by rule.
    """

    because: Because | None
    is_suggested: bool
    speaker: str  # lexicon, model, both, or neither
    worked: list[tuple[Shown, float]]  # worked examples with their likeness
    alike: list[tuple[Passage, list[list[int]], float]]  # with its words, and likeness


def models_of(portfolio: Portfolio) -> "QuerySet[LearnedModel]":
    """Return the models of a portfolio, the newest first, without what they learned."""
    found: QuerySet[LearnedModel] = LearnedModel.objects.filter(portfolio=portfolio)
    return found.defer("content").select_related("made_by", "decided_by")


def progress_of(portfolio: Portfolio, in_use: LearnedModel | None) -> Progress:
    """Say how much there is to learn from, and how much of it is new to the model in use."""
    read = passages_read(portfolio)
    since = read
    if in_use is not None:
        newer = settling().filter(read_at__gt=in_use.made_at)
        since = read.filter(Exists(newer.filter(passage=OuterRef("pk"))))
    interventions = read.values("intervention__counted_as").distinct().count()
    return Progress(read.count(), interventions, since.count())


def examples_of(portfolio: Portfolio) -> list[Example]:
    """Return the passages that people read, each with the codes that settled it.

    Codes that the codebook no longer has are left out. What is one intervention, in
    several records, is one document: it is never on both sides of cross-validation.
    """
    read = passages_read(portfolio)
    decided = decided_on(portfolio, read.values("pk"))
    return [
        Example(
            text=passage.text,
            language=passage.language,
            context=passage.context,
            # Where no code was given, none holds: that is decided too.
            codes=decided[passage.pk].codes or {"capacity": frozenset()},
            identifier=str(passage.pk),
            document=passage.intervention.counted_as,
        )
        for passage in read.select_related("intervention").order_by("pk")
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
    see, and not those that they read blind; examples of the portfolio likewise.
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
        speaker=_speaker(coder, seen, (facet, code), told),
        worked=_worked_like(access, coder, passage, (facet, code)),
        alike=_alike(access, coder, passage, (facet, code)),
    )


def _speaker(coder: CombinedCoder, seen: ToCode, key: Key, told: Because | None) -> str:
    """Say which of the two speaks for a code: the lexicon by its findings, the model by words."""
    found = {(s.facet, s.code) for s in suggest_all(coder.lexicon, [seen])[0]}
    words = (
        0.0 if told is None else sum(w.weight for w in (*told.for_it, *told.against))
    )
    if key in found:
        return "both" if words > 0 else "lexicon"
    return "model" if words > 0 else "neither"


def _worked_like(
    access: Access, coder: CombinedCoder, passage: Passage, key: Key
) -> list[tuple[Shown, float]]:
    """Return the worked examples of a code that are most like a passage.

    In its language, if the code has any there; the portfolio's own first.
    """
    seen = as_seen(passage)
    own = [one for one in own_seen(access) if one.passage_id != passage.pk]
    ours = Worked((), own)
    found: list[tuple[Shown, float]] = []
    near = [as_example(one) for one in _in_language(ours, key, passage.language)]
    theirs = _of_framework(access.portfolio.pk, coder.version, key, passage.language)
    for worked, neighbours in (
        (ours, Neighbours(coder, near)),
        (of_framework(), theirs),
    ):
        examples = {one.identifier: one for one in worked.carrying.get(key, ())}
        found += [
            (as_shown(worked, examples[example.identifier], key), likeness)
            for example, likeness in neighbours.like(seen, limit=_LIKE)
            if likeness > 0
        ]
    return found


def _in_language(worked: Worked, key: Key, language: str) -> list[WorkedExample]:
    """Return what carries a code in a language; in all of them where that is nothing."""
    carrying = worked.carrying.get(key, [])
    return [one for one in carrying if one.language == language] or carrying


@lru_cache(maxsize=64)
def _of_framework(portfolio: int, coder: str, key: Key, language: str) -> Neighbours:
    """Make worked examples of a code ready to be compared, once a coder and language.

    All of them at once would take seconds, those of a code some hundredths of one.
    """
    combined = coder_of(Portfolio.objects.get(pk=portfolio))
    assert isinstance(combined, CombinedCoder)
    examples = _in_language(of_framework(), key, language)
    return Neighbours(combined, [as_example(one) for one in examples])


def _alike(
    access: Access, coder: CombinedCoder, passage: Passage, key: Key
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
