"""Killing one of the site's programs and bringing it back, and waiting for what is then true."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event as Flag
from typing import TypeVar

from django.db import connection

from helpdesk.supervisor import ports
from helpdesk.supervisor.child import Child
from helpdesk.supervisor.leash import send
from helpdesk.supervisor.waiting import wait_for

T = TypeVar("T")


def eventually(condition: Callable[[], T], *, seconds: float = 60) -> T:
    """The condition's first true value; fails when none comes in time."""
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < deadline, "this never came true"
        Flag().wait(0.05)
    return value


def kill(program: Child) -> None:
    """`kill -9` of the program with all it started; nothing of it is left when this returns."""
    send(os.killpg, program.pid, signal.SIGKILL)
    eventually(lambda: program.exit_code() is not None)


@contextmanager
def held_still(program: Child) -> Iterator[None]:
    """The program with all it started does nothing meanwhile, and holds no lock that others would wait for."""
    eventually(lambda: is_held_between_transactions(program))
    try:
        yield
    finally:
        send(os.killpg, program.pid, signal.SIGCONT)


def is_held_between_transactions(program: Child) -> bool:
    """Stop it; where that caught it inside a transaction, let it go again."""
    send(os.killpg, program.pid, signal.SIGSTOP)
    for _ in range(2):  # what it had just sent may not have been read yet
        if is_in_transaction(program):
            send(os.killpg, program.pid, signal.SIGCONT)
            return False
        Flag().wait(0.05)
    return True


def is_in_transaction(program: Child) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND state <> 'idle' "
            "AND application_name = %s)",
            [f"helpdesk-{program.name}"],
        )
        return cursor.fetchone()[0]


def bring_back(program: Child, is_ready: Callable[[], bool]) -> None:
    """Start a killed program again, as `up` does, and wait until it is ready."""

    def runs() -> bool:
        program.restart_if_ended(print)
        return program.restarts > before and is_ready()

    before = program.restarts
    assert wait_for(runs, seconds=60, stop=Flag()), program.last_lines()


def listens(port: int) -> bool:
    return ports.answers("127.0.0.1", port)
