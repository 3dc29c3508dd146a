"""What is counted from which rows, in SQL: each kind of thing by the day of its own moment.

report/counting.py counts the same in memory; tests hold the two together.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from funnel.models import Edition, SupportConversation, SupportSession
from funnel.sessions import facts, paths
from funnel.sessions.rules import CHAT_PATIENCE, GOOD_RATING
from funnel.tallies import counters
from funnel.tallies.durations import LOG_GAMMA, LONGEST
from funnel.tallies.spans import offsets_between
from helpdesk.inboxes.models import Inbox


@dataclass(frozen=True, slots=True)
class Source:
    """Rows of one table by one of their moments. `counts`: a number of each row to be summed, by the lane's name.

    `series`: a small number of each row, by the packed field of a tally; how often each number occurs is counted in the
    lane of that number. NULL is not counted. `agent`: whose the rows are, where anybody's.
    """

    table: str
    moment: str
    counts: Mapping[str, str]
    condition: str = "true"
    series: Mapping[str, str] = field(default_factory=dict)
    agent: str = ""


ONE = "1"


def one_where(condition: str) -> str:
    return f"({condition})::int"


def bucket_of(column: str) -> str:
    """durations.bucket_of as SQL; NULL where the duration is unknown, which greatest() would take for the shortest."""
    seconds = f"least(greatest({column}, 1), {LONGEST})::float8"
    return f"(CASE WHEN {column} IS NOT NULL THEN ceil(ln({seconds}) / {LOG_GAMMA!r} - 1e-9) END)::int2"


SESSION, CONVERSATION = SupportSession._meta.db_table, SupportConversation._meta.db_table
MATURED = "matures_at <= %(now)s"
PATH = (
    f"(CASE WHEN {MATURED} THEN path ELSE path - mod(path, {len(paths.ENDS)}) + {paths.STILL_OPEN} END)::int2"
)
# Monday midnight is hour 0; the first of January 1970 was a Thursday.
LOCAL_SECONDS = (
    "(floor(date_part('epoch', queued_at))::int8"
    " + (%(offsets)s::int8[])[1 + width_bucket(queued_at, %(turns)s::timestamptz[])])"
)
HOUR_OF_WEEK = f"mod({LOCAL_SECONDS} / 3600 + 72, 168)::int2"
IS_BY_CUSTOMER = f"started_by = '{facts.CUSTOMER}'"
IS_CHAT = (
    f"channel = '{Inbox.Kind.WEBCHAT}' AND (first_response IS NOT NULL OR queued_at <= %(patience_ended)s)"
)
IS_SETTLED = "closed_at <= %(settled_by)s"

SOURCES = (
    Source(
        SESSION,
        "started_at",
        counts={
            counters.VIEWS: "views",
            counters.VIEWS_MATURED: f"views * ({MATURED})::int",
            counters.VIEWERS_MATURED: one_where(f"views > 0 AND {MATURED}"),
            counters.BOT_ANSWERED_MATURED: one_where(f"is_bot_answered AND {MATURED}"),
        },
        series={"counts": PATH},
    ),
    Source(
        CONVERSATION,
        "started_at",
        counts={
            counters.ALL_NEW: one_where(f"{IS_BY_CUSTOMER} AND NOT is_spam"),
            counters.SPAM: one_where("is_spam"),
        },
    ),
    Source(
        CONVERSATION,
        "queued_at",
        condition=f"{IS_BY_CUSTOMER} AND NOT is_spam",
        counts={
            counters.NEW: ONE,
            counters.CHATS: one_where(IS_CHAT),
            counters.CHATS_IN_1: one_where(f"{IS_CHAT} AND first_response <= 60"),
            counters.CHATS_IN_10: one_where(f"{IS_CHAT} AND first_response <= 600"),
        },
        series={"hours": HOUR_OF_WEEK},
    ),
    Source(
        CONVERSATION,
        "replied_at",
        condition="NOT is_spam",
        counts={counters.REPLIED: ONE},
        series={
            "first_response": bucket_of("first_response"),
            "first_response_business": bucket_of("first_response_business"),
        },
        agent="first_replier",
    ),
    Source(
        CONVERSATION,
        "closed_at",
        condition=f"NOT is_spam AND NOT is_open AND closed_by = '{facts.AGENT}'",
        counts={
            counters.CLOSED: ONE,
            counters.SETTLED: one_where(IS_SETTLED),
            counters.AT_ONCE: one_where(f"{IS_SETTLED} AND agent_closes = 1 AND repliers = 1"),
        },
        series={
            "time_to_close": bucket_of("time_to_close"),
            "time_to_close_business": bucket_of("time_to_close_business"),
        },
        agent="closer",
    ),
    Source(
        CONVERSATION,
        "asked_at",
        condition="NOT is_spam",
        counts={counters.ASKED: ONE},
        agent="last_replier",
    ),
    Source(
        CONVERSATION,
        "rated_at",
        condition="NOT is_spam AND rating IS NOT NULL",
        counts={
            counters.RATINGS: ONE,
            counters.GOOD_RATINGS: one_where(f"rating >= {GOOD_RATING}"),
        },
        agent="last_replier",
    ),
)


def values_for(edition: Edition, start: datetime, end: datetime, *, now: datetime) -> dict[str, object]:
    """What the SQL above asks for by name."""
    turns, offsets = offsets_between(start, end, edition.zone)
    return {
        "facts": edition.facts_id,
        "start": start,
        "end": end,
        "now": now,
        "patience_ended": now - CHAT_PATIENCE,
        "settled_by": now - edition.rules.settled,
        "turns": turns,
        "offsets": offsets,
    }
