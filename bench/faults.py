"""What a fault test needs beside the helpdesk: somebody who kills, an agent who answers meanwhile, and where answers arrive."""

import contextlib
import os
import random
import re
import signal
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable
from email import message_from_bytes

import httpx
import psycopg
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from bench.stand import Stand
from helpdesk.supervisor.ports import free_port
from tests.dovecot import Dovecot

DOVECOT = "dovecot"
VICTIMS = ("web", "worker", "mail_fetcher", "postgres", DOVECOT)
ANSWER_EVERY = 0.5  # seconds
OURS = re.compile(r"<?(t\d+\.m\d+\.[^<>\s]+)>?")
TICKETS = """SELECT m.ticket_id FROM tickets_message m JOIN people_contact c ON c.id = m.contact_id
    WHERE m.kind = 'incoming' AND c.email LIKE %s ORDER BY random() LIMIT 1"""


class Sink(Controller):
    """A mail server that takes every mail and is never killed."""

    def __init__(self) -> None:
        self.mails: list[tuple[str, str]] = []  # Message-ID and text of the answers, as they came
        super().__init__(self, hostname="127.0.0.1", port=free_port())

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        mail = message_from_bytes(envelope.content)
        if ours := OURS.match(str(mail["Message-ID"])):  # the rest are notices to the team
            self.mails.append((ours[1], text_of(mail)))
        return "250 2.0.0 Kept"

    def times(self) -> Counter[str]:
        return Counter(message_id for message_id, _ in self.mails)


def text_of(mail: object) -> str:
    parts = (part for part in mail.walk() if part.get_content_type() == "text/plain")
    return "\n".join(part.get_payload(decode=True).decode("utf-8", "replace") for part in parts)


class Killer(threading.Thread):
    """Kills so many programs by `kill -9`, one at a time, spread over the way; each kind before any comes again."""

    def __init__(
        self, running: Stand, dovecot: Dovecot | None, kills: int, share_done: Callable[[], float], seed: int
    ) -> None:
        super().__init__(daemon=True)
        self.running, self.dovecot, self.share_done = running, dovecot, share_done
        chance = random.Random(seed)
        kinds = [kind for kind in VICTIMS if dovecot or kind not in (DOVECOT, "mail_fetcher")]
        rounds = [chance.sample(kinds, len(kinds)) for _ in range(kills // len(kinds) + 1)]
        self.victims = [kind for one in rounds for kind in one][:kills]
        self.moments = sorted(chance.uniform(0.05, 0.95) for _ in range(kills))

    def run(self) -> None:
        for victim, moment in zip(self.victims, self.moments, strict=True):
            while self.share_done() < moment:
                time.sleep(0.1)
            print(f"kill -9 {victim} after {self.share_done():.0%} of the mails", flush=True)
            if victim == DOVECOT:
                self.dovecot.restart()
                continue
            pids = self.running.programs().get(victim, [])
            for pid in pids[:1] if victim == "postgres" else pids:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)


class Agent(threading.Thread):
    """Answers tickets of these customers by the API, each answer until it is taken, under one key."""

    def __init__(self, running: Stand, token: str, customers: str) -> None:
        super().__init__(daemon=True)
        self.running, self.customers = running, customers
        self.browser = httpx.Client(
            base_url=running.url, timeout=30, headers={"Authorization": f"Bearer {token}"}
        )
        self.written: list[str] = []  # a word that stands in no other answer
        self.has_to_stop = threading.Event()

    def run(self) -> None:
        while not self.has_to_stop.wait(ANSWER_EVERY):
            if ticket := self.some_ticket():
                self.answer(ticket)

    def some_ticket(self) -> int | None:
        with (
            contextlib.suppress(psycopg.OperationalError),
            psycopg.connect(self.running.env["DATABASE_URL"], connect_timeout=5) as database,
        ):
            row = database.execute(TICKETS, [f"%@{self.customers}"]).fetchone()
            return row[0] if row else None
        return None

    def answer(self, ticket: int) -> None:
        mark = uuid.uuid4().hex
        form = {"kind": "reply", "text": f"It left today. {mark}"}
        for _ in range(200):
            with contextlib.suppress(httpx.HTTPError):
                path, headers = f"/api/v1/tickets/{ticket}/messages/", {"Idempotency-Key": mark}
                if self.browser.post(path, json=form, headers=headers).status_code in (200, 201):
                    self.written.append(mark)
                    return
            time.sleep(0.5)
        raise SystemExit("An answer was not taken in many tries.")

    def stop(self) -> None:
        self.has_to_stop.set()
        self.join()
