"""Worked examples beside a portfolio: those of its framework, and those it took from itself.

Examples of the framework are read once a process. A portfolio's own are passages: a
person sees those of interventions they may see, and none that they are to read blind.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

from capmap.coding.evaluation import Example
from capmap.coding.learned.starting import taught, worked_examples
from capmap.frameworks.examples import Key, WorkedExample, key_of, shown
from capmap.records.models import OwnExample, Passage, Portfolio
from capmap.records.permissions import Access
from capmap.records.queries.codebook import shipped_codebook
from capmap.records.queries.review import blind_passages
from capmap.wording import LANGUAGES

#: Genre of what a portfolio took from its own passages.
OWN = "portfolio"

#: Examples of a code on its page beside the own, and how few call for other languages.
MOST, LEAST = 4, 3


@dataclass(frozen=True, slots=True)
class Shown:
    """A worked example as it is shown; ``own`` if it comes from the portfolio itself."""

    example: WorkedExample
    own: OwnExample | None = None
    why_not: str = ""  # of a near miss


class Worked:
    """Worked examples, looked up by the codes that they carry and those they nearly do."""

    def __init__(
        self, examples: Iterable[WorkedExample], own: Iterable[OwnExample] = ()
    ) -> None:
        self.own = {identifier_of(one): one for one in own}
        self.examples = (*examples, *map(as_worked, self.own.values()))
        self._counts: dict[Key, dict[str, tuple[int, int]]] = {}

    @cached_property
    def carrying(self) -> dict[Key, list[WorkedExample]]:
        found = defaultdict[Key, list[WorkedExample]](list)
        for example in self.examples:
            for facet, codes in example.codes.items():
                for code in codes:
                    found[facet, code].append(example)
        return found

    @cached_property
    def missing(self) -> dict[Key, list[WorkedExample]]:
        found = defaultdict[Key, list[WorkedExample]](list)
        for example in self.examples:
            for key in example.near:
                found[key].append(example)
        return found

    def counts(self, key: Key) -> dict[str, tuple[int, int]]:
        """Return how many carry a code and how many nearly do, by language."""
        if key not in self._counts:
            carry, nearly = (
                Counter(example.language for example in held.get(key, ()))
                for held in (self.carrying, self.missing)
            )
            self._counts[key] = {one: (carry[one], nearly[one]) for one in LANGUAGES}
        return self._counts[key]


@lru_cache(maxsize=1)
def of_framework() -> Worked:
    """Return the worked examples of the framework by which portfolios are coded."""
    return Worked(worked_examples(None, shipped_codebook()))


def identifier_of(one: OwnExample) -> str:
    """Return the name of an own example, the same wherever it is taken."""
    return f"{one.portfolio.slug}-{one.pk}"


def as_worked(one: OwnExample) -> WorkedExample:
    """Return an own example as the library knows worked examples."""
    return WorkedExample(
        identifier=identifier_of(one),
        language=one.passage.language,
        text=one.text,
        codes={facet: tuple(codes) for facet, codes in one.codes.items()},
        near={key_of(name): why for name, why in one.near.items()},
        context=one.passage.context,
        wording=one.wording,
        file=f"{OWN}.jsonl",
    )


def own_of(portfolio: Portfolio) -> list[OwnExample]:
    """Return what a portfolio took from its own passages, whoever may see it."""
    confirmed = OwnExample.objects.confirmed().filter(portfolio=portfolio)
    joined = confirmed.select_related(
        "portfolio", "passage__intervention", "decided_by"
    )
    return list(joined.order_by("-decided_at", "-pk"))


def own_example_of(passage: Passage) -> OwnExample | None:
    """Return what became of a passage as a worked example, if anything did."""
    found = OwnExample.objects.filter(passage=passage)
    return found.select_related("proposed_by", "decided_by").first()


def own_seen(access: Access) -> list[OwnExample]:
    """Return the confirmed examples of a portfolio that a person may see, newest first."""
    return seen_of(access, own_of(access.portfolio))


def seen_of(access: Access, some: Sequence[OwnExample]) -> list[OwnExample]:
    """Keep those whose passages a person may see with the codes that people gave."""
    if not some:
        return []
    inside = access.interventions().filter(
        pk__in={one.passage.intervention_id for one in some}
    )
    seen = set(inside.values_list("pk", flat=True))
    blind = blind_passages([one.passage_id for one in some], access.user)
    return [
        one
        for one in some
        if one.passage.intervention_id in seen and one.passage_id not in blind
    ]


def worked_seen(access: Access) -> Worked:
    """Return all worked examples that a person may see: the framework's and the own."""
    own = own_seen(access)
    return Worked(of_framework().examples, own) if own else of_framework()


def of_code(worked: Worked, key: Key, language: str) -> tuple[list[Shown], list[Shown]]:
    """Return what shows a code, and near misses, in the reader's language.

    Up to two of the portfolio's own stand first. Where a language has few, others stand
    beside it.
    """
    carrying, missing = worked.carrying.get(key, []), worked.missing.get(key, [])
    languages = [language, *(one for one in LANGUAGES if one != language)]
    examples: list[WorkedExample] = _own_first(worked, carrying, language, 2)
    misses: list[WorkedExample] = _own_first(worked, missing, language, 1)
    for one in languages:
        some, near = shown([*carrying, *missing], key, one, 2 * LEAST)
        most = len(examples) + MOST if one == language else LEAST
        examples = _joined(examples, some, most)
        misses = _joined(misses, near, LEAST if one == language else 1)
    return (
        [as_shown(worked, example, key) for example in examples],
        [as_shown(worked, example, key) for example in misses],
    )


def as_shown(worked: Worked, example: WorkedExample, key: Key) -> Shown:
    """Return an example with what the portfolio knows of it, and why a code does not hold."""
    return Shown(example, worked.own.get(example.identifier), example.near.get(key, ""))


def with_worked(portfolio: Portfolio, decided: Sequence[Example]) -> list[Example]:
    """Return all that the coder learns from: decisions, and worked examples beside them.

    A portfolio's own belong to the document of their passage, so that no document is on
    both sides of cross-validation.
    """
    own = {identifier_of(one): one for one in own_of(portfolio)}
    framework = of_framework().examples
    return [
        replace(
            example, document=own[example.identifier].passage.intervention.counted_as
        )
        if example.worked and example.identifier in own
        else example
        for example in taught([*framework, *map(as_worked, own.values())], decided)
    ]


def _own_first(
    worked: Worked, examples: Iterable[WorkedExample], language: str, most: int
) -> list[WorkedExample]:
    own = [e for e in examples if e.identifier in worked.own]
    return [e for e in own if e.language == language][:most]


def _joined(
    some: list[WorkedExample], more: Iterable[WorkedExample], most: int
) -> list[WorkedExample]:
    found = list(some)
    for example in more:
        if len(found) < most and example not in found:
            found.append(example)
    return found
