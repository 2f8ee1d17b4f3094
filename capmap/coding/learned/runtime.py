"""A model made ready to code: what each token adds to each code, worked out once."""

from collections.abc import Sequence
from threading import Lock
from typing import cast

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from capmap.coding.learned.features import MARK, Sight, features
from capmap.coding.learned.model import Key, Model
from capmap.coding.learned.prior import Correction

Floats = NDArray[np.float64]
#: Tokens kept ready; beyond that the store begins anew, so that memory stays bounded.
_MOST_TOKENS = 60_000


class _Store:
    """Rows of weights by token. Row 0 is that of tokens that say nothing."""

    def __init__(self, codes: int) -> None:
        self.rows: dict[str, int] = {}
        self.table = np.zeros((1024, codes), np.float32)
        self.used = 1


class Weights:
    """What tokens add to the log odds of the codes ``keys``. Safe to share between threads."""

    def __init__(self, model: Model, keys: Sequence[Key]) -> None:
        columns = {key: number for number, key in enumerate(keys)}
        self._column = np.array([columns.get(key, -1) for key in model.keys], int)
        self._feature = {name: number for number, name in enumerate(model.features)}
        self._ends = np.concatenate([[0], model.row_ends])
        self._codes, self._weights = model.weight_codes, model.weights
        self._count = len(keys)
        self._lock = Lock()
        self._store = _Store(self._count)

    def of_token(self, token: str) -> NDArray[np.float32]:
        """Return what one token adds, where it counts 1: a figure a code."""
        added = np.zeros(self._count, np.float32)
        for feature in features(token):
            number = self._feature.get(feature)
            if number is not None:
                part = slice(self._ends[number], self._ends[number + 1])
                columns = self._column[self._codes[part]]
                known = columns >= 0
                added[columns[known]] += self._weights[part][known]
        return added

    def strongest(
        self, words: Sequence[str], columns: Sequence[int], limit: int
    ) -> list[list[str]]:
        """Return for each code the words that speak most for it, the first one most."""
        if not words or not columns:
            return [[] for _ in columns]
        store = self._store
        rows = self._rows(store, words)  # before the table: it then holds them all
        adds = store.table[rows][:, columns]
        order = (-adds).argsort(axis=0, kind="stable")[:limit]
        best = np.take_along_axis(adds, order, axis=0) > 0
        return [
            [words[n] for n, counts in zip(places, told, strict=True) if counts]
            for places, told in zip(order.T.tolist(), best.T.tolist(), strict=True)
        ]

    def __call__(self, sights: Sequence[Sight]) -> Floats:
        """Return what all words and findings of passages add: (passages, keys)."""
        store = self._store
        columns: list[int] = []
        values: list[float] = []
        ends = [0]
        for sight in sights:
            columns += self._rows(store, sight.words)
            values += [sight.share] * len(sight.words)
            columns += self._rows(store, sight.marks)
            values += [MARK] * len(sight.marks)
            ends.append(len(columns))
        table = store.table  # after the rows: it holds them all
        counts = csr_matrix(
            (np.array(values, np.float32), columns, ends),
            shape=(len(sights), len(table)),
        )
        added: Floats = (counts @ table).astype(float)
        return added

    def _rows(self, store: _Store, tokens: Sequence[str]) -> list[int]:
        rows = list(map(store.rows.get, tokens))
        if None in rows:
            return [
                self._learn(store, token) if row is None else row
                for row, token in zip(rows, tokens, strict=True)
            ]
        return cast("list[int]", rows)

    def _learn(self, store: _Store, token: str) -> int:
        added = self.of_token(token)
        with self._lock:
            row = store.rows.get(token)
            if row is not None:
                return row
            if not added.any():
                row = 0
            else:
                if store.used == len(store.table):
                    store.table = np.concatenate(
                        [store.table, np.zeros_like(store.table)]
                    )
                row = store.used
                store.table[row] = added
                store.used += 1
            store.rows[token] = row
            if len(store.rows) >= _MOST_TOKENS and self._store is store:
                self._store = _Store(self._count)
            return row


class Tables:
    """The figures of a model laid out for the codes of a codebook, K of them.

    Codes that the model does not know are the lexicon's; codes of the model that the
    codebook no longer has are not looked at.
    """

    def __init__(self, model: Model, keys: Sequence[Key]) -> None:
        known = {key: number for number, key in enumerate(model.keys)}
        numbers = [known.get(key, -1) for key in keys]
        at = np.array(numbers, int)
        is_known = at >= 0

        def laid_out(values: NDArray[np.float64], otherwise: float) -> Floats:
            out = np.full((len(keys), *values.shape[1:]), otherwise)
            out[is_known] = values[at[is_known]]
            return out

        self.weighs = laid_out(model.weighs.astype(float), 0.0) > 0
        self.is_learned = laid_out(model.is_learned.astype(float), 0.0) > 0
        self.start = laid_out(model.start, 0.0)
        self.found = laid_out(model.found, 0.0)
        self.threshold = laid_out(model.threshold, 0.5)
        self.calibration = np.stack(
            [laid_out(model.calibration[:, n], float(n)) for n in (0, 1)], axis=1
        )
        self.groups = {name: number for number, name in enumerate(model.groups)}
        self.correction = Correction(
            model.group_shift,
            laid_out(model.found_shift, 0.0),
            laid_out(model.missed_shift, 0.0),
        )
