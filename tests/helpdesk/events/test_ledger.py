from contextlib import suppress
from datetime import timedelta

import pytest
from django.db import connection, transaction

from helpdesk import clock
from helpdesk.celery import app
from helpdesk.events import names
from helpdesk.events.actor import SYSTEM
from helpdesk.events.ledger import record
from helpdesk.events.models import Event
from helpdesk.events.tasks import forgotten, tell_forgotten, tell_later
from helpdesk.events.telling import MOST_TELLINGS, hears, mark_told, marking_together, telling_here

heard_now: list[int] = []
heard_later: list[int] = []
failing = {"still": False}


def listen_now(events: list[Event]) -> None:
    heard_now.extend(event.pk for event in events)


def listen_later(event: Event) -> None:
    heard_later.append(event.pk)


def listen_and_fail(told: Event | list[Event]) -> None:
    if failing["still"]:
        raise RuntimeError("this listener is broken")


@pytest.fixture(autouse=True)
def listeners(settings):
    heard_now.clear()
    heard_later.clear()
    failing["still"] = False
    here = "tests.helpdesk.events.test_ledger"
    settings.LISTENERS_NOW = [f"{here}.listen_and_fail", f"{here}.listen_now"]
    settings.LISTENERS_LATER = [f"{here}.listen_and_fail", f"{here}.listen_later"]
    settings.JOBS_INLINE = True


@pytest.mark.django_db(transaction=True)
def test_listeners_hear_after_the_commit_and_the_event_is_marked_told():
    event = record(names.ARTICLE_VIEWED, by=SYSTEM)
    assert heard_now == heard_later == [event.pk]
    event.refresh_from_db()
    assert event.told_at


@pytest.mark.django_db(transaction=True)
def test_a_broken_listener_harms_neither_the_change_nor_the_others_and_is_told_again():
    failing["still"] = True
    event = record(names.ARTICLE_VIEWED, by=SYSTEM)
    event.refresh_from_db()
    assert event.told_at is None
    assert heard_now == heard_later == [event.pk]
    failing["still"] = False
    tell_later(event.pk)
    event.refresh_from_db()
    assert event.told_at


@pytest.mark.django_db(transaction=True)
def test_with_the_broker_away_nothing_fails_and_the_sweep_finds_it(settings):
    settings.JOBS_INLINE = False
    app.conf.broker_url, before = "redis://127.0.0.1:1/0", app.conf.broker_url
    try:
        event = record(names.ARTICLE_VIEWED, by=SYSTEM)
    finally:
        app.conf.broker_url = before
    assert heard_now == [event.pk]
    assert heard_later == []
    Event.objects.filter(pk=event.pk).update(recorded_at=clock.now() - timedelta(minutes=1))
    app.conf.task_always_eager = True
    try:
        tell_forgotten()
    finally:
        app.conf.task_always_eager = False
    assert heard_later == [event.pk]


@pytest.fixture
def queued_jobs_run_at_once():
    app.conf.task_always_eager = True
    yield
    app.conf.task_always_eager = False


@pytest.mark.django_db(transaction=True)
def test_a_listener_that_is_broken_for_a_day_hears_all_of_it_once_it_is_mended(queued_jobs_run_at_once):
    failing["still"] = True
    event = record(names.ARTICLE_VIEWED, by=SYSTEM)
    start = clock.now()
    for minutes in range(0, 24 * 60, 5):
        with clock.frozen_at(start + timedelta(minutes=minutes)):
            tell_forgotten()
    event.refresh_from_db()
    assert event.told_at is None
    assert event.tellings < MOST_TELLINGS
    failing["still"] = False
    with clock.frozen_at(start + timedelta(days=2)):
        tell_forgotten()
    event.refresh_from_db()
    assert event.told_at


@pytest.mark.django_db(transaction=True)
def test_who_was_never_reached_is_named_in_the_log_when_telling_ends(queued_jobs_run_at_once, caplog):
    failing["still"] = True
    event = record(names.ARTICLE_VIEWED, by=SYSTEM)
    Event.objects.filter(pk=event.pk).update(tellings=MOST_TELLINGS - 1)
    with clock.frozen_at(clock.now() + timedelta(days=3)):
        tell_forgotten()
    assert f"given up: {event} has not reached" in caplog.text


@pytest.mark.django_db
def test_a_name_that_is_not_in_the_table_is_refused():
    with pytest.raises(ValueError, match="ticket.exploded"):
        record("ticket.exploded", by=SYSTEM)


def queued(monkeypatch) -> list[tuple]:
    """What is handed to the worker from now on, job by job."""
    jobs = []
    monkeypatch.setattr(app, "send_task", lambda task, args, **_: jobs.append((task, *args)))
    return jobs


@pytest.mark.django_db(transaction=True)
def test_what_one_transaction_records_is_told_by_one_job_without_what_was_taken_back(settings, monkeypatch):
    settings.JOBS_INLINE = False
    jobs = queued(monkeypatch)
    with transaction.atomic():
        first = record(names.ARTICLE_VIEWED, by=SYSTEM)
        with suppress(ZeroDivisionError), transaction.atomic():
            record(names.ARTICLE_SEARCHED, by=SYSTEM)
            raise ZeroDivisionError
        with transaction.atomic():
            inner = record(names.ARTICLE_VOTED, by=SYSTEM)
        last = record(names.ARTICLE_VIEWED, by=SYSTEM)
    assert heard_now == [first.pk, inner.pk, last.pk]
    assert sorted(pk for _, *pks in jobs for pk in pks) == heard_now
    jobs.clear()
    with transaction.atomic():
        together = [record(names.ARTICLE_VIEWED, by=SYSTEM).pk for _ in range(3)]
    assert jobs == [("helpdesk.events.tasks.tell_later", *together)]
    tell_later(*together)
    assert heard_later == together
    assert not Event.objects.filter(pk__in=together, told_at=None).exists()


@pytest.mark.django_db(transaction=True)
def test_a_job_tells_what_it_recorded_by_itself_once_it_is_committed(settings, monkeypatch):
    settings.JOBS_INLINE = False
    jobs = queued(monkeypatch)
    with telling_here():
        event = record(names.ARTICLE_VIEWED, by=SYSTEM)
        assert (heard_now, heard_later) == ([event.pk], [])
    event.refresh_from_db()
    assert (heard_later, jobs) == ([event.pk], [])
    assert event.told_at
    with suppress(ZeroDivisionError), telling_here():
        lost = record(names.ARTICLE_VIEWED, by=SYSTEM)
        raise ZeroDivisionError
    assert lost.pk in forgotten_in_a_minute()


def forgotten_in_a_minute() -> set[int]:
    with clock.frozen_at(clock.now() + timedelta(minutes=1)):
        return set(forgotten().values_list("pk", flat=True))


@pytest.mark.django_db(transaction=True)
def test_a_job_that_tells_of_many_messages_marks_them_told_at_its_end(settings):
    settings.JOBS_INLINE = False
    with marking_together():
        for _ in range(2):
            with telling_here():
                record(names.ARTICLE_VIEWED, by=SYSTEM)
        assert len(heard_later) == 2
        assert forgotten_in_a_minute() == set(heard_later), (
            "it might still die, and then the sweep tells them"
        )
    assert not Event.objects.filter(told_at=None).exists()


def answer_a_search(event: Event) -> None:
    if event.name == names.ARTICLE_SEARCHED:
        record(names.ARTICLE_VOTED, by=SYSTEM)


@pytest.mark.django_db(transaction=True)
def test_what_a_listener_does_is_told_too(settings):
    settings.JOBS_INLINE = False
    settings.LISTENERS_LATER.append("tests.helpdesk.events.test_ledger.answer_a_search")
    with telling_here():
        asked = record(names.ARTICLE_SEARCHED, by=SYSTEM)
    assert len(heard_later) == 2 and heard_later[0] == asked.pk
    assert not Event.objects.filter(told_at=None).exists()


@hears(names.ARTICLE_VOTED)
def listen_to_votes(event: Event) -> None:
    heard_later.append(event.pk)


@pytest.mark.django_db(transaction=True)
def test_a_listener_hears_only_what_it_is_marked_for(settings):
    settings.LISTENERS_LATER = ["tests.helpdesk.events.test_ledger.listen_to_votes"]
    viewed, voted = record(names.ARTICLE_VIEWED, by=SYSTEM), record(names.ARTICLE_VOTED, by=SYSTEM)
    assert heard_later == [voted.pk]
    assert not Event.objects.filter(pk__in=[viewed.pk, voted.pk], told_at=None).exists()


listened_to: list[str] = []
asked_for: list[bool] = []


def what_matters_now() -> set[str]:
    asked_for.append(True)
    return set(listened_to)


@hears(names.ARTICLE_VIEWED, names.ARTICLE_VOTED, now=what_matters_now)
def listen_while_it_matters(event: Event) -> None:
    heard_later.append(event.pk)


@pytest.mark.django_db(transaction=True)
def test_a_listener_says_once_for_all_that_is_told_together_what_matters_now(settings):
    settings.LISTENERS_LATER = ["tests.helpdesk.events.test_ledger.listen_while_it_matters"]
    listened_to[:], asked_for[:] = [names.ARTICLE_VOTED], []
    with telling_here(), transaction.atomic():
        voted, viewed = record(names.ARTICLE_VOTED, by=SYSTEM), record(names.ARTICLE_VIEWED, by=SYSTEM)
    assert (heard_later, asked_for) == ([voted.pk], [True])
    viewed.refresh_from_db()
    assert viewed.told_at


@pytest.mark.django_db(transaction=True)
def test_a_mark_does_not_wait_for_the_disk_and_what_is_written_with_others_does():
    event = record(names.TICKET_TAGGED, by=SYSTEM)
    note = """CREATE FUNCTION pg_temp.note() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN PERFORM set_config('test.seen', current_setting('synchronous_commit'), false); RETURN NEW; END $$"""
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = on")
        cursor.execute(note)
        cursor.execute(
            "CREATE TRIGGER noted BEFORE UPDATE ON events_event FOR EACH ROW EXECUTE FUNCTION pg_temp.note()"
        )
    try:
        mark_told([event.pk])
        assert (setting("test.seen"), setting("synchronous_commit")) == ("off", "on")
        with transaction.atomic():
            mark_told([event.pk])
        assert setting("test.seen") == "on"
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP TRIGGER noted ON events_event")
            cursor.execute("RESET synchronous_commit")
    event.refresh_from_db()
    assert event.told_at


def setting(name):
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting(%s)", [name])
        return cursor.fetchone()[0]
