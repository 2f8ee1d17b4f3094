"""Whether a passage is capacity development at all: the facet behind the headline share.

Signals speak for it (somebody learns, a tool is made, a unit set up, a law drafted) or
against it (works, goods, cash, a vacancy, a course that was called off). Each has a
weight, the evidence in favour of ``cd`` in units of log odds, set once from the hand-coded
passages and rounded; ``docs/explanation/coding.md`` says how. What stands in a sentence
that is framed (cancelled, a rule of procedure, a risk, a budget line) does not speak for it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import exp

from capmap.coding.reading import Reading
from capmap.coding.suggestion import Suggestion


def framed(r: Reading) -> int:
    """Return the sentences that do not report an activity, whatever words they use."""
    return r("cancelled", "procedural", "risks", "budgeting", "lacking") | r.several(
        "paperwork"
    )


@dataclass(frozen=True, slots=True)
class Sign:
    """Something that speaks for (weight above 0) or against capacity development."""

    because: str  # a key of ``wording/rules.yaml``
    weight: float
    evidence: tuple[str, ...]
    holds: Callable[[Reading, int], int]  # reading, unframed sentences -> sentences


_NAMED_FORM = Sign(
    "a-form-is-named", 2.5, (), lambda r, live: r.surely_named_forms & live
)
SIGNS = (
    _NAMED_FORM,
    Sign(
        "learning-events",
        1.5,
        ("learning-events",),
        lambda r, live: r("learning-events") & live,
    ),
    Sign(
        "learning", 2.0, ("learning-verbs",), lambda r, live: r("learning-verbs") & live
    ),
    Sign(
        "capacity-is-named",
        3.0,
        ("capacity-words",),
        lambda r, live: r("capacity-words") & live,
    ),
    Sign("tools", 1.0, ("tools",), lambda r, live: r("tools") & live),
    Sign("procedures", 1.0, ("procedures",), lambda r, live: r("procedures") & live),
    Sign("a-unit-is-set-up", 1.0, ("units",), lambda r, live: r("units") & live),
    Sign(
        "a-body-is-made-stronger",
        0.4,
        ("strengthening",),
        lambda r, live: r("strengthening") & live,
    ),
    Sign(
        "a-result-without-help",
        1.5,
        ("autonomy",),
        lambda r, live: r("autonomy") & live,
    ),
    Sign(
        "somebody-is-placed",
        1.0,
        ("placements",),
        lambda r, live: r("placements") & live,
    ),
    Sign("travel-to-learn", 1.5, ("visits",), lambda r, live: r("visits") & live),
    Sign(
        "advice",
        2.0,
        ("drawing-on-advice",),
        lambda r, live: r("drawing-on-advice") & live,
    ),
    Sign(
        "data-systems", 1.5, ("data-systems",), lambda r, live: r("data-systems") & live
    ),
    Sign("curricula", 1.0, ("curricula",), lambda r, live: r("curricula") & live),
    Sign("plans", 1.5, ("plans",), lambda r, live: r("plans") & live),
    Sign("knowledge", 1.5, ("knowledge",), lambda r, live: r("knowledge") & live),
    Sign("a-diagnosis", 1.5, ("assessments",), lambda r, live: r("assessments") & live),
    Sign(
        "dialogue",
        1.0,
        ("dialogue-events",),
        lambda r, live: r("dialogue-events") & live,
    ),
    Sign("a-network", 1.0, ("networks",), lambda r, live: r("networks") & live),
    Sign("a-campaign", 0.5, ("campaigns",), lambda r, live: r("campaigns") & live),
    Sign(
        "professionals",
        0.5,
        ("professionals",),
        lambda r, live: r("professionals") & live,
    ),
    Sign(
        "side-by-side",
        1.5,
        ("side-by-side",),
        lambda r, live: r("side-by-side") & r("professionals", "experts") & live,
    ),
    Sign(
        "bodies-or-professionals-counted",
        1.0,
        ("indicators",),
        lambda r, live: (
            (
                r.near("indicators", "professionals")
                | r.near("indicators", "bodies-word")
            )
            & live
        ),
    ),
    Sign(
        "a-course-is-announced",
        1.5,
        ("course-listing",),
        lambda r, live: (
            r.passage(r.count("course-listing") >= 3) & live & r("course-listing")
        ),
    ),
    Sign(
        "a-rule-is-drafted",
        2.0,
        ("law-texts", "lawmaking"),
        lambda r, live: r.near("law-texts", "lawmaking", within=40) & live,
    ),
    Sign("bare-support", -0.7, ("bare-support",), lambda r, _: r("bare-support")),
    Sign("end-users", -0.3, ("end-users",), lambda r, _: r("end-users")),
    Sign("works", -2.0, ("works",), lambda r, _: r("works")),
    Sign("goods", -1.5, ("goods",), lambda r, _: r("goods")),
    Sign("cash", -2.0, ("cash",), lambda r, _: r("cash")),
    Sign("services", -1.0, ("services",), lambda r, _: r("services")),
    Sign(
        "another-sense-of-capacity", -4.0, ("production",), lambda r, _: r("production")
    ),
    Sign("cancelled-or-denied", -3.0, ("cancelled",), lambda r, _: r("cancelled")),
    Sign("a-budget-line", -1.5, ("budgeting",), lambda r, _: r("budgeting")),
    Sign("a-risk-or-a-vacancy", -2.5, ("risks",), lambda r, _: r("risks")),
    Sign("a-lack", -1.5, ("lacking",), lambda r, _: r("lacking")),
    Sign("findings", -1.0, ("findings",), lambda r, _: r("findings")),
    Sign(
        "a-rule-of-procedure",
        -2.0,
        ("procedural", "paperwork"),
        lambda r, _: r("procedural") | r.several("paperwork"),
    ),
)

#: Cue -> the numbers of the signs that rest on it.
_BY_CUE: dict[str, list[int]] = {}
for _number, _sign in enumerate(SIGNS):
    for _cue in _sign.evidence:
        _BY_CUE.setdefault(_cue, []).append(_number)

#: Log odds of ``cd`` where nothing speaks for or against it.
_PRIOR = -0.4
#: Weights were set with the tuning passages in view, so the odds are taken with caution:
#: on 60 passages written afterwards the code was right in 44.
_CAUTION = 0.6
#: Below this chance the suggestion is doubtful.
_SURE = 0.75


_NOTHING_TOLD = Suggestion(
    "capacity", "unclear", round(1 - 1 / (1 + exp(-_CAUTION * _PRIOR)), 2), "rule", "",
    (), True,
)  # fmt: skip


def judge(r: Reading) -> Suggestion:
    """Return the suggestion for the facet ``capacity``; every passage has exactly one."""
    live = ~framed(r) if r.cues else -1
    numbers = {n for cue in r.cues if cue in _BY_CUE for n in _BY_CUE[cue]}
    if r.surely_named_forms:
        numbers.add(0)
    present = []
    for number in sorted(numbers):  # few signs, in most passages
        where = SIGNS[number].holds(r, live)
        if where:
            present.append((SIGNS[number], where))
    # Weak terms of a form speak too, but beside other evidence only.
    weakly = 0 if r.surely_named_forms & live else r.named_forms & live
    if weakly and any(sign.weight > 0 for sign, _ in present):
        present.insert(0, (_NAMED_FORM, weakly))
    if not present:
        return _NOTHING_TOLD
    odds = _PRIOR + sum(sign.weight for sign, _ in present)
    chance = 1 / (1 + exp(-_CAUTION * odds))
    if odds > 0:
        telling = [pair for pair in present if pair[0].weight > 0]
        code = "cd"
    else:
        telling = [pair for pair in present if pair[0].weight <= -1]
        code = "not-cd" if telling else "unclear"
        chance = 1 - chance
    telling.sort(key=lambda pair: -abs(pair[0].weight))
    hits = [
        hit
        for sign, where in telling
        for cue in sign.evidence
        for hit in r.cues.get(cue, ())
        if where >> r.sentence(hit.start) & 1
    ]
    because = ", ".join(sign.because for sign, _ in telling[:3])
    return Suggestion(
        "capacity",
        code,
        round(chance, 2),
        "rule",
        because,
        r.spans(hits),
        chance < _SURE,
    )
