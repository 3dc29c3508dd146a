"""The one door through which every customer message comes onto a ticket."""

from dataclasses import dataclass
from functools import partial

from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet
from django.utils.text import Truncator

from helpdesk import clock
from helpdesk.events import names
from helpdesk.events.actor import SYSTEM, Actor
from helpdesk.events.ledger import fact, record, record_all
from helpdesk.inboxes.contract import InboundMessage
from helpdesk.people.contacts import find_or_create_contact
from helpdesk.people.models import Contact
from helpdesk.tickets.actions import mark_spam
from helpdesk.tickets.files import attach_files
from helpdesk.tickets.finding import Finding, find_ticket
from helpdesk.tickets.forwarding import keep_forwarder_note
from helpdesk.tickets.models import Message, Ticket
from helpdesk.tickets.participants import MOST_OF_A_MAIL, contacts_of, is_participant, join
from helpdesk.tickets.proof import adopt_address
from helpdesk.tickets.querysets import FINISHED
from helpdesk.tickets.text import clean_text, snippet_of

CARRIED_ON = (  # what a further message may change of its ticket
    *("status", "updated_at", "last_message_at", "last_snippet", "first_asked_at"),
    *("queued_at", "waiting_since", "closed_at", "snoozed_until", "trashed_at"),
)


DIGESTS = "SELECT body_digest FROM tickets_message WHERE inbox_id = %s AND external_id IN (%s, %s)"


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
    people = contacts_of(inbound.participants[:MOST_OF_A_MAIL])
    contact = contact_of(inbound)
    digests = digests_under_its_id(inbound)  # only now: a copy at the same moment waits at the lock
    if inbound.body_digest in digests and (known := find_duplicate(inbound)):
        return Receipt("duplicate", known.ticket, known)
    finding = find_ticket(inbound, contact)
    ticket = finding.ticket or open_ticket_of(inbound, contact, follows=finding.follows)
    is_newcomer = not inbound.is_automatic and not is_participant(ticket, contact)
    message = add_incoming(
        ticket,
        inbound,
        contact,
        external_id=distinct_id(inbound) if digests else inbound.external_id[:500],
        reason=finding.reason,
        is_by_newcomer=is_newcomer,
        client_uuid=client_uuid,
    )
    record_coming(inbound, ticket, message, contact, is_new=finding.ticket is None)
    if not inbound.is_automatic:  # a newcomer brings nobody along: whom they name may know nothing of it
        brought = people if brings_people(inbound, finding) else []
        joining = [contact] if is_newcomer else [one for one in brought if one.pk != ticket.contact_id]
        join(ticket, joining, by=Actor.customer(contact))
    if finding.ticket:
        carry_on(ticket, message, contact, is_for_bot=inbound.is_for_bot)
    if inbound.forwarded_by:
        keep_forwarder_note(ticket, inbound)
    if contact.is_blocked and not finding.ticket:
        ticket = mark_spam(ticket, by=SYSTEM)
    return Receipt("appended" if finding.ticket else "created", ticket, message)


def brings_people(inbound: InboundMessage, finding: Finding) -> bool:
    """Not where a From line alone let it onto the ticket: whoever forged one would get copies of the answers."""
    return not finding.is_by_name or inbound.sender_check == Message.SenderCheck.PASS


def find_duplicate(inbound: InboundMessage) -> Message | None:
    """The stored copy of this message. Under one external id two different bodies are two messages."""
    copies = under_its_id(inbound).filter(body_digest=inbound.body_digest)
    return copies.select_related("ticket").first()


def digests_under_its_id(inbound: InboundMessage) -> list[str]:
    """Of what is stored under the id of this message, its own copy or others."""
    if not inbound.external_id:
        return []
    with connection.cursor() as cursor:  # every message asks this: plain SQL is half the work
        cursor.execute(DIGESTS, [inbound.inbox.pk, inbound.external_id[:500], distinct_id(inbound)])
        return [digest for (digest,) in cursor.fetchall()]


def under_its_id(inbound: InboundMessage) -> QuerySet[Message]:
    if not inbound.external_id:
        return Message.objects.none()
    ids = [inbound.external_id[:500], distinct_id(inbound)]
    return Message.objects.filter(inbox=inbound.inbox, external_id__in=ids)


def distinct_id(inbound: InboundMessage) -> str:
    return f"{inbound.external_id[:460]}#{inbound.body_digest[:32]}"


def contact_of(inbound: InboundMessage) -> Contact:
    """Who wrote, with the row locked."""
    sender = inbound.sender
    return find_or_create_contact(
        sender.kind,
        sender.value,
        name=clean_text(sender.name),
        email=sender.email,
        language=sender.language or inbound.language,
        is_verified=sender.is_verified,
        adopt=partial(adopt_address, inbound),
    )


def open_ticket_of(inbound: InboundMessage, contact: Contact, *, follows: Ticket | None) -> Ticket:
    now = clock.now()
    return Ticket.objects.create(
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
        waiting_since=None if inbound.is_for_bot or inbound.is_automatic else now,
        last_snippet=snippet_of(inbound.text),
    )


def add_incoming(
    ticket: Ticket,
    inbound: InboundMessage,
    contact: Contact,
    *,
    external_id: str,
    reason: str,
    is_by_newcomer: bool,
    client_uuid: object,
) -> Message:
    message = message_of(inbound, external_id=external_id, reason=reason, client_uuid=client_uuid)
    message.ticket, message.contact, message.author_name = ticket, contact, str(contact)[:120]
    message.is_by_newcomer = is_by_newcomer
    message.save(force_insert=True)
    attach_files(message, inbound.files)
    return message


def message_of(
    inbound: InboundMessage, *, external_id: str, reason: str, client_uuid: object = None
) -> Message:
    """What came in as the row it becomes, not stored yet: on which ticket and whose it is stands elsewhere."""
    now = clock.now()
    return Message(
        kind=Message.Kind.INCOMING,
        inbox=inbound.inbox,
        channel=inbound.inbox.kind,
        author_kind="customer",
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
        # Of a forwarded mail the check is about the forwarder, and so is the note.
        sender_check="" if inbound.forwarded_by else inbound.sender_check,
        user_id=inbound.forwarded_by,
        language=inbound.language,
        created_at=now,
        released_at=now,
    )


def record_coming(
    inbound: InboundMessage, ticket: Ticket, message: Message, contact: Contact, *, is_new: bool
) -> None:
    """The message's facts, and those of the ticket that it opened. They are of the contact whose ticket it is, whoever
    of those on it wrote: `by` says who."""
    by, facts = Actor.customer(contact), []
    if is_new:
        opened = {"started_by": "customer", "inbox": inbound.inbox.pk}
        facts.append(fact(names.TICKET_CREATED, by=by, ticket=ticket, data=opened))
    if is_new and not inbound.is_for_bot:
        facts.append(fact(names.TICKET_QUEUED, by=by, ticket=ticket))
    data = {"message": message.pk, **({"automatic": True} if inbound.is_automatic else {})}
    record_all(*facts, fact(names.MESSAGE_RECEIVED, by=by, ticket=ticket, data=data))


def carry_on(ticket: Ticket, message: Message, contact: Contact, *, is_for_bot: bool) -> None:
    """What a customer's further message does to its ticket: wakes it, reopens it, makes it wait for an answer."""
    by, now = Actor.customer(contact), clock.now()
    ticket.last_snippet = snippet_of(message.text)
    ticket.last_message_at = ticket.updated_at = now
    if not message.is_automatic:
        was_finished = ticket.status in FINISHED
        ticket.first_asked_at = ticket.first_asked_at or now
        if not is_for_bot:
            ticket.waiting_since = ticket.waiting_since or now
        if was_finished or ticket.status in (Ticket.Status.PENDING, Ticket.Status.ON_HOLD):
            ticket.status = Ticket.Status.OPEN
        if was_finished:
            ticket.closed_at = None
            record(names.TICKET_REOPENED, by=by, ticket=ticket)
        if ticket.snoozed_until:
            ticket.snoozed_until = None
            record(names.TICKET_WOKEN, by=by, ticket=ticket, data={"reason": "reply"})
        if ticket.trashed_at:
            ticket.trashed_at = None
            record(names.TICKET_RESTORED, by=by, ticket=ticket, data={"reason": "reply"})
        if ticket.queued_at is None and not is_for_bot:  # the team began it; now the customer asks
            ticket.queued_at = now
            record(names.TICKET_QUEUED, by=by, ticket=ticket)
    ticket.save(update_fields=CARRIED_ON)
