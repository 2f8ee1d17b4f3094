"""What the page of one intervention shows, in a number of queries that does not grow with it."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Q, QuerySet

from capmap.records.models import (
    Change,
    Comment,
    Intervention,
    Passage,
    Reading,
    SourceFile,
    Verdict,
)
from capmap.records.permissions import Access
from capmap.records.queries.history import Told, told

#: Components listed on the page of their programme; the rest stands in the list.
LISTED = 200


def passages_of(intervention: Intervention) -> QuerySet[Passage]:
    """Return the passages that stand, in the order of the source."""
    found: QuerySet[Passage] = (
        Passage.objects.current()
        .filter(intervention=intervention)
        .order_by("position", "pk")
    )
    return found


def around(passage: Passage, count: int = 2) -> tuple[list[Passage], list[Passage]]:
    """Return the passages before and after one, as they stand in the source."""
    others = Passage.objects.current().filter(intervention_id=passage.intervention_id)
    before = others.filter(position__lt=passage.position).order_by("-position", "-pk")
    after = others.filter(position__gt=passage.position).order_by("position", "pk")
    return list(before[:count])[::-1], list(after[:count])


@dataclass(frozen=True, slots=True)
class Family:
    """The programmes of which an intervention is a part, and its own parts."""

    parents: list[Intervention]
    parts: list[Intervention]
    unknown_parents: list[str] = field(
        default_factory=list
    )  # named, not in the portfolio


def family_of(intervention: Intervention, access: Access) -> Family:
    """Return the parents and parts that the person may see."""
    named = [*intervention.parents, *intervention.children]
    if not named:
        return Family([], [])
    found = {
        one.identifier: one
        for one in access.interventions().filter(identifier__in=named)
    }
    return Family(
        [found[name] for name in intervention.parents if name in found],
        [found[name] for name in intervention.children if name in found],
        [name for name in intervention.parents if name not in found],
    )


def files_of(intervention: Intervention) -> list[tuple[SourceFile, int]]:
    """Return the files in which the passages stand, with how many stand in each."""
    counts = dict(
        passages_of(intervention)
        .filter(file__isnull=False)
        .order_by()
        .values_list("file_id")
        .annotate(passages=Count("pk"))
    )
    if not counts:
        return []
    files = (
        SourceFile.objects.filter(pk__in=counts)
        .select_related("arrived_with__started_by")
        .order_by("-arrived_with__started_at", "name")
    )
    return [(file, counts[file.pk]) for file in files]


def readings_of(passage: Passage) -> list[Reading]:
    """Return who has read a passage, but not who reads it blind while others still do."""
    return list(
        Reading.objects.filter(passage=passage)
        .exclude(round__readers_per_passage=2, is_adjudication=False)
        .select_related("reader")
    )


def verdict_of(intervention: Intervention) -> Verdict | None:
    """Return what a person said of the whole intervention."""
    return (
        Verdict.objects.select_related("decided_by")
        .filter(intervention=intervention)
        .first()
    )


#: The facts that people may correct, as the fields of an intervention are named.
FACTS = (
    "title",
    "kind",
    "status",
    "starts_on",
    "ends_on",
    "regions",
    "sectors",
    "organisations",
    "budget_amount",
    "budget_currency",
)


def facts_of(intervention: Intervention) -> dict[str, Any]:
    """Return the facts that people may correct as plain values, countries among them."""
    countries = [
        {"code": code, "percentage": percentage}
        for code, percentage in intervention.countries.order_by("pk").values_list(
            "code", "percentage"
        )
    ]
    return {name: getattr(intervention, name) for name in FACTS} | {
        "countries": countries
    }


#: Changes told on the page; older ones stand in the history of the portfolio.
CHANGES = 40


def changes_of(
    intervention: Intervention,
    verdict: Verdict | None,
    comments: list[Comment],
    blind: Collection[int] = (),
) -> list[Told]:
    """Tell what people and imports changed: facts, readings, verdict, comments.

    Nothing is told of passages that the person still reads ``blind``.
    """
    verdicts = [verdict.pk] if verdict else []
    if not verdict:  # one that was withdrawn is known by what its change says
        verdicts = list(
            Change.objects.filter(
                record="verdict",
                action="verdicts.withdraw",
                before__intervention_id=intervention.pk,
            ).values_list("record_id", flat=True)
        )
    passages = passages_of(intervention).exclude(pk__in=blind).order_by().values("pk")
    found = Change.objects.filter(
        Q(record="intervention", record_id=intervention.pk)
        | Q(record="verdict", record_id__in=verdicts)
        | Q(record="comment", record_id__in=[comment.pk for comment in comments])
        | Q(record="passage", record_id__in=passages)
    )
    return told(found.select_related("by", "portfolio", "restores")[:CHANGES])
