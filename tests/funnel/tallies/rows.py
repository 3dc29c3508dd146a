"""Made-up rows of sessions and conversations, with all that a tally must tell apart."""

import random
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from funnel.models import Edition, SupportConversation, SupportSession
from funnel.sessions import paths
from funnel.sessions.storing import CONVERSATION, SESSION, copy_rows

CHANNELS = ["email", "webchat", "telegram", "help"]
LANGUAGES = ["en", "it", ""]
TAGS = ["refund", "late", "wrong size", "vip"]
# March 2026 as Rome and as Kolkata have it, and some days around: on the 29th Rome's clocks go forward.
FIRST = datetime(2026, 2, 27, tzinfo=UTC)
DAYS = 36
NOW = datetime(2026, 4, 2, 12, tzinfo=UTC)

Row = dict[str, Any]


def make_edition(zone: str, **fields: Any) -> Edition:
    edition = Edition.objects.create(time_zone=zone, made_at=NOW, **fields)
    edition.facts = edition
    edition.save()
    return edition


def some_moment(dice: random.Random, zone: str) -> datetime:
    """Any second; often the very first or last of a day, or minutes before now."""
    moment = FIRST + timedelta(seconds=dice.randrange(DAYS * 86400))
    kind = dice.random()
    if kind < 0.1:
        midnight = moment.astimezone(ZoneInfo(zone)).replace(hour=0, minute=0, second=0)
        return midnight.astimezone(UTC) - timedelta(seconds=dice.choice([0, 1]))
    if kind < 0.15:
        return NOW - timedelta(seconds=dice.choice([0, 599, 600, 601, 86400, 86401]))
    return moment


def traits(dice: random.Random) -> Row:
    return {
        "person": f"c{dice.randrange(3000)}",
        "channel": dice.choice(CHANNELS),
        "department": dice.choice([None, 1, 2]),
        "language": dice.choice(LANGUAGES),
        "tags": dice.sample(TAGS, dice.choice([0, 0, 1, 1, 2, 3])),
    }


def session(dice: random.Random, zone: str) -> Row:
    started_at = some_moment(dice, zone)
    return traits(dice) | {
        "started_at": started_at,
        "matures_at": started_at + timedelta(days=1, seconds=dice.randrange(3 * 86400)),
        "path": dice.randrange(paths.COUNT),
        "views": dice.randrange(4),
        "articles": [],
        "is_bot_answered": dice.random() < 0.4,
        "tickets": [],
    }


def conversation(dice: random.Random, zone: str, ticket: int) -> Row:
    row = dict.fromkeys(CONVERSATION) | traits(dice) | {"ticket": ticket}
    started_at = some_moment(dice, zone)

    def later() -> datetime:
        return started_at + timedelta(seconds=int(dice.lognormvariate(8, 2)))

    row |= {
        "is_spam": dice.random() < 0.05,
        "started_by": dice.choice(["customer", "customer", "customer", "agent"]),
        "started_at": started_at,
        "is_open": dice.random() < 0.3,
        "is_bot_answered": False,
        "queued_at": started_at if dice.random() < 0.9 else None,
        "repliers": 0,
        "closed_by": "",
        "agent_closes": dice.randrange(3),
    }
    if dice.random() < 0.8:
        row |= {
            "replied_at": later(),
            "repliers": dice.choice([1, 1, 2]),
            "first_replier": dice.randrange(1, 6),
            "last_replier": dice.choice([None, 1, 2, 3]),
            "first_response": None if row["started_by"] == "agent" else int(dice.lognormvariate(6, 3)),
            "first_response_business": int(dice.lognormvariate(5, 3)),
        }
    if not row["is_open"]:
        row |= {
            "closed_at": later(),
            "closed_by": dice.choice(["agent", "agent", "bot", "customer"]),
            "closer": dice.choice([None, 1, 2, 3]),
            "time_to_close": int(dice.lognormvariate(9, 3)),
            "time_to_close_business": int(dice.lognormvariate(8, 3)),
        }
    if dice.random() < 0.5:
        row |= {"asked_at": later(), "rating": dice.choice([None, 1, 2, 3, 4, 5])}
        row["rated_at"] = later() if row["rating"] else None
    return row


def conversations(dice: random.Random, zone: str, count: int) -> Iterator[Row]:
    return (conversation(dice, zone, ticket) for ticket in range(count))


def store(edition: Edition, sessions: Iterable[Row], conversations: Iterable[Row]) -> None:
    for model, columns, rows in (
        (SupportSession, SESSION, sessions),
        (SupportConversation, CONVERSATION, conversations),
    ):
        values = ((edition.pk, *(row[column] for column in columns)) for row in rows)
        copy_rows(model, ["edition_id", *columns], values)
