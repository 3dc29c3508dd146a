"""What plain SQL counts in the rows of an edition: the tallies' judge."""

from collections import Counter
from datetime import date

from django.db import connection

from funnel.models import Edition
from funnel.tallies import counters
from funnel.tallies.cells import ALL, Key
from funnel.tallies.durations import bucket_of
from tests.funnel.tallies.rows import NOW

SESSIONS, CONVERSATIONS = "funnel_supportsession", "funnel_supportconversation"
IS_MATURED = "matures_at <= %(now)s"
IS_NEW = "NOT is_spam AND started_by = 'customer'"
IS_CHAT = f"{IS_NEW} AND channel = 'webchat'"
IS_CLOSED = "NOT is_spam AND NOT is_open AND closed_by = 'agent'"
IS_SETTLED = f"{IS_CLOSED} AND %(now)s - closed_at >= interval '7 days'"
HAS_WAITED = "(first_response IS NOT NULL OR %(now)s - queued_at >= interval '10 minutes')"
IS_AT_ONCE = f"{IS_SETTLED} AND agent_closes = 1 AND repliers = 1"
PLAIN = {
    counters.VIEWS: ("sum(views)", SESSIONS, "started_at", "true"),
    counters.VIEWS_MATURED: ("sum(views)", SESSIONS, "started_at", IS_MATURED),
    counters.VIEWERS_MATURED: ("count(*)", SESSIONS, "started_at", f"{IS_MATURED} AND views > 0"),
    counters.BOT_ANSWERED_MATURED: ("count(*)", SESSIONS, "started_at", f"{IS_MATURED} AND is_bot_answered"),
    counters.NEW: ("count(*)", CONVERSATIONS, "queued_at", IS_NEW),
    counters.ALL_NEW: ("count(*)", CONVERSATIONS, "started_at", IS_NEW),
    counters.REPLIED: ("count(*)", CONVERSATIONS, "replied_at", "NOT is_spam"),
    counters.CLOSED: ("count(*)", CONVERSATIONS, "closed_at", IS_CLOSED),
    counters.SETTLED: ("count(*)", CONVERSATIONS, "closed_at", IS_SETTLED),
    counters.AT_ONCE: ("count(*)", CONVERSATIONS, "closed_at", IS_AT_ONCE),
    counters.ASKED: ("count(*)", CONVERSATIONS, "asked_at", "NOT is_spam"),
    counters.RATINGS: ("count(rating)", CONVERSATIONS, "rated_at", "NOT is_spam"),
    counters.GOOD_RATINGS: ("count(*)", CONVERSATIONS, "rated_at", "NOT is_spam AND rating IN (4, 5)"),
    counters.CHATS: ("count(*)", CONVERSATIONS, "queued_at", f"{IS_CHAT} AND {HAS_WAITED}"),
    counters.CHATS_IN_1: ("count(*)", CONVERSATIONS, "queued_at", f"{IS_CHAT} AND first_response <= 60"),
    counters.CHATS_IN_10: ("count(*)", CONVERSATIONS, "queued_at", f"{IS_CHAT} AND first_response <= 600"),
    counters.SPAM: ("count(*)", CONVERSATIONS, "started_at", "is_spam"),
}
DURATIONS = {
    "first_response": ("replied_at", "NOT is_spam"),
    "first_response_business": ("replied_at", "NOT is_spam"),
    "time_to_close": ("closed_at", IS_CLOSED),
    "time_to_close_business": ("closed_at", IS_CLOSED),
}
AGENT = {
    "replied_at": "first_replier",
    "closed_at": "closer",
    "asked_at": "last_replier",
    "rated_at": "last_replier",
}


class PlainSql:
    """One part of the desk on some days, asked for in the plainest way; here the database cuts the days."""

    def __init__(self, edition: Edition, key: Key, since: date, until: date) -> None:
        self.key = key
        self.values = key._asdict() | {
            "facts": edition.pk,
            "zone": edition.time_zone,
            "since": since,
            "until": until,
            "now": NOW,
        }

    def ask(self, what: str, table: str, moment: str, condition: str) -> list[tuple]:
        if self.key.agent != ALL and moment not in AGENT:  # what is nobody's work
            return []
        own = {
            "channel": "channel = %(channel)s",
            "department": "coalesce(department::text, 'none') = %(department)s",
            "language": "language = %(language)s",
            "agent": f"{AGENT.get(moment)}::text = %(agent)s",
            "tag": "%(tag)s = ANY(tags)",
        }
        conditions = [
            "edition_id = %(facts)s",
            f"({moment} AT TIME ZONE %(zone)s)::date BETWEEN %(since)s AND %(until)s",
            condition,
            *(own[name] for name, value in self.key._asdict().items() if value != ALL),
        ]
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {what} FROM {table} WHERE {' AND '.join(conditions)}", self.values)
            return cursor.fetchall()

    def counts(self) -> Counter:
        path = f"CASE WHEN {IS_MATURED} THEN path ELSE path / 6 * 6 + 5 END"
        found = Counter(code for (code,) in self.ask(path, SESSIONS, "started_at", "true"))
        for name, question in PLAIN.items():
            for (count,) in self.ask(*question):
                found[name] = count or 0
        return +found

    def hours(self) -> Counter[int]:
        local = "queued_at AT TIME ZONE %(zone)s"
        hour = f"extract(isodow FROM {local})::int * 24 - 24 + extract(hour FROM {local})::int"
        return Counter(hour for (hour,) in self.ask(hour, CONVERSATIONS, "queued_at", IS_NEW))

    def buckets(self, name: str) -> Counter[int]:
        found = self.ask(name, CONVERSATIONS, *DURATIONS[name])
        return Counter(bucket_of(seconds) for (seconds,) in found if seconds is not None)
