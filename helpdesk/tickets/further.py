"""A teammate's further answer in a chat, in one statement: who asks, the ticket with its lock, and all that is written.

Every statement sent is a wait, and only the last one has the disk's as well. What another transaction wrote while this one
waited for the lock is not in its sight; so it writes nothing where the ticket was changed meanwhile, and nothing where
anything else is another than expected. Then `answer_line` reads first and writes afterwards. Both leave the same rows
(tests/helpdesk/tickets/test_further.py).
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection, models

from helpdesk.events import names
from helpdesk.events.actor import Actor
from helpdesk.events.ledger import tell_written
from helpdesk.events.models import Event
from helpdesk.people.contacts import BROWSERS
from helpdesk.people.models import User
from helpdesk.prepared import fetch
from helpdesk.tickets.answering import CHAT, LATEST, Answer, answer_of
from helpdesk.tickets.columns import as_stored, fields_of, names_of
from helpdesk.tickets.delivery import queue_delivery_soon
from helpdesk.tickets.fresh import keep_fresh
from helpdesk.tickets.markup import words_in
from helpdesk.tickets.models import Message, Ticket
from helpdesk.tickets.text import snippet_of
from helpdesk.tickets.visibility import visible_to
from helpdesk.tickets.writing import checked_text

STATEMENT = """
WITH asker AS (
    SELECT FROM people_user one WHERE one.id = %(user)s AND one.is_active
        AND (one.password, one.role, one.name, one.email) = (%(password)s, %(role)s, %(name)s, %(email)s)
        AND EXISTS (SELECT FROM django_session kept
            WHERE kept.session_key = %(session)s AND kept.expire_date > %(now)s)
), before AS MATERIALIZED (
    SELECT xmin AS version FROM tickets_ticket WHERE id = %(ticket)s AND id IN ({visible})
), locked AS MATERIALIZED (
    SELECT one.id, one.status, one.channel, one.inbox_id, one.department_id, one.contact_id, one.merged_into_id,
        one.first_replied_at, one.xmin AS version
    FROM tickets_ticket one WHERE one.id = %(ticket)s AND EXISTS (SELECT FROM asker) FOR UPDATE
), ticket AS (
    SELECT locked.* FROM locked JOIN before ON before.version = locked.version
    WHERE locked.channel = 'webchat' AND locked.merged_into_id IS NULL AND locked.first_replied_at IS NOT NULL
        AND locked.inbox_id = coalesce(%(way)s::bigint, locked.inbox_id)
        AND locked.inbox_id = (SELECT asked.inbox_id FROM tickets_message asked
            WHERE asked.ticket_id = %(ticket)s AND asked.kind = 'incoming'
            ORDER BY asked.created_at DESC, asked.id DESC LIMIT 1)
        AND NOT EXISTS (SELECT FROM tickets_message newer WHERE newer.ticket_id = %(ticket)s
            AND newer.id > %(last_seen)s::bigint AND newer.kind NOT IN ('note', 'copy'))
), message AS (
    INSERT INTO tickets_message ({message_columns}) SELECT {message_values} FROM ticket
    ON CONFLICT DO NOTHING RETURNING id
), event AS (
    INSERT INTO events_event ({event_columns}) SELECT {event_values} FROM message, ticket RETURNING id
), answered AS (
    UPDATE tickets_ticket SET status = CASE status WHEN 'new' THEN 'open' ELSE status END, waiting_since = NULL,
        last_snippet = %(snippet)s, last_message_at = %(now)s, updated_at = %(now)s
    WHERE id = (SELECT ticket.id FROM ticket, message)
), looked AS (
    INSERT INTO tickets_lastlook (user_id, ticket_id, message_id) SELECT %(user)s, %(ticket)s, id FROM message
    ON CONFLICT (user_id, ticket_id) DO UPDATE SET message_id = excluded.message_id
)
SELECT message.id, event.id, ticket.status, ticket.inbox_id, ticket.department_id, ticket.contact_id,
    ARRAY({browsers})
FROM message, event, ticket"""
# Columns whose values the statement itself finds; all others are as the models have them.
OF_MESSAGE = {"ticket_id": "ticket.id", "inbox_id": "ticket.inbox_id", "contact_id": "ticket.contact_id"}
OF_EVENT = {
    "ticket_id": "ticket.id",
    "contact_id": "ticket.contact_id",
    "department_id": "ticket.department_id",
    "data": "jsonb_build_object('first', false, 'message', message.id)",
}


class Seat(NamedTuple):
    """A session that was checked against this password when its socket was opened, or since."""

    session_key: str
    password: str  # as the row has it


def answer_further(
    ticket_id: int,
    text: str,
    *,
    by: User,
    seat: Seat,
    client_uuid: UUID,
    last_seen: int | None = None,
    inbox_id: int | None = None,
) -> Answer | None:
    """As `answer_line`, where the ticket has had its first answer, and only while the session lasts and its agent is as
    `by` says. None, and nothing is written, in every other case. Raises Invalid for a text that can't be sent."""
    text, ticket = checked_text(text, ()), Ticket(pk=ticket_id, channel=CHAT)
    message = answer_of(ticket, text, by, client_uuid)
    event = fact_of(message, by)
    known = {"user": by.pk, "role": by.role, "name": by.name, "email": by.email}
    known |= {"session": seat.session_key, "password": seat.password, "ticket": ticket_id, "way": inbox_id}
    known |= {"now": message.created_at, "last_seen": LATEST if last_seen is None else last_seen}
    known |= {"snippet": snippet_of(words_in(text, message.html))}
    words, seen = statement_for(*visible_to(by))
    rows = fetch(connection, words, known | seen | values_of("message", message) | values_of("event", event))
    if not rows:
        return None
    message.pk, event.pk, status, ticket.inbox_id, ticket.department_id, ticket.contact_id, browsers = rows[0]
    ticket.status = Ticket.Status.OPEN if status == Ticket.Status.NEW else status
    message.inbox_id, message.contact_id = ticket.inbox_id, ticket.contact_id
    event.ticket_id, event.contact_id = ticket_id, ticket.contact_id
    event.department_id, event.data = ticket.department_id, {"first": False, "message": message.pk}
    event.browsers, event.is_line = browsers, ticket.status == status
    as_stored(message, event, ticket)
    keep_fresh(event.pk, message)
    tell_written(event)
    queue_delivery_soon(message)
    return Answer(message, browsers)


def fact_of(message: Message, by: User) -> Event:
    """As `delivery.fact_of_answer` has it for one that is not the first."""
    actor, now = Actor.agent(by), message.created_at
    return Event(
        name=names.MESSAGE_REPLIED,
        occurred_at=now,
        recorded_at=now,
        channel=message.channel,
        actor_kind=actor.kind,
        actor_id=actor.id,
        actor_name=actor.name[:120],
    )


FOUND = {"message": (Message, OF_MESSAGE), "event": (Event, OF_EVENT)}


def values_of(prefix: str, row: models.Model) -> dict[str, Any]:
    """The row's values under the names that the statement has for them."""
    return {
        f"{prefix}_{field.column}": field.get_db_prep_save(getattr(row, field.attname), connection)
        for field in fields_written(prefix)
    }


@lru_cache
def fields_written(prefix: str) -> list[models.Field]:
    model, found = FOUND[prefix]
    return fields_of(model, found)


@lru_cache(maxsize=1000)
def statement_for(visible: str, params: tuple[Any, ...]) -> tuple[str, Mapping[str, Any]]:
    """The statement with the columns that the models have today, and with what this agent may see; its parameters."""
    seen = {f"seen_{number}": value for number, value in enumerate(params)}
    for name in seen:
        visible = visible.replace("%s", f"%({name})s", 1)
    parts = {"visible": visible, "browsers": BROWSERS.format(contact="ticket.contact_id")}
    for prefix, (_, found) in FOUND.items():
        fields = fields_written(prefix)
        marks = [f"%({prefix}_{field.column})s" for field in fields]
        parts[f"{prefix}_columns"] = names_of(fields, found)
        parts[f"{prefix}_values"] = ", ".join([*marks, *found.values()])
    return STATEMENT.format(**parts), seen
