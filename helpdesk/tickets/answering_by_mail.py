"""A teammate's answer by mail that can still be taken back, in three statements: the ticket with its lock, whom it goes to,
and all that is written.

`reply` asks one thing after the other, since an answer may be anything. Most are a text to those who are on the ticket, by
the mail that they last wrote to. Where anything is another than that, nothing is written, and `reply` does it all. Both
leave the same rows (tests/helpdesk/tickets/test_answering_by_mail.py).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from json import loads
from uuid import UUID

from django.db import connection, models, transaction

from helpdesk import clock
from helpdesk.errors import Invalid
from helpdesk.events import names
from helpdesk.events.actor import Actor
from helpdesk.events.ledger import fact, tell_written
from helpdesk.events.models import Event
from helpdesk.inboxes.models import Inbox
from helpdesk.people.models import Contact, User, Workspace
from helpdesk.prepared import fetch
from helpdesk.tickets.addressees import delivery_rows
from helpdesk.tickets.answering import LATEST, locked_ticket
from helpdesk.tickets.columns import as_stored, fields_of, marks_for, names_of, values_of
from helpdesk.tickets.delivery import transport_for
from helpdesk.tickets.fresh import keep_fresh
from helpdesk.tickets.models import Delivery, Message, Participant, Ticket
from helpdesk.tickets.participants import Recipients, checked_address, default_recipients
from helpdesk.tickets.writing import checked_text, reaches_requester

MAIL = Inbox.Kind.EMAIL
# By which inbox, to whom, how long it waits, and the number it will have; no row where there is something to read first,
# or the button was pressed before.
ASKED = """
SELECT inbox.id, inbox.address, coalesce(ticket.attributes->>'answer_to', ''), contact.email,
    ARRAY(SELECT json_build_array(person.role, them.email)::text FROM tickets_participant person
        JOIN people_contact them ON them.id = person.contact_id WHERE person.ticket_id = ticket.id ORDER BY person.id),
    ARRAY(SELECT lower(ours.address) FROM inboxes_inbox ours WHERE ours.kind = 'email' AND ours.address <> ''),
    (SELECT undo_seconds FROM people_workspace WHERE id = %(workspace)s),
    nextval(pg_get_serial_sequence('tickets_message', 'id'))
FROM tickets_ticket ticket JOIN people_contact contact ON contact.id = ticket.contact_id
    JOIN inboxes_inbox inbox ON inbox.id = coalesce((SELECT asked.inbox_id FROM tickets_message asked
        WHERE asked.ticket_id = ticket.id AND asked.kind = 'incoming'
        ORDER BY asked.created_at DESC, asked.id DESC LIMIT 1), ticket.inbox_id)
WHERE ticket.id = %(ticket)s AND inbox.kind = 'email'
    AND NOT EXISTS (SELECT FROM tickets_message pressed
        WHERE pressed.ticket_id = ticket.id AND pressed.client_uuid = %(client_uuid)s)
    AND NOT EXISTS (SELECT FROM tickets_message newer
        WHERE newer.ticket_id = ticket.id AND newer.id > %(last_seen)s::bigint AND newer.kind NOT IN ('note', 'copy'))"""
WRITTEN = """
WITH message AS (
    INSERT INTO tickets_message ({message_columns}) VALUES ({message_values}) RETURNING id
), delivery AS (
    INSERT INTO tickets_delivery ({delivery_columns})
    SELECT {delivery_values}, message.id, one.address, one.role
    FROM message, unnest(%s::text[], %s::text[]) WITH ORDINALITY AS one (address, role, place) ORDER BY one.place
), looked AS (
    INSERT INTO tickets_lastlook (user_id, ticket_id, message_id) SELECT %s, %s, id FROM message
    ON CONFLICT (user_id, ticket_id) DO UPDATE SET message_id = excluded.message_id
)
INSERT INTO events_event ({event_columns}) VALUES ({event_values}) RETURNING id"""
OF_DELIVERY = ("message_id", "address", "role")


@dataclass(frozen=True)
class Asked:
    """What ASKED answers with."""

    inbox_id: int
    inbox_address: str
    answer_to: str
    email: str
    people: list[str]
    ours: list[str]
    undo_seconds: int | None
    message_id: int


def answer_by_mail(
    ticket_id: int,
    text: str,
    *,
    by: User,
    client_uuid: UUID,
    html: str = "",
    last_seen: int | None = None,
    chosen: Recipients | None = None,
    closes: bool = False,
) -> Message | None:
    """As `reply` with the workspace's undo window, for a ticket that began by mail and whose customer last wrote by mail, by an
    agent who may see it; the writer has looked at the ticket, too. `chosen`: whom the writer was shown.

    None, and nothing is written, wherever it is more than that: another channel or other recipients than those on the
    ticket, no undo window, a merged or invisible ticket, newer messages than `last_seen`, a press of the button that is
    there already. Raises Invalid for a text that can't be sent.
    """
    text = checked_text(text, ())
    with transaction.atomic():
        ticket = locked_ticket(ticket_id, by)
        if ticket is None or ticket.channel != MAIL or ticket.merged_into_id:
            return None
        asked = ask(ticket, client_uuid, LATEST if last_seen is None else last_seen)
        if asked is None or not asked.undo_seconds:
            return None
        recipients = recipients_of(ticket, asked)
        if chosen and (chosen != recipients or not can_be_sent(chosen, asked.ours)):
            return None
        message = answer_of(ticket, asked, recipients, by)
        message.text, message.html, message.client_uuid, message.closes_ticket = (
            text,
            html,
            client_uuid,
            closes,
        )
        deliveries = delivery_rows(message, set(asked.ours))
        event = fact(
            names.MESSAGE_QUEUED, by=Actor.agent(by), ticket=ticket, data={"message": asked.message_id}
        )
        event.recorded_at, event.is_line = event.occurred_at, True
        write(ticket, message, deliveries, event)
        keep_ready(message, deliveries, event)
        tell_written(event)
    return message


def ask(ticket: Ticket, client_uuid: UUID, last_seen: int) -> Asked | None:
    known = {
        "workspace": Workspace.ONLY,
        "ticket": ticket.pk,
        "client_uuid": client_uuid,
        "last_seen": last_seen,
    }
    rows = fetch(connection, ASKED, known)
    return Asked(*rows[0]) if rows else None


def recipients_of(ticket: Ticket, asked: Asked) -> Recipients:
    ticket.attributes = {"answer_to": asked.answer_to}
    ticket.contact = Contact(pk=ticket.contact_id, email=asked.email)
    people = [
        Participant(role=role, contact=Contact(email=email)) for role, email in map(loads, asked.people)
    ]
    return default_recipients(ticket, people)


def can_be_sent(chosen: Recipients, ours: Sequence[str]) -> bool:
    """As `checked_recipients` wants those that were chosen."""
    try:
        for address in (*chosen.to, *chosen.cc):
            checked_address(address, ours=set(ours))
    except Invalid:
        return False
    return bool(chosen.to)


def answer_of(ticket: Ticket, asked: Asked, recipients: Recipients, by: User) -> Message:
    """As `reply` writes it, with the address that its every try to be delivered will carry."""
    now = clock.now()
    message = Message(
        pk=asked.message_id,
        ticket=ticket,
        kind=Message.Kind.OUTGOING,
        inbox=Inbox(pk=asked.inbox_id, kind=MAIL, address=asked.inbox_address),
        channel=MAIL,
        author_kind="agent",
        author_name=str(by)[:120],
        user=by,
        contact_id=ticket.contact_id if reaches_requester(ticket, recipients) else None,
        to=list(recipients.to),
        cc=list(recipients.cc),
        state=Message.State.QUEUED,
        created_at=now,
        next_attempt_at=now + timedelta(seconds=asked.undo_seconds),
    )
    message.external_id = transport_for(MAIL).address_of(message)
    return message


def write(ticket: Ticket, message: Message, deliveries: Sequence[Delivery], event: Event) -> None:
    values = (
        message.pk,
        *values_of(message, statement.message_fields),
        *values_of(Delivery(changed_at=message.created_at), statement.delivery_fields),
        [one.address for one in deliveries],
        [str(one.role) for one in deliveries],
        *(message.user_id, ticket.pk),
        *values_of(event, statement.event_fields),
    )
    ((event.pk,),) = fetch(connection, statement.text, values)
    as_stored(message, event)


def keep_ready(message: Message, deliveries: Sequence[Delivery], event: Event) -> None:
    """Whoever is told of it draws it as it stands here."""
    keep_fresh(event.pk, message)
    message.recipients = [
        {"address": one.address, "state": str(one.state), "error": one.error} for one in deliveries
    ]


class Statement:
    """WRITTEN with the columns that the models have today."""

    @cached_property
    def message_fields(self) -> list[models.Field]:
        return fields_of(Message)

    @cached_property
    def delivery_fields(self) -> list[models.Field]:
        return fields_of(Delivery, OF_DELIVERY)

    @cached_property
    def event_fields(self) -> list[models.Field]:
        return fields_of(Event)

    @cached_property
    def text(self) -> str:
        return WRITTEN.format(
            message_columns=f'"id", {names_of(self.message_fields)}',
            message_values=f"%s, {marks_for(self.message_fields)}",
            delivery_columns=names_of(self.delivery_fields, OF_DELIVERY),
            delivery_values=marks_for(self.delivery_fields),
            event_columns=names_of(self.event_fields),
            event_values=marks_for(self.event_fields),
        )


statement = Statement()
