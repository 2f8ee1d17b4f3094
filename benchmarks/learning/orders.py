"""Reviews played through: in which order passages are read, for one question.

Each order gives the answers (1 found, 0 not) in the order in which they were read. Every
one starts with nothing read, on passages shuffled by the seed.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from benchmarks.accuracy.run import with_titles
from benchmarks.learning.ours import passages, ranked_by
from capmap.analysis.reading_order import mix_for, next_batch, permutation
from capmap.coding.evaluation import Example
from capmap.coding.learned.combined import CombinedCoder
from capmap.coding.learned.model import Key, Model
from capmap.coding.lexicon import LexiconCoder

Answers = NDArray[np.int64]
Order = Callable[[Sequence[Example], Answers, Key], Answers]
"""Plays a review through: the answers in the order in which passages were read."""


def batch_of(units: int) -> int:
    """Return after how many readings capmap learns anew: what the site deals one reader."""
    return min(20, max(5, units // 20))


def by_chance(examples: Sequence[Example], answers: Answers, question: Key) -> Answers:
    """As the passages lie, which is at random."""
    return answers


def by_lexicon(lexicon: LexiconCoder) -> Order:
    """By what the lexicon says before anything is read; nothing is learned."""

    def order(examples: Sequence[Example], answers: Answers, question: Key) -> Answers:
        coder = CombinedCoder(lexicon, Model())
        chances = coder.chances(passages(examples), [question])[:, 0]
        return answers[np.argsort(-chances, kind="stable")]

    return order


def by_capmap(lexicon: LexiconCoder, *, audit: bool) -> Order:
    """capmap's order, the coder learning anew from all that was read after each batch.

    It is told what a reader says of the facet asked for, not only whether the code is
    there: a reading on the site says as much. With ``audit`` the batches are those of a
    review that can stop by its promise: a part for doubt, a part at random, more of it
    when the ranking finds little. Without, the ranking alone.
    """

    def order(examples: Sequence[Example], answers: Answers, question: Key) -> Answers:
        facet, _ = question
        known = passages(examples)
        told = [
            replace(e, codes={facet: e.codes.get(facet, frozenset())}) for e in examples
        ]
        units = len(examples)
        size = batch_of(units)
        drawing = permutation(units, seed=units)
        dealt = np.zeros(units, dtype=bool)
        read: list[int] = []
        ranked: list[bool] = []  # answers of those chosen by rank
        drawn: list[bool] = []
        while answers[read].sum() < answers.sum():
            coder = ranked_by([told[i] for i in read], lexicon)
            unread = np.flatnonzero(~dealt)
            chances = np.zeros(units)
            left = [known[i] for i in unread]
            chances[unread] = coder.chances(left, [question])[:, 0]
            if audit:
                share = float(np.mean(drawn)) if drawn else 0.0
                mix = mix_for(ranked, share, len(unread))
                batch = next_batch(chances, dealt, drawing, size, mix)
            else:
                best = np.argsort(np.where(dealt, 1.0, -chances), kind="stable")
                batch = [(int(i), "relevant") for i in best[:size] if not dealt[i]]
            for i, why in batch:
                if why != "uncertain":
                    (drawn if why == "random" else ranked).append(bool(answers[i]))
                dealt[i] = True
                read.append(i)
        rest = np.flatnonzero(~dealt)  # holds nothing
        return answers[[*read, *rest]]

    return order


def by_asreview(
    examples: Sequence[Example], answers: Answers, question: Key
) -> Answers:
    """ASReview's own simulation, with its defaults throughout.

    As its command ``asreview simulate`` builds it: it reads from the top until it has
    one of either kind, then by its default model (ELAS u4: TF-IDF of words and pairs, a
    linear support vector machine), retrained after every reading, until all are found.
    van de Schoot et al. 2021, doi:10.1038/s42256-020-00287-7.
    """
    import pandas as pd
    from asreview.learner import ActiveLearningCycle
    from asreview.models.models import get_ai_config
    from asreview.models.queriers import TopDown
    from asreview.models.stoppers import IsFittable, LastRelevant
    from asreview.simulation.simulate import Simulate

    texts = pd.DataFrame({"title": "", "abstract": [with_titles(e) for e in examples]})
    simulation = Simulate(
        texts,
        pd.Series(answers),
        [
            ActiveLearningCycle(querier=TopDown(), stopper=IsFittable()),
            ActiveLearningCycle.from_meta(get_ai_config()["value"]),
        ],
        stopper=LastRelevant(),
        print_progress=False,
    )
    simulation.review()
    read = simulation._results["label"].to_numpy(dtype=np.int64)
    # What it did not read any more holds nothing.
    return np.concatenate([read, np.zeros(len(answers) - len(read), dtype=np.int64)])


def recall_curve(read: Answers, points: int = 101) -> NDArray[np.float64]:
    """Return the share found after 0, 1, ... 100 per cent was read."""
    found = np.concatenate([[0], np.cumsum(read)]) / read.sum()
    return np.interp(np.linspace(0, 1, points), np.linspace(0, 1, len(found)), found)


def work_saved(read: Answers, recall: float = 0.95) -> float:
    """Return WSS@95: the share not read when 95 per cent is found, less 5 per cent.

    Reading at random saves 0. Cohen et al. 2006, doi:10.1197/jamia.M1929.
    """
    needed = np.ceil(recall * read.sum() - 1e-9)
    at = int(np.argmax(np.cumsum(read) >= needed)) + 1
    return 1 - at / len(read) - (1 - recall)
