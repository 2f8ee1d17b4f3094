"""How capacity is developed, where the text does not use the name of the form.

Terms of the codebook name forms ("workshop", "study tour"). The rules here read what
people write instead: who worked beside whom, who was put into a body, what was made and
left behind, which unit now exists. Each rule reads one sentence; the cue lists are those
of ``cues.yaml``.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from capmap.coding.reading import Reading, Signal
from capmap.coding.suggestion import Suggestion


@dataclass(frozen=True, slots=True)
class Rule:
    """``because`` is a key of ``wording/rules.yaml``. ``holds`` returns the sentences in which the code holds; ``evidence`` marks the words."""

    code: str
    because: str
    evidence: tuple[str, ...]
    holds: Callable[[Reading], int]


def _learners(r: Reading) -> int:
    return r("professionals", "end-users") | r.naming("constituent", "target")


RULES = (
    Rule(
        "training",
        "a-learning-event",
        ("learning-events",),
        lambda r: r("learning-events") & ~r("at-a-distance"),
    ),
    Rule(
        "training",
        "a-course-is-announced",
        ("course-listing",),
        lambda r: r.passage(r.count("course-listing") >= 3) & r("course-listing"),
    ),
    Rule(
        "training",
        "somebody-is-said-to-learn",
        ("learning-verbs",),
        lambda r: (
            r("learning-verbs")
            & _learners(r)
            & ~r("side-by-side", "visits", "at-a-distance", "placements")
        ),
    ),
    Rule(
        "training-of-trainers",
        "those-who-learn-will-teach",
        ("trainer-making",),
        lambda r: r("trainer-making"),
    ),
    Rule(
        "peer-education",
        "peers-teach-one-another",
        ("peers",),
        lambda r: r("peers") & r("learning-verbs", "learning-events"),
    ),
    Rule(
        "certification",
        "a-standard-is-recognized",
        ("certifying",),
        lambda r: (
            r.near("certifying", "professionals")
            | r("certifying") & r("learning-events")
        ),
    ),
    Rule(
        "distance-learning",
        "learning-at-a-distance",
        ("at-a-distance",),
        lambda r: (
            r("at-a-distance")
            & (r("learning-events", "learning-verbs") | r.several("course-listing"))
        ),
    ),
    Rule(
        "on-the-job",
        "learning-beside-somebody-at-work",
        ("side-by-side",),
        lambda r: r("side-by-side") & _learners(r) & ~r("visits"),
    ),
    Rule(
        "exchange",
        "somebody-travels-to-learn",
        ("visits",),
        lambda r: r("visits") & r("professionals", "learning-verbs"),
    ),
    Rule(
        "south-south",
        "a-provider-from-the-south",
        ("southern",),
        lambda r: r("southern") & r("visits", "placements", "experts"),
    ),
    Rule(
        "south-south",
        "a-journey-within-the-south",
        ("southern-places",),
        lambda r: r.near("southern-places", "visits", within=40),
    ),
    Rule(
        "advisory",
        "an-expert-is-put-into-a-body",
        ("placements",),
        lambda r: r("placements") & r("experts", "professionals") & ~r("visits"),
    ),
    Rule(
        "advisory",
        "advice-is-drawn-on",
        ("drawing-on-advice",),
        lambda r: r("drawing-on-advice"),
    ),
    Rule(
        "package",
        "a-tool-is-made-or-handed-over",
        ("tools", "making"),
        lambda r: r.near("tools", "making", within=25),
    ),
    Rule(
        "organizational-development",
        "a-unit-is-set-up",
        ("units",),
        lambda r: r("units"),
    ),
    Rule(
        "organizational-development",
        "a-body-changes-how-it-works",
        ("procedures",),
        lambda r: r.near("procedures", "making") | r.near("procedures", "autonomy"),
    ),
    Rule(  # M5: with functions named; the bare word capacity is form-not-stated
        "organizational-development",
        "a-body-is-made-stronger",
        ("strengthening",),
        lambda r: r("strengthening") & ~r("capacity-words") & ~r.named_forms,
    ),
    Rule(
        "information-systems",
        "a-system-of-data-is-set-up-or-kept",
        ("data-systems",),
        lambda r: (
            r.near("data-systems", "making", within=40)
            | r.near("data-systems", "autonomy", within=40)
        ),
    ),
    Rule(
        "law-and-policy",
        "a-rule-beyond-one-body-is-drafted",
        ("law-texts", "lawmaking"),
        lambda r: r.near("law-texts", "lawmaking", within=40),
    ),
    Rule(
        "academic-partnership",
        "learning-is-placed-in-formal-education",
        ("curricula",),
        lambda r: r.near("curricula", "making") | r.near("curricula", "lawmaking"),
    ),
    Rule(
        "campaign",
        "a-public-is-addressed",
        ("campaigns",),
        lambda r: r("campaigns") & ~r("learning-verbs"),
    ),
    Rule(
        "financial-support",
        "money-to-build-ones-own-ability",
        ("grants",),
        lambda r: r("grants"),
    ),
    Rule(
        "form-not-stated",
        "capacity-is-named-and-no-form",
        ("capacity-words",),
        lambda r: r("capacity-words"),
    ),
)

#: Forms that are learning: where one of them is named, a rule alone does not add training.
_LEARNING = (
    "training-of-trainers",
    "distance-learning",
    "academy",
    "on-the-job",
    "exchange",
    "peer-education",
)


def forms(r: Reading, live: int, signals: Sequence[Signal]) -> list[Suggestion]:
    """Return the modalities of a passage that is capacity development."""
    found: dict[str, Suggestion] = {}
    for (facet, code), hits in r.codes.items():
        if facet == "modality":
            because = signals[hits[0].phrase.signal].term.phrase
            found[code] = Suggestion(
                "modality", code, 0.5, "words", because, r.spans(hits)
            )
    named = set(found)
    for rule in RULES:
        if rule.code in found or rule.evidence[0] not in r.cues:
            continue
        where = rule.holds(r) & live
        if where:
            hits = [
                hit
                for cue in rule.evidence
                for hit in r.cues.get(cue, ())
                if where >> r.sentence(hit.start) & 1
            ]
            found[rule.code] = Suggestion(
                "modality", rule.code, 0.5, "rule", rule.because, r.spans(hits)
            )
    if "training" in found and "training" not in named and found.keys() & _LEARNING:
        del found["training"]
    elsewhere = found.keys() & {"distance-learning", "academy"} and not r("in-person")
    if "training" in found and elsewhere:  # M3: distance and academies beat training
        del found["training"]
    if len(found) > 1:
        found.pop("form-not-stated", None)
    return list(found.values())
