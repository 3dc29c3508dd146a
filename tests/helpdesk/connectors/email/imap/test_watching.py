"""The fetcher as it runs: told of new mail, back after every failure, and what the admins hear of it."""

import threading
import time
from datetime import timedelta

import pytest

from helpdesk import clock
from helpdesk.connectors.email.imap.fetcher import Fetcher
from helpdesk.connectors.email.imap.states import note_answer, note_trouble
from helpdesk.connectors.email.imap.trouble import Trouble
from helpdesk.connectors.email.imap.watching import pause_after
from helpdesk.connectors.email.models import FetchedMail, ImapFolder
from helpdesk.inboxes.models import RawMessage
from helpdesk.notices.models import Notice
from tests.dovecot import PASSWORD, Dovecot
from tests.factories import make_admin, make_agent, make_inbox
from tests.helpdesk.connectors.email.imap.looking import (
    fetch_once,
    folder_of,
    is_watched,
    numbered,
    subjects,
)
from tests.journeys.outage import eventually

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_pushed_mail_is_stored_within_seconds(dovecot, user, inbox, fetcher):
    eventually(lambda: is_watched(inbox))
    assert folder_of(inbox).is_pushed
    for number in (1, 2, 3):
        dovecot.deliver(user, numbered(number))
        delivered_at = time.monotonic()
        eventually(
            lambda number=number: RawMessage.objects.count() == number, seconds=25
        )  # asked, it is after 30
        print(f"stored after {time.monotonic() - delivered_at:.2f} s")


def test_a_server_that_can_not_push_is_asked(running, settings):
    settings.ALLOW_PRIVATE_ADDRESSES = True
    server = Dovecot(can_push=False)
    server.start()
    try:
        user = server.new_user()
        inbox = make_inbox(options=server.options(user), secrets={"imap_password": PASSWORD})
        running(Fetcher(ask_every=0.2))
        eventually(lambda: is_watched(inbox))
        assert not folder_of(inbox).is_pushed
        server.deliver(user, numbered(1))
        eventually(lambda: subjects() == ["Order 1"])
    finally:
        server.end()


def test_a_killed_server_is_shown_as_away_and_the_mail_comes_when_it_is_back(dovecot, user, inbox, fetcher):
    eventually(lambda: is_watched(inbox))
    dovecot.kill()
    eventually(lambda: folder_of(inbox).state == "away")
    assert folder_of(inbox).failing_since
    dovecot.start()
    dovecot.deliver(user, numbered(1))
    eventually(lambda: subjects() == ["Order 1"])
    assert (folder_of(inbox).state, folder_of(inbox).failing_since, folder_of(inbox).error) == (
        "ok",
        None,
        "",
    )
    assert not Notice.objects.exists()  # it was no five minutes


def test_a_wrong_password_is_shown_told_once_and_over_when_it_is_mended(dovecot, user, inbox, fetcher):
    admin = make_admin()
    make_agent()
    eventually(lambda: is_watched(inbox))
    inbox.refresh_from_db()
    inbox.secrets = {"imap_password": "wrong"}
    inbox.save()
    eventually(lambda: folder_of(inbox).state == "refused")
    notice = Notice.objects.get()
    assert (notice.user, notice.kind, notice.mail_state) == (admin, "inbox_failing", "queued")
    assert notice.title == "Email: login refused"
    assert "[AUTHENTICATIONFAILED]" in notice.text
    inbox.secrets = {"imap_password": PASSWORD}
    inbox.save()
    dovecot.deliver(user, numbered(1))
    eventually(lambda: subjects() == ["Order 1"], seconds=20)
    kinds = list(Notice.objects.order_by("pk").values_list("kind", flat=True))
    assert kinds == ["inbox_failing", "inbox_recovered"]


def test_each_admin_is_told_in_their_own_language_what_is_wrong(inbox):
    reader = make_admin(language="ro")
    note_trouble(inbox, "INBOX", Trouble("refused", ""))
    notice = Notice.objects.get(user=reader)
    assert notice.title == "Email: autentificare refuzată"
    assert "autentificare refuzată" in notice.text


def test_a_server_that_stays_away_is_told_after_five_minutes_and_once(inbox):
    make_admin()
    away = Trouble("away", "Connection refused")
    for _ in range(2):
        note_trouble(inbox, "INBOX", away)
    assert not Notice.objects.exists()
    ImapFolder.objects.update(failing_since=clock.now() - timedelta(minutes=5))
    for _ in range(2):
        note_trouble(inbox, "INBOX", away)
    assert Notice.objects.get().kind == "inbox_failing"
    note_answer(folder_of(inbox), is_pushed=True)
    assert Notice.objects.count() == 2
    note_trouble(inbox, "INBOX", away)  # another failure, later
    ImapFolder.objects.update(failing_since=clock.now() - timedelta(minutes=6))
    note_trouble(inbox, "INBOX", away)
    assert Notice.objects.filter(kind="inbox_failing").count() == 2


def test_tries_come_slower_and_slower_and_never_all_at_once():
    assert 4 <= pause_after(0) <= 6
    assert 240 <= pause_after(20) <= 360
    assert len({pause_after(3) for _ in range(10)}) > 1


def test_uids_dealt_out_anew_are_noticed_when_the_connection_is_made_again(dovecot, user, inbox, fetcher):
    eventually(lambda: is_watched(inbox))
    dovecot.deliver(user, numbered(1), numbered(2))
    eventually(lambda: RawMessage.objects.count() == 2)
    before = folder_of(inbox).uid_validity
    dovecot.kill()
    dovecot.deal_out_uids_anew(user)
    dovecot.start()
    dovecot.deliver(user, numbered(3))
    eventually(lambda: folder_of(inbox).uid_validity != before)
    eventually(lambda: is_watched(inbox) and folder_of(inbox).stored_count == 3)
    assert sorted(subjects()) == ["Order 1", "Order 2", "Order 3"]


def test_a_long_history_does_not_hold_up_new_mail(dovecot, user, make_mailbox_inbox, fetcher):
    dovecot.deliver(user, *(numbered(number) for number in range(1, 301)))
    inbox = make_mailbox_inbox(imap_since="all")
    eventually(lambda: RawMessage.objects.exists())
    dovecot.deliver(user, numbered(301))
    eventually(lambda: is_watched(inbox))
    assert sorted(subjects()) == sorted(f"Order {number}" for number in range(1, 302))
    assert subjects()[-1] != "Order 301"


def test_inboxes_are_watched_and_left_as_their_settings_change(dovecot, user, inbox, fetcher):
    eventually(lambda: is_watched(inbox))
    inbox.options["imap_is_on"] = False
    inbox.save()
    eventually(lambda: not fetcher.watchers)
    eventually(lambda: folder_of(inbox).state == "new")
    dovecot.deliver(user, numbered(1))
    inbox.options["imap_is_on"] = True
    inbox.save()
    eventually(lambda: subjects() == ["Order 1"])
    FetchedMail.objects.all().delete()
    RawMessage.objects.all().delete()
    inbox.delete()
    eventually(lambda: not fetcher.watchers)


def test_two_fetchers_of_one_mailbox_store_each_mail_once(dovecot, user, inbox):
    fetch_once(inbox)
    dovecot.deliver(user, *(numbered(number) for number in range(1, 61)))
    threads = [threading.Thread(target=fetch_and_close, args=[inbox]) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(subjects()) == sorted(f"Order {number}" for number in range(1, 61))


def fetch_and_close(inbox):
    fetch_once(inbox)
