"""What became of an answer that needs no recipients of its own, as in a chat."""

import pytest

from helpdesk.tickets.delivery import deliver, retry_delivery
from helpdesk.tickets.outcomes import fail_message
from helpdesk.tickets.writing import reply
from tests.factories import by, make_agent, make_inbox, make_ticket

pytestmark = pytest.mark.django_db


def test_an_answer_that_is_out_by_a_second_try_ends_the_waiting_that_its_failure_began():
    alice, ticket = make_agent(), make_ticket(make_inbox("webchat"))
    message = reply(ticket, "It is on its way.", by=by(alice))
    fail_message(message, "no")
    ticket.refresh_from_db()
    assert ticket.waiting_since
    retry_delivery(message, by=by(alice))
    deliver(message.pk)
    ticket.refresh_from_db()
    message.refresh_from_db()
    assert (message.state, ticket.waiting_since) == ("sent", None)
