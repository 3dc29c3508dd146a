from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.db import connection

from helpdesk import clock
from helpdesk.events import names
from helpdesk.events.actor import SYSTEM
from helpdesk.events.ledger import record
from helpdesk.events.models import Event
from tests.factories import customer_writes, make_department

pytestmark = pytest.mark.django_db


def rows(api, query: str = "") -> list[dict]:
    return api.get(f"/api/v1/events/{query}").json()["results"]


def test_the_ledger_is_read_newest_first(api):
    ticket = customer_writes().ticket
    shown = rows(api)
    assert [row["name"] for row in shown] == ["message.received", "ticket.queued", "ticket.created"]
    assert shown[2]["ticket"] == ticket.pk and shown[2]["data"]["started_by"] == "customer"


def test_a_program_that_keeps_the_last_id_misses_nothing(api):
    customer_writes()
    last = Event.objects.latest("id").pk
    assert rows(api, f"?after={last}") == []
    customer_writes(email="dan@customer.example")
    page = api.get(f"/api/v1/events/?after={last}&page_size=2").json()
    assert [row["name"] for row in page["results"]] == ["ticket.created", "ticket.queued"]
    onward = api.get(f"/api/v1/events/?{urlsplit(page['next']).query}").json()
    assert [row["name"] for row in onward["results"]] == ["message.received"]
    assert onward["next"] is None


def take_a_number() -> int:
    """As a transaction does that has not ended yet."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('events_event', 'id'))")
        return cursor.fetchone()[0]


def test_what_is_committed_late_under_a_lower_number_is_not_missed(api):
    known = record(names.TICKET_CREATED, by=SYSTEM).pk
    late, early = take_a_number(), record(names.TICKET_QUEUED, by=SYSTEM).pk
    assert rows(api, f"?after={known}") == []
    Event.objects.create(pk=late, name=names.TICKET_CLOSED, actor_kind="system", occurred_at=clock.now())
    assert [row["id"] for row in rows(api, f"?after={known}")] == [late, early]


def test_a_number_that_nobody_will_use_holds_up_nothing_for_long(api):
    known = record(names.TICKET_CREATED, by=SYSTEM).pk
    take_a_number()
    last = record(names.TICKET_QUEUED, by=SYSTEM).pk
    with clock.frozen_at(clock.now() + timedelta(minutes=1)):
        assert [row["id"] for row in rows(api, f"?after={known}")] == [last]


def test_pages_into_the_past_meet_every_fact_once(api):
    for number in range(3):
        customer_writes(email=f"c{number}@customer.example")
    answer, seen = api.get("/api/v1/events/?page_size=4").json(), []
    while True:
        seen += [row["id"] for row in answer["results"]]
        if not answer["next"]:
            break
        answer = api.get(f"/api/v1/events/?{urlsplit(answer['next']).query}").json()
    assert seen == list(Event.objects.order_by("-id").values_list("id", flat=True))


def test_filters_narrow_the_ledger(api):
    ticket = customer_writes().ticket
    customer_writes(email="dan@customer.example")
    found = rows(api, f"?name=ticket.created&name=ticket.queued&ticket={ticket.pk}")
    assert [row["name"] for row in found] == ["ticket.queued", "ticket.created"]


@pytest.mark.parametrize("query", ["?after=x", "?before=-1", "?name=ticket.exploded", "?ticket=a"])
def test_nonsense_is_refused(api, query):
    assert api.get(f"/api/v1/events/{query}").status_code == 400


def test_facts_of_a_closed_department_are_its_own_even_without_a_ticket(api, admin_api):
    legal = make_department("Legal", is_restricted=True)
    record("inbound.quarantined", by=SYSTEM, department_id=legal.pk, data={"raw": 1})
    assert rows(api) == []
    assert len(rows(admin_api)) == 1
