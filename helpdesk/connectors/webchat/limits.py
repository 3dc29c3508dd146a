"""Who may knock, and how often. A flood slows only the visitor, or the address, that it comes from."""

from collections import Counter
from uuid import UUID

from django.conf import settings
from django.core.cache import cache
from django.utils.translation import gettext_lazy as _

from helpdesk import clock
from helpdesk.errors import HelpdeskError, NotAllowed
from helpdesk.people.bans import is_banned

# What is asked, in a minute: how often one visitor may, how often one address may (an office shares one).
RATES = {
    "start": (60, 300),
    "message": (20, 120),
    "read": (120, 1_200),
    "small": (60, 600),  # seen, details, ratings
    "offer": (20, 120),  # messages of ours: a row for each that is shown
}
MINUTE = 60  # seconds


class TooMany(HelpdeskError):
    status = 429
    code = "too_many"
    sentence = _("That was a lot at once. Wait a moment, then go on.")


class Blocked(NotAllowed):
    code = "blocked"
    sentence = _("You can't write here any more.")


def refuse_banned(visitor: UUID, *, address: str) -> None:
    """Raises Blocked for somebody who is banned, or from a place that is."""
    if is_banned(visitor, address=address):
        raise Blocked


def refuse_flood(what: str, *, visitor: UUID | None, address: str) -> None:
    """Count one more of `what`, a key of RATES; raise TooMany where it is one too many, Blocked where it is a message of
    somebody who is banned, or from a place that is."""
    if what == "message" and visitor:
        refuse_banned(visitor, address=address)
    if not settings.RATELIMIT_ENABLE:
        return
    most = dict(zip((visitor and visitor.hex, address), RATES[what], strict=True))
    most.pop(None, None)
    minute = int(clock.now().timestamp()) // MINUTE
    counts = cache.count([f"widget.{what}.{who}.{minute}" for who in most], 2 * MINUTE)
    if any(count > rate for count, rate in zip(counts, most.values(), strict=True)):
        raise TooMany


def seconds_to_wait() -> int:
    """Until the present minute of the counters is over."""
    return MINUTE - int(clock.now().timestamp()) % MINUTE


class Doorman:
    """How many sockets each address holds open in this process."""

    def __init__(self) -> None:
        self.open: Counter[str] = Counter()

    def lets_in(self, address: str) -> bool:
        """Whether there is room for one more of this address; it is counted then, until `goes`."""
        if settings.RATELIMIT_ENABLE and self.open[address] >= settings.WIDGET_SOCKETS_OF_ONE_ADDRESS:
            return False
        self.open[address] += 1
        return True

    def goes(self, address: str) -> None:
        self.open[address] -= 1
        if self.open[address] <= 0:
            del self.open[address]


doorman = Doorman()
