"""What became of an answer: try by try, and recipient by recipient where the channel knows them.

A message shows the sum of its recipients: *failed* as soon as nothing is under way and any recipient failed, *sent*
when all were accepted, *delivered* when all are known to have it. While any waits for another try it is *queued*.
Messages without rows of recipients (chat, and mail of before) have their own state only.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta

from django.db import connection, transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from helpdesk import clock
from helpdesk.events import names
from helpdesk.events.actor import SYSTEM
from helpdesk.events.ledger import record
from helpdesk.inboxes.contract import DeliveryError, Handover, InboundMessage, Refusal, Try
from helpdesk.inboxes.models import Inbox
from helpdesk.notices.models import Notice
from helpdesk.notices.notifying import notify, notify_admins
from helpdesk.tickets.bouncing import clear_bouncing, note_bouncing
from helpdesk.tickets.finding import ADDRESS, SUBJECT
from helpdesk.tickets.models import Delivery, DeliveryAttempt, Message, Ticket
from helpdesk.tickets.recounting import waiting_since

# Seconds until the next try, by tries made; about a day in all, then it has failed.
BACK_OFF = (10, 60, 300, 900, 3600, 3600, 7200, 14400, 28800, 28800)
RANK = {state: rank for rank, state in enumerate(("queued", "sending", "sent", "delivered", "read"))}
State, Outcome = Delivery.State, DeliveryAttempt.Outcome
LONGEST = 500  # characters of another server's words


def note_sent(message: Message, external_id: str) -> None:
    """The channel took the message."""
    waiting = addresses_of(message.deliveries.filter(state=State.QUEUED))
    if waiting:
        tried = Try(Outcome.ACCEPTED, addresses=waiting)
        return take_handover(message, Handover(external_id, accepted=waiting, tries=[tried]))
    with transaction.atomic():
        changed = Message.objects.filter(pk=message.pk, state=Message.State.SENDING).update(
            state=Message.State.SENT,
            sent_at=clock.now(),
            next_attempt_at=None,
            error="",
            external_id=external_id or message.external_id,
        )
        if changed:
            record(names.MESSAGE_SENT, by=SYSTEM, ticket=message.ticket, data={"message": message.pk})
    if changed and is_late(message, message.ticket):
        with transaction.atomic():
            end_waiting(locked(message)[0])


def note_failure(message: Message, error: DeliveryError) -> None:
    """The channel took it for nobody: wait and try again, or give up."""
    waiting = addresses_of(message.deliveries.filter(state=State.QUEUED))
    is_over = error.permanent or message.attempts > len(BACK_OFF)
    outcome = Outcome.REFUSED if error.permanent else Outcome.DEFERRED
    tries = error.tries or [Try(outcome, answer=str(error), addresses=waiting)]
    if waiting:
        refused = dict.fromkeys(waiting, Refusal(str(error), error.permanent))
        return take_handover(message, Handover("", refused=refused, tries=tries), wait=error.retry_after)
    log_tries(message, tries)
    if is_over:
        return fail_message(message, str(error))
    wait = error.retry_after or BACK_OFF[message.attempts - 1]
    Message.objects.filter(pk=message.pk, state=Message.State.SENDING).update(
        state=Message.State.QUEUED,
        next_attempt_at=clock.now() + timedelta(seconds=wait),
        error=str(error)[:LONGEST],
    )


def take_handover(message: Message, handover: Handover, *, wait: int | None = None) -> None:
    """Note for each recipient what the server said; who has to wait is tried again alone, in `wait` seconds or by BACK_OFF."""
    with transaction.atomic():
        ticket, fresh = locked(message)
        if fresh.state != Message.State.SENDING:
            return
        log_tries(fresh, handover.tries)
        is_last = fresh.attempts > len(BACK_OFF)
        rows = list(fresh.deliveries.filter(state=State.QUEUED))
        for row in rows:
            refusal = handover.refused.get(row.address)
            if refusal is None:
                change(row, State.SENT if row.address in handover.accepted else State.QUEUED)
            else:
                over = refusal.permanent or is_last
                change(row, State.FAILED if over else State.QUEUED, refusal.reason)
        keep(rows)
        waiting = [row for row in rows if row.state == State.QUEUED]
        if waiting:
            seconds = wait or BACK_OFF[fresh.attempts - 1]
            fresh.state, fresh.error = Message.State.QUEUED, waiting[0].error
            fresh.next_attempt_at = clock.now() + timedelta(seconds=seconds)
        fresh.external_id = handover.external_id or fresh.external_id
        sum_up(fresh, ticket, lost=[row for row in rows if row.state == State.FAILED], waits=bool(waiting))


def note_report(message: Message, outcome: str, *, addresses: Iterable[str] = (), reason: str = "") -> None:
    """A report that came later: `outcome` is bounced, delayed or delivered (DeliveryAttempt.Outcome).

    It is about the named `addresses`; where it names none, or none that we know, about all recipients. A delay fails
    nothing. Reports may come twice and in any order: a bounce counts after "delivered" too, never the other way round.
    """
    with transaction.atomic():
        ticket, fresh = locked(message)
        rows = rows_about(fresh, addresses)
        tried = Try(outcome, answer=reason, addresses=[row.address for row in rows] or list(addresses))
        log_tries(fresh, [tried])
        if not rows:
            return note_report_of_whole(fresh, outcome, reason)
        before = {row.pk: row.state for row in rows}
        for row in rows:
            REPORTS[outcome](row, reason)
        changed = [row for row in rows if row.state != before[row.pk]]
        keep(changed)
        waits = fresh.deliveries.filter(state=State.QUEUED).exists()
        sum_up(fresh, ticket, lost=[row for row in changed if row.state == State.FAILED], waits=waits)


def note_report_of_whole(message: Message, outcome: str, reason: str) -> None:
    if outcome == Outcome.BOUNCED:
        fail_message(message, reason)
    elif outcome == Outcome.DELIVERED:
        note_delivery_state(message, Message.State.DELIVERED)


def take_bounce(row: Delivery, reason: str) -> None:
    if row.state != State.FAILED:
        change(row, State.FAILED, reason)


def take_delay(row: Delivery, reason: str) -> None:
    if row.state == State.SENT:
        change(row, State.DELAYED, reason)


def take_receipt(row: Delivery, _reason: str) -> None:
    if row.state in (State.SENT, State.DELAYED):
        change(row, State.DELIVERED)


REPORTS: dict[str, Callable[[Delivery, str], None]] = {
    Outcome.BOUNCED: take_bounce,
    Outcome.DELAYED: take_delay,
    Outcome.DELIVERED: take_receipt,
}


ANSWERED = """
    SELECT delivery.id FROM tickets_message message JOIN tickets_delivery delivery ON delivery.message_id = message.id
    WHERE message.external_id = %s AND message.external_id <> '' AND message.kind = ANY(%s)
        AND upper(delivery.address) = upper(%s) AND delivery.state = ANY(%s)
    ORDER BY delivery.id LIMIT 1"""


def rows_about(message: Message, addresses: Iterable[str]) -> list[Delivery]:
    """The recipients that a report is about. A name we don't know is where one of them has mail forwarded to."""
    rows, named = list(message.deliveries.all()), {address.strip().lower() for address in addresses}
    return [row for row in rows if row.address.lower() in named] or rows


def note_sign_of_life(inbound: InboundMessage, stored: Message) -> None:
    """Whose mail comes in can be written to; and who answers a mail of ours has it, whatever any report said.

    Call it in the transaction of `receive()`, which holds the contact's lock.
    """
    if stored.channel != Inbox.Kind.EMAIL:
        return
    clear_bouncing(stored.contact)
    if not inbound.replies_to:
        note_read_by_answer(inbound, stored)
        return
    row = answered_delivery(inbound)
    if row is None:
        return
    ticket, fresh = locked(row.message)
    change(row, State.DELIVERED)
    keep([row])
    waits = fresh.deliveries.filter(state=State.QUEUED).exists()
    sum_up(fresh, ticket, lost=[], waits=waits)
    if fresh.kind == Message.Kind.COPY:  # who answers the mail has read what it brought
        for answer in fresh.carried.filter(read_at=None):
            note_delivery_state(answer, Message.State.READ)


def note_read_by_answer(inbound: InboundMessage, stored: Message) -> None:
    """Some mail programs don't say which mail they answer. Our own address or number, which only our mails on this ticket
    carry, says it as well: who writes there from the address that a chat's answers went to has read them."""
    if inbound.is_automatic or stored.thread_reason not in (ADDRESS, SUBJECT):
        return
    if inbound.sender_check == Message.SenderCheck.FAIL:
        return
    came = Delivery.objects.filter(
        message__ticket=stored.ticket_id,
        message__kind=Message.Kind.COPY,
        address__iexact=inbound.sender.value,
        state__in=(State.SENT, State.DELIVERED),
    )
    for answer in Message.objects.filter(mailed_in__in=came.values("message"), read_at=None):
        note_delivery_state(answer, Message.State.READ)


def answered_delivery(inbound: InboundMessage) -> Delivery | None:
    """What we sent to this sender in the very mail that they answer, where nobody has said yet that it arrived."""
    with (
        connection.cursor() as cursor
    ):  # every answer asks this, and mostly there is none: plain SQL is a third of the work
        kinds = [kind.value for kind in Message.SENT_KINDS]
        states = [state.value for state in (State.SENT, State.DELAYED, State.FAILED)]
        cursor.execute(ANSWERED, [inbound.replies_to[0], kinds, inbound.sender.value, states])
        found = cursor.fetchone()
    return Delivery.objects.select_related("message").get(pk=found[0]) if found else None


def fail_message(message: Message, reason: str) -> None:
    """Give up on the message, for every recipient who still waits: show it and bring the ticket back."""
    with transaction.atomic():
        ticket, fresh = locked(message)
        if fresh.state == Message.State.FAILED:
            return
        rows = list(fresh.deliveries.filter(state=State.QUEUED))
        for row in rows:
            change(row, State.FAILED, reason)
        keep(rows)
        fresh.state, fresh.error, fresh.next_attempt_at = Message.State.FAILED, reason[:LONGEST], None
        fresh.save(update_fields=["state", "error", "next_attempt_at"])
        note_loss(fresh, ticket, rows, reason)


def note_delivery_state(message: Message, state: str) -> None:
    """The channel reports delivered or read. Reports come in any order; a state never goes backwards."""
    with transaction.atomic():
        fresh = Message.objects.select_for_update(of=("self",)).get(pk=message.pk)
        if fresh.state == Message.State.FAILED or RANK[state] <= RANK.get(fresh.state, 0):
            return
        fresh.state, fresh.next_attempt_at = state, None
        fresh.delivered_at = fresh.delivered_at or clock.now()
        if state == Message.State.READ:
            fresh.read_at = clock.now()
        fresh.save(update_fields=["state", "next_attempt_at", "delivered_at", "read_at"])
        name = names.MESSAGE_READ if state == Message.State.READ else names.MESSAGE_DELIVERED
        record(name, by=SYSTEM, ticket=fresh.ticket, data={"message": fresh.pk})


def locked(message: Message) -> tuple[Ticket, Message]:
    """The ticket and then its message, as every verb locks them. Since `message` was read it may have gone to another
    ticket: that one is meant, for whoever writes into one that was merged brings back what nobody looks at."""
    while True:
        ticket_id = Message.objects.values_list("ticket_id", flat=True).get(pk=message.pk)
        ticket = Ticket.objects.select_for_update(of=("self",)).get(pk=ticket_id)
        fresh = Message.objects.select_for_update(of=("self",)).filter(pk=message.pk, ticket=ticket).first()
        if fresh is not None:
            return ticket, fresh


def change(row: Delivery, state: str, error: str = "") -> None:
    row.state, row.error, row.changed_at = state, error[:LONGEST], clock.now()


def keep(rows: Sequence[Delivery]) -> None:
    Delivery.objects.bulk_update(rows, ["state", "error", "changed_at"])


def addresses_of(rows: Iterable[Delivery]) -> list[str]:
    return [row.address for row in rows]


def sum_up(message: Message, ticket: Ticket, *, lost: Sequence[Delivery], waits: bool) -> None:
    """Set the message's state from its recipients' and record what is new; `lost` have failed just now."""
    rows = list(message.deliveries.all())
    states, before = {row.state for row in rows}, message.state
    if not waits:
        failed = [row for row in rows if row.state == State.FAILED]
        message.state = (
            Message.State.FAILED
            if failed
            else Message.State.DELIVERED
            if states == {State.DELIVERED}
            else Message.State.SENT
        )
        message.next_attempt_at, message.error = None, words_about(failed, len(rows))
    is_first = message.sent_at is None and bool(states & {State.SENT, State.DELAYED, State.DELIVERED})
    if is_first:
        message.sent_at = clock.now()
    # Once more when those who were left have it too: who looks at the answer sees that nobody waits any more.
    if is_first or (message.state == Message.State.SENT and before != Message.State.SENT):
        record(names.MESSAGE_SENT, by=SYSTEM, ticket=ticket, data={"message": message.pk})
    if message.delivered_at is None and message.state == Message.State.DELIVERED:
        message.delivered_at = clock.now()
        record(names.MESSAGE_DELIVERED, by=SYSTEM, ticket=ticket, data={"message": message.pk})
    message.save(
        update_fields=["state", "error", "next_attempt_at", "sent_at", "delivered_at", "external_id"]
    )
    if lost:
        note_loss(message, ticket, lost, lost[0].error)
    elif message.state in (Message.State.SENT, Message.State.DELIVERED) and is_late(message, ticket):
        end_waiting(ticket)


def is_late(message: Message, ticket: Ticket) -> bool:
    """Whether somebody waits, and this answer had failed before it was tried again."""
    waits = ticket.waiting_since is not None
    return waits and message.delivery_attempts.filter(outcome=Outcome.RETRIED).exists()


def end_waiting(ticket: Ticket) -> None:
    """The failed answer is out after all: the customer waits no more, or only for what they have asked since."""
    ticket.waiting_since = waiting_since(ticket)
    ticket.save(update_fields=["waiting_since"])


def words_about(failed: Sequence[Delivery], count: int) -> str:
    """The server's words; with several recipients, whose they are."""
    if count == 1:
        return failed[0].error if failed else ""
    return "; ".join(f"{row.address}: {row.error}" for row in failed)[:LONGEST]


def note_loss(message: Message, ticket: Ticket, lost: Sequence[Delivery], reason: str) -> None:
    """An answer did not arrive, with all or with some. A person's answer brings its ticket back and is told to its people."""
    data = {"message": message.pk, "error": reason[:LONGEST]}
    if lost and len(lost) < message.deliveries.count():
        data["recipients"] = addresses_of(lost)
    record(names.MESSAGE_FAILED, by=SYSTEM, ticket=ticket, data=data)
    for row in lost:
        note_bouncing(row.address, row.error)
    if message.is_automatic:
        return
    ticket.snoozed_until = None
    ticket.waiting_since = ticket.waiting_since or clock.now()
    if ticket.is_finished:
        ticket.status, ticket.closed_at = Ticket.Status.OPEN, None
        record(names.TICKET_REOPENED, by=SYSTEM, ticket=ticket, data={"reason": "failed"})
    ticket.save()
    tell_team(message, ticket, addresses_of(lost), reason)


def tell_team(message: Message, ticket: Ticket, addresses: Sequence[str], reason: str) -> None:
    """The assignee; where nobody has the ticket its department, else the admins."""
    matter = {
        "key": f"message:{message.pk}:{message.delivery_attempts.count()}",
        "title": format_lazy(_("An answer on #{ticket} did not arrive"), ticket=ticket.pk),
        "text": ": ".join(part for part in (", ".join(addresses), reason) if part),
        "url": f"/desk/tickets/{ticket.pk}/",
        "ticket_id": ticket.pk,
    }
    users = responsible_for(ticket)
    if users:
        reason = Notice.Reason.ASSIGNEE if users == [ticket.assignee] else Notice.Reason.MEMBER
        notify(users, Notice.Kind.DELIVERY_FAILED, reason=reason, **matter)
    else:
        notify_admins(Notice.Kind.DELIVERY_FAILED, **matter)


def responsible_for(ticket: Ticket) -> list:
    if ticket.assignee and ticket.assignee.is_active:
        return [ticket.assignee]
    return list(ticket.department.members.filter(is_active=True)) if ticket.department else []


def log_tries(message: Message, tries: Iterable[Try]) -> None:
    """Lines of the delivery log. A channel without recipients of its own leaves one only where something went wrong."""
    now = clock.now()
    DeliveryAttempt.objects.bulk_create(
        DeliveryAttempt(
            message=message,
            inbox_id=message.inbox_id,
            at=now,
            outcome=one.outcome,
            server=one.server[:255],
            answer=one.answer[:LONGEST],
            addresses=[address.lower()[:320] for address in one.addresses],
        )
        for one in tries
    )
