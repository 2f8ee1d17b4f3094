"""What a portfolio's coder learned from its readings, model by model."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone

from capmap.records.models.portfolio import Portfolio


class LearnedModel(models.Model):
    """A model that was trained, with its report; it codes once an analyst adopts it.

    ``content`` is what ``capmap.coding.learned.model.Model.as_bytes`` gives. ``report``
    says how well it codes, ``effect`` what would change in the portfolio by adopting it.
    """

    class State(models.TextChoices):
        PROPOSED = "proposed"
        IN_USE = "in_use"
        RETIRED = "retired"  # was in use
        DISMISSED = "dismissed"

    portfolio = models.ForeignKey(
        Portfolio, models.CASCADE, related_name="learned_models"
    )
    number = models.PositiveIntegerField()  # from 1, within the portfolio
    version = models.CharField(max_length=40)
    content = models.BinaryField()
    codebook = models.CharField(max_length=60)  # version of the codebook beside it
    decisions = models.PositiveIntegerField()  # passages it learned from
    report: Any = models.JSONField(default=dict)
    effect: Any = models.JSONField(default=dict, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.PROPOSED)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    made_at = models.DateTimeField(default=timezone.now)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-number",)
        constraints = [
            models.UniqueConstraint(
                fields=["portfolio", "number"], name="learned_model_number_is_unique"
            ),
            models.UniqueConstraint(
                fields=["portfolio"],
                condition=models.Q(state="in_use"),
                name="one_learned_model_in_use",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.version}"
