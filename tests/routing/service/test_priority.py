from datetime import UTC, datetime, timedelta

import pytest

from helpdesk import clock
from helpdesk.conditions import case_of_ticket
from helpdesk.events.actor import SYSTEM
from helpdesk.people.attributes.definitions import define_attribute
from helpdesk.people.models import Company
from helpdesk.tickets.actions import close_ticket, prioritise_ticket
from helpdesk.tickets.marks import mark_ticket
from helpdesk.tickets.models import Ticket
from routing.models import PriorityReading
from routing.service import priority
from tests.factories import by, customer_writes, make_agent, make_ticket

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 23, 12, tzinfo=UTC)


@pytest.fixture
def formula():
    row = priority.formula()
    row.is_active = True
    row.save()
    return row


def priority_of(ticket: Ticket) -> int:
    return Ticket.objects.get(pk=ticket.pk).priority


def test_the_sum_is_what_its_parts_say(formula):
    ticket = make_ticket(text="URGENT: we cannot work")
    ticket.contact.company = Company.objects.create(name="Big", attributes={"size": 100})
    ticket.contact.attributes = {"plan": "Enterprise", "spend": 2500}
    found = priority.reckon(case_of_ticket(ticket), formula)
    assert {key: points for key, points, _value in found.parts} == {
        "words": 30,
        "due": 0,
        "waiting": 0,
        "sensitive": 0,
        "plan": 15,
        "spend": 15,
        "size": 8,
    }
    assert (found.points, found.priority) == (68, Ticket.Priority.URGENT)


def test_what_is_no_number_is_no_points(formula):
    define_attribute("company", "size", name="", kind="text")
    ticket = make_ticket()
    ticket.contact.company = Company.objects.create(name="Big", attributes={"size": "200 or more"})
    found = priority.reckon(case_of_ticket(ticket), formula)
    assert ("size", 0, None) in found.parts


def test_a_ticket_gets_the_priority_and_the_reading_tells_why(formula):
    ticket = mark_ticket(make_ticket(text="it is urgent"), marks=["legal"], by=SYSTEM)
    priority.set_priority(ticket.pk)
    assert priority_of(ticket) == Ticket.Priority.HIGH
    row = PriorityReading.objects.get(ticket=ticket)
    assert row.points == 45 and ["sensitive", 15, ["legal"]] in row.parts


def test_a_hands_priority_is_never_touched(formula):
    ticket = make_ticket(text="urgent")
    prioritise_ticket(ticket, priority=1, by=by(make_agent()))
    mark_ticket(ticket, marks=["legal"], by=SYSTEM)
    priority.set_priority(ticket.pk)
    assert priority_of(ticket) == Ticket.Priority.LOW
    assert PriorityReading.objects.get(ticket=ticket).priority == Ticket.Priority.HIGH


def test_waiting_raises_it_by_itself_and_an_answer_ends_that(formula):
    formula.weights = {"waiting": 60}
    formula.save()
    with clock.frozen_at(NOON):
        ticket = customer_writes().ticket
        priority.set_priority(ticket.pk)
    for hours, expected in ((0.5, 2), (1, 2), (4, 3), (24, 4)):
        with clock.frozen_at(NOON + timedelta(hours=hours)):
            priority.look_again()
        assert priority_of(ticket) == expected, hours
    assert PriorityReading.objects.get().look_at is None
    close_ticket(ticket, by=SYSTEM)
    with clock.frozen_at(NOON + timedelta(hours=25)):
        assert priority.look_again() == 0


def test_without_the_formula_nothing_happens():
    ticket = make_ticket(text="urgent")
    assert priority.set_priority(ticket.pk) is None
    assert priority_of(ticket) == 2 and not PriorityReading.objects.exists()
