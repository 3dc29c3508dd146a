"""What triggers look at: an event with its ticket, its message and what is known about the customer."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Min

from helpdesk.events.models import Event
from helpdesk.tickets.models import Message, Ticket
from routing.hours import Hours, hours_of


@dataclass
class Occasion:
    event: Event
    ticket: Ticket
    message: Message | None  # the event's own, else the ticket's first
    first: Message | None  # the customer's first message
    is_first_ticket: bool  # of this customer
    hours_by_department: dict[int | None, Hours | None] = field(default_factory=dict)

    @property
    def is_office_open(self) -> bool:
        """When it happened, by the hours of the ticket's department."""
        department = self.ticket.department_id
        if department not in self.hours_by_department:
            self.hours_by_department[department] = hours_of(department)
        hours = self.hours_by_department[department]
        return hours is None or hours.is_open(self.event.occurred_at)


def occasion_of(event: Event) -> Occasion | None:
    """None where the ticket is gone."""
    return next(iter(occasions_of([event])), None)


def occasions_of(events: Iterable[Event]) -> list[Occasion]:
    """The same for many events, in four queries."""
    events = [event for event in events if event.ticket_id]
    ids = {event.ticket_id for event in events}
    tickets = Ticket.objects.select_related("contact__company", "inbox", "department").in_bulk(ids)
    messages = Message.objects.in_bulk({event.data["message"] for event in events if "message" in event.data})
    first = first_messages(ids)
    oldest = first_tickets({ticket.contact_id for ticket in tickets.values()})
    hours: dict[int | None, Hours | None] = {}
    return [
        Occasion(
            event=event,
            ticket=tickets[event.ticket_id],
            message=messages.get(event.data.get("message"), first.get(event.ticket_id)),
            first=first.get(event.ticket_id),
            is_first_ticket=event.ticket_id in oldest,
            hours_by_department=hours,
        )
        for event in events
        if event.ticket_id in tickets
    ]


def first_messages(ticket_ids: Iterable[int]) -> dict[int, Message]:
    written = Message.objects.filter(ticket__in=ticket_ids, kind=Message.Kind.INCOMING)
    ordered = written.order_by("ticket_id", "created_at", "id").distinct("ticket_id")
    return {message.ticket_id: message for message in ordered}


def first_tickets(contact_ids: Iterable[int]) -> set[int]:
    """The oldest ticket of each contact."""
    of_contacts = Ticket.objects.filter(contact__in=contact_ids).values("contact")
    return set(of_contacts.annotate(oldest=Min("id")).values_list("oldest", flat=True))
