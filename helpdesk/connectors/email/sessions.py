"""aiosmtpd's sessions, with what it leaves to others: limits before the first word, and 421 that really ends a session."""

import asyncio
from typing import Any

from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP

from helpdesk.connectors.email.crowds import Crowd, client_of

LONGEST_LINE = 2**20  # RFC 5321 says 1,000 bytes; a mail is not refused because its writer did not read it
CROWDED = b"421 4.7.0 Too many connections, try again later\r\n"
AFTER_DATA = ("552 ", "500 Line too long")  # how aiosmtpd refuses a mail that it has read to its end


class MailSession(SMTP):
    """One client, from its connection to its end."""

    line_length_limit = LONGEST_LINE

    def __init__(
        self, handler: object, *, crowd: Crowd, sessions: set["MailSession"], **options: Any
    ) -> None:
        super().__init__(handler, **options)
        self.crowd = crowd
        self.sessions = sessions
        self.client: str | None = None  # as the crowd counts it, from its entry until it has left

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called again, with the encrypted transport, after STARTTLS."""
        if self.client is None:
            client = client_of(transport.get_extra_info("peername"))
            if not self.crowd.enter(client):
                transport.write(CROWDED)  # type: ignore[attr-defined]
                transport.close()
                return
            self.client = client
            self.sessions.add(self)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        if self.session is None:  # it was never let in
            return
        if self.client is not None and self in self.sessions:
            self.sessions.discard(self)
            self.crowd.leave(self.client)
        super().connection_lost(error)

    async def push(self, status: str | bytes) -> None:
        await super().push(status)
        if str(status).startswith("421") and self.transport is not None:
            self.transport.close()


class SmtpSession(MailSession):
    pass


class LmtpSession(MailSession, LMTP):
    async def push(self, status: str | bytes) -> None:
        """After DATA every recipient gets an answer, also where aiosmtpd refuses the mail by itself."""
        if isinstance(status, str) and status.startswith(AFTER_DATA) and self.envelope:
            status = "\r\n".join([status] * max(1, len(self.envelope.rcpt_tos)))
        await super().push(status)
