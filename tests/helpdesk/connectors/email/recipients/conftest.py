"""A ticket that is answered, and servers that take the answer."""

import pytest
from aiosmtpd.controller import Controller

from helpdesk.supervisor.ports import free_port
from tests.factories import forget_transports, make_agent, make_inbox
from tests.helpdesk.connectors.email.recipients.answering import came_in
from tests.helpdesk.connectors.email.recipients.server import Server, Talk
from tests.helpdesk.connectors.email.samples import mail


@pytest.fixture
def start_server():
    running = []

    def start() -> tuple[Server, int]:
        server = Server()
        controller = Controller(Talk(server), hostname="127.0.0.1", port=free_port())
        controller.start()
        running.append(controller)
        return server, controller.port

    yield start
    for controller in running:
        controller.stop()


@pytest.fixture
def server(start_server, settings):
    server, port = start_server()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    forget_transports()
    return server


@pytest.fixture
def alice():
    return make_agent("Alice")


@pytest.fixture
def ticket():
    inbox = make_inbox(address="support@example.com", name="Shop")
    return came_in(mail("Where is it?"), inbox).ticket
