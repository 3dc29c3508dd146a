"""What the database said of a visitor, kept in Redis between the pings of their page."""

from collections.abc import Iterable
from typing import Any

from django.core.cache import cache

KNOWN_FOR = 120  # seconds that it is believed where nothing is heard


def read_known(visitor: str, inbox: int) -> dict[str, Any] | None:
    """What was kept of this visitor (32 hexadecimal digits) in this chat inbox; None where the database is to be asked."""
    kept = cache.get(key_of(visitor)) or {}
    return kept["known"] if kept.get("inbox") == inbox else None


def keep_known(visitor: str, inbox: int, known: dict[str, Any]) -> None:
    """Of one inbox at a time: hardly anybody is on two sites of ours, and then each asks anew."""
    cache.set(key_of(visitor), {"inbox": inbox, "known": known}, KNOWN_FOR)


def forget_known(visitors: Iterable[str]) -> None:
    """Something is new for these: the next ping asks again."""
    cache.delete_many([key_of(visitor) for visitor in visitors])


def key_of(visitor: str) -> str:
    return f"visitor.known:{visitor}"
