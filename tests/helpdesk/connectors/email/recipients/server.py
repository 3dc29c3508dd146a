"""A real SMTP server that answers as it is told."""

import asyncio


class Server:
    """A real SMTP server that says of each step what it is told to; keeps what it took."""

    def __init__(self) -> None:
        self.envelopes, self.answers, self.asked = [], {}, []
        self.mail_answer = self.data_answer = ""
        self.hangs_up = self.is_mute_at_the_end = False

    async def handle_MAIL(self, server, session, envelope, address, options):
        if self.mail_answer:
            return self.mail_answer
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        self.asked.append(address)
        answer = self.answers.get(address, "250 OK")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server, session, envelope):
        if self.hangs_up:
            server.transport.abort()
            return "250 never heard"
        if self.data_answer:
            return self.data_answer
        self.envelopes.append(envelope)
        return "250 2.0.0 queued as 4711"

    async def handle_QUIT(self, server, session, envelope):
        if self.is_mute_at_the_end:
            await asyncio.Event().wait()
        return "221 Bye"


class Talk:
    """What aiosmtpd drives; apart from Server, because aiosmtpd looks at every attribute of its handler."""

    def __init__(self, server: Server) -> None:
        self.handle_MAIL = server.handle_MAIL
        self.handle_RCPT = server.handle_RCPT
        self.handle_DATA = server.handle_DATA
        self.handle_QUIT = server.handle_QUIT
