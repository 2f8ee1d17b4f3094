"""Passages that would teach as worked examples: wholly decided, of rare codes, told wrongly."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import Max

from capmap.frameworks.codebook import DERIVED, Codebook
from capmap.frameworks.examples import Key, WorkedExample
from capmap.frameworks.examples_check import RUN, check_examples, words_of
from capmap.frameworks.findings import Finding
from capmap.records.models import Coding, OwnExample, Passage
from capmap.records.permissions import Access
from capmap.records.queries.codebook import codebook_of
from capmap.records.queries.decided import Decided, decided_on, passages_read, settling
from capmap.records.queries.examples import OWN, own_of, worked_seen
from capmap.records.queries.review import blind_passages

#: Examples of a code in a language from which on another one teaches nothing of note.
ENOUGH = 20

#: Passages looked at, those read last first, and those that are put forward.
_LOOKED_AT, MOST = 1000, 20

#: What teaches less is not put forward: a code that is rare or wrong for the third time.
_LEAST_WORTH = 0.2

#: Facets on which nobody decides where a passage is not capacity development.
_NOT_ASKED = ("outcome", "programme", "chain")

#: What a code that the coder told wrongly is worth beside one without any example (1),
#: and how much of that is left each time it comes again.
_WRONG, _AGAIN = 0.5, 0.25


@dataclass(slots=True)
class Candidate:
    """A passage that would teach, and what: ``few`` with the number of examples so far."""

    passage: Passage
    codes: dict[str, tuple[str, ...]]
    is_doubtful: bool = False  # to those who read it
    missed: list[Key] = field(default_factory=list)  # by the coder, given by people
    refused: list[Key] = field(default_factory=list)  # suggested, and rejected
    few: list[tuple[Key, int]] = field(default_factory=list)

    @property
    def wrong(self) -> list[Key]:
        return [*self.missed, *self.refused]

    @property
    def is_capacity(self) -> bool:
        return self.codes.get("capacity") == ("cd",)


def candidates(access: Access, most: int = MOST) -> list[Candidate]:
    """Return the passages that would teach most and that nobody decided on as examples.

    Each is chosen with those before it in mind, so that the queue does not repeat itself.
    """
    taken = OwnExample.objects.exclude(state=OwnExample.State.TAKEN_BACK)
    left = (
        passages_read(access.portfolio)
        .filter(is_read=True, intervention__in=access.interventions().values("pk"))
        .exclude(pk__in=taken.values("passage"))
    )
    last = settling().filter(passage__in=left.values("pk")).order_by()
    newest = last.values("passage").annotate(read=Max("pk")).order_by("-read")
    numbers = list(newest.values_list("passage", flat=True)[:_LOOKED_AT])
    blind = blind_passages(numbers, access.user)
    found = told_of(access, [number for number in numbers if number not in blind])
    return _best(access, [one for one in found if not one.is_doubtful], most)


def told_of(access: Access, numbers: Sequence[int]) -> list[Candidate]:
    """Say of decided passages what they would teach, in the order given."""
    decided = decided_on(access.portfolio, numbers)
    passages = Passage.objects.select_related("intervention").in_bulk(
        [number for number in numbers if number in decided]
    )
    worked, wrong = worked_seen(access), _told_wrongly(list(passages))
    book = codebook_of(access.portfolio)
    found = []
    for number in numbers:
        if (passage := passages.get(number)) is None:
            continue
        one = Candidate(
            passage,
            codes_of(decided[number], book),
            is_doubtful=bool(decided[number].doubtful),
        )
        left_out = DERIVED if one.is_capacity else (*DERIVED, *_NOT_ASKED)
        one.missed, one.refused = (
            [key for key in keys if key[0] in book.facets and key[0] not in left_out]
            for keys in wrong.get(number, ([], []))
        )
        one.few = [
            (key, count)
            for key in keys_of(one.codes)
            if (count := worked.counts(key).get(passage.language, (0, 0))[0]) < ENOUGH
        ]
        one.few.sort(key=lambda pair: pair[1])
        found.append(one)
    return found


def decided_otherwise(access: Access, some: Sequence[OwnExample]) -> set[int]:
    """Return the passages of examples on which people have decided otherwise since."""
    decided = decided_on(access.portfolio, [one.passage_id for one in some])
    book = codebook_of(access.portfolio)
    now = {number: codes_of(found, book) for number, found in decided.items()}
    return {
        one.passage_id
        for one in some
        if now.get(one.passage_id) != {f: tuple(c) for f, c in one.codes.items()}
    }


def codes_of(decided: Decided, book: Codebook) -> dict[str, tuple[str, ...]]:
    """Return the codes of a passage as worked examples hold them, in the codebook's order."""
    return {
        facet: tuple(code for code in told.codes if code in decided.codes[facet])
        for facet, told in book.facets.items()
        if facet not in DERIVED and decided.codes.get(facet)
    }


def keys_of(codes: Mapping[str, Iterable[str]]) -> list[Key]:
    return [(facet, code) for facet, given in codes.items() for code in given]


def broken_rules(
    passage: Passage, codes: Mapping[str, tuple[str, ...]], book: Codebook
) -> list[Finding]:
    """Return the rules of the codebook that the codes of a passage break."""
    wording = "plain" if codes.get("capacity") == ("cd",) else ""
    example = WorkedExample(
        "x", passage.language, passage.text, codes, wording=wording, file=OWN
    )
    return check_examples([example], book)


def _best(
    access: Access, candidates: Iterable[Candidate], most: int
) -> list[Candidate]:
    """Choose one after the other, each by what it adds to those chosen before."""
    book = codebook_of(access.portfolio)
    sound = dict[str, bool]()  # passages of the same codes break the same rules

    def is_sound(one: Candidate) -> bool:
        name = f"{one.passage.language} {one.codes}"
        if name not in sound:
            sound[name] = not broken_rules(one.passage, one.codes, book)
        return sound[name]

    left, chosen = [one for one in candidates if is_sound(one)], list[Candidate]()
    repeated = {run for own in own_of(access.portfolio) for run in _runs(own.text)}
    more: Counter[tuple[Key, str]] = Counter()
    told: Counter[tuple[Key, str]] = Counter()

    def worth(one: Candidate) -> float:
        language = one.passage.language
        rare = sum(
            max(0.0, 1 - (count + more[key, language]) / ENOUGH)
            for key, count in one.few
        )
        wrong = sum(_WRONG * _AGAIN ** told[key, language] for key in one.wrong)
        return rare + wrong

    while left and len(chosen) < most:
        best = max(left, key=worth)
        left.remove(best)
        if worth(best) < _LEAST_WORTH:
            break
        said = _runs(best.passage.text)
        if said & repeated:
            continue
        repeated |= said
        chosen.append(best)
        more.update((key, best.passage.language) for key in keys_of(best.codes))
        told.update((key, best.passage.language) for key in best.wrong)
    return chosen


def _runs(text: str) -> set[tuple[str, ...]]:
    """Return what no other example may repeat of a text: runs of its words."""
    words = words_of(text)
    return {tuple(words[n : n + RUN]) for n in range(len(words) - RUN + 1)}


def _told_wrongly(numbers: Sequence[int]) -> dict[int, tuple[list[Key], list[Key]]]:
    """Return of each passage what machines missed, and what they suggested wrongly."""
    given = defaultdict[int, set[Key]](set)
    said = defaultdict[int, set[Key]](set)
    for passage, facet, code, status, kind in (
        Coding.objects.filter(passage__in=numbers)
        .exclude(status=Coding.Status.SUGGESTED)
        .values_list("passage_id", "facet", "code", "status", "coder__kind")
    ):
        if status == Coding.Status.ACCEPTED:
            given[passage].add((facet, code))
        if kind != "person":
            said[passage].add((facet, code))
    return {
        number: (
            sorted(given[number] - said[number]),
            sorted(said[number] - given[number]),
        )
        for number in {*given, *said}
    }
