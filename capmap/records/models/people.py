"""People, what they may do and where, and how they are invited."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils import timezone

from capmap.records.models.portfolio import Portfolio


class Users(BaseUserManager["User"]):
    """Makes people; used by sign-up through an invitation and by single sign-on."""

    def create_user(
        self, email: str, password: str | None = None, **fields: Any
    ) -> "User":
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=(username or "").strip().lower())


class User(AbstractBaseUser):
    """A person. What they may do stands in their memberships, nowhere else."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=150)
    language = models.CharField(
        max_length=5,
        blank=True,
        help_text="Language of the interface; empty: the browser's.",
    )
    uses_keys = models.BooleanField(
        default=True, help_text="Whether single keys act on the review page."
    )
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField(default=timezone.now)
    toured_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text="When the first-hour tour was finished or closed.",
    )

    objects: ClassVar[Users] = Users()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        return self.name


class Role(models.TextChoices):
    """What a person does in a portfolio; ``permissions.py`` says what each may do."""

    ADMINISTRATOR = "administrator"
    ANALYST = "analyst"
    REVIEWER = "reviewer"
    PROGRAMME_OFFICER = "programme-officer"
    RESPONDENT = "respondent"
    VIEWER = "viewer"


class Membership(models.Model):
    """The role of a person in one portfolio, or in all of them where none is named.

    ``countries`` (ISO 3166-1 alpha-2) narrows what they see to interventions in these;
    empty means everywhere. The membership of a portfolio wins over that of all.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    portfolio = models.ForeignKey(
        Portfolio, models.CASCADE, null=True, blank=True, related_name="memberships"
    )
    role = models.CharField(max_length=20, choices=Role)
    countries = models.JSONField(default=list, blank=True)
    granted_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    granted_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "portfolio"],
                name="membership_one_a_person_and_portfolio",
            ),
            models.UniqueConstraint(
                fields=["user"],
                condition=models.Q(portfolio=None),
                name="membership_one_a_person_for_all",
            ),
            models.CheckConstraint(
                condition=models.Q(role__in=Role.values),
                name="membership_role_is_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.role}"


class Invitation(models.Model):
    """A one-time link by which a person joins. Only the hash of its token is kept.

    The first administrator's link is an invitation without an address.
    """

    email = models.EmailField(blank=True)
    token_hash = models.CharField(max_length=64, unique=True)
    role = models.CharField(max_length=20, choices=Role)
    portfolio = models.ForeignKey(Portfolio, models.CASCADE, null=True, blank=True)
    countries = models.JSONField(default=list, blank=True)
    invited_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    invited_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    accepted_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    accepted_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(role__in=Role.values),
                name="invitation_role_is_known",
            ),
        ]

    def __str__(self) -> str:
        return self.email or self.role

    @property
    def is_open(self) -> bool:
        """Whether the link still works."""
        return (
            self.accepted_at is None
            and self.withdrawn_at is None
            and self.expires_at > timezone.now()
        )
