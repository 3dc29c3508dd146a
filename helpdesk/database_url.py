"""What DATABASE_URL says, as Django wants it."""

from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

from helpdesk import env


def read_database(url: str, *, is_worker: bool) -> dict:
    """An entry of DATABASES. Raises ImproperlyConfigured for another kind of database."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured("DATABASE_URL must start with postgresql://")
    # Of the questions of helpdesk.prepared alone: the others are put together by the client, and never prepared.
    prepares = 1 if env.flag("DATABASE_PREPARES", True) else None
    options: dict = {
        "application_name": env.text("HELPDESK_PROCESS", "helpdesk"),
        "prepare_threshold": prepares,
    }
    query = dict(pair.split("=", 1) for pair in parts.query.split("&") if "=" in pair)
    host = unquote(query.pop("host", "") or parts.hostname or "")
    database = {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(parts.port or ""),
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options | {key: unquote(value) for key, value in query.items()},
        "TEST": {"NAME": env.text("TEST_DATABASE", "test_helpdesk")},
    }
    if is_worker:
        # A pool is closed around each prefork task; a kept connection is twice as fast there.
        database["CONN_MAX_AGE"] = 60
    else:
        # CONN_MAX_AGE under ASGI leaks connections: the pool instead.
        database["OPTIONS"]["pool"] = {
            "min_size": 2,
            "max_size": env.number("DATABASE_POOL", 20),
            "timeout": 20,
        }
    return database
