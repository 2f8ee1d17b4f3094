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
