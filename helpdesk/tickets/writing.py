"""What the team writes: answers, notes, and tickets it begins. An answer is a row before it is sent."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from helpdesk import clock
from helpdesk.errors import Conflict, Invalid
from helpdesk.events import names
from helpdesk.events.actor import Actor
from helpdesk.events.ledger import record
from helpdesk.inboxes.contract import InboundFile, Sender
from helpdesk.inboxes.models import Inbox
from helpdesk.people.contacts import lock_contact
from helpdesk.people.models import Contact, User
from helpdesk.tickets.actions import refuse_merged
from helpdesk.tickets.addressees import add_deliveries
from helpdesk.tickets.budgets import may_answer_alone
from helpdesk.tickets.delivery import queue_delivery, release, transport_of
from helpdesk.tickets.files import attach_files
from helpdesk.tickets.models import Mention, Message, Ticket
from helpdesk.tickets.models.message import LONGEST_CHOICE
from helpdesk.tickets.participants import (
    Recipients,
    checked_recipients,
    contacts_of,
    default_recipients,
    each_once,
    join,
    parted_among,
)
from helpdesk.tickets.text import clean_text
from helpdesk.tickets.ways import inbox_of_answer

LONGEST_TEXT = 100_000
NOBODY_NAMED = Recipients(())


def reply(
    ticket: Ticket,
    text: str,
    *,
    by: Actor,
    html: str = "",
    files: Iterable[InboundFile] = (),
    client_uuid: UUID | None = None,
    undo_seconds: int = 0,
    last_seen: int | None = None,
    closes: bool = False,
    to: Sequence[str] | None = None,
    cc: Sequence[str] = (),
    seen_people: Sequence[str] = (),
    seen_channel: str = "",
    way: Inbox | None = None,
    choices: Sequence[str] = (),
) -> Message | None:
    """Answer the customer by the channel the ticket's last customer message came by, or by `way`, one of reach_of(ticket).

    The answer is stored `queued` and handed over by a job; with `undo_seconds` it can be taken back
    until then, and neither customer nor figures see it before. `last_seen` is the id of the newest
    message the writer has seen: where the customer wrote since, Conflict is raised and nothing is
    stored. The same `client_uuid` again returns the message that is there already. With `closes` the
    ticket is closed when the answer goes, unless the customer wrote while it could be taken back.

    A mail goes to `to` and, in copy, to `cc`, exactly; whoever of them was not on the ticket joins it. Where `to` is
    None it goes to the requester with everybody else on the ticket in copy, a machine's to the requester alone.
    `seen_people` are the addresses and `seen_channel` the way that the writer was shown: Conflict is raised where it goes
    to one of them who has left the ticket since, or by another way.

    `choices` are what the customer may answer with one tap.

    None, and nothing is stored, only where no person of the team writes and a machine may not (budgets.py).
    """
    text = checked_text(text, files)
    is_alone = by.kind != "agent"
    chosen = checked_recipients(to, cc) if to is not None else None
    with transaction.atomic():
        people = newcomers_among(ticket, chosen) if chosen else []
        if is_alone:  # its budget is counted: nobody else may write to this customer meanwhile
            lock_contact(ticket.contact_id)
        ticket = Ticket.objects.select_for_update(of=("self",)).get(pk=ticket.pk)
        refuse_merged(ticket)
        if known := pressed_before(ticket, client_uuid, text):
            return known
        refuse_if_changed(ticket, last_seen)
        inbox = way or inbox_of_answer(ticket)
        refuse_other_way(inbox, seen_channel)
        refuse_parted(ticket, chosen, seen_people)
        if is_alone and not may_answer_alone(ticket, inbox):
            return None
        recipients = recipients_of(ticket, inbox, chosen, by)
        message = add_message(
            ticket,
            Message.Kind.OUTGOING,
            text,
            by=by,
            html=html,
            client_uuid=client_uuid,
            inbox=inbox,
            contact=ticket.contact if reaches_requester(ticket, recipients) else None,
            to=list(recipients.to),
            cc=list(recipients.cc),
            state=Message.State.QUEUED,
            next_attempt_at=clock.now() + timedelta(seconds=undo_seconds),
            closes_ticket=closes,
            choices=[choice[:LONGEST_CHOICE] for choice in choices],
        )
        join(ticket, people, by=by)
        attach_files(message, files)
        if address := transport_of(message).address_of(message):
            message.external_id = address
            message.save(update_fields=["external_id"])
        add_deliveries(message)
        if undo_seconds:
            record(names.MESSAGE_QUEUED, by=by, ticket=ticket, data={"message": message.pk})
        else:
            release(message, ticket, by=by)
            queue_delivery(message)
    return message


def add_note(
    ticket: Ticket,
    text: str,
    *,
    by: Actor,
    html: str = "",
    files: Iterable[InboundFile] = (),
    client_uuid: UUID | None = None,
    mentions: Iterable[User] = (),
    members: Iterable[User] = (),
) -> Message:
    """Write a note that only the team sees. `mentions` are named in it, `members` are in a department that is."""
    text = checked_text(text, files)
    with transaction.atomic():
        ticket = Ticket.objects.select_for_update(of=("self",)).get(pk=ticket.pk)
        refuse_merged(ticket)
        if known := pressed_before(ticket, client_uuid, text):
            return known
        message = add_message(
            ticket,
            Message.Kind.NOTE,
            text,
            by=by,
            html=html,
            client_uuid=client_uuid,
            inbox=ticket.inbox,
            state=Message.State.RECEIVED,
        )
        attach_files(message, files)
        ticket.updated_at = clock.now()
        ticket.save(update_fields=["updated_at"])
        mentioned = list(dict.fromkeys(user.pk for user in mentions))
        called = [pk for pk in dict.fromkeys(user.pk for user in members) if pk not in mentioned]
        note_mentions(message, [*mentioned, *called])
        data = {"message": message.pk, "mentions": mentioned} | ({"members": called} if called else {})
        record(names.MESSAGE_NOTED, by=by, ticket=ticket, data=data)
    return message


def note_mentions(note: Message, users: list[int]) -> None:
    Mention.objects.bulk_create(
        [Mention(user_id=pk, ticket_id=note.ticket_id, message_id=note.pk) for pk in users],
        update_conflicts=True,
        unique_fields=["user", "ticket"],
        update_fields=["message_id"],
    )


def begin_ticket(
    *,
    contact: Contact,
    inbox: Inbox,
    subject: str,
    text: str,
    by: Actor,
    department: Any = None,
    attributes: dict[str, str] | None = None,
    client_uuid: UUID | None = None,
) -> Ticket:
    """Write to a customer first. It is no support-seeking until the customer answers, so it is not queued.

    `attributes`: where they are on our site, as a chat that they begin has it. The same words under the same `client_uuid`
    are the second press of a button: the ticket that the first one began is returned."""
    text = checked_text(text, ())
    if not subject.strip():
        raise Invalid(_("Write a subject."), field="subject")
    with transaction.atomic():
        now, contact = clock.now(), lock_contact(contact.pk)
        begun = Message.objects.filter(ticket__contact=contact, client_uuid=client_uuid, text=text)
        if client_uuid and (known := begun.select_related("ticket").first()):
            return known.ticket
        ticket = Ticket.objects.create(
            subject=clean_text(subject)[:250],
            status=Ticket.Status.OPEN,
            inbox=inbox,
            channel=inbox.kind,
            department=department or inbox.department,
            contact=contact,
            assignee_id=by.id if by.kind == "agent" else None,
            language=contact.language,
            attributes=attributes or {},
            created_at=now,
            updated_at=now,
            last_message_at=now,
        )
        record(names.TICKET_CREATED, by=by, ticket=ticket, data={"started_by": by.kind, "inbox": inbox.pk})
        reply(ticket, text, by=by, client_uuid=client_uuid)
    ticket.refresh_from_db()
    return ticket


def checked_text(text: str, files: Iterable[InboundFile]) -> str:
    text = clean_text(text).strip()
    if not text and not files:
        raise Invalid(_("Write something first."), field="text")
    if len(text) > LONGEST_TEXT:
        raise Invalid(_("At most %(most)s characters.") % {"most": LONGEST_TEXT}, field="text")
    return text


def pressed_before(ticket: Ticket, client_uuid: UUID | None, text: str) -> Message | None:
    """The message of the same press of the button. With other words it is no repeat: saying that it was sent would lose them."""
    known = ticket.messages.filter(client_uuid=client_uuid).first() if client_uuid else None
    if known and known.text != text:
        raise Conflict(_("This was sent already, as it stands above. What you wrote since is only here."))
    return known


def refuse_if_changed(ticket: Ticket, last_seen: int | None) -> None:
    """The real guard against two answers at once: the writer has not seen all that the customer sees."""
    if last_seen is None:
        return
    silent = (Message.Kind.NOTE, Message.Kind.COPY)
    newer = ticket.messages.exclude(kind__in=silent).filter(pk__gt=last_seen)
    if newer.exists():
        raise Conflict(
            _("There are newer messages than those you saw. Read them, then send."), field="last_seen"
        )


def refuse_other_way(inbox: Inbox, seen_channel: str) -> None:
    if seen_channel and seen_channel != inbox.kind:
        raise Conflict(
            _("The answer goes by %(channel)s now. Look whom it reaches, then send.")
            % {"channel": inbox.get_kind_display()},
            field="seen_channel",
        )


def refuse_parted(ticket: Ticket, chosen: Recipients | None, seen_people: Sequence[str]) -> None:
    """A merge was taken back, or a colleague took somebody off: an answer must not bring them in again."""
    if chosen and (parted := parted_among((*chosen.to, *chosen.cc), seen_people, default_recipients(ticket))):
        raise Conflict(
            _("No longer on this ticket: %(people)s. Look whom the answer goes to, then send.")
            % {"people": ", ".join(parted)},
            field="to",
        )


def newcomers_among(ticket: Ticket, chosen: Recipients) -> list[Contact]:
    """Those a teammate wrote in who were not on the ticket before."""
    known = default_recipients(ticket)
    fresh = each_once((*chosen.to, *chosen.cc), besides=(*known.to, *known.cc))
    return contacts_of(Sender("email", address) for address in fresh)


def recipients_of(ticket: Ticket, inbox: Inbox, chosen: Recipients | None, by: Actor) -> Recipients:
    """Whom an answer goes to. Other channels than mail know only the requester."""
    if inbox.kind != Inbox.Kind.EMAIL:
        return NOBODY_NAMED
    if by.kind != "agent":
        return Recipients(default_recipients(ticket, people=()).to)
    return chosen or default_recipients(ticket)


def reaches_requester(ticket: Ticket, recipients: Recipients) -> bool:
    """A mail that a teammate wrote to others alone is not the requester's: their widget does not show it."""
    chosen = {address.lower() for address in (*recipients.to, *recipients.cc)}
    return not chosen or any(one.lower() in chosen for one in default_recipients(ticket, people=()).to)


def add_message(ticket: Ticket, kind: str, text: str, *, by: Actor, inbox: Inbox, **fields: Any) -> Message:
    return Message.objects.create(
        ticket=ticket,
        kind=kind,
        inbox=inbox,
        channel=inbox.kind,
        author_kind=by.kind,
        author_name=by.name[:120],
        user_id=by.id if by.kind == "agent" else None,
        text=text,
        is_automatic=kind == Message.Kind.OUTGOING and by.kind != "agent",
        created_at=clock.now(),
        **fields,
    )
