"""The fetcher's process is killed between the fetching of a mail and its storing."""

import os
import subprocess
import sys
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.db import connection, transaction

from helpdesk.connectors.email.imap.reconciling import compare
from helpdesk.inboxes.models import RawMessage
from helpdesk.supervisor.folder import PROJECT
from tests.helpdesk.connectors.email.imap.looking import folder_of, is_watched, numbered, subjects
from tests.journeys.outage import eventually

pytestmark = pytest.mark.django_db(transaction=True)
MAILS = 40


@pytest.fixture
def start_fetcher():
    """The command itself, as another program of this test's database."""
    started = []
    env = os.environ | {
        "DATABASE_URL": database_url(),
        "ALLOW_PRIVATE_ADDRESSES": "1",
        "HELPDESK_PROCESS": "helpdesk-mail_fetcher",
    }

    def start():
        process = subprocess.Popen(
            [sys.executable, str(PROJECT / "manage.py"), "mail_fetcher"], env=env, cwd=PROJECT
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()


def waits_for_the_table():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'helpdesk-mail_fetcher' "
            "AND wait_event_type = 'Lock' AND datname = current_database()"
        )
        return cursor.fetchone()[0]


def test_killed_between_fetching_and_storing_it_loses_no_mail_and_doubles_none(
    dovecot, user, inbox, start_fetcher
):
    process = start_fetcher()
    eventually(lambda: is_watched(inbox))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("LOCK TABLE inboxes_rawmessage IN SHARE MODE")  # nobody can store
        dovecot.deliver(user, *(numbered(number) for number in range(1, MAILS + 1)))
        eventually(waits_for_the_table)
        process.kill()
        process.wait()
    eventually(lambda: not waits_for_the_table())
    assert not RawMessage.objects.exists()

    process = start_fetcher()
    eventually(lambda: RawMessage.objects.count() >= 1)
    process.kill()  # and once more, in the middle
    process.wait()
    start_fetcher()
    eventually(lambda: RawMessage.objects.count() == MAILS)
    assert sorted(subjects()) == sorted(f"Order {number}" for number in range(1, MAILS + 1))
    eventually(lambda: compare(folder_of(inbox)) == (MAILS, MAILS, []))


def test_it_ends_within_seconds_when_it_is_asked_to(dovecot, inbox, start_fetcher):
    process = start_fetcher()
    eventually(lambda: is_watched(inbox))
    process.terminate()
    assert process.wait(15) == 0


def database_url():
    parts = urlsplit(os.environ["DATABASE_URL"])
    return urlunsplit(parts._replace(path=f"/{connection.settings_dict['NAME']}"))
