"""What a request asks for, done by the desk's own verbs."""

from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from django.db import transaction
from rest_framework.request import Request

from helpdesk.api.shapes import CUSTOMER, NOTE
from helpdesk.errors import Conflict, Invalid
from helpdesk.events import names
from helpdesk.events.actor import Actor
from helpdesk.events.ledger import record
from helpdesk.inboxes.contract import InboundMessage, Sender
from helpdesk.inboxes.models import Inbox
from helpdesk.people.attributes.definitions import PERSON, fitted
from helpdesk.people.attributes.ours import replaced, without_ours
from helpdesk.people.attributes.own_fields import OWN_FIELDS, kept, read_company
from helpdesk.people.contacts import add_identity, find_or_create_contact, lock_contact
from helpdesk.people.models import Company, Contact, ContactIdentity
from helpdesk.tickets import actions
from helpdesk.tickets.intake import Receipt, receive
from helpdesk.tickets.models import Message, Ticket
from helpdesk.tickets.ways import chosen_way
from helpdesk.tickets.writing import add_note, reply

LONGEST_KEY = 200
EMAIL, EXTERNAL = ContactIdentity.Kind.EMAIL, ContactIdentity.Kind.EXTERNAL


def key_of(request: Request) -> UUID | None:
    """The request's Idempotency-Key as an id of its own for each user; None without the header."""
    key = request.headers.get("Idempotency-Key", "").strip()
    if len(key) > LONGEST_KEY:
        raise Invalid(f"At most {LONGEST_KEY} characters.", field="Idempotency-Key")
    return uuid5(NAMESPACE_URL, f"helpdesk:{request.user.pk}:{key}") if key else None


# -- tickets


def create_ticket(asked: dict[str, Any], *, key: UUID | None, by: Actor) -> Receipt:
    """A customer's question becomes a ticket, once for each key. Raises Conflict for a key used for another."""
    customer = asked["contact"]
    with transaction.atomic():
        receipt = receive(
            InboundMessage(
                inbox=asked.get("inbox") or api_inbox(),
                sender=sender_of(customer),
                external_id=f"api:{key}" if key else "",
                text=asked["text"],
                subject=asked["subject"],
                language=asked["language"],
                begins_ticket=True,
            )
        )
        if receipt.outcome == "duplicate":
            refuse_other(receipt.message, asked["text"])
            return receipt
        if customer.get("email") and customer.get("external_id"):
            add_identity(receipt.ticket.contact, EMAIL, customer["email"])
        wanted = {name: asked[name] for name in ("department", "priority", "tags") if name in asked}
        return Receipt(receipt.outcome, change_ticket(receipt.ticket, wanted, by=by), receipt.message)


def sender_of(customer: dict[str, Any]) -> Sender:
    """By the caller's own id where there is one: it is surer than an address."""
    email, own = customer.get("email", ""), customer.get("external_id", "")
    if own:
        return Sender(EXTERNAL, own, name=customer["name"], email=email, is_verified=True)
    return Sender(EMAIL, email, name=customer["name"], email=email)


def api_inbox() -> Inbox:
    """The inbox of everything that comes by the API alone; made with the first ticket."""
    return Inbox.objects.filter(kind=Inbox.Kind.API, is_active=True).order_by(
        "pk"
    ).first() or Inbox.objects.create(kind=Inbox.Kind.API, name="API")


def change_ticket(ticket: Ticket, wanted: dict[str, Any], *, by: Actor) -> Ticket:
    """All of the changes or none. The department comes first: it decides who may be assigned."""
    with transaction.atomic():
        for name, change in CHANGES.items():
            if name in wanted:
                ticket = change(ticket, wanted[name], by)
    return ticket


def set_tags(ticket: Ticket, tags: list[str], by: Actor) -> Ticket:
    wanted = [actions.normal_tag(tag) for tag in tags]
    ticket = actions.untag_ticket(ticket, tags=[tag for tag in ticket.tags if tag not in wanted], by=by)
    return actions.tag_ticket(ticket, tags=wanted, by=by)


def set_spam(ticket: Ticket, is_spam: bool, by: Actor) -> Ticket:
    return actions.mark_spam(ticket, by=by) if is_spam else actions.unmark_spam(ticket, by=by)


def set_snooze(ticket: Ticket, until: Any, by: Actor) -> Ticket:
    return actions.snooze_ticket(ticket, until=until, by=by) if until else actions.wake_ticket(ticket, by=by)


CHANGES = {
    "department": lambda ticket, to, by: actions.transfer_ticket(ticket, to=to, by=by),
    "assignee": lambda ticket, to, by: actions.assign_ticket(ticket, to=to, by=by),
    "priority": lambda ticket, to, by: actions.prioritise_ticket(ticket, priority=to, by=by),
    "tags": set_tags,
    "is_spam": set_spam,
    "status": lambda ticket, to, by: actions.set_ticket_status(ticket, status=to, by=by),
    "snoozed_until": set_snooze,
}


# -- messages


def write_message(
    ticket: Ticket, asked: dict[str, Any], *, key: UUID | None, by: Actor
) -> tuple[Message, bool]:
    """The message, and whether it is new: sent again under the same id it is the one stored before."""
    own_id = asked.get("client_uuid") or key
    known = ticket.messages.filter(client_uuid=own_id).first() if own_id else None
    if known:
        refuse_other(known, asked["text"])
        return known, False
    if asked["kind"] == CUSTOMER:
        return receive_from_customer(ticket, asked["text"], own_id)
    if asked["kind"] == NOTE:
        return add_note(ticket, asked["text"], by=by, client_uuid=own_id), True
    way = chosen_way(ticket, asked["inbox"]) if "inbox" in asked else None
    named = {"last_seen": asked.get("last_seen"), "to": asked.get("to"), "cc": asked.get("cc", ())}
    return reply(ticket, asked["text"], by=by, client_uuid=own_id, way=way, **named), True


def receive_from_customer(ticket: Ticket, text: str, own_id: UUID | None) -> tuple[Message, bool]:
    """As `write_message`. What is said on a ticket that is over lies on the one that follows it."""
    identity = ticket.contact.identities.order_by("pk").first()
    if identity is None:
        raise Invalid("Nothing is known by which this customer could have written.", field="kind")
    inbound = InboundMessage(
        inbox=ticket.inbox,
        sender=Sender(identity.kind, identity.value),
        external_id=f"api:{own_id}" if own_id else "",
        text=text,
        ticket_id=ticket.pk,
        ticket_reason="api",
    )
    receipt = receive(inbound, client_uuid=own_id)
    if receipt.outcome == "duplicate":
        refuse_other(receipt.message, text)
        if ticket.pk not in (receipt.ticket.pk, receipt.ticket.follow_up_of_id):
            raise Conflict("This key was used on another ticket.", field="Idempotency-Key")
    return receipt.message, receipt.outcome != "duplicate"


def refuse_other(message: Message, text: str) -> None:
    if message.text.strip() != text.strip():
        raise Conflict("This key was used for another message.", field="Idempotency-Key")


# -- contacts


def create_contact(asked: dict[str, Any], *, by: Actor) -> Contact:
    """Raises Invalid without an address, Conflict where the address is somebody's already."""
    if not asked.get("email"):
        raise Invalid("A contact needs an email address.", field="email")
    with transaction.atomic():
        refuse_known(asked["email"])
        contact = find_or_create_contact(EMAIL, asked["email"], name=asked.get("name", ""))
        return change_contact(contact, asked, by=by)


def change_contact(contact: Contact, asked: dict[str, Any], *, by: Actor) -> Contact:
    """What is ours among the attributes stays, so that a program which knows nothing of it unsubscribes and subscribes
    nobody. An attribute that does not fit its type is kept as it came."""
    with transaction.atomic():
        contact = lock_contact(contact.pk)
        before = standing_of(contact)
        if "attributes" in asked:
            known = fitted(asked["attributes"], of=PERSON)
            asked = asked | {"attributes": replaced(contact, known)}
        if "company" in asked:
            asked = asked | {"company": company_called(asked["company"])}
        email = asked.get("email", "")
        if email and email.lower() != contact.email.lower():
            refuse_known(email, besides=contact)
            add_identity(contact, EMAIL, email)
        for name, value in asked.items():
            setattr(contact, name, value)
        contact.save(update_fields=list(asked))
        now = standing_of(contact)
        changed = sorted(name for name in before.keys() | now.keys() if before.get(name) != now.get(name))
        if changed:
            data = {"of": PERSON, "fields": changed}
            record(names.CONTACT_CHANGED, by=by, contact=contact, data=data)
    return contact


def standing_of(contact: Contact) -> dict[str, Any]:
    """What is known, by the key of each."""
    own = {name: kept(contact, name) for name in OWN_FIELDS}
    return without_ours(contact.attributes) | own


def company_called(name: str) -> Company | None:
    """The company of this name, made where there is none; None without a name."""
    company = read_company(name) if name.strip() else None
    if company and company.pk is None:
        company.save()
    return company


def refuse_known(email: str, *, besides: Contact | None = None) -> None:
    known = ContactIdentity.objects.filter(kind=EMAIL, value=email.strip().lower())
    if known.exclude(contact=besides).exists():
        raise Conflict("Somebody with this address is known already.", field="email")
