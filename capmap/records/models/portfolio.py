"""Portfolios and the interventions in them."""

from collections.abc import Iterable
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone


class Portfolio(models.Model):
    """A set of interventions that is mapped, reviewed and reported together."""

    slug = models.SlugField(unique=True, max_length=60)
    title = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    population = models.PositiveIntegerField(
        null=True,
        blank=True,
        help_text="Interventions in the whole body from which these were drawn at random; "
        "empty where the portfolio is not a sample of a known body.",
    )
    # Counts up with every change that tables, map and search depend on.
    revision = models.PositiveBigIntegerField(default=1)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("title",)

    def __str__(self) -> str:
        return self.title

    def touch(self) -> None:
        """Say that something changed which tables, map and search depend on."""
        Portfolio.objects.filter(pk=self.pk).update(revision=models.F("revision") + 1)


class Interventions(models.QuerySet["Intervention"]):
    def current(self) -> "Interventions":
        """Leave out those whose import was undone."""
        return self.filter(is_current=True)

    def within(self, countries: list[str]) -> "Interventions":
        """Keep those in one of ``countries``; all where none is named."""
        if not countries:
            return self
        return self.filter(
            pk__in=InterventionCountry.objects.filter(code__in=countries).values(
                "intervention_id"
            )
        )

    def seen_in(
        self, portfolio: "Portfolio", countries: Iterable[str] = ()
    ) -> "Interventions":
        """Keep the current ones of a portfolio, in one of ``countries`` if any is named."""
        return self.current().filter(portfolio=portfolio).within(list(countries))


class Intervention(models.Model):
    """A country programme, programme or project, or a document that is read beside them.

    Fields as in ``capmap.tables.INTERVENTIONS``. What a person corrected is named in
    ``edited_fields`` and stays at the next import.
    """

    portfolio = models.ForeignKey(
        Portfolio, models.CASCADE, related_name="interventions"
    )
    # Identification
    identifier = models.CharField(max_length=400)
    title = models.TextField(blank=True)
    kind = models.CharField(max_length=20, default="project")
    language = models.CharField(max_length=20, blank=True)
    # Provenance
    source = models.TextField(blank=True)
    place = models.TextField(blank=True)
    digest = models.CharField(max_length=32, blank=True)
    arrived_with = models.ForeignKey(
        "records.Import", models.SET_NULL, null=True, blank=True, related_name="+"
    )
    # What the source says
    status = models.CharField(max_length=40, blank=True)
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    regions = models.JSONField(default=list, blank=True)  # [{"code", "percentage"}]
    sectors = models.JSONField(default=list, blank=True)
    organisations = models.JSONField(
        default=list, blank=True
    )  # [{"role", "name", "ref"}]
    budget_amount = models.FloatField(null=True, blank=True)
    budget_currency = models.CharField(max_length=10, blank=True)
    # Hierarchy: identifiers within the portfolio
    parents = models.JSONField(default=list, blank=True)
    children = models.JSONField(default=list, blank=True)
    counted_as = models.CharField(max_length=400)
    # What people did
    edited_fields = models.JSONField(default=list, blank=True)
    version = models.PositiveIntegerField(
        default=1,
        help_text="Counts up with every edit, so that two people do not overwrite each other.",
    )
    is_current = models.BooleanField(default=True)

    objects: ClassVar[Any] = Interventions.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["portfolio", "identifier"],
                name="intervention_identifier_is_unique_in_its_portfolio",
            ),
            models.CheckConstraint(
                condition=models.Q(budget_amount=None, budget_currency="")
                | models.Q(budget_amount__isnull=False) & ~models.Q(budget_currency=""),
                name="intervention_budget_has_amount_and_currency",
            ),
        ]
        indexes = [
            models.Index(
                fields=["portfolio", "is_current"], name="intervention_current"
            ),
        ]

    def __str__(self) -> str:
        return self.title or self.identifier


class InterventionCountry(models.Model):
    """A country of an intervention with the per cent of it that lies there."""

    intervention = models.ForeignKey(
        Intervention, models.CASCADE, related_name="countries"
    )
    code = models.CharField(max_length=8)
    percentage = models.FloatField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["intervention", "code"], name="country_once_an_intervention"
            ),
        ]
        indexes = [models.Index(fields=["code"], name="country_code")]

    def __str__(self) -> str:
        return self.code


class SavedView(models.Model):
    """A page with its filters under a name, for its owner or for all of the portfolio."""

    portfolio = models.ForeignKey(Portfolio, models.CASCADE, related_name="views")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="views"
    )
    title = models.CharField(max_length=120)
    page = models.CharField(max_length=40)  # "interventions" or "map"
    query = models.TextField(blank=True)  # the address after "?"
    is_shared = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("title",)
        constraints = [
            models.UniqueConstraint(
                fields=["portfolio", "owner", "title"], name="view_title_once_an_owner"
            ),
        ]

    def __str__(self) -> str:
        return self.title
