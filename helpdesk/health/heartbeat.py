"""The worker's sign of life: a moment in the cache, written by a job that beat sends every ten seconds."""

from datetime import datetime

from django.core.cache import cache

from helpdesk import clock

KEY = "worker.heartbeat"
KEPT = 24 * 3600  # seconds, so that /readyz can say how long ago it was
OLDEST = 60  # seconds; a heartbeat older than this is a dead worker, or a queue that is stuck


def note_heartbeat() -> None:
    cache.set(KEY, clock.now().isoformat(), KEPT)


def heartbeat_age() -> float | None:
    """Seconds since the last heartbeat; None where there has been none for a day."""
    noted = cache.get(KEY)
    return (clock.now() - datetime.fromisoformat(noted)).total_seconds() if noted else None
