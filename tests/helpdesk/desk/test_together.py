from datetime import timedelta

import pytest
from asgiref.sync import sync_to_async
from django.core.cache import cache

from helpdesk import clock
from helpdesk.desk.consumers import DeskConsumer
from helpdesk.desk.spent import LONGEST_SITTING, record_time_spent
from helpdesk.desk.together import Person, everybody, note_gone, note_here, note_writing, people_at
from helpdesk.events import names
from helpdesk.events.models import Event
from helpdesk.people.onlookers import LIFETIME
from tests.factories import make_agent, make_ticket
from tests.sockets import Socket

START = clock.now()


@pytest.fixture(autouse=True)
def nobody_here():
    cache.clear()


def at(seconds):
    return clock.frozen_at(START + timedelta(seconds=seconds))


def handled():
    return list(Event.objects.filter(name=names.TICKET_HANDLED).values_list("ticket", "actor_id", "value"))


@pytest.mark.django_db
def test_who_looks_and_who_writes_is_there_for_a_while_and_no_longer(agent):
    ben = make_agent("Ben")
    with at(0):
        assert note_here(7, agent, is_focused=True)
        assert note_here(7, ben, is_focused=False)
        assert note_writing(7, ben)
    with at(5):
        assert everybody() == {7: [Person(agent.pk, "Alice", "viewing"), Person(ben.pk, "Ben", "typing")]}
        assert not note_here(7, agent, is_focused=True)
    with at(5 + LIFETIME - 1):
        assert everybody() == {7: [Person(agent.pk, "Alice", "viewing")]}
        assert note_gone(7, agent) and not note_gone(7, agent)
        assert everybody() == {}


def test_who_has_begun_something_is_named_once_and_by_what_matters_most():
    here = [Person(1, "Ann", "viewing"), Person(2, "Ben", "typing")]
    begun = [{"id": 1, "name": "Ann"}, {"id": 2, "name": "Ben"}, {"id": 3, "name": "Cy"}]
    assert people_at(here, begun) == [
        Person(1, "Ann", "draft"),
        Person(2, "Ben", "typing"),
        Person(3, "Cy", "draft"),
    ]


@pytest.mark.django_db
def test_time_spent_is_one_fact_a_sitting_and_counts_each_sign_for_30_seconds_at_most(agent):
    ticket = make_ticket()
    for second in (
        0,
        15,
        30,
        62,
        162,
    ):  # two signs were lost on the way to 62; between 62 and 162 the machine slept
        with at(second):
            note_here(ticket.pk, agent, is_focused=True)
            record_time_spent()
    assert handled() == []
    with at(172):
        note_gone(ticket.pk, agent)
    with at(172 + LIFETIME + 1):
        record_time_spent()
        record_time_spent()
    assert handled() == [(ticket.pk, agent.pk, 15 + 15 + 30 + 10)]


@pytest.mark.django_db
def test_a_page_in_sight_without_the_focus_is_presence_and_no_time_spent(agent):
    ticket = make_ticket()
    for second in (0, 15, 30):
        with at(second):
            note_here(ticket.pk, agent, is_focused=False)
    with at(30 + LIFETIME + 1):
        record_time_spent()
    assert handled() == []


@pytest.mark.django_db
def test_a_very_long_sitting_is_told_in_parts(agent):
    ticket = make_ticket()
    for second in range(0, LONGEST_SITTING + 30, 30):
        with at(second):
            note_here(ticket.pk, agent, is_focused=True)
    with at(LONGEST_SITTING + 1):
        record_time_spent()
    assert handled() == [(ticket.pk, agent.pk, LONGEST_SITTING)]


async def connected(user):
    socket = Socket(DeskConsumer.as_asgi(), "/ws/desk/", user=user)
    is_in, _ = await socket.connect()
    assert is_in
    return socket


async def heard(socket):
    while True:
        news = await socket.receive_json_from()
        if "together" in news:
            return news["together"]


@pytest.mark.django_db(transaction=True)
async def test_colleagues_see_who_comes_writes_and_goes():
    alice, ben = [await sync_to_async(make_agent)(name) for name in ("Alice", "Ben")]
    ticket = await sync_to_async(make_ticket)()
    hers, his = await connected(alice), await connected(ben)
    await hers.send_json_to({"ticket": ticket.pk, "here": 2})
    came = await heard(his)
    assert came["ticket"] == ticket.pk and "Alice is looking at this" in came["html"]
    assert (await heard(hers))["html"] == ""
    await hers.send_json_to({"typing": ticket.pk, "note": True})
    assert "Alice is writing" in (await heard(his))["html"]
    await hers.send_json_to({"ticket": None})
    assert await heard(his) == {"ticket": ticket.pk, "html": "", "begun": []}
    for socket in (hers, his):
        await socket.disconnect()
