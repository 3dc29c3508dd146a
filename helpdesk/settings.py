"""Every knob, from the environment. Traps of the stack are named where they are avoided. What calls what above it: wiring.py."""

import os
import sys
from pathlib import Path
from urllib.parse import unquote, urlsplit

from csp.constants import SELF
from django.core.exceptions import ImproperlyConfigured

from helpdesk import env
from helpdesk.database_url import read_database
from helpdesk.wiring import *  # noqa: F403

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(env.text("HELPDESK_DATA", str(BASE_DIR / "var"))).resolve()

DEBUG = env.flag("DEBUG", False)
SECRET_KEY = env.text("SECRET_KEY", "only-for-building-static-files" if "collectstatic" in sys.argv else None)
PUBLIC_URL = env.text("PUBLIC_URL", "http://127.0.0.1:8000").rstrip("/")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", "*" if DEBUG else urlsplit(PUBLIC_URL).hostname or "")
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS", PUBLIC_URL)
DEMO = env.flag("DEMO", DEBUG)  # demo logins and /demo/ pages
if DEMO and not DEBUG:
    raise ImproperlyConfigured("DEMO=1 is refused with DEBUG=0: the demo logins are known to everybody.")

INSTALLED_APPS = [
    "whitenoise.runserver_nostatic",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "django.contrib.sitemaps",
    "channels",
    "csp",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    # The core, lowest floor first: each imports only downwards (tests/test_architecture.py).
    "helpdesk.events",
    "helpdesk.people",
    "helpdesk.notices",
    "helpdesk.inboxes",
    "helpdesk.tickets",
    "helpdesk.proactive",
    "helpdesk.connectors.email",
    "helpdesk.connectors.webchat",
    "helpdesk.connectors.telegram",
    "helpdesk.desk",
    "helpdesk.visitors",
    "helpdesk.workspace",
    "helpdesk.api",
    "helpdesk.demo",
    "helpdesk.health",
    # The packages on top: they import the core, never one another.
    "routing",
    "knowledge",
    "funnel",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "helpdesk.people.middleware.own_language_and_time_zone",
    "helpdesk.people.middleware.not_too_fast",
    "helpdesk.people.middleware.no_login_in_a_part",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "helpdesk.people.middleware.refusals",
]

ROOT_URLCONF = "helpdesk.urls"
ASGI_APPLICATION = "helpdesk.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "helpdesk" / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "helpdesk.drawing.loader.Loader",
                    [
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "context_processors": [
                "django.template.context_processors.debug",
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "helpdesk.people.context.workspace",
            ],
            "builtins": ["helpdesk.icons"],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
INSTALLED_APPS.append("django.forms")

# ---------------------------------------------------------------- database, Redis, jobs
IS_WORKER = Path(sys.argv[0]).name == "celery"
DATABASES = (
    {"default": read_database(env.text("DATABASE_URL"), is_worker=IS_WORKER)}
    if "DATABASE_URL" in os.environ
    else {}
)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.text("REDIS_URL", "redis://127.0.0.1:6379/0")
CACHES = {
    "default": {
        "BACKEND": "helpdesk.cache.CacheThatMayBeAway",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "hd",
    },
    # Of this process alone, for seconds: what may be a little old and is asked for all the time.
    "process": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "OPTIONS": {"MAX_ENTRIES": 1000},
    },
}
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "helpdesk.layer.NearFirstLayer",
        # redis-py 8 has socket_timeout=5 and 100 connections: idle websockets would die.
        "CONFIG": {
            "hosts": [{"address": REDIS_URL, "socket_timeout": None, "max_connections": 1000}],
            "prefix": "hd",
        },
    },
}

CELERY_BROKER_URL = REDIS_URL
CELERY_RESULT_BACKEND = None
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 300
CELERY_TASK_SOFT_TIME_LIMIT = 240
CELERY_TASK_DEFAULT_QUEUE = "helpdesk"
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 800_000  # kB; a process that a huge mail has blown up is replaced
CELERY_DB_REUSE_MAX = 1000
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 900,  # above the longest job (CELERY_TASK_TIME_LIMIT)
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    "socket_connect_timeout": 2,
    "max_retries": 0,  # kombu's own tries, six seconds of them, before it says that the broker is away
    "socket_timeout": None,
}
# A broker that is away must not hold up the one who queues: the sweeps find what was left.
CELERY_TASK_PUBLISH_RETRY = False
JOBS_INLINE = env.flag("JOBS_INLINE", False)  # replay and some tests: run the jobs where they are queued

# ---------------------------------------------------------------- people and safety
AUTH_USER_MODEL = "people.User"
LOGIN_URL = "/login/"
LOGIN_REDIRECT_URL = "/desk/"
LOGOUT_REDIRECT_URL = "/login/"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
SESSION_COOKIE_AGE = 60 * 60 * 24 * 14
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
IS_HTTPS = PUBLIC_URL.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.flag("BEHIND_PROXY", False) else None
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
RATELIMIT_ENABLE = env.flag("RATE_LIMITS", True)
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 2**20
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 2**20
WIDGET_SOCKETS_OF_ONE_ADDRESS = env.number("WIDGET_SOCKETS_OF_ONE_ADDRESS", 1000)  # in each web process
ATTACHMENT_MAX_BYTES = env.number("ATTACHMENT_MAX_BYTES", 25 * 2**20)
MAIL_MAX_BYTES = env.number("MAIL_MAX_BYTES", 40 * 2**20)
# What reading one message may cost; one that costs more is set aside where people see it.
READING_SECONDS = env.number("READING_SECONDS", 60)
READING_MEMORY_MB = env.number("READING_MEMORY_MB", 512)
MAIL_DOOR_PORT = env.number("MAIL_DOOR_PORT", 2525)  # shown on the demo page; the door is told by --port
# Our own requests (webhooks, Telegram ...) never reach private addresses unless this is set.
ALLOW_PRIVATE_ADDRESSES = env.flag("ALLOW_PRIVATE_ADDRESSES", False)
METRICS_TOKEN = env.text("METRICS_TOKEN", "")  # where set, /metrics asks for it as a bearer token
TELEGRAM_API_BASE = env.text("TELEGRAM_API_BASE", "https://api.telegram.org").rstrip("/")

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "connect-src": [SELF, "ws:", "wss:"],
        "frame-src": [SELF],
        "frame-ancestors": ["'none'"],
        "form-action": [SELF],
        "base-uri": ["'none'"],
        "object-src": ["'none'"],
    }
}

# ---------------------------------------------------------------- mail
_smtp = urlsplit(env.text("SMTP_URL", "smtp://127.0.0.1:25"))
EMAIL_BACKEND = env.text("EMAIL_BACKEND", "django.core.mail.backends.smtp.EmailBackend")
EMAIL_HOST = _smtp.hostname or "127.0.0.1"
EMAIL_PORT = _smtp.port or (465 if _smtp.scheme == "smtps" else 25)
EMAIL_HOST_USER = unquote(_smtp.username or "")
EMAIL_HOST_PASSWORD = unquote(_smtp.password or "")
EMAIL_USE_SSL = _smtp.scheme == "smtps"
EMAIL_USE_TLS = _smtp.scheme == "smtp+tls"
EMAIL_TIMEOUT = 30
# Keys for the webhooks of mail providers, and for sending by their API: ANYMAIL_MAILGUN_WEBHOOK_SIGNING_KEY, ...
ANYMAIL = {
    name.removeprefix("ANYMAIL_"): value for name, value in os.environ.items() if name.startswith("ANYMAIL_")
}
# The mail door: STARTTLS where a certificate is named, and limits for clients outside of the trusted networks.
MAIL_TLS_CERT, MAIL_TLS_KEY = (
    env.text("MAIL_TLS_CERT", ""),
    env.text("MAIL_TLS_KEY", ""),
)  # paths of PEM files
MAIL_DOOR_TRUSTED = env.networks(
    "MAIL_DOOR_TRUSTED", "127.0.0.0/8,::1/128,10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,fc00::/7"
)
MAIL_DOOR_SESSIONS = env.number("MAIL_DOOR_SESSIONS", 20)  # at once, of one client
MAIL_DOOR_MAILS_A_MINUTE = env.number("MAIL_DOOR_MAILS_A_MINUTE", 120)
MAIL_DOOR_STRAYS_AN_HOUR = env.number("MAIL_DOOR_STRAYS_AN_HOUR", 50)  # recipients that nobody here has
# What machines may write by themselves before a loop is suspected (helpdesk/tickets/budgets.py).
AUTO_ANSWERS_AN_HOUR = env.number("AUTO_ANSWERS_AN_HOUR", 2)  # to one customer
AUTO_ANSWERS_A_DAY = env.number("AUTO_ANSWERS_A_DAY", 10)
TICKET_MAILS_AN_HOUR = env.number("TICKET_MAILS_AN_HOUR", 20)  # incoming, on one ticket
CHAT_MAILS_AN_HOUR = env.number("CHAT_MAILS_AN_HOUR", 12)  # with unread chat answers, to one address
# A customer who answers a ticket that was finished longer ago than this begins a new one, linked to the old; ...
REOPEN_WITHIN_DAYS = env.number("REOPEN_WITHIN_DAYS", 30)
# ... with a subject of its own already after so many.
NEW_SUBJECT_AFTER_DAYS = env.number("NEW_SUBJECT_AFTER_DAYS", 3)
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", "support@example.com")

# ---------------------------------------------------------------- languages and time
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("it", "Italiano"), ("ro", "Română"), ("zh-hans", "简体中文")]
LOCALE_PATHS = [BASE_DIR / "helpdesk" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# ---------------------------------------------------------------- files
STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "helpdesk" / "static"]
MEDIA_ROOT = DATA_DIR / "media"
IS_STATIC_COLLECTED = env.flag("STATIC_COLLECTED", not DEBUG)  # by `manage.py collectstatic`
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "helpdesk.staticfiles.HashedStaticFiles"
        if IS_STATIC_COLLECTED
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not IS_STATIC_COLLECTED
WHITENOISE_AUTOREFRESH = DEBUG

# ---------------------------------------------------------------- API
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["helpdesk.api.authentication.TokenAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["helpdesk.api.parsers.SizedJSONParser"],
    "DEFAULT_PAGINATION_CLASS": "helpdesk.api.pagination.NewestFirst",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_THROTTLE_CLASSES": ["rest_framework.throttling.UserRateThrottle"],
    "DEFAULT_THROTTLE_RATES": {"user": env.text("API_RATE", "600/min"), "anon": "60/min"},
    "EXCEPTION_HANDLER": "helpdesk.api.problems.as_problem",
    "PAGE_SIZE": 50,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Helpdesk API",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "helpdesk.api.schema.add_problems",
    ],
    "ENUM_NAME_OVERRIDES": {
        "LanguageEnum": LANGUAGES,
        "TicketStatusEnum": "helpdesk.tickets.models.Ticket.Status",
        "ArticleStatusEnum": "knowledge.models.Status",
        "ChannelEnum": "helpdesk.inboxes.models.Inbox.Kind",
        "MessageKindEnum": "helpdesk.tickets.models.Message.Kind",
        "MessageStateEnum": "helpdesk.tickets.models.Message.State",
        "WrittenKindEnum": "helpdesk.api.shapes.WRITTEN_KINDS",
        "ParticipantRoleEnum": "helpdesk.tickets.models.Participant.Role",
        "UserRoleEnum": "helpdesk.people.models.User.Role",
        "IdentityKindEnum": "helpdesk.people.models.ContactIdentity.Kind",
    },
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": env.text("LOG_LEVEL", "INFO")},
    "loggers": {
        "django.server": {"level": "WARNING"},
        # httpx logs whole URLs, and Telegram's token sits in the URL.
        "httpx": {"level": "WARNING"},
        "httpcore": {"level": "WARNING"},
        "flufl": {"level": "WARNING"},  # one line for each of its guesses at a bounce
    },
}
