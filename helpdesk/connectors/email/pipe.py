"""A mail handed over by another program: stored first, like at the SMTP door, then read at once."""

import logging
import time

from django.db import DatabaseError

from helpdesk.connectors.email.recipients import Recipient, addresses_in, find_recipient
from helpdesk.inboxes.models import Inbox, RawMessage
from helpdesk.tickets.raw import handle_raw, store_raw

log = logging.getLogger(__name__)
WAIT = 30.0  # seconds for a worker that was faster to finish with the row


class UnknownRecipient(Exception):
    """None of the mail's addresses is one of ours."""


def take_in(body: bytes, *, recipient: str = "", sender: str = "") -> RawMessage:
    """Store the mail and read it; the row with its outcome (`pending` when reading failed: the sweep goes on).

    Raises UnknownRecipient, and DatabaseError when it could not be stored.
    """
    address, found = (recipient, find_recipient(recipient)) if recipient else _from_headers(body)
    if found is None:
        raise UnknownRecipient(address)
    raw = store_raw(body, inbox=found.inbox, door="pipe", sender=sender, recipient=address)
    try:
        handle_raw(raw.pk)
        wait_for_outcome(raw)
    except DatabaseError:
        raise
    except (
        Exception
    ):  # it is stored: whatever went wrong while reading is the sweep's and the operator's matter
        log.exception("reading raw message %s", raw.pk)
    return raw


def wait_for_outcome(raw: RawMessage) -> None:
    """Where a worker has the row already, its outcome comes with its commit."""
    end = time.monotonic() + WAIT
    raw.refresh_from_db()
    while raw.outcome == RawMessage.Outcome.PENDING and time.monotonic() < end:
        time.sleep(0.05)
        raw.refresh_from_db()


def _from_headers(body: bytes) -> tuple[str, Recipient | None]:
    """The first address in the headers that is ours; for a mail that names none, the only mail inbox there is."""
    addresses = addresses_in(body)
    for address in addresses:
        if found := find_recipient(address):
            return address, found
    only = list(Inbox.objects.filter(kind=Inbox.Kind.EMAIL, is_active=True)[:2])
    if len(only) == 1:
        return only[0].address, Recipient(only[0])
    return ", ".join(addresses[:5]), None
