"""One ticket that turns out to be two: a message, and those after it where wanted, become a ticket of their own.

Its facts are told anew with the times at which they happened, so that the new conversation began when its first message
was asked and waiting is measured from there. They carry `again`, and triggers do not hear them. The old ticket's facts
stay. Merging the two again takes it back.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from helpdesk import clock
from helpdesk.errors import Invalid
from helpdesk.events import names
from helpdesk.events.actor import Actor
from helpdesk.events.ledger import record
from helpdesk.inboxes.models import Inbox
from helpdesk.people.models import Contact
from helpdesk.tickets.actions import refuse_merged
from helpdesk.tickets.durations import business_seconds, seconds_between
from helpdesk.tickets.merging import movable, move_messages
from helpdesk.tickets.models import Message, Ticket
from helpdesk.tickets.participants import remove_participant
from helpdesk.tickets.recounting import recount
from helpdesk.tickets.subjects import without_number
from helpdesk.tickets.text import snippet_of

AGAIN = {"again": True}


def split_ticket(message: Message, *, with_later: bool = False, by: Actor) -> Ticket:
    """Move a customer's message, `with_later` everything after it too, to a new ticket of whoever wrote it.

    Returns the new ticket, which follows the old one (`follow_up_of`). Raises Invalid where it is no customer's message,
    where nothing public would be left, and where another customer's chat would come along.
    """
    with transaction.atomic():
        ticket = Ticket.objects.select_for_update(of=("self",)).get(pk=message.ticket_id)
        refuse_merged(ticket)
        first = ticket.messages.select_related("contact", "inbox").filter(pk=message.pk).first()
        if first is None or first.kind != Message.Kind.INCOMING:
            raise Invalid(_("Only a customer's message can be split off."), field="message")
        moving = those_after(first) if with_later else [first]
        refuse_unfit(ticket, first, moving)
        fresh = open_split(ticket, first, began_in(moving))
        moved = move_messages([one.pk for one in moving], ticket, fresh)
        part_newcomers(ticket, moving, by)
        tell_created(fresh, ticket, by)
        tell_messages(fresh, moving)
        recount(fresh)
        recount(ticket)
        record(names.TICKET_SPLIT, by=by, ticket=ticket, data={"to": fresh.pk, "messages": moved})
        record(names.TICKET_SPLIT, by=by, ticket=fresh, data={"out_of": ticket.pk})
    return fresh


def those_after(first: Message) -> list[Message]:
    """The message and every later one of its ticket, in their order."""
    later = Q(created_at__gt=first.created_at) | Q(created_at=first.created_at, pk__gte=first.pk)
    rows = movable(first.ticket).filter(later).select_related("contact", "inbox")
    return list(rows.order_by("created_at", "id"))


def refuse_unfit(ticket: Ticket, first: Message, moving: list[Message]) -> None:
    left = ticket.messages.public().exclude(pk__in=[one.pk for one in moving])
    if not left.exists():
        raise Invalid(_("Nothing would be left of this conversation."), field="message")
    if first.contact_id not in (None, ticket.contact_id):
        by_mail = (Inbox.Kind.EMAIL, Inbox.Kind.API, Inbox.Kind.PHONE)
        if any(one.is_public and one.channel not in by_mail for one in moving):
            raise Invalid(_("A chat with another customer would come along."), field="message")


def began_in(moving: list[Message]) -> Inbox:
    """The inbox of the first; where some of it was said in a chat, that chat: its widget shows no other tickets."""
    chats = (one.inbox for one in moving if one.is_public and one.channel == Inbox.Kind.WEBCHAT)
    return next(chats, moving[0].inbox)


def open_split(ticket: Ticket, first: Message, inbox: Inbox) -> Ticket:
    asked_at = first.created_at
    contact = first.contact or ticket.contact
    return Ticket.objects.create(
        subject=without_number(first.subject or ticket.subject)
        or Truncator(snippet_of(first.text)).chars(80),
        inbox=inbox,
        channel=inbox.kind,
        department=ticket.department,
        contact=contact,
        language=first.language or ticket.language,
        attributes=answer_to(ticket, contact),
        follow_up_of=ticket,
        created_at=asked_at,
        updated_at=clock.now(),
        last_message_at=asked_at,
        first_asked_at=asked_at,
        queued_at=queued_at(ticket, asked_at),
    )


def part_newcomers(ticket: Ticket, moved: Iterable[Message], by: Actor) -> None:
    """Who came onto the ticket by a message that has gone, and has written nothing else there, gets no more answers."""
    came = {one.contact_id for one in moved if one.is_by_newcomer and one.contact_id}
    stay = ticket.messages.filter(kind=Message.Kind.INCOMING, contact__in=came)
    for contact_id in sorted(came.difference(stay.values_list("contact", flat=True))):
        remove_participant(ticket, contact_id=contact_id, by=by)


def answer_to(ticket: Ticket, contact: Contact) -> dict[str, str]:
    """The Reply-To that its requester had asked for holds for what was split off of theirs."""
    wanted = ticket.attributes.get("answer_to")
    return {"answer_to": wanted} if wanted and contact.pk == ticket.contact_id else {}


def queued_at(ticket: Ticket, asked_at: datetime) -> datetime:
    """When it was asked; but not while the bot still had it: then it waits for the team from now on."""
    return asked_at if ticket.queued_at and ticket.queued_at <= asked_at else clock.now()


def tell_created(fresh: Ticket, ticket: Ticket, by: Actor) -> None:
    data = {"started_by": "customer", "inbox": fresh.inbox_id, **AGAIN}
    record(names.TICKET_CREATED, by=by, ticket=fresh, data=data, occurred_at=fresh.created_at)
    record(names.TICKET_QUEUED, by=by, ticket=fresh, data=AGAIN, occurred_at=fresh.queued_at)


def tell_messages(fresh: Ticket, moved: Iterable[Message]) -> None:
    """What the customer asked and the team answered, as facts of the new ticket at their own times."""
    for message in moved:
        if message.kind == Message.Kind.INCOMING:
            tell_asked(fresh, message)
        elif message.kind == Message.Kind.OUTGOING and message.released_at:
            tell_answered(fresh, message)


def tell_asked(fresh: Ticket, message: Message) -> None:
    data = {"message": message.pk, **AGAIN, **({"automatic": True} if message.is_automatic else {})}
    by = Actor("customer", message.contact_id, message.author_name)
    record(names.MESSAGE_RECEIVED, by=by, ticket=fresh, data=data, occurred_at=message.created_at)


def tell_answered(fresh: Ticket, message: Message) -> None:
    by, at = Actor(message.author_kind, message.user_id, message.author_name), message.released_at
    is_human = by.kind == "agent"
    is_first = is_human and fresh.first_replied_at is None
    since = fresh.queued_at
    record(
        names.MESSAGE_REPLIED if is_human else names.MESSAGE_AUTOREPLIED,
        by=by,
        ticket=fresh,
        channel=message.channel,
        value=seconds_between(since, at) if is_first else None,
        business_value=business_seconds(since, at, fresh.department_id) if is_first else None,
        data={"message": message.pk, "first": is_first, **AGAIN},
        occurred_at=at,
    )
    if is_first:
        fresh.first_replied_at, fresh.status = at, Ticket.Status.OPEN
        fresh.save(update_fields=["first_replied_at", "status"])
