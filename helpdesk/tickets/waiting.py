"""Reading what waits, one raw message after another, each within a budget of time and memory.

A job reads what it finds for a moment, not one message only: a queued job costs more than reading a mail. Each message is
counted as begun before it is read and has a transaction of its own, so that one which fails, or ends its process, takes none
of the others with it. A row that was begun once is left to the sweep; jobs take only fresh ones.
"""

import logging
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from time import monotonic

from billiard.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.core.cache import cache
from django.db import connection

from helpdesk import clock
from helpdesk.events.actor import SYSTEM, Actor
from helpdesk.events.telling import marking_together, telling_here
from helpdesk.inboxes.models import RawMessage
from helpdesk.tickets.raw import READER_CALLED, call_reader, count_attempt, quarantine, read_counted

log = logging.getLogger(__name__)
SHIFT = 3  # seconds in which a job begins with messages; then others have their turn
MOST_OVERSPENT = (
    2  # times that a message may use up its budget: the first time the machine may have been busy
)
FORGOTTEN_AFTER = timedelta(seconds=20)
PAGE = resource.getpagesize()
Outcome = RawMessage.Outcome

TAKE_NEXT = """
    UPDATE inboxes_rawmessage SET attempts = 1 WHERE id = (
        SELECT id FROM inboxes_rawmessage WHERE outcome = 'pending' AND attempts = 0
        ORDER BY received_at LIMIT 1 FOR UPDATE SKIP LOCKED
    ) RETURNING id"""


def read_waiting() -> None:
    """Read fresh messages, the oldest first, until none is left or the shift is over; another job goes on.

    SoftTimeLimitExceeded, for a message that took too long, ends the shift after that message is seen to.
    """
    cache.delete(READER_CALLED)  # before the first look: what is stored after it calls another job
    begun, end = 0, monotonic() + SHIFT
    with marking_together():
        while monotonic() < end and (raw_id := take_next()) is not None:
            begun += 1
            if begun == 2:  # there is more than one: whoever is free may help, and goes on after this shift
                call_reader()
            read_within_budget(raw_id)


def take_next() -> int | None:
    """The oldest message that nobody has begun to read, counted as begun and committed: whoever dies of it is counted."""
    with connection.cursor() as cursor:
        cursor.execute(TAKE_NEXT)
        row = cursor.fetchone()
    return row[0] if row else None


def read_again(raw_id: int, *, by: Actor = SYSTEM) -> bool:
    """Read one message that the sweep found, or `by` asked for. False where it is done or another one reads it."""
    is_ours = count_attempt(raw_id)
    if is_ours:
        read_within_budget(raw_id, by=by)
    return is_ours


def read_within_budget(raw_id: int, *, by: Actor = SYSTEM) -> None:
    """Read a message that is counted as begun. What goes wrong with it is written down, and the next can follow."""
    try:
        with telling_here(), memory_limited_to(settings.READING_MEMORY_MB):
            read_counted(raw_id, by=by)
    except SoftTimeLimitExceeded:
        note_overspent(raw_id, f"Reading it took longer than {settings.READING_SECONDS} seconds.")
        call_reader()
        raise
    except MemoryError:
        note_overspent(raw_id, f"Reading it took more than {settings.READING_MEMORY_MB} MB of memory.")
    except Exception:
        log.exception("reading raw message %s", raw_id)


@contextmanager
def memory_limited_to(extra_mb: int) -> Iterator[None]:
    """At most so much more memory than this process has now; beyond it Python raises MemoryError.

    Linux only. Elsewhere, and against what no limit catches, a process that is killed is counted (`take_next`).
    """
    status = Path("/proc/self/statm")
    if not status.exists():
        yield
        return
    used = int(status.read_text().split()[5]) * PAGE
    before = resource.getrlimit(resource.RLIMIT_DATA)
    resource.setrlimit(resource.RLIMIT_DATA, (used + extra_mb * 2**20, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, before)


def note_overspent(raw_id: int, reason: str) -> None:
    """Set it aside where it was too much before; else the sweep tries it once more."""
    log.warning("raw message %s: %s", raw_id, reason)
    if RawMessage.objects.filter(pk=raw_id, attempts__gte=MOST_OVERSPENT).exists():
        quarantine(raw_id, reason)


def find_forgotten() -> list[int]:
    """Messages to read again: begun but not finished, by a fault or because the worker died.

    Fresh ones that nobody took, because the broker was away, call a reader.
    """
    late = RawMessage.objects.filter(
        outcome=Outcome.PENDING, received_at__lt=clock.now() - FORGOTTEN_AFTER
    ).order_by("received_at")
    if late.filter(attempts=0).exists():
        call_reader()
    return list(late.filter(attempts__gt=0).values_list("pk", flat=True)[:500])
