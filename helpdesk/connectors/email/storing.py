"""One mail into the database. Apart from the door, whose SMTP library is nothing for the web's processes."""

from django.db import transaction

from helpdesk.connectors.email.recipients import Recipient
from helpdesk.tickets.raw import store_raw
from helpdesk.tickets.text import clean_text


def store_mail(content: bytes, recipients: dict[str, Recipient], sender: str, door: str) -> list[int]:
    """Store one mail once for each inbox it is for, all or none; ids of the rows. A signed address goes before a plain one."""
    best: dict[int, tuple[str, Recipient]] = {}
    for address, recipient in recipients.items():
        known = best.get(recipient.inbox.pk)
        if known is None or (recipient.is_signed and not known[1].is_signed):
            best[recipient.inbox.pk] = (address, recipient)
    with transaction.atomic():
        rows = [
            store_raw(content, inbox=recipient.inbox, door=door, sender=clean_text(sender), recipient=address)
            for address, recipient in best.values()
        ]
    return [row.pk for row in rows]
