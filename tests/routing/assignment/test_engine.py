"""What waits goes to whoever is there."""

from datetime import timedelta

import pytest

from helpdesk import clock
from helpdesk.events.actor import SYSTEM
from helpdesk.events.models import Event
from helpdesk.people.availability import set_availability
from helpdesk.tickets.actions import (
    assign_ticket,
    close_ticket,
    mark_spam,
    prioritise_ticket,
    snooze_ticket,
    trash_ticket,
)
from helpdesk.tickets.models import Ticket
from routing.assignment.engine import assign_waiting, give_ticket
from routing.models import Placement, Skill, Trace
from tests.factories import by, make_agent, make_department, make_inbox, make_ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def inbox(support):
    return make_inbox(department=support)


def tickets_in(inbox, number):
    return [make_ticket(inbox, email=f"c{one}@customer.example") for one in range(number)]


def assignees(tickets):
    return [Ticket.objects.get(pk=ticket.pk).assignee for ticket in tickets]


def test_it_goes_in_turn_to_those_who_are_there_and_never_beyond_what_they_can_carry(inbox, at_desk):
    dana, eve = at_desk("Dana", capacity=2), at_desk("Eve", capacity=1)
    inbox.department.members.add(make_agent("Gone"))
    tickets = tickets_in(inbox, 4)
    assert assign_waiting() == 3
    assert sorted(str(one) for one in assignees(tickets)) == ["Dana", "Dana", "Eve", "None"]
    assert assign_waiting() == 0
    close_ticket(Ticket.objects.filter(assignee=eve).get(), by=by(eve))
    assert assign_waiting() == 1
    assert set(assignees(tickets)) == {dana, eve}


def test_the_fact_and_the_reason_stand_beside_it(inbox, at_desk, names_of):
    dana = at_desk("Dana")
    [ticket] = tickets_in(inbox, 1)
    assign_waiting()
    told = Event.objects.get(ticket=ticket, name="ticket.assigned")
    assert (told.data, told.actor_kind) == ({"from": None, "to": dana.pk}, "system")
    trace = Trace.objects.get(ticket=ticket)
    assert (trace.data["name"], trace.data["why"], trace.data["of"]) == ("Dana", "least_loaded", 1)
    assert Ticket.objects.get(pk=ticket.pk).status == "open"


def test_a_department_that_assigns_by_hand_is_left_alone(at_desk):
    at_desk("Dana", of=make_department("Billing"))
    ticket = make_ticket(make_inbox(department=make_department("Billing")))
    assert assign_waiting() == 0
    assert assignees([ticket]) == [None]


def test_who_is_away_or_has_closed_the_desk_gets_nothing(inbox, at_desk):
    away, online = at_desk("Away"), at_desk("Online")
    set_availability(away, state="away", by=by(away))
    [ticket] = tickets_in(inbox, 1)
    with clock.frozen_at(clock.now() + timedelta(minutes=10)):
        assert assign_waiting() == 0  # nobody gave a sign for so long
    assert assign_waiting() == 1
    assert assignees([ticket]) == [online]


def test_a_chat_weighs_more_than_a_mail(inbox, at_desk):
    dana = at_desk("Dana", capacity=4)
    chats = make_inbox("webchat", department=inbox.department)
    talks = tickets_in(chats, 2)
    mails = [make_ticket(inbox, email=f"m{one}@customer.example") for one in range(2)]
    assert assign_waiting() == 2  # a chat of 3 and a mail of 1
    assert assignees([talks[0], mails[0]]) == [dana, dana]


def test_what_nobody_can_take_does_not_hold_up_what_somebody_can(inbox, at_desk):
    dana = at_desk("Dana", channels=["email"])
    urgent = make_ticket(make_inbox("webchat", department=inbox.department))
    prioritise_ticket(urgent, priority=4, by=SYSTEM)
    [mail] = tickets_in(inbox, 1)
    assert assign_waiting() == 1
    assert assignees([urgent, mail]) == [None, dana]


def test_the_urgent_goes_first_and_snoozed_or_pending_does_not_go_at_all(inbox, at_desk):
    at_desk("Dana", capacity=1)
    plain, urgent, snoozed = tickets_in(inbox, 3)
    prioritise_ticket(urgent, priority=4, by=SYSTEM)
    prioritise_ticket(snoozed, priority=4, by=SYSTEM)
    snooze_ticket(snoozed, until=clock.now() + timedelta(hours=1), by=SYSTEM)
    assert assign_waiting() == 1
    assert Ticket.objects.get(assignee__name="Dana") == urgent


def test_the_agent_who_had_this_customer_last_comes_first(inbox, at_desk):
    first, _other = at_desk("First"), at_desk("Other")
    [before] = tickets_in(inbox, 1)
    assign_ticket(before, to=first, by=SYSTEM)
    close_ticket(before, by=by(first))
    at_desk("Third")
    again = make_ticket(inbox, email="c0@customer.example", subject="Something else", text="Another matter")
    assert again != before
    assign_waiting()
    assert assignees([again]) == [first]
    assert Trace.objects.get(ticket=again).data["why"] == "last_agent"


def test_a_skill_is_waited_for_and_then_anyone_will_do(inbox, at_desk):
    dana = at_desk("Dana")
    [ticket] = tickets_in(inbox, 1)
    until = clock.now() + timedelta(minutes=1)
    Placement.objects.create(ticket=ticket, skill=Skill.objects.create(name="Chinese"), skill_until=until)
    assert assign_waiting() == 0
    with clock.frozen_at(until):
        assert assign_waiting() == 1
    assert assignees([ticket]) == [dana]


def test_an_escalated_ticket_that_is_given_out_is_escalated_no_more(inbox, at_desk):
    at_desk("Dana")
    [ticket] = tickets_in(inbox, 1)
    Ticket.objects.filter(pk=ticket.pk).update(escalated_at=clock.now(), escalation_reason="late")
    assign_waiting()
    assert Ticket.objects.get(pk=ticket.pk).escalated_at is None


def test_an_answered_mail_takes_no_room_and_a_running_chat_does(inbox, at_desk):
    dana = at_desk("Dana", capacity=3)
    mail, chat = make_ticket(inbox), make_ticket(make_inbox("webchat", department=inbox.department))
    assign_waiting()
    for ticket in (mail, chat):
        assign_ticket(ticket, to=dana, by=SYSTEM)
        Ticket.objects.filter(pk=ticket.pk).update(waiting_since=None)
    more = make_ticket(inbox, email="more@customer.example")
    assert assign_waiting() == 0
    Ticket.objects.filter(pk=chat.pk).update(last_message_at=clock.now() - timedelta(hours=1))
    assert assign_waiting() == 1
    assert assignees([more]) == [dana]


def test_a_round_asks_the_same_number_of_questions_for_one_and_for_many(
    inbox, at_desk, django_assert_max_num_queries
):
    for number in range(3):
        at_desk(f"Agent {number}", capacity=40)
    tickets_in(inbox, 40)
    with django_assert_max_num_queries(40):
        assert assign_waiting() == 40


def test_spam_and_what_is_in_the_trash_is_given_to_nobody(inbox, at_desk):
    at_desk("Dana")
    spam, trash = tickets_in(inbox, 2)
    mark_spam(spam, by=SYSTEM)
    trash_ticket(trash, by=SYSTEM)
    assert [give_ticket(Ticket.objects.get(pk=one.pk), by=SYSTEM) for one in (spam, trash)] == [False, False]


def test_one_ticket_is_given_at_once_also_where_agents_take_them_by_hand(at_desk):
    billing = make_department("Billing")
    dana = at_desk("Dana", of=billing, capacity=1)
    inbox = make_inbox(department=billing)
    first, second = (make_ticket(inbox, email=f"c{one}@customer.example") for one in range(2))
    assert [give_ticket(ticket, by=SYSTEM) for ticket in (first, first, second)] == [True, False, False]
    assert assignees([first, second]) == [dana, None]
    assert not give_ticket(make_ticket(), by=SYSTEM)  # it is in no department
