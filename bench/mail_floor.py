"""The least that a mail can cost: Python's own parser on its bytes, and the rows it becomes, inserted bare.

The rows are those that the product itself has written: read back, then inserted once more into the same tables under other
ids, one transaction for the raw bytes (they must be safe before the yes) and one for the rest. No look-up, no lock, no check.
"""

import email
import email.policy
from pathlib import Path
from time import process_time
from typing import Any

import psycopg
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from bench.measure import cpu_of

UNIQUE = {"people_contactidentity": "value", "tickets_message": "external_id"}
Row = dict[str, Any]


def floor_of(url: str, mails: int, outcome: str) -> float:
    """Milliseconds of CPU, ours and the database's, of one of the last so many mails, which all had this outcome."""
    with psycopg.connect(url, row_factory=dict_row) as database:
        floor = Floor(database)
        newest = "SELECT id, outcome FROM inboxes_rawmessage ORDER BY id DESC LIMIT %s"
        found = database.execute(newest, [mails]).fetchall()
        if {row["outcome"] for row in found} != {outcome}:
            raise SystemExit(f"Not all of the {mails} mails were {outcome}.")
        cost = floor.cost([floor.rows_of(row["id"]) for row in reversed(found)])
        floor.clear()
        return cost


class Floor:
    def __init__(self, database: psycopg.Connection) -> None:
        self.database = database
        self.statements: dict[str, str] = {}
        self.written: dict[str, list[int]] = {}
        self.seen: set[int] = set()  # contacts: the first mail of each brings it

    def rows_of(self, raw_id: int) -> dict[str, list[Row]]:
        """What the product wrote for this mail, by table, in the order of writing."""
        raw = self.read("inboxes_rawmessage", "id = %s", raw_id)[0]
        message = self.read("tickets_message", "id = %s", raw["message_id"])[0]
        is_new = raw["outcome"] == "created"
        rows = {
            "inboxes_rawmessage": [raw],
            "people_contact": self.new_contact(message["contact_id"]) if is_new else [],
            "tickets_ticket": self.read("tickets_ticket", "id = %s", raw["ticket_id"]) if is_new else [],
            "tickets_message": [message],
            "events_event": self.read(
                "events_event",
                "ticket_id = %s AND (data @> jsonb_build_object('message', %s::bigint) OR (%s AND data->'message' IS NULL))",
                *(raw["ticket_id"], message["id"], is_new),
            ),
        }
        rows["people_contactidentity"] = [
            one
            for c in rows["people_contact"]
            for one in self.read("people_contactidentity", "contact_id = %s", c["id"])
        ]
        self.database.commit()
        return rows

    def new_contact(self, number: int) -> list[Row]:
        if number in self.seen:
            return []
        self.seen.add(number)
        return self.read("people_contact", "id = %s", number)

    def read(self, table: str, where: str, *values: object) -> list[Row]:
        columns = self.columns(table)
        rows = self.database.execute(
            f"SELECT id, {columns} FROM {table} WHERE {where} ORDER BY id", values
        ).fetchall()
        for row in rows:
            row.update({name: Jsonb(value) for name, value in row.items() if isinstance(value, dict)})
            if table in UNIQUE:
                row[UNIQUE[table]] = f"floor-{row[UNIQUE[table]]}"[:254]
        return rows

    def columns(self, table: str) -> str:
        """All but the id and what the database makes itself; remembers the table's INSERT."""
        if table not in self.statements:
            named = self.database.execute(
                "SELECT column_name FROM information_schema.columns WHERE table_name = %s AND table_schema = 'public' "
                "AND is_generated = 'NEVER' AND column_name <> 'id' ORDER BY ordinal_position",
                [table],
            ).fetchall()
            names = [row["column_name"] for row in named]
            values = ", ".join(f"%({name})s" for name in names)
            quoted = ", ".join(f'"{name}"' for name in names)
            self.statements[table] = f"INSERT INTO {table} ({quoted}) VALUES ({values}) RETURNING id"
        return self.statements[table].split("(", 1)[1].split(")", 1)[0]

    def cost(self, mails: list[dict[str, list[Row]]]) -> float:
        backend = Path(f"/proc/{self.database.info.backend_pid}")
        before = process_time() + cpu_of(backend)
        for rows in mails:
            self.write(rows)
        return (process_time() + cpu_of(backend) - before) / len(mails) * 1000

    def write(self, rows: dict[str, list[Row]]) -> None:
        raw = rows["inboxes_rawmessage"][0]
        self.insert("inboxes_rawmessage", raw | {"ticket_id": None, "message_id": None})
        self.database.commit()
        read(bytes(raw["body"]))
        contact = None
        for row in rows["people_contact"]:
            contact = self.insert("people_contact", row)
        for row in rows["people_contactidentity"]:
            self.insert("people_contactidentity", row | {"contact_id": contact})
        message = rows["tickets_message"][0]
        ticket, contact = message["ticket_id"], contact or message["contact_id"]
        for row in rows["tickets_ticket"]:
            ticket = self.insert("tickets_ticket", row | {"contact_id": contact})
        self.insert("tickets_message", message | {"ticket_id": ticket, "contact_id": contact})
        for row in rows["events_event"]:
            self.insert("events_event", row | {"ticket_id": ticket, "contact_id": contact})
        self.database.commit()

    def clear(self) -> None:
        """Take it all away again: what is measured next must not find it."""
        for table, numbers in reversed(self.written.items()):
            self.database.execute(f"DELETE FROM {table} WHERE id = ANY(%s)", [numbers])
        self.database.commit()

    def insert(self, table: str, row: Row) -> int:
        number = self.database.execute(self.statements[table], row).fetchone()["id"]
        self.written.setdefault(table, []).append(number)
        return number


def read(body: bytes) -> tuple[object, ...]:
    """What Python's own parser makes of the bytes: the headers that a helpdesk needs, and the text."""
    message = email.message_from_bytes(body, policy=email.policy.default)
    names = ("From", "To", "Cc", "Subject", "Date", "Message-ID", "In-Reply-To", "References")
    part = message.get_body(("plain", "html"))
    return (*(message[name] for name in names), part and part.get_content())
