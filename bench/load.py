"""The peers' data set into the helpdesk's tables, by COPY: the load itself is not what is measured."""

import csv
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from django.contrib.auth.hashers import make_password
from django.db import connection

from bench.peers_data import write

PASSWORD = "measure-me-2024"
STATUS = {"open": "open", "pending": "pending", "closed": "closed"}
PRIORITY = {1: 1, 2: 2, 3: 2, 4: 3, 5: 4}


def load(folder: Path, tickets: int) -> None:
    """Make the files and copy them in; sequences and statistics are right afterwards."""
    write(str(folder), tickets)
    copy("routing_department", "id name description is_restricted is_active position", departments(folder))
    copy(
        "people_user",
        "id email name role language time_zone theme signature is_active is_superuser password created_at",
        agents(folder),
    )
    copy(
        "people_contact",
        "id name email phone language time_zone attributes is_blocked created_at",
        customers(folder),
    )
    copy("people_contactidentity", "id contact_id kind value is_verified created_at", identities(folder))
    copy(
        "inboxes_inbox",
        "id name kind address key department_id language options secrets is_active created_at",
        [inbox()],
    )
    spans = {}
    copy("tickets_message", MESSAGE, messages(folder, spans))
    copy("tickets_ticket", TICKET, ticket_rows(folder, spans))
    with connection.cursor() as cursor:
        for table in (
            "routing_department",
            "people_user",
            "people_contact",
            "people_contactidentity",
            "inboxes_inbox",
            "tickets_ticket",
            "tickets_message",
        ):
            cursor.execute(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))"
            )
        cursor.execute("VACUUM ANALYZE")


def copy(table: str, columns: str, rows: Iterator[tuple]) -> None:
    with connection.cursor() as cursor:
        # Tickets and messages point at each other; the rows agree once all are there.
        cursor.execute("SET session_replication_role = replica")
        with cursor.copy(f"COPY {table} ({', '.join(columns.split())}) FROM STDIN") as target:
            for row in rows:
                target.write_row(row)
        cursor.execute("SET session_replication_role = DEFAULT")


def read(folder: Path, name: str) -> Iterator[list[str]]:
    with open(folder / f"{name}.tsv", newline="") as file:
        yield from csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)


def at(seconds: str) -> datetime:
    return datetime.fromtimestamp(int(seconds), UTC)


def departments(folder: Path) -> Iterator[tuple]:
    for pk, name, _email in read(folder, "queues"):
        yield int(pk), name, "", False, True, int(pk)


def agents(folder: Path) -> Iterator[tuple]:
    password, now = make_password(PASSWORD), datetime.now(UTC)
    for pk, _login, email, name in read(folder, "agents"):
        yield int(pk), email, name, "agent", "en", "UTC", "", "", True, False, password, now


def customers(folder: Path) -> Iterator[tuple]:
    for pk, email, name in read(folder, "customers"):
        yield int(pk), name, email, "", "", "", "{}", False, datetime.now(UTC)


def identities(folder: Path) -> Iterator[tuple]:
    for pk, email, _name in read(folder, "customers"):
        yield int(pk), int(pk), "email", email, True, datetime.now(UTC)


def inbox() -> tuple:
    return 1, "Support", "email", "support@example.com", "bench", 1, "en", "{}", "", True, datetime.now(UTC)


MESSAGE = """id ticket_id kind inbox_id channel author_kind author_name contact_id user_id subject text html quoted "to" cc
external_id body_digest in_reply_to thread_reason is_automatic language created_at state released_at attempts error"""
TICKET = """id subject status priority inbox_id channel department_id contact_id assignee_id tags language attributes is_spam
created_at updated_at last_message_at first_asked_at queued_at waiting_since first_replied_at closed_at last_snippet"""


def messages(folder: Path, spans: dict) -> Iterator[tuple]:
    """Each message's row; `spans` learns of each ticket when it was first answered, and its last text."""
    for number, (ticket, _place, kind, who, ts, body) in enumerate(read(folder, "messages"), 1):
        is_agent = kind == "a"
        moment, text = at(ts), body.replace("\\n", "\n")
        answered, _, _ = spans.get(ticket, (None, "", False))
        spans[ticket] = (
            answered or (moment if is_agent else None),
            " ".join(text[:160].split())[:160],
            is_agent,
        )
        yield (
            number, int(ticket), "outgoing" if is_agent else "incoming", 1, "email",
            "agent" if is_agent else "customer", "", None if is_agent else int(who), int(who) if is_agent else None,
            "", text, "", "", "{}", "{}", f"<{number}@bench>", "", "", "", False, "", moment,
            "sent" if is_agent else "received", moment, 0, "",
        )  # fmt: skip


def ticket_rows(folder: Path, spans: dict) -> Iterator[tuple]:
    for pk, queue, customer, owner, status, priority, subject, begun, last in read(folder, "tickets"):
        answered, snippet, by_agent = spans[pk]
        created, changed = at(begun), at(last)
        closed = status == "closed"
        yield (
            int(pk), subject[:250], STATUS[status], PRIORITY[int(priority)], 1, "email", int(queue), int(customer),
            int(owner) or None, "{}", "", "{}", False, created, changed, changed, created, created,
            None if closed or by_agent else changed, answered, changed if closed else None, snippet,
        )  # fmt: skip
