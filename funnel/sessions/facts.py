"""What the funnel reasons about: facts go in, conversations and support-seeking sessions come out.

Nothing here knows the database; reading.py makes facts from the ledger, walk.py makes a history of them.
The rules and the reasons behind them are in docs/funnel.md.
"""

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import datetime

from funnel.sessions import nodes

HELP_CENTER = "help"  # the channel of a session that never became a conversation
AGENT, BOT, CUSTOMER = "agent", "bot", "customer"


@dataclass(frozen=True, slots=True)
class Fact:
    """One event of the ledger, as far as the funnel cares. `value` is seconds or a rating, as names.py says."""

    at: datetime
    name: str
    person: Hashable = None
    ticket: Hashable = None
    article: Hashable = None
    channel: str = ""
    department: Hashable = None
    actor_kind: str = ""
    actor: Hashable = None
    value: int | None = None
    business_value: int | None = None
    started_by: str = CUSTOMER  # of ticket.created only
    language: str = ""  # the article's, of a view
    message: str | None = None  # of a proactive message only


@dataclass(frozen=True, slots=True)
class Traits:
    """What a ticket is like now, which no fact tells."""

    language: str = ""
    tags: tuple[str, ...] = ()


PLAIN = Traits()


@dataclass(frozen=True, slots=True)
class Conversation:
    """One ticket the customer wrote in, as it stands at the time of the report. Durations in seconds."""

    ticket: Hashable
    person: Hashable
    channel: str
    department: Hashable
    language: str
    tags: tuple[str, ...]
    started_by: str
    started_at: datetime  # first customer message
    is_open: bool
    queued_at: datetime | None  # when it began to wait for a person of the team
    bot_answered_at: datetime | None
    replied_at: datetime | None  # first public answer by a teammate
    first_response: int | None
    first_response_business: int | None
    closed_at: datetime | None  # the last close; a reopening revokes it
    closed_by: str | None
    closer: Hashable  # which teammate, where it was one
    time_to_close: int | None
    time_to_close_business: int | None
    agent_closes: int
    repliers: frozenset[Hashable]
    first_replier: Hashable
    last_replier: Hashable  # who is credited with the rating
    asked_at: datetime | None  # when the last survey went out
    rating: int | None
    rated_at: datetime | None

    @property
    def is_closed_by_team(self) -> bool:
        return not self.is_open and self.closed_by == AGENT

    @property
    def is_waiting(self) -> bool:
        return self.is_open and self.queued_at is not None and self.replied_at is None


@dataclass(frozen=True, slots=True)
class Session:
    """One person looking for help with one thing, from the first sign of it to the last."""

    person: Hashable
    started_at: datetime
    channel: str
    department: Hashable
    language: str
    tags: tuple[str, ...]
    matures_at: datetime  # from then on it is not too early to say how it ended
    is_pending: bool  # too early at the time of the report
    views: int  # unassisted article views
    articles: frozenset[Hashable]  # that were viewed so
    is_bot_answered: bool
    tickets: tuple[Hashable, ...]
    settled_path: tuple[str, ...]  # nodes of the Sankey from source to outcome, as if it were not too early

    @property
    def path(self) -> tuple[str, ...]:
        """Nodes of the Sankey as they stand at the time of the report."""
        return (*self.settled_path[:-1], nodes.STILL_OPEN) if self.is_pending else self.settled_path

    @property
    def outcome(self) -> str:
        return self.path[-1]


@dataclass(frozen=True, slots=True)
class Sending:
    """One proactive message handed to a channel, or one ticket of spam: it only counts."""

    at: datetime
    channel: str
    department: Hashable
    person: Hashable = None
    language: str = ""
    tags: tuple[str, ...] = ()
    ticket: Hashable = None
    is_opened: bool = False  # the message, in time


@dataclass(frozen=True, slots=True)
class History:
    """All that a report is made from, spam already set aside."""

    sessions: list[Session]
    conversations: list[Conversation]
    sendings: list[Sending]
    spam: list[Sending]  # where and when tickets began that are spam
