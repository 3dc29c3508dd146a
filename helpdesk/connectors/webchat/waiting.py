"""Who waits for the first answer in a chat: their place, and how long it usually takes. Never an invented number."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.core.cache import cache
from django.utils.module_loading import import_string

from helpdesk import clock
from helpdesk.connectors.webchat.overload import MAIL_OFFERED
from helpdesk.people.duty import team_is_there
from helpdesk.tickets.expecting import usual_wait
from helpdesk.tickets.models import Ticket

DAY = timedelta(
    hours=24
)  # who has waited longer stands in no queue any more, and what is older tells nothing of today
OFFER_AFTER = 180  # seconds of waiting after which other ways are offered
WAITS_ON = 600  # seconds for which somebody who chose to go on waiting is not asked again
LATE = 1.5  # times the usual wait


@dataclass(frozen=True)
class Absence:
    """Nobody is there now. `back_at` (aware, in the team's time zone): when the next hours begin; None where they run
    now and nobody is at the desk, or none are coming."""

    back_at: datetime | None = None


@dataclass(frozen=True)
class Queue:
    """How it stands with one ticket. `usual`: seconds until the first answer, 0 where too few tell of it."""

    place: int
    usual: int
    waited: int

    @property
    def minutes(self) -> int:
        """What can be said of the usual wait, rounded up."""
        return -(-self.usual // 60)

    @property
    def is_late(self) -> bool:
        return bool(self.usual) and self.waited > LATE * self.usual


def absence_of(department: int | None) -> Absence | None:
    """None where somebody answers this department's chats now: inside its hours, and at the desk."""
    hours = import_string(settings.BUSINESS_HOURS)(department)
    now = clock.now()
    if hours and not hours.is_open(now):
        opens = hours.next_opening(now)
        return Absence(opens and opens.astimezone(hours.zone))
    return None if team_is_there(department) else Absence()


def queue_of(ticket: Ticket) -> Queue | None:
    """None for a ticket that waits for no first answer."""
    if ticket.is_finished or ticket.first_replied_at or not (ticket.queued_at and ticket.waiting_since):
        return None
    now = clock.now()
    if ticket.queued_at < now - DAY:
        return None
    ahead = (
        Ticket.objects.awake()
        .waiting()
        .filter(
            inbox=ticket.inbox_id, department=ticket.department_id, first_replied_at=None, merged_into=None
        )
        .filter(queued_at__gte=now - DAY, queued_at__lt=ticket.queued_at)
    )
    waited = int((now - ticket.queued_at).total_seconds())
    return Queue(
        place=ahead.count() + 1,
        usual=usual_wait(ticket.inbox_id, ticket.department_id, channel=ticket.channel),
        waited=waited,
    )


def is_offered_other_ways(ticket: Ticket, queue: Queue, overload: int) -> bool:
    """After a while, or at once where far too many wait. `overload`: overload_now()."""
    is_time = queue.waited >= OFFER_AFTER or overload >= MAIL_OFFERED
    return is_time and not cache.get(key_of(ticket))


def wait_on(ticket: Ticket) -> None:
    """They chose to go on waiting: not asked again for a while."""
    cache.set(key_of(ticket), True, WAITS_ON)


def key_of(ticket: Ticket) -> str:
    return f"widget.waits.{ticket.pk}"
