"""Filling an empty desk with a year of tickets: by the database itself, on two connections, with its indexes made at the end."""

import json
import os
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from datetime import timedelta
from threading import local

import psycopg
from django.contrib.auth.hashers import make_password
from django.utils import timezone

from bench.funnel_year import prepare_desk
from bench.inbox_rows import Desk, deal_decks, write_tickets
from bench.loading import AT_ONCE, Bar, without_indexes
from bench.peers_data import VOCABULARY
from helpdesk.inboxes.models import Inbox
from helpdesk.people.models import User
from helpdesk.tickets.models import SavedView, Ticket
from routing.models import Department

SEED = 20261122
PASSWORD = "measure-me-2024"
AGENT = "agent1@bench.test"
AGENTS, DEPARTMENTS, RESTRICTED = 50, 20, 2
TICKETS_OF_CONTACT = 5
DAYS = 365
STRETCH = 5_000  # tickets written by one transaction
BIG = (
    "tickets_ticket",
    "tickets_message",
    "tickets_delivery",
    "tickets_participant",
    "tickets_lastlook",
    "events_event",
    "people_contact",
    "people_contactidentity",
)
CONTACTS = """INSERT INTO people_contact (id, name, email, phone, language, time_zone, attributes, is_blocked, created_at, company_id)
    SELECT n, initcap(a.word) || ' ' || initcap(b.word), 'cust' || n || '@customers.test', '', '', 'Europe/Rome',
        jsonb_build_object('plan', CASE WHEN n %% 9 = 0 THEN 'pro' ELSE 'free' END), false,
        %(start)s::timestamptz + n * interval '1 second', CASE WHEN n %% 3 = 0 THEN 1 + n / 30 END
    FROM generate_series(1::bigint, %(contacts)s) n
    JOIN given a ON a.id = n * 7919 %% %(words)s JOIN given b ON b.id = n * 104729 / 7 %% %(words)s"""
COMPANIES = """INSERT INTO people_company (id, name, domain, attributes)
    SELECT 1 + n, initcap(word) || ' Ltd', 'company' || n || '.test', '{}'
    FROM generate_series(0, %(contacts)s / 30) n JOIN given ON given.id = n %% %(words)s"""
IDENTITIES = """INSERT INTO people_contactidentity (kind, value, is_verified, created_at, contact_id)
    SELECT 'email', email, true, created_at, id FROM people_contact
    UNION ALL SELECT 'visitor', gen_random_uuid()::text, true, created_at, id FROM people_contact WHERE id % 5 = 0"""
SURVEYS = """INSERT INTO tickets_survey (channel, sent_at, score, comment, rated_at, agent_id, close_event_id, ticket_id)
    SELECT channel, occurred_at + interval '1 minute', CASE WHEN id % 4 = 0 THEN 5 - id / 4 % 3 END, '',
        CASE WHEN id % 4 = 0 THEN occurred_at + interval '1 hour' END, actor_id, id, ticket_id
    FROM events_event WHERE name = 'ticket.closed' AND id % 10 < 4"""
VIEWS = (
    ("Bills", "is:open tag:invoice"),
    ("Urgent", "is:open priority:urgent"),
    ("Italian", "is:open language:it"),
)


def fill_inbox(tickets: int) -> float:
    """So many tickets, a multiple of ten, with three messages each. Returns the seconds it took."""
    if Ticket.objects.exists():
        raise SystemExit("This desk has tickets already: choose an empty one by HELPDESK_DATA.")
    begun, url = time.perf_counter(), os.environ["DATABASE_URL"]
    prepare_desk(timezone.now())  # the funnel takes all this for read: it is not what is measured
    departments, agents = fill_departments()
    desk = plan(tickets, agents)
    with psycopg.connect(url, autocommit=True) as database, without_indexes(url, BIG):
        write_contacts(database, desk)
        write_stretches(url, tickets, departments, desk)
    with psycopg.connect(url, autocommit=True) as database:
        database.execute(SURVEYS)
        for table in (*BIG, "people_company", "tickets_survey"):
            database.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}")
        for table in (*BIG, "tickets_survey"):
            database.execute(f"VACUUM ANALYZE {table}")
        database.execute("CHECKPOINT")
    return time.perf_counter() - begun


def fill_departments() -> tuple[list[int], list[int]]:
    """Departments, of which some are restricted, and agents who work in two each; the first has saved views."""
    departments = [
        Department.objects.create(
            name=f"Department {n}", position=n, is_restricted=n > DEPARTMENTS - RESTRICTED
        )
        for n in range(1, DEPARTMENTS + 1)
    ]
    password, people = make_password(PASSWORD), []
    for n in range(1, AGENTS + 1):
        user = User.objects.create(email=f"agent{n}@bench.test", name=f"Agent {n}", password=password)
        for place in {n % DEPARTMENTS, n * 7 % DEPARTMENTS}:
            departments[place].members.add(user)
        people.append(user)
    for name, query in VIEWS:
        SavedView.objects.create(owner=people[0], name=name, query=query)
    return [one.pk for one in departments], [one.pk for one in people]


def plan(tickets: int, agents: list[int]) -> Desk:
    inboxes = {
        name: Inbox.objects.create(name=name, kind=kind, key=f"bench-{name}", address=address).pk
        for name, kind, address in (
            ("Support", "email", "support@example.com"),
            ("Sales", "email", "sales@example.com"),
            ("Site", "webchat", ""),
            ("Telegram", "telegram", ""),
        )
    }
    end = timezone.now() - timedelta(days=4)  # what the newest tickets say lies in the past, too
    short, long = (tickets - 2000, tickets - 1000) if tickets > 2000 else (tickets - 10, tickets)
    return Desk(
        agents=agents,
        mail=[inboxes["Support"], inboxes["Sales"]],
        chat=json.dumps({"webchat": inboxes["Site"], "telegram": inboxes["Telegram"]}),
        contacts=max(tickets // TICKETS_OF_CONTACT, 10),
        short=short,
        long=long,
        start=end - timedelta(days=DAYS),
        end=end,
        step=DAYS * 86_400 / tickets,
    )


def write_contacts(database: psycopg.Connection, desk: Desk) -> None:
    given = VOCABULARY[100:5100]
    values = {"start": desk.start, "contacts": desk.contacts, "words": len(given)}
    database.execute("SET session_replication_role = replica")
    database.execute("CREATE TEMP TABLE given (id int PRIMARY KEY, word text)")
    with database.cursor() as cursor, cursor.copy("COPY given FROM STDIN") as target:
        for number, word in enumerate(given):
            target.write_row((number, word))
    for statement in (COMPANIES, CONTACTS):
        database.execute(statement, values)
    database.execute(IDENTITIES)
    database.execute("ANALYZE people_contact")


def write_stretches(url: str, tickets: int, departments: list[int], desk: Desk) -> None:
    own, opened = local(), []

    def write(first: int) -> int:
        if not hasattr(own, "database"):
            own.database = psycopg.connect(url, autocommit=True)
            opened.append(own.database)
            own.database.execute("SET synchronous_commit = off; SET max_parallel_workers_per_gather = 0")
            own.database.execute("SET session_replication_role = replica; SET work_mem = '64MB'")
            deal_decks(own.database, departments, SEED)
        last = min(first + STRETCH - 1, tickets)
        write_tickets(own.database, first, last, desk)
        return last - first + 1

    try:
        with ThreadPoolExecutor(AT_ONCE) as pool, Bar("tickets", tickets) as bar:
            waiting = [pool.submit(write, first) for first in range(1, tickets + 1, STRETCH)]
            for done in as_completed(waiting):
                bar.step(done.result())
    finally:
        for database in opened:
            database.close()
