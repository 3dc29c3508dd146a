"""Raw messages: stored before a door says yes, then read once by a job."""

import hashlib
import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils.module_loading import import_string

from helpdesk import clock
from helpdesk.events import names
from helpdesk.events.actor import SYSTEM, Actor
from helpdesk.events.ledger import record
from helpdesk.inboxes.contract import Reading, Unreadable
from helpdesk.inboxes.models import Inbox, RawMessage
from helpdesk.jobs import queue
from helpdesk.tickets.delivery import fail_message
from helpdesk.tickets.intake import receive
from helpdesk.tickets.models import Message

log = logging.getLogger(__name__)
MOST_ATTEMPTS = 5
FORGOTTEN_AFTER = timedelta(seconds=20)
Outcome = RawMessage.Outcome


def store_raw(
    body: bytes,
    *,
    inbox: Inbox,
    door: str,
    sender: str = "",
    recipient: str = "",
    received_at: datetime | None = None,
) -> RawMessage:
    """Store what came in, committed when this returns; only then may the door say yes. The reading is queued."""
    with transaction.atomic():
        raw = RawMessage.objects.create(
            inbox=inbox,
            door=door,
            sender=sender[:320],
            recipient=recipient[:320],
            body=body,
            digest=hashlib.sha256(body).hexdigest(),
            received_at=received_at or clock.now(),
        )
        transaction.on_commit(lambda: queue("helpdesk.tickets.tasks.handle_raw", raw.pk), robust=True)
    return raw


def forgotten_ids() -> list[int]:
    """Pending rows that no job took: the broker was away, or a worker died."""
    late = clock.now() - FORGOTTEN_AFTER
    pending = RawMessage.objects.filter(outcome=Outcome.PENDING, received_at__lt=late)
    return list(pending.order_by("received_at").values_list("pk", flat=True)[:500])


def handle_raw(raw_id: int) -> RawMessage | None:
    """Read one raw message and do what it asks for, once. None where another job has it or it is done.

    What can't be read is quarantined. A fault of ours or of the database leaves the row pending for the
    sweep, up to MOST_ATTEMPTS; then it is quarantined too, so that one mail can't run for ever.
    """
    RawMessage.objects.filter(pk=raw_id, outcome=Outcome.PENDING).update(attempts=F("attempts") + 1)
    try:
        with transaction.atomic():
            raw = (
                RawMessage.objects.select_for_update(of=("self",), skip_locked=True)
                .select_related("inbox")
                .filter(pk=raw_id, outcome=Outcome.PENDING)
                .first()
            )
            if raw is None:
                return None
            if raw.attempts > MOST_ATTEMPTS:
                settle(raw, Outcome.QUARANTINED, "Reading it failed too often; see the log.")
            else:
                take_reading(raw, read_raw(raw))
            return raw
    except Unreadable as error:
        return quarantine(raw_id, str(error))


def read_raw(raw: RawMessage) -> Reading:
    return import_string(settings.RAW_READERS[raw.inbox.kind])(raw)


def take_reading(raw: RawMessage, reading: Reading) -> None:
    if reading.message is None:
        if reading.failed_message_id:
            fail_message(Message.objects.get(pk=reading.failed_message_id), reading.reason)
        raw.ticket_id, raw.message_id = reading.ticket_id, reading.message_id
        settle(raw, reading.outcome, reading.reason)
        return
    receipt = receive(reading.message)
    raw.ticket, raw.message = receipt.ticket, receipt.message
    settle(raw, receipt.outcome, reading.reason)


def settle(raw: RawMessage, outcome: str, reason: str) -> None:
    raw.outcome, raw.reason, raw.handled_at = outcome, reason[:500], clock.now()
    raw.save(update_fields=["outcome", "reason", "handled_at", "ticket", "message"])
    if outcome == Outcome.QUARANTINED:
        record(
            names.INBOUND_QUARANTINED,
            by=SYSTEM,
            channel=raw.inbox.kind,
            department_id=raw.inbox.department_id,
            data={"raw": raw.pk, "reason": raw.reason},
        )


def quarantine(raw_id: int, reason: str) -> RawMessage | None:
    with transaction.atomic():
        raw = RawMessage.objects.select_for_update().filter(pk=raw_id, outcome=Outcome.PENDING).first()
        if raw:
            settle(raw, Outcome.QUARANTINED, reason)
    return raw


def replay_raw(raw: RawMessage, *, by: Actor) -> RawMessage:
    """Read a set-aside message again, because a person says so; returns it with its new outcome."""
    again = (Outcome.QUARANTINED, Outcome.IGNORED, Outcome.BOUNCE)
    RawMessage.objects.filter(pk=raw.pk, outcome__in=again).update(outcome=Outcome.PENDING, attempts=0)
    log.info("%s replays raw message %s", by.name, raw.pk)
    handle_raw(raw.pk)
    raw.refresh_from_db()
    return raw
