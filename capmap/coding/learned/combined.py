"""One coder from lexicon and model."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from capmap.coding.confidence import DOUBTFUL_BELOW
from capmap.coding.learned.choosing import Choice
from capmap.coding.learned.features import Sight, places, see
from capmap.coding.learned.model import Key, Model, Passage
from capmap.coding.learned.prior import Floats, Stated
from capmap.coding.learned.rules import Bools, Rules, whole_chance
from capmap.coding.learned.runtime import Tables, Weights
from capmap.coding.lexicon import LexiconCoder
from capmap.coding.suggestion import Suggestion
from capmap.frameworks.codebook import DERIVED

#: Passages coded together: enough that arrays pay, few enough that memory stays small.
_TOGETHER = 512
#: Words that are shown as evidence of a code that only the model suggests.
_WORDS_SHOWN = 3


@dataclass(frozen=True, eq=False)
class Coded:
    """A batch of passages as coded: n passages by the K codes of the coder's ``keys``."""

    sights: list[Sight]
    prior: Floats  # log odds by the lexicon as corrected
    is_found: Bools  # by the lexicon
    chance: Floats  # as calibrated; of a facet of capacity, given that it is that
    given: Bools  # suggested, rules applied


class CombinedCoder:
    """Suggests codes by lexicon and model; takes the place of ``LexiconCoder`` anywhere.

    A suggestion that only the model makes has the basis ``model``, its spans the words
    that speak most for it. One on which both agree keeps the lexicon's evidence, and the
    chance of both. Rules between facets hold as in the lexicon: not-cd and unclear carry
    no facet of capacity, a part of government brings government, a programme its outcome.
    Safe to share between threads.
    """

    def __init__(self, lexicon: LexiconCoder, model: Model) -> None:
        self.lexicon = lexicon
        self.codebook = lexicon.codebook
        self.model = model
        self.version = model.version
        self.keys: tuple[Key, ...] = tuple(
            (facet, code)
            for facet, told in sorted(
                self.codebook.facets.items(), key=lambda facet: facet[0] != "capacity"
            )
            if facet not in DERIVED
            for code in told.codes
        )
        self.columns = {key: number for number, key in enumerate(self.keys)}
        self.tables = Tables(model, self.keys)
        self.weights = Weights(model, self.keys)
        self.rules = Rules(self.keys, self.codebook)
        self._brought: dict[int, list[int]] = {}
        for brings, brought in self.rules.brings:
            self._brought.setdefault(brought, []).append(brings)
        self._choice = Choice(
            self.tables.weighs,
            self.tables.is_learned,
            self.tables.calibration,
            self.tables.threshold,
        )

    def suggest(
        self,
        text: str,
        *,
        language: str = "",
        context: str = "",
        sectors: Sequence[str] = (),
        markers: Sequence[tuple[str, int]] = (),
    ) -> list[Suggestion]:
        """Return the codes suggested for ``text``, as ``LexiconCoder.suggest`` does."""
        passage = Passage(text, language, context, sectors, markers)
        return self.suggest_many([passage])[0]

    def suggest_many(self, passages: Iterable[Passage]) -> list[list[Suggestion]]:
        """Code passages together: several times faster than one by one."""
        found = []
        for batch in _batches(passages):
            coded = self.code(batch)
            chance = whole_chance(coded.chance, self.rules)
            rows, columns = np.nonzero(coded.given)
            ends = np.searchsorted(rows, np.arange(len(batch) + 1)).tolist()
            listed = columns.tolist()
            chances = chance[rows, columns].round(2).tolist()
            for row in range(len(batch)):
                part = slice(ends[row], ends[row + 1])
                found.append(self._suggestions(coded, row, listed[part], chances[part]))
        return found

    def chances(
        self, passages: Iterable[Passage], keys: Sequence[Key]
    ) -> NDArray[np.float64]:
        """Return the chance of each code on each passage: (passages, keys), 0 to 1.

        Also where the code is not suggested, and where only the lexicon speaks of it.
        What the review order ranks by. A code that the codebook does not have has the
        chance 0; one of a facet that follows by rule, that of its suggestion.
        """
        tables = []
        by_rule = [n for n, key in enumerate(keys) if key[0] in DERIVED]
        wanted = [self.columns.get(key, -1) for key in keys]
        for batch in _batches(passages):
            coded = self.code(batch)
            chance = whole_chance(coded.chance, self.rules)
            table = np.hstack([chance, np.zeros((len(batch), 1))])[:, wanted]
            if by_rule:
                for row in range(len(batch)):
                    columns = np.flatnonzero(coded.given[row])
                    given = self._suggestions(
                        coded, row, columns.tolist(), chance[row, columns].tolist()
                    )
                    stated = {(s.facet, s.code): s.confidence for s in given}
                    for n in by_rule:
                        table[row, n] = stated.get(keys[n], 0.0)
            tables.append(table)
        return np.vstack(tables) if tables else np.zeros((0, len(keys)))

    def code(self, passages: Sequence[Passage]) -> Coded:
        """Code a batch of passages, all steps kept."""
        sights = [see(self.lexicon, passage) for passage in passages]
        stated = Stated(sights, self.keys, self.tables.groups)
        prior = self.tables.correction(stated)
        added = self.weights(sights)
        z = prior + np.where(
            self.tables.weighs,
            added + self.tables.start + self.tables.found * stated.is_found,
            0.0,
        )
        chance = self._choice.chances(z, self.rules)
        given = self._choice.given(chance, stated.is_found, self.rules)
        return Coded(sights, prior, stated.is_found, chance, given)

    def _suggestions(
        self, coded: Coded, row: int, columns: list[int], chances: list[float]
    ) -> list[Suggestion]:
        """Make suggestions of the codes given to one passage, each with its evidence."""
        sight = coded.sights[row]
        evidence = {(s.facet, s.code): s for s in sight.findings}
        missing = [n for n in columns if self.keys[n] not in evidence]
        if missing:
            evidence.update(self._by_model(coded, row, missing))
        found: list[Suggestion] = []
        verdict = ""
        for column, chance in zip(columns, chances, strict=True):
            key = self.keys[column]
            if key[0] == "capacity":
                verdict = key[1]
            _, _, _, basis, because, spans, _ = evidence[key]
            found.append(
                Suggestion(*key, chance, basis, because, spans, chance < DOUBTFUL_BELOW)
            )
        if not verdict:
            verdict = sight.look.capacity.code
            found.insert(0, sight.look.capacity)
        if verdict == "cd":
            found += self.lexicon.beneficiary(found)
        return found

    def _by_model(
        self, coded: Coded, row: int, columns: list[int]
    ) -> dict[Key, Suggestion]:
        """Return suggestions that the lexicon does not make, with what speaks for them."""
        sight = coded.sights[row]
        text = sight.look.reading.text
        strongest = self.weights.strongest(sight.words, columns, _WORDS_SHOWN)
        stand = places(sight.look, {word for words in strongest for word in words})
        made: dict[Key, Suggestion] = {}
        for column, words in zip(columns, strongest, strict=True):
            facet, code = key = self.keys[column]
            by = self._brought_by(coded, row, column)
            if by:
                spans = next((s.spans for s in sight.findings if s.code == by), ())
                made[key] = Suggestion(facet, code, 0.0, "implied", by, spans)
                continue
            spans = tuple(sorted(span for word in words for span in stand[word]))
            told = [text[slice(*stand[word][0])] for word in words if stand[word]]
            made[key] = Suggestion(facet, code, 0.0, "model", ", ".join(told), spans)
        return made

    def _brought_by(self, coded: Coded, row: int, column: int) -> str:
        """Return the code given that brings one which the model itself does not suggest."""
        if self.tables.is_learned[column] and (
            self.keys[column][0] == "capacity"
            or coded.chance[row, column] >= self.tables.threshold[column]
        ):
            return ""
        for brings in self._brought.get(column, ()):
            if coded.given[row, brings]:
                return self.keys[brings][1]
        return ""


def suggest_all(
    coder: LexiconCoder | CombinedCoder, passages: Iterable[Passage]
) -> list[list[Suggestion]]:
    """Code passages, together where the coder gains by that."""
    if isinstance(coder, CombinedCoder):
        return coder.suggest_many(passages)
    return [
        coder.suggest(
            passage.text,
            language=passage.language,
            context=passage.context,
            sectors=passage.sectors,
            markers=passage.markers,
        )
        for passage in passages
    ]


def _batches(passages: Iterable[Passage]) -> Iterator[list[Passage]]:
    left = iter(passages)
    while batch := list(islice(left, _TOGETHER)):
        yield batch
