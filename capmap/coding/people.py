"""Who gains capacity, who gives it, and who only stands by.

A body named in a text may be the receiver (constituent or other target), the partner who
delivers, or neither: the union that asked for the course, the chamber that lent the room,
the enterprises that a survey will visit. What stands right before and after a mention
tells which.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from capmap.coding.phrases import Hit
from capmap.coding.reading import Reading, Signal
from capmap.coding.suggestion import Suggestion
from capmap.frameworks.codebook import PARTS_OF_GOVERNMENT

#: What partner a body is when it gives instead of receiving.
PARTNER_OF = {
    "government": "government-partner",
    "employers": "employers-organization",
    "workers": "trade-union",
    "labour-inspectors": "government-partner",
    "local-government": "government-partner",
    "statistical-services": "government-partner",
    "law-enforcement": "government-partner",
    "judiciary": "government-partner",
    "universities": "university",
    "civil-society": "civil-society-partner",
    "training-and-business-service-providers": "training-provider",
    "international-organizations": "un-system",
    "enterprises": "private-sector",
}
#: Groups that are often only the topic ("recruitment of migrant workers") or the end
#: users: they count when somebody teaches them, or when nobody else learns.
_OFTEN_TOPIC = ("individual-workers", "youth", "enterprises")


@dataclass(frozen=True, slots=True)
class Mention:
    """A group named in the text. ``role``: receiver, giver, bystander or topic."""

    facet: str
    code: str
    hit: Hit
    role: str


def mentions(r: Reading) -> list[Mention]:
    """Return every mention of a constituent or other target with its role, in order."""
    named = sorted(
        (
            (hit.start, -hit.end, facet, code, hit)
            for (facet, code), hits in r.codes.items()
            if facet in ("constituent", "target")
            for hit in hits
        ),
        key=lambda mention: mention[:4],
    )
    partners = [h for (f, _), hits in r.codes.items() if f == "partner" for h in hits]
    found: list[Mention] = []
    for _, _, facet, code, hit in named:
        if not any(
            hit.is_part_of(other.hit)
            and not other.hit.phrase.has_gap
            and other.code != code
            for other in found
        ):
            found.append(Mention(facet, code, hit, _role(r, hit, partners)))
    return _topics_told_apart(r, found)


def _role(r: Reading, hit: Hit, partners: list[Hit]) -> str:
    if _follows(r, hit, "standing-by-before", stops=".;:!?|,") or _precedes(
        r, hit, "standing-by-after"
    ):
        return "bystander"
    if any(p.start <= hit.start and hit.end <= p.end for p in partners):
        return "giver"
    if _follows(r, hit, "giving", within=22, stops=".;:!?|,"):
        return "giver"
    return "receiver"


def _follows(
    r: Reading, hit: Hit, cue: str, within: int = 30, stops: str = ".;:!?|"
) -> bool:
    """Tell whether ``hit`` comes right after ``cue``, in the same clause."""
    return any(
        0 <= hit.start - c.end <= within
        and not any(sign in r.folded.text[c.end : hit.start] for sign in stops)
        for c in r.cues.get(cue, ())
    )


def _precedes(r: Reading, hit: Hit, cue: str, within: int = 45) -> bool:
    return any(
        0 <= c.start - hit.end <= within
        and not _broken(r.folded.text[hit.end : c.start])
        for c in r.cues.get(cue, ())
    )


def _broken(between: str) -> bool:
    return any(sign in between for sign in ".;:!?|")


def _topics_told_apart(r: Reading, found: list[Mention]) -> list[Mention]:
    """Give the role ``topic`` to groups that nobody teaches while others learn."""
    learners = [m for m in found if m.role == "receiver" and m.code not in _OFTEN_TOPIC]
    if not learners:
        return found
    told = []
    for m in found:
        if m.role == "receiver" and m.code in _OFTEN_TOPIC:
            listed = any(_listed_with(r, m.hit, other.hit) for other in learners)
            if not listed and not _taught(r, m.hit):
                m = Mention(m.facet, m.code, m.hit, "topic")
        told.append(m)
    return told


def _listed_with(r: Reading, one: Hit, other: Hit) -> bool:
    """Tell whether two mentions are items of one list ("inspectors, companies and ...")."""
    first, second = sorted((one, other), key=lambda hit: hit.start)
    between = r.folded.text[first.end : second.start]
    return len(between) <= 30 and any(
        joint in between
        for joint in (",", " and ", " et ", " y ", " e ", " ou ", " or ", " o ")
    )


_LEARNING = ("learning-events", "learning-verbs")


def _taught(r: Reading, hit: Hit) -> bool:
    """Tell whether words of learning stand close by, in the same clause."""
    for cue in _LEARNING:
        for c in r.cues.get(cue, ()):
            start, end = min(c.end, hit.end), max(c.start, hit.start)
            if end - start <= 35 and not _broken(r.folded.text[start:end]):
                return True
    return False


def named(r: Reading, signals: Sequence[Signal]) -> list[Suggestion]:
    """Return constituents, other targets and partners of a passage.

    Sub-groups of government bring the constituent. A tripartite body gives way to the
    groups that are named beside it (C1), unless "constituents" is the word.
    """
    found: dict[tuple[str, str], Suggestion] = {}
    everyone = mentions(r)
    receivers = [m for m in everyone if m.role == "receiver"]
    for m in receivers:
        key = (m.facet, m.code)
        spans = r.spans(x.hit for x in receivers if (x.facet, x.code) == key)
        because = signals[m.hit.phrase.signal].term.phrase
        found.setdefault(key, Suggestion(*key, 0.0, "words", because, spans))
    for part in PARTS_OF_GOVERNMENT:
        if ("target", part) in found:
            spans = found["target", part].spans
            found.setdefault(
                ("constituent", "government"),
                Suggestion("constituent", "government", 0.0, "implied", part, spans),
            )
    if not receivers and "public-persons" in r.cues:  # C5, flagged
        spans = r.spans(r.cues["public-persons"])
        found["constituent", "government"] = Suggestion(
            "constituent", "government", 0.0, "rule", "public-service-is-named", spans
        )
    for (facet, code), hits in r.codes.items():
        if facet == "partner":
            because = signals[hits[0].phrase.signal].term.phrase
            found[facet, code] = Suggestion(
                facet, code, 0.0, "words", because, r.spans(hits)
            )
    for m in everyone:
        partner = PARTNER_OF.get(m.code)
        if m.role == "giver" and partner and receivers:
            found.setdefault(
                ("partner", partner),
                Suggestion(
                    "partner",
                    partner,
                    0.0,
                    "rule",
                    "gives-instead-of-receiving",
                    r.spans([m.hit]),
                ),
            )
    tripartite = found.get(("constituent", "tripartite"))
    if (
        tripartite
        and ("constituent", "employers") in found
        and ("constituent", "workers") in found
        and not tripartite.because.startswith(_CONSTITUENTS)
    ):
        del found["constituent", "tripartite"]
    return list(found.values())


_CONSTITUENTS = ("constituent", "tripartite constituent", "mandant", "ILO constituent")
