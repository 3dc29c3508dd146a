"""Whom an answer by mail goes to: one row a recipient, made when the answer is stored."""

from helpdesk import clock
from helpdesk.inboxes.models import Inbox
from helpdesk.tickets.models import Delivery, Message

NOBODY = ".invalid"  # the domain of senders who gave no address


def add_deliveries(message: Message) -> list[Delivery]:
    """The rows of a mail's recipients, queued. Of To and Cc each address once, and none of our own.

    None on other channels, which have one recipient, and none where the customer has no address at all.
    """
    if message.channel != Inbox.Kind.EMAIL:
        return []
    now, ours, rows = clock.now(), own_addresses(), {}
    for role, addresses in ((Delivery.Role.TO, answered_addresses(message)), (Delivery.Role.CC, message.cc)):
        for address in addresses:
            key = address.strip().lower()
            if is_deliverable(key) and key not in rows and not {key, without_tag(key)} & ours:
                row = Delivery(message=message, address=address.strip()[:320], role=role, changed_at=now)
                rows[key] = row
    return Delivery.objects.bulk_create(rows.values())


def answered_addresses(message: Message) -> list[str]:
    """What was chosen; else where the customer asked answers to go; else the customer's own address."""
    ticket = message.ticket
    return message.to or [ticket.attributes.get("answer_to") or ticket.contact.email]


def is_deliverable(address: str) -> bool:
    local, at, domain = address.rpartition("@")
    return bool(local and at and domain) and not domain.endswith(NOBODY)


def own_addresses() -> set[str]:
    """Where mail comes back to us."""
    addresses = Inbox.objects.filter(kind=Inbox.Kind.EMAIL, is_active=True).values_list("address", flat=True)
    return {address.lower() for address in addresses if address}


def without_tag(address: str) -> str:
    """`support+t42.abc@example.com` is delivered where `support@example.com` is."""
    local, _, domain = address.rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"
