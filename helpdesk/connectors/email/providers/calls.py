"""The last call of a provider at an inbox's webhook, for its health page. A hint, kept in the cache."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime

from django.core.cache import cache

from helpdesk import clock
from helpdesk.inboxes.models import Inbox

KEPT = 30 * 24 * 3600  # seconds


@dataclass(frozen=True)
class Call:
    at: datetime
    provider: str
    kind: str
    status: int  # what we answered
    words: str = ""

    @property
    def is_taken(self) -> bool:
        return self.status < 300


def note_call(inbox: Inbox, provider: str, kind: str, status: int, words: str = "") -> None:
    call = Call(clock.now(), provider, kind, status, words[:300])
    cache.set(f"mailhook.last.{inbox.pk}", asdict(call), KEPT)


def last_calls(inboxes: Iterable[Inbox]) -> dict[int, Call]:
    """By the id of the inbox; those that were not called within KEPT are missing."""
    keys = {f"mailhook.last.{inbox.pk}": inbox.pk for inbox in inboxes}
    return {keys[key]: Call(**kept) for key, kept in cache.get_many(keys).items()}
