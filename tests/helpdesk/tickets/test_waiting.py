import os
import signal
from datetime import timedelta
from email.message import EmailMessage
from threading import Event as Flag
from threading import Thread

import pytest
from billiard.exceptions import SoftTimeLimitExceeded
from django.core.cache import cache
from django.db import connection, transaction

from helpdesk import clock
from helpdesk.celery import app
from helpdesk.connectors.email.pipe import take_in
from helpdesk.inboxes.contract import Reading, Unreadable
from helpdesk.inboxes.models import RawMessage
from helpdesk.tickets.models import Message
from helpdesk.tickets.raw import READER_CALLED, read_counted, replay_raw, store_raw
from helpdesk.tickets.tasks import read_again as read_again_job
from helpdesk.tickets.tasks import read_waiting as read_waiting_job
from helpdesk.tickets.waiting import find_forgotten, read_again, read_waiting, take_next
from tests.factories import by, inbound, make_agent, make_inbox
from tests.locks import wait_until_somebody_waits

pytestmark = pytest.mark.django_db(transaction=True)


def read_words(raw: RawMessage) -> Reading:
    """A reader for these tests: what the body says decides."""
    words = bytes(raw.body).decode()
    if words == "bug":
        raise ZeroDivisionError
    if words == "garbage":
        raise Unreadable("no headers")
    if words == "big":
        bytearray(10**9)
    while words == "long":
        sum(range(1000))
    return Reading(
        message=inbound(raw.inbox, words, external_id=f"<{raw.digest}@x>", email=f"{raw.pk}@c.example")
    )


@pytest.fixture
def jobs(settings, monkeypatch) -> list[str]:
    """What is handed to the worker, which is away: the tests do its work themselves."""
    settings.RAW_READERS = {"email": "tests.helpdesk.tickets.test_waiting.read_words"}
    sent: list[str] = []
    monkeypatch.setattr(app, "send_task", lambda task, args=(), **_: sent.append(task.rpartition(".")[2]))
    cache.delete(READER_CALLED)
    return sent


def come_in(*words: str) -> list[RawMessage]:
    inbox = make_inbox()
    return [store_raw(each.encode(), inbox=inbox, door="smtp") for each in words]


def read_all() -> None:
    """On a slow machine a shift may be over before the last message."""
    while RawMessage.objects.filter(outcome="pending", attempts=0).exists():
        read_waiting()


def outcomes() -> list[str]:
    return list(RawMessage.objects.order_by("pk").values_list("outcome", flat=True))


def test_however_many_messages_come_one_job_is_called_until_it_begins(jobs):
    come_in("one", "two", "three")
    assert jobs == ["read_waiting"]
    read_all()
    assert outcomes() == ["created"] * 3
    jobs.clear()
    cache.delete(READER_CALLED)
    come_in("four", "five")
    assert jobs == ["read_waiting"]


def test_what_is_stored_while_a_job_reads_calls_another_one(jobs, settings):
    settings.RAW_READERS = {"email": "tests.helpdesk.tickets.test_waiting.read_and_store_another"}
    come_in("first")
    read_all()
    assert jobs.count("read_waiting") >= 2
    assert set(outcomes()) == {"created"}


def read_and_store_another(raw: RawMessage) -> Reading:
    if bytes(raw.body) == b"first":
        store_raw(b"another", inbox=raw.inbox, door="smtp")
    return read_words(raw)


def test_one_that_fails_holds_up_none_of_the_others_and_is_left_to_the_sweep(jobs):
    bug, garbage, _fine = come_in("bug", "garbage", "fine")
    read_all()
    assert outcomes() == ["pending", "quarantined", "created"]
    read_waiting()
    bug.refresh_from_db()
    assert bug.attempts == 1, "a job that comes for others left it alone"
    assert find_forgotten() == []
    with clock.frozen_at(clock.now() + timedelta(minutes=1)):
        assert find_forgotten() == [bug.pk]


def test_two_readers_never_take_the_same_message(jobs):
    rows = come_in("one", "two")
    assert [take_next(), take_next(), take_next()] == [rows[0].pk, rows[1].pk, None]


def test_one_that_is_read_slowly_keeps_no_second_job_waiting(jobs, settings):
    settings.RAW_READERS = {"email": "tests.helpdesk.tickets.test_waiting.read_while_the_sweep_comes"}
    (raw,) = come_in("slow")
    read_all()
    raw.refresh_from_db()
    assert (raw.outcome, raw.reason, raw.attempts) == ("ignored", "The sweep went on", 1)


def read_while_the_sweep_comes(raw: RawMessage) -> Reading:
    def sweep() -> None:
        read_again(raw.pk)
        connection.close()

    job = Thread(target=sweep, daemon=True)
    job.start()
    job.join(5)
    return Reading(outcome="ignored", reason="The sweep waits" if job.is_alive() else "The sweep went on")


def test_a_look_of_another_reader_at_its_row_costs_a_message_no_round(jobs):
    """Who looks for the next row and finds that one taken holds it until its look is over."""
    come_in("one")
    raw_id, is_held = take_next(), Flag()

    def look() -> None:
        with transaction.atomic():
            RawMessage.objects.select_for_update().get(pk=raw_id)
            is_held.set()
            wait_until_somebody_waits()
        connection.close()

    looking = Thread(target=look, daemon=True)
    looking.start()
    assert is_held.wait(60)
    assert read_counted(raw_id).outcome == "created"
    looking.join()


def test_a_reader_that_finds_more_than_one_calls_another(jobs):
    come_in("one")
    read_waiting()
    assert jobs == ["read_waiting"]
    jobs.clear()
    come_in("two", "three")
    read_waiting()
    assert jobs == ["read_waiting", "read_waiting"]


def test_fresh_messages_that_nobody_was_called_for_are_found_by_the_sweep(jobs):
    come_in("lost with the broker")
    cache.delete(READER_CALLED)
    jobs.clear()
    with clock.frozen_at(clock.now() + timedelta(minutes=1)):
        assert find_forgotten() == []
    assert jobs == ["read_waiting"]


def test_one_that_takes_too_much_memory_is_tried_once_more_and_then_set_aside(jobs):
    big, _fine = come_in("big", "fine")
    read_all()
    assert outcomes() == ["pending", "created"]
    read_again(big.pk)
    big.refresh_from_db()
    assert (big.outcome, big.reason) == ("quarantined", "Reading it took more than 512 MB of memory.")
    assert len(bytearray(6 * 10**8)) == 6 * 10**8, "the limit held for the reading only"


def test_the_largest_mail_that_a_door_takes_fits_into_the_budget(settings):
    mail = EmailMessage()
    mail["From"], mail["Subject"] = "carla@customer.example", "The whole album"
    mail.set_content("Here are the pictures.")
    size = settings.MAIL_MAX_BYTES * 18 // 25  # in base64 a third more
    mail.add_attachment(os.urandom(size), maintype="image", subtype="jpeg", filename="album.jpg")
    raw = store_raw(mail.as_bytes(), inbox=make_inbox(), door="smtp")
    assert settings.MAIL_MAX_BYTES * 0.9 < len(raw.body) < settings.MAIL_MAX_BYTES
    read_waiting()
    raw.refresh_from_db()
    assert (raw.outcome, raw.message.attachments.get().size) == ("created", size)


def ring(*_: object) -> None:
    raise SoftTimeLimitExceeded


@pytest.fixture
def soon_over():
    """As the worker does at the soft limit of a job, after 0.3 seconds."""
    before = signal.signal(signal.SIGALRM, ring)
    yield lambda: signal.setitimer(signal.ITIMER_REAL, 0.3)
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, before)


def test_one_that_takes_too_long_is_tried_once_more_and_then_set_aside(jobs, soon_over):
    long, _fine = come_in("long", "fine")
    soon_over()
    with pytest.raises(SoftTimeLimitExceeded):
        read_waiting()
    assert outcomes() == ["pending", "pending"]
    assert jobs.count("read_waiting") == 2, "another job goes on with the others"
    read_all()
    assert outcomes() == ["pending", "created"]
    soon_over()
    with pytest.raises(SoftTimeLimitExceeded):
        read_again(long.pk)
    long.refresh_from_db()
    assert (long.outcome, long.reason) == ("quarantined", "Reading it took longer than 60 seconds.")
    assert Message.objects.filter(kind="incoming").count() == 1


def test_the_job_s_limits_leave_each_message_its_whole_budget(settings):
    assert read_waiting_job.soft_time_limit > settings.READING_SECONDS
    assert read_waiting_job.time_limit > read_waiting_job.soft_time_limit
    assert settings.CELERY_BROKER_TRANSPORT_OPTIONS["visibility_timeout"] > read_waiting_job.time_limit


def test_a_message_that_somebody_has_read_again_is_read_by_a_job_and_by_none_that_comes_for_others(
    jobs, settings
):
    (raw,) = come_in("garbage")
    read_all()
    settings.RAW_READERS = {"email": "tests.helpdesk.tickets.test_waiting.read_anything"}
    jobs.clear()
    asked = replay_raw(raw, by=by(make_agent()), patience=0)
    assert (asked.outcome, jobs, take_next()) == ("pending", ["read_again"], None)
    replay_raw(raw, by=by(make_agent("Bob")), patience=0)
    assert jobs == ["read_again"], "once asked for is enough"
    read_again_job(raw.pk, "agent", None, "Alice")
    raw.refresh_from_db()
    assert raw.outcome == "created"


def read_anything(raw: RawMessage) -> Reading:
    return Reading(message=inbound(raw.inbox, "At last", external_id=f"<{raw.digest}@x>"))


@pytest.mark.parametrize("words", ["long", "big"])
def test_a_piped_mail_is_read_within_the_same_budget_and_left_to_the_sweep_beyond_it(jobs, settings, words):
    settings.READING_SECONDS = 0.3 if words == "long" else 60
    make_inbox(address="support@example.com")
    raw = take_in(words.encode(), recipient="support@example.com")
    assert (raw.outcome, raw.attempts) == ("pending", 1)
    with clock.frozen_at(clock.now() + timedelta(minutes=1)):
        assert find_forgotten() == [raw.pk]
