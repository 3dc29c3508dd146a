"""The mail door: SMTP (and LMTP) sessions, each of whose mails is stored before it is accepted.

The event loop only talks; every look into the database runs in a small pool of threads. What is answered:
550 5.1.1 to a recipient that is none of ours, 250 only after the raw bytes are committed, 451 4.3.0 when they could not be
(the sending server keeps the mail and tries again), 552 when it is too large (aiosmtpd does that by SIZE).
"""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from ssl import SSLContext
from typing import Any, TypeVar

from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.conf import settings
from django.db import close_old_connections, transaction

from helpdesk.connectors.email.recipients import Recipient, find_recipient
from helpdesk.tickets.raw import store_raw
from helpdesk.tickets.text import clean_text

log = logging.getLogger(__name__)
THREADS = 8
LONGEST_LINE = 2**20  # RFC 5321 says 1,000 bytes; a mail is not refused because its writer did not read it
MOST_RECIPIENTS = 100
Result = TypeVar("Result")

UNKNOWN = "550 5.1.1 No such address here"
TOO_MANY = "452 4.5.3 Too many recipients"
TRY_LATER = "451 4.3.0 Could not be stored now, please try again"
STORED = "250 2.0.0 Stored"


class LongLineSMTP(SMTP):
    line_length_limit = LONGEST_LINE


class LongLineLMTP(LMTP):
    line_length_limit = LONGEST_LINE


class MailDoor:
    """aiosmtpd's handler for both protocols."""

    def __init__(self, name: str, pool: ThreadPoolExecutor) -> None:
        self.name = name  # smtp or lmtp: LMTP wants one answer for each recipient
        self.pool = pool

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, rcpt_options: list[str]
    ) -> str:
        if len(envelope.rcpt_tos) >= MOST_RECIPIENTS:
            return TOO_MANY
        try:
            recipient = await self._in_thread(find_recipient, address)
        except Exception:
            log.exception("looking up %s", address)
            return TRY_LATER
        if recipient is None:
            return UNKNOWN
        envelope.rcpt_tos.append(address)
        _found(envelope)[address] = recipient
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        found = _found(envelope)
        try:
            ids = await self._in_thread(
                store_mail, envelope.content or b"", found, envelope.mail_from or "", self.name
            )
        except Exception:
            log.exception("storing a mail for %s", ", ".join(envelope.rcpt_tos))
            answer = TRY_LATER
        else:
            log.info("stored raw mail %s", ids)
            answer = STORED
        return "\r\n".join([answer] * len(envelope.rcpt_tos)) if self.name == "lmtp" else answer

    async def handle_exception(self, error: Exception) -> str:
        log.error("in a %s session", self.name, exc_info=error)
        return TRY_LATER

    async def _in_thread(self, function: Callable[..., Result], *arguments: Any) -> Result:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self.pool, partial(_with_fresh_connection, function, *arguments))


def _found(envelope: Envelope) -> dict[str, Recipient]:
    """Whose addresses this mail's recipients are, remembered from RCPT to DATA."""
    if not hasattr(envelope, "found"):
        envelope.found = {}
    return envelope.found


def _with_fresh_connection(function: Callable[..., Result], *arguments: Any) -> Result:
    """Run in a pool thread: a connection that died meanwhile is thrown away, and ours goes back to the pool."""
    close_old_connections()
    try:
        return function(*arguments)
    finally:
        close_old_connections()


def store_mail(content: bytes, recipients: dict[str, Recipient], sender: str, door: str) -> list[int]:
    """Store one mail once for each inbox it is for, all or none; ids of the rows. A signed address goes before a plain one."""
    best: dict[int, tuple[str, Recipient]] = {}
    for address, recipient in recipients.items():
        known = best.get(recipient.inbox.pk)
        if known is None or (recipient.is_signed and not known[1].is_signed):
            best[recipient.inbox.pk] = (address, recipient)
    with transaction.atomic():
        rows = [
            store_raw(content, inbox=recipient.inbox, door=door, sender=clean_text(sender), recipient=address)
            for address, recipient in best.values()
        ]
    return [row.pk for row in rows]


async def open_doors(
    host: str,
    port: int,
    lmtp_port: int | None,
    *,
    tls: SSLContext | None,
    stop: asyncio.Event,
    opened: Callable[[int], None],
) -> None:
    """Serve until `stop` is set; then take no new session and give the running ones a few seconds to end."""
    loop = asyncio.get_running_loop()
    pool = ThreadPoolExecutor(THREADS, thread_name_prefix="mail-door")
    sessions: set[SMTP] = set()

    def session(kind: type[SMTP], name: str) -> SMTP:
        protocol = kind(
            MailDoor(name, pool),
            data_size_limit=settings.MAIL_MAX_BYTES,
            enable_SMTPUTF8=True,
            hostname="helpdesk",
            ident="Helpdesk",
            tls_context=tls,
            timeout=300,
            loop=loop,
        )
        sessions.add(protocol)
        return protocol

    servers = [await loop.create_server(lambda: session(LongLineSMTP, "smtp"), host, port)]
    if lmtp_port:
        servers.append(await loop.create_server(lambda: session(LongLineLMTP, "lmtp"), host, lmtp_port))
    opened(servers[0].sockets[0].getsockname()[1])
    await stop.wait()
    for server in servers:
        server.close()
    await _let_end(sessions)
    pool.shutdown(wait=True)


async def _let_end(sessions: set[SMTP], seconds: float = 5) -> None:
    """Wait until no session is in the middle of a mail, at most `seconds`, then hang up on all."""
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    while loop.time() < end and any(_is_busy(one) for one in sessions):
        await asyncio.sleep(0.05)
    for one in sessions:
        if one.transport is not None:
            one.transport.close()


def _is_busy(session: SMTP) -> bool:
    return session.transport is not None and bool(session.envelope and session.envelope.rcpt_tos)
