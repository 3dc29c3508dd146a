"""What an open socket asks again and again, in as few questions to the database as it can be asked."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from time import monotonic
from typing import Any

from django.core.exceptions import SynchronousOnlyOperation
from django.db import connection
from django.utils import translation

from helpdesk.connectors.webchat import conversation
from helpdesk.connectors.webchat.bubbles import as_json
from helpdesk.connectors.webchat.parsing import parse_frame, uuid_of
from helpdesk.connectors.webchat.visits import Visit, visit_at, widget_of
from helpdesk.errors import NotThere
from helpdesk.inboxes.models import Inbox
from helpdesk.people.models import Contact, ContactIdentity
from helpdesk.tickets.appending import append_line
from helpdesk.tickets.fresh import fresh_message
from helpdesk.tickets.models import Message

# What a visitor says of themselves with a message: with the same again there is nothing new to note.
DETAILS = ("who", "name", "email")
SPOKEN = (Message.Kind.INCOMING, Message.Kind.OUTGOING)
KNOWN_FOR = 5.0  # seconds that a change of a widget's settings may take to reach a hello
widgets: dict[str, tuple[float, Inbox]] = {}
# `visit.tickets()`, each with the newest of its facts that its customer sees.
BEGUN = """
SELECT ticket.id, contact.id, contact.name, contact.email,
    (SELECT max(event.id) FROM events_event event WHERE event.ticket_id = ticket.id AND event.name = ANY(%s))
FROM people_contactidentity identity
JOIN people_contact contact ON contact.id = identity.contact_id
JOIN tickets_ticket ticket ON ticket.contact_id = contact.id
WHERE identity.kind = %s AND identity.value = %s AND ticket.inbox_id = %s
ORDER BY ticket.last_message_at DESC, ticket.id DESC"""


@dataclass(frozen=True)
class Begun:
    """What a hello is answered with, and the conversation that goes on, where there is one."""

    visit: Visit
    changes: dict[str, Any]
    ticket_id: int | None = None
    name: str = ""  # of the contact, as the team knows them


@dataclass(frozen=True)
class Stored:
    """A line that is committed."""

    message_id: int
    ticket_id: int
    name: str


def visit_in(token: str, key: str, language: str) -> Visit:
    """As `visits.visit_of`, with a widget that may be known from a moment ago."""
    return visit_at(known_widget(key), token, language)


def known_widget(key: str) -> Inbox:
    read_at, inbox = widgets.get(key, (0.0, None))
    if inbox is None or monotonic() - read_at > KNOWN_FOR:
        widgets.pop(key, None)
        inbox = widget_of(key)
        widgets[key] = (monotonic(), inbox)
    return inbox


def begin(visit: Visit, after: int) -> Begun:
    """What this visitor missed since the event `after`: one question where it is nothing."""
    kind = ContactIdentity.Kind.VISITOR
    with connection.cursor() as cursor:
        cursor.execute(BEGUN, [list(conversation.SHOWN), kind, str(visit.visitor), visit.inbox.pk])
        rows = cursor.fetchall()
    newest = max((event for *_, event in rows if event), default=0)
    changes = conversation.changes_after(visit, after) if newest > after else {"event": after, "messages": []}
    if not rows:
        return Begun(visit, changes)
    ticket_id, contact_id, name, email, _ = rows[0]
    return Begun(visit, changes, ticket_id, str(Contact(pk=contact_id, name=name, email=email)))


def take_line(visit: Visit, frame: Mapping[str, Any], is_known: bool) -> Stored:
    """Receive what the visitor wrote. `is_known`: a message of this socket came with the very same details of theirs, so
    that nothing is to be noted but the line."""
    if is_known:
        key = uuid_of(frame)
        inbound = parse_frame(frame, inbox=visit.inbox, visitor=visit.visitor, language=visit.language)
        if line := append_line(inbound, client_uuid=key):
            return Stored(line.message.pk, line.message.ticket_id, line.contact_name)
    receipt = conversation.take_message(as_it_is_now(visit), frame)
    return Stored(receipt.message.pk, receipt.ticket.pk, str(receipt.ticket.contact))


def as_it_is_now(visit: Visit) -> Visit:
    """With the settings that its widget has by now: a socket stays open for hours. Of a widget that was switched off
    meanwhile it is as it was, so that the chats of those moments can end."""
    try:
        return replace(visit, inbox=known_widget(visit.inbox.key))
    except NotThere:
        return visit


def change_at_hand(visit: Visit, news: Mapping[str, Any]) -> list[dict[str, Any]] | None:
    """The bubble of a line or an answer that this very process has just stored, drawn as it stands: the news went to the
    browsers of its contact and to nobody else. None where the database is to be asked. For the loop itself: to draw takes
    less than it takes a thread to be woken."""
    message = fresh_message(news["event"])
    if not message or message.inbox_id != visit.inbox.pk or message.kind not in SPOKEN:
        return None
    with translation.override(visit.language), suppress(SynchronousOnlyOperation):
        return [as_json(message, visit)]
    return None


def change(visit: Visit, news: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The bubbles of these news; none where this visitor may not see them."""
    if news.get("message"):  # the event says no more than which message it is
        return conversation.drawn(visit, conversation.shown(visit).filter(pk=news["message"]))
    return conversation.change(visit, news["event"])
