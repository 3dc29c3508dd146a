"""Addresses that do not exist: noted at their contact, so that the next who writes there knows."""

import re

from django.db import transaction

from helpdesk.people.attributes.ours import MAIL_BOUNCES
from helpdesk.people.contacts import EMAIL, find_contact, lock_contact
from helpdesk.people.models import Contact

# RFC 3463: 5.1.x is about the address, 5.2.1 a mailbox that is switched off; then what servers say without a code.
NO_SUCH_ADDRESS = re.compile(
    r"\b5\.1\.(0|1|2|3|6|10)\b|\b5\.2\.1\b|user unknown|unknown (user|recipient)|no such (user|mailbox|address|recipient)|"
    r"(user|mailbox|address|account) (does ?n[o']t|does not) exist|recipient (not found|unknown)",
    re.IGNORECASE,
)
ADDRESS = re.compile(r"[^\s<>()\[\],;:\"]+@[\w.-]*\w")


def note_bouncing(address: str, reason: str) -> None:
    """Remember at the contact that this address does not exist, where the server's words say so and name no other one:
    somebody may have mail handed on to an address that is gone.

    Done after the commit: a contact is locked before its tickets, and whoever calls this holds a ticket.
    """
    named = [one.lower() for one in ADDRESS.findall(reason)]
    if NO_SUCH_ADDRESS.search(reason) and (not named or address.lower() in named):
        transaction.on_commit(lambda: mark_bouncing(address, reason), robust=True)


@transaction.atomic
def mark_bouncing(address: str, reason: str) -> None:
    known = find_contact(EMAIL, address)
    if known is None:
        return
    contact = lock_contact(known.pk)
    contact.attributes[MAIL_BOUNCES] = f"{address}: {reason}"[:300]
    contact.save(update_fields=["attributes"])


def clear_bouncing(contact: Contact) -> None:
    """Mail came from them: the address is in use. Call it with the contact locked."""
    if contact.attributes.pop(MAIL_BOUNCES, None) is not None:
        contact.save(update_fields=["attributes"])
