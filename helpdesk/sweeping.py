"""What a job finds due, done row by row."""

import logging
from collections.abc import Callable, Iterable

log = logging.getLogger(__name__)


def count_each(do: Callable[..., object], due: Iterable[tuple]) -> int:
    """Call `do(*row)` for each row; for how many it said yes. One row's trouble must not keep the others waiting: it is logged,
    and met again at the next look."""
    return sum(is_done(do, row) for row in list(due))


def is_done(do: Callable[..., object], row: tuple) -> bool:
    try:
        return bool(do(*row))
    except Exception:
        log.exception("%s%s failed", do.__qualname__, row)
        return False
