"""Phone calls: written down on a ticket, or as a new one.

A call that was answered is an answer by a person: nobody waits any more, and the first one of a ticket whose customer waited
ends that waiting for the figures, too. Where a ticket begins with a call they talked at once, so there is no response time.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from helpdesk import clock
from helpdesk.errors import Conflict, Invalid, NotAllowed
from helpdesk.events import names
from helpdesk.events.actor import Actor
from helpdesk.events.ledger import record
from helpdesk.inboxes.models import Inbox
from helpdesk.people.contacts import lock_contact
from helpdesk.people.models import Contact, User
from helpdesk.tickets.actions import refuse_merged
from helpdesk.tickets.models import Message, PhoneCall, Ticket
from helpdesk.tickets.one_person import contacts_visible_to
from helpdesk.tickets.text import clean_text, snippet_of
from helpdesk.tickets.writing import add_message, checked_text, pressed_before

PHONE = Inbox.Kind.PHONE
NUMBER = re.compile(r"[+(]?[\d\s().\-/]{3,38}\d")
LONGEST = timedelta(hours=12)
OLDEST = timedelta(days=31)
CHANGED_WITHIN = timedelta(hours=1)


@dataclass(frozen=True)
class Call:
    """`direction` as PhoneCall has it; `seconds` of talking, 0 where nobody answered; `text` is what was said."""

    direction: str
    number: str
    started_at: datetime
    seconds: int
    text: str
    recording: str = ""


def log_call(ticket: Ticket, call: Call, *, by: Actor, client_uuid: UUID | None = None) -> Message:
    """Write a call down on the ticket, where only the team reads it. The same `client_uuid` again returns what is there.

    Raises Invalid for what no call can be, and TicketIsMerged.
    """
    call = checked(call)
    with transaction.atomic():
        ticket = Ticket.objects.select_for_update(of=("self",)).get(pk=ticket.pk)
        refuse_merged(ticket)
        if known := pressed_before(ticket, client_uuid, call.text):
            return known
        return add_call(ticket, call, by=by, client_uuid=client_uuid)


def begin_call_ticket(
    contact: Contact,
    call: Call,
    *,
    subject: str,
    by: Actor,
    department: Any = None,
    client_uuid: UUID | None = None,
) -> Ticket:
    """A new ticket of the channel `phone`, which is the writer's. What is answered in writing goes by mail, where the customer
    has an address. The same words under the same `client_uuid` begin one ticket."""
    call = checked(call)
    if not subject.strip():
        raise Invalid(_("Write a subject."), field="subject")
    with transaction.atomic():
        contact = lock_contact(contact.pk)
        begun = Message.objects.filter(ticket__contact=contact, client_uuid=client_uuid, text=call.text)
        if client_uuid and (known := begun.select_related("ticket").first()):
            return known.ticket
        inbox, at = inbox_for(department), call.started_at
        started_by = "customer" if call.direction == PhoneCall.Direction.INCOMING else by.kind
        ticket = Ticket.objects.create(
            subject=clean_text(subject)[:250],
            status=Ticket.Status.OPEN,
            inbox=inbox,
            channel=PHONE,
            department=department or inbox.department,
            contact=contact,
            assignee_id=by.id if by.kind == "agent" else None,
            language=contact.language,
            created_at=at,
            updated_at=clock.now(),
            last_message_at=clock.now(),
            first_asked_at=at if started_by == "customer" else None,
        )
        data = {"started_by": started_by, "inbox": inbox.pk}
        record(names.TICKET_CREATED, by=by, ticket=ticket, data=data, occurred_at=at)
        add_call(ticket, call, by=by, client_uuid=client_uuid)
    return ticket


def add_call(ticket: Ticket, call: Call, *, by: Actor, client_uuid: UUID | None) -> Message:
    """Call it with the ticket locked."""
    at = max(call.started_at, ticket.created_at)
    message = add_message(
        ticket,
        Message.Kind.NOTE,
        call.text,
        by=by,
        inbox=ticket.inbox,
        client_uuid=client_uuid,
        state="received",
    )
    message.channel, message.created_at = PHONE, at
    message.save(update_fields=["channel", "created_at"])
    PhoneCall.objects.create(message=message, started_at=at, logged_at=clock.now(), **fields_of(call))
    if call.seconds:
        mark_called(ticket, at)
    ticket.updated_at = clock.now()
    if ticket.channel == PHONE:  # nothing public stands there: lists show what was said
        ticket.last_message_at, ticket.last_snippet = ticket.updated_at, snippet_of(call.text)
    ticket.save()
    record(
        names.CALL_LOGGED,
        by=by,
        ticket=ticket,
        channel=PHONE,
        value=call.seconds,
        data={"message": message.pk, "direction": call.direction},
        occurred_at=at,
    )
    return message


def mark_called(ticket: Ticket, at: datetime) -> None:
    """They talked: whoever waited before that waits no more."""
    if ticket.waiting_since and ticket.waiting_since <= at:
        ticket.waiting_since = None
    ticket.first_replied_at = ticket.first_replied_at or at
    if ticket.status == Ticket.Status.NEW:
        ticket.status = Ticket.Status.OPEN


def change_call(message: Message, call: Call, *, by: Actor) -> Message:
    """Correct what was written down; its moment and direction stay, and whether they talked. Raises NotAllowed for whoever did
    not write it, and Conflict after an hour."""
    call = checked(call)
    with transaction.atomic():
        fresh = (
            Message.objects.select_for_update(of=("self",))
            .select_related("call", "ticket")
            .get(pk=message.pk)
        )
        if not is_writer(fresh, by):
            raise NotAllowed
        if clock.now() - fresh.call.logged_at > CHANGED_WITHIN:
            raise Conflict(_("It was written down more than an hour ago: write a note instead."))
        held = fresh.call
        if bool(call.seconds) != held.is_answered:
            raise Invalid(_("Whether they talked can't be changed: log another call."), field="seconds")
        fresh.text, held.number, held.seconds, held.recording = (
            call.text,
            call.number,
            call.seconds,
            call.recording,
        )
        fresh.save(update_fields=["text"])
        held.save(update_fields=["number", "seconds", "recording"])
        if fresh.ticket.channel == PHONE:
            Ticket.objects.filter(pk=fresh.ticket_id).update(last_snippet=snippet_of(call.text))
        data = {"message": fresh.pk}
        record(names.CALL_CHANGED, by=by, ticket=fresh.ticket, channel=PHONE, value=call.seconds, data=data)
    return fresh


def is_writer(message: Message, by: Actor) -> bool:
    return by.kind == "agent" and message.user_id == by.id


def may_change(message: Message, by: Actor) -> bool:
    return is_writer(message, by) and clock.now() - message.call.logged_at <= CHANGED_WITHIN


def fields_of(call: Call) -> dict[str, Any]:
    return {
        "direction": call.direction,
        "number": call.number,
        "seconds": call.seconds,
        "recording": call.recording,
    }


def checked(call: Call) -> Call:
    """The same, tidied. Raises Invalid, with the field."""
    number, now = call.number.strip(), clock.now()
    if call.direction not in PhoneCall.Direction.values:
        raise Invalid(_("Say who called whom."), field="direction")
    if number and not NUMBER.fullmatch(number):
        raise Invalid(_("This is no phone number: %(number)s") % {"number": number}, field="number")
    if call.started_at > now + timedelta(minutes=1):
        raise Invalid(_("This lies in the future."), field="started_at")
    if call.started_at < now - OLDEST:
        raise Invalid(_("This is more than a month ago."), field="started_at")
    if not 0 <= call.seconds <= LONGEST.total_seconds():
        raise Invalid(_("At most twelve hours."), field="seconds")
    text = checked_text(call.text, ())
    return Call(call.direction, number, min(call.started_at, now), call.seconds, text, call.recording.strip())


def inbox_for(department: Any) -> Inbox:
    """By which a caller is answered in writing: the department's mail inbox, else the first; without any, one for programs."""
    mails = Inbox.objects.filter(kind=Inbox.Kind.EMAIL, is_active=True).exclude(address="").order_by("pk")
    own = mails.filter(department=department).first() if department else None
    other = Inbox.objects.filter(kind=Inbox.Kind.API, is_active=True).order_by("pk").first
    return own or mails.first() or other() or Inbox.objects.create(kind=Inbox.Kind.API, name="API")


def caller(number: str, *, name: str = "", user: User) -> Contact:
    """The customer with this telephone number of whom `user` may see something, whoever was here last; else somebody new."""
    known = contacts_visible_to(user).by_phone(number).order_by("-last_seen_at", "-pk").first()
    return known or Contact.objects.create(name=name[:120], phone=number[:40], last_seen_at=clock.now())
