"""Telling the customer of a chat that the team has read what they wrote. Kept nowhere but in LastLook."""

import logging
from collections.abc import Iterable

from redis.exceptions import RedisError

from helpdesk.inboxes.models import Inbox
from helpdesk.people.contacts import MOST_BROWSERS
from helpdesk.people.models import ContactIdentity
from helpdesk.push import push_all
from helpdesk.tickets.models import Ticket

log = logging.getLogger(__name__)


def tell_customer_of_look(ticket: Ticket, newest: int, browsers: Iterable[str] | None = None) -> None:
    """Their open widgets hear up to which message (id) the ticket was read. Without the channel layer they learn it when
    they ask next. `browsers`: their visitor ids, where the caller has them at hand."""
    if ticket.channel != Inbox.Kind.WEBCHAT:
        return
    news = {"type": "looked", "ticket": ticket.pk, "message": newest}
    try:
        visitors = known_visitors(ticket) if browsers is None else map(as_named, browsers)
        push_all([(f"visitor.{visitor}", news) for visitor in visitors])
    except (RedisError, OSError) as error:
        log.warning("The widget of #%s was not told that it was read: %s", ticket.pk, error)


def known_visitors(ticket: Ticket) -> list[str]:
    """As `visitors_of`, without a question where the page has asked it already."""
    contact = ticket._state.fields_cache.get("contact")
    if contact is None or "identities" not in getattr(contact, "_prefetched_objects_cache", ()):
        return visitors_of(ticket.pk)
    known_by = sorted(contact.identities.all(), key=lambda one: -one.pk)
    return [as_named(one.value) for one in known_by if one.kind == ContactIdentity.Kind.VISITOR][
        :MOST_BROWSERS
    ]


def visitors_of(ticket_id: int) -> list[str]:
    """The browsers of the ticket's customer, of very many the newest, as the widget's groups are named."""
    identities = ContactIdentity.objects.filter(contact__tickets=ticket_id, kind=ContactIdentity.Kind.VISITOR)
    return [
        as_named(value)
        for value in identities.order_by("-pk").values_list("value", flat=True)[:MOST_BROWSERS]
    ]


def as_named(browser: str) -> str:
    return browser.replace("-", "")
