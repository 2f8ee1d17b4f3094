"""The codebook's rules between codes, on tables of passages and codes.

The same as in the lexicon: one verdict on capacity, facets that only capacity development
carries, parts of government that bring government, programmes that bring their outcome.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from capmap.coding.learned.model import Key
from capmap.frameworks.codebook import OF_ANY_PASSAGE, PARTS_OF_GOVERNMENT, Codebook

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]


class Rules:
    """The rules of a codebook for a list of codes, by their columns."""

    def __init__(self, keys: Sequence[Key], codebook: Codebook) -> None:
        column = {key: number for number, key in enumerate(keys)}
        self.verdicts = [n for n, (facet, _) in enumerate(keys) if facet == "capacity"]
        #: The verdict's column of capacity development, or -1.
        self.is_cd = column.get(("capacity", "cd"), -1)
        #: Columns of each other facet that takes one code.
        self.single = [
            np.flatnonzero([f == facet for f, _ in keys])
            for facet in dict.fromkeys(facet for facet, _ in keys)
            if facet != "capacity" and not codebook.facets[facet].several
        ]
        self.of_cd = np.array([facet not in OF_ANY_PASSAGE for facet, _ in keys], bool)
        #: (code, the code that it brings), by column.
        self.brings = [
            (column["target", part], column["constituent", "government"])
            for part in PARTS_OF_GOVERNMENT
            if ("target", part) in column and ("constituent", "government") in column
        ]
        for (facet, code), number in column.items():
            if facet == "programme" and code in codebook.facets["programme"].codes:
                outcome = codebook.code("programme", code).outcome
                if ("outcome", outcome) in column:
                    self.brings.append((number, column["outcome", outcome]))

    def one_verdict(self, chance: Floats) -> Floats:
        """Return the chances with those of the verdicts summing to 1 in each passage."""
        if not self.verdicts:
            return chance
        chance = chance.copy()
        chance[:, self.verdicts] /= chance[:, self.verdicts].sum(axis=1, keepdims=True)
        return chance

    def verdict(self, chance: Floats, threshold: Floats) -> NDArray[np.intp]:
        """Return the column of the verdict on each passage: furthest above its threshold."""
        columns = np.array(self.verdicts, int)
        best: NDArray[np.intp] = columns[
            (chance[:, columns] / threshold[columns]).argmax(axis=1)
        ]
        return best

    def one_of_each(self, given: Bools, worth: Floats) -> Bools:
        """Keep of a facet that takes one code the one that is worth most."""
        given = given.copy()
        for columns in self.single:
            best = np.where(given[:, columns], worth[:, columns], -1.0).argmax(axis=1)
            kept = np.zeros((len(given), len(columns)), bool)
            kept[np.arange(len(given)), best] = True
            given[:, columns] &= kept
        return given

    def apply(self, given: Bools, verdict: NDArray[np.intp] | None) -> Bools:
        """Return what stands of the codes ``given`` once every rule has been applied."""
        given = given.copy()
        if verdict is not None:
            given[:, self.verdicts] = False
            given[np.arange(len(given)), verdict] = True
            given[:, self.of_cd] &= (verdict == self.is_cd)[:, None]
        for code, brought in self.brings:
            given[:, brought] |= given[:, code]
        return given


def whole_chance(chance: Floats, rules: Rules) -> Floats:
    """Return chances of codes as they stand together.

    Those of capacity's facets are multiplied by that of capacity; a code that another one
    brings has at least the chance of that one.
    """
    if rules.is_cd >= 0:
        chance = np.where(rules.of_cd, chance * chance[:, [rules.is_cd]], chance)
    else:
        chance = chance.copy()
    for code, brought in rules.brings:
        np.maximum(chance[:, brought], chance[:, code], out=chance[:, brought])
    return chance
