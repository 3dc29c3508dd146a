"""Which promises a ticket is owed, read from how it stands and from its facts. Nothing is written here: asked twice, or late,
it says the same."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from helpdesk.events import names
from helpdesk.events.models import Event
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.querysets import FINISHED
from routing.models import PromiseKind

FIRST, NEXT, RESOLUTION = PromiseKind.FIRST.value, PromiseKind.NEXT.value, PromiseKind.RESOLUTION.value
ANSWERS = (names.MESSAGE_REPLIED, names.CALL_LOGGED)
STANDINGS = (names.TICKET_STATUS_CHANGED, names.TICKET_CLOSED, names.TICKET_REOPENED, names.MESSAGE_RECEIVED)


@dataclass(frozen=True)
class Stretch:
    """A time in which the solution's clock ran; `end` None where it runs now."""

    start: datetime
    end: datetime | None


def is_owed_anything(ticket: Ticket) -> bool:
    """Spam, trash, what is finished or was merged is owed nothing."""
    return ticket.is_real and ticket.merged_into_id is None and not ticket.is_finished


def answer_owed_since(ticket: Ticket) -> tuple[str, datetime] | None:
    """Which answer its customer waits for, and since when; None where they wait for none."""
    if not (is_owed_anything(ticket) and ticket.queued_at and ticket.waiting_since):
        return None
    kind = NEXT if ticket.first_replied_at else FIRST
    return kind, max(ticket.queued_at, ticket.waiting_since)


def solution_owed_since(ticket: Ticket) -> datetime | None:
    """Since it was queued, or since the customer opened it again. What a teammate reopens goes on as it was."""
    if not (is_owed_anything(ticket) and ticket.queued_at):
        return None
    reopened = Event.objects.filter(
        ticket=ticket.pk, name=names.TICKET_REOPENED, actor_kind="customer", occurred_at__gt=ticket.queued_at
    )
    return reopened.order_by("-occurred_at").values_list("occurred_at", flat=True).first() or ticket.queued_at


def answered_at(ticket: Ticket, since: datetime) -> datetime | None:
    """When a person answered first from then on."""
    answers = Event.objects.filter(ticket=ticket.pk, name__in=ANSWERS, occurred_at__gte=since)
    answers = answers.exclude(name=names.CALL_LOGGED, value=0)
    return answers.order_by("occurred_at", "id").values_list("occurred_at", flat=True).first()


def last_closed(ticket: Ticket, since: datetime) -> datetime | None:
    closed = Event.objects.filter(ticket=ticket.pk, name=names.TICKET_CLOSED, occurred_at__gte=since)
    return closed.order_by("-occurred_at").values_list("occurred_at", flat=True).first()


def stretches(ticket: Ticket, since: datetime, pauses: Iterable[str]) -> list[Stretch]:
    """When the solution's clock ran: not while the ticket was finished, nor in one of the statuses `pauses`."""
    facts = Event.objects.filter(ticket=ticket.pk, name__in=STANDINGS, occurred_at__gte=since)
    found, begun = [], since
    for fact in facts.order_by("occurred_at", "id").only("name", "occurred_at", "data"):
        runs = runs_after(fact, begun is not None, pauses)
        if begun is not None and not runs:
            found.append(Stretch(begun, fact.occurred_at))
            begun = None
        elif begun is None and runs:
            begun = fact.occurred_at
    if begun is not None:
        found.append(Stretch(begun, None))
    return found


def runs_after(fact: Event, runs: bool, pauses: Iterable[str]) -> bool:
    if fact.name == names.TICKET_STATUS_CHANGED:
        return fact.data.get("to") not in pauses
    if fact.name == names.TICKET_CLOSED:
        return False
    if fact.name == names.TICKET_REOPENED:
        return fact.data.get("status") not in pauses
    return runs if fact.data.get("automatic") or fact.data.get("status") in FINISHED else True
