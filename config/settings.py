"""Settings of Samrum, fed by the environment and safe when nothing is set.

`SAMRUM_DEMO=1` (what `make run` sets) is the embedded default: SQLite, in-memory layer, demo data, one process.
Everything else is production: it needs SECRET_KEY, ALLOWED_HOSTS and SAMRUM_ORIGINS and refuses unsafe or
contradictory values.
"""

import os
from pathlib import Path
from typing import Any

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from accounts.municipal import logins
from config import env

BASE_DIR = Path(__file__).resolve().parent.parent

# Mode and place -------------------------------------------------------------------------------------------------

DEMO = env.flag("SAMRUM_DEMO")
DEBUG = env.flag("SAMRUM_DEBUG")
DATA_DIR = Path(os.environ.get("SAMRUM_DATA") or BASE_DIR / "var").resolve()
DATA_DIR.mkdir(parents=True, exist_ok=True)
KEYS_DIR = DATA_DIR / "keys"  # outside the database, and outside its backups
if DEBUG and not DEMO:
    raise ImproperlyConfigured("SAMRUM_DEBUG=1 shows source and settings to visitors. Use it with SAMRUM_DEMO=1 only.")

SECRET_KEY = os.environ.get("SECRET_KEY", "")
if not SECRET_KEY:
    if not DEMO:
        raise ImproperlyConfigured("SECRET_KEY is not set. Give it 50 random characters, the same for every process.")
    SECRET_KEY = env.kept_secret(KEYS_DIR / "secret_key")
if not DEMO and len(set(SECRET_KEY)) < 12:
    raise ImproperlyConfigured("SECRET_KEY is too simple. Give it 50 random characters.")

# Who may ask ----------------------------------------------------------------------------------------------------

LOOPBACK = ["localhost", "127.0.0.1", "[::1]"]
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS") or (LOOPBACK if DEMO else [])
# Scheme, host and port of every address the site is reached by; a WebSocket's Origin must be one of them.
ORIGINS = [origin.rstrip("/") for origin in env.words("SAMRUM_ORIGINS")]
if not DEMO:
    if not ALLOWED_HOSTS or "*" in ALLOWED_HOSTS:
        raise ImproperlyConfigured("ALLOWED_HOSTS must name the site's hosts, separated by commas; * is not allowed.")
    if not ORIGINS or any(not origin.startswith("https://") for origin in ORIGINS):
        raise ImproperlyConfigured("SAMRUM_ORIGINS must list the site's https:// addresses, separated by commas.")
CSRF_TRUSTED_ORIGINS = ORIGINS
# How many proxies of our own stand before us. 0: the forwarded header is not believed at all.
TRUSTED_PROXIES = env.number("SAMRUM_TRUSTED_PROXIES", default=0, low=0, high=5)
# Limits per network; off only for load generators.
NETWORK_LIMITS = env.on_off("SAMRUM_NETWORK_LIMITS")
if not NETWORK_LIMITS and not DEMO:
    raise ImproperlyConfigured("SAMRUM_NETWORK_LIMITS=off is for benchmarks of the demo. Remove it.")

# Apps -----------------------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "config",
    "chat",
    "blog",
    "forum",
    "moderation",
    "referrals",
    "accounts",
    "accounts.apps.DriftConfig",  # Django admin, behind the staff's own door
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "csp",
    "django_q",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "csp.middleware.CSPMiddleware",
    "config.middleware.quiet_answers",
    "config.language.ChosenLanguageMiddleware",
    "config.middleware.closed_after_exit",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "chat.middleware.logins_end",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.middleware.SecondFactorMiddleware",
]
ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.pages.look",
            ],
        },
    },
]
AUTH_USER_MODEL = "accounts.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
FORM_RENDERER = "django.forms.renderers.DjangoTemplates"

# Database -------------------------------------------------------------------------------------------------------

_db = environ.Env.db_url_config(os.environ.get("DATABASE_URL") or f"sqlite:///{DATA_DIR / 'samrum.sqlite3'}")
ON_SQLITE = _db["ENGINE"].endswith("sqlite3")
if ON_SQLITE:
    # IMMEDIATE: a transaction that reads and then writes waits its turn instead of failing as "locked".
    # secure_delete: what is erased is overwritten with zeros (law 6).
    _db["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA secure_delete=ON; PRAGMA temp_store=MEMORY;"
        ),
    }
    _db["TEST"] = {"NAME": str(DATA_DIR / "test.sqlite3")}  # in a file: socket tests use several connections
else:
    # A pool, and no persistent connections: under ASGI those leak one a thread.
    _db["CONN_MAX_AGE"] = 0
    # While the database is down a page gives up after 5 s (the pool's own wish is 30): help must not wait for it.
    _size = env.number("SAMRUM_DB_POOL", default=10, low=2, high=100)
    _db["OPTIONS"] = {"pool": {"min_size": 1, "max_size": _size, "timeout": 5}}
DATABASES = {"default": _db}

# Layer and cache ------------------------------------------------------------------------------------------------

REDIS_URL = os.environ.get("REDIS_URL", "")
if not DEMO and (ON_SQLITE or not REDIS_URL):
    raise ImproperlyConfigured(
        "Production needs DATABASE_URL (postgres://…) and REDIS_URL (redis://…): its pages and its rooms run in "
        "several processes. For one machine without services set SAMRUM_DEMO=1."
    )
if REDIS_URL:
    CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "channels_redis.core.RedisChannelLayer",
            "CONFIG": {
                # A Redis that hangs must not hold up what is committed already; the layer's own reads wait up to 5 s.
                "hosts": [{"address": REDIS_URL, "socket_connect_timeout": 2, "socket_timeout": 10}],
                "prefix": "samrum",
                "capacity": 1000,
                "expiry": 20,
            },
        }
    }
    _cache: dict[str, object] = {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 1},
    }
    CACHES = {
        "default": {**_cache, "KEY_PREFIX": "page"},
        "ratelimit": {**_cache, "KEY_PREFIX": "limit"},
    }
else:
    CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer", "CONFIG": {"capacity": 1000}}}
    _cache = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "OPTIONS": {"MAX_ENTRIES": 100_000}}
    CACHES = {"default": {**_cache, "LOCATION": "page"}, "ratelimit": {**_cache, "LOCATION": "limit"}}
RATELIMIT_USE_CACHE = "ratelimit"
# E003/W001 know neither our one-process demo nor Django's own Redis cache; the rule behind them is checked above.
SILENCED_SYSTEM_CHECKS = ["django_ratelimit.E003", "django_ratelimit.W001"]

# Language and time ----------------------------------------------------------------------------------------------

LANGUAGE_CODE = "da"
LANGUAGES = [("da", _("Danish")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/Copenhagen"

# Static files and media -----------------------------------------------------------------------------------------

STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "config.storage.ModuleManifestStorage"},
}
MEDIA_URL = "media/"
MEDIA_ROOT = DATA_DIR / "media"

# Security of pages ----------------------------------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "connect-src": [SELF],
        "font-src": [SELF],
        "form-action": [SELF],
        "frame-src": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
        "manifest-src": [SELF],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
# Nothing goes to other sites. Not "no-referrer": with that, browsers send our own forms with "Origin: null", and the
# check against forged requests refuses them.
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
# Every door's form needs the token, so the young get this cookie, too: it ends with the browser and tells no script.
CSRF_COOKIE_AGE = None
CSRF_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
SECURE_COOKIES = not DEMO
if SECURE_COOKIES:
    SESSION_COOKIE_NAME = "__Host-session"
    CSRF_COOKIE_NAME = "__Host-csrf"
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = True
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = False
    SECURE_SSL_REDIRECT = False  # the proxy's work; our own processes speak plain HTTP to it
    if TRUSTED_PROXIES:
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
# A profile shows what its owner wrote, and nothing of anybody else.
YOUNG_PASSWORD_VALIDATORS: list[dict[str, Any]] = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 8}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "accounts.passwords.DanishCommonPasswordValidator"},
]
# The module that draws a profile's recovery phrase and knows how it may be typed.
RECOVERY_WORDS = "moderation.words"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000

# Login and profiles (django-allauth) -----------------------------------------------------------------------------

AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "chat:desk"
SESSION_COOKIE_AGE = 12 * 3600
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False  # the login ends with the browser
ACCOUNT_ADAPTER = "accounts.adapters.AccountAdapter"
ACCOUNT_FORMS = {
    "signup": "forum.profile_forms.SignupForm",
    "login": "accounts.forms.LoginForm",
    "reauthenticate": "accounts.forms.PasswordAgainForm",
    "change_password": "accounts.forms.ChangePasswordForm",
}
# A whole school or town hall may share one network (ip); a name and what belongs to it (key) is guarded closely.
ACCOUNT_RATE_LIMITS = {
    "login": "300/m/ip",
    "municipal": "900/m/ip",  # one login is two or three requests
    "login_failed": "100/m/ip,5/15m/key",
    "login_failed_anywhere": "60/15m/key",
    "signup": "60/10m/ip",
    "recover": "100/m/ip,5/15m/key",
    "recover_anywhere": "60/15m/key",
}
MFA_ADAPTER = "accounts.adapters.StaffMFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_TOLERANCE = 1  # half a minute early or late: clocks differ, and typing takes time
MFA_FORMS = {
    "authenticate": "accounts.forms.SecondFactorForm",
    "reauthenticate": "accounts.forms.SecondFactorAgainForm",
    "activate_totp": "accounts.forms.SetUpAppForm",
}
# Encrypts the secrets of second factors, and keys the digests of whom municipalities let in. Give it a value of its own
# before SECRET_KEY is ever changed.
SECOND_FACTOR_KEY = os.environ.get("SAMRUM_SECOND_FACTOR_KEY") or SECRET_KEY

# Login by the municipality's identity provider (docs/municipal-login.md): in a file, for its secrets are no rows.
# Without it nothing of such a login is there.
_login_file = os.environ.get("SAMRUM_LOGIN_FILE", "")
MUNICIPAL_LOGINS = logins.read(Path(_login_file), plain_http=DEMO) if _login_file else {}
SOCIALACCOUNT_PROVIDERS = logins.for_allauth(MUNICIPAL_LOGINS.values())
SOCIALACCOUNT_ADAPTER = "accounts.municipal.adapter.SocialAdapter"
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False  # nobody is joined to an account by a mail address
SOCIALACCOUNT_REQUESTS_TIMEOUT = 4  # seconds; a provider that is away must not hold up the page that says so

# The room -------------------------------------------------------------------------------------------------------

# How long a session's text stays after it ended (law 6).
RETENTION_HOURS = env.number("SAMRUM_RETENTION_HOURS", default=24, low=1, high=48)
# How long before its start a session's lobby lets people in.
LOBBY_MINUTES = env.number("SAMRUM_LOBBY_MINUTES", default=30, low=0, high=24 * 60)
# How long a letter stays after the last word of it was written.
LETTER_DAYS = env.number("SAMRUM_LETTER_DAYS", default=180, low=7, high=730)
# Where "Væk herfra" leads: a page nobody wonders about.
EXIT_URL = os.environ.get("SAMRUM_EXIT_URL", "https://www.dmi.dk/")
if not EXIT_URL.startswith("https://"):
    raise ImproperlyConfigured("SAMRUM_EXIT_URL must be a full https:// address.")
# The organisation's page in the state's register of accessibility statements; /was leads to it.
WAS_URL = os.environ.get("SAMRUM_WAS_URL", "")

# Mail to staff --------------------------------------------------------------------------------------------------

EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
if os.environ.get("EMAIL_URL"):
    vars().update(environ.Env.email_url_config(os.environ["EMAIL_URL"]))
elif not DEMO:
    raise ImproperlyConfigured("EMAIL_URL is not set (smtp://…): coordinators are alerted by mail when nobody comes.")
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = os.environ.get("SAMRUM_MAIL_FROM", "samrum@localhost")

# The background worker ------------------------------------------------------------------------------------------

Q_CLUSTER = {
    "name": "samrum",
    "orm": "default",
    "workers": 1,
    "timeout": 300,
    "retry": 360,
    "max_attempts": 3,
    "ack_failures": True,
    "catch_up": False,
    "poll": 2,
    "save_limit": 20,
    "label": _("Background work"),
}

# Logs: no addresses, no text, no names --------------------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "django.server": {"handlers": [], "propagate": False},
        "django.channels.server": {"handlers": [], "propagate": False},
        "daphne": {"level": "WARNING"},
        "django-q": {"level": "WARNING"},
    },
}
