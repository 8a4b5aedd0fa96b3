"""Django's settings. Everything that differs between machines comes from the environment; state lives in `var/`."""

from pathlib import Path
from typing import Any

from config.env import ROOT, env
from infra.instance_state import instance_name, kept, make_private

BASE_DIR = ROOT
VAR_DIR: Path = env("VAR_DIR")
make_private(VAR_DIR)

DEBUG = env("DEBUG")
SECRET_KEY = env("SECRET_KEY") or kept(VAR_DIR / "secret-key", length=40)
SECRET_KEY_FALLBACKS = env("SECRET_KEY_FALLBACKS")
ALLOWED_HOSTS = env("ALLOWED_HOSTS")
CSRF_TRUSTED_ORIGINS = env("CSRF_TRUSTED_ORIGINS")

INSTALLED_APPS = [
    "django.contrib.staticfiles",
    # For authors only. The web process finds their admin classes in config/urls.py; workers need none of them.
    "django.contrib.admin.apps.SimpleAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django_htmx",
    "lucide",
    "course",
    "quiz",
    "sandbox",
]
MIDDLEWARE = [
    "servestatic.middleware.ServeStaticMiddleware",
    "django.middleware.gzip.GZipMiddleware",  # for pages only: above the static files it would cut them off
    "infra.inline_middleware.Security",
    "infra.inline_middleware.ContentSecurityPolicy",
    "infra.logs.log_context_middleware",
    "infra.request_limits.limits_middleware",
    "infra.inline_middleware.Common",
    "infra.inline_middleware.Csrf",
    "infra.inline_middleware.FrameOptions",
    "django_htmx.middleware.HtmxMiddleware",
    "learners.middleware.learner_middleware",
    "learners.staff_middleware.Sessions",
    "learners.staff_middleware.Authentication",
    "learners.staff_middleware.Messages",
    "sandbox.middleware.MissingRunMiddleware",
]
# Limits of a form, in bytes and in fields. Our longest form is a reader's report on a question.
DATA_UPLOAD_MAX_MEMORY_SIZE, DATA_UPLOAD_MAX_NUMBER_FIELDS = 64_000, 300
ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "learners.theme.theme",
            ]
        },
    }
]

SQLITE = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA wal_autocheckpoint=50000;",
}
# Django's own settings and no URL, in which a "#", "?" or "%41" of the path would mean something else.
IN_VAR_DIR = {"ENGINE": "django.db.backends.sqlite3", "NAME": str(VAR_DIR / "db.sqlite3")}
DATABASES: dict[str, dict[str, Any]] = {"default": env("DATABASE_URL") or IN_VAR_DIR}
# Keeps the cookies of two instances on one host apart, and their messages on one broker.
INSTANCE: str = env("INSTANCE") or instance_name(VAR_DIR, env("DATABASE_URL"))
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"] |= {"ENGINE": "infra.private_apis.sqlite", "OPTIONS": SQLITE}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en-gb"
# There is one language; looking for others takes a fifth of the time of a page.
USE_I18N = False

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = VAR_DIR / "static"
STATIC_ROOT.mkdir(exist_ok=True)
# Collected and compressed when the server is started.
STORAGES = {"staticfiles": {"BACKEND": "infra.private_apis.static_storage.Storage"}}

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "worker-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}
# What authors write: a folder for each module, and in it one for each lesson, with its text, check and experiments.
LESSONS_DIR = BASE_DIR / "course" / "lessons"
# Functions of the sandbox: one computes the key of a trace question, one asks about the learner's own runs.
QUIZ_TRACE = "sandbox.public.plan_traces.trace"
QUIZ_OWN_RUNS = "sandbox.public.own_runs.questions_about_runs"
# Each returns a value for what a room's tags show of a learner in a lesson. Pages are cached by these values.
COURSE_PROGRESS = ["quiz.attempts.progress_version.progress_version"]
# The same for what only the outline of the course shows.
OUTLINE_PROGRESS = ["sandbox.public.lab_progress.lab_progress"]
# What a learner was told about their answers, with which their questions can be answered, too.
ASK_REASONS = "quiz.attempts.reasons.reasons_of"
# Whether a learner is being asked about the lesson just now, so that no model is to help them.
ASK_OPEN_CHECK = "quiz.attempts.reasons.has_open_check"
# Questions about lessons that all learners at one address together may ask in a minute.
ASK_PER_ADDRESS = env("ASK_PER_ADDRESS")
# A language model that answers from the passages that were found, if any.
ASK_LLM_URL, ASK_LLM_MODEL, ASK_LLM_KEY = env("ASK_LLM_URL"), env("ASK_LLM_MODEL"), env("ASK_LLM_KEY")
# Pages of the course, cached once for all learners to whom they look the same.
IN_MEMORY = "django.core.cache.backends.locmem.LocMemCache"
CACHES = {
    "default": {"BACKEND": IN_MEMORY, "OPTIONS": {"MAX_ENTRIES": 256}},
    # How often somebody has asked: many addresses must not drive pages out of the other one.
    "limits": {"BACKEND": IN_MEMORY, "LOCATION": "limits", "OPTIONS": {"MAX_ENTRIES": 10_000}},
}
# Other applications on this host, and other instances, have cookies of their own names.
LEARNER_COOKIE = f"learner-{INSTANCE}"
CSRF_COOKIE_NAME = f"csrftoken-{INSTANCE}"
SESSION_COOKIE_NAME = f"sessionid-{INSTANCE}"
# Only authors have a session. Its cookie is sent to their pages only, and it holds their messages.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
SESSION_COOKIE_PATH = AUTHORS_AT = "/admin/"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("MinimumLengthValidator", "CommonPasswordValidator", "UserAttributeSimilarityValidator")
]
CSRF_FAILURE_VIEW = "infra.error_pages.csrf_failure"


def _redis_url() -> str:
    """Returns REDIS_URL, or the URL of the Valkey that `make run` started and wrote to `var/`."""
    file = VAR_DIR / "redis-url"
    return env("REDIS_URL") or (file.read_text().strip() if file.exists() else "redis://127.0.0.1:6379/0")


CELERY_APP = "config.celery.app"
REDIS_URL: str = _redis_url()
REDIS_PREFIX: str = env("REDIS_PREFIX") or f"saga:{INSTANCE}:"

# Seconds after which the clock sends a message again that is in no queue, or that a worker has not answered.
SANDBOX_RESEND_AFTER: float = env("SANDBOX_RESEND_AFTER")

if DEBUG:
    # Authors see every edit at once, by `infra/live_reload/`. Templates are read again for each page.
    LIVE_RELOAD_PAGE_ERRORS = "course.lint.template_tags.errors_of_page"
    MIDDLEWARE.append("infra.live_reload.middleware.LiveReload")
    TEMPLATES[0]["APP_DIRS"] = False
    TEMPLATES[0]["OPTIONS"]["loaders"] = [
        "django.template.loaders.filesystem.Loader",
        "django.template.loaders.app_directories.Loader",
    ]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {"format": "%(levelname)s %(name)s: %(message)s%(context)s"},
        "json": {
            "()": "pythonjsonlogger.json.JsonFormatter",
            "format": "%(asctime)s %(levelname)s %(name)s %(message)s",
            "rename_fields": {"asctime": "time", "levelname": "level", "name": "logger"},
        },
    },
    "filters": {
        "no-trace": {"()": "infra.logs.NoTraceForRefusals"},
        "no-flood": {"()": "infra.logs.NoFlood"},
        "context": {"()": "infra.logs.WithContext"},
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": env("LOG_FORMAT"),
            "filters": ["no-trace", "no-flood", "context"],
        }
    },
    # The web server has handlers of its own, without those filters. Requests that succeed are not logged.
    "loggers": {
        "uvicorn": {"handlers": ["console"], "level": "INFO", "propagate": False},
        "uvicorn.access": {"propagate": False},
    },
    "root": {"handlers": ["console"], "level": env("LOG_LEVEL")},
}
