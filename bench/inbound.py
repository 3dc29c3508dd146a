"""Mails by SMTP and IMAP while programs are killed; counted at the end: each is there once, and every answer arrived.

    .venv/bin/python bench/inbound.py [--mails 2000] [--kills 0] [--corpus DIR] [--seed N]

Half of the mails come by SMTP, from a sender who tries again until it sees a 250, as a mail server does: the mails of a
folder, as far as there are any, and others made here. The other half is put into a mailbox on a Dovecot, from where the helpdesk
fetches them. With --kills, the web server, the worker, the fetcher, PostgreSQL and Dovecot are killed by kill -9 so often in all,
at random; a mail that was stored without its 250 being seen then comes again, and its second row must say `duplicate`.
Meanwhile a trigger answers every new ticket and an agent writes by the API. Exit code 0 when every count agrees.
"""

import argparse
import contextlib
import hashlib
import json
import re
import signal
import smtplib
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from itertools import chain, islice
from pathlib import Path
from threading import Lock

import psycopg

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.faults import Agent, Killer, Sink
from bench.stand import ROOT, Stand, stand, use_django
from tests.dovecot import PASSWORD, Dovecot

CORPUS = ROOT.parent / "shared" / "corpus"
FOLDERS = ("mail-parse/raw", "mail-class/raw")
ADDRESS, CUSTOMERS = "support@example.com", "customers.example"
CLIENTS = 4
TRIES = 400
SETTLED_WITHIN = 900  # seconds after the last mail
MADE = re.compile(rb"^Message-ID: <(made\d+)@", re.MULTILINE)
READ = "SELECT count(*) FROM inboxes_rawmessage WHERE outcome <> 'pending'"
LEASES = "UPDATE tickets_message SET next_attempt_at = now() WHERE state = 'sending' AND kind = 'outgoing'"
OPEN_WORK = """SELECT (SELECT count(*) FROM inboxes_rawmessage WHERE outcome = 'pending')
    + (SELECT count(*) FROM events_event WHERE told_at IS NULL)
    + (SELECT count(*) FROM tickets_message WHERE kind = 'outgoing' AND state = 'queued'),
    (SELECT count(*) FROM inboxes_rawmessage WHERE door = 'imap')"""


class Sender:
    """Sends mails one by one, each until it is accepted, and remembers what was."""

    def __init__(self, connect: Callable[[], smtplib.SMTP], recipient: str) -> None:
        self.connect, self.recipient = connect, recipient
        self.accepted: list[str] = []  # digests, one for each 250 seen
        self.tries = 0
        self.lock = Lock()

    def send(self, content: bytes) -> None:
        for _ in range(TRIES):
            with self.lock:
                self.tries += 1
            if self.try_once(content):
                with self.lock:
                    self.accepted.append(hashlib.sha256(content).hexdigest())
                return
            time.sleep(0.5)
        raise SystemExit("A mail was not accepted in many tries.")

    def try_once(self, content: bytes) -> bool:
        try:
            with self.connect() as client:
                client.sendmail("bench@sender.example", [self.recipient], content)
            return True
        except smtplib.SMTPServerDisconnected as error:
            # the door hung up after its 250: smtplib tells it the same way as before it
            return "after accept" in str(error)
        except (smtplib.SMTPException, OSError):
            return False


def main() -> None:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--mails", type=int, default=2000)
    options.add_argument("--kills", type=int, default=0, help="so many programs are killed by kill -9")
    options.add_argument("--corpus", type=Path, default=CORPUS, help="a folder of raw mails to send as well")
    options.add_argument("--seed", type=int, default=int(time.time()))
    chosen = options.parse_args()
    signal.signal(
        signal.SIGTERM, lambda *_: sys.exit(1)
    )  # stopped from outside it still takes its programs along
    made = (make_mail(number) for number in range(chosen.mails))
    by_smtp = list(islice(chain(corpus(chosen.corpus), made), chosen.mails - chosen.mails // 2))
    by_imap = list(islice(made, chosen.mails // 2))
    with ExitStack() as stack:
        sink = Sink()
        sink.start()
        stack.callback(sink.stop)
        running = stack.enter_context(
            stand(
                SMTP_URL=f"smtp://127.0.0.1:{sink.port}", ALLOW_PRIVATE_ADDRESSES="1", API_RATE="100000/min"
            )
        )
        use_django(running)
        dovecot = Dovecot()
        stack.callback(dovecot.end)
        dovecot.start()
        run = Run(running, dovecot, sink, by_smtp, by_imap)
        run.begin()
        run.go(kills=chosen.kills, seed=chosen.seed)
        sys.exit(run.compare(kills=chosen.kills, seed=chosen.seed))


def corpus(folder: Path) -> Iterator[bytes]:
    for name in FOLDERS:
        if (folder / name).is_dir():
            for path in sorted((folder / name).iterdir()):
                yield as_sent(path.read_bytes())


def as_sent(raw: bytes) -> bytes:
    """The bytes as a mail server sends them: every line end CR LF, the last one included."""
    lines = re.sub(rb"\r\n|\r|\n", b"\r\n", raw)
    return lines if lines.endswith(b"\r\n") else lines + b"\r\n"


def make_mail(number: int) -> bytes:
    """Each third one answers the one before it, of the same customer."""
    is_answer = number % 3 == 2
    customer = number - is_answer
    thread = f"In-Reply-To: <made{customer}@{CUSTOMERS}>\r\n" if is_answer else ""
    return (
        f"From: Customer {customer} <c{customer}@{CUSTOMERS}>\r\nTo: {ADDRESS}\r\nSubject: Order {customer}\r\n"
        f"Message-ID: <made{number}@{CUSTOMERS}>\r\n{thread}Date: Sun, 22 Nov 2026 09:00:00 +0000\r\n\r\n"
        + f"Hello,\r\nwhere is my parcel number {number}?\r\n"
        * (1 + number % 40)
    ).encode()


class Run:
    """One helpdesk, its mails, and what it must have made of them."""

    def __init__(
        self, running: Stand, dovecot: Dovecot, sink: Sink, by_smtp: list[bytes], by_imap: list[bytes]
    ) -> None:
        self.running, self.dovecot, self.sink = running, dovecot, sink
        self.by_smtp, self.by_imap = by_smtp, by_imap
        self.user = dovecot.new_user()
        self.read = 0  # mails, when it was last asked
        self.smtp = Sender(lambda: smtplib.SMTP("127.0.0.1", running.smtp_port, timeout=60), ADDRESS)
        self.imap = Sender(lambda: smtplib.LMTP("127.0.0.1", dovecot.lmtp_port), self.user)

    def begin(self) -> None:
        from helpdesk.api.models import create_token  # noqa: PLC0415  Django is set up by now
        from helpdesk.connectors.email.models import ImapFolder  # noqa: PLC0415
        from helpdesk.inboxes.models import Inbox  # noqa: PLC0415
        from helpdesk.people.models import User  # noqa: PLC0415
        from helpdesk.tickets.models import Shortcut  # noqa: PLC0415
        from routing.models import Trigger  # noqa: PLC0415

        agent = User.objects.create_superuser("agent@example.com", None, name="Agent")
        self.agent = Agent(self.running, create_token(agent), CUSTOMERS)
        Shortcut.objects.create(name="received", text="We have your mail.")
        Trigger.objects.create(
            name="Answer new tickets",
            on=["ticket.created"],
            conditions=[{"field": "domain", "op": "is", "value": CUSTOMERS}],
            actions=[{"do": "answer", "value": "received"}],
        )
        Inbox.objects.create(
            name="Support",
            kind="email",
            address=ADDRESS,
            options=self.dovecot.options(self.user),
            secrets={"imap_password": PASSWORD},
        )
        while not ImapFolder.objects.filter(state="ok", reconciled_at__isnull=False).exists():
            time.sleep(0.2)  # mail is fetched from the moment of the first connection on

    def go(self, *, kills: int, seed: int) -> None:
        killer = Killer(self.running, self.dovecot, kills, self.share_done, seed)
        begun = time.monotonic()
        self.agent.start()
        killer.start()
        with ThreadPoolExecutor(CLIENTS) as pool:
            sent = [pool.submit(self.smtp.send, one) for one in self.by_smtp]
            sent += [pool.submit(self.imap.send, one) for one in self.by_imap]
            for one in sent[:: len(sent) // 20 or 1]:
                one.result()
        self.accepted = time.monotonic() - begun
        killer.join()
        while len(self.agent.written) < max(3, self.total // 40):
            time.sleep(0.2)
        self.agent.stop()
        self.wait_until_settled()
        self.settled = time.monotonic() - begun

    @property
    def total(self) -> int:
        return len(self.by_smtp) + len(self.by_imap)

    def share_done(self) -> float:
        """How far they are: half the way is the taking in, half the reading."""
        with (
            contextlib.suppress(psycopg.OperationalError),
            psycopg.connect(self.running.env["DATABASE_URL"], connect_timeout=5) as database,
        ):
            self.read = database.execute(READ).fetchone()[0]
        return (len(self.smtp.accepted) + len(self.imap.accepted) + self.read) / (2 * self.total)

    def wait_until_settled(self) -> None:
        """Until nothing is pending, untold or queued, and what lies on the server is here.

        A worker that was killed while it handed an answer over holds it for minutes: we do as if they were over.
        """
        end = time.monotonic() + SETTLED_WITHIN
        quiet = 0
        while quiet < 3 and time.monotonic() < end:
            time.sleep(1)
            try:
                with psycopg.connect(self.running.env["DATABASE_URL"], connect_timeout=5) as database:
                    work, fetched = database.execute(OPEN_WORK).fetchone()
                    held = database.execute(LEASES).rowcount
                is_done = not work and not held and fetched >= self.dovecot.count(self.user)
            except (psycopg.OperationalError, OSError):
                is_done = False
            quiet = quiet + 1 if is_done else 0

    def report(self) -> dict:
        """Of the operator's own command."""
        command = [sys.executable, "manage.py", "inbound_report"]
        done = subprocess.run(command, cwd=ROOT, env=self.running.env, capture_output=True, check=True)
        return json.loads(done.stdout)

    def compare(self, *, kills: int, seed: int) -> int:
        """Print the tables; 1 when a count disagrees."""
        from django.db import connection  # noqa: PLC0415

        from helpdesk.inboxes.models import RawMessage  # noqa: PLC0415

        connection.close()  # ours died with the database
        report = self.report()
        outcomes = {name: report[name] for name in RawMessage.Outcome.values}
        checks = {
            "nothing pending": outcomes["pending"] == 0,
            "the report's sums agree": report["received"]
            == sum(outcomes.values())
            == RawMessage.objects.count(),
            **self.smtp_checks(kills),
            **self.imap_checks(),
            **self.answer_checks(outcomes),
        }
        print(
            f"\n{len(self.by_smtp)} mails by SMTP in {self.smtp.tries} tries, {len(self.by_imap)} by IMAP "
            f"in {self.imap.tries}; {kills} programs killed by kill -9, seed {seed}"
        )
        print(f"all accepted after {self.accepted:.1f} s, all handled after {self.settled:.1f} s")
        for name, number in (*outcomes.items(), ("received", report["received"])):
            print(f"  {name:<12}{number:>5}")
        times = self.sink.times()
        again = sum(times.values()) - len(times)
        print(
            f"{len(times)} answers arrived, {len(self.agent.written)} of them an agent's; handed over again under the "
            f"same Message-ID because the verdict was not heard: {again}"
        )
        for what, holds in checks.items():
            print(f"  {'ok ' if holds else 'NOT'} {what}")
        return 0 if all(checks.values()) else 1

    def smtp_checks(self, kills: int) -> dict[str, bool]:
        from helpdesk.inboxes.models import RawMessage  # noqa: PLC0415

        sent = Counter(hashlib.sha256(one).hexdigest() for one in self.by_smtp)
        rows: dict[str, list[str]] = {}
        of_smtp = RawMessage.objects.filter(door="smtp").order_by("pk")
        for digest, outcome in of_smtp.values_list("digest", "outcome"):
            rows.setdefault(digest, []).append(outcome)
        extra = sum(len(found) - sent[digest] for digest, found in rows.items())
        return {
            "SMTP: every mail accepted with a 250": Counter(self.smtp.accepted) == sent,
            "SMTP: every accepted mail is stored": all(
                len(rows.get(digest, [])) >= times for digest, times in sent.items()
            ),
            "SMTP: nothing stored that was not sent": set(rows) <= set(sent),
            # One with other line ends or trace headers is a duplicate although its bytes came only once.
            "SMTP: each mail counted once, copies are duplicates": all(
                sum(outcome != "duplicate" for outcome in found) <= 1 for found in rows.values()
            ),
            "SMTP: no copy but those sent again unseen": extra == 0
            or (kills > 0 and extra <= self.smtp.tries - len(self.by_smtp)),
        }

    def imap_checks(self) -> dict[str, bool]:
        """Dovecot adds headers of its own, so these are known by their Message-IDs."""
        from helpdesk.inboxes.models import RawMessage  # noqa: PLC0415

        rows: dict[str, list[str]] = {}
        for body, outcome in RawMessage.objects.filter(door="imap").values_list("body", "outcome"):
            rows.setdefault(MADE.search(bytes(body))[1].decode(), []).append(outcome)
        sent = {MADE.search(one)[1].decode() for one in self.by_imap}
        return {
            "IMAP: every mail is here, and no other": set(rows) == sent,
            "IMAP: each mail counted once, copies are duplicates": all(
                sum(outcome != "duplicate" for outcome in found) == 1 for found in rows.values()
            ),
            "IMAP: as many rows as mails on the server": sum(map(len, rows.values()))
            == self.dovecot.count(self.user),
        }

    def answer_checks(self, outcomes: dict[str, int]) -> dict[str, bool]:
        from helpdesk.tickets.models import Message, Ticket  # noqa: PLC0415

        written = set(
            Message.objects.filter(kind="outgoing", state="sent").values_list("external_id", flat=True)
        )
        automatic = Message.objects.filter(kind="outgoing", is_automatic=True)
        asked = Ticket.objects.filter(contact__email__endswith=f"@{CUSTOMERS}")
        ids_of_mark: dict[str, set[str]] = {mark: set() for mark in self.agent.written}
        for message_id, text in self.sink.mails:
            for mark in re.findall(r"\b[0-9a-f]{32}\b", text):
                if mark in ids_of_mark and text.startswith("It left today. " + mark):
                    ids_of_mark[mark].add(message_id)
        return {
            "as many messages as mails on tickets": Message.objects.filter(kind="incoming").count()
            == outcomes["created"] + outcomes["appended"],
            "every answer is sent": Message.objects.filter(kind="outgoing").count() == len(written),
            "the answers that arrived are those that were written, none under another Message-ID": {
                *self.sink.times()
            }
            == written,
            "each of the agent's answers arrived, under one Message-ID": all(
                len(ids) == 1 for ids in ids_of_mark.values()
            ),
            "each new ticket was answered once by the trigger": sorted(
                automatic.values_list("ticket", flat=True)
            )
            == sorted(asked.values_list("pk", flat=True)),
        }


if __name__ == "__main__":
    main()
