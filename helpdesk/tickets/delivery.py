"""How an answer leaves: released when its undo window ends, handed over by a job, tried again for a day."""

import logging
from collections.abc import Sequence
from datetime import timedelta
from functools import cache

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from helpdesk import clock
from helpdesk.errors import Conflict
from helpdesk.events import names
from helpdesk.events.actor import SYSTEM, Actor
from helpdesk.events.ledger import fact, record, record_all
from helpdesk.events.models import Event
from helpdesk.events.telling import Bundle
from helpdesk.inboxes.contract import DeliveryError, Handover, Transport, Try
from helpdesk.inboxes.models import Inbox
from helpdesk.jobs import queue
from helpdesk.tickets.actions import close_ticket
from helpdesk.tickets.addressees import add_deliveries
from helpdesk.tickets.durations import business_seconds, seconds_between
from helpdesk.tickets.markup import words_in
from helpdesk.tickets.models import Delivery, DeliveryAttempt, Message, Ticket
from helpdesk.tickets.outcomes import (
    BACK_OFF,
    fail_message,
    locked,
    log_tries,
    note_failure,
    note_sent,
    take_handover,
)
from helpdesk.tickets.text import snippet_of

log = logging.getLogger(__name__)

# A worker that died while handing over is noticed after this; longer than any transport's time-out.
LEASE = timedelta(minutes=5)


@cache
def transport_for(kind: str) -> Transport:
    return import_string(settings.TRANSPORTS[kind])()


def transport_of(message: Message) -> Transport:
    return transport_for(message.inbox.kind)


def queue_delivery(message: Message) -> None:
    message_id = message.pk
    transaction.on_commit(lambda: queue_one(message_id), robust=True)


def queue_delivery_soon(message: Message) -> None:
    """As `queue_delivery`, where the customer needs no worker to see the answer: the job only notes that it is out."""
    message_id = message.pk
    add = queue_one if settings.JOBS_INLINE else deliveries.add
    transaction.on_commit(lambda: add(message_id), robust=True)


def queue_one(message_id: int) -> None:
    queue("helpdesk.tickets.tasks.deliver_message", message_id)


def queue_each(message_ids: Sequence[int]) -> None:
    for message_id in message_ids:
        queue_one(message_id)


deliveries = Bundle(queue_each)


def release(message: Message, ticket: Ticket, *, by: Actor) -> None:
    """From now on the customer may see it and the figures count it. Call with the ticket locked."""
    message.released_at = message.next_attempt_at = clock.now()
    message.save(update_fields=["released_at", "next_attempt_at"])
    told = fact_of_answer(ticket, message, by=by)
    told.data["message"] = message.pk
    mark_answered(ticket, message, is_human=by.kind == "agent")
    ticket.save()
    record_all(told)
    if message.closes_ticket and not wrote_meanwhile(message):
        close_ticket(ticket, by=by)


def fact_of_answer(ticket: Ticket, message: Message, *, by: Actor) -> Event:
    """The fact, not written yet and without the message's number; `ticket` as it was before the answer."""
    is_human = by.kind == "agent"
    is_first = is_human and ticket.first_replied_at is None and ticket.queued_at is not None
    since, now = ticket.queued_at, message.released_at
    return fact(
        names.MESSAGE_REPLIED if is_human else names.MESSAGE_AUTOREPLIED,
        by=by,
        ticket=ticket,
        channel=message.channel,
        value=seconds_between(since, now) if is_first else None,
        business_value=business_seconds(since, now, ticket.department_id) if is_first else None,
        data={"first": is_first, **began_elsewhere(ticket, message)},
    )


def began_elsewhere(ticket: Ticket, message: Message) -> dict[str, str]:
    """A chat answered by mail: whoever listens to chats hears of it by this."""
    return {"began": ticket.channel} if ticket.channel != message.channel else {}


def wrote_meanwhile(message: Message) -> bool:
    """Whether the customer wrote while the answer waited in its undo window: then there is more to do."""
    newer = Message.objects.filter(ticket_id=message.ticket_id, kind=Message.Kind.INCOMING, pk__gt=message.pk)
    return newer.exists()


def mark_answered(ticket: Ticket, message: Message, *, is_human: bool) -> None:
    """What an answer does to its ticket, which is not saved here. An automatic one does not count as having been answered."""
    ticket.last_message_at = ticket.updated_at = clock.now()
    if not message.is_automatic:  # lists show what people said last, not our survey's question
        ticket.last_snippet = snippet_of(words_in(message.text, message.html))
    if is_human:
        ticket.waiting_since = None
        ticket.first_replied_at = ticket.first_replied_at or clock.now()
        if ticket.status == Ticket.Status.NEW:
            ticket.status = Ticket.Status.OPEN


def undo_reply(message: Message, *, by: Actor) -> None:
    """Take an answer back while its undo window is open. Raises Conflict when it is out already."""
    with transaction.atomic():
        try:
            ticket, fresh = locked(message)  # where it stands now: a worker that sends it locks that one
        except Message.DoesNotExist:
            fresh = None
        if fresh is None or fresh.released_at or fresh.kind != Message.Kind.OUTGOING:
            raise Conflict(_("This answer is on its way already."))
        fresh.delete()
        record(names.MESSAGE_UNDONE, by=by, ticket=ticket, data={"message": message.pk})


def deliver(message_id: int) -> None:
    """Release the answer if it still waits, then hand it over once. Safe to run twice or at the same time."""
    message = claim(message_id)
    if message is None:
        return
    try:
        result = transport_of(message).send(message)
    except DeliveryError as error:
        note_failure(message, error)
    except Exception as error:  # a bug in a transport must be seen on the message, and tried again
        log.exception("handing over %s", message)
        note_failure(message, DeliveryError(f"{type(error).__name__}: {error}"))
    else:
        if isinstance(result, Handover):
            take_handover(message, result)
        else:
            note_sent(message, result)


def claim(message_id: int) -> Message | None:
    """Lease the message for handing over: only one worker gets it, and a dead worker's lease runs out.

    The ticket is locked before the message, as every verb does it; the other way round a worker and an
    agent who takes the answer back could wait for each other.
    """
    with transaction.atomic():
        ticket_id = Message.objects.due().filter(pk=message_id).values_list("ticket_id", flat=True).first()
        if ticket_id is None:
            return None
        ticket = Ticket.objects.select_for_update(of=("self",)).get(pk=ticket_id)
        due = Message.objects.due().select_for_update(of=("self",), skip_locked=True)
        # One that went to another ticket in this moment is left to the sweep.
        message = due.filter(pk=message_id, ticket=ticket).first()
        if message is None:
            return None
        if message.attempts > len(BACK_OFF):  # only one whose worker died each time comes here
            fail_message(
                message, _("It was tried too often, and each time the worker ended before it was out.")
            )
            return None
        if is_read_meanwhile(message):
            withdraw(message, ticket)
            return None
        if message.released_at is None:
            release(message, ticket, by=author_of(message))
        message.state = Message.State.SENDING
        message.attempts += 1
        message.next_attempt_at = clock.now() + LEASE
        message.save(update_fields=["state", "attempts", "next_attempt_at"])
        is_mail = message.channel == Inbox.Kind.EMAIL
        if is_mail and not message.deliveries.exists():  # stored before recipients had rows of their own
            add_deliveries(message)
    return Message.objects.select_related("ticket__contact", "inbox", "user", "contact").get(pk=message_id)


def is_read_meanwhile(message: Message) -> bool:
    """A copy of chat answers that the visitor has all seen since it was stored."""
    is_copy = message.kind == Message.Kind.COPY
    return is_copy and not message.carried.filter(read_at=None).exists()


def withdraw(copy: Message, ticket: Ticket) -> None:
    """Nobody needs it by mail any more. Call it with the ticket locked."""
    copy_id = copy.pk
    copy.delete()
    record(
        names.MESSAGE_UNDONE, by=SYSTEM, ticket=ticket, channel=Inbox.Kind.EMAIL, data={"message": copy_id}
    )


def author_of(message: Message) -> Actor:
    return Actor(message.author_kind, message.user_id, message.author_name)


def retriable() -> QuerySet[Message]:
    """What a person may have tried again: it failed, perhaps only for some while others still wait."""
    lost = Delivery.objects.filter(message=OuterRef("pk"), state=Delivery.State.FAILED)
    return Message.objects.filter(Q(state=Message.State.FAILED) | Q(Exists(lost), state=Message.State.QUEUED))


def retry_delivery(message: Message, *, by: Actor) -> None:
    """Try a failed answer again, because a person says so: only for those whom it did not reach."""
    with transaction.atomic():
        changed = (
            retriable()
            .filter(pk=message.pk)
            .update(state=Message.State.QUEUED, attempts=0, next_attempt_at=clock.now(), error="")
        )
        if not changed:
            return
        failed = message.deliveries.filter(state=Delivery.State.FAILED)
        again = list(failed.values_list("address", flat=True))
        failed.update(state=Delivery.State.QUEUED, error="", changed_at=clock.now())
        log_tries(message, [Try(DeliveryAttempt.Outcome.RETRIED, answer=by.name, addresses=again)])
        queue_delivery(message)


def hurry_deliveries() -> int:
    """Whatever waits for another try is due now; returns how many. An answer that can still be taken back stays."""
    waiting = Message.objects.filter(
        kind__in=Message.SENT_KINDS, state=Message.State.QUEUED, released_at__isnull=False
    )
    return waiting.update(next_attempt_at=clock.now())
