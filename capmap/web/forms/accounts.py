"""The forms of allauth in the words and manner of the site: labels, no placeholders."""

from typing import Any, ClassVar

from allauth.account import forms as account
from allauth.mfa.base import forms as mfa
from allauth.mfa.totp.forms import ActivateTOTPForm

from capmap.web.forms.fields import named


class _Plain:
    """Gives the fields of a form our labels and takes their placeholders away."""

    labels: ClassVar[dict[str, str]] = {}
    helps: ClassVar[dict[str, str]] = {}
    fields: Any

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            field.help_text = named(self.helps[name]) if name in self.helps else ""
            if name in self.labels:
                field.label = named(self.labels[name])


class SignInForm(_Plain, account.LoginForm):  # type: ignore[misc]
    labels: ClassVar = {
        "login": "account.email",
        "password": "account.password",
        "remember": "account.remember",
    }


class PasswordForm(_Plain, account.ChangePasswordForm):  # type: ignore[misc]
    labels: ClassVar = {
        "oldpassword": "account.old_password",
        "password1": "account.new_password",
        "password2": "account.new_password_again",
    }
    helps: ClassVar = {"password1": "people.password_help"}


class FirstPasswordForm(_Plain, account.SetPasswordForm):  # type: ignore[misc]
    labels: ClassVar = {
        "password1": "account.new_password",
        "password2": "account.new_password_again",
    }
    helps: ClassVar = {"password1": "people.password_help"}


class ForgottenForm(_Plain, account.ResetPasswordForm):  # type: ignore[misc]
    labels: ClassVar = {"email": "account.email"}


class NewPasswordForm(_Plain, account.ResetPasswordKeyForm):  # type: ignore[misc]
    labels: ClassVar = {
        "password1": "account.new_password",
        "password2": "account.new_password_again",
    }
    helps: ClassVar = {"password1": "people.password_help"}


class ConfirmForm(_Plain, account.ReauthenticateForm):  # type: ignore[misc]
    labels: ClassVar = {"password": "account.password"}


class EmailForm(_Plain, account.AddEmailForm):  # type: ignore[misc]
    labels: ClassVar = {"email": "account.email_new"}


class CodeForm(_Plain, mfa.AuthenticateForm):  # type: ignore[misc]
    labels: ClassVar = {"code": "account.code"}


class CodeAgainForm(_Plain, mfa.ReauthenticateForm):  # type: ignore[misc]
    labels: ClassVar = {"code": "account.code"}


class AppForm(_Plain, ActivateTOTPForm):  # type: ignore[misc]
    labels: ClassVar = {"code": "account.code"}
