"""What the monitor asks the database: live rows and never the report's tallies. One question a figure, by kept indexes."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from helpdesk.events import names
from helpdesk.inboxes.models import Inbox
from helpdesk.people.models import ContactIdentity
from helpdesk.people.presence import those_here
from helpdesk.prepared import fetch

LAST_HOUR = timedelta(hours=1)
MISSED_WITHIN = timedelta(minutes=30)
MOST_OF_EACH = 15  # channel of a department, of those who wait longest

# The queue: a customer waits, and nobody has the ticket, or whoever has it has not answered yet.
IN_QUEUE = """status IN ('new', 'open', 'pending', 'on_hold') AND NOT is_spam AND trashed_at IS NULL AND snoozed_until IS NULL
    AND waiting_since IS NOT NULL AND (assignee_id IS NULL OR first_replied_at IS NULL)"""
QUEUE = f"""
SELECT channel, department_id, count(*), count(*) FILTER (WHERE assignee_id IS NULL), min(waiting_since),
    sum(extract(epoch FROM waiting_since))::float8
FROM tickets_ticket WHERE {IN_QUEUE} GROUP BY 1, 2"""
LONGEST = f"""
SELECT t.id, t.subject, t.channel, t.department_id, t.assignee_id, t.waiting_since, coalesce(nullif(c.name, ''), c.email)
FROM (
    SELECT id, row_number() OVER (PARTITION BY department_id, channel ORDER BY waiting_since, id) AS place
    FROM tickets_ticket WHERE {IN_QUEUE}
) first JOIN tickets_ticket t ON t.id = first.id JOIN people_contact c ON c.id = t.contact_id
WHERE first.place <= %(most)s ORDER BY t.waiting_since, t.id"""
ANSWERS = """
SELECT channel, department_id, count(*), sum(value)::float8, max(value)::float8 FROM events_event
WHERE name = %s AND occurred_at > %s AND value IS NOT NULL AND (data ->> 'first')::boolean GROUP BY 1, 2"""
RATINGS = """
SELECT t.channel, t.department_id, count(*), count(*) FILTER (WHERE s.score >= 4)
FROM tickets_survey s JOIN tickets_ticket t ON t.id = s.ticket_id
WHERE s.rated_at > %s AND NOT t.is_spam AND t.trashed_at IS NULL GROUP BY 1, 2"""
PROMISES = """
SELECT t.channel, t.department_id, count(DISTINCT t.id) FILTER (WHERE p.due_at <= %(now)s),
    count(DISTINCT t.id) FILTER (WHERE p.due_at > %(now)s AND p.near_at IS NOT NULL)
FROM routing_promise p JOIN tickets_ticket t ON t.id = p.ticket_id
WHERE p.ended_at IS NULL AND p.due_at IS NOT NULL AND (p.due_at <= %(now)s OR p.near_at IS NOT NULL)
    AND NOT t.is_spam AND t.trashed_at IS NULL GROUP BY 1, 2"""
UNANSWERED = """
SELECT id, department_id, contact_id FROM tickets_ticket
WHERE channel = %s AND last_message_at > %s AND first_asked_at IS NOT NULL AND first_replied_at IS NULL
    AND NOT is_spam AND trashed_at IS NULL AND merged_into_id IS NULL"""
RUSH = """
SELECT coalesce((SELECT busy_visitors FROM people_workspace WHERE id = 1), 500), coalesce(load.level, 0), load.level_since,
    ARRAY(SELECT id FROM inboxes_inbox WHERE kind = 'webchat' AND is_active)
FROM (SELECT) one LEFT JOIN routing_highload load ON load.id = 1"""

Cells = list[tuple[Any, ...]]


def ask(question: str, values: Any = None) -> Cells:
    """With its plan kept by the database: planning took longer than answering."""
    return fetch(connection, question, values or ())


def queue_cells() -> Cells:
    """(channel, department, waiting, of them nobody's, the first of them, sum of their moments in seconds since 1970)."""
    return ask(QUEUE)


def longest_waiting() -> Cells:
    """(ticket, subject, channel, department, assignee, since, customer) of those who wait longest in each channel of each
    department, so that none is empty where one looks at it alone."""
    return ask(LONGEST, {"most": MOST_OF_EACH})


def answer_cells(now: datetime) -> Cells:
    """(channel, department, first answers of the last hour, sum and longest of their seconds)."""
    return ask(ANSWERS, [names.MESSAGE_REPLIED, now - LAST_HOUR])


def rating_cells(now: datetime) -> Cells:
    """(channel, department, ratings of the last hour, of them 4 or 5)."""
    return ask(RATINGS, [now - LAST_HOUR])


def promise_cells(now: datetime) -> Cells:
    """(channel, department, tickets past their promise, tickets near it)."""
    return ask(PROMISES, {"now": now})


def high_load() -> tuple[int, int, datetime | None, list[int]]:
    """From how many visitors on it is busy, the level of overload and since when, and the chat inboxes."""
    return ask(RUSH)[0]


def missed_by_department(now: datetime) -> dict[int | None, int]:
    """Chats of the last 30 minutes that nobody answered and whose visitor has left."""
    rows = ask(UNANSWERED, [Inbox.Kind.WEBCHAT.value, now - MISSED_WITHIN])
    browsers: dict[int, set[str]] = {}
    identities = ContactIdentity.objects.filter(
        contact__in={contact for _ticket, _department, contact in rows}, kind=ContactIdentity.Kind.VISITOR
    )
    for contact, value in identities.values_list("contact", "value") if rows else ():
        browsers.setdefault(contact, set()).add(value.replace("-", ""))
    here = {one.visitor for one in those_here(as_ids(browsers))}
    missed: dict[int | None, int] = {}
    for _ticket, department, contact in rows:
        if browsers.get(contact, set()).isdisjoint(here):
            missed[department] = missed.get(department, 0) + 1
    return missed


def as_ids(browsers: dict[int, set[str]]) -> list[UUID]:
    return [UUID(hex=value) for values in browsers.values() for value in values]
