"""How the web half is set. Everything a county sets comes from the environment; docs/howto/run-the-web.md lists it.

Secure unless `LUOTSI_DEMONSTRATION` is 1: then plain HTTP on this machine is served, and demonstration users may sign
in.
"""

from __future__ import annotations

import datetime
import os
import secrets
from pathlib import Path

import dj_database_url
from csp.constants import NONE, SELF
from django.contrib.messages.constants import DEBUG as DEBUG_LEVEL
from django.contrib.messages.constants import ERROR, INFO, SUCCESS, WARNING

from luotsi.web.project import database, identification
from luotsi.web.project.mail import smtp


def _secret(home: Path) -> str:
    """The key that signs sessions: from the environment, or a file that only we can read, made at the first start."""
    named = os.environ.get("LUOTSI_SECRET_KEY")
    if named:
        return named
    path = home / "keys" / "web.key"
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text("ascii").strip()
    with os.fdopen(handle, "w", encoding="ascii") as stream:
        stream.write(secrets.token_urlsafe(64))
    return path.read_text("ascii").strip()


HOME = Path(os.environ.get("LUOTSI_HOME", "var")).resolve()
DEMONSTRATION = os.environ.get("LUOTSI_DEMONSTRATION") == "1"
OVERLAY = Path(os.environ["LUOTSI_COUNTY"]) if os.environ.get("LUOTSI_COUNTY") else None
"""A county's own content folder, as `--county` on the command line."""

SECRET_KEY = _secret(HOME)
DEBUG = False
ALLOWED_HOSTS = os.environ.get("LUOTSI_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
ROOT_URLCONF = "luotsi.web.project.urls"
WSGI_APPLICATION = "luotsi.web.project.wsgi.application"
APPEND_SLASH = True

APPS = ["desk", "referrals", "feedback", "assessments", "queues", "results", "services", "people", "events", "ui"]
"""Our own, from high to low."""

INSTALLED_APPS = [
    *(f"luotsi.web.{name}" for name in APPS),
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "axes",
    "procrastinate.contrib.django",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "axes.middleware.AxesMiddleware",
    "luotsi.web.ui.middleware.DatabaseAway",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "luotsi.web.ui.context.page",
                "luotsi.web.people.acting.context",
                "luotsi.web.project.navigation.navigation",
            ],
        },
    }
]

DATABASES = {"default": dj_database_url.parse(database.address(HOME))}
DATABASES["default"]["OPTIONS"] = {**DATABASES["default"].get("OPTIONS", {}), "pool": {"min_size": 1, "max_size": 8}}
# On disk, so that what one web process has drawn the others need not; `luotsi serve` empties it at the start
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": HOME / "cache" / "pages",
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    },
    "charts": {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": HOME / "cache" / "charts",
        "OPTIONS": {"MAX_ENTRIES": 50_000},
    },
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# People
AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
LOGIN_URL = "sign_in"
LOGIN_REDIRECT_URL = "account"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

# Signing in: wrong passwords lock the user out at that address for a while (passwords are for the demonstration only)
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = datetime.timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_CALLABLE = "luotsi.web.people.views.signing_in.locked_out"
AXES_ENABLE_ADMIN = False

# Signing in by OpenID Connect, for staff and for residents
SOCIALACCOUNT_ONLY = True
SOCIALACCOUNT_ADAPTER = "luotsi.web.people.oidc.Adapter"
SOCIALACCOUNT_PROVIDERS = identification.providers(os.environ)
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*"]

MESSAGE_TAGS = {DEBUG_LEVEL: "info", INFO: "info", SUCCESS: "good", WARNING: "attention", ERROR: "bad"}
"""How grave a message is -> the kind of notice that shows it."""

# Languages: Finnish first
LANGUAGE_CODE = "fi"
LANGUAGES = [("fi", "Suomi"), ("sv", "Svenska"), ("en", "English")]
TIME_ZONE = "Europe/Helsinki"
USE_TZ = True
LOCALE_PATHS = [Path(__file__).parent / "locale"]
FORMAT_MODULE_PATH = "luotsi.web.ui.formats"

# Letters
ADDRESS = os.environ.get("LUOTSI_ADDRESS", "http://localhost:8000").rstrip("/")
"""Where readers find us; the links of letters begin with it."""
EMAIL_URL = os.environ.get("LUOTSI_SMTP_URL", "")
DEFAULT_FROM_EMAIL = os.environ.get("LUOTSI_MAIL_FROM", "luotsi@localhost")
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if EMAIL_URL else 'filebased'}.EmailBackend"
EMAIL_FILE_PATH = HOME / "letters"
"""Without an SMTP server letters are kept here, unsent."""
if EMAIL_URL:
    globals().update(smtp(EMAIL_URL))

# What goes wrong is told on stderr; no mail, no file
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
        "django.request": {"level": "ERROR"},
    },
}

# Files
STATIC_URL = "static/"
STATIC_ROOT = HOME / "static"
WHITENOISE_USE_FINDERS = DEMONSTRATION

# Security
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_NAME = "luotsi_session" if DEMONSTRATION else "__Host-session"
CSRF_COOKIE_NAME = "luotsi_csrf" if DEMONSTRATION else "__Host-csrf"
SESSION_COOKIE_AGE = 8 * 60 * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
CSRF_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SECURE = not DEMONSTRATION
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = not DEMONSTRATION
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if os.environ.get("LUOTSI_PROXY") == "1" else None
"""Only behind a proxy that sets this header itself and drops one that was sent."""
SECURE_HSTS_SECONDS = 0 if DEMONSTRATION else 365 * 24 * 60 * 60
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = not DEMONSTRATION
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
EMBEDDERS = os.environ.get("LUOTSI_EMBEDDERS", "").split() or [NONE]
"""Sites whose pages may show the search of services in a frame, as https://www.kunta.example."""
CSRF_FAILURE_VIEW = "luotsi.web.ui.errors.csrf_failure"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
