"""Telling a customer's open widgets that something is new. The news carry no content: each asks for its own."""

from collections.abc import Iterable

from helpdesk.connectors.webchat.conversation import SHOWN
from helpdesk.events.models import Event
from helpdesk.inboxes.models import Inbox
from helpdesk.people.models import ContactIdentity
from helpdesk.push import push


def on_events(events: Iterable[Event]) -> None:
    """Listener: tell the visitor's sockets of an answer, an own message from another tab, a rating."""
    for event in events:
        channels = (event.channel, event.data.get("began"))  # a chat may be answered by mail
        if Inbox.Kind.WEBCHAT in channels and event.name in SHOWN and event.ticket_id:
            for group in groups_of(event.contact_id):
                push(group, {"type": "changed", "event": event.pk, "ticket": event.ticket_id})


def groups_of(contact_id: int | None) -> list[str]:
    """The groups of all browsers of a contact."""
    visitors = ContactIdentity.objects.filter(contact=contact_id, kind=ContactIdentity.Kind.VISITOR)
    return [group_of(value) for value in visitors.values_list("value", flat=True)[:20]]


def group_of(visitor: object) -> str:
    """The group of one browser: `visitor.` and the id's 32 hexadecimal digits."""
    return f"visitor.{str(visitor).replace('-', '')}"
