"""The monitor's figures against a count by hand from the tables, and who sees what of them."""

import random
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.cache import cache

from helpdesk import clock
from helpdesk.events.actor import SYSTEM, Actor
from helpdesk.events.models import Event
from helpdesk.people.duty import note_at_desk
from helpdesk.people.models import Contact, User
from helpdesk.people.presence import note_presence
from helpdesk.tickets.actions import assign_ticket, close_ticket, mark_spam, snooze_ticket, trash_ticket
from helpdesk.tickets.asking_surveys import send_survey
from helpdesk.tickets.models import Survey, Ticket
from helpdesk.tickets.surveys import rate_ticket
from helpdesk.tickets.writing import reply
from routing.models import Workload
from routing.monitor import snapshot as monitor
from routing.monitor.sight import sight_of
from routing.monitor.snapshot import take_snapshot, view_of
from tests.factories import (
    by,
    customer_writes,
    make_admin,
    make_agent,
    make_department,
    make_inbox,
    make_ticket,
)

pytestmark = pytest.mark.django_db
OPEN = {"new", "open", "pending", "on_hold"}


def everything() -> monitor.View:
    return view_of(take_snapshot(), seen=None)


def a_busy_day(draw: random.Random, agents, inboxes) -> None:
    """Tickets in every state that the monitor has to tell apart."""
    now = clock.now()
    for number in range(40):
        with clock.frozen_at(now - timedelta(minutes=draw.randrange(1, 180), seconds=number)):
            ticket = make_ticket(
                draw.choice(inboxes), email=f"c{number}@customer.example", subject=str(number)
            )
        with clock.frozen_at(now - timedelta(seconds=draw.randrange(1, 7000))):
            deeds = {
                "leave": lambda t: None,
                "assign": lambda t: assign_ticket(t, to=draw.choice(agents), by=SYSTEM),
                "answer": lambda t: reply(t, "Yes.", by=by(draw.choice(agents))),
                "ask again": lambda t: (
                    reply(t, "Which?", by=by(agents[0])),
                    assign_ticket(t, to=agents[0], by=SYSTEM),
                    customer_writes(t.inbox, "This.", ticket_id=t.pk, email=t.contact.email),
                ),
                "close": lambda t: close_ticket(t, by=SYSTEM),
                "spam": lambda t: mark_spam(t, by=SYSTEM),
                "trash": lambda t: trash_ticket(t, by=SYSTEM),
                "snooze": lambda t: snooze_ticket(t, until=now + timedelta(days=1), by=SYSTEM),
                "rate": lambda t: rated(t, agents[0], draw.choice((1, 3, 4, 5))),
            }
            deeds[draw.choice(list(deeds))](ticket)


def rated(ticket, agent, score) -> None:
    reply(ticket, "Done.", by=by(agent))
    close_ticket(ticket, by=by(agent))
    survey = send_survey(Event.objects.filter(ticket=ticket, name="ticket.closed").latest("id"))
    rate_ticket(survey, score=score, by=Actor.customer(ticket.contact))


def in_queue(ticket) -> bool:
    is_awake = (
        ticket.status in OPEN and not ticket.is_spam and not ticket.trashed_at and not ticket.snoozed_until
    )
    waits_for_first = ticket.assignee_id is None or ticket.first_replied_at is None
    return bool(is_awake and ticket.waiting_since and waits_for_first)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_figure_is_what_a_count_by_hand_gives(seed, outbox):
    agents = [make_agent("Alice"), make_agent("Ben")]
    department = make_department("Support", members=tuple(agents))
    inboxes = [make_inbox(department=department), make_inbox(name="Shop", address="shop@example.com")]
    a_busy_day(random.Random(seed), agents, inboxes)
    now = clock.now()
    with clock.frozen_at(now):
        view = everything()
    queue = [ticket for ticket in Ticket.objects.all() if in_queue(ticket)]
    assert view.total.waiting == len(queue) > 3
    assert view.total.unassigned == sum(ticket.assignee_id is None for ticket in queue)
    waits = sorted((now - ticket.waiting_since).total_seconds() for ticket in queue)
    assert view.longest_wait == round(waits[-1])
    assert view.mean_wait == pytest.approx(sum(waits) / len(waits), abs=1)
    assert [one.ticket for one in view.longest] == [
        ticket.pk for ticket in sorted(queue, key=lambda each: (each.waiting_since, each.pk))
    ]
    hour = now - timedelta(hours=1)
    firsts = [
        event.value
        for event in Event.objects.filter(name="message.replied", occurred_at__gt=hour)
        if event.data.get("first")
    ]
    assert view.total.answered == len(firsts)
    assert view.mean_answer == (round(sum(firsts) / len(firsts)) if firsts else None)
    scores = list(Survey.objects.filter(rated_at__gt=hour).values_list("score", flat=True))
    assert (view.total.rated, view.total.good) == (len(scores), sum(score >= 4 for score in scores))
    assert sum(figures.waiting for _key, figures in view.channels) == view.total.waiting
    assert sum(figures.waiting for _key, figures in view.departments) == view.total.waiting
    only = view_of(take_snapshot(), seen=None, department=department.pk)
    assert only.total.waiting == sum(ticket.department_id == department.pk for ticket in queue)


def test_a_chat_is_missed_where_its_visitor_left_without_an_answer():
    chats = make_inbox("webchat")
    stays, leaves = uuid4(), uuid4()
    for visitor in (stays, leaves):
        ticket = make_ticket(chats)
        contact = Contact.objects.create(name="V")
        contact.identities.create(kind="visitor", value=str(visitor))
        Ticket.objects.filter(pk=ticket.pk).update(contact=contact)
    note_presence(stays, inbox=chats.pk)
    assert everything().total.missed == 1
    note_presence(leaves, inbox=chats.pk)
    assert everything().total.missed == 0


def test_agents_stand_with_their_load_and_those_at_their_desk_first():
    alice, ben = make_agent("Alice"), make_agent("Ben")
    Workload.objects.create(user=ben, capacity=4)
    note_at_desk(ben)
    ticket = make_ticket()
    assign_ticket(ticket, to=ben, by=SYSTEM)
    view = everything()
    assert [(agent.name, agent.load.is_at_desk, agent.load.load) for agent in view.agents] == [
        ("Ben", True, 1),
        ("Alice", False, 0),
    ]
    assert view.load == (1, 4)
    assert alice.pk in {agent.pk for agent in view.agents}


def test_a_large_team_is_counted_as_a_small_one():
    """Of so many, what is kept of everybody is read instead of naming them."""
    team = User.objects.bulk_create(
        User(email=f"a{number}@example.com", name=f"A {number:02}") for number in range(51)
    )
    gone = make_agent("Gone")
    for place, agent in enumerate([team[0], team[50], team[50], gone]):
        assign_ticket(make_ticket(email=f"c{place}@customer.example"), to=agent, by=SYSTEM)
    User.objects.filter(pk=gone.pk).update(is_active=False)
    Workload.objects.create(user=team[50], capacity=7)
    found = {agent.name: (agent.load.load, agent.load.capacity) for agent in everything().agents}
    assert len(found) == 51
    assert (found["A 00"], found["A 01"], found["A 50"]) == ((1, 12), (0, 12), (2, 7))


def test_members_see_their_own_departments_and_what_is_in_none():
    alice = make_agent("Alice")
    mine, other = make_department("Support", members=(alice,)), make_department("Legal")
    for number, department in enumerate((mine, other, None)):
        inbox = make_inbox(name=f"No. {number}", address=f"i{number}@example.com", department=department)
        make_ticket(inbox)
    assert view_of(take_snapshot(), seen=sight_of(alice).seen).total.waiting == 2
    assert view_of(take_snapshot(), seen=sight_of(make_admin()).seen).total.waiting == 3


def test_those_who_wait_in_one_channel_are_listed_however_many_wait_longer_elsewhere():
    support = make_department("Support")
    mail = make_ticket(make_inbox(department=support))
    fields = {field.attname: getattr(mail, field.attname) for field in Ticket._meta.concrete_fields}
    del fields["id"]
    Ticket.objects.bulk_create(Ticket(**fields) for _ in range(60))
    chat = make_ticket(make_inbox("webchat", department=support))
    shown = view_of(take_snapshot(), seen=None, channel="webchat")
    assert [one.ticket for one in shown.longest] == [chat.pk]


def test_all_who_look_share_one_snapshot(django_assert_num_queries):
    monitor.current_snapshot()
    with django_assert_num_queries(0):
        monitor.current_snapshot()
    cache.delete(monitor.KEY)


def test_a_snapshot_asks_as_much_with_many_tickets_and_agents(django_assert_max_num_queries):
    for number in range(12):
        make_agent(f"Agent {number}")
        make_ticket(email=f"c{number}@customer.example")
    with django_assert_max_num_queries(16):
        take_snapshot()
