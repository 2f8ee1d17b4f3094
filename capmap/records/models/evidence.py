"""What was imported: files, passages, and what was set aside."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from capmap.records.models.jobs import Job
from capmap.records.models.portfolio import Intervention, Portfolio


class Import(models.Model):
    """Files that a person brought, read first, then brought in, and perhaps undone.

    States: ``reading`` (a job reads and codes them), ``ready`` (the preview waits for a
    yes), ``loading``, ``done``, ``undone``, ``discarded`` (never brought in), ``failed``.
    """

    class State(models.TextChoices):
        READING = "reading"
        READY = "ready"
        LOADING = "loading"
        DONE = "done"
        UNDONE = "undone"
        DISCARDED = "discarded"
        FAILED = "failed"

    portfolio = models.ForeignKey(Portfolio, models.CASCADE, related_name="imports")
    state = models.CharField(max_length=10, choices=State, default=State.READING)
    job = models.ForeignKey(
        Job, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    title = models.CharField(max_length=200, blank=True)  # names of the files
    # new, changed, same, passages_new, passages_gone, codings, set_aside: whole numbers
    counts = models.JSONField(default=dict, blank=True)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    started_at = models.DateTimeField(default=timezone.now)
    loaded_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-started_at",)
        constraints = [
            models.CheckConstraint(
                condition=models.Q(undone_at=None) | models.Q(state="undone"),
                name="import_undone_has_its_time",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class SourceFile(models.Model):
    """A file of an import; ``name`` is how its owner sees it: "archive.zip/inner.xml"."""

    arrived_with = models.ForeignKey(Import, models.CASCADE, related_name="files")
    name = models.TextField()
    kind = models.CharField(
        max_length=10
    )  # as in sources/intake.py: iati, xlsx, pdf ...
    size = models.BigIntegerField(default=0)  # bytes
    sha256 = models.CharField(max_length=64, blank=True)
    interventions = models.PositiveIntegerField(default=0)
    passages = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["arrived_with", "name"], name="file_once_an_import"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class SetAsideRecord(models.Model):
    """What an import did not read, or read with a remark; as ``sources.SetAside``."""

    arrived_with = models.ForeignKey(Import, models.CASCADE, related_name="set_aside")
    source = models.TextField()
    place = models.TextField(blank=True)
    scope = models.CharField(max_length=20)
    problem = models.CharField(max_length=60)  # key of wording/set_aside.yaml
    values = models.JSONField(default=dict, blank=True)

    def __str__(self) -> str:
        return f"{self.source}: {self.problem}"


class ImportedChange(models.Model):
    """What an import did to an intervention, so that it can be told and undone."""

    arrived_with = models.ForeignKey(Import, models.CASCADE, related_name="changes")
    intervention = models.ForeignKey(Intervention, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10)  # "new" or "changed"
    before = models.JSONField(default=dict, blank=True)  # the fields as they were

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["arrived_with", "intervention"], name="change_once_an_import"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.intervention_id}: {self.kind}"


class ColumnMapping(models.Model):
    """How the columns of a sheet were understood last time; found again by its heads."""

    portfolio = models.ForeignKey(Portfolio, models.CASCADE, related_name="+")
    heads_digest = models.CharField(max_length=64)
    mapping = models.JSONField()
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["portfolio", "heads_digest"], name="mapping_once_a_set_of_heads"
            ),
        ]

    def __str__(self) -> str:
        return self.heads_digest


class Passages(models.QuerySet["Passage"]):
    def current(self) -> "Passages":
        """Leave out what a later import replaced, or whose import was undone."""
        return self.filter(is_current=True)


class Passage(models.Model):
    """A piece of text of an intervention: the unit that is coded."""

    intervention = models.ForeignKey(
        Intervention, models.CASCADE, related_name="passages"
    )
    position = models.PositiveIntegerField()
    kind = models.CharField(max_length=20)
    place = models.TextField(blank=True)
    language = models.CharField(max_length=20, blank=True)
    context = models.TextField(blank=True)
    text = models.TextField()
    digest = models.CharField(max_length=32)  # of kind and text: the same passage again
    file = models.ForeignKey(
        SourceFile, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    left_with = models.ForeignKey(
        Import, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    is_current = models.BooleanField(default=True)
    is_read = models.BooleanField(
        default=False,
        help_text="A person has read it: only what people accepted counts.",
    )

    objects: ClassVar[Any] = Passages.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["intervention", "is_current", "position"],
                name="passage_in_order",
            ),
        ]

    def __str__(self) -> str:
        return self.text[:60]
