"""The one door through which every customer message comes onto a ticket."""

from dataclasses import dataclass
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils.text import Truncator

from helpdesk import clock
from helpdesk.events import names
from helpdesk.events.actor import Actor
from helpdesk.events.ledger import record
from helpdesk.inboxes.contract import InboundMessage
from helpdesk.people.contacts import find_or_create_contact, lock_contact
from helpdesk.people.models import Contact
from helpdesk.tickets.files import attach_files
from helpdesk.tickets.models import Message, Ticket
from helpdesk.tickets.querysets import FINISHED
from helpdesk.tickets.text import clean_text, snippet_of

# A customer who writes on a finished ticket later than this begins a new one, linked to the old.
REOPEN_WITHIN = timedelta(days=30)
# Chat and social messages name no ticket: they go on with the last one unless it ended longer ago.
CONTINUE_WITHIN = timedelta(days=3)
CONTINUOUS = ("webchat", "telegram")


@dataclass(frozen=True)
class Receipt:
    outcome: str  # created, appended, duplicate
    ticket: Ticket
    message: Message


def receive(inbound: InboundMessage, *, client_uuid: object = None) -> Receipt:
    """Put a customer's message on its ticket, or on a new one. Safe to call twice with the same message.

    One transaction: message, ticket and facts are there together or not at all. The contact's row is
    locked, so two messages of one customer at the same moment can't open two tickets.
    """
    try:
        with transaction.atomic():
            return take_in(inbound, client_uuid)
    except IntegrityError:
        # The same message came in at the same time by another way and was faster.
        if known := find_duplicate(inbound):
            return Receipt("duplicate", known.ticket, known)
        raise


def take_in(inbound: InboundMessage, client_uuid: object) -> Receipt:
    contact = contact_of(inbound)
    if known := find_duplicate(inbound):  # only now: a copy at the same moment waits at the lock
        return Receipt("duplicate", known.ticket, known)
    ticket, reason = find_ticket(inbound, contact)
    is_new = ticket is None or is_over(ticket)
    if is_new:
        follows = ticket
        ticket = open_ticket_of(inbound, contact, follows=follows)
    message = add_incoming(
        ticket, inbound, contact, reason=reason if not is_new else "", client_uuid=client_uuid
    )
    note_customer_message(
        ticket, message, contact, is_automatic=inbound.is_automatic, is_for_bot=inbound.is_for_bot
    )
    return Receipt("created" if is_new else "appended", ticket, message)


def find_duplicate(inbound: InboundMessage) -> Message | None:
    """The stored copy of this message. Under one external id two different bodies are two messages."""
    if not inbound.external_id:
        return None
    ids = [inbound.external_id[:500], distinct_id(inbound)]
    for message in Message.objects.filter(inbox=inbound.inbox, external_id__in=ids).select_related("ticket"):
        if message.body_digest == inbound.body_digest:
            return message
    return None


def distinct_id(inbound: InboundMessage) -> str:
    return f"{inbound.external_id[:460]}#{inbound.body_digest[:32]}"


def contact_of(inbound: InboundMessage) -> Contact:
    """Who wrote, with the row locked."""
    sender = inbound.sender
    contact = find_or_create_contact(
        sender.kind,
        sender.value,
        name=clean_text(sender.name),
        email=sender.email,
        language=sender.language or inbound.language,
        is_verified=sender.is_verified,
    )
    return lock_contact(contact.pk)


def find_ticket(inbound: InboundMessage, contact: Contact) -> tuple[Ticket | None, str]:
    """The ticket this message belongs to and why, in the order of trust; (None, "") opens a new one."""
    if inbound.begins_ticket:
        return None, ""
    tickets = Ticket.objects.select_for_update(of=("self",))
    if inbound.ticket_id and (ticket := tickets.filter(pk=inbound.ticket_id).first()):
        return ticket, inbound.ticket_reason or "address"
    if inbound.replies_to and (ticket_id := ticket_of_references(inbound)):
        return tickets.get(pk=ticket_id), "reference"
    if inbound.subject_ticket_id:
        ticket = tickets.filter(pk=inbound.subject_ticket_id).first()
        if ticket and is_participant(contact, ticket):
            return ticket, "subject"
    if inbound.inbox.kind in CONTINUOUS:
        last = tickets.of(contact).filter(inbox=inbound.inbox).order_by("-last_message_at", "-id").first()
        if last and (not last.is_finished or clock.now() - last.closed_at < CONTINUE_WITHIN):
            return last, "conversation"
    return None, ""


def ticket_of_references(inbound: InboundMessage) -> int | None:
    """The ticket of the nearest message among those that this one answers. Only of its own kind of channel: other
    channels' ids, chat and message numbers, can be guessed."""
    named = Message.objects.filter(external_id__in=inbound.replies_to, channel=inbound.inbox.kind)
    found = dict(named.values_list("external_id", "ticket_id"))
    return next((found[i] for i in inbound.replies_to if i in found), None)


def is_participant(contact: Contact, ticket: Ticket) -> bool:
    return ticket.contact_id == contact.pk or ticket.messages.filter(contact=contact).exists()


def is_over(ticket: Ticket) -> bool:
    """Finished so long ago that another message is another matter."""
    return (
        ticket.is_finished and ticket.closed_at is not None and clock.now() - ticket.closed_at > REOPEN_WITHIN
    )


def open_ticket_of(inbound: InboundMessage, contact: Contact, *, follows: Ticket | None) -> Ticket:
    now = clock.now()
    ticket = Ticket.objects.create(
        subject=clean_text(inbound.subject)[:250] or Truncator(snippet_of(inbound.text)).chars(80),
        inbox=inbound.inbox,
        channel=inbound.inbox.kind,
        department_id=follows.department_id if follows else inbound.inbox.department_id,
        contact=contact,
        language=inbound.language or contact.language,
        attributes=inbound.attributes,
        follow_up_of=follows,
        created_at=now,
        updated_at=now,
        last_message_at=now,
        first_asked_at=now,
        queued_at=None if inbound.is_for_bot else now,
    )
    by = Actor.customer(contact)
    record(
        names.TICKET_CREATED, by=by, ticket=ticket, data={"started_by": "customer", "inbox": inbound.inbox.pk}
    )
    if not inbound.is_for_bot:
        record(names.TICKET_QUEUED, by=by, ticket=ticket)
    return ticket


def add_incoming(
    ticket: Ticket, inbound: InboundMessage, contact: Contact, *, reason: str, client_uuid: object
) -> Message:
    external_id = inbound.external_id[:500]
    if external_id and Message.objects.filter(inbox=inbound.inbox, external_id=external_id).exists():
        external_id = distinct_id(inbound)
    message = Message.objects.create(
        ticket=ticket,
        kind=Message.Kind.INCOMING,
        inbox=inbound.inbox,
        channel=inbound.inbox.kind,
        author_kind="customer",
        author_name=str(contact)[:120],
        contact=contact,
        subject=clean_text(inbound.subject)[:250],
        text=clean_text(inbound.text),
        html=clean_text(inbound.html),
        quoted=clean_text(inbound.quoted),
        to=[address[:320] for address in inbound.to],
        cc=[address[:320] for address in inbound.cc],
        external_id=external_id,
        body_digest=inbound.body_digest,
        in_reply_to=(inbound.replies_to[0] if inbound.replies_to else "")[:500],
        thread_reason=reason,
        client_uuid=client_uuid,
        is_automatic=inbound.is_automatic,
        language=inbound.language,
        created_at=clock.now(),
        released_at=clock.now(),
    )
    attach_files(message, inbound.files)
    return message


def note_customer_message(
    ticket: Ticket, message: Message, contact: Contact, *, is_automatic: bool, is_for_bot: bool = False
) -> None:
    """What a customer's message does to its ticket: wakes it, reopens it, makes it wait for an answer."""
    by = Actor.customer(contact)
    was_finished = ticket.status in FINISHED
    ticket.last_snippet = snippet_of(message.text)
    ticket.last_message_at = ticket.updated_at = clock.now()
    data = {"message": message.pk, **({"automatic": True} if is_automatic else {})}
    record(names.MESSAGE_RECEIVED, by=by, ticket=ticket, contact=contact, data=data)
    if not is_automatic:
        ticket.first_asked_at = ticket.first_asked_at or clock.now()
        if not is_for_bot:
            ticket.waiting_since = ticket.waiting_since or clock.now()
        if was_finished or ticket.status in (Ticket.Status.PENDING, Ticket.Status.ON_HOLD):
            ticket.status = Ticket.Status.OPEN
        if was_finished:
            ticket.closed_at = None
            record(names.TICKET_REOPENED, by=by, ticket=ticket)
        if ticket.snoozed_until:
            ticket.snoozed_until = None
            record(names.TICKET_WOKEN, by=by, ticket=ticket, data={"reason": "reply"})
        if ticket.queued_at is None and not is_for_bot:  # the team began it; now the customer asks
            ticket.queued_at = clock.now()
            record(names.TICKET_QUEUED, by=by, ticket=ticket)
    ticket.save()
