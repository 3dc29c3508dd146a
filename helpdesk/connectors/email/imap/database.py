"""The database for threads that live long and need it seldom."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import close_old_connections


@contextmanager
def short_connection() -> Iterator[None]:
    """A connection that died meanwhile is thrown away before, and ours goes back to the pool after."""
    close_old_connections()
    try:
        yield
    finally:
        close_old_connections()
