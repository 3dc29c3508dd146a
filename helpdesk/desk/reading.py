"""Telling the customer of a chat that the team has read what they wrote. Kept nowhere but in LastLook."""

import logging
from concurrent.futures import TimeoutError as TookTooLong

from redis.exceptions import RedisError

from helpdesk.inboxes.models import Inbox
from helpdesk.people.models import ContactIdentity
from helpdesk.push import push
from helpdesk.tickets.models import Ticket

log = logging.getLogger(__name__)


def tell_customer_of_look(ticket: Ticket, newest: int) -> None:
    """Their open widgets hear up to which message (id) the ticket was read. Without the channel layer they learn it when
    they ask next."""
    if ticket.channel != Inbox.Kind.WEBCHAT:
        return
    try:
        for visitor in visitors_of(ticket.pk):
            push(f"visitor.{visitor}", {"type": "looked", "ticket": ticket.pk, "message": newest})
    except (RedisError, TookTooLong, OSError) as error:
        log.warning("The widget of #%s was not told that it was read: %s", ticket.pk, error)


def visitors_of(ticket_id: int) -> list[str]:
    """The browsers of the ticket's customer, as the widget's groups are named."""
    identities = ContactIdentity.objects.filter(contact__tickets=ticket_id, kind=ContactIdentity.Kind.VISITOR)
    return [value.replace("-", "") for value in identities.values_list("value", flat=True)[:20]]
