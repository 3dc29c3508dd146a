"""What the doors of the widget do: pages, sockets and polls all call these."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max, Q
from django.utils import translation

from helpdesk.connectors.webchat.asking import (
    Answers,
    WrongAnswers,
    asked_fields,
    form_for,
    keep_answers,
    read_answers,
)
from helpdesk.connectors.webchat.bubbles import as_json
from helpdesk.connectors.webchat.identity import Claim
from helpdesk.connectors.webchat.known import forget_known
from helpdesk.connectors.webchat.limits import Blocked
from helpdesk.connectors.webchat.parsing import email_of, parse_frame, uuid_of, words
from helpdesk.connectors.webchat.recognition import join, keep, told_with
from helpdesk.connectors.webchat.said_first import with_what_we_said_first
from helpdesk.connectors.webchat.visits import Visit
from helpdesk.errors import NotThere
from helpdesk.events import names
from helpdesk.events.actor import Actor
from helpdesk.events.models import Event
from helpdesk.inboxes.contract import InboundFile, InboundMessage
from helpdesk.inboxes.models import Inbox
from helpdesk.people.contacts import lock_contact, note_claimed_address
from helpdesk.tickets.intake import Receipt, receive
from helpdesk.tickets.models import Message, Survey
from helpdesk.tickets.outcomes import note_delivery_state
from helpdesk.tickets.querysets import MessageQuerySet
from helpdesk.tickets.surveys import rate_ticket

# The facts that change what a customer sees. Never notes, never what the desk does to a ticket.
SHOWN = (
    *(names.MESSAGE_RECEIVED, names.MESSAGE_REPLIED, names.MESSAGE_AUTOREPLIED, names.SURVEY_RATED),
    names.TICKET_HANDED_OVER,
)
PAGE = 40
MOST_CHANGES = 200
# Ids are given out before the commit, so a lower one may become visible after a higher: look a little back.
# What is told twice is put in its own place by its message id.
OVERLAP = 20


def take_message(visit: Visit, frame: Mapping[str, Any], *, files: Sequence[InboundFile] = ()) -> Receipt:
    """Receive what the visitor wrote; when this returns, it is committed. Twice the same uuid is one message.

    `answers` are those to the form before the chat. Raises WrongAnswers where they are wrong or missing, and then nothing
    is stored.
    """
    join(visit)
    contact = visit.contact()
    if contact and contact.is_blocked:
        raise Blocked
    claim, is_proved = told_with(visit, frame.get("who"))
    answers = answers_in(frame, visit, claim)
    said = {"name": claim.name or answers.name, "email": claim.email or answers.email} | {
        name: value for name, value in frame.items() if value
    }
    inbound = parse_frame(
        said, inbox=visit.inbox, visitor=visit.visitor, language=visit.language, files=files
    )
    receipt = store(inbound, answers, uuid_of(frame))
    if frame.get("email"):
        note_details(visit, frame)
    join(visit)  # the first message makes the contact
    keep(visit, claim, is_proved=is_proved)
    return receipt


def store(inbound: InboundMessage, answers: Answers, uuid: UUID) -> Receipt:
    if answers == Answers():
        return receive(inbound, client_uuid=uuid)
    with transaction.atomic():  # the message and what was answered before it, or neither
        receipt = receive(inbound, client_uuid=uuid)
        keep_answers(receipt.ticket, answers)
    return receipt


def answers_in(frame: Mapping[str, Any], visit: Visit, claim: Claim) -> Answers:
    fields = asked_fields(visit, claim)
    try:
        return read_answers(fields, frame.get("answers")) if fields else Answers()
    except WrongAnswers as wrong:
        if visit.messages().filter(client_uuid=uuid_of(frame)).exists():
            return Answers()  # sent again; they came with it the first time
        wrong.form = form_for(visit, claim)
        raise


def note_details(visit: Visit, frame: Mapping[str, Any]) -> bool:
    """Keep the name and address a visitor gave of themselves. False where nobody has written yet.

    It is a claim: the address is shown to the team and never becomes an identity. A mail that comes from it
    later would else land on the claimant's contact, and be answered to whatever address that one says next.
    """
    email, name = email_of(frame), words(frame, "name", 120).strip()
    with transaction.atomic():
        contact = visit.contact()
        if contact is None:
            return False
        contact = lock_contact(contact.pk)
        note_claimed_address(contact, email)
        contact.name = contact.name or name
        contact.save(update_fields=["email", "name"])
    return True


def overview(visit: Visit) -> dict[str, Any]:
    """What a widget shows when it opens: the end of the thread and what is known of the visitor."""
    event = newest_event(visit)  # before the messages: whatever comes in between is told again
    messages = list(shown(visit).order_by("-created_at", "-id")[: PAGE + 1])
    contact = visit.contact()
    return {
        "event": event,
        "messages": page_of(visit, messages, is_end=True),
        "has_more": len(messages) > PAGE,
        "unread": unread(visit),
        "has_written": contact is not None,
        "has_email": bool(contact and contact.email),
    }


def changes_after(visit: Visit, after: int) -> dict[str, Any]:
    """What this visitor missed since the event `after`. Says `reset` where that is too much: open anew."""
    newest = newest_event(visit)
    if newest <= after:
        return {"event": max(newest, after), "messages": []}
    events = list(
        Event.objects.filter(ticket__in=visit.tickets(), name__in=SHOWN, pk__gt=after - OVERLAP).order_by(
            "pk"
        )[:MOST_CHANGES]
    )
    if len(events) == MOST_CHANGES:
        return {"event": newest, "messages": [], "reset": True}
    return {"event": newest, "messages": drawn(visit, messages_of(visit, events))}


def change(visit: Visit, event_id: int) -> list[dict[str, Any]]:
    """The bubbles one event stands for; none where this visitor may not see them."""
    events = Event.objects.filter(pk=event_id, ticket__in=visit.tickets(), name__in=SHOWN)
    return drawn(visit, messages_of(visit, events))


def earlier_than(visit: Visit, message_id: int) -> dict[str, Any]:
    """The page of the thread before this message."""
    first = visit.messages().filter(pk=message_id).first()
    if first is None:
        raise NotThere
    messages = list(
        shown(visit)
        .filter(created_at__lte=first.created_at, pk__lt=first.pk)
        .order_by("-created_at", "-id")[: PAGE + 1]
    )
    return {"messages": page_of(visit, messages), "has_more": len(messages) > PAGE}


def page_of(visit: Visit, newest_first: list[Message], *, is_end: bool = False) -> list[dict[str, Any]]:
    """The bubbles of a page, with those of what the team said first. One message more than a page says that there are
    earlier ones; `is_end`: there are no later ones."""
    messages = newest_first[:PAGE][::-1]
    is_start = len(newest_first) <= PAGE
    return with_what_we_said_first(visit, messages, drawn(visit, messages), is_start=is_start, is_end=is_end)


def note_seen(visit: Visit, up_to: int) -> None:
    """The visitor has seen every answer up to this message id."""
    seen = visit.messages().filter(kind=Message.Kind.OUTGOING, read_at=None, pk__lte=up_to)
    on_its_way = Q(channel=Inbox.Kind.EMAIL, state__in=(Message.State.QUEUED, Message.State.SENDING))
    for message in seen.exclude(on_its_way).exclude(state=Message.State.FAILED).order_by("pk")[:200]:
        note_delivery_state(message, Message.State.READ)
    forget_known([visit.visitor.hex])


def rate(visit: Visit, message_id: int, *, score: int, comment: str) -> Message:
    """Keep the visitor's rating of the conversation this survey's message asks about, also where it went by mail while
    their page slept."""
    asked = Message.objects.public().filter(ticket__in=visit.tickets(), survey__isnull=False)
    message = asked.select_related("survey", "user").filter(pk=message_id).first()
    contact = visit.contact()
    if message is None or contact is None:
        raise NotThere
    message.survey = rate_ticket(message.survey, score=score, comment=comment, by=Actor.customer(contact))
    return message


def newest_event(visit: Visit) -> int:
    events = Event.objects.filter(ticket__in=visit.tickets(), name__in=SHOWN)
    return events.aggregate(newest=Max("pk"))["newest"] or 0


def unread(visit: Visit) -> int:
    return unseen(visit).count()


def unseen(visit: Visit) -> MessageQuerySet:
    """The answers that the visitor has not seen."""
    answers = visit.messages().filter(kind=Message.Kind.OUTGOING, read_at=None)
    return answers.exclude(state=Message.State.FAILED)


def messages_of(visit: Visit, events: Iterable[Event]) -> Iterable[Message]:
    events = list(events)
    ids = {event.data.get("message") for event in events} - {None}
    rated = {event.data.get("survey") for event in events if event.name == names.SURVEY_RATED}
    if rated:
        ids.update(
            Survey.objects.filter(pk__in=rated, message__isnull=False).values_list("message", flat=True)
        )
    return shown(visit).filter(pk__in=ids).in_order()


def shown(visit: Visit) -> Any:
    """The visitor's messages with all that a bubble prints."""
    return visit.messages().select_related("survey", "user").prefetch_related("attachments")


def drawn(visit: Visit, messages: Iterable[Message]) -> list[dict[str, Any]]:
    with translation.override(visit.language):
        return [as_json(message, visit) for message in messages]
