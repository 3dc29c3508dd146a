"""Many workers give out tickets at once, on a real PostgreSQL: nobody gets more than they can carry at any instant, nothing
goes out twice, and nothing is left while somebody is free.

ASSIGNMENT_TICKETS, ASSIGNMENT_AGENTS and ASSIGNMENT_WORKERS make it as big as one likes; 5000, 40 and 8 take minutes.
"""

import os
import random
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections

from helpdesk.events.actor import SYSTEM
from helpdesk.events.models import Event
from helpdesk.people.duty import note_at_desk
from helpdesk.tickets.actions import close_ticket
from helpdesk.tickets.models import Ticket
from routing.assignment.engine import assign_waiting
from tests.factories import make_inbox, make_ticket

pytestmark = pytest.mark.django_db(transaction=True)

TICKETS = int(os.environ.get("ASSIGNMENT_TICKETS", "80"))
AGENTS = int(os.environ.get("ASSIGNMENT_AGENTS", "8"))
WORKERS = int(os.environ.get("ASSIGNMENT_WORKERS", "8"))
WEIGHTS = {"email": 1, "webchat": 3}
# One statement sees one moment. All tickets of the test wait for an answer, so each counts.
OVER = """
SELECT u.name, sum(CASE t.channel WHEN 'webchat' THEN 3 ELSE 1 END), w.capacity
FROM tickets_ticket t JOIN routing_workload w ON w.user_id = t.assignee_id JOIN people_user u ON u.id = w.user_id
WHERE t.status IN ('new', 'open') GROUP BY 1, w.capacity HAVING sum(CASE t.channel WHEN 'webchat' THEN 3 ELSE 1 END) > w.capacity"""


def over_capacity():
    with connection.cursor() as cursor:
        cursor.execute(OVER)
        return cursor.fetchall()


def make_waiting(inbox, number):
    one = make_ticket(inbox, email=f"first-{inbox.kind}@customer.example")
    fields = {field.attname: getattr(one, field.attname) for field in Ticket._meta.concrete_fields}
    del fields["id"]
    Ticket.objects.bulk_create(Ticket(**fields) for _ in range(number - 1))


def test_eight_workers_and_agents_who_close_what_they_have(support, at_desk):
    chance = random.Random(7)
    agents = [at_desk(f"Agent {number}", capacity=chance.randint(3, 9)) for number in range(AGENTS)]
    make_waiting(make_inbox("email", department=support), TICKETS * 3 // 4)
    make_waiting(make_inbox("webchat", department=support), TICKETS // 4)
    over, is_over, faults = [], threading.Event(), []

    def watch():
        while not is_over.is_set():
            over.extend(over_capacity())
        connections.close_all()

    def work(number):
        mine = random.Random(number)
        try:
            while True:
                assign_waiting()
                agent = mine.choice(agents)
                note_at_desk(
                    agent
                )  # as an open desk does: on a slow machine this lasts longer than one sign is good for
                held = Ticket.objects.filter(assignee=agent, status="open").order_by("?").first()
                if held:
                    close_ticket(held, by=SYSTEM)
                elif not Ticket.objects.unfinished().unassigned().exists():
                    return
        except Exception as fault:
            faults.append(fault)
        finally:
            connections.close_all()

    watcher = threading.Thread(target=watch)
    watcher.start()
    with ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(work, range(WORKERS)))
    is_over.set()
    watcher.join()
    assert not faults
    assert not over
    given = Event.objects.filter(name="ticket.assigned").values_list("ticket_id", flat=True)
    assert len(given) == len(set(given)) == TICKETS


def test_when_all_workers_have_stopped_nothing_waits_that_somebody_could_take(support, at_desk):
    chance = random.Random(11)
    agents = [
        at_desk(
            f"Agent {number}",
            capacity=chance.randint(2, 8),
            channels=chance.choice([[], ["email"], ["webchat"]]),
        )
        for number in range(AGENTS)
    ]
    make_waiting(make_inbox("email", department=support), TICKETS // 4)
    make_waiting(make_inbox("webchat", department=support), TICKETS // 4)

    def work(_number):
        try:
            return assign_waiting()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(WORKERS) as pool:
        given = sum(pool.map(work, range(WORKERS)))
    assert given == Ticket.objects.exclude(assignee=None).count()
    assert not over_capacity()
    for agent in agents:
        held = Ticket.objects.filter(assignee=agent)
        room = agent.workload.capacity - sum(WEIGHTS[ticket.channel] for ticket in held)
        left = Ticket.objects.unassigned()
        served = left.filter(channel__in=agent.workload.channels) if agent.workload.channels else left
        assert not [one for one in served if WEIGHTS[one.channel] <= room]
