"""Raw messages: stored before a door says yes, then read once by a job."""

import hashlib
import logging
import time
from datetime import datetime

from django.conf import settings
from django.core.cache import cache
from django.db import connection, transaction
from django.db.models import F
from django.utils.module_loading import import_string

from helpdesk import clock
from helpdesk.events import names
from helpdesk.events.actor import SYSTEM, Actor
from helpdesk.events.ledger import record
from helpdesk.inboxes.contract import Reading, Unreadable
from helpdesk.inboxes.models import Inbox, RawMessage
from helpdesk.jobs import queue
from helpdesk.tickets.intake import receive
from helpdesk.tickets.models import DeliveryAttempt, Message
from helpdesk.tickets.outcomes import note_report, note_sign_of_life
from helpdesk.tickets.unreadable import note_about, note_reading, receive_in_place, show_unreadable

log = logging.getLogger(__name__)
MOST_ATTEMPTS = 5
READER_CALLED = "raw:reader-called"
LOOKED_EVERY = 0.05  # seconds, by those who wait for an outcome
CALLED_FOR = 5  # seconds; then a call may have been lost with its job, and the next message calls again
Outcome = RawMessage.Outcome
# For every message, so in plain SQL. It waits: a reader that looked for its next row may hold this one for a moment.
STILL_PENDING = "SELECT * FROM inboxes_rawmessage WHERE id = %s AND outcome = 'pending' FOR UPDATE"
INBOX = "SELECT * FROM inboxes_inbox WHERE id = %s"
SETTLED = """UPDATE inboxes_rawmessage
    SET outcome = %s, reason = %s, handled_at = %s, ticket_id = %s, message_id = %s WHERE id = %s"""


def store_raw(
    body: bytes,
    *,
    inbox: Inbox,
    door: str,
    sender: str = "",
    recipient: str = "",
    received_at: datetime | None = None,
) -> RawMessage:
    """Store what came in, committed when this returns or with the caller's transaction; only then may the door say yes.
    The reading is queued."""
    raw = RawMessage.objects.create(
        inbox=inbox,
        door=door,
        sender=sender[:320],
        recipient=recipient[:320],
        body=body,
        digest=hashlib.sha256(body).hexdigest(),
        received_at=received_at or clock.now(),
    )
    transaction.on_commit(call_reader, robust=True)
    return raw


def call_reader() -> None:
    """Have what waits read (waiting.py). However many messages call, one job is queued until it begins."""
    if cache.add(READER_CALLED, True, timeout=CALLED_FOR):
        queue("helpdesk.tickets.tasks.read_waiting")


@transaction.atomic
def count_attempt(raw_id: int) -> bool:
    """Committed before the reading, so that one which kills its process is counted. False where it is done, and where
    another job reads it: whoever waited for that one could not read others meanwhile."""
    pending = RawMessage.objects.select_for_update(skip_locked=True).filter(outcome=Outcome.PENDING)
    if not pending.filter(pk=raw_id).values_list("pk"):
        return False
    return bool(RawMessage.objects.filter(pk=raw_id).update(attempts=F("attempts") + 1))


def read_counted(raw_id: int, *, by: Actor = SYSTEM) -> RawMessage | None:
    """Read one raw message, whose attempt is counted, and do what it asks for, once. None where it is done.

    What can't be read is quarantined, with a ticket that shows it (unreadable.py). A fault of ours or of the database
    leaves the row pending for the sweep, up to MOST_ATTEMPTS; then it is quarantined too, so that one mail can't run
    for ever.
    """
    try:
        with transaction.atomic():
            raw = next(iter(RawMessage.objects.raw(STILL_PENDING, [raw_id])), None)
            if raw is None:
                return None
            raw.inbox = next(iter(Inbox.objects.raw(INBOX, [raw.inbox_id])))
            if raw.attempts > MOST_ATTEMPTS:
                settle(raw, Outcome.QUARANTINED, "Reading it failed too often; see the log.")
            else:
                take_reading(raw, read_raw(raw), by=by)
            return raw
    except Unreadable as error:
        return quarantine(raw_id, str(error))


def read_raw(raw: RawMessage) -> Reading:
    return import_string(settings.RAW_READERS[raw.inbox.kind])(raw)


def take_reading(raw: RawMessage, reading: Reading, *, by: Actor = SYSTEM) -> None:
    note = note_about(raw)  # where it could not be read before
    if reading.message is None:
        take_report(reading)
        raw.ticket_id = reading.ticket_id or (note and note.ticket_id)
        raw.message_id = reading.message_id or (note and note.pk)
        settle(raw, reading.outcome, reading.reason)
    else:
        receipt = receive_in_place(reading.message, note, raw) if note else receive(reading.message)
        raw.ticket, raw.message = receipt.ticket, receipt.message
        settle(raw, receipt.outcome, reading.reason)
        note_sign_of_life(reading.message, receipt.message)
    if note:
        note_reading(note, raw, by=by)


def take_report(reading: Reading) -> None:
    """A delivery report: say at our message what became of it, and for whom."""
    reason = reading.reason
    if reading.failed_message_id:
        outcome = DeliveryAttempt.Outcome.DELAYED if reading.is_delay else DeliveryAttempt.Outcome.BOUNCED
        message = Message.objects.get(pk=reading.failed_message_id)
        note_report(message, outcome, addresses=reading.failed_recipients, reason=reason)
    if reading.delivered_message_id:
        message = Message.objects.get(pk=reading.delivered_message_id)
        outcome = DeliveryAttempt.Outcome.DELIVERED
        note_report(message, outcome, addresses=reading.delivered_recipients, reason=reason)


def settle(raw: RawMessage, outcome: str, reason: str) -> None:
    """Write down what became of it. What can't be read is put where people see it."""
    raw.outcome, raw.reason, raw.handled_at = outcome, reason[:500], clock.now()
    if outcome == Outcome.QUARANTINED:
        show_unreadable(raw, raw.reason)
    if raw.outcome == Outcome.QUARANTINED:
        record(
            names.INBOUND_QUARANTINED,
            by=SYSTEM,
            ticket=raw.ticket,
            channel=raw.inbox.kind,
            department_id=raw.inbox.department_id,
            data={"raw": raw.pk, "reason": raw.reason, "message": raw.message_id},
        )
    with connection.cursor() as cursor:
        settled = [raw.outcome, raw.reason, raw.handled_at, raw.ticket_id, raw.message_id, raw.pk]
        cursor.execute(SETTLED, settled)


def quarantine(raw_id: int, reason: str) -> RawMessage | None:
    with transaction.atomic():
        pending = RawMessage.objects.select_for_update(of=("self",)).select_related("inbox")
        raw = pending.filter(pk=raw_id, outcome=Outcome.PENDING).first()
        if raw:
            settle(raw, Outcome.QUARANTINED, reason)
    return raw


def replay_raw(raw: RawMessage, *, by: Actor, patience: float = 5.0) -> RawMessage:
    """Have a set-aside message read again, because a person says so, by a job with its budget; returns it with its outcome.

    What had a ticket while it could not be read goes onto that ticket. It is `pending` where after `patience` seconds
    nobody has come to it, or a fault of ours stopped the reading once more; then the sweep goes on with it.
    """
    again = (Outcome.QUARANTINED, Outcome.IGNORED, Outcome.BOUNCE)
    # Counted as begun: a job that comes for fresh ones would not know for whom it reads this one.
    if RawMessage.objects.filter(pk=raw.pk, outcome__in=again).update(outcome=Outcome.PENDING, attempts=1):
        log.info("%s replays raw message %s", by.name, raw.pk)
        queue("helpdesk.tickets.tasks.read_again", raw.pk, by.kind, by.id, by.name)
    wait_for_outcome(raw, seconds=patience)
    return raw


def wait_for_outcome(raw: RawMessage, *, seconds: float) -> None:
    """Of a message that a worker reads: it comes with the worker's commit. At most so long."""
    end = time.monotonic() + seconds
    raw.refresh_from_db()
    while raw.outcome == Outcome.PENDING and time.monotonic() < end:
        time.sleep(LOOKED_EVERY)
        raw.refresh_from_db()
