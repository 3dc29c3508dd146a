"""An address that a chat's visitor typed is a claim. Whoever answers a mail of ours from there has proven it."""

from helpdesk.inboxes.contract import InboundMessage
from helpdesk.people.contacts import EMAIL, add_identity, lock_contact
from helpdesk.people.models import Contact
from helpdesk.tickets.models import Delivery, Message

MOST_REFERENCES = 20


def adopt_address(inbound: InboundMessage) -> bool:
    """Let the requester be recognised by the address of this mail from now on, where it answers what we sent there.

    Call it only where nobody is known by the address: one that is somebody's stays theirs, and the team decides whether
    the two are one person. The requester is locked then. False where nothing was proven.
    """
    contact = proven_requester(inbound)
    if contact is None:
        return False
    return add_identity(lock_contact(contact.pk), EMAIL, inbound.sender.value, is_verified=True)


def proven_requester(inbound: InboundMessage) -> Contact | None:
    """The requester of the ticket whose mail this answers, where it went to the sender's address, which they gave."""
    sender = inbound.sender
    if sender.kind != EMAIL or not (inbound.ticket_id or inbound.replies_to):
        return None
    if inbound.is_automatic or inbound.forwarded_by or inbound.sender_check == Message.SenderCheck.FAIL:
        return None
    sent = Delivery.objects.filter(address__iexact=sender.value, message__kind__in=Message.SENT_KINDS)
    for named in (
        {"message__ticket": inbound.ticket_id or 0},
        {"message__external_id__in": inbound.replies_to[:MOST_REFERENCES]},
    ):
        if row := sent.filter(**named).select_related("message__ticket__contact").order_by("-pk").first():
            contact = row.message.ticket.contact
            return contact if contact.email.lower() == sender.value.lower() else None
    return None
