"""Where in the results chain a passage speaks: one code a passage."""

from capmap.coding.reading import Reading
from capmap.coding.suggestion import Suggestion

_CONFIDENCE = 0.55  # no passages are hand-coded for this facet: a cautious guess


def place(r: Reading, live: int, *, capacity: str) -> Suggestion | None:
    """Return the code of the facet ``chain``, or ``None`` where nothing tells.

    The furthest link that the text reports wins: a course that led a union to keep its
    own books is a capacity outcome.
    """
    steps: tuple[tuple[str, str, tuple[str, ...], int], ...]
    if capacity == "cd":
        steps = (
            ("decent-work-outcome", "working-lives-changed", ("working-lives",), live),
            ("capacity-outcome", "a-result-without-help", ("autonomy",), live),
            ("output", "something-was-delivered", ("delivered", "units"), live),
        )
    elif capacity == "not-cd":
        steps = (
            ("decent-work-outcome", "working-lives-changed", ("working-lives",), live),
            (
                "context",
                "a-lack-or-a-finding",
                ("lacking", "findings", "risks", "procedural", "paperwork"),
                -1,
            ),
            ("input", "means-are-named", ("budgeting", "cash", "goods", "works"), -1),
        )
    else:
        return None
    for code, because, cues, where in steps:
        hits = [
            hit
            for cue in cues
            for hit in r.cues.get(cue, ())
            if where >> r.sentence(hit.start) & 1
        ]
        if hits:
            spans = r.spans(hits)
            return Suggestion("chain", code, _CONFIDENCE, "rule", because, spans, True)
    if capacity == "cd":
        return Suggestion(
            "chain", "activity", _CONFIDENCE, "rule", "nothing-further-told", (), True
        )
    return None
