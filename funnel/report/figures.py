"""The figures of a period from its totals. Unrounded; None where there is nothing to divide by.

What each figure means is in docs/funnel.md and, for readers of the page, in page/tiles.py.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from typing import Any

from funnel.report.estimates import share, wilson_interval
from funnel.report.period import Period, month_of
from funnel.report.totals import DURATIONS, HOURS_A_WEEK, NO_SPREAD, NO_TOTALS, Spread, Totals
from funnel.sessions import nodes, paths
from funnel.tallies import counters


@dataclass(frozen=True)
class Waiting:
    """Who waits now for a first answer; a median of answers given cannot show them. Seconds."""

    count: int = 0
    longest: int | None = None


@dataclass(frozen=True)
class Material:
    """All that the figures of one period and one part of the desk are made from."""

    totals: Totals
    months: Mapping[str, Totals]  # by "2026-01"
    spreads: Mapping[str, Spread]  # by DURATIONS
    hours: Counter[int] = field(default_factory=Counter)  # new conversations by weekday * 24 + hour
    waiting: Waiting = Waiting()


def make_figures(material: Material, period: Period, *, now: datetime) -> dict[str, Any]:
    """Every figure of the period as plain JSON types, keyed as `manage.py funnel_report` prints them."""
    totals, counts = material.totals, material.totals.counts
    return {
        "sessions": totals.sessions,
        **self_service_figures(totals),
        **team_figures(counts),
        **spread_figures(material.spreads),
        "waiting": material.waiting.count,
        "longest_wait": material.waiting.longest,
        "proactive_sent": counts[counters.PROACTIVE_SENT],
        "proactive_opened": counts[counters.PROACTIVE_OPENED],
        "spam": counts[counters.SPAM],
        "links": links_of(totals.flow),
        "months": month_rows(material.months, period, now=now),
        "hours": [material.hours.get(hour, 0) for hour in range(HOURS_A_WEEK)],
    }


def self_service_figures(totals: Totals) -> dict[str, Any]:
    """Flow figures, by the day the session began. Rates leave out sessions that may still change."""
    counts = totals.counts
    ends = totals.by_end
    by_articles, by_bot = ends[nodes.RESOLVED_BY_ARTICLES], ends[nodes.RESOLVED_BY_BOT]
    self_served = by_articles + by_bot
    by_team = ends[nodes.RESOLVED_OUTRIGHT] + ends[nodes.RESOLVED_AFTER]
    return {
        "article_views": counts[counters.VIEWS],
        "article_views_matured": counts[counters.VIEWS_MATURED],
        "article_resolution_rate": share(by_articles, counts[counters.VIEWS_MATURED]),
        "article_resolution_per_viewer": share(by_articles, counts[counters.VIEWERS_MATURED]),
        "automated_resolution_rate": share(by_bot, counts[counters.BOT_ANSWERED_MATURED]),
        **ends,
        "self_service_share": share(self_served, self_served + by_team),
    }


def team_figures(counts: Counter[str]) -> dict[str, Any]:
    """Activity figures, each by the day of its own event."""
    rated, good = counts[counters.RATINGS], counts[counters.GOOD_RATINGS]
    return {
        "new": counts[counters.NEW],
        "all_new": counts[counters.ALL_NEW],
        "replied": counts[counters.REPLIED],
        "closed": counts[counters.CLOSED],
        "chats": counts[counters.CHATS],
        "chats_answered_in_1_minute": share(counts[counters.CHATS_IN_1], counts[counters.CHATS]),
        "chats_answered_in_10_minutes": share(counts[counters.CHATS_IN_10], counts[counters.CHATS]),
        "csat": share(good, rated),
        "csat_interval": wilson_interval(good, rated),
        "csat_response_rate": share(rated, counts[counters.ASKED]),
        "ratings": rated,
        "first_contact_resolution": share(counts[counters.AT_ONCE], counts[counters.SETTLED]),
    }


def spread_figures(spreads: Mapping[str, Spread], names: Iterable[str] = DURATIONS) -> dict[str, Any]:
    """The medians, and within what nine of ten were. Approximate where the span holds too many to sort."""
    known = {name: spreads.get(name, NO_SPREAD) for name in names}
    return {
        **{f"median_{name}": spread.median for name, spread in known.items()},
        **{f"ninetieth_{name}": spread.ninetieth for name, spread in known.items()},
        "medians_are_exact": all(spread.is_exact for spread in known.values()),
    }


def links_of(flow: Counter[int]) -> list[list[Any]]:
    """The flow as [source, target, sessions], sources by column, the bands of each from the top lane down."""
    counts: Counter[tuple[str, str]] = Counter()
    for code, sessions in flow.items():
        for step in pairwise(paths.PATHS[code]):
            counts[step] += sessions
    order = list(nodes.COLUMN)
    steps = sorted(counts, key=lambda step: (order.index(step[0]), nodes.LANE[step[1]]))
    return [[source, target, counts[source, target]] for source, target in steps if counts[source, target]]


def month_rows(months: Mapping[str, Totals], period: Period, *, now: datetime) -> list[dict[str, Any]]:
    """What each month's sessions came to; the months add up to the flow. The current month is marked `so_far`."""
    current = month_of(now.astimezone(period.zone).date())
    names = map(month_of, period.months())
    return [
        {"month": month, "so_far": month == current, **month_figures(months.get(month, NO_TOTALS))}
        for month in names
    ]


def month_figures(totals: Totals) -> dict[str, Any]:
    ends = totals.by_end
    return {
        "sessions": totals.sessions,
        "self_service": sum(ends[end] for end in nodes.SELF_SERVED),
        "team": sum(ends[end] for end in nodes.SOLVED_BY_TEAM),
        **ends,
        "proactive_sent": totals.counts[counters.PROACTIVE_SENT],
        "people": totals.counts[counters.PEOPLE] or None,
    }
