"""Settings of the site, all from the environment, with defaults that work on a laptop.

Every variable stands in docs/reference/settings.md. A wrong value says what to do.
"""

import os
import secrets
from importlib.resources import files
from pathlib import Path
from urllib.parse import urlsplit

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

from capmap.wording import LANGUAGES as OURS


def _setting(name: str, default: str = "") -> str:
    return os.environ.get(f"CAPMAP_{name}", default).strip()


def _flag(name: str, default: bool) -> bool:
    value = _setting(name, "yes" if default else "no").lower()
    if value not in ("yes", "no"):
        raise ImproperlyConfigured(f"CAPMAP_{name} is {value!r}; say yes or no.")
    return value == "yes"


# Where the site keeps what is its own: database, uploads, tables, secret key.
HOME = Path(_setting("HOME", "capmap-site")).resolve()
HOME.mkdir(parents=True, exist_ok=True, mode=0o700)


def _secret_key() -> str:
    """Return the key from the environment, or one made once and kept in ``HOME``."""
    if key := _setting("SECRET_KEY"):
        return key
    path = HOME / "secret-key"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(50), encoding="utf-8")
    return path.read_text(encoding="utf-8")


SECRET_KEY = _secret_key()
DEBUG = _flag("DEBUG", False)

# The address under which people reach the site.
URL = _setting("URL", "http://127.0.0.1:8000")
_address = urlsplit(URL)
if _address.scheme not in ("http", "https") or not _address.hostname:
    raise ImproperlyConfigured(
        f"CAPMAP_URL is {URL!r}; write it as https://capmap.example.org."
    )
ALLOWED_HOSTS = [_address.hostname, "127.0.0.1", "localhost", "[::1]"]
CSRF_TRUSTED_ORIGINS = [f"{_address.scheme}://{_address.netloc}"]
_IS_HTTPS = _address.scheme == "https"

INSTALLED_APPS = [
    "capmap.web",
    "capmap.records",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "capmap.web.middleware.server_timing",
    "capmap.web.middleware.content_security_policy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "capmap.web.middleware.interface_language",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
]

ROOT_URLCONF = "capmap.web.urls"
WSGI_APPLICATION = "capmap.web.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "capmap.web.context.site",
            ],
            "builtins": [
                "capmap.web.templatetags.capmap",
                "capmap.web.templatetags.evidence",
            ],
        },
    }
]

# Database: SQLite in HOME, or whatever DATABASE_URL names.
DATABASES = {
    "default": dj_database_url.config(
        default=f"sqlite:///{HOME / 'capmap.sqlite3'}",
        conn_max_age=600,
        conn_health_checks=True,
    )
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        # Readers go on while one writes; a writer waits for another instead of failing.
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
        " PRAGMA cache_size=-64000; PRAGMA mmap_size=268435456;",
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

# People
AUTH_USER_MODEL = "records.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"
    },
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_ADAPTER = "capmap.web.accounts_adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "capmap.web.forms.accounts.SignInForm",
    "change_password": "capmap.web.forms.accounts.PasswordForm",
    "set_password": "capmap.web.forms.accounts.FirstPasswordForm",
    "reset_password": "capmap.web.forms.accounts.ForgottenForm",
    "reset_password_from_key": "capmap.web.forms.accounts.NewPasswordForm",
    "reauthenticate": "capmap.web.forms.accounts.ConfirmForm",
    "add_email": "capmap.web.forms.accounts.EmailForm",
}
MFA_FORMS = {
    "authenticate": "capmap.web.forms.accounts.CodeForm",
    "reauthenticate": "capmap.web.forms.accounts.CodeAgainForm",
    "activate_totp": "capmap.web.forms.accounts.AppForm",
}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # an invitation was answered at that address
ACCOUNT_CHANGE_EMAIL = True  # the new address counts once its link was opened
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_NOTIFICATIONS = True  # of a changed password or second factor
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False  # other sessions end, this one goes on
ACCOUNT_SESSION_REMEMBER = None  # the person says so
# Tries an address and an account have, whatever server process they meet.
ACCOUNT_RATE_LIMITS = {"login": "30/m/ip", "login_failed": "20/5m/ip,5/5m/key"}
MFA_TOTP_ISSUER = "capmap"
MFA_ALLOW_UNVERIFIED_EMAIL = True  # nobody has an account without an invitation

# Limits on tries must hold across the server's processes, which memory does not share;
# a file needs no table and no other server.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": HOME / "cache",
        "OPTIONS": {"MAX_ENTRIES": 10_000},
    }
}

# Single sign-on: the organization's own accounts, by OpenID Connect.
OIDC = {
    name: _setting(f"OIDC_{name}")
    for name in ("NAME", "ISSUER", "CLIENT_ID", "CLIENT_SECRET")
}
if any(OIDC.values()) and not all(OIDC.values()):
    _missing = ", ".join(f"CAPMAP_OIDC_{n}" for n, value in OIDC.items() if not value)
    raise ImproperlyConfigured(
        f"Single sign-on needs all four settings; missing: {_missing}. Set them, or none."
    )
_issuer = urlsplit(OIDC["ISSUER"])
if OIDC["NAME"] and (_issuer.scheme not in ("http", "https") or not _issuer.hostname):
    raise ImproperlyConfigured(
        f"CAPMAP_OIDC_ISSUER is {OIDC['ISSUER']!r}; write it as https://login.example.org/realm."
    )
# Pages to which a form of the site may lead on, beside its own.
FORMS_LEAD_TO = [f"{_issuer.scheme}://{_issuer.netloc}"] if OIDC["NAME"] else []
SOCIALACCOUNT_ADAPTER = "capmap.web.accounts_adapter.SocialAccountAdapter"
SOCIALACCOUNT_EMAIL_AUTHENTICATION = True  # a verified address finds its account
SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "APPS": [
            {
                "provider_id": "sso",
                "name": OIDC["NAME"],
                "client_id": OIDC["CLIENT_ID"],
                "secret": OIDC["CLIENT_SECRET"],
                "settings": {"server_url": OIDC["ISSUER"], "oauth_pkce_enabled": True},
            }
        ]
        if OIDC["NAME"]
        else []
    }
}
if _flag("BEHIND_PROXY", False):
    ALLAUTH_TRUSTED_PROXY_COUNT = 1

# Cookies and transport
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _IS_HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_SSL_REDIRECT = _IS_HTTPS and _flag("REDIRECT_TO_HTTPS", True)
SECURE_HSTS_SECONDS = 31_536_000 if _IS_HTTPS else 0
if _flag("BEHIND_PROXY", False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# Mail: printed on the console unless a server is named.
EMAIL_BACKEND = (
    "django.core.mail.backends.smtp.EmailBackend"
    if _setting("MAIL_HOST")
    else "django.core.mail.backends.console.EmailBackend"
)
EMAIL_HOST = _setting("MAIL_HOST")
EMAIL_PORT = int(_setting("MAIL_PORT", "587"))
EMAIL_HOST_USER = _setting("MAIL_USER")
EMAIL_HOST_PASSWORD = _setting("MAIL_PASSWORD")
EMAIL_USE_TLS = _flag("MAIL_TLS", True)
DEFAULT_FROM_EMAIL = _setting("MAIL_FROM", f"capmap@{_address.hostname}")

# Uploads
UPLOAD_MEGABYTES = int(_setting("UPLOAD_MEGABYTES", "500"))  # all files of one import
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000  # forms; files are streamed to disk
DATA_UPLOAD_MAX_NUMBER_FILES = 500
# Folders on this machine from which files may be imported by their path.
IMPORT_FOLDERS = [
    Path(p).resolve() for p in _setting("IMPORT_FOLDERS").split(os.pathsep) if p
]

# Languages. Texts of the pages stand in capmap/wording, those of Django in Django.
LANGUAGE_CODE = "en"
LANGUAGES = [(code, code) for code in OURS]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# Style and script
STATIC_URL = "static/"
STATICFILES_DIRS = [("explorer", str(files("capmap.publishing") / "explorer"))]
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 3600
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
