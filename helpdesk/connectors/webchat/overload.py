"""How hard it is to serve all who wait in chats now, as whoever watches it says. Lives in the cache with a lifetime: when
nobody says so any more, it is over."""

from django.core.cache import cache

PLACE_HIDDEN, MAIL_OFFERED = 1, 2  # each also means those before it
KEY = "webchat.overload"
LIFETIME = 120  # seconds


def note_overload(level: int) -> None:
    """0: it goes as usual."""
    cache.set(KEY, level, LIFETIME)


def overload_now() -> int:
    return cache.get(KEY, 0)
