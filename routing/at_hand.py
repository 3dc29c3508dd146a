"""The rules as each process keeps them: read and compiled once, for as long as none is changed.

The database itself notes every change of a table of rules with a stamp of its own (routing/migrations/0009), whoever made it
and in whatever way. What is kept is as good as that stamp, which is one small question for all rules together.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Generic, TypeVar
from uuid import UUID

from django.db import connection

from helpdesk.people.attributes.definitions import forget_at_hand
from helpdesk.prepared import fetch

STAMP = """
SELECT (SELECT version FROM routing_rulestamp WHERE id = 1),
    EXISTS (SELECT FROM routing_promise WHERE ended_at IS NULL),
    EXISTS (SELECT FROM routing_escalation WHERE ended_at IS NULL),
    EXISTS (SELECT FROM routing_botrun WHERE ended_at IS NULL)"""
T = TypeVar("T")


@dataclass(frozen=True)
class Stamp:
    """`version` is None where no rule was ever written; the rest says what goes on without any rule."""

    version: UUID | None
    has_promises: bool
    has_escalations: bool
    has_bots: bool


known: ContextVar[Stamp | None] = ContextVar("known", default=None)


def read_stamp() -> Stamp:
    """As the database has it now; inside `one_stamp` as it was there at first."""
    stamp = known.get()
    if stamp is None:
        [row] = fetch(connection, STAMP)
        stamp = Stamp(*row)
    return stamp


def is_stamped() -> bool:
    """Is this inside `one_stamp`, where what is kept costs nothing to ask for?"""
    return known.get() is not None


@contextmanager
def one_stamp() -> Iterator[Stamp]:
    """Inside, all rules are asked for as they stand at its beginning, by one question; one inside another is as if it were
    not there."""
    stamp = read_stamp()
    token = known.set(stamp)
    try:
        yield stamp
    finally:
        known.reset(token)


class AtHand(Generic[T]):
    """What `read` makes of the rules, kept in this process."""

    def __init__(self, read: Callable[[], T]) -> None:
        self.read = read
        self.kept: tuple[UUID, T] | None = None

    def get(self) -> T:
        version, kept = read_stamp().version, self.kept
        if kept and kept[0] == version:
            return kept[1]
        forget_at_hand()  # what the team has defined of people decides how a condition compares
        value = self.read()
        if version is not None:
            self.kept = (version, value)
        return value
