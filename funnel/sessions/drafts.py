"""A conversation and a session while the walk over the facts still fills them in."""

from collections.abc import Hashable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from funnel.sessions.facts import AGENT, BOT, CUSTOMER, PLAIN, Conversation, Fact, Traits

# A fact's place in the person's history: the time, then the order, since several facts may share a second.
Place = tuple[datetime, int]


def seconds_between(start: datetime, end: datetime) -> int:
    return max(0, int((end - start).total_seconds()))


@dataclass(slots=True)
class ConversationDraft:
    ticket: Hashable
    traits: Traits = PLAIN
    channel: str = ""
    department: Hashable = None
    started_by: str = CUSTOMER
    session: "SessionDraft | None" = None  # None until the customer has written
    started_at: datetime | None = None
    is_open: bool = True
    is_trashed: bool = False  # nobody waits there any more, and nobody closed it
    queued_at: datetime | None = None
    team: Place | None = None  # when it reached the team: queued, or answered without waiting
    bot_answered: Place | None = None
    replied_at: datetime | None = None
    first_response: int | None = None
    first_response_business: int | None = None
    closed_at: datetime | None = None
    closed_by: str | None = None
    closer: Hashable = None
    time_to_close: int | None = None
    time_to_close_business: int | None = None
    is_with_bot: bool = False  # the last real answer was the bot's, and nobody asked for a person since
    is_bot_solved: bool = False
    agent_closes: int = 0
    repliers: set[Hashable] = field(default_factory=set)
    first_replier: Hashable = None
    last_replier: Hashable = None
    asked_at: datetime | None = None
    rating: int | None = None
    rated_at: datetime | None = None

    @property
    def has_customer_words(self) -> bool:
        return self.session is not None

    @property
    def goes_on(self) -> bool:
        return self.is_open and not self.is_trashed

    def notice(self, fact: Fact) -> None:
        """Where it belongs now: the channel it began in, the department it stands in."""
        self.channel = self.channel or fact.channel
        self.department = fact.department if fact.department is not None else self.department

    def answer_by_bot(self, place: Place) -> None:
        self.bot_answered = self.bot_answered or place
        self.is_with_bot = True

    def queue(self, place: Place) -> None:
        self.is_with_bot = False
        if self.queued_at is None:
            self.queued_at = place[0]
            self.team = min(self.team, place) if self.team else place

    def answer(self, fact: Fact, place: Place) -> None:
        """A teammate's public answer; what they wrote before the customer ever did is no answer."""
        if not self.has_customer_words:
            return
        self.repliers.add(fact.actor)
        self.last_replier = fact.actor
        self.is_with_bot = False
        if self.replied_at is not None:
            return
        self.replied_at, self.first_replier = fact.at, fact.actor
        self.team = min(self.team, place) if self.team else place
        if self.started_by == CUSTOMER:
            waiting_since = self.queued_at or self.started_at
            self.first_response = (
                seconds_between(waiting_since, fact.at) if fact.value is None else fact.value
            )
            self.first_response_business = fact.business_value

    def answer_by_phone(self, fact: Fact, place: Place) -> None:
        is_first = self.replied_at is None
        unmeasured = replace(fact, value=None, business_value=None)  # its value is how long they talked
        self.answer(unmeasured, place)
        if is_first and self.queued_at is None:
            self.first_response = None

    def close(self, fact: Fact, *, by: str) -> None:
        if not self.is_open:
            return
        self.is_open = False
        self.closed_at, self.closed_by = fact.at, by
        self.closer = fact.actor if by == AGENT else None
        self.is_bot_solved = by == BOT and self.is_with_bot
        self.agent_closes += by == AGENT
        if self.has_customer_words:
            self.time_to_close = (
                seconds_between(self.started_at, fact.at) if fact.value is None else fact.value
            )
            self.time_to_close_business = fact.business_value

    def reopen(self) -> None:
        self.is_open = True

    def revoke_bot_close(self, at: datetime, *, window: timedelta) -> None:
        """The person wrote again: a bot's close that is younger than the window solved nothing."""
        if self.is_bot_solved and at - self.closed_at < window:
            self.is_bot_solved = False

    def frozen(self) -> Conversation:
        closed_at = None if self.is_open else self.closed_at
        return Conversation(
            ticket=self.ticket,
            person=self.session.person,
            language=self.traits.language,
            tags=self.traits.tags,
            channel=self.channel,
            department=self.department,
            started_by=self.started_by,
            started_at=self.started_at,
            is_open=self.goes_on,
            queued_at=self.queued_at,
            bot_answered_at=self.bot_answered and self.bot_answered[0],
            replied_at=self.replied_at,
            first_response=self.first_response,
            first_response_business=self.first_response_business,
            closed_at=closed_at,
            closed_by=closed_at and self.closed_by,
            closer=closed_at and self.closer,
            time_to_close=closed_at and self.time_to_close,
            time_to_close_business=closed_at and self.time_to_close_business,
            agent_closes=self.agent_closes,
            repliers=frozenset(self.repliers),
            first_replier=self.first_replier,
            last_replier=self.last_replier,
            asked_at=self.asked_at,
            rating=self.rating,
            rated_at=self.rated_at,
        )


@dataclass(slots=True)
class SessionDraft:
    person: Hashable
    started_at: datetime
    last_at: datetime
    is_after_proactive: bool
    channel: str
    department: Hashable
    language: str = ""
    views: list[Place] = field(default_factory=list)
    articles: set[Hashable] = field(default_factory=set)
    conversations: list[ConversationDraft] = field(default_factory=list)

    @property
    def is_open(self) -> bool:
        return any(conversation.goes_on for conversation in self.conversations)
