"""Telling those who listen: LISTENERS_NOW right after the commit, LISTENERS_LATER in a job. `told_at` is the truth."""

import atexit
import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from contextvars import ContextVar

from django.conf import settings
from django.db import connection, transaction
from django.utils.module_loading import import_string

from helpdesk import clock
from helpdesk.events.models import Event
from helpdesk.jobs import queue
from helpdesk.push import pushing_together

log = logging.getLogger(__name__)
MARK = "UPDATE events_event SET told_at = %s WHERE id = ANY(%s)"
# The same, its commit not waited for until the disk has it: a mark that a crash of the database loses is a fact told again.
# Each wait of a job's is one that the next line of a chat has to wait for, too.
MARK_UNHURRIED = """
WITH unhurried AS MATERIALIZED (SELECT set_config('synchronous_commit', 'off', true))
UPDATE events_event SET told_at = %s FROM unhurried WHERE id = ANY(%s)"""
MOST_TELLINGS = 13  # of one event; tasks.py says how far apart
Listener = Callable[[Event], None]
told_here: ContextVar[list[Event] | None] = ContextVar("told_here", default=None)
to_mark: ContextVar[list[int] | None] = ContextVar("to_mark", default=None)


def hears(
    *names: str,
    now: Callable[[], Set[str]] | None = None,
    within: Callable[[], AbstractContextManager] = nullcontext,
) -> Callable[[Listener], Listener]:
    """Mark a listener of LISTENERS_LATER: it is told of these facts only. Without the mark it hears of all.

    `now` says which of them matter at the moment; it is asked once for all facts that are told together. `within` is open
    while they are told, and asked.
    """

    def mark(listener: Listener) -> Listener:
        listener.hears, listener.hears_now, listener.within = frozenset(names), now, within
        return listener

    return mark


def tell_once_committed(event: Event) -> None:
    """Tell of it after the commit, in one breath with what was recorded just before it in the same savepoint."""
    connection = transaction.get_connection()
    waiting = connection.run_on_commit[-1:]  # (savepoints it hangs on, hook, is robust)
    if waiting and waiting[0][0] == set(connection.savepoint_ids) and hasattr(waiting[0][1], "events"):
        waiting[0][1].events.append(event)
        return

    def hook() -> None:
        tell(hook.events)

    hook.events = [event]
    transaction.on_commit(hook, robust=True)


class Bundle:
    """What comes one by one and fast, as the lines of chats do, and may wait for a moment: `send` has all their ids
    together."""

    WITHIN = 0.15  # seconds. A process that dies before has sent nothing: the sweeps find them

    def __init__(self, send: Callable[[Sequence[int]], None]) -> None:
        self.send_all = send
        self.ids: list[int] = []
        self.lock = threading.Lock()
        self.has_some = threading.Event()
        self.sender: threading.Thread | None = None

    def add(self, one: int) -> None:
        with self.lock:
            self.ids.append(one)
            if self.sender is None or not self.sender.is_alive():  # none yet, or it stayed behind at a fork
                self.sender = threading.Thread(target=self.work, name="bundle", daemon=True)
                self.sender.start()
                atexit.register(self.send)
        self.has_some.set()

    def work(self) -> None:
        while self.has_some.wait():
            time.sleep(self.WITHIN)
            self.has_some.clear()
            try:
                self.send()
            except Exception:  # what could not be sent waits for its sweep
                log.exception("A bundle was not sent.")

    def send(self) -> None:
        with self.lock:
            ids, self.ids = self.ids, []
        if ids:
            self.send_all(ids)


bundle = Bundle(lambda ids: queue("helpdesk.events.tasks.tell_later", *ids))


def tell_line_once_committed(event: Event) -> None:
    """As `tell_once_committed`, for a fact that a statement of its own wrote, and of which many others follow."""

    def hook() -> None:
        tell_now([event])
        if settings.JOBS_INLINE or told_here.get() is not None:
            tell_the_others([event])
        else:
            bundle.add(event.pk)

    transaction.on_commit(hook, robust=True)


def tell(events: Sequence[Event]) -> None:
    """Tell LISTENERS_NOW, here; LISTENERS_LATER are told by one job, or at the end of the job that runs."""
    tell_now(events)
    tell_the_others(events)


def tell_now(events: Sequence[Event]) -> None:
    """What they push to sockets goes out together, at the end."""
    try:
        with pushing_together():
            for path in settings.LISTENERS_NOW:
                tell_listener(path, events)
    except Exception:  # whoever listens live catches up from the ledger; the change itself stands
        log.exception("No socket heard of %s", events)


def tell_listener(path: str, events: Sequence[Event]) -> None:
    try:
        import_string(path)(events)
    except Exception:
        log.exception("%s did not hear of %s", path, events)


def tell_the_others(events: Sequence[Event]) -> None:
    here = told_here.get()
    if here is None:
        queue("helpdesk.events.tasks.tell_later", *(event.pk for event in events))
    else:
        here.extend(events)


@contextmanager
def telling_here() -> Iterator[None]:
    """In a job: what is recorded inside is told at its end, by itself, and needs no job of its own.

    A job that dies before has told nobody: its facts are untold, and the sweep finds them.
    """
    waiting: list[Event] = []
    token = told_here.set(waiting)
    try:
        yield
        tell_waiting(waiting)
    finally:
        told_here.reset(token)


def tell_waiting(waiting: list[Event]) -> None:
    """Tell until nothing is left: what a listener does is recorded too."""
    while waiting:
        batch = waiting.copy()
        waiting.clear()
        tell_listeners(batch)


def tell_listeners(events: Sequence[Event]) -> None:
    """Tell every listener of each event, in order; those that all have heard of are marked told."""
    names = {event.name for event in events}
    with ExitStack() as open_now:
        heard_by = {path: names_heard(path, names, open_now) for path in settings.LISTENERS_LATER}
        told = [event.pk for event in events if tell_all_of(event, heard_by)]
    together = to_mark.get()
    if together is None:
        mark_told(told)
    else:
        together.extend(told)


@contextmanager
def marking_together() -> Iterator[None]:
    """Inside, events are marked told at the end, all by one statement. A job that dies before has its last seconds told
    once more by the sweep."""
    told: list[int] = []
    token = to_mark.set(told)
    try:
        yield
    finally:
        to_mark.reset(token)
        mark_told(told)


def mark_told(event_ids: Sequence[int]) -> None:
    if event_ids:
        mark = MARK if connection.in_atomic_block else MARK_UNHURRIED  # of nothing but the mark
        with connection.cursor() as cursor:  # after every fact: plain SQL is half the work
            cursor.execute(mark, [clock.now(), list(event_ids)])


def names_heard(path: str, names: Set[str], open_now: ExitStack) -> Set[str]:
    listener = import_string(path)
    wanted = names & getattr(listener, "hears", names)
    now = getattr(listener, "hears_now", None)
    if not wanted or not now:
        return wanted
    open_now.enter_context(listener.within())
    return wanted & now()


def tell_all_of(event: Event, heard_by: Mapping[str, Set[str]]) -> bool:
    failed = [path for path, names in heard_by.items() if event.name in names and not heard(path, event)]
    if failed and event.tellings >= MOST_TELLINGS:
        log.error("given up: %s has not reached %s", event, ", ".join(failed))
    return not failed


def heard(path: str, event: Event) -> bool:
    """Run one listener; False where it failed, so that the sweep tells it again. It opens a transaction where it writes."""
    try:
        import_string(path)(event)
    except Exception:
        log.exception("%s failed on %s", path, event)
        return False
    return True
