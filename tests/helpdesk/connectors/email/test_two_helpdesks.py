"""Two helpdesks that answer everything by themselves, pointed at each other: they fall silent after a few mails.

Both are whole ones, started by `manage.py up`. Their mails go through a relay in the middle, which counts them and, as some
gateways do, takes away what would tell a machine's mail from a person's.
"""

import asyncio
import smtplib
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from email import message_from_bytes
from email.message import EmailMessage, Message

import psycopg
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from bench.stand import Stand, run_code, stand
from helpdesk.supervisor.ports import free_port
from tests.journeys.outage import eventually

pytestmark = pytest.mark.long
MOST_MAILS = 5
OURS, THEIRS = "ours.example", "theirs.example"
TELLING = ("Auto-Submitted", "X-Auto-Response-Suppress", "Precedence", "X-Loop", "In-Reply-To", "References")
# What the relay takes away from mail to and from these inboxes.
TAKES_AWAY = {
    "whole": (),
    "bare": (*TELLING, "Reply-To", "Subject"),
    "sly": TELLING,  # the signed Reply-To stays: each answer goes straight onto its ticket
}
SET_UP = """
from helpdesk.inboxes.models import Inbox
from helpdesk.people.models import User
from helpdesk.tickets.models import Shortcut
from routing.models import Trigger
for name in {names}:
    Inbox.objects.create(name=name, kind="email", address=f"{{name}}@{domain}")
User.objects.create_superuser("admin@{domain}", None, name="Admin")
Shortcut.objects.create(name="received", text="We have your mail and will answer soon.")
Trigger.objects.create(name="Answer all", on=["message.received"], actions=[{{"do": "answer", "value": "received"}}])
"""
QUIET = """SELECT NOT EXISTS (SELECT FROM inboxes_rawmessage WHERE outcome = 'pending')
    AND NOT EXISTS (SELECT FROM events_event WHERE told_at IS NULL)
    AND NOT EXISTS (SELECT FROM tickets_message WHERE kind = 'outgoing' AND state IN ('queued', 'sending'))"""


class Relay:
    """aiosmtpd's handler: hands each mail on to the helpdesk of its domain, at once."""

    def __init__(self) -> None:
        self.doors: dict[str, int] = {}
        self.passed: Counter[str] = Counter()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        (recipient,) = envelope.rcpt_tos
        local, _, domain = recipient.partition("@")
        name = local.partition("+")[0]
        if name in TAKES_AWAY:
            self.passed[name] += 1
            mail = without(message_from_bytes(envelope.content), TAKES_AWAY[name])
            await asyncio.to_thread(hand_on, self.doors[domain], envelope.mail_from, recipient, mail)
        return "250 2.0.0 On its way"


def without(mail: Message, names: tuple[str, ...]) -> bytes:
    for name in names:
        del mail[name]
    return mail.as_bytes()


def hand_on(port: int, sender: str, recipient: str, mail: bytes) -> None:
    with smtplib.SMTP("127.0.0.1", port, timeout=30) as smtp:
        smtp.sendmail(sender, [recipient], mail)


@pytest.fixture(scope="module")
def relay() -> Iterator[tuple[Relay, int]]:
    handler = Relay()
    controller = Controller(handler, hostname="127.0.0.1", port=free_port())
    controller.start()
    yield handler, controller.port
    controller.stop()


@pytest.fixture(scope="module")
def both(relay: tuple[Relay, int]) -> Iterator[dict[str, Stand]]:
    """Both helpdesks, by their domains; each hands its mail to the relay."""
    handler, port = relay
    with ExitStack() as stack, ThreadPoolExecutor() as pool:

        def begin(domain: str) -> Stand:
            running = stack.enter_context(stand(SMTP_URL=f"smtp://127.0.0.1:{port}"))
            run_code(running, SET_UP.format(names=[*TAKES_AWAY], domain=domain))
            return running

        running = dict(zip((OURS, THEIRS), pool.map(begin, (OURS, THEIRS)), strict=True))
        handler.doors.update({domain: one.smtp_port for domain, one in running.items()})
        yield running


def first_mail(name: str, number: int = 1) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"] = f"{name}@{THEIRS}", f"{name}@{OURS}"
    mail["Subject"], mail["Message-ID"] = "Where is my parcel?", f"<{name}.{number}@{THEIRS}>"
    mail.set_content("It should have been here last week.")
    return mail.as_bytes()


def asked(running: Stand, question: str, *values: object) -> object:
    with psycopg.connect(running.env["DATABASE_URL"]) as database:
        return database.execute(question, values).fetchone()[0]


def are_quiet(both: dict[str, Stand]) -> bool:
    return all(asked(running, QUIET) for running in both.values())


def has_stopped(both: dict[str, Stand], name: str) -> bool:
    """One of them has noticed the loop; or the other one's machine has said that it is one."""
    stops = "SELECT EXISTS (SELECT FROM tickets_loopstop WHERE closed_at IS NULL AND address LIKE %s)"
    ignored = "SELECT EXISTS (SELECT FROM inboxes_rawmessage WHERE outcome = 'ignored' AND recipient LIKE %s)"
    question = stops if TAKES_AWAY[name] else ignored
    return any(asked(running, question, f"{name}%") for running in both.values())


def test_they_stop_after_a_few_mails_whatever_is_taken_away_on_the_way_and_stay_silent(both, relay):
    handler, port = relay
    for name in TAKES_AWAY:
        hand_on(port, f"{name}@{THEIRS}", f"{name}@{OURS}", first_mail(name))
    for name in TAKES_AWAY:
        eventually(lambda name=name: has_stopped(both, name), seconds=90)
    eventually(lambda: are_quiet(both), seconds=60)
    assert handler.passed["whole"] == 2, "a machine's mail that says so is not answered"
    assert 2 < handler.passed["bare"] <= MOST_MAILS
    assert 2 < handler.passed["sly"] <= MOST_MAILS

    before = handler.passed.copy()
    for name in ("bare", "sly"):
        hand_on(port, f"{name}@{THEIRS}", f"{name}@{OURS}", first_mail(name, number=2))
    came = "SELECT count(*) FROM inboxes_rawmessage WHERE convert_from(body, 'UTF8') LIKE %s AND outcome <> 'pending'"
    for name in ("bare", "sly"):
        eventually(lambda name=name: asked(both[OURS], came, f"%<{name}.2@%") == 1)
    eventually(lambda: are_quiet(both), seconds=60)
    assert handler.passed - before == Counter({"bare": 1, "sly": 1}), "only the two that came from outside"
