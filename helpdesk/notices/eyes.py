"""Whether somebody has a page of ours before them now, and what it has shown them: that needs no push. Lives in the cache with
a lifetime; with Redis away nobody looks at anything, and a push too many goes out rather than none."""

from collections.abc import Iterable
from datetime import datetime

from django.core.cache import cache

from helpdesk.notices.models import Notice

LOOKING = 75  # seconds: a page in sight asks for its bell every 60
REMEMBERED = 24 * 60 * 60


def note_looking(user_id: int, shown: Iterable[Notice]) -> None:
    """A page in sight has just drawn the bell anew, with these notices in it."""
    newest = max((one.created_at for one in shown), default=None)
    cache.set(looking_key(user_id), True, LOOKING)
    if newest:
        cache.set(shown_key(user_id), newest, REMEMBERED)


def is_looking(user_id: int) -> bool:
    return bool(cache.get(looking_key(user_id)))


def was_shown(notice: Notice) -> bool:
    """On a page that somebody looked at."""
    newest: datetime | None = cache.get(shown_key(notice.user_id))
    return newest is not None and notice.created_at <= newest


def looking_key(user_id: int) -> str:
    return f"notices.looking.{user_id}"


def shown_key(user_id: int) -> str:
    return f"notices.shown.{user_id}"
