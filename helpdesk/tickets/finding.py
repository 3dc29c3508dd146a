"""Which ticket a customer's message belongs to. The order of trust, and what each rule asks for, is in docs/email.md.

Whoever joins a ticket sees nothing of it by that: only what a teammate answers to all, and whom that reaches stands
above the composer.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import connection

from helpdesk import clock
from helpdesk.inboxes.contract import InboundMessage
from helpdesk.inboxes.models import Inbox
from helpdesk.people.models import Contact
from helpdesk.tickets.models import Message, Ticket
from helpdesk.tickets.participants import is_known_on
from helpdesk.tickets.subjects import answers_something, are_close, bare_subject

# A customer who writes on a finished ticket later than this begins a new one, linked to the old.
REOPEN_WITHIN = timedelta(days=settings.REOPEN_WITHIN_DAYS)
NEW_SUBJECT_AFTER = timedelta(days=settings.NEW_SUBJECT_AFTER_DAYS)
# Chat and social messages name no ticket: they go on with the last one unless it ended longer ago.
CONTINUE_WITHIN = timedelta(days=3)
CONTINUOUS = ("webchat", "telegram")
MOST_REFERENCES = 500
# Every answer asks these two: plain SQL is half the work.
STANDING = "SELECT * FROM tickets_ticket WHERE id = %s AND merged_into_id IS NULL FOR UPDATE"
HELD = "SELECT external_id, ticket_id, kind FROM tickets_message WHERE external_id = ANY(%s) AND channel = %s"

# Why a message is on its ticket; the desk says them in words (desk/reasons.py).
ADDRESS, REFERENCE, SUBJECT, CONVERSATION, API = "address", "reference", "subject", "conversation", "api"
NEW, NEW_OVER, NEW_SUBJECT, NEW_STRANGER = "new", "new_over", "new_subject", "new_stranger"


@dataclass(frozen=True)
class Finding:
    """Where a message goes on (None: on a new ticket), why, and the ticket that a new one follows.

    `is_by_name`: only because the sender is on that ticket, and a From line proves nothing.
    """

    ticket: Ticket | None
    reason: str
    follows: Ticket | None = None
    is_by_name: bool = False


def find_ticket(inbound: InboundMessage, contact: Contact) -> Finding:
    """The ticket this message belongs to, locked, and why, in the order of trust."""
    if inbound.begins_ticket:
        return Finding(None, "")
    named = named_ticket(inbound, contact)
    if (
        named.ticket is None or inbound.is_automatic
    ):  # a machine's mail is filed where it points, and opens nothing
        return named
    if is_over(named.ticket):
        return Finding(None, NEW_OVER, follows=named.ticket)
    if is_other_matter(inbound, named.ticket):
        return Finding(None, NEW_SUBJECT, follows=named.ticket)
    return named


def named_ticket(inbound: InboundMessage, contact: Contact) -> Finding:
    """The ticket that the message names, by the first rule that holds."""
    if inbound.ticket_id and (ticket := lock_standing(inbound.ticket_id)):
        return Finding(ticket, inbound.ticket_reason or ADDRESS)
    reason = NEW if inbound.inbox.kind == Inbox.Kind.EMAIL else ""
    if inbound.replies_to:
        ticket_id, is_by_name = ticket_of_references(inbound, contact)
        if ticket_id and (ticket := lock_standing(ticket_id)):
            return Finding(ticket, REFERENCE, is_by_name=is_by_name)
        reason = NEW_STRANGER if is_by_name else reason
    if inbound.subject_ticket_id and is_trusted(inbound):
        ticket = lock_standing(inbound.subject_ticket_id)
        if ticket and is_known_on(ticket.pk, contact):
            return Finding(ticket, SUBJECT, is_by_name=True)
    if inbound.inbox.kind in CONTINUOUS and (ticket := going_on(inbound, contact)):
        return Finding(ticket, CONVERSATION)
    return Finding(None, reason)


def lock_standing(ticket_id: int) -> Ticket | None:
    """The ticket, or the one it was merged into, locked. One that is gone is not locked: two who lock in the order
    of numbers, as merging does, and one who goes from ticket to ticket could wait for each other."""
    wanted: int | None = ticket_id
    while wanted:
        if ticket := next(iter(Ticket.objects.raw(STANDING, [wanted])), None):
            return ticket
        wanted = Ticket.objects.filter(pk=wanted).values_list("merged_into", flat=True).first()
    return None


def ticket_of_references(inbound: InboundMessage, contact: Contact) -> tuple[int | None, bool]:
    """The ticket of the nearest message among those that this one answers; and whether none of them is a mail of ours on
    that ticket. Where there is no ticket: whether it quotes one that its sender has nothing to do with.

    Our own Message-IDs can't be guessed: whoever names one was sent it, or handed it on. Those of customers can, so
    they count only from somebody who is on that ticket. Only of its own kind of channel: chat and message numbers of
    others can be guessed too.
    """
    nearest = inbound.replies_to[:MOST_REFERENCES]
    found = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(HELD, [nearest, inbound.inbox.kind])
        for external_id, ticket_id, kind in cursor.fetchall():
            found[external_id].append((ticket_id, kind))
    strange: set[int] = set()
    sent_from = {ticket for rows in found.values() for ticket, kind in rows if kind in Message.SENT_KINDS}
    for ticket_id, kind in (row for one_id in nearest for row in found.get(one_id, ())):
        if kind in Message.SENT_KINDS:
            return ticket_id, False
        if ticket_id in strange:
            continue
        if is_trusted(inbound) and is_known_on(ticket_id, contact):
            return ticket_id, ticket_id not in sent_from
        strange.add(ticket_id)
    return None, bool(strange)


def is_trusted(inbound: InboundMessage) -> bool:
    """Whether the sender's address may stand for the person: not where their own domain denies having sent it."""
    return inbound.sender_check != Message.SenderCheck.FAIL


def going_on(inbound: InboundMessage, contact: Contact) -> Ticket | None:
    """The last conversation by this channel, where it has not ended too long ago."""
    own = Ticket.objects.of(contact).filter(inbox=inbound.inbox).order_by("-last_message_at", "-id")
    last_id = own.values_list("pk", flat=True).first()
    last = lock_standing(last_id) if last_id else None
    if last and (not last.is_finished or clock.now() - last.closed_at < CONTINUE_WITHIN):
        return last
    return None


def is_over(ticket: Ticket) -> bool:
    """Finished so long ago that another message is another matter."""
    return has_rested(ticket, REOPEN_WITHIN)


def has_rested(ticket: Ticket, how_long: timedelta) -> bool:
    return ticket.is_finished and ticket.closed_at is not None and clock.now() - ticket.closed_at > how_long


def is_other_matter(inbound: InboundMessage, ticket: Ticket) -> bool:
    """Somebody took an old mail to hand to write of something else: a subject of its own, some days after closing."""
    if inbound.inbox.kind != Inbox.Kind.EMAIL or not has_rested(ticket, NEW_SUBJECT_AFTER):
        return False
    if not bare_subject(inbound.subject) or answers_something(inbound.subject):
        return False
    said = ticket.messages.exclude(subject="").values_list("subject", flat=True).distinct()
    return not any(are_close(inbound.subject, known) for known in (ticket.subject, *said[:50]))
