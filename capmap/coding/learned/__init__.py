"""The coder that learns from decisions, and never forgets what the lexicon knows.

``learn`` makes a ``Model`` from passages that people coded; ``CombinedCoder`` suggests
codes by lexicon and model together, with one calibrated chance a code. A code of which
too little was read, or for which the model did not hold its own in cross-validation, is
left to the lexicon.
"""
