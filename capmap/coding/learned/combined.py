"""One coder from lexicon and model."""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from capmap.coding.learned.model import Key, Model, Passage
from capmap.coding.lexicon import LexiconCoder
from capmap.coding.suggestion import Suggestion


class CombinedCoder:
    """Suggests codes by lexicon and model; takes the place of ``LexiconCoder`` anywhere.

    A suggestion that only the model makes has the basis ``model``, its spans the words
    that speak most for it. One on which both agree keeps the lexicon's evidence, and the
    chance of both. Rules between facets hold as in the lexicon: not-cd and unclear carry
    no facet of capacity, a part of government brings government, a programme its outcome.
    """

    def __init__(self, lexicon: LexiconCoder, model: Model) -> None:
        self.lexicon = lexicon
        self.codebook = lexicon.codebook
        self.model = model
        self.version = model.version

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
        raise NotImplementedError

    def suggest_many(self, passages: Iterable[Passage]) -> list[list[Suggestion]]:
        """Code passages together: several times faster than one by one."""
        raise NotImplementedError

    def chances(
        self, passages: Iterable[Passage], keys: Sequence[Key]
    ) -> NDArray[np.float64]:
        """Return the chance of each code on each passage: (passages, keys), 0 to 1.

        Also where the code is not suggested, and where only the lexicon speaks of it.
        What the review order ranks by.
        """
        raise NotImplementedError
