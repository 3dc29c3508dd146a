"""Two agents can never both have a ticket."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from helpdesk.events.models import Event
from helpdesk.tickets.actions import TicketIsTaken, assign_ticket, take_ticket
from tests.factories import by, make_agent, make_ticket

TRIES = 100
AT_ONCE = 20  # so many hands are in the ticket at the same moment; the pool holds no more connections


@pytest.mark.django_db(transaction=True)
def test_of_a_hundred_who_take_it_at_once_one_has_it_and_the_others_are_told_who():
    ticket = make_ticket()
    agents = [make_agent(f"Agent {number}") for number in range(TRIES)]
    start = Barrier(AT_ONCE)

    def take(number):
        if number < AT_ONCE:
            start.wait(10)
        try:
            return take_ticket(ticket, to=agents[number], seen=None, by=by(agents[number])).assignee_id
        except TicketIsTaken as error:
            return str(error)
        finally:
            connection.close()

    with ThreadPoolExecutor(AT_ONCE) as hands:
        answers = list(hands.map(take, range(TRIES)))
    ticket.refresh_from_db()
    assert [one for one in answers if isinstance(one, int)] == [ticket.assignee_id]
    assert answers.count(f"{ticket.assignee} has it already.") == TRIES - 1
    assert Event.objects.filter(ticket=ticket, name="ticket.assigned").count() == 1


@pytest.mark.django_db
def test_it_may_be_taken_over_from_whom_one_saw_it_with_but_from_nobody_else():
    ticket, ben, dana, agent = make_ticket(), *(make_agent(name) for name in ("Ben", "Dana", "Alice"))
    assign_ticket(ticket, to=ben, by=by(ben))
    assert take_ticket(ticket, to=agent, seen=ben.pk, by=by(agent)).assignee == agent
    with pytest.raises(TicketIsTaken, match="Alice has it already"):
        take_ticket(ticket, to=dana, seen=ben.pk, by=by(dana))
    assign_ticket(ticket, to=None, by=by(agent))
    assert take_ticket(ticket, to=dana, seen=agent.pk, by=by(dana)).assignee == dana
    assert take_ticket(ticket, to=dana, seen=None, by=by(dana)).assignee == dana
