"""Which visitors are on the site now. Lives in Redis with a lifetime; nothing of it is ever written to the database."""

from typing import Any
from uuid import UUID

from django.core.cache import cache

from helpdesk import clock

# Seconds. A widget pings at most every 25 s, so two lost pings in a row don't make somebody vanish.
LIFETIME = 70


def note_presence(visitor: UUID, *, url: str = "", title: str = "") -> None:
    """The visitor is here now, on the page with this address and title."""
    here = {"url": url, "title": title, "at": clock.now().isoformat()}
    cache.set(key_of(visitor), here, LIFETIME)


def presence_of(visitor: UUID) -> dict[str, Any] | None:
    """`url`, `title` and `at` (ISO 8601) of the visitor's last sign of life, None for one who is gone."""
    return cache.get(key_of(visitor))


def end_presence(visitor: UUID) -> None:
    cache.delete(key_of(visitor))


def key_of(visitor: UUID) -> str:
    return f"presence:{visitor.hex}"
