"""What every test may use. Servers are started by tests/services.py, objects are made by tests/factories.py."""

import os
from collections.abc import Callable, Iterator

import pytest
from aiosmtpd.controller import Controller
from django.contrib.contenttypes.management import create_contenttypes
from django.core.cache import caches
from django.db.models.signals import post_migrate
from hypothesis import HealthCheck
from hypothesis import settings as of_hypothesis

from helpdesk.events.models import Event
from helpdesk.supervisor.ports import free_port
from helpdesk.tickets.raw import READER_CALLED
from tests import factories
from tests.kept_rows import may_hold_back_triggers
from tests.smtp_sink import Keeper, Sink

# The same examples each time, and no limit of time: neither luck nor a busy machine makes a test fail.
# HYPOTHESIS_PROFILE=searching has ever new ones.
UNHURRIED = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
of_hypothesis.register_profile("same", derandomize=True, **UNHURRIED)
of_hypothesis.register_profile("searching", **UNHURRIED)
of_hypothesis.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker) -> None:
    """What migrating puts there stays there (tests/database), and is not looked for after each test that commits."""
    with django_db_blocker.unblock():
        if may_hold_back_triggers():
            post_migrate.disconnect(create_contenttypes)
            post_migrate.disconnect(dispatch_uid="django.contrib.auth.management.create_permissions")


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


@pytest.fixture
def smtp_sink(settings) -> Iterator[Sink]:
    """Django's own SMTP backend, pointed at a server of ours on loopback."""
    sink = Sink()
    controller = Controller(Keeper(sink), hostname="127.0.0.1", port=free_port())
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_PORT = controller.port
    factories.forget_transports()
    yield sink
    controller.stop()


@pytest.fixture(autouse=True)
def nothing_at_hand() -> None:
    """What a process keeps for some seconds is none of the next test's, nor is the call for a reader of what came in."""
    caches["process"].clear()
    caches["default"].delete(READER_CALLED)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The long ones first: whichever came last would have one core to itself, and the other nothing to do."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)
