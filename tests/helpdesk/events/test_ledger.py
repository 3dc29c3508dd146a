from datetime import timedelta

import pytest

from helpdesk import clock
from helpdesk.celery import app
from helpdesk.events import names
from helpdesk.events.actor import SYSTEM
from helpdesk.events.ledger import record
from helpdesk.events.models import Event
from helpdesk.events.tasks import MOST_TELLINGS, tell_forgotten, tell_later

heard_now: list[int] = []
heard_later: list[int] = []
failing = {"still": False}


def listen_now(event: Event) -> None:
    heard_now.append(event.pk)


def listen_later(event: Event) -> None:
    heard_later.append(event.pk)


def listen_and_fail(event: Event) -> None:
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
