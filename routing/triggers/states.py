"""What a trigger can wait for: states of a ticket that last, each with the facts that may begin it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from helpdesk.events import names
from helpdesk.events.models import Event
from helpdesk.tickets.models import Ticket


@dataclass(frozen=True)
class State:
    """`since` says of tickets (as they stand now) since when each is in this state, and leaves out those that are not.
    `ends`: the facts that leave it, for looking back."""

    key: str
    label: str | Promise  # what follows "When", before the time
    begins: frozenset[str]
    ends: frozenset[str]
    since: Callable[[Sequence[Ticket]], dict[int, datetime]]


def waiting_for_answer(tickets: Sequence[Ticket]) -> dict[int, datetime]:
    return {
        ticket.pk: ticket.waiting_since
        for ticket in tickets
        if ticket.waiting_since and not ticket.is_finished and not ticket.snoozed_until
    }


def waiting_for_agent(tickets: Sequence[Ticket]) -> dict[int, datetime]:
    """Since it came in, was opened again, came back, or was taken from somebody."""
    free = [
        ticket
        for ticket in tickets
        if ticket.assignee_id is None and not ticket.is_finished and not ticket.snoozed_until
    ]
    last = last_facts(free, UNASSIGNED_BY)
    return {ticket.pk: last.get(ticket.pk, ticket.created_at) for ticket in free}


def waiting_for_customer(tickets: Sequence[Ticket]) -> dict[int, datetime]:
    """Since our last answer, where they have not written after it."""
    answered = [ticket for ticket in tickets if ticket.waiting_since is None and not ticket.is_finished]
    last = {
        event.ticket_id: event
        for event in last_events(answered, {names.MESSAGE_REPLIED, names.MESSAGE_RECEIVED})
    }
    return {pk: event.occurred_at for pk, event in last.items() if event.name == names.MESSAGE_REPLIED}


def in_status(tickets: Sequence[Ticket]) -> dict[int, datetime]:
    last = last_facts(tickets, STATUS_BY)
    return {ticket.pk: last.get(ticket.pk, ticket.created_at) for ticket in tickets}


def last_events(tickets: Sequence[Ticket], told: set[str]) -> list[Event]:
    """The last of these facts of each ticket: one query, by the index of a ticket's facts."""
    ids = [ticket.pk for ticket in tickets]
    found = Event.objects.filter(ticket__in=ids, name__in=told)
    return list(found.order_by("ticket_id", "-occurred_at", "-id").distinct("ticket_id"))


def last_facts(tickets: Sequence[Ticket], told: set[str]) -> dict[int, datetime]:
    return {event.ticket_id: event.occurred_at for event in last_events(tickets, told)}


UNASSIGNED_BY = {
    *(names.TICKET_CREATED, names.TICKET_QUEUED, names.TICKET_ASSIGNED, names.TICKET_REOPENED),
    *(names.TICKET_WOKEN, names.TICKET_UNMARKED_SPAM),
}
STATUS_BY = {
    *(names.TICKET_CREATED, names.TICKET_STATUS_CHANGED, names.TICKET_CLOSED, names.TICKET_REOPENED),
}

NO_WORK = frozenset({names.TICKET_MARKED_SPAM, names.TICKET_TRASHED})
GONE = NO_WORK | {names.TICKET_CLOSED, names.TICKET_SNOOZED}

STATES: dict[str, State] = {
    state.key: state
    for state in (
        State(
            "waits.answer",
            _("a customer has waited for an answer"),
            frozenset({names.MESSAGE_RECEIVED, names.TICKET_QUEUED}),
            frozenset({names.MESSAGE_REPLIED, *GONE}),
            waiting_for_answer,
        ),
        State(
            "waits.agent", _("nobody has taken a ticket"), frozenset(UNASSIGNED_BY), GONE, waiting_for_agent
        ),
        State(
            "waits.customer",
            _("the customer has not answered us"),
            frozenset({names.MESSAGE_REPLIED}),
            frozenset({names.MESSAGE_RECEIVED, *GONE}),
            waiting_for_customer,
        ),
        State(
            "keeps.status",
            _("a status has stayed the same"),
            frozenset(STATUS_BY),
            NO_WORK,
            in_status,
        ),
    )
}
