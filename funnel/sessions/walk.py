"""From facts to sessions: one walk over each person's facts, in the order they happened."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping
from datetime import datetime

from funnel.sessions.drafts import ConversationDraft, Place, SessionDraft
from funnel.sessions.facts import (
    AGENT,
    BOT,
    CUSTOMER,
    PLAIN,
    Fact,
    History,
    Sending,
    Traits,
)
from funnel.sessions.outcomes import judge
from funnel.sessions.rules import DEFAULT_RULES, OPENED_WITHIN, PROACTIVE_REACH, SAME_VIEW, Rules
from funnel.sessions.setting_aside import merged_tickets, spam_tickets
from helpdesk.events import names


def build_history(
    facts: Iterable[Fact],
    *,
    now: datetime,
    rules: Rules = DEFAULT_RULES,
    traits: Mapping[Hashable, Traits] | None = None,
) -> History:
    """All sessions and conversations as they stand at `now`. Facts come in time order; later ones are not known yet.

    `traits`: language and tags by ticket.
    """
    traits = traits or {}
    known = [fact for fact in facts if fact.at <= now]
    spam, merged = spam_tickets(known), merged_tickets(known)
    history = History(sessions=[], conversations=[], sendings=[], spam=[])
    openings = openings_of(known)
    for fact in known:
        if fact.name == names.PROACTIVE_SENT:
            history.sendings.append(sending_of(fact, openings[fact.person, fact.message]))
        elif fact.name == names.TICKET_CREATED and fact.ticket in spam - merged:
            history.spam.append(spam_of(fact, traits.get(fact.ticket, PLAIN)))
    for person, own in by_person(known, aside=spam | merged).items():
        walk = Walk(person, rules, traits)
        for order, fact in enumerate(own):
            walk.take(fact, order)
        history.sessions.extend(judge(session, now=now, rules=rules) for session in walk.sessions)
        history.conversations.extend(
            conversation.frozen()
            for conversation in walk.conversations.values()
            if conversation.has_customer_words
        )
    return history


def openings_of(facts: list[Fact]) -> dict[tuple[Hashable, str | None], list[datetime]]:
    """When each person opened each message."""
    openings = defaultdict(list)
    for fact in facts:
        if fact.name == names.PROACTIVE_OPENED and fact.message is not None:
            openings[fact.person, fact.message].append(fact.at)
    return openings


def sending_of(fact: Fact, openings: list[datetime]) -> Sending:
    is_opened = any(fact.at <= moment <= fact.at + OPENED_WITHIN for moment in openings)
    return Sending(fact.at, fact.channel, fact.department, fact.person, is_opened=is_opened)


def spam_of(fact: Fact, traits: Traits) -> Sending:
    return Sending(
        fact.at, fact.channel, fact.department, fact.person, traits.language, traits.tags, fact.ticket
    )


def by_person(facts: list[Fact], *, aside: set[Hashable]) -> dict[Hashable, list[Fact]]:
    """Each person's facts. A ticket's facts belong to the person whose ticket it is, whoever caused them."""
    owner = {
        fact.ticket: fact.person for fact in facts if fact.ticket is not None and fact.person is not None
    }
    people: dict[Hashable, list[Fact]] = defaultdict(list)
    for fact in facts:
        if fact.ticket in aside:
            continue
        person = owner.get(fact.ticket, fact.person)
        if person is not None:
            people[person].append(fact)
    return people


class Walk:
    """One person's history, fact by fact. `MEANING` says what each kind of fact does."""

    def __init__(self, person: Hashable, rules: Rules, traits: Mapping[Hashable, Traits]) -> None:
        self.person = person
        self.rules = rules
        self.traits = traits
        self.sessions: list[SessionDraft] = []
        self.conversations: dict[Hashable, ConversationDraft] = {}
        self.heeded_at: datetime | None = None  # a proactive message, last opened, clicked or answered
        self.counted_views: dict[Hashable, datetime] = {}

    def take(self, fact: Fact, order: int) -> None:
        meaning = MEANING.get(fact.name)
        if meaning is None:
            return
        if fact.ticket is not None:
            self.conversation(fact).notice(fact)
        meaning(self, fact, (fact.at, order))

    def conversation(self, fact: Fact) -> ConversationDraft:
        draft = self.conversations.get(fact.ticket)
        if draft is None:
            draft = ConversationDraft(fact.ticket, self.traits.get(fact.ticket, PLAIN))
            if fact.name == names.TICKET_CREATED:
                draft.started_by = fact.started_by
            self.conversations[fact.ticket] = draft
        return draft

    # -- which session

    def seek(self, fact: Fact, *, is_browsing: bool) -> SessionDraft:
        """The session that this sign of seeking help belongs to; begins one where none goes on."""
        session = self.going_on(fact.at, is_browsing=is_browsing)
        if session is None:
            session = SessionDraft(
                person=self.person,
                started_at=fact.at,
                last_at=fact.at,
                is_after_proactive=self.heeded_at is not None and fact.at - self.heeded_at <= PROACTIVE_REACH,
                channel=fact.channel,
                department=fact.department,
                language=fact.language,
            )
            self.sessions.append(session)
        session.last_at = fact.at
        return session

    def going_on(self, at: datetime, *, is_browsing: bool) -> SessionDraft | None:
        """The newest session if its window is open, else the newest that an open conversation keeps from ending."""
        if self.sessions:
            newest = self.sessions[-1]
            too_long = is_browsing and at - newest.started_at >= self.rules.longest_browsing
            if at - newest.last_at < self.rules.window and not too_long:
                return newest
        return next((session for session in reversed(self.sessions) if session.is_open), None)

    # -- what each fact means

    def view(self, fact: Fact, place: Place) -> None:
        """An article was read. Read beside an open conversation it is part of that, not self-service."""
        is_assisted = any(session.is_open for session in self.sessions)
        session = self.seek(fact, is_browsing=True)
        counted_at = self.counted_views.get(fact.article)
        if counted_at is not None and fact.at - counted_at < SAME_VIEW:
            return
        self.counted_views[fact.article] = fact.at
        if not is_assisted:
            session.views.append(place)
            session.articles.add(fact.article)

    def search(self, fact: Fact, place: Place) -> None:
        self.seek(fact, is_browsing=True)

    def create(self, fact: Fact, place: Place) -> None:
        if fact.started_by == CUSTOMER:
            self.write(fact, place)

    def write(self, fact: Fact, place: Place) -> None:
        """The customer wrote, to the team or to the bot."""
        if fact.ticket is None:
            return
        for conversation in self.conversations.values():
            conversation.revoke_bot_close(fact.at, window=self.rules.window)
        draft = self.conversations[fact.ticket]
        if draft.session is not None:
            draft.session.last_at = max(draft.session.last_at, fact.at)
            return
        draft.session = self.seek(fact, is_browsing=False)
        draft.started_at = fact.at
        draft.session.conversations.append(draft)

    def queue(self, fact: Fact, place: Place) -> None:
        if fact.ticket is not None:
            self.conversations[fact.ticket].queue(place)

    def bot_answer(self, fact: Fact, place: Place) -> None:
        if fact.ticket is not None:
            self.conversations[fact.ticket].answer_by_bot(place)

    def bot_close(self, fact: Fact, place: Place) -> None:
        if fact.ticket is not None:
            self.conversations[fact.ticket].close(fact, by=BOT)

    def reply(self, fact: Fact, place: Place) -> None:
        if fact.ticket is not None and fact.actor_kind == AGENT:
            self.conversations[fact.ticket].answer(fact, place)

    def call(self, fact: Fact, place: Place) -> None:
        """They talked by phone: an answer, and where nobody had waited before, one without a response time."""
        if fact.ticket is not None and fact.actor_kind == AGENT and fact.value:
            self.conversations[fact.ticket].answer_by_phone(fact, place)

    def close(self, fact: Fact, place: Place) -> None:
        if fact.ticket is not None:
            self.conversations[fact.ticket].close(fact, by=fact.actor_kind)

    def reopen(self, fact: Fact, place: Place) -> None:
        if fact.ticket is None:
            return
        if fact.actor_kind == CUSTOMER:
            self.write(fact, place)
        self.conversations[fact.ticket].reopen()

    def trash(self, fact: Fact, place: Place) -> None:
        if fact.ticket is not None:
            self.conversations[fact.ticket].is_trashed = fact.name == names.TICKET_TRASHED

    def ask_rating(self, fact: Fact, place: Place) -> None:
        if fact.ticket is not None:
            self.conversations[fact.ticket].asked_at = fact.at

    def rate(self, fact: Fact, place: Place) -> None:
        """The last rating is the one that counts."""
        if fact.ticket is not None:
            draft = self.conversations[fact.ticket]
            draft.rating, draft.rated_at = fact.value, fact.at

    def heed_proactive(self, fact: Fact, place: Place) -> None:
        self.heeded_at = fact.at


MEANING: dict[str, Callable[[Walk, Fact, Place], None]] = {
    names.ARTICLE_VIEWED: Walk.view,
    names.ARTICLE_SEARCHED: Walk.search,
    names.TICKET_CREATED: Walk.create,
    names.MESSAGE_RECEIVED: Walk.write,
    names.TICKET_QUEUED: Walk.queue,
    names.MESSAGE_REPLIED: Walk.reply,
    names.CALL_LOGGED: Walk.call,
    names.TICKET_CLOSED: Walk.close,
    names.TICKET_REOPENED: Walk.reopen,
    names.TICKET_TRASHED: Walk.trash,
    names.TICKET_RESTORED: Walk.trash,
    names.TICKET_TRANSFERRED: lambda walk, fact, place: (
        None
    ),  # only moves the conversation to its new department
    names.BOT_ASKED: Walk.write,
    names.BOT_ANSWERED: Walk.bot_answer,
    names.BOT_CLOSED: Walk.bot_close,
    names.BOT_HANDED_OVER: Walk.queue,
    names.SURVEY_SENT: Walk.ask_rating,
    names.SURVEY_RATED: Walk.rate,
    names.PROACTIVE_OPENED: Walk.heed_proactive,
    names.PROACTIVE_CLICKED: Walk.heed_proactive,
    names.PROACTIVE_REPLIED: Walk.heed_proactive,
}
