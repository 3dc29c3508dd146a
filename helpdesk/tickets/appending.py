"""A further line of a running chat, in one statement.

`receive` asks whether it knows the sender, whether it has this message already, which ticket goes on and what the message
changes of it. While a chat runs the answers are known beforehand, so one statement both asks and writes; where any of them
is another than expected it writes nothing, and `receive` does all. Both leave the same rows
(tests/helpdesk/tickets/test_appending.py).
"""

from dataclasses import dataclass
from uuid import UUID

from django.db import connection, models
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from helpdesk.events import names
from helpdesk.events.ledger import tell_written
from helpdesk.events.models import Event
from helpdesk.inboxes.contract import InboundMessage
from helpdesk.people.contacts import BROWSERS
from helpdesk.prepared import fetch
from helpdesk.tickets.columns import as_stored, fields_of, marks_for, names_of, values_of
from helpdesk.tickets.finding import CONVERSATION
from helpdesk.tickets.fresh import keep_fresh
from helpdesk.tickets.intake import message_of
from helpdesk.tickets.models import Message
from helpdesk.tickets.text import snippet_of

# The contact is locked before the ticket, as everywhere. A ticket that another transaction changed meanwhile is read as
# it is now, since it is locked; so what must be true of it is asked only then.
STATEMENT = """
WITH who AS (
    SELECT contact.id,
        left(coalesce(nullif(contact.name, ''), nullif(contact.email, ''), replace(%s, '#', contact.id::text)), 120) AS name
    FROM people_contactidentity identity JOIN people_contact contact ON contact.id = identity.contact_id
    WHERE identity.kind = %s AND identity.value = %s AND contact.merged_into_id IS NULL AND NOT contact.is_blocked
    FOR NO KEY UPDATE OF contact
), ticket AS (
    SELECT ticket.* FROM tickets_ticket ticket JOIN who ON who.id = ticket.contact_id
    WHERE ticket.inbox_id = %s ORDER BY ticket.last_message_at DESC, ticket.id DESC LIMIT 1 FOR UPDATE OF ticket
), message AS (
    INSERT INTO tickets_message ({message_columns}) SELECT {message_values} FROM ticket, who
    WHERE ticket.status IN ('new', 'open') AND ticket.merged_into_id IS NULL AND ticket.snoozed_until IS NULL
        AND ticket.trashed_at IS NULL
        AND ticket.first_asked_at IS NOT NULL AND ticket.queued_at IS NOT NULL
    ON CONFLICT DO NOTHING RETURNING id
), event AS (
    INSERT INTO events_event ({event_columns}) SELECT {event_values} FROM message, ticket, who RETURNING id
), carried_on AS (
    UPDATE tickets_ticket SET last_snippet = %s, last_message_at = %s, updated_at = %s,
        waiting_since = coalesce(waiting_since, %s)
    WHERE id = (SELECT ticket.id FROM ticket, message)
), seen AS (
    UPDATE people_contact SET last_seen_at = %s WHERE id = (SELECT who.id FROM who, message)
)
SELECT message.id, event.id, who.id, who.name, ticket.id, ticket.channel, ticket.department_id,
    ARRAY({browsers})
FROM message, event, who, ticket
"""
# Columns whose values the statement itself finds; all others are as the models have them.
OF_MESSAGE = {"ticket_id": "ticket.id", "contact_id": "who.id", "author_name": "who.name"}
OF_EVENT = {
    "ticket_id": "ticket.id",
    "contact_id": "ticket.contact_id",
    "channel": "ticket.channel",
    "department_id": "ticket.department_id",
    "actor_id": "who.id",
    "actor_name": "who.name",
    "data": "jsonb_build_object('message', message.id)",
}


@dataclass(frozen=True)
class Line:
    """What was stored."""

    message: Message
    event: Event
    contact_name: str


def append_line(inbound: InboundMessage, *, client_uuid: UUID) -> Line | None:
    """Put the line of somebody who has written before on their open ticket. None, and nothing is written, where it is no
    plain further line: an unknown or blocked sender, a ticket that is finished, snoozed, merged or not asked for yet, a
    message that is there already. Then it is for `receive`."""
    message = message_of(
        inbound, external_id=inbound.external_id[:500], reason=CONVERSATION, client_uuid=client_uuid
    )
    event = Event(name=names.MESSAGE_RECEIVED, actor_kind="customer")
    event.occurred_at = event.recorded_at = now = message.created_at
    params = [
        *(
            _("Visitor %(number)s") % {"number": "#"},
            inbound.sender.kind,
            inbound.sender.value,
            inbound.inbox.pk,
        ),
        *values_of(message, statement.message_fields),
        *values_of(event, statement.event_fields),
        *(snippet_of(message.text), now, now, now, now),
    ]
    rows = fetch(connection, statement.text, params)
    if not rows:
        return None
    (
        message.pk,
        event.pk,
        message.contact_id,
        name,
        message.ticket_id,
        event.channel,
        event.department_id,
        event.browsers,
    ) = rows[0]
    message.author_name = event.actor_name = name
    event.ticket_id, event.contact_id = message.ticket_id, message.contact_id
    event.actor_id, event.data = message.contact_id, {"message": message.pk}
    event.is_line = True
    as_stored(message, event)
    keep_fresh(event.pk, message)
    tell_written(event)
    return Line(message, event, name)


class Statement:
    """STATEMENT with the columns that the models have today."""

    @cached_property
    def message_fields(self) -> list[models.Field]:
        return fields_of(Message, OF_MESSAGE)

    @cached_property
    def event_fields(self) -> list[models.Field]:
        return fields_of(Event, OF_EVENT)

    @cached_property
    def text(self) -> str:
        return STATEMENT.format(
            message_columns=names_of(self.message_fields, OF_MESSAGE),
            message_values=", ".join([marks_for(self.message_fields), *OF_MESSAGE.values()]),
            event_columns=names_of(self.event_fields, OF_EVENT),
            event_values=", ".join([marks_for(self.event_fields), *OF_EVENT.values()]),
            browsers=BROWSERS.format(contact="who.id"),
        )


statement = Statement()
