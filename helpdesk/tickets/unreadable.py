"""What can't be read is a ticket all the same, so that nobody waits unseen.

The ticket holds a note with the reason and the raw message, and stays a placeholder until a replay reads it. To the ledger
it begins only then: no ticket.created, ticket.queued or message.received is recorded for a placeholder, so that no figure
counts it as somebody seeking help, no trigger fires on it and no survey follows it. When it is read, those facts are
recorded as of the moment the message came in: the customer has waited since.
"""

import logging
from dataclasses import replace
from datetime import timedelta

from django.conf import settings
from django.db import InterfaceError, OperationalError, transaction
from django.urls import reverse
from django.utils import translation
from django.utils.module_loading import import_string
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from helpdesk import clock
from helpdesk.events import names
from helpdesk.events.actor import SYSTEM, Actor
from helpdesk.events.ledger import record
from helpdesk.inboxes.contract import InboundFile, InboundMessage, Salvage
from helpdesk.inboxes.models import Inbox, RawMessage
from helpdesk.notices.models import Notice
from helpdesk.notices.notifying import notify_admins
from helpdesk.people.contacts import find_or_create_contact, lock_contact
from helpdesk.people.models import Contact
from helpdesk.tickets.actions import reopen_ticket, set_ticket_status
from helpdesk.tickets.files import attach_file
from helpdesk.tickets.intake import Receipt, contact_of, find_duplicate, receive
from helpdesk.tickets.models import Message, Ticket
from helpdesk.tickets.text import clean_text, snippet_of

log = logging.getLogger(__name__)
# Marks the note (as its thread_reason) and, while nothing of it could be read, its ticket (in its attributes).
UNREADABLE = "unreadable"
REPLAY = "replay"  # why the message is on the ticket that stood for it
# So many from one sender within the hour have a ticket each; what comes on top goes onto the newest of them.
FLOOD, FLOOD_WITHIN = 20, timedelta(hours=1)


def show_unreadable(raw: RawMessage, reason: str) -> None:
    """Put `raw` on a ticket with its reason. Call it with the row locked, in the transaction that settles it.

    Nothing happens where it has its note already (a replay failed as well) and for kinds of inbox without a salvager.
    """
    if raw.message_id or raw.inbox.kind not in settings.RAW_SALVAGERS:
        return
    try:
        with transaction.atomic():
            place(raw, reason)
    except (OperationalError, InterfaceError):
        raise  # the database is away: all of it is tried again
    except Exception:  # the row must find its end whatever its bytes do; it still waits under Settings
        log.exception("no ticket for the unreadable raw message %s", raw.pk)
        raw.ticket = raw.message = None


def place(raw: RawMessage, reason: str) -> None:
    salvage = import_string(settings.RAW_SALVAGERS[raw.inbox.kind])(raw)
    sender = salvage.sender
    contact = find_or_create_contact(sender.kind, sender.value, name=clean_text(sender.name))
    contact = lock_contact(contact.pk)
    if same := same_bytes(raw):  # its server did not hear our yes and sent it again
        raw.outcome, raw.reason = RawMessage.Outcome.DUPLICATE, f"The same mail as raw message {same.pk}."
        raw.ticket_id, raw.message_id = same.ticket_id, same.message_id
        return
    with translation.override(raw.inbox.language):
        ticket = ticket_of_flood(contact, raw.inbox) or open_placeholder(raw, salvage, contact)
        note = add_note_about(raw, reason, salvage, ticket)
    raw.ticket, raw.message = ticket, note
    notify_admins(
        Notice.Kind.UNREADABLE,
        key=f"ticket:{ticket.pk}",  # a flood on one ticket tells once
        title=gettext_lazy("A mail could not be read"),
        text=f"{raw.inbox}: {salvage.subject or sender.name or sender.value}\n{reason}",
        url=reverse("desk:ticket", args=[ticket.pk]),
        ticket_id=ticket.pk,
    )


def same_bytes(raw: RawMessage) -> RawMessage | None:
    """The same once more, which waits on a ticket already. The contact is locked."""
    waiting = RawMessage.objects.filter(
        inbox=raw.inbox, digest=raw.digest, outcome=RawMessage.Outcome.QUARANTINED
    )
    return waiting.exclude(pk=raw.pk).exclude(message=None).defer("body").order_by("pk").first()


def ticket_of_flood(contact: Contact, inbox: Inbox) -> Ticket | None:
    """The newest placeholder of a sender who fills the list with them. The contact is locked."""
    late = RawMessage.objects.filter(
        outcome=RawMessage.Outcome.QUARANTINED,
        received_at__gt=clock.now() - FLOOD_WITHIN,
        inbox=inbox,
        ticket__contact=contact,
    )
    if late.count() < FLOOD:
        return None
    placeholders = Ticket.objects.of(contact).filter(inbox=inbox, attributes__has_key=UNREADABLE)
    return placeholders.select_for_update(of=("self",)).awake().order_by("-pk").first()


def open_placeholder(raw: RawMessage, salvage: Salvage, contact: Contact) -> Ticket:
    now = clock.now()
    what = clean_text(salvage.subject) or str(contact)
    return Ticket.objects.create(
        subject=Truncator(_("Could not be read: %(what)s") % {"what": what}).chars(250),
        inbox=raw.inbox,
        channel=raw.inbox.kind,
        department_id=raw.inbox.department_id,
        contact=contact,
        attributes={UNREADABLE: raw.pk},
        follow_up_of_id=salvage.ticket_id,
        created_at=now,
        updated_at=now,
        last_message_at=now,
        waiting_since=now,  # of the team's list, no figure: somebody waits, and a person has to look
    )


def add_note_about(raw: RawMessage, reason: str, salvage: Salvage, ticket: Ticket) -> Message:
    """Why it could not be read, with the message as it came; and what that does to the list."""
    now = clock.now()
    note = Message.objects.create(
        ticket=ticket,
        kind=Message.Kind.NOTE,
        inbox=raw.inbox,
        channel=raw.inbox.kind,
        author_kind=SYSTEM.kind,
        text=clean_text(reason),
        thread_reason=UNREADABLE,
        is_automatic=True,
        created_at=now,
        released_at=now,
    )
    attach_file(note, InboundFile(salvage.file_name, salvage.content_type, bytes(raw.body)))
    ticket.last_message_at = ticket.updated_at = now
    ticket.last_snippet = snippet_of(reason)
    ticket.save(update_fields=["last_message_at", "updated_at", "last_snippet"])
    return note


def note_about(raw: RawMessage) -> Message | None:
    """The note that stands for this raw message, where it could not be read before."""
    if raw.message_id is None:
        return None
    notes = Message.objects.select_related("ticket")
    return notes.filter(pk=raw.message_id, kind=Message.Kind.NOTE, thread_reason=UNREADABLE).first()


def receive_in_place(inbound: InboundMessage, note: Message, raw: RawMessage) -> Receipt:
    """Put the message, read at last, on the ticket that stood for it. A copy that came by another way stays where it is."""
    contact = contact_of(inbound)
    if find_duplicate(inbound):
        return receive(inbound)
    ticket = Ticket.objects.select_for_update(of=("self",)).get(pk=note.ticket_id)
    begins = UNREADABLE in ticket.attributes
    if begins:
        begin_ticket_at_last(ticket, inbound, contact, raw)
    receipt = receive(replace(inbound, ticket_id=ticket.pk, ticket_reason=REPLAY, begins_ticket=False))
    return replace(receipt, outcome="created") if begins else receipt


def begin_ticket_at_last(ticket: Ticket, inbound: InboundMessage, contact: Contact, raw: RawMessage) -> None:
    """Make a placeholder the ticket it would have been, with the facts that begin one, as of when the mail came in."""
    by, came_at = Actor.customer(contact), raw.received_at
    ticket.contact = contact
    ticket.subject = clean_text(inbound.subject)[:250] or Truncator(snippet_of(inbound.text)).chars(80)
    ticket.language = inbound.language or contact.language
    rest = {key: value for key, value in ticket.attributes.items() if key != UNREADABLE}
    ticket.attributes = rest | inbound.attributes
    ticket.queued_at = ticket.first_asked_at = came_at
    ticket.waiting_since = came_at
    ticket.save()
    data = {"started_by": "customer", "inbox": raw.inbox_id}
    record(names.TICKET_CREATED, by=by, ticket=ticket, data=data, occurred_at=came_at)
    record(names.TICKET_QUEUED, by=by, ticket=ticket, occurred_at=came_at)
    reopen_ticket(ticket, by=by)


def note_reading(note: Message, raw: RawMessage, *, by: Actor) -> None:
    """Say on the ticket what became of it. Where the customer has said nothing there and nothing else waits, it closes."""
    data = {"raw": raw.pk, "message": note.pk, "outcome": raw.outcome, "reason": raw.reason}
    record(names.INBOUND_READ, by=by, ticket=note.ticket, data=data)
    ticket = Ticket.objects.select_for_update(of=("self",)).get(pk=note.ticket_id)
    waits = RawMessage.objects.filter(
        outcome=RawMessage.Outcome.QUARANTINED, message__ticket=ticket, message__thread_reason=UNREADABLE
    )
    said = ticket.messages.filter(kind=Message.Kind.INCOMING)
    if UNREADABLE in ticket.attributes and not said.exists() and not waits.exclude(pk=raw.pk).exists():
        set_ticket_status(ticket, status=Ticket.Status.CLOSED, by=SYSTEM)
