"""Which of our addresses a mail is for: an inbox, one ticket of it, or the way back of one of our mails."""

from dataclasses import dataclass

from helpdesk.connectors.email.parsing.addresses import parse_addresses
from helpdesk.connectors.email.parsing.headers import DELIVERED_TO, Fields, all_fields, split_fields
from helpdesk.connectors.email.parsing.mime import split_header
from helpdesk.connectors.email.tokens import read_signed, signed
from helpdesk.inboxes.models import Inbox
from helpdesk.people.models import Contact
from helpdesk.tickets.models import Message, Ticket

# Where an envelope was lost: what the servers on the way wrote down, before what the writer did.
ADDRESSED_BY = (*DELIVERED_TO, "to", "cc")
LONGEST_HEAD = 256 * 1024  # bytes
MOST_LOOKED_UP = 50
# Asked at the door for each recipient: plain SQL is a third of the work.
INBOX_AT = "SELECT * FROM inboxes_inbox WHERE kind = 'email' AND is_active AND upper(address) = upper(%s)"
BOUNCE, UNSUBSCRIBE = "bounce", "unsubscribe"


@dataclass(frozen=True)
class Recipient:
    """An address of ours. At most one of the three numbers is set, each proved by its signature."""

    inbox: Inbox
    ticket_id: int | None = None
    bounced_message_id: int | None = None
    unsubscribed_contact_id: int | None = None

    @property
    def is_signed(self) -> bool:
        return bool(self.ticket_id or self.bounced_message_id or self.unsubscribed_contact_id)


def find_recipient(address: str) -> Recipient | None:
    """What `address` is here, None when nobody of ours. One query for an inbox's own address, two for a signed one."""
    local, at, domain = address.strip().strip("<>").rpartition("@")
    if not at or not local or not domain or not address.isprintable():
        return None
    name, _, tag = local.partition("+")
    proved = read_signed(tag) if tag else None
    if name.lower() in (BOUNCE, UNSUBSCRIBE) and proved:
        return _way_back(name.lower(), *proved)
    inbox = _inbox_at(f"{name}@{domain}") or (_inbox_at(f"{local}@{domain}") if tag else None)
    if inbox is None:
        return None
    is_ticket = proved and proved[0] == "t" and Ticket.objects.filter(pk=proved[1]).exists()
    return Recipient(inbox, ticket_id=proved[1] if is_ticket else None)


def addresses_in(body: bytes) -> list[str]:
    """Whom a mail is for as its header says, nearest to us first, each once. Only its beginning is read."""
    fields = fields_of(body)
    boxes = (
        box for name in ADDRESSED_BY for value in all_fields(fields, name) for box in parse_addresses(value)
    )
    return list(dict.fromkeys(box.addr.lower() for box in boxes if box.addr))[:MOST_LOOKED_UP]


def own_address_in(body: bytes, inbox: Inbox) -> str:
    """The recipient of a mail found in the mailbox of `inbox`: a signed address of ours, else one of the inbox's, else its own."""
    addresses = [one for one in addresses_in(body) if one.isprintable()]
    for address in addresses:
        if "+" in address and (found := find_recipient(address)) and found.is_signed:
            return address
    own = inbox.address.lower()
    local, _, domain = own.rpartition("@")
    for address in addresses:
        if address == own or (address.startswith(f"{local}+") and address.endswith(f"@{domain}")):
            return address
    return inbox.address


def sender_in(body: bytes) -> str:
    """The envelope's sender, as the last server wrote it down; "" where none did or there was none."""
    for value in all_fields(fields_of(body), "return-path"):
        return next((box.addr for box in parse_addresses(value)), "")
    return ""


def fields_of(body: bytes) -> Fields:
    """The header of a mail whose rest need not be read."""
    return split_fields(split_header(body[:LONGEST_HEAD])[0])


def _inbox_at(address: str) -> Inbox | None:
    return next(iter(Inbox.objects.raw(INBOX_AT, [address])), None)


def _way_back(name: str, kind: str, number: int) -> Recipient | None:
    if name == BOUNCE and kind == "m":
        message = Message.objects.select_related("inbox").filter(pk=number).first()
        return Recipient(message.inbox, bounced_message_id=number) if message else None
    if name == UNSUBSCRIBE and kind == "c" and Contact.objects.filter(pk=number).exists():
        inbox = Inbox.objects.filter(kind=Inbox.Kind.EMAIL, is_active=True).order_by("pk").first()
        return Recipient(inbox, unsubscribed_contact_id=number) if inbox else None
    return None


def is_our_address(address: str) -> bool:
    """Does mail to this address come back to us? Then mail from it is our own, gone round."""
    return find_recipient(address) is not None


def ticket_address(inbox: Inbox, ticket_id: int) -> str:
    """The address that leads straight onto the ticket; customers' answers go there."""
    local, _, domain = inbox.address.rpartition("@")
    return f"{local}+{signed('t', ticket_id)}@{domain}"


def bounce_address(inbox: Inbox, message_id: int) -> str:
    """The envelope sender of one of our mails: what fails comes back here and names the message."""
    return f"{BOUNCE}+{signed('m', message_id)}@{domain_of(inbox)}"


def unsubscribe_address(inbox: Inbox, contact_id: int) -> str:
    """Mail to it ends surveys for the contact."""
    return f"{UNSUBSCRIBE}+{signed('c', contact_id)}@{domain_of(inbox)}"


def domain_of(inbox: Inbox) -> str:
    return inbox.address.rpartition("@")[2] or "localhost"
