from datetime import timedelta

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from helpdesk import clock
from helpdesk.health import checks
from helpdesk.health.heartbeat import note_heartbeat
from helpdesk.health.tasks import beat
from helpdesk.inboxes.models import RawMessage
from helpdesk.tickets.raw import store_raw
from tests.factories import customer_writes, make_inbox

pytestmark = pytest.mark.django_db
NOWHERE = "redis://127.0.0.1:1/0"


@pytest.fixture(autouse=True)
def nothing_known_of_migrations():
    checks.applied.clear()


def test_healthz_asks_the_database_nothing(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert client.get("/healthz").content == b"ok\n"


def test_readyz_says_yes_when_every_part_is_there(client):
    beat()
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["ready"]) == (200, True)
    assert set(answer.json()["parts"].values()) == {"ok"}


def test_a_worker_silent_for_more_than_a_minute_is_named(client):
    with clock.frozen_at(clock.now() - timedelta(seconds=61)):
        note_heartbeat()
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["failing"]) == (503, ["worker"])
    assert answer.json()["parts"]["worker"].startswith("last heartbeat 61 s ago")


def test_a_heartbeat_of_half_a_minute_ago_is_life(client):
    with clock.frozen_at(clock.now() - timedelta(seconds=30)):
        note_heartbeat()
    assert client.get("/readyz").status_code == 200


def test_a_missing_migration_is_named(client):
    note_heartbeat()
    MigrationRecorder(connection).record_unapplied("api", "0001_initial")
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["failing"]) == (503, ["migrations"])
    assert "api.0001_initial" in answer.json()["parts"]["migrations"]


def test_a_dead_redis_is_named_and_the_worker_unknown(client, settings):
    settings.CACHES = {"default": settings.CACHES["default"] | {"LOCATION": NOWHERE}}
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["failing"] == ["redis", "worker"]


def test_a_dead_database_is_named_without_waiting_for_the_pool(client, monkeypatch):
    note_heartbeat()
    monkeypatch.setitem(connection.settings_dict, "PORT", "1")
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["failing"]) == (503, ["database", "migrations"])


def test_metrics_count_what_waits(client):
    customer_writes()
    store_raw(
        b"{}", inbox=make_inbox("telegram"), door="webhook", received_at=clock.now() - timedelta(hours=1)
    )
    figures = read_figures(client.get("/metrics").content.decode())
    assert figures["helpdesk_tickets_open"] == 1
    assert figures["helpdesk_tickets_waiting"] == 1
    assert figures["helpdesk_inbound_pending"] == RawMessage.objects.count() == 1
    assert 3600 <= figures["helpdesk_inbound_pending_oldest_seconds"] < 3700
    assert figures["helpdesk_events_untold"] == 3
    assert figures['helpdesk_messages{state="queued"}'] == 0


def test_metrics_are_for_the_bearer_of_the_token_where_one_is_set(client, settings):
    settings.METRICS_TOKEN = "s3cret"
    assert client.get("/metrics").status_code == 403
    assert client.get("/metrics", headers={"Authorization": "Bearer other"}).status_code == 403
    assert client.get("/metrics", headers={"Authorization": "Bearer s3cret"}).status_code == 200


def test_metrics_cost_the_same_few_queries_however_much_there_is(client, django_assert_num_queries):
    client.get("/metrics")
    for _ in range(5):
        customer_writes()
    with django_assert_num_queries(11):
        client.get("/metrics")


def read_figures(text: str) -> dict[str, float]:
    rows = (line.rsplit(" ", 1) for line in text.splitlines() if line and not line.startswith("#"))
    return {name: float(value) for name, value in rows}
