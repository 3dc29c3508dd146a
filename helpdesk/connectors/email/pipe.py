"""A mail handed over by another program: stored first, like at the SMTP door, then read at once, within a job's budget."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager

from billiard.exceptions import SoftTimeLimitExceeded
from django.conf import settings

from helpdesk.connectors.email.recipients import Recipient, addresses_in, find_recipient
from helpdesk.inboxes.models import Inbox, RawMessage
from helpdesk.tickets.raw import store_raw, wait_for_outcome
from helpdesk.tickets.waiting import read_again

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
        with time_limited_to(settings.READING_SECONDS):
            is_tried = read_again(raw.pk)
    except SoftTimeLimitExceeded:
        is_tried = True
    wait_for_outcome(raw, seconds=0 if is_tried else WAIT)
    return raw


@contextmanager
def time_limited_to(seconds: float) -> Iterator[None]:
    """What the worker does for its jobs: SoftTimeLimitExceeded is raised when they are over. In the main thread only."""

    def stop(*_: object) -> None:
        raise SoftTimeLimitExceeded

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


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
