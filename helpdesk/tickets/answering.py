"""A teammate's further line in a chat, in two statements.

`reply` asks for much that is known beforehand while a chat goes on: by which way, to whom, with what. Here the ticket is
locked, and one statement more asks the rest and writes. Where anything is another than expected nothing is written, and
`reply` does it all. Both leave the same rows (tests/helpdesk/tickets/test_answering.py).
"""

from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from django.db import connection, models, transaction

from helpdesk import clock
from helpdesk.events.actor import Actor
from helpdesk.events.ledger import tell_written
from helpdesk.events.models import Event
from helpdesk.inboxes.models import Inbox
from helpdesk.people.contacts import BROWSERS
from helpdesk.people.models import User
from helpdesk.prepared import fetch
from helpdesk.tickets.columns import as_stored, fields_of, marks_for, names_of, values_of
from helpdesk.tickets.delivery import fact_of_answer, mark_answered, queue_delivery_soon
from helpdesk.tickets.fresh import keep_fresh
from helpdesk.tickets.models import Message, Ticket
from helpdesk.tickets.visibility import visible_to
from helpdesk.tickets.writing import checked_text

# What the answer needs of its ticket. Its lock comes first: what another transaction wrote meanwhile is seen by WRITTEN.
OF_ITS_TICKET = {"id", "status", "channel", "inbox_id", "department_id", "contact_id", "merged_into_id"}
OF_ITS_TICKET |= {"queued_at", "first_replied_at"}
NEEDED = [field.attname for field in Ticket._meta.concrete_fields if field.attname in OF_ITS_TICKET]
TICKET = f"""
SELECT {", ".join(NEEDED)}
FROM tickets_ticket WHERE id = %s AND id IN ({{visible}}) FOR UPDATE"""
WRITTEN = """
WITH message AS (
    INSERT INTO tickets_message ({message_columns}) SELECT {message_values}
    WHERE %s = (SELECT asked.inbox_id FROM tickets_message asked WHERE asked.ticket_id = %s AND asked.kind = 'incoming'
            ORDER BY asked.created_at DESC, asked.id DESC LIMIT 1)
        AND NOT EXISTS (SELECT FROM tickets_message newer
            WHERE newer.ticket_id = %s AND newer.id > %s AND newer.kind NOT IN ('note', 'copy'))
    ON CONFLICT DO NOTHING RETURNING id
), event AS (
    INSERT INTO events_event ({event_columns})
    SELECT {event_values}, %s::jsonb || jsonb_build_object('message', message.id) FROM message RETURNING id
), answered AS (
    UPDATE tickets_ticket SET ({ticket_columns}) = ROW({ticket_values}) WHERE id = %s AND EXISTS (SELECT FROM message)
), looked AS (
    INSERT INTO tickets_lastlook (user_id, ticket_id, message_id) SELECT %s, %s, id FROM message
    ON CONFLICT (user_id, ticket_id) DO UPDATE SET message_id = excluded.message_id
)
SELECT message.id, event.id,
    ARRAY({browsers})
FROM message, event"""
CHAT = Inbox.Kind.WEBCHAT
OF_EVENT = ("data",)  # whose value the statement itself finds
OF_TICKET = (
    *("status", "updated_at", "last_message_at", "last_snippet", "waiting_since", "first_replied_at"),
)
LATEST = 2**63 - 1  # the id of no message: whoever names none that they have seen has seen all


@dataclass(frozen=True)
class Answer:
    """What was stored, and the customer's browsers, which were told of it."""

    message: Message
    browsers: list[str]


def answer_line(
    ticket_id: int,
    text: str,
    *,
    by: User,
    client_uuid: UUID,
    last_seen: int | None = None,
    inbox_id: int | None = None,
) -> Answer | None:
    """As `reply` without anything but text, for a chat whose customer last wrote in the chat, by an agent who may see it;
    the writer has looked at the ticket, too. `inbox_id`: the way that was chosen.

    None, and nothing is written, wherever it is more than that: another channel, a merged or invisible ticket, newer
    messages than `last_seen`, a press of the button that is there already. Raises Invalid for a text that can't be sent.
    """
    text = checked_text(text, ())
    with transaction.atomic():
        ticket = locked_ticket(ticket_id, by)
        if ticket is None or ticket.channel != CHAT or ticket.merged_into_id:
            return None
        if inbox_id not in (None, ticket.inbox_id):
            return None
        message = answer_of(ticket, text, by, client_uuid)
        event = fact_of_answer(ticket, message, by=Actor.agent(by))
        event.recorded_at = event.occurred_at
        status = ticket.status
        mark_answered(ticket, message, is_human=True)
        browsers = write(ticket, message, event, LATEST if last_seen is None else last_seen)
        if browsers is None:
            return None
        event.browsers, event.is_line = browsers, ticket.status == status
        keep_fresh(event.pk, message)
        tell_written(event)
        queue_delivery_soon(message)
    return Answer(message, browsers)


def locked_ticket(ticket_id: int, user: User) -> Ticket | None:
    if not user.is_active:
        return None
    visible, params = visible_to(user)
    rows = fetch(connection, TICKET.format(visible=visible), (ticket_id, *params))
    return Ticket.from_db(connection.alias, NEEDED, rows[0]) if rows else None


def answer_of(ticket: Ticket, text: str, by: User, client_uuid: UUID) -> Message:
    """As `reply` writes it where there is no undo window. The widget's own transport gives its answers no address."""
    now = clock.now()
    return Message(
        ticket=ticket,
        kind=Message.Kind.OUTGOING,
        inbox_id=ticket.inbox_id,
        channel=CHAT,
        author_kind="agent",
        author_name=str(by)[:120],
        contact_id=ticket.contact_id,
        user=by,
        text=text,
        client_uuid=client_uuid,
        state=Message.State.QUEUED,
        created_at=now,
        released_at=now,
        next_attempt_at=now,
    )


def write(ticket: Ticket, message: Message, event: Event, last_seen: int) -> list[str] | None:
    """Store all of it. The customer's browsers; None where nothing was written."""
    data = Event._meta.get_field("data").get_db_prep_save(event.data, connection)
    params = (
        *values_of(message, statement.message_fields),
        *(ticket.inbox_id, ticket.pk, ticket.pk, last_seen),
        *values_of(event, statement.event_fields),
        data,
        *values_of(ticket, statement.ticket_fields),
        ticket.pk,
        *(message.user_id, ticket.pk),
        ticket.contact_id,
    )
    rows = fetch(connection, statement.text, params)
    if not rows:
        return None
    message.pk, event.pk, browsers = rows[0]
    event.data = event.data | {"message": message.pk}
    as_stored(message, event)
    return browsers


class Statement:
    """WRITTEN with the columns that the models have today."""

    @cached_property
    def message_fields(self) -> list[models.Field]:
        return fields_of(Message)

    @cached_property
    def event_fields(self) -> list[models.Field]:
        return fields_of(Event, OF_EVENT)

    @cached_property
    def ticket_fields(self) -> list[models.Field]:
        return [Ticket._meta.get_field(name) for name in OF_TICKET]

    @cached_property
    def text(self) -> str:
        return WRITTEN.format(
            message_columns=names_of(self.message_fields),
            message_values=marks_for(self.message_fields),
            event_columns=names_of(self.event_fields, OF_EVENT),
            event_values=marks_for(self.event_fields),
            ticket_columns=names_of(self.ticket_fields),
            ticket_values=marks_for(self.ticket_fields),
            browsers=BROWSERS.format(contact="%s"),
        )


statement = Statement()
