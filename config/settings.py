"""Django's settings, from the environment by way of `config.env`."""

from __future__ import annotations

import structlog
from csp.constants import NONE, SELF
from environs import validate

from config.databases import database
from config.env import BASE_DIR, DATA_DIR, env, secret_key

DEBUG = env.bool("DEBUG", False)
SECRET_KEY = secret_key()
# Older ones, newest first: what they signed and encrypted can still be read.
SECRET_KEY_FALLBACKS: list[str] = env.list("SECRET_KEY_FALLBACKS", [])
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", [])

# --- Parley -----------------------------------------------------------------------------------
PARLEY_DATA = DATA_DIR
REDIS_URL = env.str("REDIS_URL", "")
PARLEY_LOCAL_MODEL = env.str("PARLEY_LOCAL_MODEL", "")
# Seconds that one call of a tool may take, and how often a model may call tools in one reply.
PARLEY_TOOL_TIMEOUT = env.float("PARLEY_TOOL_TIMEOUT", 120.0)
PARLEY_TOOL_ROUNDS = env.int("PARLEY_TOOL_ROUNDS", 20)
PARLEY_PROVIDER_TIMEOUT = env.float("PARLEY_PROVIDER_TIMEOUT", 60.0)
PARLEY_SUMMARIES = env.bool("PARLEY_SUMMARIES", True)
PARLEY_SUMMARY_MODEL = env.str("PARLEY_SUMMARY_MODEL", "")
# What models write beside conversations: "model" has them write titles; questions that could follow a reply;
# titles and tags that a person asks for. And which model, "provider::model"; empty: the conversation's.
PARLEY_TITLES = env.str("PARLEY_TITLES", "off", validate=validate.OneOf(["off", "model"]))
PARLEY_FOLLOW_UPS = env.bool("PARLEY_FOLLOW_UPS", False)
PARLEY_SUGGESTIONS = env.bool("PARLEY_SUGGESTIONS", True)
PARLEY_EXTRAS_MODEL = env.str("PARLEY_EXTRAS_MODEL", "")
PARLEY_RATE_LIMIT = env.str("PARLEY_RATE_LIMIT", "60/min")
PARLEY_DRAIN_SECONDS = env.float("PARLEY_DRAIN_SECONDS", 8.0)
# Whether people may set up providers and keys of their own.
PARLEY_OWN_PROVIDERS = env.bool("PARLEY_OWN_PROVIDERS", True)
# Whether administrators may have programs run as servers of tools, and people set up servers of their own.
PARLEY_MCP_STDIO = env.bool("PARLEY_MCP_STDIO", True)
PARLEY_OWN_TOOLS = env.bool("PARLEY_OWN_TOOLS", True)
PARLEY_SCRIPTED_PROVIDER = False  # tests switch it on
OPENAI_API_KEY = env.str("OPENAI_API_KEY", "")
OPENAI_BASE_URL = env.str("OPENAI_BASE_URL", "https://api.openai.com/v1")
ANTHROPIC_API_KEY = env.str("ANTHROPIC_API_KEY", "")
GEMINI_API_KEY = env.str("GEMINI_API_KEY", "")
# Characters of one message: some 25,000 tokens, beyond the window of most models.
MESSAGE_MAX_CHARS = 100_000
ATTACHMENT_MAX_BYTES = 20 * 1024 * 1024
# An account's export with its pictures.
IMPORT_MAX_BYTES = env.int("PARLEY_IMPORT_MAX_MB", 1024) * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

# --- Django -----------------------------------------------------------------------------------
INSTALLED_APPS = [
    "daphne",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "chat",
    "exports",
    "config",
]
# Django's own, less the thread that each would wait in: 0.5 ms a request in place of 2.5.
MIDDLEWARE = [
    "chat.http.unthreaded.SecurityMiddleware",
    "chat.http.unthreaded.CSPMiddleware",
    "chat.http.unthreaded.PermissionsMiddleware",
    "chat.http.RequestContextMiddleware",
    "chat.http.ProblemMiddleware",
    "chat.http.unthreaded.SessionMiddleware",
    "chat.http.LocaleMiddleware",
    "chat.http.unthreaded.CommonMiddleware",
    "chat.http.unthreaded.CsrfViewMiddleware",
    "chat.http.unthreaded.AuthenticationMiddleware",
    "chat.http.unthreaded.MessageMiddleware",
    "chat.http.unthreaded.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]
ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"
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
                "chat.http.locale.preferences",
            ]
        },
    }
]
DATABASES = {"default": database(env.str("DATABASE_URL", f"sqlite:///{DATA_DIR / 'parley.sqlite3'}"))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
    if REDIS_URL
    else {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        # A person's rate limit is an entry; the default of 300 would forget some.
        "OPTIONS": {"MAX_ENTRIES": 10_000},
    }
}

AUTH_USER_MODEL = "chat.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "start"
LOGOUT_REDIRECT_URL = "login"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 30
SESSION_COOKIE_SAMESITE = "Lax"

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("de", "Deutsch")]  # each in its own words, whoever reads the list
LOCALE_PATHS = [BASE_DIR / "chat" / "locale"]
LANGUAGE_COOKIE_SAMESITE = "Lax"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "config.bundles.BundleFinder",
]
MEDIA_ROOT = DATA_DIR / "uploads"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "config.static.Storage"},
}
FILE_UPLOAD_PERMISSIONS = 0o600

# --- What a browser may do --------------------------------------------------------------------
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        # Each kind by name: what is not named here is not to be had at all.
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "font-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "media-src": [SELF],
        "connect-src": [SELF],
        "frame-src": [SELF],
        "worker-src": [SELF],
        "manifest-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

# --- Logs: one JSON object a line ------------------------------------------------------------------
SHARED_PROCESSORS: list[structlog.typing.Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.format_exc_info,
]
structlog.configure(
    processors=[*SHARED_PROCESSORS, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {
            "()": structlog.stdlib.ProcessorFormatter,
            "processor": structlog.processors.JSONRenderer(),
            "foreign_pre_chain": SHARED_PROCESSORS,
        }
    },
    "filters": {"refused": {"()": "config.logs.RefusedRequest"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", "INFO")},
    "loggers": {
        "daphne": {"level": "WARNING"},
        # They tell of each table of a font, and that they have begun.
        "fontTools": {"level": "WARNING"},
        "pikepdf": {"level": "WARNING"},
        "httpx": {"level": "WARNING"},
        # Refused requests have their line in the access log.
        "django.request": {"level": "ERROR"},
        **{
            f"django.security.{name}": {"filters": ["refused"]}
            for name in ("DisallowedHost", "RequestDataTooBig")
        },
    },
}
