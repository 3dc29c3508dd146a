"""Under overload the widget says less and offers more, and every change is a fact."""

from datetime import timedelta

import pytest
from django.core.cache import cache

from helpdesk import clock
from helpdesk.connectors.webchat.overload import KEY as LEVEL
from helpdesk.connectors.webchat.overload import note_overload, overload_now
from helpdesk.connectors.webchat.waiting import is_offered_other_ways, queue_of
from helpdesk.events.models import Event
from helpdesk.people.duty import note_at_desk
from helpdesk.people.models import Workspace
from helpdesk.tickets.models import Ticket
from routing.models import HighLoad, Workload
from routing.monitor.snapshot import KEY
from routing.watching.overload import level_for, watch_overload
from tests.factories import make_admin, make_agent, make_inbox, make_ticket

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def usual_level():
    cache.delete_many([KEY, LEVEL])
    yield
    cache.delete_many([KEY, LEVEL])


def look(moment) -> int:
    cache.delete(KEY)
    with clock.frozen_at(moment):
        return watch_overload()


def test_a_level_begins_at_once_and_ends_after_two_calm_minutes():
    HighLoad.objects.create(pk=1, hides_place_from=2, offers_mail_from=3)
    chats = make_inbox("webchat")
    alice, ben = make_agent("Alice"), make_agent("Ben")
    note_at_desk(alice), note_at_desk(ben)
    Workload.objects.create(user=ben, channels=["email"])  # serves no chats
    tickets = [make_ticket(chats, email=f"c{number}@customer.example") for number in range(2)]
    start = clock.now()
    assert look(start) == 1
    tickets.append(make_ticket(chats, email="late@customer.example"))
    assert look(start) == 2
    Ticket.objects.filter(pk__in=[one.pk for one in tickets]).update(status="closed")
    minute = timedelta(minutes=1)
    assert [look(start + step * minute) for step in (1, 2, 3, 4)] == [2, 2, 0, 0]
    facts = Event.objects.filter(name="overload.changed").order_by("id")
    assert [(fact.data["from"], fact.value) for fact in facts] == [(0, 1), (1, 2), (2, 0)]
    assert facts[0].data["agents"] == 1


@pytest.mark.parametrize(
    ("waiting", "agents", "level"), [(0, 0, 0), (5, 1, 1), (9, 2, 0), (10, 0, 2), (20, 2, 2)]
)
def test_the_rule_is_waiting_chats_for_each_who_takes_them(waiting, agents, level):
    assert level_for(HighLoad(), waiting, agents) == level


def test_the_widget_offers_mail_at_once_under_the_second_level():
    ticket = make_ticket(make_inbox("webchat"))
    assert not is_offered_other_ways(ticket, queue_of(ticket), overload_now())
    note_overload(1)
    assert not is_offered_other_ways(ticket, queue_of(ticket), overload_now())
    note_overload(2)
    assert is_offered_other_ways(ticket, queue_of(ticket), overload_now())


def test_the_numbers_are_set_on_the_screen_and_said_on_the_monitor(client):
    client.force_login(make_admin())
    Workspace.get()
    said = {"busy_visitors": "900", "hides_place_from": "4", "offers_mail_from": "3"}
    assert client.post("/settings/alerts/", said).status_code == 422
    assert client.post("/settings/alerts/", said | {"offers_mail_from": "8"}).status_code == 302
    row = HighLoad.get()
    assert (row.hides_place_from, row.offers_mail_from, Workspace.get().busy_visitors) == (4, 8, 900)
    HighLoad.objects.update(level=1, level_since=clock.now())
    assert "does not show the place in the queue" in client.get("/monitor/").content.decode()
