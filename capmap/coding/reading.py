"""A passage as the rules see it: sentences, and the cues and codes that stand in each."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from capmap.coding.phrases import (
    Folded,
    Hit,
    Phrase,
    PhraseMatcher,
    as_patterns,
    fold,
    is_name,
)
from capmap.coding.sentences import sentences
from capmap.frameworks.codebook import Codebook, Term

_BITS = {"en": 1, "fr": 2, "es": 4}
#: What only sounds like a course takes back terms of the code ``training`` too.
_NO_EVENTS = "not-learning-events"
_THEMES = ("outcome", "programme")
_EVERY_LANGUAGE = 15  # the fourth bit stands for all other languages


@dataclass(frozen=True, slots=True)
class Signal:
    """What a phrase stands for: a cue (``facet`` is empty), or a code by one of its terms."""

    facet: str
    name: str
    term: Term
    near: frozenset[str]  # cues of which one must stand in the sentence
    without: frozenset[str]  # cues of which none may


@dataclass(slots=True)
class Reading:
    """What stands in one passage.

    Places are those of the folded text. A set of sentences is a number whose bit *n* is
    set for sentence *n*: ``reading("learning") & reading("officials")`` are the sentences
    that hold both cues.
    """

    text: str
    folded: Folded
    starts: list[int]
    cues: dict[str, list[Hit]] = field(default_factory=dict)
    codes: dict[tuple[str, str], list[Hit]] = field(default_factory=dict)
    where: dict[str, int] = field(default_factory=dict)  # cue -> sentences
    #: The sentences in which a term names a form of capacity development, and those in
    #: which a term does that is not weak.
    named_forms: int = 0
    surely_named_forms: int = 0

    def sentence(self, place: int) -> int:
        return bisect_right(self.starts, place) - 1 if len(self.starts) > 1 else 0

    def sentences(self, hits: Iterable[Hit]) -> int:
        found = 0
        for hit in hits:
            found |= 1 << self.sentence(hit.start)
        return found

    def __call__(self, *cues: str) -> int:
        """Return the sentences that hold any of ``cues``."""
        found = 0
        for cue in cues:
            found |= self.where.get(cue, 0)
        return found

    def count(self, cue: str) -> int:
        """Return in how many different places of the passage ``cue`` stands."""
        return len({hit.start for hit in self.cues.get(cue, ())})

    @staticmethod
    def passage(holds: bool) -> int:
        """Return all sentences if something holds of the passage as a whole, else none."""
        return -1 if holds else 0

    def take_back(self, cue: str, within: Sequence[Hit]) -> None:
        """Drop the hits of ``cue`` that stand inside one of ``within``."""
        kept = [
            hit
            for hit in self.cues[cue]
            if not any(w.start <= hit.start and hit.end <= w.end for w in within)
        ]
        if kept:
            self.cues[cue], self.where[cue] = kept, self.sentences(kept)
        else:
            del self.cues[cue], self.where[cue]

    def several(self, cue: str) -> int:
        """Return the sentences in which ``cue`` stands at least twice, in different places."""
        once = twice = last = 0
        for hit in self.cues.get(cue, ()):
            here = 1 << self.sentence(hit.start)
            if hit.start >= last or not once & here:
                twice |= once & here
                once |= here
                last = hit.end
        return twice

    def naming(self, *facets: str) -> int:
        """Return the sentences in which a term names a code of one of ``facets``."""
        found = 0
        for (facet, _), hits in self.codes.items():
            if facet in facets:
                found |= self.sentences(hits)
        return found

    def near(self, one: str, other: str, *, within: int = 60) -> int:
        """Return the sentences where the two cues stand at most ``within`` signs apart."""
        both = self(one) & self(other)
        if not both:
            return 0
        found = 0
        for a in self.cues[one]:
            here = 1 << self.sentence(a.start)
            if found & here or not both & here:
                continue
            for b in self.cues[other]:
                apart = max(a.start, b.start) - min(a.end, b.end)
                if apart <= within and 1 << self.sentence(b.start) == here:
                    if a.start == b.start and a.end == b.end:
                        continue
                    found |= here
                    break
        return found

    def spans(self, hits: Iterable[Hit]) -> tuple[tuple[int, int], ...]:
        """Return the places of ``hits`` in the text as it was given, in order."""
        return tuple(sorted({self.folded.span(hit.start, hit.end) for hit in hits}))


class Reader:
    """All phrases of a codebook, ready to be found. Built once for each process."""

    def __init__(self, codebook: Codebook) -> None:
        self.signals: list[Signal] = []
        phrases: list[Phrase] = []
        self._neighbours: set[str] = set()
        self._taken_back = [name for name in codebook.cues if name.startswith("not-")]
        for facet in codebook.facets.values():
            for code in facet.codes.values():
                phrases += self._phrases(facet.facet, code.code, code.terms)
        for name in codebook.cues:
            terms = {
                language: tuple(
                    Term(phrase) for phrase in _resolved(codebook, name, language)
                )
                for language in codebook.cues[name]
            }
            phrases += self._phrases("", name, terms)
        self.matcher = PhraseMatcher(phrases)
        # Words that only count beside a term are looked for only where one was found.
        words = []
        for neighbour in sorted(self._neighbours):
            words += self._phrases(
                "", f"={neighbour}", {"en": (Term(neighbour),)}, everywhere=True
            )
        self._neighbour_matcher = PhraseMatcher(words)
        self._phrase_list = phrases

    def _phrases(
        self,
        facet: str,
        name: str,
        terms: dict[str, tuple[Term, ...]],
        *,
        everywhere: bool = False,
    ) -> list[Phrase]:
        languages: dict[Term, int] = {}
        for language, of_language in terms.items():
            for term in of_language:
                languages[term] = languages.get(term, 0) | _BITS.get(language, 8)
        phrases = []
        for term, bits in languages.items():
            self.signals.append(
                Signal(facet, name, term, _cues(term.near), _cues(term.without))
            )
            if everywhere or bits == 7 or is_name(term.phrase):
                bits = _EVERY_LANGUAGE
            phrases.append(Phrase(term.phrase, len(self.signals) - 1, bits))
            for neighbour in (*term.near, *term.without):
                if not neighbour.startswith("<"):
                    self._neighbours.add(neighbour)
        return phrases

    def patterns(self) -> Iterator[tuple[str, int]]:
        """Return each phrase of the matcher as a regular expression, with the bits of its languages."""
        for phrase in self._phrase_list:
            for pattern in as_patterns(phrase.text):
                yield pattern, phrase.languages

    def read(self, text: str, language: str) -> Reading:
        """Find all that stands in ``text``, neighbours checked, longest phrase first."""
        folded = fold(text)
        hits = self.matcher.find(folded, text, _BITS.get(language, 8))
        starts = [0]
        if hits:
            starts += [folded.position(start) for start, _ in sentences(text)[1:]]
        reading = Reading(text, folded, starts)
        of_codes = []
        signals, cues, where = self.signals, reading.cues, reading.where
        alone = len(starts) == 1
        for hit in hits:
            signal = signals[hit.phrase.signal]
            if signal.facet:
                of_codes.append((hit, signal))
                continue
            here = 1 if alone else 1 << reading.sentence(hit.start)
            name = signal.name
            if name in cues:
                cues[name].append(hit)
                where[name] |= here
            else:
                cues[name] = [hit]
                where[name] = here
        for taken in self._taken_back:
            if taken in cues and taken[4:] in cues:
                reading.take_back(taken[4:], cues[taken])
        if _NO_EVENTS in cues:
            of_codes = [
                (hit, signal)
                for hit, signal in of_codes
                if signal.name != "training"
                or not any(
                    w.start <= hit.start and hit.end <= w.end for w in cues[_NO_EVENTS]
                )
            ]
        kept: dict[str, list[tuple[Hit, Signal]]] = {}
        if any(signal.near or signal.without for _, signal in of_codes):
            self._add_neighbours(reading)
        for hit, signal in of_codes:
            if self._stands(hit, signal, reading):
                kept.setdefault(signal.facet, []).append((hit, signal))
        _yield_to_strong(kept)
        for hit, signal in kept.get("modality", ()):
            here = 1 << reading.sentence(hit.start)
            reading.named_forms |= here
            if not signal.term.weak:
                reading.surely_named_forms |= here
        for facet, found in kept.items():
            for hit, signal in _longest(found):
                reading.codes.setdefault((facet, signal.name), []).append(hit)
        return reading

    def _add_neighbours(self, reading: Reading) -> None:
        """Note the sentences of all words that a term may need or refuse beside it."""
        where = reading.where
        for hit in self._neighbour_matcher.find(
            reading.folded, reading.text, _EVERY_LANGUAGE
        ):
            name = self.signals[hit.phrase.signal].name
            where[name] = where.get(name, 0) | 1 << reading.sentence(hit.start)

    @staticmethod
    def _stands(hit: Hit, signal: Signal, reading: Reading) -> bool:
        """Check the neighbours that a term needs or refuses in its sentence."""
        if not (signal.near or signal.without):
            return True
        here = 1 << reading.sentence(hit.start)
        where = reading.where
        if signal.near and not any(
            where[cue] & here for cue in signal.near if cue in where
        ):
            return False
        return signal.without.isdisjoint(where) or not any(
            where[cue] & here for cue in signal.without if cue in where
        )


def _cues(neighbours: tuple[str, ...]) -> frozenset[str]:
    return frozenset(
        neighbour.strip("<>") if neighbour[0] == "<" else f"={neighbour}"
        for neighbour in neighbours
    )


def _resolved(
    codebook: Codebook, name: str, language: str, depth: int = 0
) -> list[str]:
    """Return the phrases of a cue list, those of lists named in it included."""
    phrases = []
    for phrase in codebook.cues[name].get(language, ()):
        if phrase.startswith("<") and depth < 4:
            phrases += _resolved(codebook, phrase.strip("<>"), language, depth + 1)
        else:
            phrases.append(phrase)
    return list(dict.fromkeys(phrases))


def _yield_to_strong(kept: dict[str, list[tuple[Hit, Signal]]]) -> None:
    """Drop weak terms of themes that have no strong one, where another theme has.

    Weak terms of other facets stand: no such facet is looked at unless something else
    says that capacity is developed, which a weak term alone does not say.
    """
    strong = {
        (facet, signal.name)
        for facet in _THEMES
        for _, signal in kept.get(facet, ())
        if not signal.term.weak
    }
    if not strong:
        return
    for facet in _THEMES:
        if facet in kept:
            kept[facet] = [
                (hit, signal)
                for hit, signal in kept[facet]
                if not signal.term.weak or (facet, signal.name) in strong
            ]


def _longest(found: list[tuple[Hit, Signal]]) -> list[tuple[Hit, Signal]]:
    """Drop what stands wholly inside a longer phrase of the same facet.

    A phrase with a gap only hides its own code: others are named in its gap ("in
    collaboration with the Turin Centre and a university").
    """
    if len(found) == 1:
        return found
    found = sorted(found, key=lambda pair: (pair[0].start, -pair[0].end))
    kept: list[tuple[Hit, Signal]] = []
    for hit, signal in found:
        if not any(
            hit.is_part_of(other)
            and (not other.phrase.has_gap or by.name == signal.name)
            for other, by in kept
        ):
            kept.append((hit, signal))
    return kept
