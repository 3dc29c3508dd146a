"""Threads in which open sockets read and write the database.

Each keeps its connection while it has work and gives it back when it rests. Channels' own way takes a connection from
the pool and has it checked for every single call, which costs a live message as much as the message itself.
"""

import asyncio
import logging
import threading
from collections.abc import Callable
from contextvars import Context, ContextVar, copy_context
from queue import Empty, SimpleQueue
from typing import Any

from django.db import DatabaseError, InterfaceError, OperationalError, connection

log = logging.getLogger(__name__)
REST_AFTER = 5.0  # seconds without work after which a thread gives its connection back
left_to_do: ContextVar[list[Callable[[], object]] | None] = ContextVar("left_to_do", default=None)


def afterwards(work: Callable[[], object]) -> None:
    """Do this when who asked has their answer, in the same thread; what it raises is logged. Outside of a crew it is done at
    once, and raises."""
    waiting = left_to_do.get()
    if waiting is None:
        work()
    else:
        waiting.append(work)


class Crew:
    """At most `size` calls at once, in order; the others wait. `waiting` is how many do."""

    def __init__(self, name: str, size: int) -> None:
        self.name, self.size = name, size
        self.calls: SimpleQueue[Call] = SimpleQueue()
        self.threads: list[threading.Thread] = []

    @property
    def waiting(self) -> int:
        return self.calls.qsize()

    async def do(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """What the function returns or raises. It must bear to be called twice: where the connection turns out to be
        dead it is called again with a new one."""
        call = Call(function, arguments)
        self.calls.put(call)
        if len(self.threads) < self.size:
            self.take_on()
        return await call.answer

    def take_on(self) -> None:
        thread = threading.Thread(target=self.work, name=f"{self.name}-{len(self.threads)}", daemon=True)
        self.threads.append(thread)
        thread.start()

    def work(self) -> None:
        has_connection = False
        while True:
            try:
                call = self.calls.get(timeout=REST_AFTER if has_connection else None)
            except Empty:
                rest()
                has_connection = False
                continue
            has_connection = True
            call.run()


class Call:
    """One call and the future of its answer, in the loop that asked."""

    def __init__(self, function: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
        self.function, self.arguments = function, arguments
        self.loop = asyncio.get_running_loop()
        self.answer: asyncio.Future = self.loop.create_future()
        self.context: Context = copy_context()

    def run(self) -> None:
        self.context.run(self.run_inside)

    def run_inside(self) -> None:
        waiting: list[Callable[[], object]] = []
        left_to_do.set(waiting)
        try:
            tell, outcome = self.tell_result, with_fresh_connection(self.function, self.arguments)
        except BaseException as error:  # whatever it is, it belongs to who asked
            tell, outcome = self.tell_error, error
        try:
            self.loop.call_soon_threadsafe(tell, outcome)
        except RuntimeError:  # the loop has ended meanwhile, and so has who asked
            log.debug("Nobody waits for %s any more.", self.function)
        left_to_do.set(None)
        for work in waiting:
            do_logged(work)

    def tell_result(self, result: Any) -> None:
        if not self.answer.done():
            self.answer.set_result(result)

    def tell_error(self, error: BaseException) -> None:
        if not self.answer.done():
            self.answer.set_exception(error)


def do_logged(work: Callable[[], object]) -> None:
    try:
        work()
    except Exception:  # who asked has their answer
        log.exception("What was left to do afterwards failed.")


def rest() -> None:
    try:
        connection.close()
    except DatabaseError:  # it was dead already; the next call opens another
        log.info("A connection could not be closed.", exc_info=True)


def with_fresh_connection(function: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
    try:
        return function(*arguments)
    except (OperationalError, InterfaceError):
        connection.close()
        return function(*arguments)


# What is asked of a live conversation; and hellos apart, so that thousands at once hold up nobody who is talking.
talk = Crew("talk", 4)
hellos = Crew("hello", 2)
