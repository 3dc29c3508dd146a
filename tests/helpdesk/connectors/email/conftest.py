from collections.abc import Iterator

import pytest
from aiosmtpd.controller import Controller

from helpdesk.connectors.email.parsing.parse import parse_email
from helpdesk.supervisor.ports import free_port
from tests.factories import forget_transports


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


@pytest.fixture
def smtp_sink(settings) -> Iterator[Sink]:
    """Django's own SMTP backend, pointed at a server of ours on loopback."""
    sink = Sink()
    controller = Controller(Keeper(sink), hostname="127.0.0.1", port=free_port())
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_PORT = controller.port
    forget_transports()
    yield sink
    controller.stop()
