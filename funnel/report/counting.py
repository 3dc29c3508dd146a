"""The totals of a history in memory: how a report is made as of a past moment, and what stored tallies must equal."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import datetime

from funnel.report.estimates import percentile
from funnel.report.figures import Material, Waiting
from funnel.report.period import Period
from funnel.report.scope import EVERYTHING, Scope
from funnel.report.totals import DURATIONS, FIRST_RESPONSE, Spread, Totals
from funnel.sessions.facts import CUSTOMER, Conversation, History, Session
from funnel.sessions.paths import code_of
from funnel.sessions.rules import CHAT_PATIENCE, DEFAULT_RULES, GOOD_RATING, Rules
from funnel.tallies import counters
from helpdesk.inboxes.models import Inbox


def gather(
    history: History,
    period: Period,
    *,
    now: datetime,
    scope: Scope = EVERYTHING,
    rules: Rules = DEFAULT_RULES,
) -> Material:
    """What the figures of this period and scope are made from."""
    sessions = [s for s in history.sessions if period.holds(s.started_at) and scope.holds(s)]
    conversations = [c for c in history.conversations if scope.holds(c)]
    totals = Totals()
    months: dict[str, Totals] = defaultdict(Totals)
    for session in sessions:
        add_session(totals, session)
        add_session(months[month_of(session.started_at, period)], session)
    for conversation in conversations:
        add_conversation(totals.counts, conversation, period, now=now, rules=rules)
    for name, things in ((counters.PROACTIVE_SENT, history.sendings), (counters.SPAM, history.spam)):
        for thing in things:
            if period.holds(thing.at) and scope.holds(thing):
                totals.counts[name] += 1
                totals.counts[counters.PROACTIVE_OPENED] += thing.is_opened
                months[month_of(thing.at, period)].counts[name] += 1
    return Material(
        totals,
        months,
        spreads_of(conversations, period),
        hours_of(conversations, period),
        waiting_of(conversations, now=now),
    )


def month_of(at: datetime, period: Period) -> str:
    return f"{at.astimezone(period.zone):%Y-%m}"


def add_session(totals: Totals, session: Session) -> None:
    totals.flow[code_of(session.path)] += 1
    totals.counts[counters.VIEWS] += session.views
    if not session.is_pending:
        totals.counts[counters.VIEWS_MATURED] += session.views
        totals.counts[counters.VIEWERS_MATURED] += session.views > 0
        totals.counts[counters.BOT_ANSWERED_MATURED] += session.is_bot_answered


def add_conversation(
    counts: Counter[str], conversation: Conversation, period: Period, *, now: datetime, rules: Rules
) -> None:
    """Count what happened to it within the period, each by the day of its own event."""
    c = conversation
    if c.started_by == CUSTOMER:
        counts[counters.NEW] += period.holds(c.queued_at)
        counts[counters.ALL_NEW] += period.holds(c.started_at)
    counts[counters.REPLIED] += period.holds(c.replied_at)
    counts[counters.ASKED] += period.holds(c.asked_at)
    if is_closed_in(c, period):
        counts[counters.CLOSED] += 1
        if now - c.closed_at >= rules.settled:
            counts[counters.SETTLED] += 1
            counts[counters.AT_ONCE] += c.agent_closes == 1 and len(c.repliers) == 1
    if c.rating is not None and period.holds(c.rated_at):
        counts[counters.RATINGS] += 1
        counts[counters.GOOD_RATINGS] += c.rating >= GOOD_RATING
    if c.channel == Inbox.Kind.WEBCHAT and c.started_by == CUSTOMER and period.holds(c.queued_at):
        count_chat(counts, c, now=now)


def count_chat(counts: Counter[str], chat: Conversation, *, now: datetime) -> None:
    """A chat counts once it is answered or has waited too long; one that has just begun says nothing yet."""
    if chat.first_response is None and now - chat.queued_at < CHAT_PATIENCE:
        return
    counts[counters.CHATS] += 1
    counts[counters.CHATS_IN_1] += chat.first_response is not None and chat.first_response <= 60
    counts[counters.CHATS_IN_10] += chat.first_response is not None and chat.first_response <= 600


def is_closed_in(conversation: Conversation, period: Period) -> bool:
    return conversation.is_closed_by_team and period.holds(conversation.closed_at)


def spreads_of(conversations: Iterable[Conversation], period: Period) -> dict[str, Spread]:
    values: dict[str, list[int]] = defaultdict(list)
    for conversation in conversations:
        for name in DURATIONS:
            happened = (
                period.holds(conversation.replied_at)
                if name.startswith(FIRST_RESPONSE)
                else is_closed_in(conversation, period)
            )
            value = getattr(conversation, name)
            if happened and value is not None:
                values[name].append(value)
    return {name: Spread(percentile(values[name], 0.5), percentile(values[name], 0.9)) for name in DURATIONS}


def hours_of(conversations: Iterable[Conversation], period: Period) -> Counter[int]:
    """New conversations by hour of the week, Monday midnight first, in the period's time zone."""
    hours: Counter[int] = Counter()
    for conversation in conversations:
        if conversation.started_by == CUSTOMER and period.holds(conversation.queued_at):
            local = conversation.queued_at.astimezone(period.zone)
            hours[local.weekday() * 24 + local.hour] += 1
    return hours


def waiting_of(conversations: Iterable[Conversation], *, now: datetime) -> Waiting:
    waits = [int((now - c.queued_at).total_seconds()) for c in conversations if c.is_waiting]
    return Waiting(len(waits), max(waits, default=None))
