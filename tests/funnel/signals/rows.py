"""Rows that the rules read, made by hand: sessions and conversations of an edition on a day of April 2026."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import count
from zoneinfo import ZoneInfo

from funnel.models import Edition, SupportConversation, SupportSession
from funnel.sessions import nodes, paths

ROME = ZoneInfo("Europe/Rome")
NOW = datetime(2026, 4, 10, 12, tzinfo=ROME)  # so that the last full month is March
numbers = count(1000)
HOUR = 3600


def at(month: int, day: int, hour: int = 10) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=ROME)


def make_edition() -> Edition:
    edition = Edition.objects.create(state="current", time_zone="Europe/Rome", made_at=NOW, reckoned_at=NOW)
    edition.facts = edition
    edition.save()
    return edition


def add_conversations(
    edition: Edition, waits: Iterable[int | None], start: datetime, *, department: int | None = None
) -> list[int]:
    """One conversation for each wait (seconds to the first answer), all begun at `start`; their tickets."""
    rows = [
        SupportConversation(
            edition=edition,
            ticket=next(numbers),
            person=f"c{next(numbers)}",
            channel="email",
            department=department,
            started_by="customer",
            started_at=start,
            queued_at=start,
            is_open=wait is None,
            first_response=wait,
            replied_at=None if wait is None else start + timedelta(seconds=wait),
        )
        for wait in waits
    ]
    SupportConversation.objects.bulk_create(rows)
    return [row.ticket for row in rows]


def add_sessions(edition: Edition, end: str, sessions: int, start: datetime, *articles: int) -> None:
    """Sessions that ended so, on a way that is possible."""
    way = next(path for path in paths.PATHS if path[-1] == end and (nodes.ARTICLES in path) == bool(articles))
    SupportSession.objects.bulk_create(
        SupportSession(
            edition=edition,
            person=f"v{next(numbers)}",
            started_at=start,
            matures_at=start + timedelta(days=1),
            channel="help",
            path=paths.code_of(way),
            views=len(articles),
            articles=[str(article) for article in articles],
        )
        for _session in range(sessions)
    )


def solved(edition: Edition, month: int, *, articles: int, outright: int, after: int = 0) -> None:
    add_sessions(edition, nodes.RESOLVED_BY_ARTICLES, articles, at(month, 10), 1)
    add_sessions(edition, nodes.RESOLVED_OUTRIGHT, outright, at(month, 10))
    add_sessions(edition, nodes.RESOLVED_AFTER, after, at(month, 10), 1)
