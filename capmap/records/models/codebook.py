"""How a portfolio's codebook differs from the one that ships, version by version."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from capmap.records.models.portfolio import Portfolio


class CodebookVersion(models.Model):
    """A state of the codebook: the shipped one with every adopted change up to it."""

    portfolio = models.ForeignKey(Portfolio, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    note = models.TextField(blank=True)
    effect = models.JSONField(default=dict, blank=True)  # what the trial had shown
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("-number",)
        constraints = [
            models.UniqueConstraint(
                fields=["portfolio", "number"], name="version_number_once_a_portfolio"
            ),
        ]

    def __str__(self) -> str:
        return str(self.number)


class TermChanges(models.QuerySet["TermChange"]):
    def proposed(self) -> "TermChanges":
        return self.filter(state=TermChange.State.PROPOSED)

    def adopted(self) -> "TermChanges":
        return self.filter(state=TermChange.State.ADOPTED)


class TermChange(models.Model):
    """A term to add to a code, or to take from it; proposed, then adopted or declined."""

    class State(models.TextChoices):
        PROPOSED = "proposed"
        ADOPTED = "adopted"
        DECLINED = "declined"

    portfolio = models.ForeignKey(
        Portfolio, models.CASCADE, related_name="term_changes"
    )
    facet = models.CharField(max_length=40)
    code = models.CharField(max_length=80)
    language = models.CharField(max_length=5)
    term = models.TextField()  # as ``frameworks.export.written_term`` writes it
    removes = models.BooleanField(default=False)
    reason = models.TextField(blank=True)
    answer = models.TextField(blank=True)  # why it was declined
    state = models.CharField(max_length=10, choices=State, default=State.PROPOSED)
    version = models.ForeignKey(
        CodebookVersion, models.SET_NULL, null=True, blank=True, related_name="changes"
    )
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    proposed_at = models.DateTimeField(default=timezone.now)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    decided_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[Any] = TermChanges.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state="adopted", version__isnull=False)
                | ~models.Q(state="adopted"),
                name="term_adopted_has_its_version",
            ),
            models.CheckConstraint(
                condition=models.Q(state="proposed", decided_at=None)
                | ~models.Q(state="proposed") & models.Q(decided_at__isnull=False),
                name="term_decision_has_its_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.facet}:{self.code} {'-' if self.removes else '+'} {self.term}"
