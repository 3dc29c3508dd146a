"""Inboxes that read a real Dovecot. Threads and processes use the test database, so rows are really committed."""

import threading

import pytest
from django.db import connections

from helpdesk.connectors.email.imap.fetcher import Fetcher
from tests.dovecot import PASSWORD, Dovecot
from tests.factories import make_inbox


@pytest.fixture(scope="session")
def running_dovecot():
    server = Dovecot()
    server.start()
    yield server
    server.end()


@pytest.fixture
def dovecot(running_dovecot, settings):
    """Up, whatever the test before did to it; and we may connect to it although it is on loopback."""
    settings.ALLOW_PRIVATE_ADDRESSES = True
    if running_dovecot.process is None:
        running_dovecot.start()
    return running_dovecot


@pytest.fixture
def user(dovecot):
    return dovecot.new_user()


@pytest.fixture
def make_mailbox_inbox(dovecot, user):
    """An inbox that reads the user's mailbox; options by keyword."""

    def make(**options):
        return make_inbox(
            address="support@example.com",
            options=dovecot.options(user, **options),
            secrets={"imap_password": PASSWORD},
        )

    return make


@pytest.fixture
def inbox(make_mailbox_inbox):
    return make_mailbox_inbox()


@pytest.fixture
def running():
    """running(fetcher): runs it in a thread until the test ends."""
    stop, started = threading.Event(), []

    def run(fetcher):
        thread = threading.Thread(target=lambda: (fetcher.run(stop), connections.close_all()))
        thread.start()
        started.append((thread, fetcher))
        return fetcher

    yield run
    watchers = [watcher for _thread, fetcher in started for watcher in fetcher.watchers.values()]
    stop.set()
    for thread in [thread for thread, _fetcher in started] + watchers:
        thread.join(20)
        assert not thread.is_alive()


@pytest.fixture
def fetcher(running):
    """The whole fetcher, as the command runs it."""
    return running(Fetcher())
