"""Who changed what, when, and how it was before."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from capmap.records.models.portfolio import Portfolio


class Change(models.Model):
    """One change to one record. Written by actions, never altered afterwards."""

    at = models.DateTimeField(default=timezone.now, db_index=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )  # null: capmap itself
    portfolio = models.ForeignKey(
        Portfolio, models.CASCADE, null=True, blank=True, related_name="+"
    )
    action = models.CharField(max_length=60)  # "review.accept": module and function
    record = models.CharField(max_length=40)  # model name in lower case
    record_id = models.BigIntegerField()
    label = models.TextField(blank=True)  # how people name the record
    before = models.JSONField(null=True, blank=True)  # the fields that changed
    after = models.JSONField(null=True, blank=True)
    restores = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ("-at", "-pk")
        indexes = [
            models.Index(
                fields=["record", "record_id", "-at"], name="change_of_a_record"
            ),
            models.Index(fields=["portfolio", "-at"], name="change_in_a_portfolio"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.record} {self.record_id}"
