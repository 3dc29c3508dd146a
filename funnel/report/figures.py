"""The figures of one period, from sessions and conversations. Unrounded; None where there is nothing to divide by.

What each figure means is in docs/metrics.md and, for readers of the page, in tiles.py.
"""

from collections import Counter
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from funnel.report.estimates import median, share, wilson_interval
from funnel.report.period import Period
from funnel.sessions import nodes
from funnel.sessions.facts import CUSTOMER, SETTLED, Conversation, History, Session

GOOD_RATING = 4  # of 5
ANY = object()  # a department filter of None means "no department"


@dataclass(frozen=True)
class Scope:
    """Which part of the desk to look at; everything, unless told otherwise."""

    channel: str = ""
    department: Hashable = ANY

    def holds(self, thing: Any) -> bool:
        """Whether a session, conversation or sending is part of it."""
        return self.channel in {"", thing.channel} and self.department in {ANY, thing.department}


def make_report(
    history: History, period: Period, *, now: datetime, scope: Scope | None = None
) -> dict[str, Any]:
    """Every figure of the period as plain JSON types, keyed as `manage.py funnel_report` prints them."""
    scope = scope or Scope()
    conversations = [c for c in history.conversations if scope.holds(c)]
    sessions = [s for s in history.sessions if period.holds(s.started_at) and scope.holds(s)]
    return {
        "sessions": len(sessions),
        **self_service_figures(sessions),
        **team_figures(conversations, period),
        **rating_figures(conversations, period),
        **first_contact_figures(conversations, period, now=now),
        **waiting_figures(conversations, now=now),
        "proactive_sent": count_in(history.sendings, period, scope),
        "spam": count_in(history.spam, period, scope),
        "links": links_of(sessions),
        "months": months_of(sessions, period, now=now),
    }


def self_service_figures(sessions: list[Session]) -> dict[str, Any]:
    """Flow figures, by the day the session began. Rates leave out sessions that may still change."""
    matured = [session for session in sessions if not session.is_pending]
    ends = Counter(session.outcome for session in sessions)
    by_articles, by_bot = ends[nodes.RESOLVED_BY_ARTICLES], ends[nodes.RESOLVED_BY_BOT]
    self_served = by_articles + by_bot
    by_team = ends[nodes.RESOLVED_OUTRIGHT] + ends[nodes.RESOLVED_AFTER]
    views_matured = sum(session.views for session in matured)
    return {
        "article_views": sum(session.views for session in sessions),
        "article_views_matured": views_matured,
        "article_resolution_rate": share(by_articles, views_matured),
        "article_resolution_per_viewer": share(by_articles, sum(s.views > 0 for s in matured)),
        "automated_resolution_rate": share(by_bot, sum(s.is_bot_answered for s in matured)),
        "resolved_by_articles": by_articles,
        "resolved_by_bot": by_bot,
        "resolved_outright": ends[nodes.RESOLVED_OUTRIGHT],
        "resolved_after_self_service": ends[nodes.RESOLVED_AFTER],
        "not_resolved": ends[nodes.NOT_RESOLVED],
        "still_open": ends[nodes.STILL_OPEN],
        "self_service_share": share(self_served, self_served + by_team),
    }


def team_figures(conversations: list[Conversation], period: Period) -> dict[str, Any]:
    """Activity figures, each by the day of its own event."""
    replied = [c for c in conversations if period.holds(c.replied_at)]
    closed = closed_by_team(conversations, period)
    return {
        "new": sum(c.started_by == CUSTOMER and period.holds(c.queued_at) for c in conversations),
        "all_new": sum(c.started_by == CUSTOMER and period.holds(c.started_at) for c in conversations),
        "replied": len(replied),
        "closed": len(closed),
        "median_first_response": median(c.first_response for c in replied),
        "median_first_response_business": median(c.first_response_business for c in replied),
        "median_time_to_close": median(c.time_to_close for c in closed),
        "median_time_to_close_business": median(c.time_to_close_business for c in closed),
    }


def closed_by_team(conversations: Iterable[Conversation], period: Period) -> list[Conversation]:
    return [c for c in conversations if c.is_closed_by_team and period.holds(c.closed_at)]


def rating_figures(conversations: list[Conversation], period: Period) -> dict[str, Any]:
    rated = [c for c in conversations if c.rating is not None and period.holds(c.rated_at)]
    good = sum(c.rating >= GOOD_RATING for c in rated)
    return {
        "csat": share(good, len(rated)),
        "csat_interval": wilson_interval(good, len(rated)),
        "csat_response_rate": share(len(rated), sum(period.holds(c.asked_at) for c in conversations)),
        "ratings": len(rated),
    }


def first_contact_figures(
    conversations: list[Conversation], period: Period, *, now: datetime
) -> dict[str, Any]:
    """One close, one teammate, and no return: known only a week after the close."""
    settled = [c for c in closed_by_team(conversations, period) if now - c.closed_at >= SETTLED]
    at_once = sum(c.agent_closes == 1 and len(c.repliers) == 1 for c in settled)
    return {"first_contact_resolution": share(at_once, len(settled))}


def waiting_figures(conversations: list[Conversation], *, now: datetime) -> dict[str, Any]:
    """Who is waiting at `now` for a first answer; a median of answers given cannot show them. Seconds."""
    waits = [int((now - c.queued_at).total_seconds()) for c in conversations if c.is_waiting]
    return {"waiting": len(waits), "longest_wait": max(waits, default=None)}


def count_in(things: Iterable[Any], period: Period, scope: Scope) -> int:
    return sum(period.holds(thing.at) and scope.holds(thing) for thing in things)


def links_of(sessions: Iterable[Session]) -> list[list[Any]]:
    """The flow as [source, target, sessions], sources by column, the bands of each from the top lane down."""
    counts = Counter(step for session in sessions for step in pairwise(session.path))
    order = list(nodes.COLUMN)
    steps = sorted(counts, key=lambda step: (order.index(step[0]), nodes.LANE[step[1]]))
    return [[source, target, counts[source, target]] for source, target in steps]


def months_of(sessions: list[Session], period: Period, *, now: datetime) -> list[dict[str, Any]]:
    """What each month's sessions came to; the months add up to the flow. The current month is marked `so_far`."""
    by_month: Counter[tuple[str, str]] = Counter()
    for session in sessions:
        month = f"{session.started_at.astimezone(period.zone):%Y-%m}"
        by_month[month, "sessions"] += 1
        by_month[month, session.outcome] += 1
    today = f"{now.astimezone(period.zone):%Y-%m}"
    return [month_row(f"{month:%Y-%m}", by_month, today) for month in period.months()]


def month_row(month: str, counts: Counter[tuple[str, str]], today: str) -> dict[str, Any]:
    ends = {outcome: counts[month, outcome] for outcome, column in nodes.COLUMN.items() if column == 4}
    return {
        "month": month,
        "so_far": month == today,
        "sessions": counts[month, "sessions"],
        "self_service": sum(ends[outcome] for outcome in nodes.SELF_SERVED),
        "team": sum(ends[outcome] for outcome in nodes.SOLVED_BY_TEAM),
        **ends,
    }
