"""Review: rounds of passages to read, what each reader found, questions and verdicts."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from capmap.records.models.evidence import Passage
from capmap.records.models.portfolio import Intervention, Portfolio


class ReviewRound(models.Model):
    """A set of passages put before readers, in an order fixed when the round is made.

    Or, where the order is ``learning``, dealt batch by batch: ``ReviewItem.turn``.

    With ``readers_per_passage`` two, both read blind: neither sees the other's codes
    before both have read, and what differs goes to adjudication.
    """

    class Order(models.TextChoices):
        RANDOM = "random"  # counts for an estimate
        DOUBTFUL = "doubtful"  # what the coder is least sure of first
        DOCUMENT = "document"  # as they stand in their sources
        LEARNING = "learning"  # batch by batch, as the coder learns what to put first

    class Unit(models.TextChoices):
        PASSAGES = "passages"
        INTERVENTIONS = "interventions"  # drawn and counted whole

    portfolio = models.ForeignKey(Portfolio, models.CASCADE, related_name="rounds")
    title = models.CharField(max_length=200)
    order = models.CharField(max_length=10, choices=Order, default=Order.RANDOM)
    seed = models.PositiveBigIntegerField(default=0)
    drawn_from = models.PositiveIntegerField(
        help_text="Units among which these were chosen: the population of an estimate."
    )
    drawn_up_to = models.PositiveBigIntegerField(
        null=True,
        blank=True,
        help_text="Drawn at random from the whole portfolio, whose newest passage had this "
        "number; empty where a filter chose. Only such a round speaks for the portfolio.",
    )
    question = models.CharField(
        max_length=130,
        blank=True,
        help_text='"facet:code" whose share the page estimates.',
    )
    unit = models.CharField(max_length=13, choices=Unit, default=Unit.PASSAGES)
    readers_per_passage = models.PositiveSmallIntegerField(default=1)
    readers = models.ManyToManyField(
        settings.AUTH_USER_MODEL, blank=True, related_name="rounds"
    )  # empty: whoever may review
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    created_at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-created_at",)
        constraints = [
            models.CheckConstraint(
                condition=models.Q(readers_per_passage__in=(1, 2)),
                name="round_has_one_or_two_readers_a_passage",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_blind(self) -> bool:
        return self.readers_per_passage == 2

    @property
    def learns(self) -> bool:
        return self.order == self.Order.LEARNING

    @property
    def of_interventions(self) -> bool:
        return self.unit == self.Unit.INTERVENTIONS

    @property
    def numbered_by(self) -> str:
        """The field of an item that says when it is put before readers."""
        return "turn" if self.learns else "position"


class ReviewItem(models.Model):
    """A passage waiting in a round: for one person, or for whoever comes first.

    In a round that learns, ``position`` is the random order fixed at the start; ``turn``
    the order in which passages are put before readers, null until they are dealt;
    ``batch`` with which of them; ``why`` is of ``capmap.analysis.reading_order.Why``.
    """

    class State(models.TextChoices):
        WAITS = "waits"  # in a round that learns: not dealt yet
        OPEN = "open"
        READ = "read"
        ASKED = "asked"  # unclear: a colleague was asked
        SPARED = (
            "spared"  # in a round that learns: its intervention was found without it
        )

    round = models.ForeignKey(ReviewRound, models.CASCADE, related_name="items")
    passage = models.ForeignKey(Passage, models.CASCADE, related_name="review_items")
    position = models.PositiveIntegerField()
    turn = models.PositiveIntegerField(null=True, blank=True)
    batch = models.PositiveIntegerField(null=True, blank=True)
    why = models.CharField(max_length=10, blank=True)
    reader = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
    )
    state = models.CharField(max_length=6, choices=State, default=State.OPEN)
    # Who has it open where nobody was named, so that two do not read the same needlessly.
    claimed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    claimed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["round", "passage", "reader"], name="item_once_a_reader"
            ),
        ]
        indexes = [
            models.Index(fields=["round", "state", "position"], name="item_queue"),
            models.Index(
                fields=["round", "turn"],
                name="item_dealt",
                condition=models.Q(turn__isnull=False),
            ),
            models.Index(
                fields=["round", "reader", "state", "position"],
                name="item_queue_of_a_reader",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.round_id}/{self.number}"

    @property
    def number(self) -> int:
        """When it is put before readers, from 1: what people call it by."""
        return self.turn or self.position


class Reading(models.Model):
    """What one person found in one passage. Undone by deleting it: ``before`` brings back."""

    round = models.ForeignKey(
        ReviewRound, models.CASCADE, null=True, blank=True, related_name="readings"
    )
    item = models.OneToOneField(
        ReviewItem, models.CASCADE, null=True, blank=True, related_name="reading"
    )
    passage = models.ForeignKey(Passage, models.CASCADE, related_name="readings")
    reader = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="readings"
    )
    read_at = models.DateTimeField(default=timezone.now)
    seconds = models.PositiveIntegerField(
        null=True, blank=True, help_text="From opening the passage to accepting."
    )
    note = models.TextField(blank=True)
    is_adjudication = models.BooleanField(default=False)
    before = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ("-read_at", "-pk")
        indexes = [
            models.Index(fields=["round", "reader", "-read_at"], name="reading_pace"),
        ]

    def __str__(self) -> str:
        return f"{self.passage_id} by {self.reader_id}"


class ReadingCode(models.Model):
    """A code that a person gave in a reading, with the words that they marked."""

    reading = models.ForeignKey(Reading, models.CASCADE, related_name="codes")
    facet = models.CharField(max_length=40)
    code = models.CharField(max_length=80)
    doubtful = models.BooleanField(default=False)
    spans = models.JSONField(default=list, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["reading", "facet", "code"], name="code_once_a_reading"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.facet}:{self.code}"


class Verdict(models.Model):
    """What a person says of a whole intervention: does it develop capacity?"""

    class Answer(models.TextChoices):
        YES = "yes"
        NO = "no"
        UNCLEAR = "unclear"

    intervention = models.OneToOneField(
        Intervention, models.CASCADE, related_name="verdict"
    )
    answer = models.CharField(max_length=8, choices=Answer)
    note = models.TextField(blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.answer


class Comments(models.QuerySet["Comment"]):
    def unanswered(self) -> "Comments":
        return self.filter(asked_of__isnull=False, answered_at=None)


class Comment(models.Model):
    """A note on a passage or intervention; a question where a colleague is asked."""

    intervention = models.ForeignKey(
        Intervention, models.CASCADE, related_name="comments"
    )
    passage = models.ForeignKey(
        Passage, models.CASCADE, null=True, blank=True, related_name="comments"
    )
    text = models.TextField()
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+"
    )
    written_at = models.DateTimeField(default=timezone.now)
    asked_of = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    item = models.ForeignKey(
        ReviewItem, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    answer = models.TextField(blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    answered_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[Any] = Comments.as_manager()

    class Meta:
        ordering = ("written_at",)

    def __str__(self) -> str:
        return self.text[:60]
