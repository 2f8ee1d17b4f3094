"""Decisions made ready to learn from: tables of passages by codes, and folds by document."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from capmap.coding.evaluation import Example
from capmap.coding.learned.features import MARK, Sight, features, see
from capmap.coding.learned.model import Key, Passage
from capmap.coding.learned.prior import Stated
from capmap.coding.lexicon import LexiconCoder
from capmap.frameworks.codebook import DERIVED, OF_ANY_PASSAGE

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Whole = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Decisions:
    """What people decided, n passages by K codes, beside what the lexicon sees."""

    sights: list[Sight]
    keys: tuple[Key, ...]
    groups: tuple[str, ...]  # kinds of evidence
    stated: Stated
    true: Bools  # (n, K)
    weight: Floats  # (n, K); 0 where a code could not have been given
    documents: Whole  # (n)
    worked: Bools  # (n)
    looked_at: Bools  # (n, K)
    tokens: tuple[str, ...]
    counts: csr_matrix  # (n, tokens)
    features: tuple[str, ...]
    stands_for: csr_matrix  # (tokens, features)

    @property
    def own(self) -> Bools:
        """Tell what people decided from worked examples; all where there is nothing else."""
        return self.worked if self.worked.all() else ~self.worked


def decisions(examples: Sequence[Example], lexicon: LexiconCoder) -> Decisions:
    """Look at every example through the lexicon. The order of examples does not matter."""
    examples = sorted(
        (e for e in examples if e.weight > 0),
        key=lambda e: (e.document, e.identifier, e.text, e.context, repr(_sorted(e))),
    )
    sights = [see(lexicon, Passage(e.text, e.language, e.context)) for e in examples]
    coded = {facet for e in examples for facet in e.codes} - set(DERIVED)
    keys = tuple(
        (facet, code)
        for facet, told in lexicon.codebook.facets.items()
        if facet in coded
        for code in told.codes
    )
    groups: dict[str, int] = {}
    stated = Stated(sights, keys, groups, grow=True)
    true = np.array(
        [[code in e.codes.get(facet, ()) for facet, code in keys] for e in examples],
        bool,
    ).reshape(len(examples), len(keys))
    of_cd = np.array([facet not in OF_ANY_PASSAGE for facet, _ in keys], bool)
    can_carry = np.array(
        [_is_capacity(e, sight) for e, sight in zip(examples, sights, strict=True)]
    )
    looked_at = np.array(
        [
            [e.facets is None or facet in e.facets for facet, _ in keys]
            for e in examples
        ],
        bool,
    ).reshape(true.shape)
    weight = (
        np.where(of_cd[None, :], can_carry[:, None], True)
        * looked_at
        * np.array([[e.weight] for e in examples])
    )
    tokens: dict[str, int] = {}
    counts = count(sights, tokens, grow=True)
    names, table = stands_for(tokens)
    return Decisions(
        sights, keys, tuple(groups), stated, true, weight, _documents(examples),
        np.array([e.worked for e in examples], bool), looked_at,
        tuple(tokens), counts, names, table,
    )  # fmt: skip


def _sorted(example: Example) -> list[tuple[str, list[str]]]:
    return sorted((facet, sorted(codes)) for facet, codes in example.codes.items())


def _is_capacity(example: Example, sight: Sight) -> bool:
    """Tell whether a passage could have carried a code of the facets of capacity."""
    if "capacity" in example.codes:
        return "cd" in example.codes["capacity"]
    return sight.look.capacity.code == "cd" or any(
        codes for facet, codes in example.codes.items() if facet not in OF_ANY_PASSAGE
    )


def count(
    sights: Sequence[Sight], tokens: dict[str, int], *, grow: bool = False
) -> csr_matrix:
    """Return what each token counts in each passage: (passages, tokens).

    Tokens are numbered as they come where ``grow`` is true, and left out otherwise.
    """
    values: list[float] = []
    columns: list[int] = []
    ends = [0]
    for sight in sights:
        share = sight.share
        for found, value in ((sight.words, share), (sight.marks, MARK)):
            for token in found:
                number = (
                    tokens.setdefault(token, len(tokens))
                    if grow
                    else tokens.get(token, -1)
                )
                if number >= 0:
                    columns.append(number)
                    values.append(value)
        ends.append(len(columns))
    return csr_matrix((values, columns, ends), shape=(len(sights), len(tokens)))


def stands_for(tokens: dict[str, int]) -> tuple[tuple[str, ...], csr_matrix]:
    """Return the features that tokens stand for, and which token stands for which."""
    known: dict[str, int] = {}
    rows, columns = [], []
    for token, number in tokens.items():
        for feature in features(token):
            rows.append(number)
            columns.append(known.setdefault(feature, len(known)))
    shape = (len(tokens), len(known))
    return tuple(known), csr_matrix((np.ones(len(rows)), (rows, columns)), shape=shape)


def _documents(examples: Sequence[Example]) -> Whole:
    """Number what belongs together: passages of one document, and equal texts."""
    root: dict[str, str] = {}

    def top(name: str) -> str:
        while root.setdefault(name, name) != name:
            name = root[name]
        return name

    names = []
    for number, example in enumerate(examples):
        name = f"d {example.document}" if example.document else f"n {number}"
        root[top(name)] = top(f"t {' '.join(example.text.lower().split())}")
        names.append(name)
    numbers: dict[str, int] = {}
    return np.array([numbers.setdefault(top(n), len(numbers)) for n in names], np.intp)


def folds(documents: Whole, wanted: int) -> list[Whole]:
    """Share passages among folds, documents whole, by a draw that is always the same.

    Where there are fewer documents than folds, passages are shared one by one.
    """
    if len(documents) and documents.max() + 1 < wanted:
        documents = np.arange(len(documents))
    sizes = np.bincount(documents)
    drawn = sorted(
        range(len(sizes)),
        key=lambda n: (-sizes[n], hashlib.sha256(str(n).encode()).digest()),
    )
    parts: list[list[int]] = [[] for _ in range(wanted)]
    held = [0] * wanted
    for document in drawn:
        least = held.index(min(held))
        parts[least].append(document)
        held[least] += int(sizes[document])
    return [np.flatnonzero(np.isin(documents, part)) for part in parts]
