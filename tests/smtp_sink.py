"""A real SMTP server on loopback that keeps what it is handed; the fixture `smtp_sink` starts one."""

from helpdesk.connectors.email.parsing.parse import parse_email


class Sink:
    """What a real SMTP server kept; it answers as it is told."""

    def __init__(self) -> None:
        self.envelopes = []
        self.answer = "250 OK"

    @property
    def raw(self) -> bytes:
        return self.envelopes[-1].content

    @property
    def mail(self):
        return parse_email(self.raw)


class Keeper:
    """aiosmtpd's handler; apart from Sink because aiosmtpd reads every attribute of it."""

    def __init__(self, sink: Sink) -> None:
        self.sink = sink

    async def handle_DATA(self, server, session, envelope):
        if self.sink.answer.startswith("250"):
            self.sink.envelopes.append(envelope)
        return self.sink.answer
