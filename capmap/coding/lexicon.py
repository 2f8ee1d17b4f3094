"""The coder that needs nothing but the codebook: its terms, its cues and the rules."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from capmap.coding import chain, modality, people
from capmap.coding.beyond_words import CONSTITUENT_OF_OUTCOME, OutcomeSources
from capmap.coding.capacity import framed, judge
from capmap.coding.confidence import weighed
from capmap.coding.languages import language_of
from capmap.coding.level import levels
from capmap.coding.reading import Reader, Reading
from capmap.coding.suggestion import Suggestion
from capmap.frameworks.codebook import Codebook
from capmap.frameworks.framework import Framework

#: Programmes that are about a group itself, with their outcomes.
_OUTCOME_OF_GROUP = {
    "employers-activities": "spf-09",
    "workers-activities": "spf-10",
    "labour-administration-and-inspection": "spf-11",
}
#: Facets that only say how capacity is developed: empty where it is not.
_OF_CAPACITY = ("reach", "delivery_format", "award")
_THEMES = ("outcome", "programme")
#: Facets whose codes are worked out by their own rules from what was read.
_BY_RULES = ("modality", "constituent", "target", "partner", "level")


class Suggestions:
    """The suggestions for one passage; the first for a code stays."""

    def __init__(self) -> None:
        self._found: dict[str, dict[str, Suggestion]] = {}

    def add(self, suggestion: Suggestion | None) -> None:
        if suggestion is not None:
            codes = self._found.setdefault(suggestion.facet, {})
            codes.setdefault(suggestion.code, suggestion)

    def drop(self, facet: str, code: str) -> None:
        self._found.get(facet, {}).pop(code, None)

    def of(self, facet: str) -> dict[str, Suggestion]:
        return self._found.get(facet, {})

    def all(self) -> list[Suggestion]:
        return [s for codes in self._found.values() for s in codes.values()]


class Look(NamedTuple):
    """What the lexicon sees in a passage, before a verdict on capacity is applied."""

    reading: Reading
    live: int  # sentences that report an activity
    capacity: Suggestion
    found: Suggestions  # capacity, outcomes and programmes
    context: str


def version_of(codebook: Codebook) -> str:
    """Name the lexicon coder of a codebook, without building it."""
    return f"lexicon {codebook.version}"


class LexiconCoder:
    """Suggests codes by the terms and rules of a codebook.

    The same text always gets the same codes. Safe to share between threads. Building one
    costs some tenths of a second: the phrases of three languages are made ready once.
    """

    def __init__(self, codebook: Codebook, framework: Framework | None = None) -> None:
        self.codebook = codebook
        self.version = version_of(codebook)
        self._reader = Reader(codebook)
        self._sources = OutcomeSources(codebook, framework)
        # Headings repeat from passage to passage of an activity.
        self._headings = lru_cache(maxsize=256)(self._read_headings)

    def suggest(
        self,
        text: str,
        *,
        language: str = "",
        context: str = "",
        sectors: Sequence[str] = (),
        markers: Sequence[tuple[str, int]] = (),
    ) -> list[Suggestion]:
        """Return the codes suggested for ``text``, the facet ``capacity`` first.

        ``language``: ISO 639-1, found if empty. ``context``: headings or titles above
        the passage. ``sectors``: DAC purpose codes, ``markers``: (policy marker,
        significance) of the source. Spans count characters of ``text``. Every text has
        exactly one code of ``capacity``, an empty one too.
        """
        look = self.look(
            text, language=language, context=context, sectors=sectors, markers=markers
        )
        if look.capacity.code == "cd":
            self.add_of_capacity(look, look.found)
        for link in self.link(look, look.capacity.code):
            look.found.add(link)
        return look.found.all()

    def look(
        self,
        text: str,
        *,
        language: str = "",
        context: str = "",
        sectors: Sequence[str] = (),
        markers: Sequence[tuple[str, int]] = (),
    ) -> Look:
        """Read a passage: the verdict on capacity and the themes, which do not hang on it."""
        language = language or language_of(text)
        reading = self._reader.read(text, language)
        capacity = judge(reading)
        found = Suggestions()
        found.add(capacity)
        self._themes(found, reading, context, language, sectors, markers)
        live = ~framed(reading) if reading.cues else -1
        return Look(reading, live, capacity, found, context)

    @staticmethod
    def link(look: Look, capacity: str) -> list[Suggestion]:
        """Return where in the results chain the passage speaks, under a verdict."""
        link = chain.place(look.reading, look.live, capacity=capacity)
        return [link] if link else []

    def _because(self, reading: Reading, facet: str, code: str) -> Suggestion:
        """Return a suggestion that rests on the terms of ``code``."""
        hits = reading.codes[facet, code]
        term = self._reader.signals[hits[0].phrase.signal].term.phrase
        return weighed(Suggestion(facet, code, 0.0, "words", term, reading.spans(hits)))

    def _themes(
        self,
        found: Suggestions,
        reading: Reading,
        context: str,
        language: str,
        sectors: Sequence[str],
        markers: Sequence[tuple[str, int]],
    ) -> None:
        """Add outcomes and programmes: by words, else by headings, else by the source."""
        for facet, code in reading.codes:
            if facet in _THEMES:
                found.add(self._because(reading, facet, code))
        self._implied_outcomes(found)
        self._themes_beat_groups(found, reading)
        numbers = self._sources.numbers(context) if context else []
        for suggestion in self._sources.by_number(numbers):
            found.add(suggestion)
        if context and (numbers or not found.of("outcome")):
            headings = self._headings(context, language, bool(numbers))
            assigned = {s.code for s in headings if s.facet == "programme"}
            if numbers and assigned:  # the source itself puts it under a programme
                for programme in found.of("programme").keys() - assigned:
                    found.drop("programme", programme)
            for suggestion in headings:
                found.add(suggestion)
        if (sectors or markers) and not found.of("outcome"):
            for suggestion in self._sources.by_source(sectors, markers):
                found.add(suggestion)

    @staticmethod
    def _themes_beat_groups(found: Suggestions, reading: Reading) -> None:
        """O3: a group that is only named does not make its own outcome a theme.

        Unions trained on safety are about safety. Where no other theme is named, the
        group's outcome stays.
        """
        outcomes = found.of("outcome")
        if not outcomes.keys() - _OUTCOME_OF_GROUP.values():
            return
        if outcomes.keys().isdisjoint(_OUTCOME_OF_GROUP.values()) and found.of(
            "programme"
        ).keys().isdisjoint(_OUTCOME_OF_GROUP):
            return
        groups = [
            span
            for (facet, _), hits in reading.codes.items()
            if facet in ("constituent", "target")
            for span in reading.spans(hits)
        ]
        for programme, outcome in _OUTCOME_OF_GROUP.items():
            for facet, code in (("programme", programme), ("outcome", outcome)):
                suggestion = found.of(facet).get(code)
                if suggestion and all(
                    any(start < b and a < end for a, b in groups)
                    for start, end in suggestion.spans
                ):
                    found.drop(facet, code)

    def _implied_outcomes(self, found: Suggestions) -> None:
        """A programme brings the outcome under which it stands."""
        for programme in found.of("programme").values():
            outcome = self.codebook.code("programme", programme.code).outcome
            if outcome:
                found.add(
                    weighed(
                        Suggestion(
                            "outcome",
                            outcome,
                            0.0,
                            "implied",
                            programme.code,
                            programme.spans,
                        )
                    )
                )

    def _read_headings(
        self, context: str, language: str, numbered: bool
    ) -> tuple[Suggestion, ...]:
        """Return the themes that headings name; sure only where they number the outcome."""
        reading = self._reader.read(context, language)
        found = Suggestions()
        chance = 0.9 if numbered else 0.55
        outcomes = {
            s.code for s in self._sources.by_number(self._sources.numbers(context))
        }
        for facet, code in reading.codes:
            if numbered and self.codebook.code(facet, code).outcome not in outcomes:
                continue
            if facet == "programme" or (facet == "outcome" and not numbered):
                because = context if len(context) <= 80 else f"{context[:79]}…"
                found.add(
                    Suggestion(
                        facet, code, chance, "context", because, (), not numbered
                    )
                )
        if not numbered:
            for programme in found.of("programme"):
                outcome = self.codebook.code("programme", programme).outcome
                if outcome:
                    found.add(
                        Suggestion(
                            "outcome", outcome, chance, "context", programme, (), True
                        )
                    )
        return tuple(found.all())

    def add_of_capacity(self, look: Look, found: Suggestions) -> None:
        """Add all that only a passage on capacity development carries."""
        reading, live, context = look.reading, look.live, look.context
        forms = modality.forms(reading, live, self._reader.signals)
        for form in forms:
            found.add(weighed(form))
        for level, grounds in levels(reading, {f.code for f in forms}).items():
            spans = next((f.spans for f in forms if f.code == grounds.form), ())
            found.add(
                weighed(
                    Suggestion("level", level, 0.0, "rule", grounds.because, spans),
                    doubtful=grounds.doubtful,
                )
            )
        for suggestion in people.named(reading, self._reader.signals):
            found.add(weighed(suggestion))
        self._constituents(found, context)
        for facet, code in reading.codes:
            if facet in _OF_CAPACITY or (
                facet not in _BY_RULES and facet not in _THEMES
            ):
                found.add(self._because(reading, facet, code))

    def _constituents(self, found: Suggestions, context: str) -> None:
        """Apply rule C3, and say whose capacity it is."""
        if not found.of("constituent") and context:
            for number in self._sources.numbers(context):
                if number in CONSTITUENT_OF_OUTCOME:
                    found.add(
                        Suggestion(
                            "constituent",
                            CONSTITUENT_OF_OUTCOME[number],
                            0.7,
                            "context",
                            f"outcome {number}",
                            (),
                            True,
                        )
                    )
        for suggestion in self.beneficiary(
            [*found.of("constituent").values(), *found.of("target").values()]
        ):
            found.add(suggestion)

    @staticmethod
    def beneficiary(found: Iterable[Suggestion]) -> list[Suggestion]:
        """Say whose capacity it is, by the groups found: constituents', or others' only."""
        first: dict[str, Suggestion] = {}
        for suggestion in found:
            first.setdefault(suggestion.facet, suggestion)
        for facet, code in (("constituent", "constituents"), ("target", "others-only")):
            if facet in first:
                one = first[facet]
                return [
                    Suggestion(
                        "beneficiary",
                        code,
                        one.confidence,
                        "implied",
                        one.code,
                        one.spans,
                        one.doubtful,
                    )
                ]
        return []
