"""What opening a ticket may ask the database, however much there is of it."""

from uuid import uuid4

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from helpdesk.events import names
from helpdesk.events.actor import Actor
from helpdesk.events.ledger import record
from helpdesk.inboxes.contract import InboundFile, Sender
from helpdesk.people.deeds import note_deed
from helpdesk.tickets.actions import assign_ticket, set_ticket_status, transfer_ticket
from helpdesk.tickets.participants import add_participant
from helpdesk.tickets.writing import add_note, reply
from tests.factories import by, customer_writes, make_agent, make_article, make_department, make_inbox

pytestmark = pytest.mark.django_db
PART = {"HX-Request": "true", "HX-Target": "ticket"}
MOST = 10


def asked_by(desk, ticket):
    """The statements of opening the ticket, as its pane alone. It was opened before, so nothing is noted."""
    desk.get(f"/desk/tickets/{ticket.pk}/", headers=PART)
    with CaptureQueriesContext(connection) as asked:
        assert desk.get(f"/desk/tickets/{ticket.pk}/", headers=PART).status_code == 200
    return [one["sql"] for one in asked.captured_queries]


def filled(ticket, inbox, agent, times, **sender):
    """A ticket with some of everything that its page prints."""
    department, dana = make_department("Billing", members=(agent,)), make_agent("Dana")
    for number in range(times):
        file = InboundFile(name="a.pdf", content_type="application/pdf", content=b"%PDF")
        customer_writes(inbox, f"And {number}", ticket_id=ticket.pk, files=(file,), **sender)
        reply(ticket, "Which one?", by=by(agent))
        add_note(ticket, "Look at this.", by=by(agent))
        assign_ticket(ticket, to=dana, by=by(agent))
        assign_ticket(ticket, to=agent, by=by(agent))
        transfer_ticket(ticket, to=department, by=by(agent))
        set_ticket_status(ticket, status="pending", by=by(agent))
        ticket.refresh_from_db()
        transfer_ticket(ticket, to=None, by=by(agent))
        customer_writes(inbox, f"Something else {number}", **sender)
        record(
            names.ARTICLE_VIEWED,
            by=Actor.customer(ticket.contact),
            contact=ticket.contact,
            data={"article": make_article(f"How {number}").pk},
        )


@pytest.mark.parametrize("times", [1, 6])
def test_a_mail_s_ticket_asks_ten_questions_at_most(desk, agent, outbox, times):
    inbox = make_inbox()
    ticket = customer_writes(inbox).ticket
    filled(ticket, inbox, agent, times)
    for number in range(times):
        add_participant(ticket, email=f"p{number}@customer.example", by=by(agent))
    asked = asked_by(desk, ticket)
    assert len(asked) <= MOST, "\n".join(asked)


@pytest.mark.parametrize("times", [1, 6])
def test_a_chat_s_ticket_asks_ten_questions_at_most(desk, agent, outbox, times):
    cache.clear()
    inbox, _mail = make_inbox("webchat"), make_inbox()
    visitor = uuid4()
    sender = Sender("visitor", str(visitor), name="Mia", email="mia@customer.example")
    ticket = customer_writes(inbox, sender=sender).ticket
    filled(ticket, inbox, agent, times, sender=sender)
    add_participant(ticket, email="copied@customer.example", by=by(agent))
    note_deed(visitor, "ordered", inbox=inbox.pk)
    asked = asked_by(desk, ticket)
    assert len(asked) <= MOST, "\n".join(asked)
