"""Codings: one passage and one code, by one coder, with evidence and decision."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models

from capmap.records.models.evidence import Passage


class Coder(models.Model):
    """Who codes: a version of the lexicon, a version of a model, or a person."""

    class Kind(models.TextChoices):
        LEXICON = "lexicon"
        MODEL = "model"
        PERSON = "person"

    kind = models.CharField(max_length=10, choices=Kind)
    name = models.CharField(max_length=200)  # "lexicon 2026.11", or a person's name
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "name"],
                condition=models.Q(user=None),
                name="coder_machine_version_is_unique",
            ),
            models.UniqueConstraint(
                fields=["user"],
                condition=models.Q(user__isnull=False),
                name="coder_one_a_person",
            ),
            models.CheckConstraint(
                condition=models.Q(kind="person", user__isnull=False)
                | ~models.Q(kind="person") & models.Q(user=None),
                name="coder_is_a_person_or_a_machine",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Codings(models.QuerySet["Coding"]):
    def suggested(self) -> "Codings":
        return self.filter(status=Coding.Status.SUGGESTED)

    def accepted(self) -> "Codings":
        return self.filter(status=Coding.Status.ACCEPTED)

    def counted(self) -> "Codings":
        """Leave out what a person rejected: the rest stands on the map."""
        return self.exclude(status=Coding.Status.REJECTED)


class Coding(models.Model):
    """A suggestion of a coder, and what a person decided on it.

    A suggestion is never a decision. A decided coding is never overwritten by a machine.
    """

    class Status(models.TextChoices):
        SUGGESTED = "suggested"
        ACCEPTED = "accepted"
        REJECTED = "rejected"

    passage = models.ForeignKey(Passage, models.CASCADE, related_name="codings")
    facet = models.CharField(max_length=40)
    code = models.CharField(max_length=80)
    coder = models.ForeignKey(Coder, models.PROTECT, related_name="+")
    confidence = models.FloatField(default=1.0)
    doubtful = models.BooleanField(default=False)
    basis = models.CharField(max_length=12, blank=True)
    because = models.TextField(blank=True)
    spans = models.JSONField(
        default=list, blank=True
    )  # [[start, end], ...] in the text
    status = models.CharField(max_length=10, choices=Status, default=Status.SUGGESTED)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    decided_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[Any] = Codings.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["passage", "facet", "code", "coder"],
                name="coding_once_a_passage_code_and_coder",
            ),
            models.CheckConstraint(
                condition=models.Q(status="suggested", decided_by=None, decided_at=None)
                | ~models.Q(status="suggested")
                & models.Q(decided_by__isnull=False, decided_at__isnull=False),
                name="coding_decision_has_person_and_time",
            ),
            models.CheckConstraint(
                condition=models.Q(confidence__gte=0, confidence__lte=1),
                name="coding_confidence_is_a_share",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.facet}:{self.code}"

    @property
    def quote(self) -> str:
        """Return the words of the first span as they stand in the passage."""
        return (
            self.passage.text[self.spans[0][0] : self.spans[0][1]] if self.spans else ""
        )
