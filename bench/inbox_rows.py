"""Tickets with their conversations, drawn inside the database, a stretch of numbers at a time.

What is many-sided (states, channels, departments, tags, texts) is drawn once in Python as decks of cards; each row then
takes a card by a random number. Every ten tickets have 30 messages, so that a stretch knows where its ids begin.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import psycopg

from bench.funnel_rows import draw, draw_tags
from bench.peers_data import VOCABULARY, WEIGHTS
from helpdesk.events import names

CARDS = 20_000
CHINESE = 1_000  # the last of the text cards
SIGNS = "我们的订单还没有到请问什么时候可以发货谢谢账户密码无法登录需要退款发票地址已经收到产品坏了怎么办"
LONG = 200  # messages of the one long ticket
MESSAGES_EACH = 3
WORD = "zephyrine"  # in one message of every hundredth ticket
CHANNELS = {"email": 70, "webchat": 20, "telegram": 10}
LANGUAGES = {"en": 65, "it": 18, "ro": 12, "zh-hans": 5}
# state, with what else takes a ticket out of the working list
STATES = {"new": 3, "open": 10, "pending": 4, "on_hold": 2, "snoozed": 1, "solved": 10, "closed": 67}
ASIDE = {"spam": 2, "trash": 1}
PRIORITIES = {1: 10, 2: 65, 3: 18, 4: 7}

TABLES = """
CREATE TEMP TABLE cards (card int PRIMARY KEY, status text, is_snoozed bool, is_spam bool, is_trashed bool, priority int,
    channel text, department bigint, language text, tags text[]);
CREATE TEMP TABLE texts (card int PRIMARY KEY, subject text, body text);
"""

THROWN = """
CREATE TEMP TABLE thrown ON COMMIT DROP AS
SELECT drawn.*, cards.*, %(start)s::timestamptz + (n - 1 + throw) * %(step)s * interval '1 second' AS begun,
    CASE WHEN channel = 'email' THEN (%(mail)s::bigint[])[1 + n %% 2] ELSE (%(chat)s::jsonb ->> channel)::bigint END AS inbox,
    CASE WHEN is_known OR status NOT IN ('new', 'open') OR owned < 0.7 THEN
        CASE WHEN is_known THEN (%(agents)s::bigint[])[1]
        ELSE (%(agents)s::bigint[])[1 + floor(agent_throw ^ 1.3 * %(agent_count)s)::int] END END AS assignee
FROM (
    SELECT n, n = ANY(%(known)s::bigint[]) AS is_known, random() AS throw, random() AS owned, random() AS agent_throw,
        1 + floor(random() ^ 1.3 * %(contacts)s)::bigint AS contact, floor(random() * %(cards)s)::int AS state_card,
        floor(random() * %(english)s)::int AS subject_card, 300 + random() * 28000 AS gap,
        CASE WHEN n = %(long)s THEN %(long_has)s ELSE (ARRAY[3,1,4,2,7,2,3,2,3,3])[1 + n %% 10] END AS many
    FROM generate_series(%(first)s::bigint, %(last)s::bigint) n
) drawn JOIN cards ON card = CASE WHEN is_known THEN %(known_card)s ELSE state_card END
"""

SAID = """
CREATE TEMP TABLE said ON COMMIT DROP AS
WITH spoken AS MATERIALIZED (
    SELECT n, place, channel, inbox, contact, language, assignee, is_known,
        begun + place * (CASE WHEN many > 10 THEN 900 ELSE gap END) * interval '1 second' AS at,
        CASE WHEN place %% 2 = 0 THEN 'incoming' WHEN random() < 0.1 AND NOT is_known THEN 'note' ELSE 'outgoing' END AS kind,
        coalesce(assignee, (%(agents)s::bigint[])[1 + floor(random() * %(agent_count)s)::int]) AS agent,
        CASE WHEN language = 'zh-hans' THEN %(english)s + floor(random() * (%(cards)s - %(english)s))::int
            ELSE floor(random() * %(english)s)::int END AS one,
        floor(random() * %(english)s)::int AS two, floor(random() * %(english)s)::int AS three
    FROM thrown, generate_series(0, many - 1) place
)
SELECT %(before)s + row_number() OVER (ORDER BY at, n, place) AS id, spoken.*,
    a.body || CASE WHEN language = 'zh-hans' THEN '' ELSE E'\\n' || b.body || E'\\n' || c.body END
        || CASE WHEN n %% 100 = 37 AND place = 0 THEN ' ' || %(word)s ELSE '' END AS body
FROM spoken JOIN texts a ON a.card = one JOIN texts b ON b.card = two JOIN texts c ON c.card = three
"""

MESSAGES = """
INSERT INTO tickets_message (id, ticket_id, kind, inbox_id, channel, author_kind, author_name, contact_id, user_id, subject,
    text, html, quoted, "to", cc, external_id, body_digest, in_reply_to, thread_reason, is_automatic, language, created_at,
    state, released_at, sent_at, delivered_at, read_at, attempts, error, sender_check, closes_ticket, is_by_newcomer)
SELECT said.id, n, kind, inbox, channel, CASE kind WHEN 'incoming' THEN 'customer' ELSE 'agent' END,
    CASE kind WHEN 'incoming' THEN people_contact.name ELSE people_user.name END,
    CASE kind WHEN 'incoming' THEN contact END, CASE kind WHEN 'incoming' THEN NULL ELSE agent END, '', body, '', '',
    CASE WHEN kind = 'outgoing' AND channel = 'email' THEN ARRAY[people_contact.email] ELSE '{}' END, '{}',
    CASE WHEN kind <> 'note' AND channel = 'email' THEN '<' || said.id || '@bench.test>' ELSE '' END, '', '', '', false,
    CASE kind WHEN 'incoming' THEN said.language ELSE '' END, at,
    CASE WHEN kind <> 'outgoing' THEN 'received' WHEN channel = 'webchat' THEN 'read' ELSE 'delivered' END, at,
    CASE kind WHEN 'outgoing' THEN at + interval '2 seconds' END, CASE kind WHEN 'outgoing' THEN at + interval '5 seconds' END,
    CASE WHEN kind = 'outgoing' AND channel = 'webchat' THEN at + interval '9 seconds' END,
    CASE kind WHEN 'outgoing' THEN 1 ELSE 0 END, '', CASE WHEN kind = 'incoming' AND channel = 'email' THEN 'pass' ELSE '' END,
    false, false
FROM said JOIN people_contact ON people_contact.id = contact JOIN people_user ON people_user.id = agent
"""

TICKETS = """
INSERT INTO tickets_ticket (id, subject, status, priority, inbox_id, channel, department_id, contact_id, assignee_id, tags,
    language, attributes, is_spam, created_at, updated_at, last_message_at, first_asked_at, queued_at, waiting_since,
    first_replied_at, closed_at, snoozed_until, trashed_at, last_snippet)
SELECT n, left(subject, 250), status, priority, inbox, channel, department, contact, assignee, tags, language, '{}', is_spam,
    begun, last_at, last_at, begun, begun,
    CASE WHEN status IN ('solved', 'closed') THEN NULL WHEN last_kind = 'incoming' THEN last_at END, replied_at,
    CASE WHEN status IN ('solved', 'closed') THEN last_at + interval '10 minutes' END,
    CASE WHEN is_snoozed THEN %(end)s::timestamptz + interval '1 hour' + throw * interval '20 days' END,
    CASE WHEN is_trashed THEN %(end)s::timestamptz END, left(regexp_replace(last_body, '\\s+', ' ', 'g'), 160)
FROM thrown JOIN texts ON texts.card = subject_card JOIN (
    SELECT n, max(at) AS last_at, min(at) FILTER (WHERE kind = 'outgoing') AS replied_at,
        (array_agg(kind ORDER BY place DESC) FILTER (WHERE kind <> 'note'))[1] AS last_kind,
        (array_agg(body ORDER BY place DESC))[1] AS last_body
    FROM said GROUP BY n
) ends USING (n)
"""

AROUND = [
    """INSERT INTO tickets_delivery (address, role, state, error, changed_at, message_id)
    SELECT people_contact.email, 'to', 'delivered', '', at + interval '5 seconds', said.id
    FROM said JOIN people_contact ON people_contact.id = contact WHERE kind = 'outgoing' AND channel = 'email'""",
    """INSERT INTO tickets_participant (role, added_at, contact_id, ticket_id)
    SELECT CASE WHEN throw < 0.02 THEN 'requester' ELSE 'cc' END, begun, 1 + contact %% %(contacts)s, n
    FROM thrown WHERE throw < 0.1 AND %(contacts)s > 1""",
    """INSERT INTO tickets_lastlook (message_id, user_id, ticket_id)
    SELECT max(said.id) - CASE WHEN n %% 3 = 0 THEN 1 ELSE 0 END, assignee, n
    FROM said WHERE assignee IS NOT NULL AND n %% 4 > 0 GROUP BY n, assignee""",
    """INSERT INTO events_event (occurred_at, recorded_at, name, channel, department_id, contact_id, ticket_id, actor_kind,
        actor_id, actor_name, value, data, told_at, tellings)
    SELECT at, at, told.name, channel, department, contact, n, actor, CASE actor WHEN 'agent' THEN agent END,
        CASE actor WHEN 'agent' THEN people_user.name ELSE '' END, value, data, at, 1
    FROM (
        SELECT n, begun AS at, %(created)s AS name, channel, department, contact, 'customer' AS actor, assignee AS agent,
            NULL::bigint AS value, jsonb_build_object('started_by', 'customer', 'inbox', inbox) AS data FROM thrown
        UNION ALL SELECT n, begun + interval '1 minute', %(assigned)s, channel, department, contact, 'agent', assignee, NULL,
            jsonb_build_object('from', NULL, 'to', assignee) FROM thrown WHERE assignee IS NOT NULL
        UNION ALL SELECT n, begun + interval '2 minutes', %(tagged)s, channel, department, contact, 'agent', assignee, NULL,
            jsonb_build_object('tags', tags) FROM thrown WHERE tags <> '{}' AND assignee IS NOT NULL
        UNION ALL SELECT n, begun + many * gap * interval '1 second', %(closed)s, channel, department, contact, 'agent', assignee,
            (many * gap)::bigint, jsonb_build_object('status', status) FROM thrown WHERE status IN ('solved', 'closed')
        UNION ALL SELECT n, at, CASE kind WHEN 'incoming' THEN %(received)s WHEN 'note' THEN %(noted)s ELSE %(replied)s END,
            said.channel, NULL, contact, CASE kind WHEN 'incoming' THEN 'customer' ELSE 'agent' END, agent, NULL,
            jsonb_build_object('message', said.id) FROM said
    ) told LEFT JOIN people_user ON people_user.id = agent ORDER BY at""",
]
NAMES = {
    "created": names.TICKET_CREATED,
    "assigned": names.TICKET_ASSIGNED,
    "tagged": names.TICKET_TAGGED,
    "closed": names.TICKET_CLOSED,
    "received": names.MESSAGE_RECEIVED,
    "noted": names.MESSAGE_NOTED,
    "replied": names.MESSAGE_REPLIED,
}


@dataclass(frozen=True)
class Desk:
    """What the tickets are drawn for: ids of agents, mail inboxes, the others by channel; `short` and `long` are the tickets
    that are opened, with 3 and with LONG messages. The year ends at `end`, `step` seconds from ticket to ticket."""

    agents: list[int]
    mail: list[int]
    chat: str  # JSON: channel -> inbox
    contacts: int
    short: int
    long: int
    start: datetime
    end: datetime
    step: float


def deal_decks(database: psycopg.Connection, departments: list[int], seed: int) -> None:
    """Put the cards into temporary tables of this connection. The last card is an open ticket of the first department."""
    dice = random.Random(seed)
    with database.cursor() as cursor:
        cursor.execute(TABLES)
        with cursor.copy("COPY cards FROM STDIN") as target:
            for number in range(CARDS):
                target.write_row((number, *draw_card(departments, dice)))
            known = ("open", False, False, False, 2, "email", departments[0], "en", ["invoice"])
            target.write_row((CARDS, *known))
        with cursor.copy("COPY texts FROM STDIN") as target:
            for number, text in enumerate(draw_texts(dice)):
                target.write_row((number, *text))
        cursor.execute("ANALYZE cards")
        cursor.execute("ANALYZE texts")


def draw_card(departments: list[int], dice: random.Random) -> tuple:
    state, department = draw(STATES | ASIDE, dice), dice.choice(departments)
    status = {"snoozed": "open", "spam": "new", "trash": "closed"}.get(state, state)
    priority, channel, language = draw(PRIORITIES, dice), draw(CHANNELS, dice), draw(LANGUAGES, dice)
    aside = (state == "snoozed", state == "spam", state == "trash")
    return status, *aside, priority, channel, department, language, draw_tags(dice)


def draw_texts(dice: random.Random) -> Iterator[tuple[str, str]]:
    """A subject and a paragraph of 14 to 40 words, in lines; Chinese ones at the end."""
    for number in range(CARDS):
        if number < CARDS - CHINESE:
            words = dice.choices(VOCABULARY, cum_weights=WEIGHTS, k=dice.randint(14, 40))
            lines = (" ".join(words[at : at + 12]) for at in range(0, len(words), 12))
            yield (
                " ".join(dice.choices(VOCABULARY, cum_weights=WEIGHTS, k=dice.randint(4, 9))).capitalize(),
                "\n".join(lines),
            )
        else:
            yield "".join(dice.choices(SIGNS, k=9)), "".join(dice.choices(SIGNS, k=dice.randint(30, 90)))


def write_tickets(database: psycopg.Connection, first: int, last: int, desk: Desk) -> None:
    """The tickets of these numbers with all that lies around them. `first` - 1 and `last` are multiples of ten."""
    values = {
        "first": first,
        "last": last,
        "before": (first - 1) * MESSAGES_EACH + (LONG - MESSAGES_EACH if first > desk.long else 0),
        "cards": CARDS,
        "english": CARDS - CHINESE,
        "known_card": CARDS,
        "known": [desk.short, desk.long],
        "long_has": LONG,
        "word": WORD,
        "agent_count": len(desk.agents),
        **vars(desk),
        **NAMES,
    }
    with database.transaction(), database.cursor() as cursor:
        cursor.execute("SELECT setseed(%s)", [first % 100_000 / 100_000])
        for statement in (THROWN, SAID, "ANALYZE said", MESSAGES, TICKETS, *AROUND):
            cursor.execute(statement, values)
