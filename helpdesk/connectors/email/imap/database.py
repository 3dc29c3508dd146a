"""The database for threads that live long and need it seldom."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import close_old_connections, connection


@contextmanager
def short_connection() -> Iterator[None]:
    """A connection that died meanwhile is thrown away before, and ours goes back to the pool after; inside of a
    transaction, which holds its connection anyhow, neither."""
    give_back()
    try:
        yield
    finally:
        give_back()


def give_back() -> None:
    if not connection.in_atomic_block:
        close_old_connections()
