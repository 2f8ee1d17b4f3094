"""Passages of a portfolio as worked examples: they teach the coder and show what a code means."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from capmap.records.models.evidence import Passage
from capmap.records.models.portfolio import Portfolio


class OwnExamples(models.QuerySet["OwnExample"]):
    def proposed(self) -> "OwnExamples":
        return self.filter(state=OwnExample.State.PROPOSED)

    def confirmed(self) -> "OwnExamples":
        return self.filter(state=OwnExample.State.CONFIRMED)


class OwnExample(models.Model):
    """A passage wholly decided by people, as a worked example of its portfolio.

    Proposed by anyone who sees it, confirmed or declined by an analyst, who may also take
    a passage that nobody proposed. ``codes`` are those that people had decided when it was
    confirmed, ``near`` those that seem to hold and do not: {"facet:code": reason}.
    """

    class State(models.TextChoices):
        PROPOSED = "proposed"
        CONFIRMED = "confirmed"
        DECLINED = "declined"
        TAKEN_BACK = "taken_back"

    portfolio = models.ForeignKey(
        Portfolio, models.CASCADE, related_name="own_examples"
    )
    passage = models.OneToOneField(
        Passage, models.CASCADE, related_name="as_worked_example"
    )
    text = models.TextField()  # a part of the passage, or all of it
    codes: Any = models.JSONField(default=dict, blank=True)  # {"facet": ["code"]}
    near: Any = models.JSONField(default=dict, blank=True)
    wording = models.CharField(max_length=10, blank=True)  # plain or indirect
    note = models.TextField(blank=True)  # why it was proposed
    answer = models.TextField(blank=True)  # why it was declined
    state = models.CharField(max_length=10, choices=State, default=State.PROPOSED)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )  # empty: capmap itself
    proposed_at = models.DateTimeField(default=timezone.now)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    decided_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[Any] = OwnExamples.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state="proposed", decided_at=None)
                | ~models.Q(state="proposed") & models.Q(decided_at__isnull=False),
                name="own_example_decision_has_its_time",
            ),
        ]

    def __str__(self) -> str:
        return self.text[:80]
