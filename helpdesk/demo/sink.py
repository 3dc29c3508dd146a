"""The demo's mail server: takes every mail that leaves the helpdesk and keeps it on this machine."""

import asyncio
import email
import email.policy
import logging
from collections.abc import Callable
from email.message import EmailMessage

from aiosmtpd.smtp import SMTP, Envelope, Session
from django.db import DatabaseError, close_old_connections

from helpdesk import clock
from helpdesk.demo.models import SentMail
from helpdesk.tickets.text import clean_text

log = logging.getLogger(__name__)
LARGEST = 60 * 2**20  # bytes; above what the helpdesk itself would send


class Sink:
    """aiosmtpd's handler: 250 only once the mail is stored."""

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        try:
            number = await asyncio.to_thread(keep_in_thread, envelope)
        except DatabaseError:
            log.exception("a mail could not be stored")
            return "451 4.3.0 The mail could not be stored, try again"
        return f"250 2.0.0 Kept as {number}"


def keep_in_thread(envelope: Envelope) -> int:
    """The threads of a long-lived process: each gives its connection back, and none keeps a dead one."""
    close_old_connections()
    try:
        return keep_mail(envelope)
    finally:
        close_old_connections()


def keep_mail(envelope: Envelope) -> int:
    """Store one mail; returns its number."""
    raw = bytes(envelope.content or b"")
    message = read_mail(raw)
    return SentMail.objects.create(
        raw=raw,
        sender=(envelope.mail_from or "")[:320],
        recipients=[address[:320] for address in envelope.rcpt_tos],
        subject=clean_text(str(message.get("Subject", "")))[:500],
        words=clean_text(text_of(message))[:100_000],
        sent_at=clock.now(),
    ).pk


def read_mail(raw: bytes) -> EmailMessage:
    return email.message_from_bytes(bytes(raw), policy=email.policy.default)


def text_of(message: EmailMessage) -> str:
    return part_of(message, "plain")


def html_of(message: EmailMessage) -> str:
    return part_of(message, "html")


def part_of(message: EmailMessage, kind: str) -> str:
    """The text of the first part of this kind, "" where there is none."""
    part = message.get_body(preferencelist=(kind,))
    return part.get_content() if part is not None else ""


async def run_sink(host: str, port: int, *, stop: asyncio.Event, say: Callable[[str], object]) -> None:
    """Listen until `stop` is set."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(Sink(), data_size_limit=LARGEST, enable_SMTPUTF8=True, hostname="sink.localhost"),
        host,
        port,
    )
    say(f"mail sink on {host}:{server.sockets[0].getsockname()[1]}")
    async with server:
        await stop.wait()
