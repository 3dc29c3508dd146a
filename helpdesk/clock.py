"""The one clock of the product. `replay` and tests set it; everything else only reads it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime

from django.utils import timezone

_frozen: ContextVar[datetime | None] = ContextVar("helpdesk_clock", default=None)


def now() -> datetime:
    """The present moment, aware, in UTC; the frozen moment inside `frozen_at`."""
    return _frozen.get() or timezone.now()


@contextmanager
def frozen_at(moment: datetime) -> Iterator[None]:
    """Inside the block `now()` is `moment` (aware). Not seen by other processes: run jobs inline there."""
    token = _frozen.set(moment)
    try:
        yield
    finally:
        _frozen.reset(token)
