"""Long work outside the request, with the progress that people see."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from capmap.records.models.portfolio import Portfolio


class Jobs(models.QuerySet["Job"]):
    def unfinished(self) -> "Jobs":
        return self.filter(state__in=(Job.State.WAITING, Job.State.RUNNING))


class Job(models.Model):
    """Work that a worker does; its page can be left and come back to.

    ``kind`` is a key of ``records/tasks.py``; ``stage`` a key of ``wording/site_jobs.yaml``.
    """

    class State(models.TextChoices):
        WAITING = "waiting"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"

    portfolio = models.ForeignKey(Portfolio, models.CASCADE, related_name="jobs")
    kind = models.CharField(max_length=40)
    about = models.JSONField(default=dict, blank=True)  # what to do, for the task
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    stage = models.CharField(max_length=40, blank=True)
    done = models.FloatField(default=0)
    total = models.FloatField(default=0)
    detail = models.TextField(blank=True)
    result = models.JSONField(default=dict, blank=True)
    error = models.TextField(blank=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    asked_at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(
        null=True, blank=True, help_text="When the worker last said that it is at work."
    )
    finished_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[Any] = Jobs.as_manager()

    class Meta:
        indexes = [models.Index(fields=["portfolio", "kind", "state"], name="job_kind")]

    def __str__(self) -> str:
        return f"{self.kind}: {self.state}"

    @property
    def is_finished(self) -> bool:
        return self.state in (self.State.DONE, self.State.FAILED)

    @property
    def share(self) -> float:
        """Return how much is done, 0 to 1."""
        return min(1.0, self.done / self.total) if self.total else 0.0
