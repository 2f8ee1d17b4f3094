"""Passages of interventions that come again: which stay, which are new, which are gone.

A passage is the same if its kind and text are: it stays with all that people decided on
it. What changes is noted in ``Kept``, so that an undo can set it back.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from capmap.records.actions.import_rows import Incoming, IncomingPassage
from capmap.records.models import (
    Coder,
    Coding,
    Import,
    Intervention,
    Passage,
    SourceFile,
)
from capmap.records.queries.codebook import machine

_BATCH = 500
_PLACE = ("position", "place", "language", "context")
_STORED = (*_PLACE, "file_id", "is_current", "left_with_id")
_CODING = (
    "facet", "code", "coder_id", "confidence", "doubtful", "basis", "because", "spans",
)  # fmt: skip


@dataclass(slots=True)
class Kept:
    """What an import changed in the passages of one intervention."""

    passages: dict[int, dict[str, Any]] = field(default_factory=dict)  # as they were
    added: list[int] = field(default_factory=list)
    codings: dict[int, list[dict[str, Any]]] = field(default_factory=dict)  # replaced
    gone: int = 0

    def as_values(self) -> dict[str, Any]:
        return {
            "passages": self.passages,
            "added": self.added,
            "codings": self.codings,
            "gone": self.gone,
        }


class Coders:
    """The coders of an import, each looked up once."""

    def __init__(self) -> None:
        self._known: dict[str, int] = {}

    def number(self, name: str) -> int:
        if name not in self._known:
            self._known[name] = machine(name).pk
        return self._known[name]


def create(
    wanted: list[tuple[Intervention, IncomingPassage]],
    files: dict[str, SourceFile],
    coders: Coders,
) -> tuple[list[Passage], int]:
    """Store new passages with their suggestions; return them, and how many suggestions."""
    made = Passage.objects.bulk_create(
        [
            Passage(
                intervention=intervention, position=one.position, kind=one.kind,
                place=one.place, language=one.language, context=one.context,
                text=one.text, digest=one.digest, file=files.get(intervention.source),
            )
            for intervention, one in wanted
        ],
        batch_size=_BATCH,
    )  # fmt: skip
    codings = [
        _coding(passage.pk, suggestion, coders)
        for passage, (_, one) in zip(made, wanted, strict=True)
        for suggestion in one.suggestions
    ]
    Coding.objects.bulk_create(codings, batch_size=_BATCH)
    return made, len(codings)


def update(
    pairs: list[tuple[Intervention, Incoming]],
    imported: Import,
    files: dict[str, SourceFile],
    coders: Coders,
) -> tuple[dict[int, Kept], int]:
    """Match the passages of interventions that are here with those that come.

    Returns what changed by intervention, and the number of new suggestions.
    """
    kept = {intervention.pk: Kept() for intervention, _ in pairs}
    before = defaultdict[int, list[Passage]](list)
    for passage in Passage.objects.filter(intervention__in=list(kept)).order_by(
        "-is_current", "position", "pk"
    ):
        before[passage.intervention_id].append(passage)
    changed: list[Passage] = []
    staying: list[tuple[int, Passage, IncomingPassage]] = []
    new: list[tuple[Intervention, IncomingPassage]] = []
    for intervention, incoming in pairs:
        note = kept[intervention.pk]
        known = defaultdict[str, list[Passage]](list)
        for passage in reversed(before[intervention.pk]):
            known[passage.digest].append(passage)
        for one in incoming.passages:
            if known[one.digest]:
                passage = known[one.digest].pop()
                staying.append((intervention.pk, passage, one))
                if _placed(passage, one, files.get(intervention.source), note):
                    changed.append(passage)
            else:
                new.append((intervention, one))
        for passage in (p for rest in known.values() for p in rest if p.is_current):
            note.passages[passage.pk] = {
                name: getattr(passage, name) for name in _STORED
            }
            note.gone += 1
            passage.is_current, passage.left_with = False, imported
            changed.append(passage)
    Passage.objects.bulk_update(changed, list(_STORED), batch_size=_BATCH)
    suggested = _suggest_anew(staying, kept, coders)
    made, codings = create(new, files, coders)
    for passage in made:
        kept[passage.intervention_id].added.append(passage.pk)
    return kept, suggested + codings


def _placed(
    passage: Passage, one: IncomingPassage, file: SourceFile | None, note: Kept
) -> bool:
    """Put a passage where it now stands; return whether anything changed."""
    stands = {name: getattr(one, name) for name in _PLACE}
    stands |= {
        "file_id": file.pk if file else passage.file_id,
        "is_current": True,
        "left_with_id": None,
    }
    was = {name: getattr(passage, name) for name in _STORED}
    if all(was[name] == stands[name] for name in _STORED if name != "file_id"):
        return False
    note.passages[passage.pk] = was
    for name, value in stands.items():
        setattr(passage, name, value)
    return True


def _suggest_anew(
    staying: list[tuple[int, Passage, IncomingPassage]],
    kept: dict[int, Kept],
    coders: Coders,
) -> int:
    """Replace suggestions of machines that no person decided, where they differ.

    A passage that a person has read keeps what it has.
    """
    unread = [entry for entry in staying if not entry[1].is_read]
    here = defaultdict[int, list[Coding]](list)
    for coding in (
        Coding.objects.filter(passage__in=[passage.pk for _, passage, _ in unread])
        .select_related("coder")
        .order_by("pk")
    ):
        here[coding.passage_id].append(coding)
    drop: list[int] = []
    add: list[Coding] = []
    for owner, passage, one in unread:
        decided, open_ones = _by_decision(here[passage.pk])
        wanted = [
            _coding(passage.pk, suggestion, coders)
            for suggestion in one.suggestions
            if (suggestion["facet"], suggestion["code"]) not in decided
        ]
        old = [values(coding) for coding in open_ones]
        if sorted(map(repr, old)) == sorted(repr(values(c)) for c in wanted):
            continue
        kept[owner].codings[passage.pk] = old
        drop += [coding.pk for coding in open_ones]
        add += wanted
    Coding.objects.filter(pk__in=drop).delete()
    Coding.objects.bulk_create(add, batch_size=_BATCH)
    return len(add)


def _by_decision(codings: list[Coding]) -> tuple[set[tuple[str, str]], list[Coding]]:
    """Part what people decided from what a machine only suggests."""
    decided = {
        (coding.facet, coding.code)
        for coding in codings
        if coding.status != Coding.Status.SUGGESTED
    }
    open_ones = [
        coding
        for coding in codings
        if coding.status == Coding.Status.SUGGESTED
        and coding.coder.kind != Coder.Kind.PERSON
    ]
    return decided, open_ones


def values(coding: Coding) -> dict[str, Any]:
    """Return what a suggestion says, to compare it or to bring it back."""
    return {name: getattr(coding, name) for name in _CODING}


def _coding(passage: int, suggestion: dict[str, Any], coders: Coders) -> Coding:
    said = {name: value for name, value in suggestion.items() if name != "coder"}
    return Coding(
        passage_id=passage, coder_id=coders.number(suggestion["coder"]), **said
    )


def set_back(before: dict[str, Any], imported: Import) -> None:
    """Undo in the passages of one intervention what ``Kept`` noted."""
    Passage.objects.filter(pk__in=before.get("added", [])).update(
        is_current=False, left_with=imported
    )
    noted = {int(pk): was for pk, was in before.get("passages", {}).items()}
    passages = list(Passage.objects.filter(pk__in=list(noted)))
    for passage in passages:
        for name, value in noted[passage.pk].items():
            setattr(passage, name, value)
    Passage.objects.bulk_update(passages, list(_STORED), batch_size=_BATCH)
    for pk, old in before.get("codings", {}).items():
        _suggest_as_before(int(pk), old)


def _suggest_as_before(passage: int, old: list[dict[str, Any]]) -> None:
    """Bring back replaced suggestions, unless a person has read the passage since."""
    if Passage.objects.filter(pk=passage, is_read=True).exists():
        return
    here = list(Coding.objects.filter(passage=passage).select_related("coder"))
    decided, open_ones = _by_decision(here)
    Coding.objects.filter(pk__in=[coding.pk for coding in open_ones]).delete()
    Coding.objects.bulk_create(
        Coding(passage_id=passage, **said)
        for said in old
        if (said["facet"], said["code"]) not in decided
    )
