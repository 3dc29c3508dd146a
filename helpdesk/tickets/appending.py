"""A further line of a running chat, in one statement.

`receive` asks whether it knows the sender, whether it has this message already, which ticket goes on and what the message
changes of it. While a chat runs the answers are known beforehand, so one statement both asks and writes; where any of them
is another than expected it writes nothing, and `receive` does all. Both leave the same rows
(tests/helpdesk/tickets/test_appending.py).
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection, models
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from helpdesk import clock
from helpdesk.events import names
from helpdesk.events.ledger import tell_written
from helpdesk.events.models import Event
from helpdesk.inboxes.contract import InboundMessage
from helpdesk.tickets.finding import CONVERSATION
from helpdesk.tickets.fresh import keep_fresh
from helpdesk.tickets.models import Attachment, Message
from helpdesk.tickets.text import clean_text, snippet_of

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
SELECT message.id, event.id, who.id, who.name, ticket.id, ticket.channel, ticket.department_id
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
    message, event = (
        message_of(inbound, client_uuid),
        Event(name=names.MESSAGE_RECEIVED, actor_kind="customer"),
    )
    event.occurred_at = event.recorded_at = now = message.created_at
    with connection.cursor() as cursor:
        cursor.execute(
            statement.text,
            [
                *(
                    _("Visitor %(number)s") % {"number": "#"},
                    inbound.sender.kind,
                    inbound.sender.value,
                    inbound.inbox.pk,
                ),
                *values_of(message, statement.message_fields),
                *values_of(event, statement.event_fields),
                *(snippet_of(message.text), now, now, now, now),
            ],
        )
        row = cursor.fetchone()
    if row is None:
        return None
    (
        message.pk,
        event.pk,
        message.contact_id,
        name,
        message.ticket_id,
        event.channel,
        event.department_id,
    ) = row
    message.author_name = event.actor_name = name
    event.ticket_id, event.contact_id = message.ticket_id, message.contact_id
    event.actor_id, event.data = message.contact_id, {"message": message.pk}
    for stored in (message, event):
        stored._state.adding, stored._state.db = False, connection.alias
    keep_fresh(as_it_stands(message))
    tell_written(event)
    return Line(message, event, name)


def message_of(inbound: InboundMessage, client_uuid: UUID) -> Message:
    """As `receive` writes it, without what the statement finds."""
    now = clock.now()
    return Message(
        kind=Message.Kind.INCOMING,
        inbox=inbound.inbox,
        channel=inbound.inbox.kind,
        author_kind="customer",
        text=clean_text(inbound.text),
        external_id=inbound.external_id[:500],
        body_digest=inbound.body_digest,
        thread_reason=CONVERSATION,
        client_uuid=client_uuid,
        language=inbound.language,
        created_at=now,
        released_at=now,
    )


def as_it_stands(message: Message) -> Message:
    """Ready to be drawn without a query: nobody has attached, rated or delivered anything of it."""
    none = Attachment.objects.none()
    none._result_cache = []
    message._prefetched_objects_cache = {"attachments": none}
    message._state.fields_cache |= {"survey": None, "user": None}
    message.raw_id, message.is_unreadable, message.recipients = None, False, []
    return message


def values_of(row: models.Model, fields: list[models.Field]) -> list[Any]:
    return [field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields]


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
            message_columns=columns(self.message_fields, OF_MESSAGE),
            message_values=", ".join(["%s"] * len(self.message_fields) + [*OF_MESSAGE.values()]),
            event_columns=columns(self.event_fields, OF_EVENT),
            event_values=", ".join(["%s"] * len(self.event_fields) + [*OF_EVENT.values()]),
        )


def fields_of(model: type[models.Model], found: dict[str, str]) -> list[models.Field]:
    """What is written as the row has it: not the key, and not what is found or reckoned by the database."""
    fields = model._meta.concrete_fields
    return [one for one in fields if not (one.primary_key or one.generated or one.column in found)]


def columns(fields: list[models.Field], found: dict[str, str]) -> str:
    return ", ".join(f'"{name}"' for name in [*(field.column for field in fields), *found])


statement = Statement()
