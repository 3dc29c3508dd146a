"""One process at a time reckons the funnel."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DatabaseError, connection

LOCK = 0x66756E6E  # "funn"


@contextmanager
def alone(*, wait: bool = False) -> Iterator[bool]:
    """Whether this process may reckon now: no other does until the block ends. With `wait` it always may, in the end.

    The lock is the connection's: with a process that is killed it is gone. Inside a transaction it lasts as long as
    that, since nobody else sees what was reckoned any sooner.
    """
    until_commit = connection.in_atomic_block
    kind = "advisory_xact_lock" if until_commit else "advisory_lock"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {'pg_' if wait else 'pg_try_'}{kind}(%s)", [LOCK])
        is_mine = wait or cursor.fetchone()[0]
    try:
        yield is_mine
    finally:
        if is_mine and not until_commit:
            release()


def release() -> None:
    """Where a job was cut off in the middle of a query the connection can't be asked any more: close it instead."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
    except DatabaseError:
        connection.close()
