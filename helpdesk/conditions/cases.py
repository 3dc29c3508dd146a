"""What conditions look at: an event's or a ticket's case. All of it is read when it is first asked for, once, and for all
the cases that were made together: five questions at most, whatever is asked of however many."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import connection
from django.db.models import QuerySet
from django.utils.module_loading import import_string

from helpdesk import clock
from helpdesk.conditions.moments import Moment
from helpdesk.events import names
from helpdesk.events.models import Event
from helpdesk.people.models import Company, Contact
from helpdesk.prepared import Prepared, fetch
from helpdesk.tickets.models import Message, Ticket
from helpdesk.tickets.querysets import UNFINISHED

if TYPE_CHECKING:
    from helpdesk.conditions.fields.base import Field

# After these a ticket stands in its status.
STATUS_NAMES = (
    names.TICKET_CREATED, names.TICKET_STATUS_CHANGED, names.TICKET_CLOSED, names.TICKET_REOPENED, names.BOT_CLOSED,
)  # fmt: skip
BOT_NAMES = (names.BOT_ANSWERED, names.BOT_CLOSED, names.BOT_HANDED_OVER)

# Without html, headers and the like: they may be large, and nobody asks for them.
COLUMNS = (
    "id", "ticket_id", "kind", "inbox_id", "channel", "author_kind", "author_name", "contact_id", "user_id", "subject",
    "text", "is_automatic", "language", "created_at",
)  # fmt: skip
MESSAGE = f"SELECT {', '.join(COLUMNS)} FROM tickets_message WHERE"
OWN = f"{MESSAGE} id = %s"
OWNS = f"{MESSAGE} id = ANY(%s::bigint[])"
FIRST = f"{MESSAGE} ticket_id = %s AND kind = 'incoming' ORDER BY created_at, id LIMIT 1"
FIRSTS = f"""
SELECT first.* FROM unnest(%s::bigint[]) asked (ticket) CROSS JOIN LATERAL (
    {MESSAGE} ticket_id = asked.ticket AND kind = 'incoming' ORDER BY created_at, id LIMIT 1
) first"""
KNOWN = """
SELECT asked.ticket, asked.contact, theirs.oldest, theirs.number, theirs.unfinished, rated.last, rated.mean,
    told.status_since, told.bot,
    EXISTS (SELECT FROM tickets_attachment a JOIN tickets_message m ON m.id = a.message_id WHERE m.ticket_id = asked.ticket)
FROM unnest(%(tickets)s::bigint[], %(contacts)s::bigint[]) asked (ticket, contact)
LEFT JOIN LATERAL (
    SELECT min(id) AS oldest, count(*) AS number,
        count(*) FILTER (WHERE status = ANY(%(unfinished)s) AND NOT is_spam AND trashed_at IS NULL) AS unfinished
    FROM tickets_ticket t WHERE t.contact_id = asked.contact
) theirs ON TRUE
LEFT JOIN LATERAL (
    SELECT avg(score) AS mean, (array_agg(score ORDER BY rated_at DESC NULLS FIRST, s.id DESC))[1] AS last
    FROM tickets_survey s JOIN tickets_ticket t ON t.id = s.ticket_id
    WHERE t.contact_id = asked.contact AND s.score IS NOT NULL
) rated ON TRUE
LEFT JOIN LATERAL (
    SELECT max(occurred_at) FILTER (WHERE name = ANY(%(status)s)) AS status_since,
        (array_agg(name ORDER BY occurred_at DESC, id DESC) FILTER (WHERE name = ANY(%(bot)s)))[1] AS bot
    FROM events_event e WHERE e.ticket_id = asked.ticket AND name = ANY(%(both)s)
) told ON TRUE"""


@dataclass(frozen=True)
class Known:
    """What many rows say together of a ticket and its customer. Ratings are 1 to 5, None where there is none."""

    oldest_ticket: int | None = None
    tickets: int = 0
    open_tickets: int = 0
    last_rating: Decimal | None = None
    mean_rating: Decimal | None = None
    status_since: datetime | None = None  # as the ledger has it
    bot: str = ""  # the last fact of the bot
    has_file: bool = False


class Case:
    """One event with its ticket, or a ticket alone (`event` is None). Few events have none: then `ticket` is None. Of somebody
    on a page there is a `moment` instead of both.

    `message` is the event's own, else the customer's first; `first` the customer's first, None where they have not written.
    """

    def __init__(
        self,
        ticket: Ticket | None,
        event: Event | None,
        together: "Together",
        contact: Contact | None = None,
        moment: Moment | None = None,
    ) -> None:
        self.ticket = ticket
        self.event = event
        self.moment = moment
        self.contact = ticket.contact if ticket else contact
        self.together = together
        self.values: dict[str, Any] = {}

    @property
    def company(self) -> Company | None:
        return self.contact.company if self.contact else None

    @cached_property
    def at(self) -> datetime:
        """When it happened; of a ticket alone, now."""
        return self.event.occurred_at if self.event else clock.now()

    @cached_property
    def first(self) -> Message | None:
        return self.together.first_messages.get(self.ticket.pk) if self.ticket else None

    @cached_property
    def message(self) -> Message | None:
        own = self.event.data.get("message") if self.event else None
        return self.together.own_messages.get(own) or self.first

    @cached_property
    def known(self) -> Known:
        key = (self.ticket.pk if self.ticket else None, self.contact.pk if self.contact else None)
        return self.together.known.get(key, Known())

    @property
    def is_first_ticket(self) -> bool:
        """Of this customer."""
        return self.ticket is not None and self.known.oldest_ticket == self.ticket.pk

    @cached_property
    def is_office_open(self) -> bool:
        """When it happened, by the hours of the ticket's department."""
        hours = self.together.hours_of(self.ticket.department_id if self.ticket else None)
        return hours is None or hours.is_open(self.at)

    def read(self, field: "Field") -> Any:
        """What the field is of this case, read once, in the shape its kind has (operators)."""
        try:
            return self.values[field.key]
        except KeyError:
            value = self.values[field.key] = field.value_of(self)
            return value


class Together:
    """What the cases that were made together have read."""

    def __init__(self, asked: Iterable[tuple[int | None, int | None]], events: Iterable[Event] = ()) -> None:
        self.asked = list(dict.fromkeys(asked))  # tickets with their contacts
        self.tickets = [ticket for ticket, _contact in self.asked if ticket]
        self.message_ids = list({event.data["message"] for event in events if event.data.get("message")})
        self.hours: dict[int | None, Any] = {}

    @cached_property
    def own_messages(self) -> dict[int, Message]:
        return {message.pk: message for message in read_messages(OWN, OWNS, self.message_ids)}

    @cached_property
    def first_messages(self) -> dict[int, Message]:
        """By ticket."""
        return {message.ticket_id: message for message in read_messages(FIRST, FIRSTS, self.tickets)}

    @cached_property
    def known(self) -> dict[tuple[int | None, int | None], Known]:
        tickets, contacts = [list(ids) for ids in zip(*self.asked, strict=True)] or ([], [])
        asked = {"tickets": tickets, "contacts": contacts, "unfinished": list(UNFINISHED)}
        told = {"status": list(STATUS_NAMES), "bot": list(BOT_NAMES), "both": [*STATUS_NAMES, *BOT_NAMES]}
        rows = fetch(connection, KNOWN, asked | told)
        return {(ticket, contact): known_of(*rest) for ticket, contact, *rest in rows}

    def hours_of(self, department: int | None) -> Any:
        if department not in self.hours:
            self.hours[department] = import_string(settings.BUSINESS_HOURS)(department)
        return self.hours[department]


def known_of(
    oldest: Any, number: Any, unfinished: Any, last: Any, mean: Any, since: Any, bot: Any, file: Any
) -> Known:
    rating = None if last is None else Decimal(last)
    return Known(oldest, number or 0, unfinished or 0, rating, mean, since, bot or "", file)


def case_of(event: Event) -> Case | None:
    """None where its ticket is gone."""
    return next(iter(cases_of([event])), None)


def cases_of(events: Iterable[Event]) -> list[Case]:
    """The same for many events, in as many queries."""
    events = list(events)
    tickets = tickets_of({event.ticket_id for event in events if event.ticket_id})
    others = {event.contact_id for event in events if event.contact_id and not event.ticket_id}
    contacts = Contact.objects.select_related("company").in_bulk(others) if others else {}
    asked = [(event.ticket_id, contact_id_of(event, tickets)) for event in events]
    together = Together(asked, events)
    return [
        Case(tickets.get(event.ticket_id), event, together, contacts.get(event.contact_id))
        for event in events
        if event.ticket_id is None or event.ticket_id in tickets
    ]


def tickets_of(ids: Collection[int]) -> dict[int, Ticket]:
    if len(ids) == 1:
        return {ticket.pk: ticket for ticket in TICKET.rows(ticket=next(iter(ids)))}
    return tickets_with_customer().in_bulk(ids) if ids else {}


def tickets_with_customer() -> QuerySet[Ticket]:
    return Ticket.objects.select_related("contact__company")


TICKET = Prepared(lambda *, ticket: tickets_with_customer().filter(pk=ticket))


def read_messages(of_one: str, of_many: str, ids: Sequence[int]) -> list[Message]:
    """An event has one: the database keeps the plan of that statement, and plans anew for every list."""
    if not ids:
        return []
    rows = fetch(connection, of_one, ids) if len(ids) == 1 else fetch(connection, of_many, [ids])
    return [Message.from_db(connection.alias, COLUMNS, row) for row in rows]


def contact_id_of(event: Event, tickets: dict[int, Ticket]) -> int | None:
    ticket = tickets.get(event.ticket_id)
    return ticket.contact_id if ticket else event.contact_id


def case_of_ticket(ticket: Ticket) -> Case:
    """As it stands now. Read the ticket with contact__company selected."""
    return cases_of_tickets([ticket])[0]


def case_of_contact(contact: Contact | None) -> Case:
    """Of somebody on a page, as they are known now; None for nobody whom we know."""
    return Case(None, None, Together([(None, contact.pk if contact else None)]), contact)


def case_of_moment(moment: Moment) -> Case:
    """Of the same, as they are on the page; nothing of it is asked of the database."""
    return Case(None, None, Together([]), moment=moment)


def cases_of_tickets(tickets: Sequence[Ticket]) -> list[Case]:
    together = Together((ticket.pk, ticket.contact_id) for ticket in tickets)
    return [Case(ticket, None, together) for ticket in tickets]
