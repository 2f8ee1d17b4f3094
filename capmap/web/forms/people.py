"""The forms of people: invitations, roles, joining, one's own account."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from capmap.records.models import Portfolio, Role, User
from capmap.sources.countries import named_in
from capmap.web.forms.fields import named
from capmap.web.templatetags.capmap import language, said

#: Each language under its own name.
LANGUAGES = [("en", "English"), ("fr", "Français"), ("es", "Español")]


class RoleForm(forms.Form):
    """What a person may do, in which portfolio and which countries."""

    role = forms.ChoiceField(
        label=named("people.role"), widget=forms.RadioSelect, choices=()
    )
    portfolio = forms.ModelChoiceField(
        Portfolio.objects.all(),
        required=False,
        label=named("people.portfolio"),
        empty_label=named("people.all_portfolios"),
        help_text=named("people.portfolio_help"),
    )
    countries = forms.MultipleChoiceField(
        required=False,
        label=named("people.countries"),
        widget=forms.CheckboxSelectMultiple,
        help_text=named("people.countries_help"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [  # type: ignore[attr-defined]
            (role, said(f"frame.role_{role}")) for role in Role.values
        ]
        self.fields["countries"].choices = list(  # type: ignore[attr-defined]
            named_in(language()).items()
        )


class ChangeRoleForm(RoleForm):
    """The same for a role that a person has: its portfolio stays."""

    portfolio = None  # type: ignore[assignment]


class InviteForm(RoleForm):
    """Addresses to invite, one a line, all to the same role."""

    emails = forms.CharField(
        label=named("people.emails"),
        help_text=named("people.emails_help"),
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off"}),
    )
    field_order = ("emails", "role", "portfolio", "countries")

    def clean_emails(self) -> list[str]:
        lines = self.cleaned_data["emails"].replace(",", "\n").replace(";", "\n")
        emails = list(dict.fromkeys(e.strip().lower() for e in lines.split() if e))
        wrong = [email for email in emails if not _is_address(email)]
        if wrong:
            raise ValidationError(
                said("people.not_an_address", emails=", ".join(wrong[:5]))
            )
        if len(emails) > 100:
            raise ValidationError(said("people.too_many_addresses"))
        return emails


def _is_address(email: str) -> bool:
    try:
        validate_email(email)
    except ValidationError:
        return False
    return True


class JoinForm(forms.Form):
    """Name and password of a person who was invited."""

    name = forms.CharField(
        max_length=150,
        label=named("people.name"),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = forms.EmailField(
        label=named("people.email"),
        widget=forms.EmailInput(attrs={"autocomplete": "username"}),
    )
    language = forms.ChoiceField(choices=LANGUAGES, label=named("people.language"))
    password = forms.CharField(
        strip=False,
        max_length=1000,
        label=named("people.password"),
        help_text=named("people.password_help"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, address: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if address:
            self.fields["email"].disabled = True
            self.fields["email"].initial = address

    def clean_email(self) -> str:
        email = str(self.cleaned_data["email"]).strip().lower()
        if User.objects.filter(email=email).exists():
            raise ValidationError(said("people.address_has_account"))
        return email

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        if "password" in given:
            person = User(name=given.get("name", ""), email=given.get("email", ""))
            try:
                validate_password(given["password"], person)
            except ValidationError as error:
                self.add_error("password", error)
        return given


class AccountForm(forms.Form):
    """How a person is named, and how the site speaks and listens to them."""

    name = forms.CharField(
        max_length=150,
        label=named("people.name"),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    language = forms.ChoiceField(
        required=False, choices=(), label=named("people.language")
    )
    uses_keys = forms.BooleanField(
        required=False,
        label=named("people.uses_keys"),
        help_text=named("people.uses_keys_help"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"].choices = [  # type: ignore[attr-defined]
            ("", said("people.language_of_browser")),
            *LANGUAGES,
        ]
