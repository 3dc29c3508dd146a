"""A year of a busy desk's sessions and conversations, drawn inside the database, a day at a time.

What is many-sided (the ways through the flow, where a conversation belongs, its tags) is drawn once in Python as
decks of cards; each row then takes a card by a random number. The same seed, count and end give the same rows.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import psycopg

from funnel.sessions import nodes, paths
from helpdesk.events import names

CARDS = 20_000
# The example of 1,000 sessions in docs/funnel.md: how many go from each node to the next.
START = "start"
FLOW = {
    START: {nodes.AFTER_PROACTIVE: 120, nodes.ON_THEIR_OWN: 880},
    nodes.AFTER_PROACTIVE: {nodes.ARTICLES: 70, nodes.BOT: 30, nodes.TEAM_DIRECT: 20},
    nodes.ON_THEIR_OWN: {nodes.ARTICLES: 350, nodes.BOT: 300, nodes.TEAM_DIRECT: 230},
    nodes.ARTICLES: {
        nodes.RESOLVED_BY_ARTICLES: 252,
        nodes.BOT: 68,
        nodes.TEAM_AFTER: 80,
        nodes.STILL_OPEN: 20,
    },
    nodes.BOT: {nodes.RESOLVED_BY_BOT: 139, nodes.TEAM_AFTER: 229, nodes.NOT_RESOLVED: 30},
    nodes.TEAM_DIRECT: {nodes.RESOLVED_OUTRIGHT: 231, nodes.NOT_RESOLVED: 9, nodes.STILL_OPEN: 10},
    nodes.TEAM_AFTER: {nodes.RESOLVED_AFTER: 276, nodes.NOT_RESOLVED: 23, nodes.STILL_OPEN: 10},
}
# Six channels beside the help center's own; those after the fourth are not built yet, but will fill as many tallies.
CHANNELS = {"email": 36, "webchat": 34, "telegram": 12, "api": 4, "whatsapp": 9, "sms": 5}
MEDIAN_ANSWER = {"email": 4 * 3600, "webchat": 90, "api": 6 * 3600}  # seconds; 25 minutes on the others
LANGUAGES = {"en": 70, "it": 15, "ro": 10, "zh-hans": 5}
DEPARTMENT_WEIGHTS = (24, 20, 15, 12, 9, 8, 6, 4, 2)  # the last is "no department"
TAGS = [
    *("shipping", "invoice", "refund", "login", "password", "delivery", "warranty", "returns", "discount"),
    *(
        "account",
        "cancel",
        "upgrade",
        "bug",
        "slow",
        "error",
        "payment",
        "address",
        "language",
        "export",
        "other",
    ),
]
TAGS_EACH = {0: 45, 1: 35, 2: 15, 3: 5}
HOURS = (2, 1, 1, 1, 1, 2, 4, 9, 22, 38, 45, 42, 30, 33, 42, 40, 36, 30, 24, 20, 18, 14, 8, 4)
WEEKDAYS = (1.25, 1.2, 1.15, 1.1, 1.05, 0.65, 0.6)
SPAM = 0.02  # of the conversations, beside them
SENDS = 0.1  # proactive messages a session
OPENED = 0.48
NOBODY = 1_000_000_000  # contacts from here on: what is known of real ones in the ledger stays theirs
LONG_OPEN = timedelta(days=60)  # whoever is left open is closed in the end

ENDINGS = {
    "ends": len(paths.ENDS),
    "by_articles": paths.ENDS.index(nodes.RESOLVED_BY_ARTICLES),
    "by_bot": paths.ENDS.index(nodes.RESOLVED_BY_BOT),
    "outright": paths.ENDS.index(nodes.RESOLVED_OUTRIGHT),
    "after": paths.ENDS.index(nodes.RESOLVED_AFTER),
    "unsolved": paths.ENDS.index(nodes.NOT_RESOLVED),
    "open": paths.STILL_OPEN,
}

TABLES = """
CREATE TEMP TABLE ways (card int PRIMARY KEY, way smallint, ending smallint);
CREATE TEMP TABLE places (card int PRIMARY KEY, channel text, department bigint, language text, answer float8, hour int);
CREATE TEMP TABLE tagsets (card int PRIMARY KEY, tags text[]);
"""

# Thrown first, then lived: each step only uses what the one before has drawn.
DAY = """
WITH thrown AS MATERIALIZED (
    SELECT n, n > %(last)s AS is_spam, floor(random() * %(cards)s)::int AS way_card,
        floor(random() * %(cards)s)::int AS place_card, floor(random() * %(cards)s)::int AS tag_card
    FROM generate_series(%(first)s::bigint, %(last)s::bigint + %(spam)s) n
), begun AS MATERIALIZED (
    SELECT n, is_spam, 'c' || (%(nobody)s + floor(random() * %(people)s))::bigint AS person, way, ending, channel, department,
        language, answer, tags, way & 4 > 0 AS has_bot, way & 8 > 0 AS has_team, way & 12 > 0 AS has_ticket,
        CASE WHEN way & 2 > 0 THEN 1 + floor(random() ^ 3 * 4)::int ELSE 0 END AS views,
        date_trunc('second', %(start)s::timestamptz
            + (hour + random()) / 24 * (%(end)s::timestamptz - %(start)s::timestamptz)) AS started_at
    FROM thrown JOIN ways ON ways.card = way_card JOIN places ON places.card = place_card
        JOIN tagsets ON tagsets.card = tag_card
), written AS MATERIALIZED (
    SELECT *, date_trunc('second', started_at + CASE WHEN views > 0 THEN random() ELSE 0 END * interval '30 minutes') AS wrote_at,
        CASE WHEN has_bot THEN (30 + random() * 600)::int ELSE 0 END AS bot_seconds,
        least(greatest(exp(ln(answer) + 1.3 * random_normal()), 5), 2592000)::bigint AS answer_seconds,
        least(greatest(exp(9 + 1.3 * random_normal()), 30), 5184000)::bigint AS work_seconds,
        random() < 0.06 AS is_reopened, random() < 0.85 AS is_one_agent, random() < 0.92 AS is_closed_by_agent,
        random() < 0.8 AS is_asked, random() < 0.25 AS is_rated,
        (%(agents)s::bigint[])[1 + floor(random() ^ 1.4 * %(agent_count)s)::int] AS agent,
        (%(agents)s::bigint[])[1 + floor(random() ^ 1.4 * %(agent_count)s)::int] AS other_agent,
        ending = %(open)s AND (started_at > %(long_open)s::timestamptz OR n %% 200 = 0) AS is_left
    FROM begun
), lived AS MATERIALIZED (
    SELECT *, CASE WHEN has_team THEN wrote_at + bot_seconds * interval '1 second' END AS queued,
        has_team AND ending <> %(unsolved)s AND NOT (is_left AND n %% 2 = 0) AS is_answered,
        CASE WHEN is_left OR NOT has_ticket THEN NULL
            WHEN ending = %(by_bot)s THEN CASE WHEN n %% 5 < 3 THEN 90 ELSE 14400 END
            WHEN ending = %(unsolved)s THEN 86400 + work_seconds
            ELSE bot_seconds + answer_seconds + work_seconds + CASE WHEN is_reopened THEN 3 * work_seconds + 3600 ELSE 0 END
        END AS close_seconds
    FROM written
), ended AS MATERIALIZED (
    SELECT *, has_ticket AND (close_seconds IS NULL OR wrote_at + close_seconds * interval '1 second' > %(now)s) AS is_open,
        CASE WHEN wrote_at + close_seconds * interval '1 second' <= %(now)s
            THEN wrote_at + close_seconds * interval '1 second' END AS closed,
        CASE WHEN is_answered AND queued + answer_seconds * interval '1 second' <= %(now)s
            THEN queued + answer_seconds * interval '1 second' END AS replied
    FROM lived
), done AS MATERIALIZED (
    SELECT *, has_team AND NOT is_open AND is_closed_by_agent AS is_by_agent,
        CASE WHEN closed IS NOT NULL AND replied IS NOT NULL AND is_asked AND closed + interval '1 minute' <= %(now)s
            THEN closed + interval '1 minute' END AS asked
    FROM ended
), rated AS MATERIALIZED (
    SELECT *, CASE WHEN is_rated AND asked + random() * interval '8 hours' <= %(now)s
        THEN least(asked + random() * interval '8 hours', %(now)s) END AS rated
    FROM done
), kept AS (
    INSERT INTO funnel_supportsession (edition_id, person, started_at, matures_at, channel, department, language, tags,
        path, views, articles, is_bot_answered, tickets)
    SELECT %(edition)s, person, started_at,
        least(CASE WHEN has_bot AND NOT has_team THEN coalesce(closed, wrote_at)
            WHEN has_ticket THEN coalesce(replied + random() * interval '1 hour', queued)
            ELSE started_at + (views - 1) * interval '10 minutes' END, %(now)s) + interval '24 hours',
        CASE WHEN has_ticket THEN channel ELSE 'help' END, CASE WHEN has_ticket THEN department END, language,
        CASE WHEN has_ticket THEN tags ELSE '{}' END,
        way * %(ends)s + CASE WHEN NOT has_ticket THEN %(by_articles)s WHEN is_open THEN %(open)s
            WHEN ending <> %(open)s THEN ending WHEN way & 6 > 0 THEN %(after)s ELSE %(outright)s END,
        views, CASE views WHEN 0 THEN '{}' WHEN 1 THEN ARRAY[(1 + floor(random() ^ 2 * 200))::text]
            ELSE ARRAY[(1 + floor(random() * 100))::text, (101 + floor(random() ^ 2 * 100))::text] END,
        has_bot, CASE WHEN has_ticket THEN ARRAY[n] ELSE '{}' END
    FROM rated WHERE NOT is_spam
)
INSERT INTO funnel_supportconversation (edition_id, ticket, person, channel, department, language, tags, is_spam,
    started_by, started_at, is_open, is_bot_answered, queued_at, replied_at, first_response, first_response_business,
    first_replier, last_replier, repliers, closed_at, closed_by, closer, time_to_close, time_to_close_business,
    agent_closes, asked_at, rating, rated_at)
SELECT %(edition)s, n, person, channel, department, language, tags, is_spam, 'customer', wrote_at, is_open, has_bot,
    queued, replied, CASE WHEN replied IS NOT NULL THEN answer_seconds END,
    CASE WHEN replied IS NOT NULL THEN CASE WHEN answer_seconds < 3600 THEN answer_seconds ELSE 3600 + answer_seconds / 4 END END,
    CASE WHEN replied IS NOT NULL THEN agent END,
    CASE WHEN replied IS NOT NULL THEN CASE WHEN is_one_agent THEN agent ELSE other_agent END END,
    CASE WHEN replied IS NULL THEN 0 WHEN is_one_agent OR agent = other_agent THEN 1 ELSE 2 END, closed,
    CASE WHEN closed IS NULL THEN '' WHEN is_by_agent THEN 'agent' WHEN has_team OR ending = %(unsolved)s
        THEN 'customer' ELSE 'bot' END,
    CASE WHEN is_by_agent THEN CASE WHEN is_one_agent THEN agent ELSE other_agent END END,
    CASE WHEN is_by_agent THEN close_seconds END, CASE WHEN is_by_agent THEN 600 + close_seconds / 4 END,
    CASE WHEN NOT is_by_agent THEN 0 WHEN is_reopened THEN 2 ELSE 1 END, asked,
    CASE WHEN rated IS NOT NULL THEN (ARRAY[5,5,5,5,5,5,5,4,4,4,3,2,1,1])[1 + floor(random() * 14)::int] END, rated
FROM rated WHERE has_ticket
"""

SENDINGS = """
WITH sent AS MATERIALIZED (
    SELECT n, %(nobody)s + floor(random() * %(people)s)::bigint AS person,
        %(start)s::timestamptz + random() * (%(end)s::timestamptz - %(start)s::timestamptz) AS at
    FROM generate_series(1, %(sends)s) n
), opened AS (
    SELECT n, person, at + random() ^ 2 * interval '8 days' AS at FROM sent WHERE random() < %(opened)s
)
INSERT INTO events_event (occurred_at, recorded_at, name, channel, contact_id, actor_kind, actor_name, data, told_at, tellings)
SELECT at, least(at, %(now)s - interval '1 day'), name, 'email', person, 'system', '', jsonb_build_object('message', %(day)s || '-' || n), at, 1
FROM (SELECT n, person, at, %(sent_name)s AS name FROM sent UNION ALL SELECT n, person, at, %(opened_name)s FROM opened) both_of
WHERE at <= %(now)s
"""


@dataclass(frozen=True)
class Day:
    """One day's share of the work: these session numbers, between these moments."""

    on: date
    start: datetime
    end: datetime
    first: int
    sessions: int

    @property
    def spam(self) -> int:
        return round(self.sessions * SPAM)


def share_out(sessions: int, first: date, now: datetime, dice: random.Random) -> list[Day]:
    """The days from `first` to `now` (in the reporting zone), busier by weekday and a little from month to month."""
    zone, count = now.tzinfo, (now.date() - first).days + 1
    edges = [datetime.combine(first + timedelta(days=n), time.min, zone) for n in range(count)] + [now]
    weights = [
        WEEKDAYS[start.weekday()] * (1 + n / count / 4) * dice.uniform(0.92, 1.08)
        for n, start in enumerate(edges[:-1])
    ]
    weights[-1] *= (now - edges[-2]) / timedelta(days=1)
    total, given, upto, number, days = sum(weights), 0, 0.0, 1, []
    for start, end, weight in zip(edges, edges[1:], weights, strict=False):
        upto += weight
        share = round(sessions * upto / total) - given
        day = Day(start.date(), start, end, number, share)
        days.append(day)
        given, number = given + share, number + share + day.spam
    return days


def deal_decks(database: psycopg.Connection, departments: list[int], seed: int) -> None:
    """Put the cards into temporary tables of this connection."""
    dice = random.Random(seed)
    places = [*departments, None]
    decks = {
        "ways": list(draw_ways(dice)),
        "places": [draw_place(places, dice) for _ in range(CARDS)],
        "tagsets": [(draw_tags(dice),) for _ in range(CARDS)],
    }
    with database.cursor() as cursor:
        cursor.execute(TABLES)
        for table, cards in decks.items():
            with cursor.copy(f"COPY {table} FROM STDIN") as target:
                for number, card in enumerate(cards):
                    target.write_row((number, *card))
            cursor.execute(f"ANALYZE {table}")


def draw_ways(dice: random.Random) -> Iterator[tuple[int, int]]:
    """Walks through the flow, as the four bits of the way and the place of the end (sessions/paths.py)."""
    for _ in range(CARDS):
        path = [draw(FLOW[START], dice)]
        while path[-1] in FLOW:
            path.append(draw(FLOW[path[-1]], dice))
        yield divmod(paths.code_of(tuple(path)), len(paths.ENDS))


def draw_place(departments: list[int | None], dice: random.Random) -> tuple:
    channel = draw(CHANNELS, dice)
    department = dice.choices(departments, DEPARTMENT_WEIGHTS[-len(departments) :])[0]
    hour = dice.choices(range(24), HOURS)[0]
    return channel, department, draw(LANGUAGES, dice), MEDIAN_ANSWER.get(channel, 1500), hour


def draw_tags(dice: random.Random) -> list[str]:
    """Up to three; the tag in place n is drawn 1/n as often as the first (Zipf)."""
    weights = [1 / place for place in range(1, len(TAGS) + 1)]
    return sorted(set(dice.choices(TAGS, weights, k=draw(TAGS_EACH, dice))))


def draw(weights: dict, dice: random.Random) -> str | int:
    return dice.choices(list(weights), weights.values())[0]


def write_day(
    database: psycopg.Connection, day: Day, *, edition: int, agents: list[int], people: int, now: datetime
) -> None:
    """Draw and store one day's sessions, their conversations, spam and proactive messages."""
    if not day.sessions:
        return
    values = {
        "first": day.first,
        "last": day.first + day.sessions - 1,
        "spam": day.spam,
        "cards": CARDS,
        "start": day.start,
        "end": day.end,
        "now": now,
        "long_open": now - LONG_OPEN,
        "people": people,
        "nobody": NOBODY,
        "edition": edition,
        "agents": agents,
        "agent_count": len(agents),
        **ENDINGS,
    }
    sendings = {
        "sends": round(day.sessions * SENDS),
        "opened": OPENED,
        "day": day.on.isoformat(),
        "sent_name": names.PROACTIVE_SENT,
        "opened_name": names.PROACTIVE_OPENED,
    }
    with database.transaction(), database.cursor() as cursor:
        cursor.execute("SELECT setseed(%s)", [day.on.toordinal() % 10_000 / 10_000])
        cursor.execute(DAY, values)
        cursor.execute(SENDINGS, values | sendings)
