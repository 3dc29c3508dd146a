"""The mail door: SMTP and LMTP sessions, each of whose mails is stored before it is accepted.

The event loop only talks; every look into the database runs in a small pool of threads. What is answered:
550 5.1.1 to a recipient that is none of ours, 250 only after the raw bytes are committed, 451 4.3.0 when they could not be
(the sending server keeps the mail and tries again), 552 when it is too large, at MAIL already where the client says the size,
450 or 421 to a client that asks for more than its share (crowds.py).
"""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from ssl import SSLContext
from typing import Any, TypeVar

from aiosmtpd.smtp import Envelope, Session
from django.conf import settings
from django.db import close_old_connections

from helpdesk.connectors.email.crowds import Crowd, client_of
from helpdesk.connectors.email.recipients import Recipient, find_recipient
from helpdesk.connectors.email.sessions import LmtpSession, MailSession, SmtpSession
from helpdesk.connectors.email.storing import store_mail

log = logging.getLogger(__name__)
THREADS = 8
MOST_RECIPIENTS = 100
FREE_STRAYS, SLOWER_BY = (
    3,
    0.2,
)  # unknown recipients of a session before each further one waits this many seconds longer
MOST_STRAYS = 10  # in one session
Result = TypeVar("Result")

UNKNOWN = "550 5.1.1 No such address here"
TOO_MANY = "452 4.5.3 Too many recipients"
TOO_MANY_UNKNOWN = "421 4.7.0 Too many unknown recipients, goodbye"
TOO_FAST = "450 4.7.1 Too many mails from your address, try again in a minute"
TRY_LATER = "451 4.3.0 Could not be stored now, please try again"
STORED = "250 2.0.0 Stored"


class MailDoor:
    """aiosmtpd's handler for both protocols, one for each session."""

    def __init__(self, name: str, pool: ThreadPoolExecutor, crowd: Crowd) -> None:
        self.name = name  # smtp or lmtp: LMTP wants one answer for each recipient
        self.pool = pool
        self.crowd = crowd
        self.strays = 0

    async def handle_EHLO(
        self, server: MailSession, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        return [line for line in responses if "AUTH" not in line]  # nobody has an account at this door

    async def handle_MAIL(
        self, server: MailSession, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if not self.crowd.may_send(client_of(session.peer), asyncio.get_running_loop().time()):
            return TOO_FAST
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 OK"

    async def handle_RCPT(
        self, server: MailSession, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if len(envelope.rcpt_tos) >= MOST_RECIPIENTS:
            return TOO_MANY
        try:
            recipient = await self._in_thread(find_recipient, address)
        except Exception:
            log.exception("looking up %s", address)
            return TRY_LATER
        if recipient is None:
            return await self._stray(session)
        envelope.rcpt_tos.append(address)
        _found(envelope)[address] = recipient
        return "250 2.1.5 OK"

    async def _stray(self, session: Session) -> str:
        """Refuse an unknown recipient, more slowly each time; hang up on who only tries names. Not for trusted clients:
        theirs are the mistakes of everybody whose mail they bring."""
        client = client_of(session.peer)
        is_guessing = self.crowd.note_stray(client, asyncio.get_running_loop().time())
        self.strays += bool(client)
        if is_guessing or self.strays > MOST_STRAYS:
            log.warning("%s asked for too many unknown recipients", client)
            return TOO_MANY_UNKNOWN
        await asyncio.sleep(max(0, self.strays - FREE_STRAYS) * SLOWER_BY)
        return UNKNOWN

    async def handle_DATA(self, server: MailSession, session: Session, envelope: Envelope) -> str:
        """One answer for the whole mail by SMTP, all recipients or none; by LMTP one a recipient, each by itself."""
        found, content, sender = _found(envelope), envelope.content or b"", envelope.mail_from or ""
        if self.name == "smtp":
            return await self._store(content, found, sender)
        by_inbox: dict[int, str] = {}
        for recipient in found.values():
            if recipient.inbox.pk not in by_inbox:
                same = {a: r for a, r in found.items() if r.inbox.pk == recipient.inbox.pk}
                by_inbox[recipient.inbox.pk] = await self._store(content, same, sender)
        return "\r\n".join(by_inbox[found[address].inbox.pk] for address in envelope.rcpt_tos)

    async def _store(self, content: bytes, recipients: dict[str, Recipient], sender: str) -> str:
        try:
            ids = await self._in_thread(store_mail, content, recipients, sender, self.name)
        except Exception:
            log.exception("storing a mail for %s", ", ".join(recipients))
            return TRY_LATER
        log.info("stored raw mail %s", ids)
        return STORED

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
    crowd = Crowd()
    sessions: set[MailSession] = set()

    def session(kind: type[MailSession], name: str) -> MailSession:
        return kind(
            MailDoor(name, pool, crowd),
            crowd=crowd,
            sessions=sessions,
            data_size_limit=settings.MAIL_MAX_BYTES,
            enable_SMTPUTF8=True,
            hostname="helpdesk",
            ident="Helpdesk",
            tls_context=tls,
            timeout=300,
            loop=loop,
        )

    servers = [await loop.create_server(lambda: session(SmtpSession, "smtp"), host, port)]
    if lmtp_port:
        servers.append(await loop.create_server(lambda: session(LmtpSession, "lmtp"), host, lmtp_port))
    opened(servers[0].sockets[0].getsockname()[1])
    await stop.wait()
    for server in servers:
        server.close()
    await _let_end(sessions)
    pool.shutdown(wait=True)


async def _let_end(sessions: set[MailSession], seconds: float = 5) -> None:
    """Wait until no session is in the middle of a mail, at most `seconds`, then hang up on all."""
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    while loop.time() < end and any(_is_busy(one) for one in sessions):
        await asyncio.sleep(0.05)
    for one in list(sessions):
        if one.transport is not None:
            one.transport.close()


def _is_busy(session: MailSession) -> bool:
    return session.transport is not None and bool(session.envelope and session.envelope.rcpt_tos)
