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
    return Delivery.objects.bulk_create(delivery_rows(message, own_addresses()))


def delivery_rows(message: Message, ours: set[str]) -> list[Delivery]:
    """The rows, not written yet. `ours`: own_addresses()."""
    now, rows = clock.now(), {}
    for role, addresses in ((Delivery.Role.TO, answered_addresses(message)), (Delivery.Role.CC, message.cc)):
        for address in addresses:
            key = address.strip().lower()
            if is_deliverable(key) and key not in rows and not is_own_address(key, ours):
                row = Delivery(message=message, address=address.strip()[:320], role=role, changed_at=now)
                rows[key] = row
    return list(rows.values())


def answered_addresses(message: Message) -> list[str]:
    """What was chosen; else where the customer asked answers to go; else the customer's own address."""
    ticket = message.ticket
    return message.to or [ticket.attributes.get("answer_to") or ticket.contact.email]


def is_deliverable(address: str) -> bool:
    local, at, domain = address.rpartition("@")
    return bool(local and at and domain) and not domain.endswith(NOBODY)


def is_own_address(address: str, ours: set[str] | None = None) -> bool:
    """One of our inboxes, with or without a +tag: an answer there would come in as a mail again. `ours`: own_addresses(),
    where the caller asks for several."""
    key = address.strip().lower()
    return not {key, without_tag(key)}.isdisjoint(own_addresses() if ours is None else ours)


def own_addresses() -> set[str]:
    """Also those of inboxes that are switched off: they may be switched on again."""
    addresses = Inbox.objects.filter(kind=Inbox.Kind.EMAIL).exclude(address="")
    return {address.lower() for address in addresses.values_list("address", flat=True)}


def without_tag(address: str) -> str:
    """`support+t42.abc@example.com` is delivered where `support@example.com` is."""
    local, _, domain = address.rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"
