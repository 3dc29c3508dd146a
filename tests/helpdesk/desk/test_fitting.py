import pytest

from helpdesk.desk.fitting import MOST, fitting_tickets
from helpdesk.events.actor import SYSTEM
from helpdesk.tickets.actions import close_ticket
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.writing import reply
from tests.factories import by, make_agent, make_department, make_ticket

pytestmark = pytest.mark.django_db


def solved(agent, question, answer, *, number=0, **fields):
    ticket = make_ticket(text=question, email=f"c{number}@customer.example", **fields)
    reply(ticket, answer, by=by(agent))
    return close_ticket(ticket, by=SYSTEM)


def test_a_solved_ticket_with_the_same_question_is_offered_with_its_answer(agent, outbox):
    like = solved(
        agent, "My voucher code is refused at the checkout", "Type it without spaces.", subject="Voucher"
    )
    solved(agent, "Where is my parcel?", "In Graz.", number=1, subject="Parcel")
    asked = make_ticket(
        text="The checkout refused my voucher!", subject="Problem", email="dan@customer.example"
    )
    found = fitting_tickets(asked, agent)
    assert [(one.ticket.pk, one.answer) for one in found] == [(like.pk, "Type it without spaces.")]


def test_what_is_open_unanswered_or_closed_to_the_agent_is_not_offered(agent, outbox):
    question = "My voucher code is refused at the checkout"
    make_ticket(text=question, email="open@customer.example")
    close_ticket(make_ticket(text=question, email="silent@customer.example"), by=SYSTEM)
    secret = solved(agent, question, "Secret")
    Ticket.objects.filter(pk=secret.pk).update(department=make_department("Board", is_restricted=True))
    asked = make_ticket(text=question, email="dan@customer.example")
    assert fitting_tickets(asked, make_agent("Ben")) == []


def test_it_costs_the_same_however_many_there_are(agent, outbox, django_assert_max_num_queries):
    question = "My voucher code is refused at the checkout"
    for number in range(MOST + 2):
        solved(agent, question, f"Answer {number}", number=number)
    asked = make_ticket(text=question, email="dan@customer.example")
    with django_assert_max_num_queries(8):
        assert len(fitting_tickets(asked, agent)) == MOST


def test_a_question_of_one_word_is_like_none(agent):
    assert fitting_tickets(make_ticket(text="Help", subject=""), agent) == []
