"""What a kind of evidence is worth: how often it was right.

The figures are base rates, rounded: of all codes that a kind of evidence led to in the
held-out passages of ``benchmarks/accuracy/written``, the share that the hand coding gives
too; where fewer than twenty such codes occur there, a figure between that and the one of
the tuning passages. ``benchmarks/accuracy/run.py benchmarks/accuracy/written
--reliability`` sets both beside each other anew.
"""

from capmap.coding.suggestion import Suggestion

#: Below this chance a suggestion is doubtful: a person should look first there.
DOUBTFUL_BELOW = 0.6

#: (facet, kind of evidence) -> chance that a careful reader gives the code.
BASE_RATES = {
    ("outcome", "words"): 0.65,
    ("outcome", "implied"): 0.8,
    ("programme", "words"): 0.75,
    ("modality", "words"): 0.62,
    ("modality", "rule"): 0.4,
    ("level", "rule"): 0.7,
    ("constituent", "words"): 0.72,
    ("constituent", "implied"): 0.85,
    ("constituent", "rule"): 0.5,
    ("target", "words"): 0.65,
    ("partner", "words"): 0.75,
    ("partner", "rule"): 0.4,
}
_OTHERWISE = 0.6
#: Facet -> chance that a careful reader gives one of its codes though the lexicon found
#: nothing for it; of facets that only capacity development carries, where it is that.
#: Counted on the same held-out passages.
_MISSED = {
    "outcome": 0.02,
    "programme": 0.01,
    "modality": 0.06,
    "level": 0.3,
    "constituent": 0.07,
    "target": 0.02,
    "partner": 0.035,
}
_MISSED_OTHERWISE = 0.02


def weighed(
    suggestion: Suggestion, *, doubtful: bool = False, spans: int = 1
) -> Suggestion:
    """Return ``suggestion`` with the base rate of its kind of evidence.

    ``doubtful`` marks what a rule calls doubtful: it is worth a quarter less.
    """
    chance = BASE_RATES.get((suggestion.facet, suggestion.basis), _OTHERWISE)
    if doubtful:
        chance *= 0.75
    return Suggestion(
        suggestion.facet,
        suggestion.code,
        round(chance, 2),
        suggestion.basis,
        suggestion.because,
        suggestion.spans,
        doubtful or chance < DOUBTFUL_BELOW,
    )


def missed(facet: str) -> float:
    """Return the chance of a code of ``facet`` for which the lexicon found nothing."""
    return _MISSED.get(facet, _MISSED_OTHERWISE)
