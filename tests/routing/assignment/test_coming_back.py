"""Chats that nobody opens, people who leave, and people who are called elsewhere."""

from datetime import timedelta

import pytest

from helpdesk import clock
from helpdesk.errors import Invalid
from helpdesk.events.actor import SYSTEM
from helpdesk.events.models import Event
from helpdesk.people.availability import set_availability
from helpdesk.people.duty import note_at_desk
from helpdesk.people.models import User
from helpdesk.people.onlookers import note_look, ticket_of
from helpdesk.tickets.actions import assign_ticket, close_ticket
from helpdesk.tickets.intake import receive
from helpdesk.tickets.models import Ticket
from routing.assignment.listening import assign_after
from routing.assignment.recalling import end_recall, recall_agent
from routing.departments import save_department
from routing.models import Placement, Trace, Workload
from routing.tasks import assign_waiting
from tests.factories import by, customer_writes, inbound, make_department, make_inbox, make_ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def chats(support):
    return make_inbox("webchat", department=support)


def assignee_of(ticket):
    return Ticket.objects.get(pk=ticket.pk).assignee


def test_a_chat_that_is_not_opened_in_time_goes_to_the_next(chats, at_desk):
    start = clock.now()
    with clock.frozen_at(start):
        dana, eve = at_desk("Dana"), at_desk("Eve")
        ticket = make_ticket(chats)
        assign_waiting()
        first = assignee_of(ticket)
    second = eve if first == dana else dana
    with clock.frozen_at(start + timedelta(seconds=61)):
        assign_waiting()
        assert assignee_of(ticket) == second
    missed = Event.objects.get(name="offer.missed")
    assert (missed.data, missed.value, missed.ticket_id) == ({"agent": first.pk}, 61, ticket.pk)
    assert Trace.objects.get(ticket=ticket, step="returned").data["why"] == "missed"
    with clock.frozen_at(start + timedelta(seconds=130)):
        assign_waiting()
        assert assignee_of(ticket) == first  # nobody else is there


def test_who_is_alone_and_does_not_open_it_is_asked_less_and_less_often(chats, at_desk):
    start = clock.now()
    with clock.frozen_at(start):
        dana, ticket = at_desk("Dana"), make_ticket(chats)
        assign_waiting()
    missed = []
    for seconds in (61, 122, 183, 300, 425, 470):
        with clock.frozen_at(start + timedelta(seconds=seconds)):
            note_at_desk(dana)
            assign_waiting()
            missed.append(Event.objects.filter(name="offer.missed").count())
    assert (missed, assignee_of(ticket)) == ([1, 1, 2, 2, 3, 3], dana)


def test_who_has_opened_it_keeps_it_also_when_they_look_elsewhere_then(chats, at_desk):
    start = clock.now()
    with clock.frozen_at(start):
        dana, _eve = at_desk("Dana", capacity=30), at_desk("Eve", capacity=3)
        ticket = make_ticket(chats)
        assign_waiting()
        assert assignee_of(ticket) == dana
        note_look(ticket_of(ticket.pk), dana.pk)
    with clock.frozen_at(start + timedelta(seconds=5)):
        assign_waiting()
    with clock.frozen_at(start + timedelta(minutes=2)):
        assign_waiting()
    assert assignee_of(ticket) == dana
    assert Placement.objects.get(ticket=ticket).accept_by is None


def test_a_mail_needs_no_accepting(support, at_desk):
    at_desk("Dana")
    ticket = make_ticket(make_inbox(department=support))
    assign_waiting()
    assert not Placement.objects.filter(ticket=ticket).exists()


def test_the_waiting_tickets_of_who_left_go_to_others_once_somebody_is_there(support, at_desk):
    start = clock.now()
    inbox = make_inbox(department=support)
    with clock.frozen_at(start):
        dana = at_desk("Dana")
        waiting, answered = make_ticket(inbox, email="a@x.example"), make_ticket(inbox, email="b@x.example")
        assign_waiting()
        Ticket.objects.filter(pk=answered.pk).update(waiting_since=None)
    with clock.frozen_at(start + timedelta(minutes=11)):
        assign_waiting()
        assert assignee_of(waiting) == dana  # not yet, and there is nobody else
    with clock.frozen_at(start + timedelta(minutes=30)):
        eve = at_desk("Eve")
        assign_waiting()
    assert (assignee_of(waiting), assignee_of(answered)) == (eve, dana)
    assert Trace.objects.get(ticket=waiting, step="returned").data["why"] == "absent"


def test_one_that_its_customer_reopens_does_not_stay_with_who_is_away(support, at_desk):
    inbox = make_inbox(department=support)
    dana, eve = at_desk("Dana"), at_desk("Eve")
    got = customer_writes(inbox)
    assign_ticket(got.ticket, to=dana, by=SYSTEM)
    close_ticket(got.ticket, by=by(dana))
    set_availability(dana, state="away", by=by(dana))
    receive(inbound(inbox, "Still not here", replies_to=[got.message.external_id], subject="Re: My order"))
    event = Event.objects.get(ticket=got.ticket, name="ticket.reopened")
    assign_after(event)
    assert assignee_of(got.ticket) == eve


def test_a_recall_puts_the_mail_aside_for_a_while(support, at_desk, chats):
    start = clock.now()
    with clock.frozen_at(start):
        dana = at_desk("Dana", capacity=3, channels=["email"])
        mails = [make_ticket(make_inbox(department=support)) for _ in range(1)]
        for ticket in mails:
            assign_ticket(ticket, to=dana, by=SYSTEM)
        talk = make_ticket(chats)
        assign_waiting()
        assert assignee_of(talk) is None
        recall_agent(dana, to_channels=["webchat"], until=start + timedelta(hours=1), by=SYSTEM)
        assign_waiting()
        assert assignee_of(talk) == dana  # 3 points of 3: the mail does not count now
    with clock.frozen_at(start + timedelta(hours=1)):
        note_at_desk(dana)
        assign_waiting()
    assert Workload.objects.get(user=dana).recalled_until is None
    facts = Event.objects.filter(name__startswith="agent.recall").order_by("pk")
    assert [(one.name, one.data.get("reason")) for one in facts] == [
        ("agent.recalled", None),
        ("agent.recall_ended", "due"),
    ]


def test_somebody_is_recalled_into_a_department_and_back_with_one_press(at_desk):
    billing = make_department("Billing", assigning="automatic")
    dana, ticket = at_desk("Dana"), make_ticket(make_inbox(department=billing))
    assign_waiting()
    assert assignee_of(ticket) is None
    recall_agent(dana, department=billing, until=clock.now() + timedelta(hours=1), by=SYSTEM)
    end_recall(dana, by=SYSTEM)
    assign_waiting()
    assert assignee_of(ticket) is None
    recall_agent(dana, department=billing, until=clock.now() + timedelta(hours=1), by=SYSTEM)
    end_recall(dana, by=SYSTEM, reason="due")  # as a sweep that saw the one before
    assign_waiting()
    assert assignee_of(ticket) == dana


def test_a_department_that_closes_its_door_gives_nothing_to_who_was_called_there(at_desk):
    billing = make_department("Billing", assigning="automatic")
    dana, until = at_desk("Dana"), clock.now() + timedelta(hours=1)
    recall_agent(dana, department=billing, until=until, by=SYSTEM)
    billing.is_restricted = True
    save_department(billing, members=[], by=SYSTEM)
    ticket = make_ticket(make_inbox(department=billing))
    assign_waiting()
    assert assignee_of(ticket) is None
    User.objects.filter(pk=dana.pk).update(role=User.Role.ADMIN)
    assign_waiting()
    assert assignee_of(ticket) == dana


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"to_channels": ["pigeon"]},
        {"to_channels": ["email"], "hours": -1},
        {"to_channels": ["email"], "hours": 30},
        {"department": "Board"},
    ],
)
def test_a_recall_that_makes_no_sense_is_refused(at_desk, asked):
    asked = dict(asked)
    if "department" in asked:
        asked["department"] = make_department(asked["department"], is_restricted=True)
    until = clock.now() + timedelta(hours=asked.pop("hours", 1))
    with pytest.raises(Invalid):
        recall_agent(at_desk("Dana"), until=until, by=SYSTEM, **asked)
