"""What every test may use. Servers are started by tests/services.py, objects are made by tests/factories.py."""

from collections.abc import Callable

import pytest

from helpdesk.events.models import Event
from tests import factories


@pytest.fixture
def outbox(settings) -> list:
    """A transport that keeps what it is handed, instead of a channel of the outside world."""
    factories.KeepingTransport.handed_over = []
    factories.KeepingTransport.refuse_with = None
    settings.TRANSPORTS = dict.fromkeys(settings.TRANSPORTS, "tests.factories.KeepingTransport")
    factories.forget_transports()
    yield factories.KeepingTransport.handed_over
    factories.forget_transports()


@pytest.fixture
def names_of() -> Callable[..., list[str]]:
    """names_of(ticket): the names of its facts, in order."""

    def read(ticket: object) -> list[str]:
        return list(Event.objects.filter(ticket=ticket).order_by("id").values_list("name", flat=True))

    return read
