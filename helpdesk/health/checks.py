"""What must hold before this process should be sent requests. Each check names what is wrong, or says None."""

from collections.abc import Callable

import psycopg
from django.core.cache import cache
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from redis.exceptions import RedisError

from helpdesk.health.heartbeat import OLDEST, heartbeat_age

applied: list[bool] = []


def check_database() -> str | None:
    """Over a connection of its own: the pool would wait twenty seconds for a dead server."""
    try:
        with psycopg.connect(**connection.get_connection_params() | {"connect_timeout": 2}) as own:
            own.execute("SELECT 1")
    except psycopg.Error as error:
        return f"does not answer: {type(error).__name__}"
    return None


def check_migrations() -> str | None:
    if check_database():
        return "unknown, since the database does not answer"
    missing = missing_migrations()
    return f"{len(missing)} not applied, the first is {missing[0]}" if missing else None


def missing_migrations() -> list[str]:
    """Asked until nothing is missing: then this code's migrations are there for as long as it runs."""
    if not applied:
        executor = MigrationExecutor(connection)
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
        if plan:
            return [str(migration) for migration, _backwards in plan]
        applied.append(True)
    return []


def check_redis() -> str | None:
    try:
        cache.set("ready", 1, 10)
        return None if cache.get("ready") == 1 else "does not keep what it is given"
    except (RedisError, OSError) as error:
        return f"does not answer: {type(error).__name__}"


def check_worker() -> str | None:
    try:
        age = heartbeat_age()
    except (RedisError, OSError) as error:
        return f"unknown, since Redis does not answer: {type(error).__name__}"
    if age is None:
        return "no heartbeat yet"
    return f"last heartbeat {age:.0f} s ago" if age > OLDEST else None


CHECKS: dict[str, Callable[[], str | None]] = {
    "database": check_database,
    "migrations": check_migrations,
    "redis": check_redis,
    "worker": check_worker,
}


def run_checks() -> dict[str, str | None]:
    """Every part by name, with what is wrong with it or None."""
    return {name: check() for name, check in CHECKS.items()}
